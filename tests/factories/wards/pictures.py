"""Studies that are what a question asks of pictures, or differ from it in one thing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fhir_profiles.mapping.body_parts import BODY_PARTS
from tests.factories.wards.charts import Chart, Scan, Series
from tests.factories.wards.values import step

PICTURE_FAULTS = (
    "modality",
    "bodySite",
    "contrast",
    "sliceThickness",
    "fieldStrength",
    "manufacturer",
    "laterality",
    "description",
    "seriesDescription",
    "seriesCount",
    "instanceCount",
)
"""The filters of pictures of which one can be wrong."""
REGIONS = ("CHEST", "ABDOMEN", "HEAD", "BRAIN", "KNEE", "LSPINE", "NECK", "PELVIS", "BREAST", "SHOULDER")
MODALITIES = ("CT", "MR", "US", "CR", "DX", "MG", "PT", "NM")
MAKERS = ("SIEMENS", "GE MEDICAL SYSTEMS", "Philips Medical Systems", "Canon Medical Systems")
_TERMS = {code: term for term, (code, _) in reversed(list(BODY_PARTS.items()))}
_MOST_SERIES = 6


def picture(chart: Chart, event: Mapping[str, Any], day: date, edge: int, fault: str | None = None) -> Scan:
    """A study of a day."""
    modality = _one(event.get("modality", ["CT"]), edge)
    if fault == "modality":
        modality = next(each for each in MODALITIES if each not in event["modality"])
    description = event.get("description", "")
    if fault == "description":
        description = "Routine"
    series = Series(
        region=_region(event, edge, fault),
        thickness=_compared(event.get("sliceThickness"), fault == "sliceThickness", 5.0),
        strength=_compared(event.get("fieldStrength"), fault == "fieldStrength", None),
        contrast=_contrast(event.get("contrast"), fault == "contrast", chart),
        maker=_maker(event.get("manufacturer"), fault == "manufacturer", edge),
        description=_described(event.get("seriesDescription"), fault == "seriesDescription"),
        side=_side(event.get("laterality"), fault == "laterality"),
        pictures=int(_compared(event.get("instanceCount"), fault == "instanceCount", 1) or 1),
    )
    count = int(_compared(event.get("seriesCount"), fault == "seriesCount", 1) or 1)
    return chart.scanned(modality, day, *[series] * min(count, _MOST_SERIES), description=description)


def _one(several: list[str], edge: int) -> str:
    return several[edge % len(several)]


def _region(event: Mapping[str, Any], edge: int, fault: str | None) -> str | None:
    if "bodySite" not in event:
        return REGIONS[edge % len(REGIONS)]
    asked = [_TERMS[each["code"]] for each in event["bodySite"] if each["code"] in _TERMS]
    if fault != "bodySite":
        return _one(asked, edge)
    kin = {"HEAD", "BRAIN", "NECK"} if {"HEAD", "BRAIN"} & set(asked) else set(asked)
    return next(each for each in REGIONS[edge:] + REGIONS if each not in kin)


def _compared(asked: Mapping[str, Any] | None, wrong: bool, usual: float | None) -> float | None:
    """A number that just is, or just is not, what a comparison asks."""
    if asked is None:
        return usual
    op, number = str(asked["op"]), float(asked["value"])
    away = 0.25 if number < 2 else 1.0
    sign = -1 if op in ("lt", "le") else 1
    if op == "eq":
        return number if not wrong else {3: 1.5, 1.5: 3.0}.get(number, number + step(number))
    at_edge = (op in ("ge", "le")) != wrong
    return number if at_edge else number + sign * away * (-1 if wrong else 1)


def _contrast(asked: Any, wrong: bool, chart: Chart) -> bool | None:
    if asked is None:
        return chart.random.choice((True, False, None))
    return bool(asked) != wrong


def _maker(asked: str | None, wrong: bool, edge: int) -> str:
    if asked is None:
        return MAKERS[edge % len(MAKERS)]
    return next(each for each in MAKERS if (asked.lower() in each.lower()) != wrong)


def _described(asked: str | None, wrong: bool) -> str:
    return f"AX {asked} 3MM" if asked and not wrong else "AX T1 POST"


def _side(asked: list[str] | None, wrong: bool) -> str | None:
    if not asked:
        return None
    return "R" if wrong else "L"
