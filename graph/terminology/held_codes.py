"""The codes that a tenant's records hold below a code whose form says what is below it.

The rows of search values stand in the index by tenant, type, parameter and code. They are read a part at a
time, and each part begins behind the last code of the one before, so a code of which there are a million rows
costs one part. Whose records they are is not looked at: a code widens a question and is not shown, and what
the question then finds is under the rights of who asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.prefixes import ranges_below
from graph.cypher.leaves import hint
from graph.keys import term_key
from graph.query.expression import Kind
from graph.session import Graph

MOST_HELD = 5_000  # codes below those of one question
PART = 2_000  # rows
_AT_ONCE = 500  # walks of one read
_NEXT = f"""
UNWIND $walks AS walk
CALL (walk) {{
  MATCH (t:Term) {hint("t", Kind.TERM)}
  WHERE t.key >= walk[0] AND t.key < walk[1] AND t.serial IS NOT NULL
  WITH t.key AS key ORDER BY key LIMIT $part
  RETURN collect(DISTINCT key) AS keys, count(*) AS rows
}}
RETURN keys, rows
"""


@dataclass(frozen=True, slots=True)
class _Walk:
    """A way along the codes of one field, from `since` to before `until`: both are keys."""

    system: str
    prefix: str
    since: str
    until: str

    def coding(self, key: str) -> Coding:
        """The code of a key, which has neither of the characters that keys escape."""
        return self.system, key.removeprefix(self.prefix)


def held_below(graph: Graph, tenant: str, codings: Iterable[Coding], part: int = PART) -> set[Coding]:
    """The codes of records below some codes, in the systems of these; none below codes of other forms.

    `part` is how many rows are read before the next code is sought.
    """
    found: set[Coding] = set()
    waiting = list(_walks(tenant, codings))
    while waiting and len(found) < MOST_HELD:
        some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
        for walk, keys, full in _stepped(graph, some, part):
            found.update(map(walk.coding, keys))
            if full:
                waiting.append(replace(walk, since=keys[-1] + "\0"))
    return found


def _walks(tenant: str, codings: Iterable[Coding]) -> Iterable[_Walk]:
    """The walks below some codes, without those that others hold."""
    asked: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for system, code in codings:
        for each in ranges_below(system, code):
            for entity, name in each.fields:
                place = (system, term_key(tenant, entity, name, ""))
                asked.setdefault(place, []).append((each.low, each.high))
    for (system, prefix), ranges in asked.items():
        last = ""
        for low, high in sorted(ranges):
            if high > last:
                yield _Walk(system, prefix, prefix + max(low, last), prefix + high)
                last = high


def _stepped(graph: Graph, walks: Sequence[_Walk], part: int) -> Iterable[tuple[_Walk, list[str], bool]]:
    """The keys of the next part of each walk, and whether there may be more."""
    rows = graph.read(_NEXT, walks=[[each.since, each.until] for each in walks], part=part)
    return ((walk, row["keys"], row["rows"] == part) for walk, row in zip(walks, rows, strict=True))
