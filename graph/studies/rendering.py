"""ImagingStudy as FHIR: rendered from the DICOM nodes when it is read, never kept as a document.

The current version shows what is there now; an older one shows its own snapshot of the study and the
instances that the feed had created, and not yet deleted, when it was made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from graph.records import ResourceVersion
from graph.resources.rewriting import stamped
from graph.session import Graph
from graph.site import Site
from graph.studies.version import of_snapshot

_STUDIES = """
UNWIND $keys AS key
MATCH (s:Resource {key: key})
RETURN key, s.partition AS partition, COLLECT {
  MATCH (s)-[:HAS_SERIES]->(x:Series)
  RETURN {properties: properties(x), instances: COLLECT {
    MATCH (x)-[:HAS_INSTANCE]->(i:Instance)
    RETURN [i.SOPInstanceUID, i.SOPClassUID, i.InstanceNumber, i.sequence, i.title]
  }}
} AS series
"""
_REMOVED = """
UNWIND $series AS series
MATCH (t:Tombstone {series: series}) WHERE t.sequence <= $changes AND t.deletedSequence > $changes
RETURN series, [t.SOPInstanceUID, t.SOPClassUID, t.InstanceNumber, t.sequence, t.title] AS instance
"""


class StudyRenderer:
    """Turns the snapshots of ImagingStudy versions into resources."""

    def __init__(self, graph: Graph, site: Site) -> None:
        self._graph = graph
        self._site = site

    def current(self, snapshots: Mapping[str, ResourceVersion]) -> dict[str, bytes]:
        """The JSON of the current version of each study, by key."""
        rows = self._graph.read(_STUDIES, keys=list(snapshots))
        return {
            row["key"]: self._render(snapshots[row["key"]], row["partition"], row["series"]) for row in rows
        }

    def at(self, snapshot: ResourceVersion, changes: int) -> bytes:
        """The JSON of an older version, made when the feed stood at `changes`."""
        row = self._graph.read(_STUDIES, keys=[snapshot.key])[0]
        series = {each["properties"]["key"]: each for each in row["series"]}
        for each in series.values():
            each["instances"] = [instance for instance in each["instances"] if instance[3] <= changes]
        for removed in self._graph.read(_REMOVED, series=list(series), changes=changes):
            series[removed["series"]]["instances"].append(removed["instance"])
        left = [each for each in series.values() if each["instances"]]
        return self._render(snapshot, row["partition"], left)

    def _render(
        self, snapshot: ResourceVersion, partition_key: str, series: Iterable[Mapping[str, Any]]
    ) -> bytes:
        version = of_snapshot(snapshot.resource_id, partition_key, snapshot.body)
        ordered = sorted(series, key=lambda each: int(each["properties"]["serial"]))
        resource = version.resource(self._site, map(_series, ordered))
        return orjson.dumps(stamped(resource, snapshot.version_id, snapshot.last_updated))


def _series(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("SOPInstanceUID", "SOPClassUID", "InstanceNumber", "sequence", "title")
    ordered = sorted(row["instances"], key=lambda instance: instance[3])
    instances = [dict(zip(names, each, strict=True)) for each in ordered]
    return {**row["properties"], "instances": instances}
