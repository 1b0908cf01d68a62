"""The use case that translates codes by ConceptMaps (FHIR R4 conceptmap-operation-translate.html)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.terminology.answers import AskedCode, told
from app.terminology.library import Definition, Definitions, TenantLibrary
from app.terminology.value_sets import NamedDefinition
from fhir_profiles.terminology.maps import (
    NO_MATCH,
    MappedCode,
    sources,
    sources_of,
    targets_of,
    translations,
)
from graph.budget import spend
from graph.errors import NotFound
from graph.query.prices import QUESTION
from graph.scope import AccessScope

_MOST_MATCHES = 1_000


@dataclass(frozen=True, slots=True)
class TranslationWish:
    """Where a translation leads: to a value set or a system; `reverse` goes against the map."""

    source: str | None = None
    target: str | None = None
    target_system: str | None = None
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Translated:
    """What codes become, and whether any of that is a match."""

    matches: tuple[MappedCode, ...]

    @property
    def result(self) -> bool:
        """Whether there is a translation."""
        return any(each.equivalence not in NO_MATCH and each.code for each in self.matches)


class ConceptMaps:
    """Translates codes."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def translate(
        self,
        scope: AccessScope,
        named: NamedDefinition | None,
        codes: Sequence[AskedCode],
        wish: TranslationWish,
    ) -> Translated:
        """What one of some codes becomes by a map, or by all maps that lead where it is wished.

        Raises `NotFound` where no such map is known.
        """
        library = self._definitions.library(scope)
        spend(QUESTION)
        with told():
            maps = (named.found(library),) if named else _between(library, codes, wish)
        step = sources if wish.reverse else translations
        found = (each for one in maps for code in codes for each in step(one, code.system, code.code))
        wanted = [each for each in found if wish.target_system in (None, each.system)]
        return Translated(tuple(wanted[:_MOST_MATCHES]))


def _between(
    library: TenantLibrary, codes: Sequence[AskedCode], wish: TranslationWish
) -> tuple[Definition, ...]:
    """The maps from the codes' systems to where it is wished; a reverse one is found by its other end."""
    systems = {each.system for each in codes}
    known = [one for system in sorted(systems) for one in library.concept_maps(system, reverse=wish.reverse)]
    here, there = (targets_of, sources_of) if wish.reverse else (sources_of, targets_of)
    ends = ((wish.source, here), (wish.target, there))
    found = [one for one in known if all(wanted is None or wanted in end(one) for wanted, end in ends)]
    if not found:
        raise NotFound(
            "no ConceptMap is known here that leads from the system of the code to what is wished",
            code="not-found",
        )
    return tuple(found)
