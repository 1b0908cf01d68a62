"""Rules that no table says: constraints on the parts of one datatype (FHIR R4 conformance-rules).

Each takes an object whose structure may still be wrong, and answers with what is broken, or None.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fhir_profiles import dates
from fhir_profiles.fhirpath.temporal import PartialTime, ordered, read_time
from fhir_profiles.validation import narrative

_HOUR = 3_600_000_000
_ZONES_AFTER, _ZONES_BEFORE = 14 * _HOUR, 12 * _HOUR
"""How long before and after UTC a day begins that is told without a zone."""

Invariant: TypeAlias = Callable[[Mapping[str, Any]], str | None]


def _extension(value: Mapping[str, Any]) -> str | None:
    has_value = any(key.startswith(("value", "_value")) for key in value)
    if has_value == ("extension" in value):
        return "an extension has either a value or extensions (ext-1)"
    return None


def _period(value: Mapping[str, Any]) -> str | None:
    """Whether the start certainly comes after the end; what nobody can tell is let be (FHIRPath 6.2)."""
    start, end = _moment(value.get("start")), _moment(value.get("end"))
    if start is None or end is None:
        return None
    if (start.offset is None) == (end.offset is None):
        later = (ordered(start, end) or 0) > 0
    else:
        first, last = dates.interval(value["start"]), dates.interval(value["end"])
        slack = (_ZONES_AFTER if start.offset is None else 0, _ZONES_BEFORE if end.offset is None else 0)
        later = bool(first and last and first[0] - slack[0] >= last[1] + slack[1])
    return "the period ends before it starts (per-1)" if later else None


def _moment(text: object) -> PartialTime | None:
    return read_time(text) if isinstance(text, str) else None


def _quantity(value: Mapping[str, Any]) -> str | None:
    if "code" in value and "system" not in value:
        return "a coded unit needs its system (qty-3)"
    return None


def _narrative(value: Mapping[str, Any]) -> str | None:
    markup = value.get("div")
    return narrative.check(markup) if isinstance(markup, str) else None


INVARIANTS: Mapping[str, Invariant] = {
    "Extension": _extension,
    "Period": _period,
    "Narrative": _narrative,
    **dict.fromkeys(("Quantity", "Age", "Count", "Distance", "Duration"), _quantity),
}
"""By datatype."""
