"""What changed in a chart since its reader saw it last: what is new, what is other, what is gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.report_text import differences, report_text
from app.records.glance.timeline import lane_of, mark_of
from app.records.glance.words import Resource

MOST = 500
"""Entries of each list of an answer."""


@dataclass(frozen=True, slots=True)
class ChartDelta:
    """What is new and what is other now, the newest first, and what is gone, as `Type/id` and version."""

    new: tuple[ChartItem, ...]
    changed: tuple[ChartItem, ...]
    gone: tuple[tuple[str, int], ...]


def seen_in(items: Iterable[ChartItem]) -> dict[str, int]:
    """What is seen of a chart: the version of each resource, by `Type/id`."""
    return {each.reference: each.version_id for each in items}


def delta(items: Iterable[ChartItem], before: Mapping[str, int]) -> ChartDelta:
    """What changed beside what was seen before."""
    now = sorted(items, key=lambda each: (-each.updated, each.reference))
    there = {each.reference for each in now}
    return ChartDelta(
        tuple(each for each in now if each.reference not in before),
        tuple(each for each in now if before.get(each.reference, each.version_id) != each.version_id),
        tuple(sorted(pair for pair in before.items() if pair[0] not in there)),
    )


def delta_told(chart: PatientChart, found: ChartDelta, older: Mapping[str, Resource]) -> Told:
    """A delta as it is shown; `older` are texts of versions that were seen before, by `Type/id`."""
    return {
        "counts": {"new": len(found.new), "changed": len(found.changed), "gone": len(found.gone)},
        "new": [mark_of(each) for each in found.new[:MOST]],
        "changed": [
            {**mark_of(each), **_differing(chart, each, older.get(each.reference))}
            for each in found.changed[:MOST]
        ],
        "gone": [_gone(reference, older.get(reference)) for reference, _ in found.gone[:MOST]],
    }


def _differing(chart: PatientChart, item: ChartItem, older: Resource | None) -> Told:
    """The status that a resource had before, and of a report what its words were."""
    if older is None:
        return {}
    told: Told = {}
    if older.get("status") != item.body.get("status"):
        told["statusBefore"] = older.get("status")
    before, now = (report_text(each, chart.attached).first for each in (older, item.body))
    if item.kind == "DiagnosticReport" and before != now:
        told["changes"] = [list(each) for each in differences(before, now)]
    return told


def _gone(reference: str, older: Resource | None) -> Told:
    kind = reference.partition("/")[0]
    told = ChartItem(reference, 0, 0, older, None).entry() if older else {"reference": reference}
    return {**told, "kind": kind, "lane": lane_of(kind)}
