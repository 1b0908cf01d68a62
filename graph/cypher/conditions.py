"""Expressions as conditions on a bound row, each true or false and so free to be negated."""

from graph.cypher.access import seen
from graph.cypher.leaves import holds
from graph.cypher.links import ends, step
from graph.cypher.writing import BoundRow, Writing
from graph.query.expression import All, Any, AtLeast, Expression, Link, Not, Related


def satisfies(writing: Writing, row: BoundRow, expression: Expression) -> str:
    """The condition that the row satisfies the expression."""
    match expression:
        case All(of):
            return _joined(writing, row, of, " AND ")
        case Any(of):
            return _joined(writing, row, of, " OR ")
        case AtLeast(least, of):
            return _counted(writing, row, least, of)
        case Not(of):
            return f"NOT {satisfies(writing, row, of)}"
        case Related(link, inner):
            return related(writing, row, link, inner)
        case leaf:
            return holds(writing, row, leaf)


def related(writing: Writing, row: BoundRow, link: Link, inner: Expression) -> str:
    """The condition that some row at the other end, which the caller may see, satisfies `inner`."""
    end = writing.row(*ends(link))
    way = step(writing, row, link, end)
    conditions = [*way.conditions, seen(writing, end), *each_of(writing, end, inner)]
    return f"EXISTS {{ {way.match} WHERE {' AND '.join(conditions)} }}"


def each_of(writing: Writing, row: BoundRow, expression: Expression) -> list[str]:
    """The conjuncts of an expression as conditions that stand side by side."""
    return [satisfies(writing, row, each) for each in conjuncts(expression)]


def conjuncts(expression: Expression) -> list[Expression]:
    """The parts that must all hold."""
    if isinstance(expression, All):
        return [part for each in expression.of for part in conjuncts(each)]
    return [expression]


def _joined(writing: Writing, row: BoundRow, parts: tuple[Expression, ...], word: str) -> str:
    conditions = [satisfies(writing, row, each) for each in parts]
    return f"({word.join(conditions)})" if conditions else writing.constant(word == " AND ")


def _counted(writing: Writing, row: BoundRow, least: int, parts: tuple[Expression, ...]) -> str:
    ones = (f"CASE WHEN {satisfies(writing, row, each)} THEN 1 ELSE 0 END" for each in parts)
    return f"({' + '.join(ones)}) >= {writing.value(least)}"
