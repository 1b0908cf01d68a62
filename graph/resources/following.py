"""What follows a merged patient: who was merged into whom, and the rows by which that shows (ADR 10).

    (:Counter)-[:MERGED]->(source:Patient)-[:MERGED_INTO {at, by}]->(target:Patient)

Nothing that is stored is written anew. A resource that refers to the source is found under the target, too,
by further Term rows and references, and is seen by who may see the target, by the target's key in its
compartment. All of these are marked as `followed`: they come and go with what is merged, with nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from graph.commit import Numbers, Part, Shelf, ShelfRow, Shelves
from graph.commit.ledger import REWRITING
from graph.keys import resource_of
from graph.query.rows import EdgeRow, TermRow, ValueRows
from graph.resources.states import CARRIERS, ORDERS, RESOURCES, STUDIES

Merged: TypeAlias = Mapping[str, str]
"""The key of whom each merged patient was merged into."""


def _merged(rows: Sequence[ShelfRow]) -> Merged:
    return {row["source"]: row["target"] for row in rows}


MERGED: Shelf[Merged] = Shelf(
    "merged",
    """MATCH (:Counter {key: key})-[:MERGED]->(s:Resource)-[:MERGED_INTO]->(t:Resource)
    WITH {key: key, source: s.key, target: t.key} AS row""",
    _merged,
)
"""Every merge of a tenant, under its name; few, so a committer knows them all."""


def above(merged: Merged, keys: Iterable[str]) -> tuple[str, ...]:
    """The keys of whom these were merged into, one after another; merges make no circle."""
    given = tuple(keys)
    found: dict[str, None] = {}
    for key in given:
        while (key := merged.get(key, "")) and key not in found:
            found[key] = None
    return tuple(key for key in found if key not in given)


def followed_values(merged: Merged, resource_type: str, values: ValueRows) -> ValueRows:
    """The values of a resource with those by which it is found under whom its patients were merged into.

    A Patient is found as itself alone.
    """
    if resource_type == "Patient":
        return values
    patients = [key for key in dict.fromkeys(edge[0] for edge in values.edges) if key in merged]
    if not patients:
        return values
    return replace(
        values,
        terms=(*values.terms, *_more_terms(merged, patients, values.terms)),
        edges=(*values.edges, *_more_edges(merged, values.edges)),
    )


def _more_terms(merged: Merged, patients: Iterable[str], terms: Sequence[TermRow]) -> Iterator[TermRow]:
    given = {term[:2] for term in terms}
    more: dict[tuple[str, str], None] = {}
    for patient in patients:
        code = f"|{resource_of(patient)}"
        for key, system, *_ in terms:
            if key.endswith(code):
                for target in above(merged, (patient,)):
                    more[f"{key.removesuffix(code)}|{resource_of(target)}", system] = None
    yield from ((key, system, True) for key, system in more if (key, system) not in given)


def _more_edges(merged: Merged, edges: Sequence[EdgeRow]) -> Iterator[EdgeRow]:
    given = {(edge[0], edge[1], edge[2]) for edge in edges}
    more = ((key, kind, path) for source, kind, path, *_ in edges for key in above(merged, (str(source),)))
    yield from ((*edge, None, True) for edge in dict.fromkeys(more) if edge not in given)


@dataclass(frozen=True, slots=True)
class Merge:
    """One patient (key) who becomes, or with `undone` is no longer, one with another; `by` is who decided."""

    tenant: str
    source: str
    target: str
    by: str
    undone: bool = False


def _row(merge: Merge, numbers: Numbers, _: object) -> dict[str, Any]:
    return {
        "tenant": merge.tenant,
        "source": merge.source,
        "target": merge.target,
        "undone": merge.undone,
        "link": {"at": numbers.now, "by": merge.by},
    }


def _remember(shelves: Shelves, merge: Merge, _: Numbers) -> None:
    known = shelves.get(MERGED, merge.tenant)
    left = {source: target for source, target in known.items() if source != merge.source}
    shelves.put(MERGED, merge.tenant, left if merge.undone else {**left, merge.source: merge.target})
    for shelf in (RESOURCES, STUDIES, CARRIERS, ORDERS):
        shelves.cloud(shelf)  # what all the rows that follow become is not told here


_UPWARDS = "-[:MERGED_INTO*1..16]->(x:Resource)"
# Whom a row is about by itself, and whom its patients were merged into beside those.
_PARTED = """[key IN {row}.compartment WHERE NOT key IN coalesce({row}.followed, [])] AS own"""
_ABOVE = f"""
CALL (own) {{ UNWIND own AS key MATCH (:Resource {{key: key}}){_UPWARDS}
  RETURN collect(DISTINCT x.key) AS reached }}"""
FOLLOWERS = """
MATCH (p:Resource)-[:MERGED_INTO*0..16]->(s)
CALL (p) { MATCH (r:Resource)-[e]->(p) WHERE e.path IS NOT NULL AND e.followed IS NULL RETURN r
  UNION RETURN p AS r }
WITH DISTINCT r"""
"""From a patient `s`: the patients who were merged into them, and all that refers to any of these, as `r`."""

MERGES: Part[Merge] = Part(
    name="merges",
    statement=f"""
MATCH (c:Counter {{key: row.tenant}})
{REWRITING.format(counter="c")}
WITH c, row
MATCH (s:Resource {{key: row.source}}) MATCH (t:Resource {{key: row.target}})
CALL (c, s, t, row) {{ WITH c, s, t, row WHERE NOT row.undone
  MERGE (c)-[:MERGED]->(s) MERGE (s)-[m:MERGED_INTO]->(t) SET m = row.link }}
CALL (c, s, t, row) {{ WITH c, s, t, row WHERE row.undone
  MATCH (c)-[known:MERGED]->(s)-[m:MERGED_INTO]->(t) DELETE known, m }}
WITH s {FOLLOWERS}
CALL (r) {{ MATCH (r)<-[:OF]-(v:Term) WHERE v.followed = true DETACH DELETE v }}
CALL (r) {{ MATCH (r)-[e]->() WHERE e.followed = true DELETE e }}
CALL (r) {{ WITH r WHERE NOT r:Patient
  MATCH (r)-[e]->(p:Resource){_UPWARDS} WHERE e.path IS NOT NULL AND e.followed IS NULL
  WITH DISTINCT r, p, x
  MATCH (r)<-[:OF]-(v:Term) WHERE v.followed IS NULL AND v.key ENDS WITH '|Patient/' + p.id
  WITH DISTINCT r, left(v.key, size(v.key) - size(p.id)) + x.id AS key, v.system AS system
  WHERE NOT EXISTS {{ MATCH (r)<-[:OF]-(n:Term) WHERE n.key = key AND n.system = system }}
  CREATE (:Term {{key: key, system: system, serial: r.serial, followed: true}})-[:OF]->(r) }}
CALL (r) {{ WITH r WHERE NOT r:Patient
  MATCH (r)-[e]->(:Resource){_UPWARDS} WHERE e.path IS NOT NULL AND e.followed IS NULL
  WITH DISTINCT r, type(e) AS kind, e.path AS path, x
  WHERE NOT EXISTS {{ MATCH (r)-[n]->(x) WHERE type(n) = kind AND n.path = path }}
  CREATE (r)-[:$(kind) {{path: path, followed: true}}]->(x) }}
WITH r WHERE r.compartment IS NOT NULL
WITH r, {_PARTED.format(row="r")} {_ABOVE}
WITH r, own, [key IN reached WHERE NOT key IN own] AS more
SET r.compartment = own + more, r.followed = CASE WHEN size(more) > 0 THEN more END
WITH r, more AS seen
MATCH (r)-[:HAS_VERSION]->(v:Version) WHERE v.compartment IS NOT NULL
WITH v, seen, {_PARTED.format(row="v")} {_ABOVE}
WITH v, own, [key IN reached WHERE key IN seen AND NOT key IN own] AS more
SET v.compartment = own + more, v.followed = CASE WHEN size(more) > 0 THEN more END
""",
    key=lambda merge: merge.source,
    row=_row,
    remember=_remember,
    concerns=lambda merge: (merge.source, merge.target),
)
"""A merge, or its end: the link, and what all rows that refer to the patient are found under and seen by."""
