"""Rules that no table says: constraints on the parts of one datatype (FHIR R4 conformance-rules).

Each takes an object whose structure may still be wrong, and answers with what is broken, or None.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fhir_profiles import dates
from fhir_profiles.validation import narrative

_HOUR = 3_600_000_000
_AHEAD, _BEHIND = 14 * _HOUR, 12 * _HOUR
"""How far a day begins before, and ends after, the one of UTC."""

Invariant: TypeAlias = Callable[[Mapping[str, Any]], str | None]


def _extension(value: Mapping[str, Any]) -> str | None:
    has_value = any(key.startswith(("value", "_value")) for key in value)
    if has_value == ("extension" in value):
        return "an extension has either a value or extensions (ext-1)"
    return None


def _period(value: Mapping[str, Any]) -> str | None:
    """Whether the start certainly comes after the end; what nobody can tell is let be (FHIRPath 6.2).

    A day beside a moment lies in some zone on earth.
    """
    start, end = value.get("start"), value.get("end")
    if isinstance(start, str) and isinstance(end, str):
        first, last = dates.interval(start), dates.interval(end)
        slack = 0 if ("T" in start) == ("T" in end) else _BEHIND if "T" in start else _AHEAD
        if first and last and first[0] - slack >= last[1]:
            return "the period ends before it starts (per-1)"
    return None


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
