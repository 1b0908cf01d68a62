"""A condition as two expression trees: what certainly holds, and what may hold.

The tree is two-valued, a cohort is not: what is possible and not certain is unknown. No record of an event
means that there was none; a missing detail of a record is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from graph.query.expression import All, Any, Expression, Field, Kind, Not, Present, Related, Term

Codings: TypeAlias = frozenset[tuple[str | None, str]]


@dataclass(frozen=True, slots=True)
class Trees:
    """What certainly holds, and what may hold: the second is never narrower."""

    certain: Expression
    possible: Expression

    @property
    def negated(self) -> "Trees":
        """What certainly does not hold, and what may not."""
        return Trees(Not(self.possible), Not(self.certain))


def sure(expression: Expression) -> Trees:
    """Return the trees of a condition that is never unknown."""
    return Trees(expression, expression)


def both(trees: Sequence[Trees]) -> Trees:
    """Return the trees of the condition that all of these hold."""
    return Trees(All(tuple(each.certain for each in trees)), All(tuple(each.possible for each in trees)))


def either(trees: Sequence[Trees]) -> Trees:
    """Return the trees of the condition that one of these holds."""
    return Trees(Any(tuple(each.certain for each in trees)), Any(tuple(each.possible for each in trees)))


def or_absent(held: Expression, field: Field) -> Trees:
    """Return the trees of a condition on a field that is unknown where the field has no value."""
    return Trees(held, Any((held, Not(Present(field)))))


def through(trees: Trees, related: Related) -> Trees:
    """Return the trees of the condition that a row at the other end of the link of `related` holds."""
    return Trees(Related(related.link, trees.certain), Related(related.link, trees.possible))


def coded(entity: str, parameter: str, codings: Codings) -> Expression:
    """Some coding of the row is one of these."""
    field = Field(entity, parameter, Kind.TERM)
    by_system: dict[str | None, list[str]] = {}
    for system, code in sorted(codings, key=str):
        by_system.setdefault(system, []).append(code)
    terms = tuple(Term(field, tuple(codes), system) for system, codes in by_system.items())
    return terms[0] if len(terms) == 1 else Any(terms)
