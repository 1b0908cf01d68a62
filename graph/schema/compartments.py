"""Says of what earlier releases wrote whom it is about, from the references that stand in the graph.

Two things had no compartment: resources of types outside of R4's Patient compartment, and every version. The
references of a current version are edges; those of older versions are in their texts only, which are not
parsed here. Who sees some patients only does not see these until somebody writes the resource again.
"""

from fhir_profiles.definitions.registry import RESOURCE_TYPES, is_shared
from graph.query.rows import COMPARTMENT
from graph.session import Graph

_RESOURCES = f"""
MATCH (r:Resource) WHERE r.versionId IS NOT NULL AND r.compartment IS NULL
CALL (r) {{
  WITH r, COLLECT {{
    MATCH (r)-[edge]->(t:Resource)
    WHERE edge.path IS NOT NULL AND split(t.key, '|')[2] IN ['Patient', 'ImagingStudy']
    RETURN DISTINCT t.key
  }} AS members
  WHERE size(members) > 0 OR NOT split(r.kind, '|')[1] IN $shared
  SET r.compartment = members
  WITH r, members UNWIND members AS member
  WITH r, split(member, '|') AS parts
  CREATE (v:Term)-[:OF]->(r)
  SET v.key = r.kind + '|{COMPARTMENT}|' + parts[2] + '/' + parts[3], v.system = '', v.serial = r.serial
}} IN TRANSACTIONS OF 1000 ROWS
"""
_VERSIONS = """
MATCH (v:Version) WHERE v.compartment IS NULL
CALL (v) {
  MATCH (r:Resource)-[:HAS_VERSION]->(v) WHERE v.versionId <> r.versionId OR r.compartment IS NOT NULL
  SET v.compartment = CASE WHEN v.versionId = r.versionId THEN r.compartment ELSE [] END
} IN TRANSACTIONS OF 1000 ROWS
"""


def give_compartments(graph: Graph) -> None:
    """Give resources and versions without a compartment theirs; what everybody may read has none."""
    graph.run_schema(_RESOURCES, shared=[each for each in sorted(RESOURCE_TYPES) if is_shared(each)])
    graph.run_schema(_VERSIONS)
