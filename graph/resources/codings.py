"""The codes that resources carry at one search parameter, read for many at once."""

from collections.abc import Mapping, Sequence

from graph.keys import term_key
from graph.query.expression import Field
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import seen

_CODINGS = f"""
UNWIND $keys AS key
MATCH (t:Term)-[:OF]->(r:Resource {{key: key}}) WHERE t.key STARTS WITH $field AND {seen("r")}
WITH key, collect([t.system, substring(t.key, size($field))]) AS codings
RETURN collect([key, codings]) AS rows
"""


@scoped
class CodingStore:
    """Reads codes of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def of(
        self, scope: AccessScope, field: Field, keys: Sequence[str]
    ) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """System and code of each coding of a field, by the keys of the resources that have any."""
        prefix = term_key(scope.tenant, field.entity, field.name, "")
        (found,) = self._graph.read_seen(scope, _CODINGS, keys=list(keys), field=prefix)
        return {key: tuple((system, code) for system, code in codings) for key, codings in found["rows"]}
