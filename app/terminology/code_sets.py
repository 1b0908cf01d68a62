"""The sets of codes that searches ask for: members of value sets, and what stands above or below a code."""

from collections.abc import Collection, Iterable, Mapping

from app.terminology.answers import told
from app.terminology.code_systems import CodeSystems
from app.terminology.library import Definitions
from app.terminology.value_sets import KIND, NamedDefinition
from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.codes import Selection
from fhir_profiles.terminology.listing import MemberListing
from graph.budget import spend
from graph.query.limits import MOST_VALUES
from graph.query.prices import INCLUDE
from graph.scope import AccessScope
from graph.terminology.concepts import ConceptStore

_OWN = f"{KIND}/"


class TenantCodeSets:
    """The sets that one caller may ask for."""

    def __init__(
        self,
        definitions: Definitions,
        code_systems: CodeSystems,
        concepts: ConceptStore,
        scope: AccessScope,
    ) -> None:
        self._definitions = definitions
        self._concepts = concepts
        self._code_systems = code_systems
        self._scope = scope

    def members(self, value_set: str) -> Mapping[str, set[str]]:
        """The codes of a value set by their system, by its canonical or `ValueSet/id`.

        Raises `NotFound`, `Gone`, `TooLarge`.
        """
        spend(INCLUDE)
        library = self._definitions.library(self._scope)
        by_id = value_set.removeprefix(_OWN) if value_set.startswith(_OWN) else None
        named = NamedDefinition(KIND, by_id, None if by_id else value_set)
        with told():
            entries = MemberListing(library, MOST_VALUES).codes(named.found(library), Selection())
            return _by_system((each.system, each.code) for each in entries)

    def below(self, system: str, code: str) -> Mapping[str, set[str]]:
        """A code and all below it, by system; raises `TooLarge`, `Unavailable`."""
        spend(INCLUDE)
        return _by_system(self._code_systems.below(self._scope, system, code))

    def above(self, system: str, code: str) -> Mapping[str, set[str]]:
        """A code and all above it, by system; raises `TooLarge`, `Unavailable`."""
        spend(INCLUDE)
        return _by_system(self._code_systems.above(self._scope, system, code))

    def defining(self, codes: Collection[str]) -> tuple[str, ...]:
        """The keys of CodeSystems of the tenant whose concepts in the graph have one of some codes."""
        return self._concepts.sources(self._scope, codes)


def _by_system(codings: Iterable[Coding]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for system, code in codings:
        found.setdefault(system, set()).add(code)
    return found
