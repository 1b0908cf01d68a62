"""How much a tenant holds: whole counts for the front page, of no one's rows in particular.

No scope: a sum over all rows tells nothing of any of them, and the page that shows it is open to anybody.
"""

from graph.keys import kind_key
from graph.session import Graph

_COUNTS = """
CALL () { MATCH (r:Resource) WHERE r.kind = $patient AND r.deleted = false RETURN count(r) AS patients }
CALL () { MATCH (r:Resource) WHERE r.kind = $study AND r.deleted = false RETURN count(r) AS studies }
CALL () { MATCH (i:Instance) WHERE i.partition STARTS WITH $prefix RETURN count(i) AS instances }
CALL () {
  MATCH (r:Resource) WHERE r.kind STARTS WITH $prefix AND r.deleted = false RETURN count(r) AS resources
}
RETURN patients, studies, instances, resources
"""


def census(graph: Graph, tenant: str) -> dict[str, int]:
    """Counts of patients, studies, instances and resources."""
    rows = graph.read(
        _COUNTS,
        patient=kind_key(tenant, "Patient"),
        study=kind_key(tenant, "ImagingStudy"),
        prefix=kind_key(tenant, ""),
    )
    return {name: int(number) for name, number in rows[0].items()}
