"""Codes by what terminology says of them: `:in`, `:not-in`, `:above`, `:below` (FHIR R4 search.html#token).

What a value set holds, and what stands above or below a code, is listed before the question is asked: so it
is priced and bounded as any list of codes is.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from app.records.search.modifiers import AskedParameter
from fhir_profiles.index.escaping import split_on, unescaped
from fhir_profiles.index.tokens import ABOVE, BELOW, IN, NOT_IN
from graph.errors import Invalid, NotFound
from graph.query.expression import Any, Expression, KeyIn, Not, Term

CODED = frozenset({IN, NOT_IN, ABOVE, BELOW})
CODES_OF_SYSTEMS = ("CodeSystem", "code")


class CodeSets(Protocol):
    """The sets of codes that one caller may ask for, each as the codes by their system."""

    def members(self, value_set: str) -> Mapping[str, Collection[str]]:
        """The codes of a value set, by its canonical or `ValueSet/id`.

        Raises `NotFound` where it, or what it is made of, is not known, `TooLarge` for too many.
        """

    def below(self, system: str, code: str) -> Mapping[str, Collection[str]]:
        """A code and all below it; raises `TooLarge`."""

    def defining(self, codes: Collection[str]) -> tuple[str, ...]:
        """The keys of large CodeSystems that define one of some codes."""

    def above(self, system: str, code: str) -> Mapping[str, Collection[str]]:
        """A code and all above it; raises `TooLarge`."""


def coded(asked: AskedParameter, values: Collection[str], sets: CodeSets | None) -> Expression:
    """Return the condition of a parameter with one of these modifiers.

    Raises `Invalid` for a value set that is not known, and where no terminology can be asked.
    """
    if sets is None:
        raise Invalid("terminology is not asked here", location=asked.name[:64], code="not-supported")
    try:
        matched = Any(tuple(term for value in values for term in _terms(asked, value, sets)))
    except NotFound as error:
        raise Invalid(error.message, location=asked.name[:64], code="not-found") from None
    return Not(matched) if asked.modifier == NOT_IN else matched


def defined(asked: AskedParameter, matched: Expression, sets: CodeSets | None) -> Expression:
    """A condition on the codes of CodeSystems, with those whose codes are too many to be rows of theirs."""
    leaves = matched.of if isinstance(matched, Any) else (matched,)
    codes = {code for each in leaves if isinstance(each, Term) for code in each.codes if not each.system}
    keys = sets.defining(codes) if sets and codes else ()
    return Any((matched, KeyIn(asked.resource_type, keys))) if keys else matched


def _terms(asked: AskedParameter, value: str, sets: CodeSets) -> Iterator[Term]:
    for system, codes in sorted(_asked(asked, value, sets).items()):
        yield Term(asked.field, tuple(sorted(codes)), system)


def _asked(asked: AskedParameter, value: str, sets: CodeSets) -> Mapping[str, Collection[str]]:
    if asked.modifier in (IN, NOT_IN):
        return sets.members(unescaped(value))
    system, code = (*split_on(value, "|"), "", "")[:2]
    if not system or not code:
        raise Invalid(f":{asked.modifier} is [system]|[code]", location=asked.name[:64])
    return sets.above(system, code) if asked.modifier == ABOVE else sets.below(system, code)
