"""Puts a world of `tests.factories.worlds` into a graph, as everything of the product gets there."""

from typing import Any

import orjson

from fhir_profiles.index.extraction import extract
from graph.commit import Committer, ResourceWrite, State, Unit, Writes
from graph.commit.values import compartment_keys, value_rows
from graph.keys import resource_key
from graph.records import InstanceRow
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Settings
from graph.studies.storing import store_unit
from tests.factories.worlds import Deleted, Event, Stored, World, Written

EVENTS_FROM = 1_700_000_000_000_000
SECOND = 1_000_000


def happened(number: int) -> int:
    """When the event of a number happens, in microseconds."""
    return EVENTS_FROM + SECOND * number


def write_world(graph: Graph, tenant: str, world: World) -> None:
    """Write every event of a world in a commit of its own."""
    ids = iter(world.study_ids)
    settings = Settings("http://localhost", new_id=lambda: next(ids))
    number = 0
    committer = Committer(graph, lambda: happened(number))
    try:
        for number, event in enumerate(world.events):  # noqa: B007 - the clock reads it
            committer.commit(_unit(tenant, event, settings))
    finally:
        committer.close()


def _unit(tenant: str, event: Event, settings: Settings) -> Unit[Any]:
    match event:
        case Written(document):
            return Unit(_scope(tenant), lambda state, writes: _write(state, writes, document))
        case Deleted(reference):
            return Unit(_scope(tenant), lambda state, writes: _delete(state, writes, reference))
        case Stored():
            return store_unit(_scope(tenant, event.partition), [_instance_row(event)], settings)


def _scope(tenant: str, partition: str = "default") -> AccessScope:
    permissions = frozenset({"imaging.store", "fhir.write"})
    return AccessScope(tenant, "tests", "service", "test", permissions, partition)


def _write(state: State, writes: Writes, document: dict[str, Any]) -> None:
    key = resource_key(state.tenant, document["resourceType"], document["id"])
    before = state.resource(key)
    values = extract(document)
    writes.resources.append(
        ResourceWrite(
            key=key,
            resource_type=document["resourceType"],
            resource_id=document["id"],
            version_id=before.version_id + 1 if before else 1,
            method="PUT" if before else "POST",
            body=orjson.dumps(document),
            values=value_rows(state.tenant, document["resourceType"], values),
            compartment=compartment_keys(state.tenant, values),
            properties={} if before else {"serial": state.take_serial()},
        )
    )


def _delete(state: State, writes: Writes, reference: str) -> None:
    """A deletion that leaves the search values behind: what hides the row is that it is deleted."""
    resource_type, _, resource_id = reference.partition("/")
    before = state.resource(resource_key(state.tenant, resource_type, resource_id))
    assert before is not None
    writes.resources.append(
        ResourceWrite(
            key=before.key,
            resource_type=resource_type,
            resource_id=resource_id,
            version_id=before.version_id + 1,
            method="DELETE",
            body=b"",
            values=None,
            compartment=before.compartment,
        )
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
