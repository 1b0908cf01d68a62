"""The profiles of a tenant: HL7's, Hilum's, and the conformance resources that were written to the record.

What is read is remembered. Whether something changed is looked at every two seconds, so that a profile that
was loaded counts for every process by then, and one that is claimed often is read once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeAlias

import orjson

from app.records.search import SearchContext, criteria, sorts_of
from app.site import Sites
from fhir_profiles.conformance.bindings import CodesBySystem
from fhir_profiles.conformance.checking import errors_of
from fhir_profiles.conformance.known import BuiltIn, KnownProfiles, built_in
from fhir_profiles.conformance.listing import codes_of
from fhir_profiles.issues import InvalidResource
from fhir_profiles.terminology.codes import CodeSystem
from fhir_profiles.terminology.membership import SHIPPED_LIBRARY
from fhir_profiles.terminology.parsed import ParsedCodeSystem
from graph.budget import spend
from graph.query.expression import EVERYTHING, Page, Question
from graph.query.gathering import gathered
from graph.query.prices import QUESTION, price
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")
"""The types that profiles are made from."""
_SECONDS = 2.0
Mark: TypeAlias = tuple[tuple[int, str, int], ...]


@dataclass(slots=True)
class _Shelf:
    """What is known of a tenant, of which state of its record, and until when nobody looks again."""

    known: KnownProfiles
    mark: Mark
    looked: float


class ProfileLibrary:
    """Finds the profiles that resources of a tenant claim; shared by the threads of a process.

    Definitions are read as anybody may: one that is about a patient is none for others.
    """

    def __init__(
        self, resources: ResourceStore, sites: Sites, clock: Callable[[], float] = monotonic
    ) -> None:
        self._resources = resources
        self._sites = sites
        self._clock = clock
        self._shelves: dict[str, _Shelf] = {}

    def known(self, scope: AccessScope) -> KnownProfiles:
        """The profiles of the caller's tenant, as of two seconds ago at the most."""
        shelf, now = self._shelves.get(scope.tenant), self._clock()
        if shelf is not None and now - shelf.looked < _SECONDS:
            return shelf.known
        mark = self._mark(scope.public())
        if shelf is None or shelf.mark != mark:
            stored = _Stored(self._resources, scope.public(), self._sites)
            shelf = _Shelf(KnownProfiles(stored) if any(mark) else built_in(), mark, now)
        shelf.looked = now
        self._shelves[scope.tenant] = shelf
        return shelf.known

    def require_met(self, scope: AccessScope, document: Mapping[str, Any]) -> None:
        """Require that a valid resource meets the profiles of the tenant that it claims.

        Raises `InvalidResource` with what is wrong.
        """
        meta = document.get("meta")
        claimed = meta.get("profile", ()) if isinstance(meta, dict) else ()
        foreign = [each for each in claimed if isinstance(each, str) and built_in().find(each) is None]
        if not foreign:
            return
        known = self.known(scope)
        if any(known.find(each) is not None for each in foreign) and (issues := errors_of(document, known)):
            raise InvalidResource(*issues)

    def _mark(self, scope: AccessScope) -> Mark:
        """What changes with every write of a definition: how many there are, and the newest version."""
        return tuple(mark for kind in KINDS if (mark := self._mark_of(scope, kind)) is not None)

    def _mark_of(self, scope: AccessScope, kind: str) -> tuple[int, str, int] | None:
        newest = Question(kind, EVERYTHING, Page(1, sorts_of(kind, "-_lastUpdated")))
        found = self._resources.page(scope, newest).versions
        if not found:
            return None
        number = self._resources.count(scope, kind, EVERYTHING)
        return number, found[0].key, found[0].version_id


class _Stored:
    """The definitions of a tenant, behind those that every gateway knows."""

    def __init__(self, resources: ResourceStore, scope: AccessScope, sites: Sites) -> None:
        self._resources = resources
        self._scope = scope
        self._sites = sites
        self._built_in = BuiltIn()

    def structure(self, url: str) -> Mapping[str, Any] | None:
        """A StructureDefinition by its canonical; None where it is not known."""
        return self._built_in.structure(url) or self._document("StructureDefinition", url)

    def codes(self, url: str) -> CodesBySystem | None:
        """The codes of a value set; None where it is not known, or its codes cannot be listed."""
        found = self._built_in.codes(url)
        if found is not None:
            return found
        value_set = self._document("ValueSet", url)
        return None if value_set is None else codes_of(value_set, self)

    def value_set(self, url: str, version: str | None = None) -> Mapping[str, Any] | None:
        """A ValueSet by its canonical; None where it is not known."""
        return self._document("ValueSet", url) or SHIPPED_LIBRARY.value_set(url, version)

    def code_system(self, url: str, version: str | None = None) -> CodeSystem | None:
        """The codes of a system; None where it is not known."""
        document = self._document("CodeSystem", url)
        return SHIPPED_LIBRARY.code_system(url, version) if document is None else ParsedCodeSystem(document)

    def _document(self, kind: str, url: str) -> Mapping[str, Any] | None:
        """The newest resource of a canonical."""
        site = self._sites.of(self._scope)
        context = SearchContext(self._scope.tenant, site.zone, site.fhir_base)
        where = gathered(criteria(kind, (("url", url.replace(",", "\\,")),), context))
        spend(QUESTION + price(where))
        asked = Question(kind, where, Page(1, sorts_of(kind, "-_lastUpdated")))
        found = self._resources.page(self._scope, asked).versions
        document: Mapping[str, Any] | None = orjson.loads(found[0].body) if found else None
        return document
