"""The use cases on code systems: what a code means, and what it is a kind of (codesystem-operations.html)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.terminology.answers import AskedCode, CodeVerdict, misnamed, told, unknown
from app.terminology.library import Definitions, TenantLibrary
from app.terminology.value_sets import NamedDefinition
from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.codes import CodeEntry, CodeSystem, SystemTitle
from fhir_profiles.terminology.languages import name_of
from graph.budget import spend
from graph.errors import Invalid, NotFound
from graph.query.prices import QUESTION
from graph.scope import AccessScope
from graph.terminology.concepts import ConceptStore

KIND = "CodeSystem"


@dataclass(frozen=True, slots=True)
class FoundCode:
    """What is known of a code: its system, its entry, and the codes directly below it."""

    title: SystemTitle
    entry: CodeEntry
    children: tuple[str, ...]


class CodeSystems:
    """Answers questions about codes and their systems."""

    def __init__(self, definitions: Definitions, concepts: ConceptStore) -> None:
        self._definitions = definitions
        self._concepts = concepts

    def lookup(self, scope: AccessScope, asked: AskedCode) -> FoundCode:
        """What is known of a code.

        Raises `NotFound` where it, or its system, is not known, `Invalid` where no system is named.
        """
        library = self._definitions.library(scope)
        spend(QUESTION)
        with told():
            system = _system(library, asked)
            entry = _entry(system, asked)
            return FoundCode(system.title, entry, tuple(system.children(entry.code)))

    def url_of(self, scope: AccessScope, resource_id: str) -> str:
        """The url of the CodeSystem of an id; raises `NotFound`, `Gone`."""
        return str(self._definitions.library(scope).by_id(KIND, resource_id).get("url", ""))

    def validate(
        self,
        scope: AccessScope,
        named: NamedDefinition | None,
        codes: Sequence[AskedCode],
        languages: Sequence[str] = (),
    ) -> CodeVerdict:
        """Whether one of some codes is a code of a system, under the name that it was given.

        The system is the one that is named, else that of each code. Raises `NotFound` where none is known.
        """
        library = self._definitions.library(scope)
        spend(QUESTION)
        with told():
            url = named.found(library).get("url") if named else None
            verdicts = [_verdict(library, each, url, languages) for each in codes]
        return next((each for each in verdicts if each.result), verdicts[0])

    def subsumes(self, scope: AccessScope, first: AskedCode, second: AskedCode) -> str:
        """How two codes of one system stand to one another, as a code of concept-subsumption-outcome.

        Raises `NotFound` where one of them is not known, `Invalid` where they are of two systems.
        """
        if first.system != second.system:
            raise Invalid(
                "the two codes are of two systems, between which nothing is known", location="system"
            )
        library = self._definitions.library(scope)
        spend(QUESTION)
        with told():
            system = _system(library, first)
            return outcome(system, _entry(system, first).code, _entry(system, second).code)

    def below(self, scope: AccessScope, system: str, code: str) -> frozenset[Coding]:
        """A coding and all below it, in the systems of the tenant and in those that ship.

        Raises `TooLarge`, `Unavailable`.
        """
        return self._related(scope, system, code, above=False)

    def above(self, scope: AccessScope, system: str, code: str) -> frozenset[Coding]:
        """A coding and all above it; raises `TooLarge`, `Unavailable`."""
        return self._related(scope, system, code, above=True)

    def _related(self, scope: AccessScope, system: str, code: str, *, above: bool) -> frozenset[Coding]:
        walk = self._concepts.above if above else self._concepts.below
        found = walk(scope, ((system, code),))  # first, since it is bounded
        known = self._definitions.library(scope).code_system(system)
        if known is not None:
            codes = known.ancestors(code) if above else known.descendants(code)
            found |= {(system, each) for each in codes}
        return found


def outcome(system: CodeSystem, first: str, second: str) -> str:
    """How two codes of a system stand to one another (codesystem-operation-subsumes.html)."""
    if first == second:
        return "equivalent"
    if first in system.ancestors(second):
        return "subsumes"
    return "subsumed-by" if second in system.ancestors(first) else "not-subsumed"


def _system(library: TenantLibrary, asked: AskedCode) -> CodeSystem:
    if not asked.system:
        raise Invalid("name the system of the code", location="system")
    found = library.code_system(asked.system, asked.version)
    if found is None:
        raise unknown(KIND, f"{asked.system}|{asked.version}" if asked.version else asked.system)
    return found


def _entry(system: CodeSystem, asked: AskedCode) -> CodeEntry:
    found = system.entries((asked.code,)).get(asked.code)
    if found is None:
        raise NotFound(f"{system.title.url} has no code {asked.code}", location=asked.place, code="not-found")
    return found


def _verdict(
    library: TenantLibrary, asked: AskedCode, url: str | None, languages: Sequence[str]
) -> CodeVerdict:
    if url and asked.system and asked.system != url:
        return CodeVerdict(False, f"{asked.code} is of {asked.system}, not of {url}", code=asked)
    system = _system(library, AskedCode(url or asked.system, asked.code, asked.version))
    entry = system.entries((asked.code,)).get(asked.code)
    if entry is None:
        known = "" if system.title.complete else ", of which a part is known here"
        return CodeVerdict(False, f"{asked.code} is no code of {system.title.url}{known}", code=asked)
    wrong = misnamed(asked, entry)
    return CodeVerdict(wrong is None, wrong, name_of(entry, languages), asked)
