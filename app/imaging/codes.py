"""Items of code sequences as entries: value, coding scheme designator, meaning (PS3.3 table 8.8-1)."""

from typing import TypeAlias

from pydicom.sr._snomed_dict import mapping

CodedValue: TypeAlias = tuple[str, str, str]

# Codes of the retired SNOMED-RT style, as editions before 2017 write them (PS3.16 8.1.1).
_RETIRED = frozenset({"SRT", "SNM3", "99SDM"})
_SNOMED_CT = mapping["SRT"]


def coded(value: str, scheme: str, meaning: str) -> CodedValue | None:
    """The entry of an item, with today's code of a retired one; None where it says nothing."""
    if scheme in _RETIRED and value in _SNOMED_CT:
        value, scheme = _SNOMED_CT[value], "SCT"
    return (value, scheme, meaning) if value or meaning else None
