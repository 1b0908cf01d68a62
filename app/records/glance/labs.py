"""Values over time: a series for each code and unit, those that a reader of pictures asks for first."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.words import Resource, codes_in, each_in, wording_of

CREATININE = frozenset({"2160-0", "38483-4", "14682-9", "59826-8"})
EGFR = frozenset(
    {
        "33914-3",
        "48642-3",
        "48643-1",
        "62238-1",
        "69405-9",
        "77147-7",
        "88293-6",
        "98979-8",
        "50044-7",
        "88294-4",
        "98980-6",
    }
)
KEY: tuple[tuple[str, frozenset[str]], ...] = (
    ("eGFR", EGFR),
    ("creatinine", CREATININE),
    ("hemoglobin", frozenset({"718-7", "30313-1"})),
    ("platelets", frozenset({"777-3", "26515-7", "778-1"})),
    ("white cells", frozenset({"6690-2", "26464-8"})),
    ("INR", frozenset({"6301-6", "34714-6"})),
    ("CRP", frozenset({"1988-5", "30522-7"})),
    ("bilirubin", frozenset({"1975-2", "14631-6"})),
    ("ALT", frozenset({"1742-6", "1743-4"})),
    ("AST", frozenset({"1920-8"})),
    ("alkaline phosphatase", frozenset({"6768-6"})),
    ("lipase", frozenset({"3040-3"})),
    ("glucose", frozenset({"2345-7", "2339-0", "41653-7"})),
    ("HbA1c", frozenset({"4548-4", "17856-6", "59261-8"})),
    ("calcium", frozenset({"17861-6", "2000-8"})),
    ("D-dimer", frozenset({"48058-2", "48065-7", "48066-5"})),
    ("troponin", frozenset({"6598-7", "10839-9", "89579-7", "67151-1"})),
    ("PSA", frozenset({"2857-1", "35741-8"})),
    ("CEA", frozenset({"2039-6"})),
    ("CA 19-9", frozenset({"24108-3"})),
    ("CA 125", frozenset({"10334-1"})),
    ("AFP", frozenset({"1834-1", "53962-7"})),
    ("TSH", frozenset({"3016-3", "11580-8"})),
    ("LDH", frozenset({"2532-0", "14804-9"})),
)
"""The analytes of a reader of pictures, by LOINC, in the order in which they are shown."""
_PLACES: Mapping[str, int] = {code: place for place, (_, codes) in enumerate(KEY) for code in codes}
MOST_SERIES, MOST_POINTS = 36, 60
_WHATEVER = len(KEY)


def measured(item: ChartItem) -> Told | None:
    """The number of an observation with its unit; None where it has none."""
    quantity = item.body.get("valueQuantity")
    return _quantity(quantity) if _is_number(quantity) else None


def _quantity(quantity: Any) -> Told:
    unit = quantity.get("unit") or quantity.get("code") or ""
    return {"value": quantity["value"], "unit": str(unit), "comparator": quantity.get("comparator")}


def lab_series(chart: PatientChart) -> list[Told]:
    """The series of the chart, each with its newest points in the order of time."""
    found: dict[tuple[str, str], list[tuple[ChartItem, Resource]]] = {}
    for item in chart.of("Observation"):
        if item.lasting is not None and item.body.get("status") != "cancelled":
            for holder in _holders(item.body):
                unit = holder["valueQuantity"].get("unit") or holder["valueQuantity"].get("code") or ""
                found.setdefault((_code_of(holder), str(unit)), []).append((item, holder))
    ranked = sorted(
        found.items(), key=lambda pair: (_PLACES.get(pair[0][0], _WHATEVER), -len(pair[1]), pair[0])
    )
    return [_series(code, unit, points) for (code, unit), points in ranked[:MOST_SERIES]]


def _holders(resource: Resource) -> Iterator[Resource]:
    """What of an observation has a number: itself, or its parts."""
    if _is_number(resource.get("valueQuantity")):
        yield resource
    if "component" in resource:
        yield from (each for each in each_in(resource["component"]) if _is_number(each.get("valueQuantity")))


def _is_number(quantity: Any) -> bool:
    value = quantity.get("value") if isinstance(quantity, dict) else None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _code_of(holder: Resource) -> str:
    """The code that a series goes by: a key analyte's where there is one, else the first, else the words."""
    concept = holder.get("code")
    codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
    codes = [str(each["code"]) for each in codings if "code" in each]
    known = (each for each in codes if each in _PLACES)
    return next(known, None) or (min(codes) if codes else wording_of(concept))


def _series(code: str, unit: str, points: list[tuple[ChartItem, Resource]]) -> Told:
    newest, holder = points[0]
    place = _PLACES.get(code)
    return {
        "code": code,
        "label": wording_of(holder.get("code")),
        "unit": unit,
        "key": KEY[place][0] if place is not None else None,
        "range": _range(holder),
        "latest": newest.entry(**_quantity(holder["valueQuantity"]), flag=_flag(holder)),
        "count": len(points),
        "points": [_point(*each) for each in reversed(points[:MOST_POINTS])],
    }


def _point(item: ChartItem, holder: Resource) -> list[Any]:
    """When, how much, and where it is written."""
    return [item.lasting.start if item.lasting else None, holder["valueQuantity"]["value"], item.reference]


def _range(resource: Resource) -> Told | None:
    for each in each_in(resource.get("referenceRange")):
        bounds = {
            name: bound["value"]
            for name in ("low", "high")
            if isinstance(bound := each.get(name), dict) and "value" in bound
        }
        if bounds:
            return bounds
    return None


def _flag(resource: Resource) -> str | None:
    codes = sorted(codes_in(resource.get("interpretation")))
    return codes[0] if codes else None
