"""The store of FHIR resources: current versions, older ones, histories and pages of a search.

Every body it returns is the text that is served: as received with its `id` and `meta` spliced in, or rendered
for the ImagingStudy that DICOM owns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol, TypeVar

from fhir_profiles.issues import ProfileError
from graph.allowances import Deed
from graph.budget import plans
from graph.columns.columns import Columns
from graph.commit import Committer, Unit
from graph.cypher.compile import count
from graph.cypher.probe import counted, sizes_of
from graph.errors import Gone, HilumError, NotFound
from graph.keys import kind_key, resource_key, version_key
from graph.packing import unpacked
from graph.query.expression import Expression, Field, Question
from graph.query.forms import has_words
from graph.query.rows import code_key
from graph.records import Found, ResourceVersion
from graph.resources.histories import COLUMNS, PLACES, HistoryWindow, history_rows
from graph.resources.pages import PageSearch
from graph.resources.row_values import RowValues
from graph.resources.sieve import Sieve
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import judged_column, seen, version_seen

T = TypeVar("T")

_FOUND = f"""
UNWIND $keys AS key
MATCH (r:Resource {{key: key}})-[:CURRENT]->(v:Version)
WHERE {seen("r")}
"""
_CURRENT = f"{_FOUND} RETURN {COLUMNS}, {judged_column('r')} AS judged"
# Many rows in one record: the driver receives each record by itself, which takes longer than to unpack it.
_CURRENT_TOGETHER = f"""{_FOUND}
RETURN collect([{", ".join(PLACES.values())}]) AS rows, collect({judged_column("r")}) AS judged
"""
_MANY = 16
_VERSION = f"""
MATCH (r:Resource {{key: $key}})-[:HAS_VERSION]->(v:Version {{key: $version}})
WHERE {version_seen("r", "v")}
RETURN {COLUMNS}, {judged_column("r", "v")} AS judged
"""
_REFERRED = f"""
UNWIND $keys AS key
MATCH (:Resource {{key: key}})-[edge]->(r:Resource)
WHERE ($paths IS NULL OR edge.path IN $paths) AND edge.path IS NOT NULL
AND ($kinds IS NULL OR r.kind IN $kinds)
WITH r, CASE WHEN edge.version <> toString(r.versionId) THEN edge.version END AS version
WHERE CASE WHEN version IS NULL THEN r.deleted = false AND {seen("r")} ELSE EXISTS {{
  MATCH (r)-[:HAS_VERSION]->(v:Version {{key: r.key + '|' + version}}) WHERE {version_seen("r", "v")} }} END
RETURN DISTINCT r.key AS key, version LIMIT $limit
"""
_REFERRING = f"""
UNWIND $keys AS key
MATCH (:Resource {{key: key}})<-[edge]-(r:Resource)
WHERE edge.path IS NOT NULL AND r.deleted = false AND {seen("r")}
RETURN DISTINCT r.key AS key, r.serial AS serial ORDER BY serial LIMIT $limit
"""
_VERSIONS = f"""
UNWIND $versions AS version
MATCH (r:Resource {{key: version[0]}})-[:HAS_VERSION]->(v:Version {{key: version[1]}})
WHERE {version_seen("r", "v")}
RETURN {COLUMNS}
"""
_OTHERWISE_NAMED = f"""
UNWIND $keys AS key
MATCH (:Resource {{key: key}})-[edge]->(r:Resource)
WHERE edge.path IN $paths AND edge.version <> toString(r.versionId) AND {seen("r")}
RETURN 1 AS found LIMIT 1
"""
_KINDS = f"""
UNWIND $kinds AS kind
CALL (kind) {{
  MATCH (r:Resource) USING INDEX r:Resource(kind, serial)
  WHERE r.kind = kind AND r.serial IS NOT NULL AND r.deleted = false AND {seen("r")}
  RETURN 1 AS found LIMIT 1
}}
RETURN kind
"""
_KEY, _VERSION_WEIGHT = 200, 1000  # bytes that a key takes in memory, and a version without its body


class Referred(NamedTuple):
    """What a reference leads to: the key of a resource, and the version it names, unless that is current."""

    key: str
    version: str | None = None


class VersionPage(NamedTuple):
    """A page of a search: the versions, and the keyset of the last one where more may follow."""

    versions: tuple[ResourceVersion, ...]
    after: tuple[object, ...] | None


class Renderer(Protocol):
    """Makes resources of what is kept as a snapshot, not as a text: the studies that DICOM owns."""

    def current(self, snapshots: Mapping[str, ResourceVersion]) -> dict[str, bytes]:
        """The JSON of current versions, by key."""

    def at(self, snapshot: ResourceVersion, changes: int) -> bytes:
        """The JSON of an older version, made when the feed stood at `changes`."""


@scoped
class ResourceStore:
    """Resources of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph, committer: Committer, renderer: Renderer) -> None:
        self._graph = graph
        self._committer = committer
        self._renderer = renderer
        self._pages = PageSearch(graph)

    def read(self, scope: AccessScope, resource_type: str, resource_id: str) -> ResourceVersion:
        """Return the current version.

        Raises `NotFound` where there is none to see, `Gone` where it was deleted, `Forbidden` where
        no scope of the token lets the type be read.
        """
        scope = scope.allowed(Deed.READ, resource_type)
        found = self.bodies(scope, [resource_key(scope.tenant, resource_type, resource_id)])
        if not found:
            raise NotFound(f"no {resource_type}/{resource_id}")
        scope.concerns(found[0].whose)
        if found[0].deleted:
            raise Gone(f"{resource_type}/{resource_id} was deleted", code="deleted")
        return found[0]

    def version(
        self, scope: AccessScope, resource_type: str, resource_id: str, version_id: int
    ) -> ResourceVersion:
        """Return one version, as it was.

        Raises `NotFound` where there is none to see, `Gone` where it is the deletion, `Forbidden` as `read`.
        """
        scope = scope.allowed(Deed.READ, resource_type)
        key = resource_key(scope.tenant, resource_type, resource_id)
        rows = self._graph.read_seen(scope, _VERSION, key=key, version=version_key(key, version_id))
        if not rows:
            raise NotFound(f"no version {version_id} of {resource_type}/{resource_id}")
        found = self._as_served(rows)[0]
        scope.concerns(found.whose)
        if found.deleted:
            raise Gone(f"version {version_id} is the deletion", code="deleted")
        return found

    def types(self, scope: AccessScope, among: Iterable[str]) -> frozenset[str]:
        """Those of the resource types of which there is anything to see."""
        scope = scope.to(Deed.SEARCH)
        keys = {kind_key(scope.tenant, each): each for each in among}

        def find() -> frozenset[str]:
            rows = self._graph.read_seen(scope, _KINDS, kinds=list(keys))
            return frozenset(keys[row["kind"]] for row in rows)

        return self._graph.recalled(scope, ("types", *keys), find, lambda found: 50 * len(found) + 100)

    def history(
        self,
        scope: AccessScope,
        window: HistoryWindow,
        resource_type: str | None = None,
        resource_id: str | None = None,
    ) -> list[ResourceVersion]:
        """Versions of a resource, a type or the tenant, the newest first; each seen or not by itself.

        Raises `Forbidden` where no scope of the token lets the type be read, or searched.
        """
        return self._as_served(history_rows(self._graph, scope, window, resource_type, resource_id))

    def search(self, scope: AccessScope, question: Question) -> Found:
        """The keys of one page, and the keyset after it where more rows follow.

        Raises `Forbidden` where no scope of the token lets the type be searched.
        """
        scope = scope.allowed(Deed.SEARCH, question.entity)
        return self._graph.recalled(
            scope,
            ("page", question),
            lambda: self._pages.found(scope, question),
            lambda found: _KEY * len(found.keys),
        )

    def page(self, scope: AccessScope, question: Question) -> VersionPage:
        """The current versions of one page, in order, and the keyset after it where more rows follow.

        Raises `Forbidden` where no scope of the token lets the type be searched.
        """
        scope = scope.allowed(Deed.SEARCH, question.entity)
        return self._graph.recalled(
            scope,
            ("versions", question),
            lambda: self._page(scope, question),
            lambda page: _weight(page.versions),
        )

    def _page(self, scope: AccessScope, question: Question) -> VersionPage:
        shown = self._pages.shown(scope, question, PLACES.values())
        if shown is not None:
            return VersionPage(tuple(self._as_served(_named(shown.rows))), shown.after)
        found = self._pages.pieced(scope, question)
        there = (each for each in self.bodies(scope, found.keys) if not each.deleted)
        return VersionPage(tuple(there), found.after)

    def sieve(self, scope: AccessScope, columns: Columns | None = None) -> Sieve:
        """What answers questions of many conditions piece by piece, off `columns` where these know.

        Raises what `Columns.of` raises.
        """
        scope = scope.to(Deed.SEARCH)
        return Sieve(self._graph, scope, columns.of(scope) if columns else None)

    def row_values(self, scope: AccessScope) -> RowValues:
        """What reads the values of rows that were found."""
        return RowValues(self._graph, scope.to(Deed.SEARCH))

    def count(
        self, scope: AccessScope, resource_type: str, where: Expression, most: int | None = None
    ) -> int:
        """How many rows satisfy `where`; with `most`, as many as that is where there are more.

        Raises `Forbidden` as `search` does.
        """
        scope = scope.allowed(Deed.SEARCH, resource_type)

        def find() -> int:
            if not has_words(where):
                statement = count(scope, resource_type, where, most=most)
                if plans(statement.text):
                    return int(self._graph.read_statement(statement)[0]["total"])
            found = len(self.sieve(scope).serials(resource_type, where))
            return found if most is None else min(found, most)

        return self._graph.recalled(scope, ("count", resource_type, where, most), find, lambda _: 100)

    def holds_any(self, scope: AccessScope, fields: Iterable[Field], code: str) -> frozenset[Field]:
        """Those of the fields in which some resource has a code, whoever may see it: what is worth asking."""
        keys = {code_key(scope.tenant, field, code): field for field in fields}
        sizes = sizes_of(self._graph.read_statement(counted(scope, list(keys))))
        return frozenset(keys[key] for key, size in sizes.items() if size)

    def bodies(self, scope: AccessScope, keys: Sequence[str]) -> list[ResourceVersion]:
        """The current versions of the seen ones among `keys`, in their order."""

        def find() -> tuple[ResourceVersion, ...]:
            return tuple(self._as_served(self._current(scope, list(keys))))

        return list(self._graph.recalled(scope, ("bodies", *keys), find, _weight))

    def _current(self, scope: AccessScope, keys: list[str]) -> list[dict[str, Any]]:
        if len(keys) < _MANY:
            return self._graph.read_seen(scope, _CURRENT, keys=keys)
        return _named(self._graph.read_seen_together(scope, _CURRENT_TOGETHER, keys=keys))

    def referred(
        self,
        scope: AccessScope,
        keys: Iterable[str],
        paths: Sequence[str] | None,
        targets: Sequence[str],
        limit: int,
    ) -> list[Referred]:
        """What these resources refer to at `paths` (None: anywhere), of the types `targets`.

        Without targets any type will do; at most `limit` are found.
        """
        kinds = [kind_key(scope.tenant, each) for each in targets] or None
        rows = self._graph.read_seen(scope, _REFERRED, keys=list(keys), paths=paths, kinds=kinds, limit=limit)
        return [Referred(row["key"], row["version"]) for row in rows]

    def referring(self, scope: AccessScope, keys: Iterable[str], limit: int) -> list[str]:
        """Keys of what refers to these resources, of any type and at any element; at most `limit`."""
        rows = self._graph.read_seen(scope, _REFERRING, keys=list(keys), limit=limit)
        return [row["key"] for row in rows]

    def versions(self, scope: AccessScope, referred: Iterable[Referred]) -> list[ResourceVersion]:
        """The versions that references name, as they were; without those that there are not to see."""
        keys = [
            [key, version_key(key, int(version))]
            for key, version in referred
            if version and version.isdigit()
        ]
        return self._as_served(self._graph.read_seen(scope, _VERSIONS, versions=keys)) if keys else []

    def names_other_versions(self, scope: AccessScope, keys: Iterable[str], paths: Sequence[str]) -> bool:
        """Whether a reference of these resources at one of `paths` names a version that is not current."""
        return bool(self._graph.read_seen(scope, _OTHERWISE_NAMED, keys=list(keys), paths=list(paths)))

    def commit(self, scope: AccessScope, unit: Unit[T]) -> T:
        """Commit a unit of work of the caller's and return its answer.

        Raises what it decides, `Unavailable`, and `ValueError` for the unit of another.
        """
        if unit.scope is not scope:
            raise ValueError("the unit was made for another scope")
        return self._committer.commit(unit)

    def commit_each(
        self, scope: AccessScope, units: Sequence[Unit[T]]
    ) -> list[T | HilumError | ProfileError]:
        """Commit units of the caller's in their order, each for itself; a failure is an outcome.

        Raises `Unavailable`, and `ValueError` for the unit of another.
        """
        if any(unit.scope is not scope for unit in units):
            raise ValueError("a unit was made for another scope")
        return self._committer.commit_each(units)

    def _as_served(self, rows: list[dict[str, Any]]) -> list[ResourceVersion]:
        versions = [_version(row) for row in rows]
        studies = [at for at, row in enumerate(rows) if row["rendered"]]
        current = {versions[at].key: versions[at] for at in studies if rows[at]["current"]}
        rendered = self._renderer.current(current) if current else {}
        for at in studies:
            version, row = versions[at], rows[at]
            body = rendered[version.key] if row["current"] else self._renderer.at(version, row["changes"])
            versions[at] = replace(version, body=body)
        return versions


def _named(rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows by the names of their columns."""
    return [dict(zip(PLACES, row, strict=True)) for row in rows]


def _weight(versions: Iterable[ResourceVersion]) -> int:
    return sum(_VERSION_WEIGHT + len(each.body) for each in versions)


def _version(row: dict[str, Any]) -> ResourceVersion:
    compartment = row["compartment"]
    return ResourceVersion(
        key=row["key"],
        resource_type=row["kind"].rpartition("|")[2],
        resource_id=row["id"],
        version_id=row["version"],
        last_updated=row["updated"],
        sequence=row["sequence"],
        method=row["method"],
        body=unpacked(row["body"] or b""),
        compartment=None if compartment is None else tuple(compartment),
    )
