"""How instances enter the graph: one unit of work makes Patient, ImagingStudy, Series, Instance and feed.

Everything is decided under the tenant's lock (design: bytes first, then one visible commit), so a picture
that is stored is at once in QIDO-RS, WADO-RS, FHIR and the change feed, or in none of them.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from fhir_profiles.mapping.endpoint import endpoint
from fhir_profiles.mapping.imaging_study import overlay_of
from graph.commit import (
    ChangeWrite,
    InstanceWrite,
    Reads,
    ResourceState,
    ResourceWrite,
    SeriesWrite,
    State,
    Unit,
    ValueRows,
    Writes,
)
from graph.commit.attributes import properties_of
from graph.keys import instance_key, partition_key, resource_key, series_key, study_key
from graph.query.attributes import INSTANCE, SERIES, STUDY, of_level
from graph.records import InstanceRow, StoreOutcome
from graph.scope import AccessScope
from graph.site import Settings
from graph.studies.identity import Identification, rendered_write
from graph.studies.study_values import study_values

_STUDY_KEYWORDS = tuple(attribute.keyword for attribute in of_level(STUDY))
_PATIENT_KEYWORDS = ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "PatientSex")
_SERIES_OF = "MATCH (:ImagingStudy {dicomKey: $study})-[:HAS_SERIES]->(x:Series) RETURN properties(x) AS x"
_BODY_OF = "MATCH (:Resource {key: $key})-[:CURRENT]->(v:Version) RETURN v.body AS body"
_OTHER_PATIENT = "the study belongs to another PatientID; its first one stays"


def store_unit(
    scope: AccessScope, rows: Sequence[InstanceRow], settings: Settings
) -> Unit[list[StoreOutcome]]:
    """The unit of work that stores these rows; its answer has an outcome per row, in their order."""
    where = (scope.tenant, scope.partition)
    return Unit(
        scope=scope,
        decide=lambda state, writes: _Storing(state, writes, scope, settings).store(rows),
        reads=Reads(
            resources=(resource_key(scope.tenant, "Endpoint", settings.endpoint_id(scope.partition)),),
            studies=tuple({study_key(*where, row.study_uid) for row in rows}),
            series=tuple({series_key(*where, row.study_uid, row.series_uid) for row in rows}),
            instances=tuple(instance_key(*where, row.study_uid, row.series_uid, row.sop_uid) for row in rows),
        ),
        weight=len(rows),
    )


@dataclass(slots=True)
class _Storing:
    """The decisions of one unit of work."""

    state: State
    writes: Writes
    scope: AccessScope
    settings: Settings

    def store(self, rows: Sequence[InstanceRow]) -> list[StoreOutcome]:
        """Decide every row; of two with the same UIDs the first is stored."""
        firsts: dict[str, InstanceRow] = {}
        for row in rows:
            firsts.setdefault(self._instance_key(row), row)
        fresh = [row for key, row in firsts.items() if key not in self.state.instances]
        stored = {self._instance_key(row): warnings for row, warnings in self._store_fresh(fresh)}
        return [self._outcome(row, firsts, stored) for row in rows]

    def _outcome(
        self, row: InstanceRow, firsts: dict[str, InstanceRow], stored: dict[str, tuple[str, ...]]
    ) -> StoreOutcome:
        key = self._instance_key(row)
        if key in stored and firsts[key] is row:
            return StoreOutcome("stored", stored[key])
        return StoreOutcome("exists")

    def _store_fresh(self, rows: list[InstanceRow]) -> Iterable[tuple[InstanceRow, tuple[str, ...]]]:
        if not rows:
            return
        self._endpoint()
        identification = Identification(self.state, self.writes, self.settings)
        studies = _grouped(rows, lambda row: row.study_uid)
        identification.load([each[0].study for each in studies.values() if self._needs_patient(each[0])])
        for study_rows in studies.values():
            warnings = _Study(self, study_rows, identification).write()
            yield from ((row, warnings.get(row.sop_uid, ())) for row in study_rows)

    def _needs_patient(self, row: InstanceRow) -> bool:
        study = self.state.study(self.study_key(row))
        return study is None or study.deleted or not study.compartment

    def _endpoint(self) -> None:
        """The Endpoint of the partition is made with its first picture."""
        partition = self.scope.partition
        endpoint_id = self.settings.endpoint_id(partition)
        if self.state.resource(resource_key(self.scope.tenant, "Endpoint", endpoint_id)) is None:
            resource = endpoint(self.settings.address(partition), id=endpoint_id)
            self.writes.resources.append(rendered_write(self.state, resource, self.settings.zone))

    def study_key(self, row: InstanceRow) -> str:
        return study_key(self.scope.tenant, self.scope.partition, row.study_uid)

    def series_key(self, row: InstanceRow) -> str:
        return series_key(self.scope.tenant, self.scope.partition, row.study_uid, row.series_uid)

    def _instance_key(self, row: InstanceRow) -> str:
        return instance_key(
            self.scope.tenant, self.scope.partition, row.study_uid, row.series_uid, row.sop_uid
        )

    def add_instance(self, row: InstanceRow) -> None:
        key = self._instance_key(row)
        self.writes.instances.append(
            InstanceWrite(key, self.series_key(row), self._instance_properties(row, key))
        )
        change = ChangeWrite(
            row.study_uid, row.series_uid, row.sop_uid, self.scope.partition, "Create", instance=key
        )
        self.writes.changes.append(change)

    def _instance_properties(self, row: InstanceRow, key: str) -> dict[str, Any]:
        return {
            **properties_of(INSTANCE, row.instance),
            "key": key,
            "partition": partition_key(self.scope.tenant, self.scope.partition),
            "SOPInstanceUID": row.sop_uid,
            "SOPClassUID": row.sop_class_uid,
            "TransferSyntaxUID": row.transfer_syntax_uid,
            "blobId": row.blob_id,
            "size": row.size,
            "digest": row.digest,
            "metadata": row.metadata,
            "frames": row.frames,
            "storedAt": self.state.now,
        }


@dataclass(slots=True)
class _Study:
    """One study of one unit of work: its new instances, and what they change above them."""

    storing: _Storing
    rows: list[InstanceRow]
    identification: Identification
    before: ResourceState | None = None

    def write(self) -> dict[str, tuple[str, ...]]:
        """Add the writes; return the warnings by SOP Instance UID."""
        state = self.storing.state
        dicom_key = self.storing.study_key(self.rows[0])
        self.before = state.study(dicom_key)
        changed_series = self._series(dicom_key)
        for row in self.rows:
            self.storing.add_instance(row)
        known = self._known_properties()
        facts = {**known, **self._new_facts(known), **self._counts(known)}
        revalue = changed_series or any(facts.get(name) != known.get(name) for name in _STUDY_KEYWORDS[:-2])
        self._resource(dicom_key, facts, revalue=revalue or not self._is_managed)
        return self._warnings(known)

    @property
    def _is_managed(self) -> bool:
        return bool(self.before and self.before.properties.get("managed") and not self.before.deleted)

    def _known_properties(self) -> Mapping[str, Any]:
        return self.before.properties if self.before and self._is_managed else {}

    def _new_facts(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes that these rows bring: the latest wins, but a study keeps its patient."""
        facts: dict[str, Any] = {}
        for row in self.rows:
            facts |= {name: value for name, value in properties_of(STUDY, row.study).items()}
        if known:
            kept = tuple(f"{name}{suffix}" for name in _PATIENT_KEYWORDS for suffix in _SUFFIXES)
            facts = {name: value for name, value in facts.items() if name not in kept or name not in known}
        return facts

    def _counts(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """The computed attributes: counts are of children, never of requests."""
        state = self.storing.state
        new_series = {self.storing.series_key(row) for row in self.rows} - state.series.keys()
        modalities = {str(row.series["Modality"]) for row in self.rows if row.series.get("Modality")}
        return {
            "ModalitiesInStudy": sorted({*known.get("ModalitiesInStudy", ()), *modalities}),
            "NumberOfStudyRelatedSeries": known.get("NumberOfStudyRelatedSeries", 0) + len(new_series),
            "NumberOfStudyRelatedInstances": known.get("NumberOfStudyRelatedInstances", 0) + len(self.rows),
        }

    def _series(self, dicom_key: str) -> bool:
        """Write the series of these rows; return whether anything that FHIR search sees has changed."""
        changed = False
        state = self.storing.state
        for key, rows in _grouped(self.rows, self.storing.series_key).items():
            before = state.series.get(key)
            after = self._series_properties(key, rows, before or {})
            changed |= before is None or any(before.get(name) != after.get(name) for name in _SEEN_OF_SERIES)
            self.storing.writes.series.append(SeriesWrite(key, dicom_key, after))
        return changed

    def _series_properties(
        self, key: str, rows: list[InstanceRow], before: Mapping[str, Any]
    ) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for row in rows:
            properties |= properties_of(SERIES, row.series)
        return properties | {
            "key": key,
            "partition": partition_key(self.storing.scope.tenant, self.storing.scope.partition),
            "serial": before.get("serial") or self.storing.state.take_serial(),
            "SeriesInstanceUID": rows[0].series_uid,
            "NumberOfSeriesRelatedInstances": before.get("NumberOfSeriesRelatedInstances", 0) + len(rows),
            "sopClasses": sorted({*before.get("sopClasses", ()), *(row.sop_class_uid for row in rows)}),
        }

    def _resource(self, dicom_key: str, facts: dict[str, Any], *, revalue: bool) -> None:
        """The next version of the ImagingStudy: rendered when read, with a snapshot of what is its own."""
        state, before = self.storing.state, self.before
        resource_id = before.key.rpartition("|")[2] if before else self.storing.settings.new_id()
        key = resource_key(state.tenant, "ImagingStudy", resource_id)
        patient_key = self._patient(facts)
        overlay = self._overlay()
        values = None
        if revalue:
            values = self._values(dicom_key, facts, resource_id, patient_key, overlay)
        snapshot = {"study": _attributes(facts), "patient": patient_key, "overlay": overlay}
        version = state.next_snapshot(before, key)
        self.storing.writes.resources.append(
            ResourceWrite(
                key=key,
                resource_type="ImagingStudy",
                resource_id=resource_id,
                version_id=version,
                method="POST" if version == 1 else "PUT",
                body=orjson.dumps(snapshot),
                values=values,
                compartment=(patient_key,),
                properties=self._properties(dicom_key, facts, overlay),
                snapshot=True,
            )
        )

    def _properties(
        self, dicom_key: str, facts: Mapping[str, Any], overlay: dict[str, Any] | None
    ) -> dict[str, Any]:
        state = self.storing.state
        own = {name: value for name, value in facts.items() if name in _STUDY_PROPERTIES}
        return own | {
            "serial": self.before.serial if self.before else state.take_serial(),
            "dicomKey": dicom_key,
            "partition": partition_key(state.tenant, self.storing.scope.partition),
            "StudyInstanceUID": self.rows[0].study_uid,
            "managed": True,
            "overlay": orjson.dumps(overlay) if overlay else None,
        }

    def _patient(self, facts: Mapping[str, Any]) -> str:
        if self.before and not self.before.deleted and self.before.compartment:
            return self.before.compartment[0]
        return self.identification.patient_of(_attributes(facts))

    def _overlay(self) -> dict[str, Any] | None:
        """What users have written on the study; of one first made over FHIR, all that DICOM does not own."""
        before = self.before
        if before is None or before.deleted:
            return None
        if self._is_managed:
            stored = before.properties.get("overlay")
            return orjson.loads(bytes(stored)) if stored else None
        body = self.storing.state.run(_BODY_OF, key=before.key)[0]["body"]
        return overlay_of(orjson.loads(zlib.decompress(body))) or None

    def _values(
        self,
        dicom_key: str,
        facts: Mapping[str, Any],
        resource_id: str,
        patient_key: str,
        overlay: dict[str, Any] | None,
    ) -> ValueRows:
        state = self.storing.state
        series = {}
        if self._is_managed:
            series = {row["x"]["key"]: row["x"] for row in state.run(_SERIES_OF, study=dicom_key)}
        for write in self.storing.writes.series:
            if write.study == dicom_key:
                series[write.key] = {**series.get(write.key, {}), **write.properties}
        return study_values(
            state.tenant,
            facts,
            list(series.values()),
            resource_id=resource_id,
            patient_key=patient_key,
            endpoint_id=self.storing.settings.endpoint_id(self.storing.scope.partition),
            overlay=overlay,
            zone=self.storing.settings.zone,
        )

    def _warnings(self, known: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        expected = known.get("PatientID")
        return {
            row.sop_uid: (_OTHER_PATIENT,)
            for row in self.rows
            if expected and row.study.get("PatientID", expected) != expected
        }


def _attributes(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in _STUDY_KEYWORDS if properties.get(name) is not None}


def _grouped(rows: Iterable[InstanceRow], key: Callable[[InstanceRow], str]) -> dict[str, list[InstanceRow]]:
    ordered = sorted(rows, key=key)
    return {name: list(group) for name, group in groupby(ordered, key=key)}


_SUFFIXES = ("", "_folded", "_low", "_high")
_SEEN_OF_SERIES = ("Modality", "BodyPartExamined", "sopClasses")
_STUDY_PROPERTIES = {f"{name}{suffix}" for name in _STUDY_KEYWORDS for suffix in _SUFFIXES}
