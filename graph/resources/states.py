"""What deciding looks at of resources: a version by its key, a study by its UID, who has an identifier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from fhir_profiles.mapping.patient_identity import facts_of, is_provisional
from graph.commit import Shelf, ShelfRow
from graph.packing import unpacked
from graph.records import Facts
from graph.refusals import Traits
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True)
class ResourceState:
    """The current version of a resource, as far as a decision needs it; `properties` are its node's."""

    key: str
    resource_type: str
    serial: int
    version_id: int
    deleted: bool
    compartment: tuple[str, ...] | None
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def managed(self) -> bool:
        """Whether it is a study that has pictures, so that DICOM says most of it."""
        return bool(self.properties.get("managed")) and not self.deleted

    def is_seen_by(self, scope: AccessScope) -> bool:
        """Whether the row is the caller's."""
        return scope.sees(self.key, self.compartment, self.properties.get("partition"), self.traits)

    @property
    def traits(self) -> Traits:
        """What it bears that rights look at."""
        return Traits(*(self.properties.get(name) for name in Traits._fields))

    @property
    def own_compartment(self) -> tuple[str, ...] | None:
        """Whom it is about by what it says itself, without those whom these were merged into."""
        followed = self.properties.get("followed") or ()
        compartment = self.compartment
        return None if compartment is None else tuple(key for key in compartment if key not in followed)

    @property
    def resource_id(self) -> str:
        """Its id."""
        return self.key.rpartition("|")[2]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Patient who carries an identifier value, in the identifier system `system`.

    `provisional` is one whom Hilum made of pictures in doubt: it stands for nobody until a person has looked.
    """

    key: str
    system: str
    facts: Facts
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class CarriedOrder:
    """A ServiceRequest that carries an accession number, and the keys of the patients whom it is about."""

    key: str
    patients: tuple[str, ...]


def candidate(key: str, system: str, document: Mapping[str, Any]) -> Candidate:
    """The Patient of a document as one who carries an identifier."""
    return Candidate(key, system, facts_of(document), is_provisional(document))


def state_of(properties: Mapping[str, Any]) -> ResourceState | None:
    """The state of a node; a placeholder, which only has its key, counts as absent."""
    if "versionId" not in properties:
        return None
    compartment = properties.get("compartment")
    return ResourceState(
        key=properties["key"],
        resource_type=properties["kind"].rpartition("|")[2],
        serial=properties["serial"],
        version_id=properties["versionId"],
        deleted=properties["deleted"],
        compartment=None if compartment is None else tuple(compartment),
        properties=properties,
    )


def _only(rows: Sequence[ShelfRow]) -> ResourceState | None:
    return state_of(rows[0]["resource"]) if rows else None


def _candidates(rows: Sequence[ShelfRow]) -> tuple[Candidate, ...]:
    ordered = sorted(rows, key=lambda row: int(row["serial"]))
    return tuple(candidate(row["patient"], row["system"], _document(row["body"])) for row in ordered)


def _orders(rows: Sequence[ShelfRow]) -> tuple[CarriedOrder, ...]:
    found = {row["order"]: CarriedOrder(row["order"], tuple(row["patients"] or ())) for row in rows}
    return tuple(found[key] for key in sorted(found))


def _studies(rows: Sequence[ShelfRow]) -> tuple[str, ...]:
    return tuple(sorted({row["study"] for row in rows}))


def _document(body: bytes) -> Mapping[str, Any]:
    document: Mapping[str, Any] = orjson.loads(unpacked(body))
    return document


RESOURCES: Shelf[ResourceState | None] = Shelf(
    "resources",
    "MATCH (r:Resource {key: key}) WITH {key: key, resource: properties(r)} AS row",
    _only,
)
"""The resource of a key, deleted ones too; None where there never was one."""

STUDIES: Shelf[ResourceState | None] = Shelf(
    "studies",
    "MATCH (s:ImagingStudy {dicomKey: key}) WITH {key: key, resource: properties(s)} AS row",
    _only,
)
"""The study of a DICOM key; None where it has no pictures and no FHIR resource named it."""

WORKITEMS: Shelf[ResourceState | None] = Shelf(
    "workitems",
    "MATCH (w:Workitem {workitemKey: key}) WITH {key: key, resource: properties(w)} AS row",
    _only,
)
"""The Task that is the workitem of a key; None where there is none."""

CARRIERS: Shelf[tuple[Candidate, ...]] = Shelf(
    "carriers",
    """MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = key AND t.serial IS NOT NULL
    MATCH (t)-[:OF]->(p:Resource)-[:CURRENT]->(v:Version) WHERE p.deleted = false
    WITH {key: key, system: t.system, patient: p.key, serial: p.serial, body: v.body} AS row""",
    _candidates,
)
"""The Patients who carry an identifier value (the key of its Term), in the order of their creation."""

NUMBERED: Shelf[tuple[str, ...]] = Shelf(
    "numbered",
    """MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = key AND t.serial IS NOT NULL
    MATCH (t)-[:OF]->(s:ImagingStudy) WHERE s.managed = true AND s.deleted = false
    WITH {key: key, study: s.dicomKey} AS row""",
    _studies,
)
"""The studies with pictures (their DICOM keys) that are found by a Term, the key of which is the row's."""

ORDERS: Shelf[tuple[CarriedOrder, ...]] = Shelf(
    "orders",
    """MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = key AND t.serial IS NOT NULL
    MATCH (t)-[:OF]->(o:Resource) WHERE o.deleted = false
    WITH {key: key, order: o.key, patients: o.compartment} AS row""",
    _orders,
)
"""The ServiceRequests that carry an identifier value (the key of its Term)."""
