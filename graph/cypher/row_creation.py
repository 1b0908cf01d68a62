"""The clauses by which a commit makes the rows of `graph.query.rows.ValueRows` for a resource."""

from graph.query.expression import Kind
from graph.query.rows import VALUE_NODES, WORDING_COLUMNS

_LISTS = {"terms": Kind.TERM, "texts": Kind.TEXT, "spans": Kind.SPAN}
_BESIDE = {Kind.TERM: ("followed",), Kind.TEXT: (), Kind.SPAN: ()}
_EDGES = """CALL (r, row) { UNWIND row.edges AS e
  MERGE (target:Resource {key: e[0]})
  CREATE (r)-[:$(e[1]) {path: e[2], version: e[3], followed: e[4]}]->(target) }
"""


_COLUMNS = ", ".join(f"{name}: v[{place}]" for place, name in enumerate(WORDING_COLUMNS))
CREATE_WORDINGS = f"""CALL (r, row) {{ UNWIND row.wordings AS v
  CREATE (:NewWording {{{_COLUMNS}}})-[:OF]->(r) }}
"""
"""Makes the rows of words alone, which `graph.resources.wordings` brings into their index."""


def _creation(rows: str, kind: Kind) -> str:
    node = VALUE_NODES[kind]
    columns = ", ".join(f"{name}: v[{place}]" for place, name in enumerate((*node.columns, *_BESIDE[kind])))
    made = f"CREATE (:{node.label} {{{columns}, serial: row.serial}})-[:OF]->(r)"
    return f"CALL (r, row) {{ UNWIND row.{rows} AS v\n  {made} }}"


CREATE_VALUES = "\n".join(_creation(rows, kind) for rows, kind in _LISTS.items())
"""Makes the rows of values alone."""
CREATE_ROWS = "\n".join([CREATE_VALUES, CREATE_WORDINGS, _EDGES])
"""Makes the rows in the lists of `row`, named as those of `ValueRows`, for the resource `r`."""
