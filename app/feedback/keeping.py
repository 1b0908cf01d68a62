"""The packets of readers as they are kept in the record: found, read, and written with their provenance."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import orjson

from app.feedback.packets import (
    CODE,
    FEEDBACK,
    LESSON,
    KeptResource,
    Packet,
    concept,
    is_packet,
    kept_by,
    packet_of,
    task_of,
)
from app.records.bundles.writing import BundleWriter
from app.records.search import RecordSearch, TypeSearch, sorts_of
from fhir_profiles.security_labels import KEPT_FOR
from graph.errors import NotFound
from graph.keys import key_of_reference
from graph.resources.kept import KeptStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

TASK = "Task"
NEW = "urn:uuid:9b6b3b1e-6f0c-4d0e-8f55-3a9c1f2f7c01"  # stands for the packet within its transaction
_UUID = "urn:uuid:"
_NEWEST_FIRST = "-_lastUpdated"
_AT_ONCE = 200


class FeedbackRecord:
    """Reads and writes packets."""

    def __init__(
        self, resources: ResourceStore, search: RecordSearch, kept: KeptStore, bundles: BundleWriter
    ) -> None:
        self._resources = resources
        self._search = search
        self._kept = kept
        self._bundles = bundles

    def about(self, scope: AccessScope, references: Collection[str]) -> tuple[Packet, ...]:
        """The packets that refer to any of these resources, as `Type/id`."""
        keys = [key_of_reference(scope.tenant, each) for each in references]
        found = self._resources.bodies(scope, self._kept.referring(scope, TASK, keys))
        return tuple(packet_of(each) for each in found if not each.deleted and is_packet(each))

    def one(self, scope: AccessScope, packet_id: str) -> Packet:
        """The packet of that id; raises `NotFound` and `Gone` where there is none to see."""
        version = self._resources.read(scope, TASK, packet_id)
        if not is_packet(version):
            raise NotFound("there is no such packet")
        return packet_of(version)

    def page(
        self, scope: AccessScope, status: str, limit: int, after: tuple[object, ...] | None = None
    ) -> tuple[tuple[Packet, ...], tuple[object, ...] | None]:
        """Those of a status (`requested,completed` for all) that are the caller's to see, the latest first.

        With them comes where the next page begins, None where this is the last.
        """
        kept = ("_security", f"{KEPT_FOR}|")  # anybody may write a Task with the code, and nobody the label
        asked = (("code", f"{FEEDBACK}|{CODE}"), ("status", status), kept)
        known = self._search.understood(scope, TASK, asked)
        sort = sorts_of(TASK, _NEWEST_FIRST, known.find)
        wanted = TypeSearch(resource_type=TASK, where=known.where, count=limit, sort=sort)
        found = self._search.page(scope, wanted, after)
        return tuple(map(packet_of, filter(is_packet, found.matches))), found.after

    def each(self, scope: AccessScope, status: str) -> Iterator[Packet]:
        """All of them."""
        after: tuple[object, ...] | None = None
        while True:
            packets, after = self.page(scope, status, _AT_ONCE, after)
            yield from packets
            if after is None:
                return

    def write(self, scope: AccessScope, packet: Packet, *beside: tuple[str, KeptResource]) -> None:
        """Write a packet, and resources `beside` it, in one commit.

        A new packet is written unless its lesson is told already; another one onto the version that it was
        read as. Each resource comes with its own name, or what it must not exist by, or nothing. Raises
        `PreconditionFailed` where the version of the packet is not the current one.
        """
        entries = [_put(packet) if packet.packet_id else _post(task_of(packet), _lesson(packet), NEW)]
        entries += [_beside(name, resource) for name, resource in beside]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        self._bundles.transaction(scope, orjson.dumps(bundle))


def place_of(packet: Packet) -> str:
    """What others in the same transaction refer to a packet by."""
    return f"{TASK}/{packet.packet_id}" if packet.packet_id else NEW


def provenance(packet: Packet, recorded: str, agent: KeptResource, sources: Sequence[str]) -> KeptResource:
    """Where a packet came from: who put it together, and of what."""
    return {
        "resourceType": "Provenance",
        "meta": kept_by(packet.reader),
        "target": [{"reference": place_of(packet)}],
        "recorded": recorded,
        "activity": concept("match"),
        "agent": [agent],
        "entity": [{"role": "source", "what": {"reference": each}} for each in dict.fromkeys(sources)],
    }


def _lesson(packet: Packet) -> str:
    return f"identifier={LESSON}|{packet.lesson}&_security={KEPT_FOR}|{packet.reader}"


def _put(packet: Packet) -> dict[str, Any]:
    address = place_of(packet)
    request = {"method": "PUT", "url": address, "ifMatch": f'W/"{packet.version_id}"'}
    return {"fullUrl": address, "resource": task_of(packet), "request": request}


def _beside(name: str, resource: KeptResource) -> dict[str, Any]:
    if "id" in resource:
        return {"fullUrl": name, "resource": resource, "request": {"method": "PUT", "url": name}}
    return _post(resource, "", name) if name.startswith(_UUID) else _post(resource, name)


def _post(resource: KeptResource, absent: str, name: str = "") -> dict[str, Any]:
    request = {"method": "POST", "url": resource["resourceType"]}
    if absent:
        request["ifNoneExist"] = absent
    return {**({"fullUrl": name} if name else {}), "resource": resource, "request": request}
