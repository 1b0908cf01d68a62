"""Resources of a type as they stood at one moment, page by page: what a bulk export reads.

A page looks at rows in the order of their creation and tells where it ended, whatever is the caller's to see
of them, so that each page costs about the same. A resource that was changed since is read as it was then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph.allowances import Deed
from graph.keys import kind_key, resource_key, resource_of
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import seen, version_seen

_FAR = 2**62
_ABOUT = """any(each IN {compartment} WHERE each STARTS WITH $somebody
  AND ($patients IS NULL OR each IN $patients))"""
_WHOSE = f"""($level = 'system' OR {_ABOUT.format(compartment="v.compartment")})"""
_TO_NOBODY = """
MATCH (m)-[edge]->(r:Resource) WHERE edge.path IS NOT NULL
WITH DISTINCT r WHERE r.serial IS NOT NULL
  AND NOT any(each IN coalesce(r.compartment, []) WHERE each STARTS WITH $somebody)
RETURN collect([r.serial, r.key]) AS rows
"""
_PAGE = """
MATCH (r:Resource) WHERE r.kind = $kind AND r.serial > $after
WITH r ORDER BY r.serial LIMIT $limit
WITH collect(r) AS page
"""
_REFERRED = f"""{_PAGE}
CALL (page) {{
  UNWIND page AS m
  WITH m WHERE m.deleted = false AND {seen("m")} AND {_ABOUT.format(compartment="m.compartment")}
  {_TO_NOBODY}
}}
RETURN page[-1].serial AS last, size(page) AS looked, rows
"""
_BEYOND = f"""
UNWIND $keys AS key MATCH (m:Resource {{key: key}}) WHERE m.deleted = false AND {seen("m")}
{_TO_NOBODY}
"""
_KINDS = """
UNWIND $kinds AS kind
CALL (kind) {
  MATCH (r:Resource) USING INDEX r:Resource(kind, serial) WHERE r.kind = kind AND r.serial IS NOT NULL
  RETURN 1 AS found LIMIT 1
}
RETURN collect(kind) AS kinds
"""
_NAMED = "UNWIND $keys AS key MATCH (r:Resource {key: key}) WITH collect(r) AS page"
_FOUND = f"""
  WITH r, v WHERE v.lastUpdated >= $since AND {version_seen("r", "v")} AND {_WHOSE}
  RETURN collect([r.key, v.versionId, v.method = 'DELETE', v.rendered, v.compartment, v.body])"""
# Most are as they were: what was written since then is looked for by itself.
_VERSIONS = f"""
CALL (page) {{
  UNWIND page AS r
  MATCH (r)-[:CURRENT]->(v:Version) WHERE v.lastUpdated <= $until {_FOUND} AS current
}}
CALL (page) {{
  UNWIND [each IN page WHERE each.lastUpdated > $until] AS r
  CALL (r) {{
    MATCH (r)-[:HAS_VERSION]->(v:Version) WHERE v.lastUpdated <= $until
    RETURN v ORDER BY v.versionId DESC LIMIT 1
  }} {_FOUND} AS earlier
}}
RETURN page[-1].serial AS last, size(page) AS looked, current + earlier AS rows
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkQuestion:
    """Which resources of a type, as they stood at `until`, changed at or after `since` (µs since the epoch).

    `level` is `system`, or `patient` for what is about patients: those of `patients` (their keys), None for
    any.
    """

    kind: str
    level: str = "system"
    patients: tuple[str, ...] | None = None
    since: int = -_FAR
    until: int = _FAR


class BulkRow(NamedTuple):
    """One resource: `packed` is its text as it is kept, None of a rendered one, b"" of a deleted one."""

    key: str
    version_id: int
    deleted: bool
    compartment: tuple[str, ...]
    packed: bytes | None

    @property
    def whose(self) -> tuple[str, ...]:
        """The keys of the patients whose record it is of, and its own where it is a study."""
        study = (self.key,) if resource_of(self.key).startswith("ImagingStudy/") else ()
        return (*self.compartment, *study)


class BulkPage(NamedTuple):
    """What a page found; `last` is where the next one goes on, None where nothing follows."""

    rows: tuple[BulkRow, ...]
    last: int | None

    @property
    def size(self) -> int:
        """The bytes of its texts as they are kept."""
        return sum(len(row.packed or b"") for row in self.rows)


class BulkPlace(NamedTuple):
    """Where a resource stands among all."""

    serial: int
    key: str


@scoped
class BulkStore:
    """Reads the resources of one graph in bulk."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def page(self, scope: AccessScope, asked: BulkQuestion, after: int, limit: int) -> BulkPage:
        """What there is among the `limit` resources after the place `after`; 0 is before the first."""
        names = {"kind": kind_key(scope.tenant, asked.kind), "after": after, "limit": limit}
        found = self._read(scope, _PAGE, asked, names)
        return BulkPage(_rows(found["rows"]), found["last"] if found["looked"] == limit else None)

    def kinds(self, scope: AccessScope, resource_types: Sequence[str]) -> frozenset[str]:
        """Those of the types of which there ever was a resource, whoever sees it: what is worth reading."""
        named = {kind_key(scope.tenant, each): each for each in resource_types}
        (found,) = self._graph.read(_KINDS, kinds=list(named))
        return frozenset(named[kind] for kind in found["kinds"])

    def referred(
        self, scope: AccessScope, asked: BulkQuestion, after: int, limit: int
    ) -> tuple[tuple[BulkPlace, ...], int | None]:
        """What a page of resources about patients refers to that is about nobody, and the end of the page.

        The page is that of `page`, as it stands now.
        """
        names = {"kind": kind_key(scope.tenant, asked.kind), "after": after, "limit": limit}
        whose = {"patients": None if asked.patients is None else list(asked.patients)}
        somebody = resource_key(scope.tenant, "Patient", "")
        asked_as = scope.to(Deed.SEARCH)
        (found,) = self._graph.read_seen(asked_as, _REFERRED, **names, **whose, somebody=somebody)
        return _places(found["rows"]), found["last"] if found["looked"] == limit else None

    def beyond(self, scope: AccessScope, keys: Sequence[str]) -> tuple[BulkPlace, ...]:
        """What the resources of these keys refer to that is about nobody."""
        somebody = resource_key(scope.tenant, "Patient", "")
        asked_as = scope.to(Deed.SEARCH)
        (found,) = self._graph.read_seen(asked_as, _BEYOND, keys=list(keys), somebody=somebody)
        return _places(found["rows"])

    def named(self, scope: AccessScope, asked: BulkQuestion, keys: Sequence[str]) -> tuple[BulkRow, ...]:
        """What there is among the resources of these keys; what was written since then comes last."""
        return _rows(self._read(scope, _NAMED, asked, {"keys": list(keys)})["rows"])

    def _read(
        self, scope: AccessScope, start: str, asked: BulkQuestion, names: dict[str, Any]
    ) -> dict[str, Any]:
        (found,) = self._graph.read_seen(
            scope.to(Deed.SEARCH),
            start + _VERSIONS,
            **names,
            level=asked.level,
            patients=None if asked.patients is None else list(asked.patients),
            somebody=resource_key(scope.tenant, "Patient", ""),
            since=asked.since,
            until=asked.until,
        )
        return found


def _places(found: Sequence[Sequence[Any]]) -> tuple[BulkPlace, ...]:
    return tuple(BulkPlace(serial, key) for serial, key in found)


def _rows(found: Sequence[Sequence[Any]]) -> tuple[BulkRow, ...]:
    return tuple(
        BulkRow(key, version, deleted, tuple(compartment or ()), None if rendered else body)
        for key, version, deleted, rendered, compartment, body in found
    )
