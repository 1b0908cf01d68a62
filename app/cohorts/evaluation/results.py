"""Results of observations: numbers in whatever unit they are stored, and how they stand to what is normal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.cohorts.evaluation.two_values import Codings
from app.cohorts.language.question import Measured
from fhir_profiles.units.analytes import ANALYTES, GLYCATED, LOINC
from fhir_profiles.units.ucum import Conversion, conversion
from graph.columns.found import RowSpans
from graph.columns.serials import FloatArray, IntArray, Mask
from graph.errors import Invalid
from graph.query.expression import Field, Kind
from graph.resources.sieve import Serials

_NO_WAY = Conversion()
_MARK = "$"  # between the parts of a composite (FHIR R4 search.html#combining)
_NEAR = 1e-9  # as a part of a number: what a conversion may be off by


def value_field(resource: str, codes: Codings | None) -> Field:
    """The field of the numbers of results: behind their codes, where codes are asked for."""
    name = "combo-code-value-quantity" if codes else "combo-value-quantity"
    return Field(resource, name, Kind.SPAN)


def compared(spans: RowSpans, asked: Measured, codes: Codings | None) -> tuple[Serials, Serials]:
    """The rows of which a number certainly is as asked, and those of which one may be.

    One without a unit may be where a unit is asked for. Raises `Invalid` for a unit that cannot be converted.
    """
    written = _Written.of(spans, codes)
    if asked.unit is None:
        return _standing(written.serials, written.lows, written.highs, asked)
    ways = [_way(code, unit, asked.unit, codes) for code, unit in written.said]
    known = np.array([way is not None for way in ways], dtype=np.bool_)[written.place]
    factor, offset = (
        np.array([getattr(way or _NO_WAY, name) for way in ways])[written.place[known]]
        for name in ("factor", "offset")
    )
    lows, highs = (each[known] * factor + offset for each in (written.lows, written.highs))
    certain, possible = _standing(written.serials[known], lows, highs, asked)
    lacking = written.without(known)
    strange = next((unit for _, unit in map(written.said.__getitem__, written.place[lacking]) if unit), None)
    if strange:
        raise Invalid(
            "results are stored in %(stored)s, which cannot be converted to %(asked)s",
            location=f"{asked.path}.unit",
            code="unit-unknown",
            stored=strange,
            asked=asked.unit,
        )
    return certain, possible | frozenset(written.serials[lacking].tolist())


@dataclass(frozen=True, slots=True)
class _Written:
    """Stored numbers or ranges, side by side: each result once without a unit, and once as each is written.

    `place` is where `said` has the code and the unit of each, "" for none.
    """

    serials: IntArray
    lows: FloatArray
    highs: FloatArray
    place: IntArray
    said: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, spans: RowSpans, codes: Codings | None) -> "_Written":
        """The numbers of the codes; those of all results where none are asked for."""
        numbers, place = np.unique(spans.codes, return_inverse=True)
        texts = (spans.texts.text(int(each)).partition(_MARK) for each in numbers)
        said = [(code, unit) if codes else ("", code) for code, _, unit in texts]
        wanted = {code for _, code in codes} if codes else {""}
        own = np.array([code in wanted for code, _ in said], dtype=np.bool_)[place]
        return cls(spans.serials[own], spans.lows[own], spans.highs[own], place[own], said)

    def without(self, some: Mask) -> Mask:
        """Which are of results that are not written in one of some ways."""
        codes = {code: number for number, (code, _) in enumerate(self.said)}
        of_code = np.array([codes[code] for code, _ in self.said], dtype=np.int64)[self.place]
        columns = (self.highs, self.lows, of_code, self.serials)
        order = np.lexsort(columns)
        changes = np.zeros(len(order), dtype=np.bool_)
        for each in columns:
            changes[1:] |= each[order][1:] != each[order][:-1]
        result = np.empty(len(order), dtype=np.int64)
        result[order] = np.cumsum(changes)
        held = np.zeros(len(order) + 1, dtype=np.bool_)
        held[result[some]] = True
        return np.logical_not(held[result])


def _standing(
    serials: IntArray, lows: FloatArray, highs: FloatArray, asked: Measured
) -> tuple[Serials, Serials]:
    """Whose numbers certainly are as asked, and whose may be."""
    may = _MAY[asked.op](lows, highs, asked.low, asked.high)
    sure = may & _SURE[asked.op](lows, highs, asked.low, asked.high)
    return frozenset(serials[sure].tolist()), frozenset(serials[may].tolist())


def _way(code: str, unit: str, asked: str, codes: Codings | None) -> Conversion | None:
    """How a number of a code in a unit is compared; None where it has no unit, or one of another kind."""
    return conversion(unit, asked, code if _is_known(code) else _analyte_of(codes)) if unit else None


def _is_known(code: str) -> bool:
    return code in ANALYTES or code in GLYCATED


def _analyte_of(codes: Codings | None) -> str:
    """A code that says what is measured, where all that say it say the same."""
    known = sorted(code for system, code in codes or () if system in (LOINC, None) and _is_known(code))
    measured = {ANALYTES.get(code) for code in known}
    return known[0] if len(measured) == 1 else ""


def _equal(one: FloatArray, other: float) -> Mask:
    near: Mask = np.abs(one - other) <= _NEAR * np.maximum(np.abs(one), abs(other))
    return near & np.isfinite(one)  # what has no end is near to nothing


def _above(one: FloatArray, other: float) -> Mask:
    return (one > other) & ~_equal(one, other)


def _below(one: FloatArray, other: float) -> Mask:
    return (one < other) & ~_equal(one, other)


_Comparison = Callable[[FloatArray, FloatArray, float, float], Mask]
_SURE: Mapping[str, _Comparison] = {
    "gt": lambda low, _, asked, __: _above(low, asked),
    "ge": lambda low, _, asked, __: ~_below(low, asked),
    "lt": lambda _, high, asked, __: _below(high, asked),
    "le": lambda _, high, asked, __: ~_above(high, asked),
    "eq": lambda low, high, asked, _: _equal(low, asked) & _equal(high, asked),
    "ne": lambda low, high, asked, _: _above(low, asked) | _below(high, asked),
    "between": lambda low, high, first, last: ~_below(low, first) & ~_above(high, last),
}
_MAY: Mapping[str, _Comparison] = {
    "gt": lambda _, high, asked, __: _above(high, asked),
    "ge": lambda _, high, asked, __: ~_below(high, asked),
    "lt": lambda low, _, asked, __: _below(low, asked),
    "le": lambda low, _, asked, __: ~_above(low, asked),
    "eq": lambda low, high, asked, _: ~_above(low, asked) & ~_below(high, asked),
    "ne": lambda low, high, asked, _: ~(_equal(low, asked) & _equal(high, asked)),
    "between": lambda low, high, first, last: ~_above(low, last) & ~_below(high, first),
}

_INTERPRETATIONS: Mapping[str, frozenset[str]] = {
    "high": frozenset({"H", "HH", "HU", "HX", "U", ">"}),
    "low": frozenset({"L", "LL", "LU", "LX", "D", "<"}),
    "abnormal": frozenset({"A", "AA", "POS", "DET", "R", "I", "W"}),
    "normal": frozenset({"N", "NEG", "ND", "S"}),
}
"""Codes of v3-ObservationInterpretation by what they say of a result."""


def graded(document: Mapping[str, Any], codes: Codings | None) -> frozenset[str]:
    """How the results of an Observation stand to what is normal: the grades that are said, if any.

    An interpretation says it, else the reference range does.
    """
    found: set[str] = set()
    for part in _parts(document, codes):
        said = {
            grade
            for grade, names in _INTERPRETATIONS.items()
            if names & set(_codes_of(part.get("interpretation")))
        }
        found |= said or _by_range(part)
    if found & {"high", "low"}:
        found.add("abnormal")
    return frozenset(found)


def _parts(document: Mapping[str, Any], codes: Codings | None) -> Iterator[Mapping[str, Any]]:
    """The Observation and its components, as far as they are of the codes."""
    for part in (document, *_list(document.get("component"))):
        own = set(_codings_of(part.get("code")))
        if codes is None or any(each in codes or (None, each[1]) in codes for each in own):
            yield part


def _by_range(part: Mapping[str, Any]) -> set[str]:
    value = part.get("valueQuantity", {})
    number = value.get("value") if isinstance(value, Mapping) else None
    ranges = [each for each in _list(part.get("referenceRange")) if _is_of_normal(each)]
    if not isinstance(number, int | float) or not ranges:
        return set()
    low, high = (_bound(ranges[0], end, value) for end in ("low", "high"))
    if low is not None and number < low:
        return {"low"}
    if high is not None and number > high:
        return {"high"}
    return {"normal"} if low is not None or high is not None else set()


def _is_of_normal(reference: Mapping[str, Any]) -> bool:
    return not reference.get("type") or "normal" in set(_codes_of(reference["type"]))


def _bound(reference: Mapping[str, Any], end: str, value: Mapping[str, Any]) -> float | None:
    """An end of a range in the unit of the value; None where it is in another one."""
    found = reference.get(end, {})
    number, unit = found.get("value"), found.get("code") or found.get("unit")
    same = unit is None or unit in (value.get("code"), value.get("unit"))
    return float(number) if isinstance(number, int | float) and same else None


def _codings_of(concept: Any) -> Iterator[tuple[str | None, str]]:
    for coding in _list(concept.get("coding") if isinstance(concept, Mapping) else None):
        if isinstance(coding.get("code"), str):
            yield coding.get("system"), coding["code"]


def _codes_of(concepts: Any) -> Iterator[str]:
    for concept in concepts if isinstance(concepts, list) else [concepts]:
        yield from (code for _, code in _codings_of(concept))


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
