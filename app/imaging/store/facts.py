"""The attributes of `graph.query.attributes`, taken from an instance's DICOM JSON, by level.

Only what is valid and of the dictionary's representation is searched; of several values the first, but of an
identifier none: half of one may be somebody else's.
"""

from collections.abc import Mapping
from typing import Any

from app.imaging.store.metadata import DicomJson
from app.imaging.store.notes import Notes
from graph.query.attributes import (
    IN_REQUEST_ATTRIBUTES,
    LEVELS,
    REQUEST_ATTRIBUTES_SEQUENCE,
    Attribute,
    of_level,
)
from graph.records import AttributeValue

_READ = {level: tuple(each for each in of_level(level) if not each.computed) for level in LEVELS}
_SEVERAL = frozenset({"SpecificCharacterSet"})
_IDENTIFIERS = frozenset(
    {
        "AccessionNumber",
        "IssuerOfPatientID",
        "PatientID",
        "RequestedProcedureID",
        "ScheduledProcedureStepID",
        "StudyID",
    }
)
_MOST_REQUESTS = 64  # items of a sequence that are searched
_BIRTH_DATE = "PatientBirthDate"


def facts_of(document: DicomJson, level: str, *, today: str, notes: Notes) -> dict[str, AttributeValue]:
    """The facts of one level by keyword; `today` is YYYYMMDD. Absent and empty attributes have no entry."""
    facts: dict[str, AttributeValue] = {}
    requests: list[DicomJson] = document.get(REQUEST_ATTRIBUTES_SEQUENCE, {}).get("Value") or []
    for attribute in _READ[level]:
        if attribute.keyword in IN_REQUEST_ATTRIBUTES:
            items = [each for each in requests[:_MOST_REQUESTS] if isinstance(each, dict)]
            found = [_found(attribute, each, today, notes) or "" for each in items]
            value: AttributeValue | None = tuple(map(str, found)) if any(found) else None
        else:
            value = _found(attribute, document, today, notes)
        if value is not None:
            facts[attribute.keyword] = value
    return facts


def _found(attribute: Attribute, holder: DicomJson, today: str, notes: Notes) -> AttributeValue | None:
    entry = holder.get(attribute.tag)
    return _fact(attribute, entry, today, notes) if entry is not None and "Value" in entry else None


def _fact(attribute: Attribute, entry: Mapping[str, Any], today: str, notes: Notes) -> AttributeValue | None:
    values = entry["Value"]
    if entry["vr"] != attribute.vr:
        notes.warn(
            int(attribute.tag, 16), f"The value representation is not {attribute.vr}; it is not searched."
        )
        return None
    if attribute.keyword in _SEVERAL and len(values) > 1:
        return tuple(value or "" for value in values)
    if len(values) > 1:
        if attribute.keyword in _IDENTIFIERS:
            notes.insist(int(attribute.tag, 16), "The identifier has several values; it is not searched.")
            return None
        notes.several_values = True
    value = values[0]
    if attribute.keyword == _BIRTH_DATE and value and value.replace(".", "") > today:
        notes.warn(int(attribute.tag, 16), "The date lies in the future; it is not searched.")
        return None
    return _person_name(value) if isinstance(value, dict) else value


def _person_name(groups: Mapping[str, str]) -> str:
    """A name's groups in DICOM's own form, `alphabetic=ideographic=phonetic`."""
    ordered = (groups.get(label, "") for label in ("Alphabetic", "Ideographic", "Phonetic"))
    return "=".join(ordered).rstrip("=")
