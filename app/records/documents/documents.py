"""The use case that makes a document of a stored composition (R4 composition-operation-document.html)."""

from dataclasses import dataclass

from app.records.read import RecordReader
from app.records.write.records import Records
from graph.budget import spend
from graph.errors import TooLarge
from graph.query.prices import INCLUDE, QUESTION
from graph.records import ResourceVersion
from graph.resources.resources import Referred, ResourceStore
from graph.scope import AccessScope

MOST_REFERRED = 1_000


@dataclass(frozen=True, slots=True)
class ClinicalDocument:
    """A document: texts that were made for it, each with its full URL, and then versions that are stored."""

    made: tuple[tuple[str, bytes], ...]
    versions: tuple[ResourceVersion, ...]


class Documents:
    """Makes documents."""

    def __init__(self, resources: ResourceStore, reader: RecordReader, records: Records) -> None:
        self._resources = resources
        self._reader = reader
        self._records = records

    def of_composition(self, scope: AccessScope, composition_id: str) -> ClinicalDocument:
        """A composition and what it refers to itself, where that is the caller's to see.

        Raises `NotFound`, `Gone`, and `TooLarge` where it refers to more than `MOST_REFERRED` resources.
        """
        scope.require("fhir.read")
        spend(QUESTION + INCLUDE)
        composition = self._reader.current(scope, "Composition", composition_id)
        found = self._resources.referred(scope, [composition.key], None, (), MOST_REFERRED + 1)
        if len(found) > MOST_REFERRED:
            raise TooLarge(f"it refers to more than {MOST_REFERRED} resources", code="too-costly")
        return ClinicalDocument((), (composition, *self._versions(scope, found)))

    def keep(self, scope: AccessScope, bundle: bytes) -> bytes:
        """Store a document as a Bundle, and return its text as it is served then."""
        done = self._records.create(scope, "Bundle", bundle)
        return self._reader.texts(scope, [done.version])[done.version.key]

    def _versions(self, scope: AccessScope, found: list[Referred]) -> tuple[ResourceVersion, ...]:
        current = self._resources.bodies(scope, [each.key for each in found if each.version is None])
        older = self._resources.versions(scope, [each for each in found if each.version])
        there = [each for each in (*current, *older) if not each.deleted]
        scope.concerns(key for each in there for key in each.whose)
        return tuple(there)
