"""Conditions on codes of one field, gathered into one leaf: the graph looks them up together.

`code=a,b,c` is read as three conditions, of which one must hold. As three they are three branches of a
statement with three plans; as one leaf they are one seek of an index. Denials of which all must hold are the
denial of one, and what is asked twice is asked once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph.query.expression import All, Any, AtLeast, Expression, Not, Related, Term


def gathered(where: Expression) -> Expression:
    """The same condition, with the codes of one field and system in one leaf."""
    match where:
        case Any(of):
            parts = _terms_together([gathered(each) for each in of])
            return parts[0] if len(parts) == 1 else Any(parts)
        case All(of):
            return All(_denials_together(list(dict.fromkeys(map(gathered, of)))))
        case AtLeast(_, of):
            return replace(where, of=tuple(gathered(each) for each in of))
        case Not(of):
            return Not(gathered(of))
        case Related(link, inner):
            return Related(link, gathered(inner))
    return where


def _denials_together(parts: Sequence[Expression]) -> tuple[Expression, ...]:
    """The parts, with one denial of all codes of a field where several deny some."""
    denied = [each for each in parts if isinstance(each, Not) and isinstance(each.of, Term)]
    together = _terms_together([each.of for each in denied])
    return (*(each for each in parts if each not in denied), *map(Not, together))


def _terms_together(parts: Sequence[Expression]) -> tuple[Expression, ...]:
    asked: dict[tuple[object, str | None], list[Term]] = {}
    found: dict[object, Expression] = {}
    for place, each in enumerate(parts):
        if isinstance(each, Term) and each.codes:
            key = (each.field, each.system)
            asked.setdefault(key, []).append(each)
            found.setdefault(key, each)
        else:
            found[place] = each
    return tuple(_with_all(each, asked) for each in found.values())


def _with_all(part: Expression, asked: Mapping[tuple[object, str | None], list[Term]]) -> Expression:
    if isinstance(part, Term) and part.codes:
        terms = asked[part.field, part.system]
        return replace(
            part,
            codes=tuple(code for each in terms for code in each.codes),
            caseless=tuple(code for each in terms for code in each.caseless),
        )
    return part
