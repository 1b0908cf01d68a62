"""How instances enter the graph: one unit of work makes Patient, ImagingStudy, Series, Instance and feed.

Everything is decided for one visible commit (design: bytes first, then the commit), so a picture that is
stored is at once in QIDO-RS, WADO-RS, FHIR and the change feed, or in none of them.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson

from fhir_profiles.mapping.endpoint import endpoint
from fhir_profiles.mapping.imaging_study import overlay_of
from graph.commit import Draft, Keys, Unit, View
from graph.keys import resource_key
from graph.query.attribute_forms import properties_of
from graph.query.attributes import INSTANCE
from graph.query.attributes import SERIES as SERIES_LEVEL
from graph.records import InstanceRow, StoreOutcome, StoreStatus
from graph.resources.states import CARRIERS, RESOURCES, STUDIES, ResourceState
from graph.resources.writing import VERSIONS, next_snapshot
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.identity import (
    BODY_OF,
    Identification,
    OwnerDoubt,
    StudyOwner,
    identifier_term,
    made_by_hilum,
)
from graph.studies.newcomers import Newcomers, warnings_of
from graph.studies.places import Arriving, Place, placed
from graph.studies.rows import (
    ARRIVALS,
    INSTANCES,
    LEAVING,
    REPLACEMENTS,
    SERIES,
    SERIES_OF,
    Arrival,
    InstanceChange,
    InstanceState,
    Replacement,
    SeriesWrite,
    tombstone_of,
)
from graph.studies.version import StudyVersion, of_known, version_write

Thing = TypeVar("Thing")

_REPLACED = f"UNWIND $keys AS key MATCH (i:Instance {{key: key}}) RETURN i {LEAVING} AS instance"
_IN_DOUBT: Mapping[OwnerDoubt | None, str] = {
    OwnerDoubt.SHARED: "several patients carry the PatientID: this one is provisional",
    OwnerDoubt.ANNOUNCED: "announced for another patient: this one is provisional",
}


@dataclass(frozen=True, slots=True)
class StoreInstances(Unit[list[StoreOutcome]]):
    """Stores rows; the answer has an outcome per row, in their order.

    `replacing`: one of other bytes takes the place of the instance of its UIDs, which else stays.
    """

    scope: AccessScope
    rows: tuple[InstanceRow, ...]
    site: Site
    replacing: bool = False

    @property
    def weight(self) -> int:
        """A row is a row."""
        return len(self.rows)

    @property
    def repeatable(self) -> bool:
        """An instance that is there with this very blob was stored by this unit."""
        return True

    def looks_at(self) -> Keys:
        """The Endpoint of the partition, there from the first picture on."""
        return {RESOURCES: (self._endpoint_key,)}

    def presumes_absent(self) -> Keys:
        """The instances, and all of their studies; Patients who carry the PatientIDs."""
        places = [placed(self.scope, row).place for row in self.rows]
        studies = dict.fromkeys(place.study for place in places)
        terms = (identifier_term(self.scope.tenant, row.study) for row in self.rows)
        return {
            INSTANCES: [place.instance for place in places],
            STUDIES: studies,
            SERIES_OF: studies,
            CARRIERS: dict.fromkeys(term for term in terms if term),
        }

    def decide(self, view: View, draft: Draft) -> list[StoreOutcome]:
        """Decide every row; of two with the same UIDs one is stored, and equal bytes lose nothing."""
        arriving = [placed(self.scope, row) for row in self.rows]
        chosen = self._chosen(arriving)
        there = {key: view.get(INSTANCES, key) for key in chosen}
        entering = [each for key, each in chosen.items() if self._enters(each.row, there[key])]
        told = dict(self._store(view, draft, entering))
        outcomes = []
        for each in arriving:
            key = each.place.instance
            status = self._status(each.row, chosen[key].row, there[key])
            new = told.get(key) or _told_again(each, view.get(STUDIES, each.place.study))
            outcomes.append(StoreOutcome(status, new.warnings, new.whose))
        return outcomes

    def _chosen(self, arriving: Iterable[Arriving]) -> dict[str, Arriving]:
        """The rows by their keys: of those with the same UIDs the first, or the last where it replaces."""
        chosen: dict[str, Arriving] = {}
        for each in arriving:
            if self.replacing or each.place.instance not in chosen:
                chosen[each.place.instance] = each
        return chosen

    def _enters(self, row: InstanceRow, known: InstanceState | None) -> bool:
        """Whether a row becomes an instance, beside what the graph knows of its UIDs."""
        return known is None or (self.replacing and row.digest != known.digest)

    def _status(self, row: InstanceRow, chosen: InstanceRow, known: InstanceState | None) -> StoreStatus:
        """What becomes of a row, if `chosen` is stored of its UIDs, or what is known to the graph stays."""
        if row is chosen and (known is None or known.blob_id == row.blob_id or self._enters(row, known)):
            return StoreStatus.STORED
        stays = chosen if self.replacing else known or chosen
        if stays.digest == row.digest:
            return StoreStatus.REPEATED
        return StoreStatus.SUPERSEDED if self.replacing else StoreStatus.EXISTS

    def _store(self, view: View, draft: Draft, fresh: list[Arriving]) -> Iterator[tuple[str, "_ToldOf"]]:
        if not fresh:
            return
        if view.get(RESOURCES, self._endpoint_key) is None:
            endpoint_id = self.site.endpoint_id(self.scope.partition)
            made = endpoint(self.site.address(self.scope.partition), id=endpoint_id)
            draft.add(VERSIONS, made_by_hilum(view, made, self.site))
        identification = Identification(view, draft, self.site)
        for arrivals in _grouped(fresh, lambda each: each.place.study).values():
            yield from _Study(self, view, draft, arrivals, identification).store()

    @property
    def _endpoint_key(self) -> str:
        return resource_key(self.scope.tenant, "Endpoint", self.site.endpoint_id(self.scope.partition))


@dataclass(frozen=True, slots=True)
class _ToldOf:
    """What is told of an instance: whose it is (keys of the patient and of the study), and its warnings."""

    whose: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Study:
    """One study of one unit of work: its new instances, and what they change above them."""

    unit: StoreInstances
    view: View
    draft: Draft
    arrivals: list[Arriving]
    identification: Identification

    def store(self) -> Iterator[tuple[str, _ToldOf]]:
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
        self._draft_version(known, before, after, place)
        self._draft_series(before, after)
        whose = (after.patient, resource_key(self.unit.scope.tenant, "ImagingStudy", after.resource_id))
        doubted = (_IN_DOUBT[owner.doubt],) if owner.doubt in _IN_DOUBT else ()
        strangers = []
        for each in self.arrivals:
            if leaving := replaced.get(each.place.instance):
                tombstone = tombstone_of(leaving, each.place.series)
                self.draft.add(REPLACEMENTS, Replacement(tombstone, _arrival(each)))
            else:
                self.draft.add(ARRIVALS, _arrival(each))
            unlike = warnings_of(each.row.study, after.facts)
            if unlike:
                strangers.append(each)
            yield each.place.instance, _ToldOf(whose, (*unlike, *doubted))
        Newcomers(self.view, self.draft, self.unit.site).ask(after, strangers)

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
            return StudyVersion(self.unit.site.new_id(), place.partition)
        patient = known.compartment[0] if known.compartment and not known.deleted else ""
        if known.managed:
            series = self.view.get(SERIES_OF, place.study)
            return of_known(known, series)
        overlay = None if known.deleted else overlay_of(self._announced(known))
        return StudyVersion(known.resource_id, place.partition, patient).overlaid(overlay)

    def _announced(self, known: ResourceState) -> Mapping[str, Any]:
        """The document of a study that was first made over FHIR."""
        (row,) = self.view.read(BODY_OF, key=known.key)
        document: Mapping[str, Any] = orjson.loads(zlib.decompress(row["body"]))
        return document

    def _draft_version(
        self, known: ResourceState | None, before: StudyVersion, after: StudyVersion, place: Place
    ) -> None:
        """The next version of the ImagingStudy: rendered when read, with a snapshot of what is its own."""
        found_as_before = known is not None and known.managed and before.is_found_as(after)
        write = version_write(
            self.unit.site,
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
            properties = {name: value for name, value in whole.items() if value != known.get(name)}
            place = self.arrivals[0].place
            self.draft.add(
                SERIES, SeriesWrite(key, place.study, place.partition, series.get("serial"), properties)
            )


def _told_again(arriving: Arriving, known: ResourceState | None) -> _ToldOf:
    """What is told of an instance that was there before: what was told of it then of its study's patient."""
    if known is None:
        return _ToldOf(())
    unlike = warnings_of(arriving.row.study, known.properties) if known.managed else ()
    return _ToldOf((*(known.compartment or ()), known.key), unlike)


def _arrival(arriving: Arriving) -> Arrival:
    row, place = arriving.row, arriving.place
    properties = {
        **properties_of(INSTANCE, row.instance),
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


def _grouped(things: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    """The things by their keys, in the order of their coming."""
    groups: dict[str, list[Thing]] = {}
    for each in things:
        groups.setdefault(key(each), []).append(each)
    return groups
