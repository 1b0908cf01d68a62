"""From one unit to another: by UCUM, and by what is measured where that needs to be known.

Records write units that are no UCUM (`mg/dl`, `IU/L`, `mmHg`); those that are common are known by name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fhir_profiles.units.analytes import ANALYTES, GLYCATED, Analyte

_AS_WRITTEN = {
    "%": "%", "percent": "%", "mmhg": "mm[Hg]", "kg/m²": "kg/m2", "kg/m^2": "kg/m2", "m^2": "m2", "°c": "Cel",
    "c": "Cel", "℃": "Cel", "degc": "Cel", "°f": "[degF]", "degf": "[degF]", "f": "[degF]", "lb": "[lb_av]",
    "lbs": "[lb_av]", "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]", "oz": "[oz_av]", "cc": "mL",
    "bpm": "/min", "beats/min": "/min", "beats per minute": "/min", "breaths/min": "/min", "회/분": "/min",
    "iu/l": "[iU]/L", "iu/ml": "[iU]/mL", "miu/ml": "m[iU]/mL", "miu/l": "m[iU]/L", "uiu/ml": "u[iU]/mL",
    "µiu/ml": "u[iU]/mL", "μiu/ml": "u[iU]/mL", "meq/l": "meq/L", "mosm/kg": "mosm/kg",
    "k/ul": "10*3/uL", "k/µl": "10*3/uL", "x10^3/ul": "10*3/uL", "10^3/ul": "10*3/uL", "10³/µl": "10*3/uL",
    "10^3/µl": "10*3/uL", "thou/ul": "10*3/uL", "x10^9/l": "10*9/L", "10^9/l": "10*9/L", "g/l": "g/L",
    "10⁹/l": "10*9/L", "10^6/ul": "10*6/uL", "m/ul": "10*6/uL", "x10^6/ul": "10*6/uL", "10^12/l": "10*12/L",
    "x10^12/l": "10*12/L", "/ul": "/uL", "/µl": "/uL", "/μl": "/uL", "/mm3": "/mm3", "/mm³": "/mm3",
    "cells/ul": "/uL", "cells/µl": "/uL", "cells/mm3": "/mm3", "10^3/mm3": "10*3/mm3", "mg/dl": "mg/dL",
    "g/dl": "g/dL", "g%": "g/dL", "mg%": "mg/dL", "µg/dl": "ug/dL", "μg/dl": "ug/dL", "ug/dl": "ug/dL",
    "mcg/dl": "ug/dL", "ng/ml": "ng/mL", "pg/ml": "pg/mL", "µg/l": "ug/L", "μg/l": "ug/L", "mcg/l": "ug/L",
    "µg/ml": "ug/mL", "μg/ml": "ug/mL", "mcg/ml": "ug/mL", "µmol/l": "umol/L", "μmol/l": "umol/L",
    "umol/l": "umol/L", "mmol/l": "mmol/L", "nmol/l": "nmol/L", "pmol/l": "pmol/L", "u/l": "U/L",
    "mg/l": "mg/L", "ml/min": "mL/min", "ml/min/1.73m2": "mL/min/{1.73_m2}", "mg/g cr": "mg/g",
    "ml/min/1.73 m2": "mL/min/{1.73_m2}", "ml/min/1.73m²": "mL/min/{1.73_m2}", "mg/g": "mg/g",
    "ml/min/1.73m^2": "mL/min/{1.73_m2}", "ml/min/{1.73_m2}": "mL/min/{1.73_m2}", "sec": "s", "seconds": "s",
    "ml/min/1.73.m2": "mL/min/{1.73_m2}", "mL/min/1.73.m2": "mL/min/{1.73_m2}", "mmol/mol": "mmol/mol",
    "years": "a", "year": "a", "yr": "a", "months": "mo", "days": "d", "day": "d", "hours": "h", "hr": "h",
    "세": "a", "개월": "mo", "일": "d", "시간": "h", "분": "min", "cm": "cm", "kg": "kg", "mm": "mm",
    "mgy": "mGy", "mgy*cm": "mGy.cm", "mgy·cm": "mGy.cm", "mgycm": "mGy.cm", "mgy cm": "mGy.cm", "msv": "mSv",
    "tesla": "T", "t": "T",
}  # fmt: skip
"""What is written for a unit, in lower case, and the unit in UCUM."""
_MISREAD = frozenset({"g%", "mg%", "C", "F", "K/uL", "M/uL"})
"""What the parser reads as a product, or as another unit than laboratories mean."""
_WRONG = re.compile(
    r"\[Cal\]|\[rd_br\]|\[in_i'H(?:g|2O)\]|\[Btu\]|\[LPF\]|\[HPF\]|(?:^|[./])[cdm]?B(?:$|[./\[])"
)
"""Atoms that the registry converts by another factor than UCUM has: no amount in them is compared."""
_ANNOTATION = re.compile(r"\{[^{}]*\}")  # `{score}`: a number without a unit
_NGSP_SLOPE, _NGSP_INTERCEPT = 0.09148, 2.152  # per cent = slope x mmol/mol + intercept
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a number becomes one of another unit: `factor` times it, and `offset` more."""

    factor: float = 1.0
    offset: float = 0.0

    def of(self, value: float) -> float:
        """The number in the other unit."""
        return value * self.factor + self.offset


def is_unit(text: str) -> bool:
    """Whether a text is a unit that can be converted from: of UCUM, or a usual way to write one."""
    return _units(spelled(text)) is not None


def spelled(text: str) -> str:
    """A unit as UCUM spells it; what is not known stays as it is."""
    stripped = text.strip()
    known = stripped not in _MISREAD and _units(stripped) is not None
    return stripped if known else _AS_WRITTEN.get(stripped.lower(), stripped)


@lru_cache(maxsize=4_096)
def conversion(stored: str, asked: str, code: str = "") -> Conversion | None:
    """How a stored number becomes one of the unit asked for; None where it cannot be known.

    `code` is the LOINC code of what is measured, "" where that is not known.
    """
    left, right = spelled(stored), spelled(asked)
    if left == right:
        return Conversion()
    if code in GLYCATED and {left, right} == {"%", "mmol/mol"}:
        return _glycated(left)
    analyte = ANALYTES.get(code)
    return _converted(left, right) or (_by_analyte(left, right, analyte) if analyte else None)


def _glycated(stored: str) -> Conversion:
    if stored == "mmol/mol":
        return Conversion(_NGSP_SLOPE, _NGSP_INTERCEPT)
    return Conversion(1 / _NGSP_SLOPE, -_NGSP_INTERCEPT / _NGSP_SLOPE)


def _by_analyte(left: str, right: str, analyte: Analyte) -> Conversion | None:
    """What is measured makes a mole of it grams, an equivalent of it moles, or a unit of it an enzyme's."""
    for one, other, factor in _exchanges(analyte):
        for from_, to, times in ((one, other, factor), (other, one, 1 / factor)):
            found = _exchanged(left, right, from_, to)
            if found:
                return Conversion(found.factor * times)
    return None


def _exchanges(analyte: Analyte) -> Iterator[tuple[str, str, float]]:
    """What one base unit is in another, of what is measured."""
    if analyte.grams:
        yield "mol", "g", analyte.grams
    if analyte.valence:
        yield "eq", "mol", 1 / analyte.valence
    if analyte.grams and analyte.valence:
        yield "eq", "g", analyte.grams / analyte.valence
    if analyte.enzyme:
        yield "[iU]", "U", 1.0


def _exchanged(left: str, right: str, one: str, other: str) -> Conversion | None:
    """The conversion where the first unit had the other base in place of the one."""
    numerator, slash, rest = left.partition("/")
    if not numerator.endswith(one):
        return None
    return _converted(f"{numerator.removesuffix(one)}{other}{slash}{rest}", right)


def _converted(left: str, right: str) -> Conversion | None:
    """What UCUM alone says; None where the two measure different things."""
    first, second = _units(left), _units(right)
    if first is None or second is None or _WRONG.search(left) or _WRONG.search(right):
        return None
    if ("eq" in left) != ("eq" in right):
        return None  # UCUM counts an equivalent as a mole, which it is of one charge only
    try:
        at_zero, at_one = (_as_other(value, first, second) for value in (0.0, 1.0))
    except Exception:
        return None
    return Conversion(at_one - at_zero, at_zero)


def _as_other(value: float, first: Any, second: Any) -> float:
    found = _registry().Quantity(value * first.magnitude, first.units).to(second.units)
    return float(found.magnitude) / float(second.magnitude)


@lru_cache(maxsize=4_096)
def _units(text: str) -> Any:
    """One of a unit as the registry has it; None for what is none."""
    if not 0 < len(text) <= _LONGEST:
        return None
    try:
        found = _registry().from_ucum("1" if _ANNOTATION.fullmatch(text) else text)
    except Exception:
        return None
    return _registry().Quantity(found) if isinstance(found, int | float) else found


@lru_cache(maxsize=1)
def _registry() -> Any:
    """The registry of UCUM's units: it takes a second to read, so it is read when it is first needed."""
    from ucumvert import PintUcumRegistry  # noqa: PLC0415

    return PintUcumRegistry()
