"""A patient's chart in memory: every resource of it once, with its type, its text and when it was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from functools import cached_property
from typing import Any, TypeAlias

import orjson

from app.records.glance.moments import Lasting, day_of, lasting_of
from app.records.glance.pictures import Pictured, pictured
from app.records.glance.words import Resource, label_of, medication_of, study_uid

Told: TypeAlias = dict[str, Any]
"""An entry of an answer, as JSON."""
_WRONG = "entered-in-error"
_LAST = -(1 << 62)


@dataclass(frozen=True, slots=True)
class ChartItem:
    """One resource of a chart: its version, what it says, and when it was (None where it says no time).

    `updated` is when this version was written, in µs since the epoch.
    """

    reference: str
    version_id: int
    updated: int
    body: Resource
    lasting: Lasting | None

    @property
    def kind(self) -> str:
        """Its type."""
        return self.reference.partition("/")[0]

    @property
    def at(self) -> int:
        """When it was or began, in µs since the epoch; before everything where it says no time."""
        return self.lasting.at if self.lasting else _LAST

    @property
    def is_meant(self) -> bool:
        """Whether it was not entered in error."""
        return self.body.get("status") != _WRONG

    def entry(self, **more: Any) -> Told:
        """What every entry of an answer says of it, and `more`, without what is empty."""
        start = self.lasting.start if self.lasting else None
        end = self.lasting.end if self.lasting else None
        status = self.body.get("status")
        told = {"reference": self.reference, "label": label_of(self.body), "start": start, "end": end}
        uid = study_uid(self.body) if self.kind == "ImagingStudy" else None
        every = {**told, "uid": uid, "status": status, **more}
        return {name: value for name, value in every.items() if value not in _EMPTY}


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def chart_item(reference: str, version_id: int, updated: int, text: bytes, zone: tzinfo) -> ChartItem:
    """The item of a resource, by its text."""
    body = orjson.loads(text)
    return ChartItem(reference, version_id, updated, body, lasting_of(body, zone))


@dataclass(frozen=True)
class PatientChart:
    """A chart as of a day: the patient, the resources about them, and those that these only refer to.

    `attached` are texts of Binary resources, by `Binary/id`.
    """

    patient: Resource
    items: tuple[ChartItem, ...]
    as_of: date
    zone: tzinfo
    referred: Mapping[str, Resource] = field(default_factory=dict)
    attached: Mapping[str, str] = field(default_factory=dict)
    _pictured: dict[str, Pictured] = field(default_factory=dict, init=False, repr=False, compare=False)
    _days: dict[int, date] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def by_reference(self) -> Mapping[str, ChartItem]:
        """The resources by `Type/id`."""
        return {each.reference: each for each in self.items}

    @cached_property
    def _by_kind(self) -> Mapping[str, list[ChartItem]]:
        found: dict[str, list[ChartItem]] = {}
        for each in self.items:
            if each.is_meant:
                found.setdefault(each.kind, []).append(each)
        for listed in found.values():
            listed.sort(key=lambda each: each.at, reverse=True)
        return found

    @cached_property
    def _by_code(self) -> Mapping[str, list[ChartItem]]:
        found: dict[str, list[ChartItem]] = {}
        for each in self.of("Observation"):
            concept = each.body.get("code")
            for coding in concept.get("coding", ()) if isinstance(concept, dict) else ():
                found.setdefault(str(coding.get("code", "")), []).append(each)
        return found

    def observed(self, codes: frozenset[str]) -> list[ChartItem]:
        """The observations of any of some codes, the newest first."""
        found = {each.reference: each for code in codes for each in self._by_code.get(code, ())}
        return sorted(found.values(), key=lambda each: (-each.at, each.reference))

    def of(self, *kinds: str) -> Iterator[ChartItem]:
        """The resources of some types that were not entered in error, the newest of each type first."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def newest(self, *kinds: str) -> list[ChartItem]:
        """The resources of some types together, the newest first."""
        return sorted(self.of(*kinds), key=lambda each: each.at, reverse=True)

    def label(self, reference: str) -> str:
        """What a reference is called; "" of what is not in the chart."""
        item = self.by_reference.get(reference)
        found = item.body if item else self.referred.get(reference)
        return label_of(found) if found else ""

    def drug(self, resource: Resource) -> str:
        """The words for the drug of a resource, behind its Medication where it refers to one."""
        told = resource.get("medicationReference")
        reference = str(told.get("reference", "")) if isinstance(told, dict) else ""
        return (self.label(reference) if reference else "") or medication_of(resource)

    def pictured(self, item: ChartItem) -> Pictured:
        """What an order, a study or a report is of."""
        if item.reference not in self._pictured:
            self._pictured[item.reference] = pictured(item.body)
        return self._pictured[item.reference]

    def day(self, item: ChartItem) -> date | None:
        """The day that a resource was or began on; None where it says no time."""
        if item.lasting is None:
            return None
        at = item.lasting.at
        if at not in self._days:
            self._days[at] = day_of(at, self.zone)
        return self._days[at]

    def days_since(self, item: ChartItem) -> int | None:
        """How many days ago it was; None where it says no time."""
        day = self.day(item)
        return (self.as_of - day).days if day else None
