"""Brings a graph to the schema of this release, one numbered step at a time.

All constraints and indexes are declared before the first step that is missing, since a step may look at any
of them. The number of the last step stands on the one `(:Schema)` node. A graph that a newer release has
migrated is refused: an older one would write rows that the newer cannot read.
"""

from collections.abc import Callable
from typing import Any

from graph.errors import Unavailable
from graph.query.attribute_forms import GROUP_SEPARATOR, components_property, text_properties
from graph.query.attributes import STUDY, Attribute, of_level
from graph.schema.compartments import give_compartments
from graph.schema.concepts import load_concepts
from graph.schema.declarations import statements
from graph.schema.filling import fill_in
from graph.schema.series_attributes import give_series_attributes
from graph.schema.traits import give_traits
from graph.session import Graph

STEP_TIMEOUT = 300  # seconds to wait for new indexes to come online
_AT_ONCE = 1_000  # rows that one transaction changes


def _declare(graph: Graph) -> None:
    """Make every declared constraint and index that is not there yet."""
    for text in statements():
        graph.run_schema(text)
    graph.run_schema(f"CALL db.awaitIndexes({STEP_TIMEOUT})")


def _declared(_graph: Graph) -> None:
    """Change no data: this step brought constraints and indexes alone."""


def _part_names(graph: Graph) -> None:
    """Give the names of several component groups, which were one text, a property for each further group."""
    for attribute in filter(lambda each: each.is_name, of_level(STUDY)):
        _part_name(graph, attribute, f"s.{attribute.keyword} CONTAINS '{GROUP_SEPARATOR}'")


def _name_components(graph: Graph) -> None:
    """Give every name its components, by which fuzzy matching asks."""
    for attribute in filter(lambda each: each.is_name, of_level(STUDY)):
        lacking = components_property(attribute.keyword)
        _part_name(graph, attribute, f"s.{attribute.keyword} IS NOT NULL AND s.{lacking} IS NULL")


def _part_name(graph: Graph, attribute: Attribute, condition: str) -> None:
    """Write the forms of a name anew where a condition on the study holds."""
    name = attribute.keyword
    found = graph.read(f"MATCH (s:ImagingStudy) WHERE {condition} RETURN s.key AS key, s.{name} AS name")
    rows = [{"key": row["key"], "parts": text_properties(attribute, row["name"])} for row in found]
    for start in range(0, len(rows), _AT_ONCE):
        _set_parts(graph, rows[start : start + _AT_ONCE])


def _set_parts(graph: Graph, rows: list[dict[str, Any]]) -> None:
    text = "UNWIND $rows AS row MATCH (s:Resource {key: row.key}) SET s += row.parts"
    graph.write(lambda transaction: transaction.run(text, rows=rows))


def _await_removal(graph: Graph) -> None:
    """Mark the tombstones whose bytes are still there, which were told by what they lacked."""
    graph.run_schema(
        "MATCH (t:Tombstone) WHERE t.removedAt IS NULL AND t.waiting IS NULL AND t.restoredAt IS NULL "
        f"CALL (t) {{ SET t.waiting = t.feed }} IN TRANSACTIONS OF {_AT_ONCE} ROWS"
    )


def _name_grants(graph: Graph) -> None:
    """Give the grants of earlier releases the ids that they are taken back by."""
    graph.run_schema(
        "MATCH (g:Grant) WHERE g.id IS NULL "
        f"CALL (g) {{ SET g.id = randomUUID() }} IN TRANSACTIONS OF {_AT_ONCE} ROWS"
    )


def _name_concepts(graph: Graph) -> None:
    """Let the code systems of tenants be brought in again, now with names: the worker finds them behind."""
    graph.run_schema("MATCH (s:ConceptSource) SET s.versionId = 0")


MIGRATIONS: tuple[Callable[[Graph], None], ...] = (
    _declared,  # the first schema
    _declared,  # jobs and followers
    _part_names,  # a name is found by each of its component groups
    give_compartments,  # types outside of the Patient compartment, and versions, are judged by themselves
    _declared,  # whom audit entries concern, and the head of the audit archive
    _declared,  # what researchers were told
    _name_components,  # fuzzy matching by component
    _await_removal,  # what waits for its bytes to be removed, and may come back until then
    _declared,  # concepts of tenants, and closure tables
    fill_in,  # what `_text`, `_content`, `near` and `:missing` of references look at
    give_traits,  # what conditions of SMART scopes, security labels and consents look at
    _declared,  # clients, and what was authorized to them
    _name_grants,  # roles of tenants, records opened by break-glass, and ids of grants
    _declared,  # browser sessions
    _declared,  # alerts of the audit
    _declared,  # what readers saw of patients
    _declared,  # workitems, their events and who is told of them
    _declared,  # reports whose DICOM objects are still to be made
    _declared,  # contexts that applications of one person share
    give_series_attributes,  # what cohorts and QIDO-RS ask of equipment, slices and contrast
    _declared,  # cohorts that somebody saved
    _name_concepts,  # names of concepts, and concepts that ConceptMaps carry to others
)


def current_version(graph: Graph) -> int:
    """The schema version of the graph; 0 for an empty one."""
    rows = graph.read("MATCH (s:Schema {name: 'hilum'}) RETURN s.version AS version")
    return int(rows[0]["version"]) if rows else 0


def check_version(graph: Graph) -> int:
    """Return the graph's version, or raise `Unavailable` where a newer release has migrated it."""
    version = current_version(graph)
    if version > len(MIGRATIONS):
        raise Unavailable(
            f"the graph has schema {version}, this release knows {len(MIGRATIONS)}: start the newer release"
        )
    return version


def _record(graph: Graph, version: int) -> None:
    text = "MERGE (s:Schema {name: 'hilum'}) SET s.version = $version"
    graph.write(lambda transaction: transaction.run(text, version=version))


def migrate(graph: Graph) -> int:
    """Run the missing steps and return the version; every step may be run again after a crash.

    The concepts of this release come with it.
    """
    version = check_version(graph)
    if version < len(MIGRATIONS):
        _declare(graph)
    for number in range(version, len(MIGRATIONS)):
        MIGRATIONS[number](graph)
        _record(graph, number + 1)
    load_concepts(graph)
    return current_version(graph)
