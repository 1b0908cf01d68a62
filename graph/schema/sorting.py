"""Gives what earlier releases wrote its `sorts` and security labels, from its value rows.

A version that is not current gets none: whom a condition of a SMART scope keeps to a category does not see
it, and of labels those of the current version count for it.
"""

from graph.allowances import CONDITIONS, SECURITY
from graph.session import Graph

_AT_ONCE = 1_000
_CODES = """COLLECT {{
  MATCH (t:Term)-[:OF]->(r)
  UNWIND {names} AS name
  WITH t, name, r.kind + '|' + name + '|' AS begins WHERE t.key STARTS WITH begins
  WITH DISTINCT name, substring(t.key, size(begins)) AS code,
    replace(replace(coalesce(t.system, ''), '%', '%25'), '|', '%7C') AS system
  RETURN name + '|' + code + '|' + system + '|' AS sort ORDER BY sort
}}"""
_SORT = f"""
MATCH (r:Resource)-[:CURRENT]->(v:Version) WHERE r.sorts IS NULL AND r.security IS NULL
CALL (r, v) {{
  WITH r, v, {_CODES.format(names=list(CONDITIONS))} AS sorts, {_CODES.format(names=[SECURITY])} AS security
  WITH r, v, CASE WHEN size(sorts) > 0 THEN sorts END AS sorts,
    CASE WHEN size(security) > 0 THEN security END AS security
  SET r.sorts = sorts, v.sorts = sorts, r.security = security, v.security = security
}} IN TRANSACTIONS OF {_AT_ONCE} ROWS
"""


def give_sorts(graph: Graph) -> None:
    """Give each resource and its current version what its value rows say of them."""
    graph.run_schema(_SORT)
