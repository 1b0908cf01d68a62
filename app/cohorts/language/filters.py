"""Reads what an event asks beside its codes and days: results, pictures, words, which occasion, how many."""

from collections.abc import Mapping
from typing import Any

from app.cohorts.language.concept_sets import ConceptSets
from app.cohorts.language.event_forms import GRADES
from app.cohorts.language.periods import BY_YEAR, PeriodReader
from app.cohorts.language.places import located
from app.cohorts.language.question import (
    Coded,
    Count,
    Gap,
    Graded,
    Measured,
    Pick,
    PictureAttribute,
    Pictures,
    ReportWords,
    ResultValue,
)
from fhir_profiles.units.ucum import is_unit
from graph.errors import Invalid
from graph.query.attributes import BY_KEYWORD
from graph.query.attributes import Attribute as SearchedAttribute
from graph.query.expression import Kind

_ATTRIBUTES: Mapping[str, str] = {
    "laterality": "Laterality",
    "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "station": "StationName",
    "protocol": "ProtocolName",
    "description": "StudyDescription",
    "seriesDescription": "SeriesDescription",
    "sliceThickness": "SliceThickness",
    "fieldStrength": "MagneticFieldStrength",
    "seriesCount": "NumberOfStudyRelatedSeries",
    "instanceCount": "NumberOfStudyRelatedInstances",
}
"""The attribute behind each filter of pictures that has a name of its own."""
_BY_TAG = {each.tag: each for each in BY_KEYWORD.values()}
_NUMBERS = ("gt", "ge", "lt", "le", "between")


def read_value(raw: Mapping[str, Any] | None, path: str, sets: ConceptSets) -> ResultValue | None:
    """Read what a result has to say; None where nothing is asked.

    Raises `Invalid` for a unit that is none, and a second number below the first.
    """
    if raw is None:
        return None
    if raw["op"] in GRADES:
        return Graded(raw["op"])
    if raw["op"] == "in":
        return Coded(sets.read(raw["codes"], f"{path}.codes"))
    if "unit" in raw and not is_unit(raw["unit"]):
        raise Invalid("%(unit)s is no unit of UCUM, such as mg/dL", location=f"{path}.unit", unit=raw["unit"])
    return Measured(path, raw["op"], *_ends(raw, f"{path}.value"), raw.get("unit"))


def _ends(raw: Mapping[str, Any], path: str) -> tuple[float, float]:
    low, high = raw["value"] if raw["op"] == "between" else (raw["value"], raw["value"])
    if low > high:
        raise Invalid("the second number is below the first", location=path)
    return float(low), float(high)


def read_pictures(raw: Mapping[str, Any], path: str) -> Pictures | None:
    """Read what is asked of pictures; None where nothing is.

    Raises `Invalid` for an attribute that is none, and for one that is not indexed.
    """
    found = [
        _named(raw[name], BY_KEYWORD[keyword], f"{path}.{name}")
        for name, keyword in _ATTRIBUTES.items()
        if name in raw
    ]
    found += [_tagged(each, f"{path}.tags[{at}]") for at, each in enumerate(raw.get("tags", ()))]
    if not found and "contrast" not in raw:
        return None
    return Pictures(tuple(found), raw.get("contrast"), raw.get("level", "series"))


def _named(raw: Any, attribute: SearchedAttribute, path: str) -> PictureAttribute:
    if isinstance(raw, list):
        return PictureAttribute(path, attribute.keyword, "in", tuple(raw))
    if isinstance(raw, str):
        return PictureAttribute(path, attribute.keyword, "contains", raw)
    ends = _ends(raw, f"{path}.value")
    return PictureAttribute(path, attribute.keyword, raw["op"], ends if raw["op"] == "between" else ends[0])


def _tagged(raw: Mapping[str, Any], path: str) -> PictureAttribute:
    attribute = _BY_TAG.get(raw["tag"].upper()) or BY_KEYWORD.get(raw["tag"])
    if attribute is None or not attribute.searched:
        raise Invalid(
            "%(tag)s is not indexed: create an extended query tag for it",
            location=f"{path}.tag",
            code="not-indexed",
            tag=raw["tag"],
        )
    with located(f"{path}.value"):
        return PictureAttribute(
            path, attribute.keyword, raw["op"], _compared(raw["op"], raw["value"], attribute)
        )


def _compared(op: str, value: Any, attribute: SearchedAttribute) -> Any:
    """The value of a tag, of the kind that its comparison needs. Raises `Invalid` where it is another."""
    if op == "in":
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise Invalid("`in` needs a list of texts")
        return tuple(value)
    if attribute.kind is not Kind.SPAN or attribute.vr in ("DA", "TM", "DT"):
        if op in _NUMBERS and attribute.kind is not Kind.SPAN:
            raise Invalid("a text is compared by eq, ne, in or contains")
        if not isinstance(value, str):
            raise Invalid("this attribute compares with a text")
        return value
    if op == "contains":
        raise Invalid("a number contains nothing")
    if op == "between":
        if not isinstance(value, list) or len(value) != len("ab") or not all(map(_is_number, value)):
            raise Invalid("`between` needs two numbers")
        return _ends({"op": op, "value": value}, "")
    if not _is_number(value):
        raise Invalid("this attribute compares with a number")
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_words(raw: Mapping[str, Any] | None) -> ReportWords | None:
    """Read the words that a report has to have; None where none are asked."""
    if raw is None:
        return None
    some, every, none = (tuple(raw.get(name, ())) for name in ("any", "all", "none"))
    return ReportWords(some, every, none, raw.get("section", "any"), raw.get("assertion", "affirmed"))


def read_pick(raw: Any) -> Pick | None:
    """Read which occasion is meant; None where any is."""
    if raw is None:
        return None
    if isinstance(raw, str):
        return Pick(1, raw == "last")
    return Pick(raw.get("nth", 1), raw.get("from", "first") == "last", raw.get("inPeriod", False))


def read_count(raw: Mapping[str, Any] | None, path: str, *, by_year: bool) -> Count | None:
    """Read how many there have to be; None where one is enough.

    Raises `Invalid` where days are counted by who is told years only.
    """
    if raw is None:
        return None
    if by_year and "distinct" in raw:
        raise Invalid(BY_YEAR, location=f"{path}.distinct")
    return Count(raw["op"], raw["n"], "distinct" in raw)


def read_gap(raw: Mapping[str, Any] | None, path: str, periods: PeriodReader) -> Gap | None:
    """Read how far one has to be from the one before; None where that is no matter.

    Raises `Invalid` where a length is none.
    """
    if raw is None:
        return None
    return Gap(periods.duration(raw, "min", path), periods.duration(raw, "max", path))
