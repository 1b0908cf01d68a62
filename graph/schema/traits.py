"""Gives what earlier releases wrote its traits, from its value rows: sorts, security labels, time of care.

A version that is not current gets none: whom a condition of a SMART scope keeps to a category does not see
it, and of labels those of the current version count for it.
"""

from fhir_profiles.care import care_parameters
from fhir_profiles.definitions.registry import RESOURCE_TYPES
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
_CARE = """COLLECT {
  MATCH (s:Span)-[:OF]->(r)
  WHERE s.key IN [name IN coalesce($care[split(r.kind, '|')[1]], []) | r.kind + '|' + name]
  RETURN [toInteger(s.low), toInteger(s.high)]
}"""
_GIVE = f"""
MATCH (r:Resource)-[:CURRENT]->(v:Version)
WHERE r.sorts IS NULL AND r.security IS NULL AND r.care IS NULL
CALL (r, v) {{
  WITH r, v, {_CODES.format(names=list(CONDITIONS))} AS sorts, {_CODES.format(names=[SECURITY])} AS security,
    {_CARE} AS dates
  WITH r, v, CASE WHEN size(sorts) > 0 THEN sorts END AS sorts,
    CASE WHEN size(security) > 0 THEN security END AS security,
    reduce(all = null, date IN dates | CASE WHEN all IS NULL THEN date ELSE [
      CASE WHEN date[0] < all[0] THEN date[0] ELSE all[0] END,
      CASE WHEN date[1] > all[1] THEN date[1] ELSE all[1] END] END) AS care
  SET r.sorts = sorts, v.sorts = sorts, r.security = security, v.security = security,
    r.care = care, v.care = care
}} IN TRANSACTIONS OF {_AT_ONCE} ROWS
"""


def give_traits(graph: Graph) -> None:
    """Give each resource and its current version what its value rows say of them."""
    dates = {kind: list(care_parameters(kind)) for kind in sorted(RESOURCE_TYPES)}
    graph.run_schema(_GIVE, care={kind: names for kind, names in dates.items() if names})
