"""Puts a world of `tests.factories.worlds` into a graph, as everything of the product gets there."""

from dataclasses import dataclass
from typing import Any

import orjson

from fhir_profiles.index.extraction import extract
from graph.aggregates import AGGREGATES
from graph.commit import CommitterThread, Committing, Draft, Unit, View
from graph.keys import resource_key
from graph.query.rows import compartment_keys, value_rows
from graph.records import InstanceRow
from graph.resources.states import RESOURCES
from graph.resources.writing import VERSIONS, ResourceWrite, next_version
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.storing import StoreInstances
from tests.factories.worlds import Deleted, Event, Stored, World, Written, study_id

EVENTS_FROM = 1_700_000_000_000_000
SECOND = 1_000_000


def happened(number: int) -> int:
    """When the event of a number happens, in microseconds."""
    return EVENTS_FROM + SECOND * number


def write_world(graph: Graph, tenant: str, world: World) -> None:
    """Write every event of a world in a commit of its own."""
    number = 0
    committer = CommitterThread(Committing(graph, AGGREGATES, lambda: happened(number)))
    try:
        for number, event in enumerate(world.events):  # noqa: B007 - the clock reads it
            committer.commit(_unit(tenant, event))
    finally:
        committer.close()


def _unit(tenant: str, event: Event) -> Unit[Any]:
    match event:
        case Written(document):
            return _Write(_scope(tenant), document)
        case Deleted(reference):
            return _Delete(_scope(tenant), reference)
        case Stored():
            own_id = study_id(event.partition, event.study["StudyInstanceUID"])
            site = Site("http://localhost", new_id=lambda: own_id)
            return StoreInstances(_scope(tenant, event.partition), (_instance_row(event),), site)


def _scope(tenant: str, partition: str = "default") -> AccessScope:
    permissions = frozenset({"imaging.store", "fhir.write"})
    return AccessScope(tenant, "tests", "service", "test", permissions, partition)


@dataclass(frozen=True)
class _Write(Unit[None]):
    """Writes the next version of a document."""

    scope: AccessScope
    document: dict[str, Any]

    def decide(self, view: View, draft: Draft) -> None:
        resource_type, resource_id = self.document["resourceType"], self.document["id"]
        key = resource_key(view.tenant, resource_type, resource_id)
        before = view.get(RESOURCES, key)
        values = extract(self.document)
        draft.add(
            VERSIONS,
            ResourceWrite(
                key=key,
                resource_type=resource_type,
                resource_id=resource_id,
                known=before,
                version_id=next_version(before),
                method="PUT" if before else "POST",
                body=orjson.dumps(self.document),
                values=value_rows(view.tenant, resource_type, values),
                compartment=compartment_keys(view.tenant, values),
            ),
        )


@dataclass(frozen=True)
class _Delete(Unit[None]):
    """A deletion that leaves the search values behind: what hides the row is that it is deleted."""

    scope: AccessScope
    reference: str

    def decide(self, view: View, draft: Draft) -> None:
        resource_type, _, resource_id = self.reference.partition("/")
        before = view.get(RESOURCES, resource_key(view.tenant, resource_type, resource_id))
        assert before is not None
        draft.add(
            VERSIONS,
            ResourceWrite(
                key=before.key,
                resource_type=resource_type,
                resource_id=resource_id,
                known=before,
                version_id=next_version(before),
                method="DELETE",
                body=b"",
                values=None,
                compartment=before.compartment,
            ),
        )


def _instance_row(event: Stored) -> InstanceRow:
    sop = str(event.instance["SOPInstanceUID"])
    return InstanceRow(
        study_uid=event.study["StudyInstanceUID"],
        series_uid=event.series["SeriesInstanceUID"],
        sop_uid=sop,
        sop_class_uid=event.instance["SOPClassUID"],
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        blob_id=f"blob-{event.partition}-{sop}",
        size=1,
        digest="0" * 64,
        study=event.study,
        series=event.series,
        instance=event.instance,
        metadata=b"",
    )
