"""The study is one thing: what a version of an ImagingStudy with pictures is, and what comes after it.

Pure. Arriving, leaving and overlaying make the next version of it; storing, search and reading ask it for the
snapshot that is kept, the values that it is found by and the resource that it is shown as.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import orjson

from fhir_profiles.index.extraction import extract
from fhir_profiles.mapping.imaging_study import imaging_study
from fhir_profiles.mapping.patient_identity import unlike
from fhir_profiles.mapping.study_overlay import without_equipment
from graph.keys import resource_key, resource_of
from graph.query.attribute_forms import properties_of
from graph.query.attributes import SERIES, STUDY, of_level
from graph.query.rows import ValueRows, value_rows
from graph.resources.states import ResourceState
from graph.resources.writing import ResourceWrite
from graph.site import Site
from graph.studies.particulars import PARTICULARS, both
from graph.studies.places import Arriving

NodeFacts: TypeAlias = Mapping[str, Any]  # facts of a level, and what its node counts beside them

ORDER = "order"  # the ServiceRequest that the study was made for, as `ServiceRequest/id`
_KEYWORDS = tuple(attribute.keyword for attribute in of_level(STUDY))
_KEPT = (*_KEYWORDS, PARTICULARS, ORDER)
_SERIES_KEYWORDS = tuple(attribute.keyword for attribute in of_level(SERIES))
_COUNTS = ("NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances")
_PATIENT = ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "PatientSex")
_OF_INSTANCES = "NumberOfSeriesRelatedInstances"
_SEARCHED_OF_SERIES = ("Modality", "BodyPartExamined", "sopClasses", "ManufacturerModelName", PARTICULARS)


@dataclass(frozen=True, slots=True)
class StudyVersion:
    """One version of a study that has pictures.

    `facts` are its DICOM attributes by keyword, counts too; `series` the properties of its series by key;
    `patient` the key of its Patient; `overlay` what users have written on it, None where nothing.
    """

    resource_id: str
    partition: str
    patient: str = ""
    facts: NodeFacts = field(default_factory=dict)
    series: Mapping[str, NodeFacts] = field(default_factory=dict)
    overlay: NodeFacts | None = None

    def arriving(self, arrivals: Sequence[Arriving], replaced: Container[str] = ()) -> "StudyVersion":
        """The version with these instances: the latest attributes win, but a study keeps its patient.

        What pictures of somebody else say of their patient is not taken over. `replaced` are the keys of
        those that take the place of another, and are counted already.
        """
        facts, last = dict(self.facts), None
        for each in arrivals:
            if each.row.study != last:  # most say of their study what the one before them said
                last = each.row.study
                foreign = unlike(last, facts)
                kept = {name for name in _PATIENT if foreign or name in facts}
                facts |= present(last, [name for name in _KEYWORDS if name not in kept])
                facts |= _particulars(facts, last)
        series = {**self.series, **dict(self._series_with(arrivals, replaced))}
        facts["StudyInstanceUID"] = arrivals[0].row.study_uid
        return replace(self, facts=facts | _counted(series.values()), series=series)

    def leaving(self, instances: Mapping[str, int]) -> "StudyVersion":
        """The version without so many instances of the series of these keys; empty series are gone."""
        series: dict[str, NodeFacts] = {}
        for key, each in self.series.items():
            count = each[_OF_INSTANCES] - instances.get(key, 0)
            if count:
                series[key] = {**each, _OF_INSTANCES: count}
        return replace(self, facts={**self.facts, **_counted(series.values())}, series=series)

    def overlaid(self, overlay: NodeFacts | None) -> "StudyVersion":
        """The version with other elements of the users."""
        return replace(self, overlay=overlay or None)

    def owned_by(self, patient: str) -> "StudyVersion":
        """The version with this Patient."""
        return replace(self, patient=patient)

    def ordered_by(self, order: str | None) -> "StudyVersion":
        """The version with the order that it was made for, `ServiceRequest/id`; None where none is known."""
        if self.facts.get(ORDER) == order:
            return self
        facts = {name: value for name, value in self.facts.items() if name != ORDER}
        return replace(self, facts=facts | ({ORDER: order} if order else {}))

    def is_found_as(self, other: "StudyVersion") -> bool:
        """Whether every search finds both or neither."""
        mine, theirs = (each._searched() for each in (self, other))
        return mine == theirs

    def snapshot(self) -> bytes:
        """What is kept of the version: all that its series and instances do not say."""
        return orjson.dumps({"study": self.facts, "patient": self.patient, "overlay": self.overlay})

    def properties(self) -> dict[str, Any]:
        """What its node holds, in the forms that QIDO-RS compares."""
        return {
            **properties_of(STUDY, self.facts),
            PARTICULARS: self.facts.get(PARTICULARS),
            ORDER: self.facts.get(ORDER),
            "partition": self.partition,
            "managed": True,
            "overlay": orjson.dumps(self.overlay) if self.overlay else None,
        }

    def values(self, site: Site) -> ValueRows:
        """The rows and references that FHIR search finds it by; its instances are nodes already."""
        classes = [
            {**each, "instances": [{"SOPClassUID": found} for found in each.get("sopClasses", ())]}
            for each in self.series.values()
        ]
        resource = without_equipment(self.resource(site, classes))
        return value_rows(self._tenant, "ImagingStudy", extract(resource, site.zone))

    def resource(self, site: Site, series: Iterable[NodeFacts]) -> dict[str, Any]:
        """The ImagingStudy with these series, each with its `instances`."""
        partition = self.partition.rpartition("|")[2]
        return imaging_study(
            self.facts,
            list(series),
            id=self.resource_id,
            patient_reference=resource_of(self.patient),
            endpoint_reference=f"Endpoint/{site.endpoint_id(partition)}",
            overlay=self.overlay,
        )

    @property
    def _tenant(self) -> str:
        return self.partition.partition("|")[0]

    def _series_with(
        self, arrivals: Sequence[Arriving], replaced: Container[str]
    ) -> Iterable[tuple[str, NodeFacts]]:
        found: dict[str, dict[str, Any]] = {}
        for each in arrivals:
            key, row = each.place.series, each.row
            properties = found.setdefault(key, dict(self.series.get(key, {})))
            properties |= present(row.series, _SERIES_KEYWORDS) | _particulars(properties, row.series)
            properties["SeriesInstanceUID"] = row.series_uid
            properties[_OF_INSTANCES] = properties.get(_OF_INSTANCES, 0) + (
                each.place.instance not in replaced
            )
            properties["sopClasses"] = sorted({*properties.get("sopClasses", ()), row.sop_class_uid})
        return found.items()

    def _searched(self) -> tuple[NodeFacts, list[tuple[Any, ...]], NodeFacts | None, str]:
        facts = {name: value for name, value in self.facts.items() if name not in _COUNTS}
        series = [
            (key, *(each.get(name) for name in _SEARCHED_OF_SERIES)) for key, each in self.series.items()
        ]
        return facts, series, self.overlay, self.patient


def of_snapshot(resource_id: str, partition: str, snapshot: bytes) -> StudyVersion:
    """The version that was kept as this snapshot, without its series."""
    kept = orjson.loads(snapshot)
    return StudyVersion(resource_id, partition, kept["patient"], kept["study"], {}, kept["overlay"])


def of_known(known: ResourceState, series: Mapping[str, NodeFacts]) -> StudyVersion:
    """The current version of a study that has pictures, from its node and the nodes of its series."""
    node = known.properties
    overlay = node.get("overlay")
    return StudyVersion(
        known.resource_id,
        node["partition"],
        (known.compartment or ("",))[0],
        present(node, _KEPT),
        series,
        orjson.loads(bytes(overlay)) if overlay else None,
    )


def version_write(
    site: Site,
    known: ResourceState | None,
    after: StudyVersion,
    *,
    version_id: int,
    dicom_key: str,
    searched: bool = True,
) -> ResourceWrite:
    """How a version enters the graph, after what is known: rendered when read, kept as its snapshot.

    `searched` False keeps what it is found by, where the study was found as this before.
    """
    tenant = after.partition.partition("|")[0]
    return ResourceWrite(
        key=resource_key(tenant, "ImagingStudy", after.resource_id),
        resource_type="ImagingStudy",
        resource_id=after.resource_id,
        known=known,
        version_id=version_id,
        method="POST" if version_id == 1 else "PUT",
        body=after.snapshot(),
        values=after.values(site) if searched else None,
        compartment=(after.patient,),
        properties={**after.properties(), "dicomKey": dicom_key},
        snapshot=True,
    )


def present(facts: NodeFacts, keywords: Iterable[str]) -> dict[str, Any]:
    """Those of the attributes that have a value."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in keywords
        if (value := facts.get(name)) not in (None, "", (), [])
    }


def _particulars(known: NodeFacts, arriving: NodeFacts) -> dict[str, str]:
    """The particulars of a level after more was said; empty where nothing is."""
    found = both(known.get(PARTICULARS), arriving.get(PARTICULARS))
    return {PARTICULARS: found} if found else {}


def _counted(series: Iterable[NodeFacts]) -> dict[str, Any]:
    """The computed attributes: counts are of children, never of requests."""
    listed = list(series)
    return {
        "ModalitiesInStudy": sorted({str(each["Modality"]) for each in listed if each.get("Modality")}),
        "NumberOfStudyRelatedSeries": len(listed),
        "NumberOfStudyRelatedInstances": sum(each[_OF_INSTANCES] for each in listed),
    }
