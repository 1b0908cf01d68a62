"""The form of a condition: what it shares with others that become the same text, and so need no new plan."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any as AnyValue

from graph.query.expression import (
    All,
    Any,
    AtLeast,
    Expression,
    KeyIn,
    Not,
    Present,
    Related,
    Span,
    Term,
    Text,
)

_SEVERAL = 2  # codes are looked up in another way than one


def subqueries(where: Expression) -> int:
    """How many subqueries a condition becomes, about."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return sum(subqueries(each) for each in of)
        case Not(of):
            return subqueries(of)
        case Related(_, inner):
            return 1 + subqueries(inner)
    return 1


def form(where: Expression) -> Hashable:
    """Return the form of a condition, which does not tell its values."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return (type(where), *map(form, of))
        case Not(of):
            return Not, form(of)
        case Related(link, inner):
            return Related, link, form(inner)
    return type(where), *_LEAVES[type(where)](where)


_LEAVES: Mapping[type, Callable[[AnyValue], tuple[Hashable, ...]]] = {
    Term: lambda leaf: (leaf.field.layout, min(len(leaf.codes), _SEVERAL), leaf.system is None),
    Text: lambda leaf: (leaf.field.layout, leaf.match),
    Span: lambda leaf: (
        leaf.field.layout,
        leaf.order,
        *(each is None for each in (leaf.low, leaf.high, leaf.system, leaf.code)),
    ),
    Present: lambda leaf: (leaf.field.layout,),
    KeyIn: lambda leaf: (),
}
