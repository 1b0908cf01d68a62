"""Medications as bars: when each drug was taken or prescribed, from when until when."""

from collections.abc import Iterator
from datetime import timedelta

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.moments import day_of
from app.records.glance.words import Resource, each_in

KINDS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")
_GOING_ON = frozenset({"active", "on-hold", "in-progress", "intended", "unknown"})
_NOT_GIVEN = frozenset({"not-taken", "not-done", "cancelled", "declined", "draft", "entered-in-error"})
_DAYS = {
    "d": 1,
    "wk": 7,
    "mo": 30.44,
    "a": 365.25,
    "day": 1,
    "days": 1,
    "week": 7,
    "weeks": 7,
    "month": 30.44,
    "months": 30.44,
}


def medications(chart: PatientChart) -> list[Told]:
    """The drugs with their bars, those that are taken now first."""
    groups: dict[str, list[ChartItem]] = {}
    for each in chart.newest(*KINDS):
        if each.body.get("status") not in _NOT_GIVEN and each.body.get("doNotPerform") is not True:
            groups.setdefault(chart.drug(each.body) or each.kind, []).append(each)
    told = [_drug(chart, name, group) for name, group in groups.items()]
    return sorted(told, key=lambda each: not each["active"])


def _drug(chart: PatientChart, name: str, group: list[ChartItem]) -> Told:
    bars = [_bar(chart, each) for each in group]
    return {"label": name, "active": any(each["active"] for each in bars), "bars": bars}


def _bar(chart: PatientChart, item: ChartItem) -> Told:
    """One bar: it goes on where nothing says that it ended."""
    end = next(filter(None, _ends(chart, item)), None)
    active = item.body.get("status") in _GOING_ON and (end is None or end >= chart.as_of.isoformat())
    over = None if active or end else _start(item)  # nobody says when it ended: known on its first day only
    return {
        "reference": item.reference,
        "start": _start(item),
        "end": end or over,
        "status": item.body.get("status"),
        "dose": _dose(item.body),
        "active": active,
    }


def _start(item: ChartItem) -> str | None:
    return item.lasting.start if item.lasting else None


def _ends(chart: PatientChart, item: ChartItem) -> Iterator[str | None]:
    """What is written of when it ends, the surest first."""
    yield item.lasting.end if item.lasting else None
    dispensed = item.body.get("dispenseRequest")
    request: Resource = dispensed if isinstance(dispensed, dict) else {}
    for holder in (request.get("validityPeriod"), *_bounds(item.body)):
        if isinstance(holder, dict) and isinstance(holder.get("end"), str):
            yield holder["end"]
    for supply in (request.get("expectedSupplyDuration"), item.body.get("daysSupply")):
        yield _after(chart, item, supply)


def _bounds(resource: Resource) -> Iterator[object]:
    for dosage in (*each_in(resource.get("dosageInstruction")), *each_in(resource.get("dosage"))):
        timing = dosage.get("timing")
        repeat = timing.get("repeat") if isinstance(timing, dict) else None
        yield repeat.get("boundsPeriod") if isinstance(repeat, dict) else None


def _after(chart: PatientChart, item: ChartItem, supply: object) -> str | None:
    """The day that a supply lasts to; None where nobody says how long that is."""
    if (
        item.lasting is None
        or not isinstance(supply, dict)
        or not isinstance(supply.get("value"), int | float)
    ):
        return None
    days = supply["value"] * _DAYS.get(str(supply.get("code") or supply.get("unit", "d")), 1)
    if not 0 <= days <= 36_500:  # noqa: PLR2004 - a hundred years
        return None
    return (day_of(item.lasting.at, chart.zone) + timedelta(days=days)).isoformat()


def _dose(resource: Resource) -> str | None:
    said = (
        each.get("text")
        for each in (*each_in(resource.get("dosageInstruction")), *each_in(resource.get("dosage")))
    )
    return next((each for each in said if isinstance(each, str)), None)
