"""Units as people read them: UCUM writes for machines."""

from collections.abc import Mapping

_SHOWN: Mapping[str, str] = {
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mL/min/1.73 m2": "mL/min/1.73 m²",
    "mL/min/1.73m2": "mL/min/1.73 m²",
    "millimeter": "mm",
    "centimeter": "cm",
    "square millimeter": "mm²",
    "square centimeter": "cm²",
    "cubic millimeter": "mm³",
    "cubic centimeter": "cm³",
    "mm2": "mm²",
    "cm2": "cm²",
    "mm3": "mm³",
    "cm3": "cm³",
    "ug/L": "µg/L",
    "ug/mL": "µg/mL",
    "umol/L": "µmol/L",
    "10*3/uL": "10³/µL",
    "10*6/uL": "10⁶/µL",
    "10*9/L": "10⁹/L",
    "10*12/L": "10¹²/L",
    "mm[Hg]": "mmHg",
    "[degF]": "°F",
    "Cel": "°C",
    "m[IU]/L": "mIU/L",
    "u[IU]/mL": "µIU/mL",
    "[IU]/L": "IU/L",
    "kg/m2": "kg/m²",
    "{score}": "",
    "1": "",
}


def shown_unit(unit: str) -> str:
    """A unit as people read it; what is not in the table as it is."""
    return _SHOWN.get(unit, unit)
