"""How the instances of one study enter the graph: what they change of the study and of its series.

Storing and restoring are alike in this. What is restored finds the study as it was before its last picture
left: whose it was, and what users had written on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from fhir_profiles.mapping.endpoint import endpoint
from fhir_profiles.mapping.imaging_study import overlay_of
from graph.commit import Draft, View
from graph.keys import resource_key, version_key
from graph.packing import unpacked
from graph.query.attribute_forms import properties_of
from graph.query.attributes import INSTANCE
from graph.query.attributes import SERIES as SERIES_LEVEL
from graph.resources.states import RESOURCES, STUDIES, ResourceState
from graph.resources.writing import VERSIONS, next_snapshot
from graph.site import Site
from graph.studies.identity import BODY_OF, Identification, OwnerDoubt, StudyOwner, made_by_hilum
from graph.studies.newcomers import Newcomers, warnings_of
from graph.studies.orders import order_of
from graph.studies.particulars import PARTICULARS, TITLE
from graph.studies.places import Arriving, Place, grouped
from graph.studies.rows import (
    ARRIVALS,
    INSTANCES,
    LEAVING,
    REPLACEMENTS,
    SERIES,
    SERIES_OF,
    Arrival,
    InstanceChange,
    Replacement,
    SeriesWrite,
    tombstone_of,
)
from graph.studies.transcripts import TRANSCRIPT, Transcripts, is_told_by_report, transcript_keys
from graph.studies.version import StudyVersion, of_known, of_snapshot, version_write

_REPLACED = f"UNWIND $keys AS key MATCH (i:Instance {{key: key}}) RETURN i {LEAVING} AS instance"
_LAST_SNAPSHOT = "MATCH (v:Version {key: $version}) WHERE v.rendered = true RETURN v.body AS body"
_IN_DOUBT: Mapping[OwnerDoubt | None, str] = {
    OwnerDoubt.SHARED: "several patients carry the PatientID: this one is provisional",
    OwnerDoubt.ANNOUNCED: "announced for another patient: this one is provisional",
}


def brought(
    view: View,
    draft: Draft,
    site: Site,
    partition: str,
    arrivals: Sequence[Arriving],
    *,
    returning: bool = False,
) -> dict[str, "ToldOf"]:
    """Draft the entry of instances of any studies of a partition, and what is told of each by its key.

    `returning` are those that were deleted. The first picture brings the Endpoint of the partition.
    """
    if not arrivals:
        return {}
    if view.get(RESOURCES, endpoint_key(view.tenant, partition, site)) is None:
        made = endpoint(site.address(partition), id=site.endpoint_id(partition))
        draft.add(VERSIONS, made_by_hilum(view, made, site))
    identification = Identification(view, draft, site)
    told: dict[str, ToldOf] = {}
    for each in grouped(arrivals, lambda arriving: arriving.place.study).values():
        told |= StudyArrivals(view, draft, site, each, identification, returning).enter()
    return told


def endpoint_key(tenant: str, partition: str, site: Site) -> str:
    """The key of the Endpoint of a partition."""
    return resource_key(tenant, "Endpoint", site.endpoint_id(partition))


@dataclass(frozen=True, slots=True)
class ToldOf:
    """What is told of an instance: whose it is (keys of the patient and of the study), and its warnings."""

    whose: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def told_again(arriving: Arriving, known: ResourceState | None) -> ToldOf:
    """What is told of an instance that was there before: what was told of it then of its study's patient."""
    if known is None:
        return ToldOf(())
    unlike = warnings_of(arriving.row.study, known.properties) if known.managed else ()
    return ToldOf((*(known.compartment or ()), known.key), unlike)


@dataclass(slots=True)
class StudyArrivals:
    """The instances of one study that one unit of work brings; `returning` are those that were deleted."""

    view: View
    draft: Draft
    site: Site
    arrivals: list[Arriving]
    identification: Identification
    returning: bool = False

    def enter(self) -> Iterator[tuple[str, ToldOf]]:
        """Draft it all; yield what is told of each instance by its key."""
        place = self.arrivals[0].place
        known = self.view.get(STUDIES, place.study)
        before = self._before(known, place)
        replaced = self._replaced()
        after = before.arriving(self.arrivals, replaced)
        owner = self._owner(known, after)
        if before.patient not in ("", owner.key):
            after = after.overlaid(None)  # what users wrote was about somebody else
        after = after.owned_by(owner.key)
        after = after.ordered_by(order_of(self.view, after.facts, owner.key))
        self._draft_version(known, before, after, place)
        self._draft_series(before, after)
        whose = (after.patient, resource_key(self.view.tenant, "ImagingStudy", after.resource_id))
        doubted = (_IN_DOUBT[owner.doubt],) if owner.doubt in _IN_DOUBT else ()
        strangers = []
        for arriving in self.arrivals:
            each = self._untold(arriving, after.patient)
            leaving = replaced.get(each.place.instance)
            self._draft_instance(each, leaving)
            self._draft_transcript(each, leaving, whose)
            unlike = warnings_of(each.row.study, after.facts)
            if unlike:
                strangers.append(each)
            yield each.place.instance, ToldOf(whose, (*unlike, *doubted))
        Newcomers(self.view, self.draft, self.site).ask(after, strangers)

    def _untold(self, arriving: Arriving, patient: str) -> Arriving:
        """An instance without its transcript where a report of the record says the same."""
        row = arriving.row
        if not row.transcript or not is_told_by_report(self.view, row.sop_uid, patient):
            return arriving
        return replace(arriving, row=replace(row, transcript=()))

    def _draft_instance(self, arriving: Arriving, leaving: Mapping[str, Any] | None) -> None:
        arrival = _arrival(arriving, transcript_keys(self.view.tenant, arriving))
        if leaving:
            tombstone = tombstone_of(leaving, arriving.place.series)
            self.draft.add(REPLACEMENTS, Replacement(tombstone, arrival))
        else:
            self.draft.add(ARRIVALS, arrival)

    def _draft_transcript(
        self, arriving: Arriving, leaving: Mapping[str, Any] | None, whose: tuple[str, str]
    ) -> None:
        before = (leaving or {}).get(TRANSCRIPT) or ()
        if arriving.row.transcript or before:
            Transcripts(self.view, self.draft, self.site).enter(arriving, *whose, before)

    def _replaced(self) -> Mapping[str, Mapping[str, Any]]:
        """The instances whose places are taken, by their keys."""
        keys = [each.place.instance for each in self.arrivals]
        taken = [key for key in keys if self.view.get(INSTANCES, key)]
        rows = self.view.read(_REPLACED, keys=taken) if taken else []
        return {row["instance"]["key"]: row["instance"] for row in rows}

    def _owner(self, known: ResourceState | None, after: StudyVersion) -> StudyOwner:
        """Whose study it is: its patient stays, and one that was only announced is held to its pictures."""
        if not after.patient:
            return self.identification.patient_of(after.facts)
        if known is not None and not known.managed:
            return self.identification.announced_for(after.facts, after.patient)
        return StudyOwner(after.patient)

    def _before(self, known: ResourceState | None, place: Place) -> StudyVersion:
        """The study as it is; without pictures, what is known of it."""
        if known is None:
            return StudyVersion(self.site.new_id(), place.partition)
        if known.deleted and self.returning and (lost := self._lost(known, place)):
            return lost
        patient = known.compartment[0] if known.compartment and not known.deleted else ""
        if known.managed:
            series = self.view.get(SERIES_OF, place.study)
            return of_known(known, series)
        overlay = None if known.deleted else overlay_of(self._announced(known))
        return StudyVersion(known.resource_id, place.partition, patient).overlaid(overlay)

    def _lost(self, known: ResourceState, place: Place) -> StudyVersion | None:
        """The study as its last version with pictures had it; None where there was none.

        A patient who was deleted meanwhile is nobody: whose study it is, is then looked for anew.
        """
        rows = self.view.read(_LAST_SNAPSHOT, version=version_key(known.key, known.version_id - 1))
        if not rows:
            return None
        lost = of_snapshot(known.resource_id, place.partition, unpacked(rows[0]["body"]))
        patient = self.view.get(RESOURCES, lost.patient)
        return lost if patient is not None and not patient.deleted else lost.owned_by("")

    def _announced(self, known: ResourceState) -> Mapping[str, Any]:
        """The document of a study that was first made over FHIR."""
        (row,) = self.view.read(BODY_OF, key=known.key)
        document: Mapping[str, Any] = orjson.loads(unpacked(row["body"]))
        return document

    def _draft_version(
        self, known: ResourceState | None, before: StudyVersion, after: StudyVersion, place: Place
    ) -> None:
        """The next version of the ImagingStudy: rendered when read, with a snapshot of what is its own."""
        found_as_before = known is not None and known.managed and before.is_found_as(after)
        write = version_write(
            self.site,
            known,
            after,
            version_id=next_snapshot(known, self.view.now),
            dicom_key=place.study,
            searched=not found_as_before,
        )
        self.draft.add(VERSIONS, write)

    def _draft_series(self, before: StudyVersion, after: StudyVersion) -> None:
        """Write what is new of the series: each property that is set costs the graph, changed or not."""
        for key in dict.fromkeys(each.place.series for each in self.arrivals):
            known, series = before.series.get(key, {}), after.series[key]
            counted = ("SeriesInstanceUID", "NumberOfSeriesRelatedInstances", "sopClasses")
            whole = properties_of(SERIES_LEVEL, series) | {name: series[name] for name in counted}
            whole |= {PARTICULARS: series[PARTICULARS]} if PARTICULARS in series else {}
            properties = {name: value for name, value in whole.items() if value != known.get(name)}
            place = self.arrivals[0].place
            self.draft.add(
                SERIES, SeriesWrite(key, place.study, place.partition, series.get("serial"), properties)
            )


def _arrival(arriving: Arriving, transcript: Sequence[str]) -> Arrival:
    row, place = arriving.row, arriving.place
    properties = {
        **properties_of(INSTANCE, row.instance),
        **({TITLE: row.instance[TITLE]} if TITLE in row.instance else {}),
        **({TRANSCRIPT: list(transcript)} if transcript else {}),
        "key": place.instance,
        "partition": place.partition,
        "SOPInstanceUID": row.sop_uid,
        "SOPClassUID": row.sop_class_uid,
        "TransferSyntaxUID": row.transfer_syntax_uid,
        "blobId": row.blob_id,
        "size": row.size,
        "digest": row.digest,
        "metadata": row.metadata,
        "frames": row.frames,
    }
    partition = place.partition.rpartition("|")[2]
    change = InstanceChange(row.study_uid, row.series_uid, row.sop_uid, partition, place.instance)
    return Arrival(place.series, properties, change)
