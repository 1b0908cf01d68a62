"""The generated narrative of a section (R4 narrative.html): a line a resource, what it is, says and when."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

_XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'
_NOTHING = "<p>No information is available.</p>"
_WHAT = ("code", "medicationCodeableConcept", "vaccineCode", "medicationReference", "device", "modality")
_WHEN = (
    "effectiveDateTime",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "onsetDateTime",
    "started",
    "authoredOn",
    "recordedDate",
    "issued",
)


def narrative(resources: Sequence[Mapping[str, Any]], lines: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """The Narrative of resources, and of lines beside them, each of some cells."""
    every = (*map(_cells, resources), *lines)
    rows = "".join(f"<tr>{''.join(map(_cell, each))}</tr>" for each in every)
    text = f"<table><tbody>{rows}</tbody></table>" if rows else _NOTHING
    return {"status": "generated", "div": _XHTML.format(text)}


def _cell(text: str) -> str:
    return f"<td>{escape(text, quote=True)}</td>"


def _cells(resource: Mapping[str, Any]) -> Iterator[str]:
    yield next(
        (text for name in _WHAT if (text := _worded(resource.get(name)))), str(resource["resourceType"])
    )
    yield _measured(resource)
    yield next((text for name in _WHEN if (text := _dated(resource.get(name)))), "")


def _worded(value: Any) -> str:
    """The words of a CodeableConcept, a Reference or the first of some Codings; "" where there are none."""
    if isinstance(value, list) and value:
        return _worded(value[0])
    if not isinstance(value, dict):
        return ""
    codings = [each for each in value.get("coding", ()) if isinstance(each, dict)]
    shown = next((each["display"] for each in codings if each.get("display")), "")
    code = codings[0].get("code", "") if codings else ""
    return str(value.get("text") or shown or value.get("display") or code or value.get("code", ""))


def _measured(resource: Mapping[str, Any]) -> str:
    quantity = resource.get("valueQuantity")
    if isinstance(quantity, dict):
        words = (quantity.get("comparator", ""), quantity.get("value", ""), quantity.get("unit", ""))
        return " ".join(str(each) for each in words if each != "")
    return _worded(resource.get("valueCodeableConcept")) or str(
        resource.get("valueString") or resource.get("conclusion") or ""
    )


def _dated(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("start") or value.get("end") or "")
    return str(value or "")
