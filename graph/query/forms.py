"""The form of a condition: what it shares with others that become the same text, and so need no new plan."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any as AnyValue

from graph.query.expression import (
    All,
    Any,
    AtLeast,
    CodePart,
    Expression,
    KeyIn,
    Near,
    Not,
    NumberPair,
    Present,
    Related,
    Span,
    Term,
    Text,
    Unlike,
    Worded,
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


def has_words(where: Expression) -> bool:
    """Whether a condition asks for words, so that it is answered piece by piece."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return any(map(has_words, of))
        case Not(of) | Related(_, of):
            return has_words(of)
    return isinstance(where, Worded)


def form(where: Expression) -> tuple[Hashable, ...]:
    """Return the form of a condition, which does not tell its values."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return (type(where).__name__, *map(form, of))
        case Not(of):
            return Not, form(of)
        case Related(link, inner):
            return Related, link, form(inner)
    return type(where).__name__, *_LEAVES[type(where)](where)


_LEAVES: Mapping[type, Callable[[AnyValue], tuple[Hashable, ...]]] = {
    Term: lambda leaf: (leaf.field.layout, min(leaf.spellings, _SEVERAL), leaf.system is None),
    Text: lambda leaf: (leaf.field.layout, leaf.match),
    Span: lambda leaf: (
        leaf.field.layout,
        leaf.order,
        *(each is None for each in (leaf.low, leaf.high, leaf.system, leaf.code)),
    ),
    Present: lambda leaf: (leaf.field.layout,),
    CodePart: lambda leaf: (leaf.begins,),
    NumberPair: lambda leaf: (*form(leaf.first)[1:], *form(leaf.second)[1:], leaf.system is None),
    Near: lambda leaf: (),
    Unlike: lambda leaf: (form(leaf.of),),
    Worded: lambda leaf: (),
    KeyIn: lambda leaf: (),
}
