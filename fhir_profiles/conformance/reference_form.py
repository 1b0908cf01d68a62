"""The form of a Reference (FHIR R4 references.html#literal): what its text and its `type` name."""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.references import literal
from fhir_profiles.validation.validation import ElementPath, IssueReport

_OTHERWISE = (":", "?", "#")  # in an address, a condition of a Bundle, a contained resource


def check_reference(
    value: Mapping[str, Any], pointed: str | None, place: ElementPath, report: IssueReport
) -> None:
    """Report a relative reference that is none, and a type that is none or another than it leads to.

    `pointed` is the type of what it leads to, None where that is not known.
    """
    text, named = value.get("reference"), value.get("type")
    relative = isinstance(text, str) and not any(each in text for each in _OTHERWISE)
    if relative and literal(text) is None:
        report("value", (place, "reference", None), "a relative reference is a type and an id, as Patient/1")
    if not isinstance(named, str) or ":" in named:
        return
    if named not in RESOURCE_TYPES:
        report("value", (place, "type", None), "it names no resource type of R4")
    elif pointed is not None and pointed != named:
        report("value", (place, "type", None), "the reference leads to a resource of another type")
