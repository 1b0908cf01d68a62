"""The use case that takes the conformance resources of a FHIR package into the record, and lists them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.search import RecordSearch
from app.records.search.searching import TypeSearch
from app.records.search.sorting import sorts_of
from app.records.write.conditions import Criteria
from app.records.write.records import Records
from fhir_profiles.issues import ProfileError
from graph.errors import HilumError
from graph.scope import AccessScope

_PAGE = 200
_OWN = ("id", "meta")  # what a server gives a resource


@dataclass(frozen=True, slots=True)
class LoadedProfile:
    """What became of one resource of a package: `outcome` is new, changed, known or refused."""

    kind: str
    url: str
    version: str
    outcome: str = "known"
    why: str = ""


class ProfileLoading:
    """Writes StructureDefinitions, ValueSets and CodeSystems as every client would, by their canonicals."""

    def __init__(self, records: Records, search: RecordSearch) -> None:
        self._records = records
        self._search = search

    def load(self, scope: AccessScope, documents: Iterable[Mapping[str, Any]]) -> Iterator[LoadedProfile]:
        """Write each resource whose canonical is new or says something else now; tell what became of it."""
        for document in documents:
            kind, url = str(document["resourceType"]), document.get("url")
            version = str(document.get("version", ""))
            if not isinstance(url, str):
                yield LoadedProfile(kind, "", version, "refused", "it has no url")
                continue
            try:
                outcome = self._put(scope, kind, url, document)
            except (ProfileError, HilumError) as error:
                yield LoadedProfile(kind, url, version, "refused", str(error))
            else:
                yield LoadedProfile(kind, url, version, outcome)

    def _put(self, scope: AccessScope, kind: str, url: str, document: Mapping[str, Any]) -> str:
        where = self._search.criteria(scope, kind, (("url", url.replace(",", "\\,")),))
        found = self._search.page(scope, TypeSearch(resource_type=kind, where=where, count=1), None).matches
        bare = {name: value for name, value in document.items() if name not in _OWN}
        if found and _bare(found[0].body) == bare:
            return "known"
        written = self._records.update_where(scope, Criteria(kind, where), orjson.dumps(bare))
        return "new" if written.created else "changed"

    def listed(self, scope: AccessScope, kind: str) -> Iterator[LoadedProfile]:
        """What was loaded or written of a type, in the order of its urls."""
        asked = TypeSearch(
            resource_type=kind,
            where=self._search.criteria(scope, kind, ()),
            count=_PAGE,
            sort=sorts_of(kind, "url"),
        )
        after: tuple[object, ...] | None = None
        while True:
            page = self._search.page(scope, asked, after)
            for each in page.matches:
                document = orjson.loads(each.body)
                yield LoadedProfile(kind, str(document.get("url", "")), str(document.get("version", "")))
            if (after := page.after) is None:
                return


def _bare(body: bytes) -> Mapping[str, Any]:
    return {name: value for name, value in orjson.loads(body).items() if name not in _OWN}
