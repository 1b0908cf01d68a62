"""A question read by plain loops over the JSON of charts: no tree, no query, nothing of the product's.

Truths are 0 (no), 1 (unknown) and 2 (yes). Days are ordinals; what has no date may be on any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tests.app.cohorts.evaluation.plain_days import FIRST, LAST, interval, moved, years_before
from tests.app.cohorts.evaluation.plain_rows import NO, UNKNOWN, YES, filters, value_truth
from tests.factories.fhir import Resource

TYPES = {
    "condition": "Condition",
    "observation": "Observation",
    "medication": "MedicationRequest",
    "procedure": "Procedure",
    "encounter": "Encounter",
    "allergy": "AllergyIntolerance",
    "imaging": "ImagingStudy",
    "report": "DiagnosticReport",
}
DATES = {
    "recordedDate": ("recordedDate",),
    "onset": ("onsetDateTime",),
    "effective": ("effectiveDateTime",),
    "authoredOn": ("authoredOn",),
    "performed": ("performedDateTime",),
    "period": ("period",),
    "started": ("started",),
    "issued": ("issued",),
}
USUAL = {
    "condition": ("recordedDate", "onset"),
    "observation": ("effective",),
    "medication": ("authoredOn",),
    "procedure": ("performed",),
    "encounter": ("period",),
    "allergy": ("recordedDate", "onset"),
    "imaging": ("started",),
    "report": ("effective", "issued"),
}


@dataclass(frozen=True)
class Occasion:
    """One resource as an event: how sure that is, and on which days it may be."""

    name: str
    resource: Resource
    truth: int
    first: int
    last: int
    lasting: bool = False

    @property
    def exact(self) -> bool:
        return self.dated and (self.lasting or self.first == self.last)

    @property
    def dated(self) -> bool:
        return self.first > FIRST

    @property
    def began(self) -> "Occasion":
        if not self.lasting:
            return self
        return replace(self, last=self.first if self.dated else LAST, lasting=False)


class Reading:
    """One question and the charts that it is asked of: resources by the patient whose they are."""

    def __init__(self, question: dict[str, Any], charts: dict[str, list[Resource]], patients: list[Resource]):
        self.question = question
        self.charts = charts
        self.patients = patients
        self.as_of = date.fromisoformat(question["asOf"])

    def verdicts(self) -> dict[str, str]:
        """The patients who match and of whom nobody can say."""
        words = {YES: "matched", UNKNOWN: "unknown"}
        found = {each["id"]: self._node(self.question["population"], each) for each in self.patients}
        return {name: words[truth] for name, truth in found.items() if truth != NO}

    def _node(self, node: dict[str, Any], patient: Resource) -> int:
        ((key, of),) = node.items()
        if key in ("all", "any", "not", "atLeast"):
            return self._together(key, of, patient)
        own = {"age": self._age, "deceased": self._deceased, "sex": _sex}
        if key in own:
            return own[key](of, patient)
        event = self._event(of) if key == "exists" else {**of, "kind": key}
        return self._exists(event, patient)

    def _together(self, key: str, of: Any, patient: Resource) -> int:
        if key == "not":
            return YES - self._node(of, patient)
        truths = [self._node(each, patient) for each in (of["of"] if key == "atLeast" else of)]
        least = {"all": len(truths), "any": 1}.get(key) or of["n"]
        return sorted(truths, reverse=True)[least - 1]

    def _event(self, event: Any) -> dict[str, Any]:
        return self.question["events"][event] if isinstance(event, str) else event

    # ------------------------------------------------------------------ events

    def _exists(self, event: dict[str, Any], patient: Resource) -> int:
        found = self.occasions(event, patient)
        count = event.get("count", {"op": "ge", "n": 1})
        by_day = "distinct" in count
        if "gap" in event:
            fewest, most = self._rows_of(found, event["gap"], by_day)
        elif by_day:
            began = [each.began for each in found]
            sure = {each.first for each in began if each.exact and each.truth == YES}
            fewest = max(len(sure), any(each.truth == YES for each in began))
            most = len({each.first for each in began if each.exact}) + sum(not each.exact for each in began)
        else:
            fewest, most = sum(each.truth == YES for each in found), len(found)
        holds = {
            "ge": lambda number: number >= count["n"],
            "gt": lambda number: number > count["n"],
            "le": lambda number: number <= count["n"],
            "lt": lambda number: number < count["n"],
            "eq": lambda number: number == count["n"],
        }[count["op"]]
        possible = [holds(number) for number in range(fewest, most + 1)]
        return YES if all(possible) else UNKNOWN if any(possible) else NO

    def _rows_of(self, found: list[Occasion], gap: dict[str, str], by_day: bool) -> tuple[int, int]:
        began = [each.began for each in found]
        vague = sum(not each.exact for each in began)
        sure = [each.first for each in began if each.exact and each.truth == YES]
        some = [each.first for each in began if each.exact]
        fewest = max(self._longest(sure, gap, by_day), any(each.truth == YES for each in began))
        return fewest, self._longest(some, gap, by_day) + vague

    def _longest(self, days: list[int], gap: dict[str, str], by_day: bool) -> int:
        ordered = sorted(set(days) if by_day else days)
        best: list[int] = []
        for at, day in enumerate(ordered):
            before = [
                best[other]
                for other in range(at)
                if ("min" not in gap or moved(ordered[other], gap["min"], 1) <= day)
                and ("max" not in gap or day <= moved(ordered[other], gap["max"], 1))
            ]
            best.append(1 + max(before, default=0))
        return max(best, default=0)

    def occasions(self, event: dict[str, Any], patient: Resource) -> list[Occasion]:
        """The resources that are, or may be, the event."""
        pick = event.get("pick")
        if isinstance(pick, str):
            pick = {"nth": 1, "from": pick}
        periods = event.get("period", [])
        periods = periods if isinstance(periods, list) else [periods]
        found = [each for each in self._filtered(event, patient) if each.truth != NO]
        if event.get("onMissingDate") == "exclude" and (periods or pick or "gap" in event):
            together = pick or "gap" in event or _relates(periods, self)
            found = [each for each in found if each.dated or not together]
        if pick is None or pick.get("inPeriod"):
            found = self._in_periods(event, periods, found, patient)
        if pick is None:
            return _kept(found, [value_truth(event, each.resource) for each in found])
        found = _picked(found, pick.get("nth", 1), pick.get("from", "first") == "last")
        if not pick.get("inPeriod"):
            found = self._in_periods(event, periods, found, patient)
        return _kept(found, [value_truth(event, each.resource) for each in found])

    def _filtered(self, event: dict[str, Any], patient: Resource) -> Iterator[Occasion]:
        kind = event["kind"]
        for resource in self.charts.get(patient["id"], []):
            if resource["resourceType"] == TYPES[kind]:
                first, last = _days(resource, event, kind)
                yield Occasion(
                    resource["id"],
                    resource,
                    filters(event, kind, resource),
                    first,
                    last,
                    kind == "encounter",
                )

    def _in_periods(
        self, event: dict[str, Any], periods: list[dict[str, Any]], found: list[Occasion], patient: Resource
    ) -> list[Occasion]:
        for period in periods:
            anchor = self._anchor(period)
            if anchor is None:
                window = self._window(period)
                truths = [_inside(each, *window) for each in found]
            else:
                others = self.occasions(self._event(anchor), patient)
                truths = [self._near(each, period, others) for each in found]
            found = _kept(
                found,
                [_with_missing(event, each, truth) for each, truth in zip(found, truths, strict=True)],
            )
        return found

    def _anchor(self, period: dict[str, Any]) -> str | None:
        named = [period.get(each) for each in ("before", "after", "around", "during", "as")]
        return next((each for each in named if each in self.question.get("events", {})), None)

    def _window(self, period: dict[str, Any]) -> tuple[int, int]:
        low, high = FIRST, LAST
        for side in ("before", "after", "around"):
            if side not in period:
                continue
            day = self.as_of if period[side] == "asOf" else date.fromisoformat(period[side])
            near = day.toordinal()
            if side in ("before", "around"):
                low = max(low, moved(near, period["within"], -1)) if "within" in period else low
            if side == "before":
                high = min(high, moved(near, period["atLeast"], -1) if "atLeast" in period else near)
            if side in ("after", "around"):
                high = min(high, moved(near, period["within"], 1)) if "within" in period else high
            if side == "after":
                low = max(low, moved(near, period["atLeast"], 1) if "atLeast" in period else near)
        if "start" in period:
            low = max(low, interval(period["start"])[0])
        if "end" in period:
            high = min(high, interval(period["end"])[1])
        return low, high

    def _near(self, one: Occasion, period: dict[str, Any], others: list[Occasion]) -> int:
        itself = period.get("same") == "encounter" and one.resource.get("resourceType") == "Encounter"
        apart = [each for each in others if itself or each.name != one.name]
        truths = [self._pair(one, period, each) for each in apart]
        return max(truths, default=NO)

    def _pair(self, one: Occasion, period: dict[str, Any], other: Occasion) -> int:
        if period.get("same") == "encounter":
            own, its = _encounter(one.resource), _encounter(other.resource)
            truth = YES if own and own == its else UNKNOWN if not own or not its else NO
            return min(truth, other.truth)
        if period.get("same") == "study":
            return min(YES if _is_of(one.resource, other.resource) else NO, other.truth)
        anchor = other.began if period.get("same") == "day" else other
        begun = one.began
        anchors = _choices(anchor)
        truths = [
            low <= day <= high
            for day in (begun.first, begun.last)
            for low, high in [_allowed(period, each) for each in anchors]
        ]
        sure = all(truths) and (anchor.dated or False) and (begun.dated or False)
        if period.get("during") or period.get("same"):
            sure = sure and anchor.exact
        may = _may(begun, period, anchor)
        return min(YES if sure else UNKNOWN if may else NO, other.truth)

    # ------------------------------------------------------------------ the patient's own elements

    def _age(self, asked: dict[str, Any], patient: Resource) -> int:
        born = interval(patient["birthDate"]) if patient.get("birthDate") else None
        at = asked.get("at", "asOf")
        if at == "asOf":
            day = self.as_of.toordinal()
            return _old(asked, born, day, day)
        found = [each.began for each in self.occasions(self._event(at), patient)]
        return max((min(each.truth, _old(asked, born, each.first, each.last)) for each in found), default=NO)

    def _deceased(self, asked: Any, patient: Resource) -> int:
        value = asked if isinstance(asked, bool) else asked["value"]
        died = patient.get("deceasedDateTime")
        dead = bool(died or patient.get("deceasedBoolean"))
        truth = NO
        if dead:
            truth = YES
            first, last = interval(died) if died else (FIRST, LAST)
            if isinstance(asked, dict) and "period" in asked:
                event: dict[str, Any] = {}
                found = self._in_periods(
                    event, [asked["period"]], [Occasion("", {}, YES, first, last)], patient
                )
                truth = found[0].truth if found else NO
            elif died:
                day = self.as_of.toordinal()
                truth = YES if last <= day else UNKNOWN if first <= day else NO
        return truth if value else YES - truth


def _relates(periods: list[dict[str, Any]], reading: Reading) -> bool:
    return any(reading._anchor(each) is not None for each in periods)


def _choices(anchor: Occasion) -> list[tuple[int, int]]:
    """The days that the anchor may be on, the earliest and the latest, each as from when to when."""
    if anchor.lasting:
        return [(anchor.first, anchor.last)]
    return [(anchor.first, anchor.first), (anchor.last, anchor.last)]


def _allowed(period: dict[str, Any], anchor: tuple[int, int]) -> tuple[int, int]:
    begins, ends = anchor
    if "before" in period:
        low = moved(begins, period["within"], -1) if "within" in period else FIRST
        return low, moved(begins, period["atLeast"], -1) if "atLeast" in period else begins
    if "after" in period:
        high = moved(ends, period["within"], 1) if "within" in period else LAST
        return (moved(ends, period["atLeast"], 1) if "atLeast" in period else ends), high
    if "around" in period:
        return moved(begins, period["within"], -1), moved(ends, period["within"], 1)
    return begins, ends


def _may(one: Occasion, period: dict[str, Any], anchor: Occasion) -> bool:
    """Whether some day of the one lies in what some day of the anchor allows, or between those."""
    ranges = [_allowed(period, each) for each in _choices(anchor)]
    low, high = min(each[0] for each in ranges), max(each[1] for each in ranges)
    return one.last >= low and one.first <= high


def _kept(found: list[Occasion], truths: list[int]) -> list[Occasion]:
    """Those that hold or may, each as sure as what is said of it."""
    judged = [replace(one, truth=min(one.truth, truth)) for one, truth in zip(found, truths, strict=True)]
    return [each for each in judged if each.truth != NO]


def _with_missing(event: dict[str, Any], one: Occasion, truth: int) -> int:
    if one.dated:
        return truth
    return {"include": YES, "exclude": NO}.get(event.get("onMissingDate", "flag"), truth)


def _inside(one: Occasion, low: int, high: int) -> int:
    overlaps = one.last >= low and one.first <= high
    if one.lasting:
        return (YES if one.dated else UNKNOWN) if overlaps else NO
    return YES if one.dated and low <= one.first and one.last <= high else UNKNOWN if overlaps else NO


def _picked(found: list[Occasion], nth: int, backwards: bool) -> list[Occasion]:
    ahead = [each.began for each in found]
    if backwards:
        ahead = [replace(each, first=-each.last, last=-each.first) for each in ahead]
    # what has no date is as far back as it is ahead
    known = [each.first > FIRST and each.first == each.last and each.last < LAST for each in ahead]
    truths = []
    for at, one in enumerate(ahead):
        sure = {
            e.first for e, k in zip(ahead, known, strict=True) if k and e.truth == YES and e.first < one.first
        }
        some = {e.first for e, k in zip(ahead, known, strict=True) if k and e.first < one.last}
        vague = sum(
            not k and e.first < one.last and other != at
            for other, (e, k) in enumerate(zip(ahead, known, strict=True))
        )
        fewest, most = len(sure), len(some) + vague
        if not fewest <= nth - 1 <= most:
            truths.append(NO)
        else:
            truths.append(YES if fewest == most else UNKNOWN)
    return _kept(found, truths)


def _encounter(resource: Resource) -> str | None:
    if resource.get("resourceType") == "Encounter":
        return f"Encounter/{resource['id']}"
    found: str | None = resource.get("encounter", {}).get("reference")
    return found


def _is_of(one: Resource, other: Resource) -> bool:
    report, study = (one, other) if one.get("resourceType") == "DiagnosticReport" else (other, one)
    return any(each["reference"] == f"ImagingStudy/{study['id']}" for each in report.get("imagingStudy", []))


def _sex(asked: dict[str, Any], patient: Resource) -> int:
    gender, op = patient.get("gender"), asked["op"]
    values = asked["value"] if isinstance(asked["value"], list) else [asked["value"]]
    unsaid = gender is None or (gender == "unknown" and "unknown" not in values)
    truth = UNKNOWN if unsaid else YES if gender in values else NO
    return YES - truth if op == "ne" else truth


def _old(asked: dict[str, Any], born: tuple[int, int] | None, first: int, last: int) -> int:
    first_birth, last_birth = born or (FIRST, LAST)
    op, value = asked["op"], asked["value"]
    low, high = value if op == "between" else (value, value)
    begins = {"gt": low + 1, "ge": low, "lt": 0, "le": 0, "between": low}[op]
    ends = {"gt": None, "ge": None, "lt": low, "le": low + 1, "between": high + 1}[op]
    reached = _reached(begins, first_birth, last_birth, first, last)
    older = NO if ends is None else _reached(ends, first_birth, last_birth, first, last)
    truth = min(reached, YES - older)
    return truth if first > FIRST else min(truth, UNKNOWN)


def _reached(years: int, first_birth: int, last_birth: int, first: int, last: int) -> int:
    bound = lambda day: years_before(day, years)  # noqa: E731
    if last_birth <= bound(first):
        return YES
    return UNKNOWN if first_birth <= bound(last) else NO


def _days(resource: Resource, event: dict[str, Any], kind: str) -> tuple[int, int]:
    names = event["date"].split("|") if "date" in event else USUAL[kind]
    for name in names:
        for element in DATES[name]:
            if element == "period" and "period" in resource:
                return interval(resource["period"]["start"])[0], interval(resource["period"]["end"])[1]
            if element in resource and element != "period":
                return interval(resource[element])
    return FIRST, LAST
