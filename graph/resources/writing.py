"""How a version of a resource enters the graph: its node, its text, its search values and references."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import orjson

from graph.commit import Counter, Ledger, Numbers, Part, Shelves
from graph.cypher.row_creation import CREATE_ROWS
from graph.keys import kind_key, version_key
from graph.packing import packed
from graph.query.expression import Field, Kind
from graph.query.rows import ValueRows, code_key
from graph.refusals import NO_TRAITS, Traits
from graph.resources.differing import differing
from graph.resources.following import MERGED, above, followed_values
from graph.resources.identified import remember_holder
from graph.resources.states import (
    CARRIERS,
    NUMBERED,
    ORDERS,
    RESOURCES,
    STUDIES,
    WORKITEMS,
    ResourceState,
    candidate,
)
from graph.resources.traits import traits_of

Properties: TypeAlias = Mapping[str, Any]

IDENTIFIER = Field("Patient", "identifier", Kind.TERM)
WORKITEM = "workitemKey"  # the property of a Task that is a workitem


@dataclass(frozen=True, slots=True)
class ResourceWrite:
    """A new version of a resource, decided on what was `known` of it.

    `values` None keeps the search values of the version before, and of those `before` only what differs is
    written; `properties` are laid over those of the
    node. A `snapshot` is the version of a rendered resource: units of one commit share it. `followed` are
    those of its compartment whom its patients were merged into, and `traits` what rights look at: the commit
    tells both. `labels` are those of its node beside its type.
    """

    key: str
    resource_type: str
    resource_id: str
    known: ResourceState | None
    version_id: int
    method: str
    body: bytes
    values: ValueRows | None
    compartment: tuple[str, ...] | None
    properties: Properties = field(default_factory=dict)
    snapshot: bool = False
    followed: tuple[str, ...] = ()
    traits: Traits = NO_TRAITS
    labels: tuple[str, ...] = ()
    before: ValueRows | None = None

    @property
    def all_labels(self) -> list[str]:
        """The labels that its node has beside `Resource`: its type, and what else it is."""
        return [self.resource_type, *self.labels]


def ended(known: ResourceState, properties: Properties | None = None) -> ResourceWrite:
    """The deletion of a resource, with the properties that its node loses or changes by it."""
    return ResourceWrite(
        key=known.key,
        resource_type=known.resource_type,
        resource_id=known.resource_id,
        known=known,
        version_id=next_version(known),
        method="DELETE",
        body=b"",
        values=ValueRows(),
        compartment=known.own_compartment,
        properties=properties or {},
    )


def next_version(known: ResourceState | None) -> int:
    """The number of the version after what is known."""
    return known.version_id + 1 if known else 1


def next_snapshot(known: ResourceState | None, now: int) -> int:
    """The version of a rendered resource that the commit of this moment makes: one, whoever touches it."""
    if known and known.properties.get("lastUpdated") == now and known.managed:
        return known.version_id
    return next_version(known)


_STATEMENT = (
    """
MERGE (r:Resource {key: row.key})
SET r += row.properties
CREATE (r)-[:HAS_VERSION]->(v:Version)
SET v = row.version
WITH r, v, row
CALL (r, row) {
  WITH r, row WHERE NOT row.replaces
  SET r:$(row.labels)
}
CALL (r, row) {
  WITH r, row WHERE row.replaces
  MATCH (r)-[current:CURRENT]->() DELETE current
}
CREATE (r)-[:CURRENT]->(v)
WITH r, row
CALL (r, row) {
  WITH r, row WHERE row.unfollows
  MATCH (r)-[:HAS_VERSION]->(v:Version)
  WITH v, row, [key IN coalesce(v.followed, []) WHERE NOT key IN row.followed] AS gone WHERE size(gone) > 0
  SET v.compartment = [key IN v.compartment WHERE NOT key IN gone],
    v.followed = [key IN v.followed WHERE NOT key IN gone]
}
CALL (r, row) {
  WITH r, row WHERE row.replaces AND row.rewords
  MATCH (r)<-[of:OF]-(w:Wording) DELETE of SET w:GoneWording
}
CALL (r, row) {
  WITH r, row WHERE row.replaces AND row.rewords AND NOT row.revalues
  MATCH (r)<-[:OF]-(w:NewWording) DETACH DELETE w
}
CALL (r, row) {
  WITH r, row WHERE row.replaces AND row.revalues
  MATCH (r)<-[:OF]-(value) DETACH DELETE value
}
CALL (r, row) {
  WITH r, row WHERE row.replaces AND size(row.gone) > 0
  MATCH (r)<-[:OF]-(value) WHERE value.key IN row.gone DETACH DELETE value
}
CALL (r, row) {
  WITH r, row WHERE row.replaces AND row.rerefers
  MATCH (r)-[edge]->() WHERE edge.path IS NOT NULL DELETE edge
}
"""
    + CREATE_ROWS
)


def _settled(shelves: Shelves, write: ResourceWrite) -> ResourceWrite:
    """The version with its traits and whom its patients were merged into; what is deleted follows nobody."""
    tenant = write.key.partition("|")[0]
    merged, write = shelves.get(MERGED, tenant), replace(write, traits=_traits(write, tenant))
    if not merged or write.compartment is None or write.method == "DELETE":
        return write
    followed = above(merged, write.compartment)
    values = write.values and followed_values(merged, write.resource_type, write.values)
    return replace(write, compartment=(*write.compartment, *followed), followed=followed, values=values)


def _draws(write: ResourceWrite) -> tuple[Counter, ...]:
    return (Counter.VERSION,) if write.known else (Counter.SERIAL, Counter.VERSION)


def _merged(earlier: ResourceWrite, later: ResourceWrite) -> ResourceWrite | None:
    """Snapshots of one version are one; any other second version comes with the next commit."""
    if not (earlier.snapshot and later.snapshot and earlier.version_id == later.version_id):
        return None
    return replace(
        later,
        known=earlier.known,
        method=earlier.method,
        values=later.values or earlier.values,
        properties={**earlier.properties, **later.properties},
    )


def _node(write: ResourceWrite, numbers: Numbers, tenant: str) -> dict[str, Any]:
    """The properties that the node gets."""
    return {
        "kind": kind_key(tenant, write.resource_type),
        "id": write.resource_id,
        "serial": _serial(write, numbers),
        "versionId": write.version_id,
        "lastUpdated": numbers.now,
        "deleted": write.method == "DELETE",
        "compartment": _compartment(write),
        "followed": list(write.followed) or None,
        **write.traits._asdict(),
        **write.properties,
    }


def _traits(write: ResourceWrite, tenant: str) -> Traits:
    """What rights look at: as before where its values stay, or where it is deleted."""
    if write.values is not None and write.method != "DELETE":
        return traits_of(tenant, write.resource_type, write.values)
    return write.known.traits if write.known else NO_TRAITS


def _compartment(write: ResourceWrite) -> list[str] | None:
    return None if write.compartment is None else list(write.compartment)


def _changed(write: ResourceWrite, numbers: Numbers, tenant: str) -> dict[str, Any]:
    """Those of them that the node does not have yet: each that is set costs the graph, changed or not."""
    before = write.known.properties if write.known else {}
    return {name: value for name, value in _node(write, numbers, tenant).items() if value != before.get(name)}


def _serial(write: ResourceWrite, numbers: Numbers) -> int:
    return write.known.serial if write.known else numbers.serial


def _row(write: ResourceWrite, numbers: Numbers, ledger: Ledger) -> dict[str, Any]:
    found = differing(write.values, write.before)
    return {
        "key": write.key,
        "labels": write.all_labels,
        "serial": _serial(write, numbers),
        "replaces": write.known is not None,
        "revalues": found.everything,
        "gone": found.gone,
        "rewords": found.words,
        "rerefers": found.references,
        "unfollows": write.known is not None and bool(write.known.properties.get("followed")),
        "followed": list(write.followed),
        "properties": _changed(write, numbers, ledger.tenant),
        "version": {
            "key": version_key(write.key, write.version_id),
            "feed": ledger.tenant,
            "kind": kind_key(ledger.tenant, write.resource_type),
            "versionId": write.version_id,
            "sequence": numbers.version,
            "lastUpdated": numbers.now,
            "changes": ledger.counts[Counter.SEQUENCE],  # the last change that it shows
            "method": write.method,
            "compartment": _compartment(write),
            "followed": list(write.followed) or None,
            **write.traits._asdict(),
            "rendered": write.snapshot or None,
            "body": packed(write.body),
        },
        "terms": found.made.terms,
        "texts": found.made.texts,
        "spans": found.made.spans,
        "edges": found.made.edges,
        "wordings": found.made.wordings,
    }


def _remember(shelves: Shelves, write: ResourceWrite, numbers: Numbers) -> None:
    tenant = write.key.partition("|")[0]
    before = write.known.properties if write.known else {}
    properties = {"key": write.key, **before, **_node(write, numbers, tenant)}
    state = ResourceState(
        key=write.key,
        resource_type=write.resource_type,
        serial=_serial(write, numbers),
        version_id=write.version_id,
        deleted=write.method == "DELETE",
        compartment=write.compartment,
        properties=properties,
    )
    shelves.put(RESOURCES, write.key, state)
    if write.values:
        remember_holder(shelves, write.key, write.resource_type, write.version_id, write.values)
    for dicom_key in {before.get("dicomKey"), properties.get("dicomKey")} - {None}:
        shelves.put(STUDIES, str(dicom_key), state if dicom_key == properties.get("dicomKey") else None)
    if WORKITEM in properties:
        shelves.put(WORKITEMS, str(properties[WORKITEM]), state)
    if write.resource_type == "ImagingStudy" and write.values is not None:
        shelves.cloud(NUMBERED)  # by which Terms it was found before is not known here
    if write.resource_type == "Patient":
        _remember_carrier(shelves, write, tenant)
    elif write.resource_type == "ServiceRequest":
        shelves.cloud(ORDERS)  # which numbers it carried before is not known here


def _remember_carrier(shelves: Shelves, write: ResourceWrite, tenant: str) -> None:
    """A new Patient carries its identifiers; what a changed one carried before is not known here."""
    if write.known:
        shelves.cloud(CARRIERS)
        return
    for key, system in _identifiers(write, tenant):
        if shelves.knows(CARRIERS, key):
            carrier = candidate(write.key, system, orjson.loads(write.body))
            shelves.put(CARRIERS, key, (*shelves.get(CARRIERS, key), carrier))
        else:
            shelves.cloud(CARRIERS, key)


def _identifiers(write: ResourceWrite, tenant: str) -> Iterator[tuple[str, str]]:
    prefix = code_key(tenant, IDENTIFIER, "")
    terms = (write.values or ValueRows()).terms
    return ((key, system) for key, system, *_ in terms if key.startswith(prefix))


VERSIONS: Part[ResourceWrite] = Part(
    name="versions",
    statement=_STATEMENT,
    key=lambda write: write.key,
    row=_row,
    draws=_draws,
    remember=_remember,
    merged=_merged,
    concerns=lambda write: (*(write.compartment or ()), write.key),
    settled=_settled,
)
