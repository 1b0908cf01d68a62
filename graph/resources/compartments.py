"""The chart of patients or of an encounter: what is in their compartment, and what that refers to.

Members are found by the compartment's Term rows, of all types in one statement: whom a resource is about is
kept for every type. What they refer to belongs to a chart unless it is about another patient only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.allowances import Deed
from graph.errors import TooLarge
from graph.keys import resource_key, resource_of
from graph.packing import unpacked
from graph.query.expression import Field
from graph.query.rows import code_key, compartment_of, field_key
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import judged_column, seen

MOST_MEMBERS = 50_000
_KEPT = 200  # bytes that one takes in memory
_FAR = float("inf")

_ROW = "[r.serial, r.key, r.lastUpdated]"
_OF_PATIENTS = f"""
UNWIND $terms AS term
MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = term AND t.serial IS NOT NULL
MATCH (t)-[:OF]->(r:Resource) WHERE r.deleted = false AND {seen("r")}
"""
_OF_ENCOUNTER = f"""
MATCH (e:Resource {{key: $encounter}})
CALL (e) {{ RETURN e AS r UNION MATCH (e)<-[edge]-(r:Resource) WHERE edge.path IS NOT NULL RETURN r }}
WITH r WHERE r.deleted = false AND {seen("r")}
"""
_GATHERED = f"""
WITH DISTINCT r LIMIT $limit
WHERE $dates IS NULL OR NOT EXISTS {{ MATCH (s:Span)-[:OF]->(r) WHERE s.key IN $dates }} OR EXISTS {{
  MATCH (s:Span)-[:OF]->(r) WHERE s.key IN $dates AND s.low < $until AND s.high > $since }}
RETURN collect({_ROW}) AS rows
"""
_WHOLE = f"""{_OF_PATIENTS}
WITH DISTINCT r LIMIT $limit
MATCH (r)-[:CURRENT]->(v:Version)
RETURN collect([r.serial, r.key, v.versionId, v.lastUpdated, v.rendered, v.body,
    CASE WHEN size(r.compartment) > 1 THEN r.compartment END]) AS rows,
  collect({judged_column("r")}) AS judged
"""
_OF_SEVERAL = f"""
UNWIND $terms AS term
CALL (term) {{
  MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = term AND t.serial IS NOT NULL
  MATCH (t)-[:OF]->(r:Resource) WHERE r.deleted = false AND {seen("r")}
  RETURN r LIMIT $limit
}}
MATCH (r)-[:CURRENT]->(v:Version)
RETURN term, r.serial AS serial, r.key AS key, v.versionId AS version_id, v.lastUpdated AS updated,
  v.rendered AS rendered, v.body AS body
"""
_REFERRED = f"""
UNWIND $keys AS key
MATCH (:Resource {{key: key}})-[edge]->(r:Resource) WHERE edge.path IS NOT NULL
WITH DISTINCT r WHERE r.deleted = false AND {seen("r")}
AND (any(each IN r.compartment WHERE each IN $patients)
  OR NOT any(each IN coalesce(r.compartment, []) WHERE each STARTS WITH $somebody))
RETURN collect({_ROW}) AS rows
"""


class CareDates(NamedTuple):
    """Care within [since, until), in µs, by the values of `fields`; what has none of them counts."""

    fields: tuple[Field, ...]
    since: float = -_FAR
    until: float = _FAR


@dataclass(frozen=True, slots=True)
class ChartQuestion:
    """Whose chart: the keys of patients; with an `encounter`, its key, only what is of that one."""

    patients: tuple[str, ...]
    encounter: str | None = None
    dates: CareDates | None = None

    @property
    def first(self) -> tuple[str, ...]:
        """The keys of what the chart begins with."""
        return (self.encounter,) if self.encounter else self.patients


class ChartRow(NamedTuple):
    """A resource of a chart, in whose order they are.

    `rank` is 0 for whose it is, 1 for members, 2 for what these refer to; `updated` is in µs since the epoch.
    """

    rank: int
    serial: int
    key: str
    updated: int

    @property
    def resource_type(self) -> str:
        """Its type."""
        return resource_of(self.key).partition("/")[0]


class ChartMember(NamedTuple):
    """A resource of a patient's compartment as it is now; `updated` is in µs since the epoch.

    `body` is None of what is rendered when it is read: the studies that DICOM owns. `others` are keys of all
    whom it is about, where that is more than one.
    """

    serial: int
    key: str
    version_id: int
    updated: int
    body: bytes | None
    others: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """What it is called in the record: `Type/id`."""
        return resource_of(self.key)


@scoped
class CompartmentStore:
    """Charts of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def chart(self, scope: AccessScope, asked: ChartQuestion) -> tuple[ChartRow, ...]:
        """What is in a chart and the caller's to see, in order.

        Raises `TooLarge` where it has more than `MOST_MEMBERS`.
        """
        scope = scope.to(Deed.SEARCH)
        return self._graph.recalled(
            scope, ("chart", asked), lambda: self._chart(scope, asked), lambda rows: _KEPT * len(rows)
        )

    def members(self, scope: AccessScope, patient: str) -> tuple[ChartMember, ...]:
        """What is in the compartment of a patient, by the key, and the caller's to see, with its text.

        All of it in one statement, in the order of its creation. Raises `TooLarge` as `chart` does.
        """
        terms = _member_terms(scope, (patient,))
        rows = self._graph.read_seen_together(
            scope.to(Deed.SEARCH), _WHOLE, terms=terms, limit=MOST_MEMBERS + 1
        )
        _bound(len(rows))
        return tuple(sorted(map(_member, rows), key=lambda each: each.serial))

    def of_types(
        self, scope: AccessScope, patients: Sequence[str], kinds: Iterable[str]
    ) -> dict[str, tuple[ChartMember, ...]]:
        """What of some types is in the compartments of several patients, by their keys, as `members`.

        Raises `TooLarge` where one of them has more than `MOST_MEMBERS`.
        """
        fields = [compartment_of(kind) for kind in sorted(kinds)]
        whose = {
            code_key(scope.tenant, field, resource_of(each)): each for each in patients for field in fields
        }
        asked = {"terms": list(whose), "limit": MOST_MEMBERS + 1}
        found: dict[str, list[ChartMember]] = {each: [] for each in patients}
        for row in self._graph.read_seen(scope.to(Deed.SEARCH), _OF_SEVERAL, **asked):
            columns = (row[name] for name in ("serial", "key", "version_id", "updated", "rendered", "body"))
            found[whose[row["term"]]].append(_member((*columns, None)))
        _bound(max(map(len, found.values()), default=0))
        return {key: tuple(sorted(each, key=lambda one: one.serial)) for key, each in found.items()}

    def _chart(self, scope: AccessScope, asked: ChartQuestion) -> tuple[ChartRow, ...]:
        rows = {each.key: each for each in self._members(scope, asked)}
        _bound(len(rows))
        near = list(rows)
        while near:  # a role leads to a practitioner, a ward to the hospital that it is a part of
            new = {each.key: each for each in self._referred(scope, asked, near) if each.key not in rows}
            rows |= new
            near = list(new)
            _bound(len(rows))
        return tuple(sorted(rows.values()))

    def _members(self, scope: AccessScope, asked: ChartQuestion) -> list[ChartRow]:
        start, names = _start(scope, asked)
        limits = {"limit": MOST_MEMBERS + 1, **_within(scope, asked.dates)}
        (found,) = self._graph.read_seen(scope, start + _GATHERED, **names, **limits)
        return [ChartRow(int(row[1] not in asked.first), *row) for row in found["rows"]]

    def _referred(self, scope: AccessScope, asked: ChartQuestion, keys: list[str]) -> list[ChartRow]:
        whom = {"patients": asked.patients, "somebody": resource_key(scope.tenant, "Patient", "")}
        (found,) = self._graph.read_seen(scope, _REFERRED, keys=keys, **whom)
        return [ChartRow(2, *row) for row in found["rows"]]


def _bound(size: int) -> None:
    if size > MOST_MEMBERS:
        raise TooLarge(f"more than {MOST_MEMBERS} resources: ask for $export", code="too-costly")


def _start(scope: AccessScope, asked: ChartQuestion) -> tuple[str, dict[str, Any]]:
    """The beginning of the statement that finds members, and its parameters."""
    if asked.encounter:
        return _OF_ENCOUNTER, {"encounter": asked.encounter}
    return _OF_PATIENTS, {"terms": _member_terms(scope, asked.patients)}


def _member_terms(scope: AccessScope, patients: Sequence[str]) -> list[str]:
    """The keys of the rows that say of resources of any type that they are about one of the patients."""
    fields = [compartment_of(kind) for kind in sorted(RESOURCE_TYPES)]
    whom = [resource_of(key) for key in patients]
    return [code_key(scope.tenant, field, each) for each in whom for field in fields]


def _member(row: Sequence[Any]) -> ChartMember:
    serial, key, version_id, updated, rendered, body, others = row
    text = None if rendered else unpacked(body or b"")
    return ChartMember(serial, key, version_id, updated, text, tuple(others or ()))


def _within(scope: AccessScope, dates: CareDates | None) -> dict[str, Any]:
    if dates is None:
        return {"dates": None, "since": None, "until": None}
    keys = [field_key(scope.tenant, each) for each in dates.fields]
    return {"dates": keys, "since": dates.since, "until": dates.until}
