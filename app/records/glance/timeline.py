"""One timeline of everything: each resource and study of a patient as a mark, and nothing left out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.records.glance.chart import ChartItem, PatientChart, Told
from graph.errors import Invalid

_KINDS: Mapping[str, tuple[str, ...]] = {
    "imaging": ("ImagingStudy", "Media"),
    "reports": ("DiagnosticReport", "DocumentReference", "Composition", "DocumentManifest"),
    "problems": (
        "Condition",
        "AllergyIntolerance",
        "AdverseEvent",
        "FamilyMemberHistory",
        "ClinicalImpression",
        "DetectedIssue",
        "Flag",
        "RiskAssessment",
    ),
    "care": (
        "Encounter",
        "EpisodeOfCare",
        "Appointment",
        "AppointmentResponse",
        "CarePlan",
        "CareTeam",
        "Goal",
    ),
    "procedures": ("Procedure", "Device", "DeviceUseStatement", "Immunization", "BodyStructure"),
    "medications": (
        "MedicationRequest",
        "MedicationStatement",
        "MedicationAdministration",
        "MedicationDispense",
        "NutritionOrder",
    ),
    "results": ("Observation", "Specimen", "MolecularSequence"),
    "orders": (
        "ServiceRequest",
        "RequestGroup",
        "DeviceRequest",
        "VisionPrescription",
        "SupplyRequest",
        "SupplyDelivery",
        "Task",
    ),
}
LANES = (*_KINDS, "other")
"""The lanes of the timeline, from the top down."""
_LANE_OF = {kind: lane for lane, kinds in _KINDS.items() for kind in kinds}
LANE_OF_NOTHING = "other"
MOST = 10_000  # marks of one answer
_WIDTHS: tuple[tuple[str, int], ...] = (("day", 10), ("month", 7), ("year", 4))
_MOST_BARS = 240  # of the overview, before it counts by months, and by years


def lane_of(kind: str) -> str:
    """The lane that resources of a type are on."""
    return _LANE_OF.get(kind, LANE_OF_NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Which part of a timeline: marks that touch [since, until) in µs, on these lanes, at most `count`.

    `lanes` empty is every lane; `after` is how many marks come before. `undated` asks for what has no time.
    """

    count: int = 2_000
    since: int | None = None
    until: int | None = None
    lanes: frozenset[str] = frozenset()
    undated: bool = False
    after: int = 0

    def __post_init__(self) -> None:
        """Refuse what there is not; raises `Invalid`."""
        if not self.lanes <= set(LANES):
            raise Invalid("no such lane: one of %(lanes)s", location="lane", lanes=", ".join(LANES))

    def has(self, item: ChartItem) -> bool:
        """Whether a resource is of that part."""
        if self.lanes and lane_of(item.kind) not in self.lanes:
            return False
        lasting = item.lasting
        if self.undated or lasting is None:
            return self.undated and lasting is None
        return (self.until is None or lasting.at < self.until) and (
            self.since is None or lasting.until > self.since
        )


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Marks in the order of time, how many there are of that part, and where the next page begins."""

    marks: list[Told]
    total: int
    after: int | None


def stretch_of(chart: PatientChart, asked: Stretch) -> TimelinePage:
    """A page of the timeline of a chart; what is only referred to has no time."""
    found: list[ChartItem | str] = [*in_order(each for each in chart.items if asked.has(each))]
    if asked.undated:
        found += [
            each
            for each in sorted(chart.referred)
            if not asked.lanes or lane_of(each.partition("/")[0]) in asked.lanes
        ]
    shown = found[asked.after : asked.after + asked.count]
    end = asked.after + len(shown)
    marks = [mark_of(each) if isinstance(each, ChartItem) else _referred(chart, each) for each in shown]
    return TimelinePage(marks, len(found), end if end < len(found) else None)


def in_order(items: Iterable[ChartItem]) -> list[ChartItem]:
    """Resources in the order of time."""
    return sorted(items, key=lambda each: (each.at, each.reference))


def mark_of(item: ChartItem) -> Told:
    """A resource as a mark: its lane, its words, when it began, and when it ended where it lasted."""
    told = item.entry(kind=item.kind, lane=lane_of(item.kind))
    if item.lasting and item.lasting.goes_on:
        told["goesOn"] = True
    return told


def _referred(chart: PatientChart, reference: str) -> Told:
    kind = reference.partition("/")[0]
    return {"reference": reference, "label": chart.label(reference), "kind": kind, "lane": lane_of(kind)}


def overview(chart: PatientChart) -> Told:
    """The whole timeline as counts for each lane, by days, months or years, as many as there is room for."""
    dated = [each for each in chart.items if each.lasting]
    if not dated:
        return {"unit": "day", "lanes": {}, "total": 0, "undated": _undated(chart)}
    days = [(lane_of(each.kind), str(chart.day(each))) for each in dated]
    unit, width = next(
        (pair for pair in _WIDTHS if len({day[: pair[1]] for _, day in days}) <= _MOST_BARS), _WIDTHS[-1]
    )
    counts = Counter((lane, day[:width]) for lane, day in days)
    lanes: dict[str, list[list[object]]] = {lane: [] for lane in LANES}
    for (lane, at), count in sorted(counts.items()):
        lanes[lane].append([at, count])
    every = [day for _, day in days]
    return {
        "unit": unit,
        "from": min(every),
        "to": max(every),
        "lanes": {lane: bars for lane, bars in lanes.items() if bars},
        "total": len(dated),
        "undated": _undated(chart),
    }


def _undated(chart: PatientChart) -> int:
    return sum(each.lasting is None for each in chart.items) + len(chart.referred)


def first_marks(chart: PatientChart, most: int) -> Sequence[Told]:
    """The marks of a chart that has at most so many; none of a larger one, which is asked by pages."""
    dated = [each for each in chart.items if each.lasting]
    return [mark_of(each) for each in in_order(dated)] if len(dated) <= most else []
