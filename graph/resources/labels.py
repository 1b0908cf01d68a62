"""The profiles, tags and security labels that resources carry, each once (resource-operation-meta.html)."""

from collections.abc import Iterable
from typing import NamedTuple

from graph.allowances import SECURITY, Deed
from graph.cypher.leaves import hint
from graph.errors import TooLarge
from graph.keys import value_key
from graph.query.expression import Kind
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import seen

MOST_LABELS = 1_000
PROFILE, TAG = "_profile", "_tag"
_KEPT = 200  # bytes that one takes in memory

_IN_USE = f"""
UNWIND $fields AS field
MATCH (t:Term) {hint("t", Kind.TERM)} WHERE t.key STARTS WITH field[1] AND t.serial IS NOT NULL
MATCH (t)-[:OF]->(r:Resource) WHERE r.deleted = false AND {seen("r")}
WITH DISTINCT field[0] AS name, t.system AS system, substring(t.key, size(field[1])) AS code LIMIT $limit
RETURN name, system, code ORDER BY name, system, code
"""


class Label(NamedTuple):
    """One label: `name` is the parameter that it is found by, `system` "" where it has none."""

    name: str
    system: str
    code: str


@scoped
class LabelStore:
    """Tells the labels of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def in_use(self, scope: AccessScope, kinds: Iterable[str]) -> tuple[Label, ...]:
        """The labels of the resources of these types that are the caller's to see, in order.

        Raises `TooLarge` beyond `MOST_LABELS`.
        """
        asked = tuple(kinds)
        return self._graph.recalled(
            scope, ("labels", asked), lambda: self._read(scope, asked), lambda found: _KEPT * len(found)
        )

    def _read(self, scope: AccessScope, kinds: Iterable[str]) -> tuple[Label, ...]:
        fields = [
            [name, f"{value_key(scope.tenant, kind, name)}|"]
            for kind in kinds
            for name in (PROFILE, TAG, SECURITY)
        ]
        scope = scope.to(Deed.SEARCH)
        rows = self._graph.read_seen(scope, _IN_USE, fields=fields, limit=MOST_LABELS + 1)
        if len(rows) > MOST_LABELS:
            raise TooLarge(f"more than {MOST_LABELS} labels: ask for those of a type", code="too-costly")
        return tuple(Label(row["name"], row["system"] or "", _plain(row["code"])) for row in rows)


def _plain(part: str) -> str:
    """A part of a key as it was before it was escaped."""
    return part.replace("%7C", "|").replace("%25", "%")
