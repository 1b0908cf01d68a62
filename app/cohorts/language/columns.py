"""The columns of each resource type's rows, and how much of each a pseudonymous answer may show.

A column reads the first of its paths that says something: element names and list places joined by dots. A
new column is one more entry here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

ACCESSION_TYPE = "ACSN"
UID_SYSTEM = "urn:dicom:uid"
_OID = "urn:oid:"
Json: TypeAlias = Mapping[str, Any]


class Shown(StrEnum):
    """What a caller who sees pseudonyms is shown of a column."""

    CODED = "coded"  # codes and numbers, as they are
    YEAR = "year"  # of a date, the year
    NOTHING = "nothing"  # free text, names, identifiers, addresses


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name and where its value stands."""

    name: str
    paths: tuple[str, ...]
    shown: Shown = Shown.NOTHING


def _coded(name: str, *paths: str) -> Column:
    return Column(name, paths or (name,), Shown.CODED)


def _dated(name: str, *paths: str) -> Column:
    return Column(name, paths or (name,), Shown.YEAR)


def _free(name: str, *paths: str) -> Column:
    return Column(name, paths or (name,))


def _concept(path: str) -> tuple[Column, ...]:
    return (
        _coded("code", f"{path}.coding.0.code"),
        _coded("system", f"{path}.coding.0.system"),
        _free("display", f"{path}.coding.0.display", f"{path}.text"),
    )


_STATUS = _coded("status")
_DATES = (
    "effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "performedDateTime",
    "performedPeriod.start", "occurrenceDateTime", "occurrencePeriod.start", "authoredOn", "recordedDate",
    "onsetDateTime", "onsetPeriod.start", "whenHandedOver", "whenPrepared", "started", "issued", "date",
    "period.start", "collection.collectedDateTime", "created", "start",
)  # fmt: skip
_EFFECTIVE = _dated("effective", "effectiveDateTime", "effectivePeriod.start")
GENERIC = (*_concept("code"), _dated("date", *_DATES), _STATUS)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "Patient": (
        _free("name", "name.0.text", "name.0.family"),
        _coded("gender"),
        _dated("birthDate"),
        _dated("deceased", "deceasedDateTime", "deceasedBoolean"),
    ),
    "Condition": (
        *_concept("code"),
        _dated("recordedDate"),
        _dated("onset", "onsetDateTime", "onsetPeriod.start"),
        _coded("verificationStatus", "verificationStatus.coding.0.code"),
        _coded("clinicalStatus", "clinicalStatus.coding.0.code"),
    ),
    "MedicationRequest": (*_concept("medication"), _dated("authoredOn"), _STATUS, _coded("intent")),
    "MedicationStatement": (*_concept("medication"), _EFFECTIVE, _STATUS),
    "MedicationAdministration": (*_concept("medication"), _EFFECTIVE, _STATUS),
    "MedicationDispense": (*_concept("medication"), _dated("whenHandedOver"), _STATUS),
    "ImagingStudy": (
        _free("studyInstanceUID"),
        _dated("started"),
        _coded("modality"),
        _free("description"),
        _free("accession"),
        _coded("numberOfSeries"),
        _coded("numberOfInstances"),
    ),
    "DiagnosticReport": (*_concept("code"), _EFFECTIVE, _dated("issued"), _STATUS, _free("conclusion")),
    "DocumentReference": (
        *_concept("type"),
        _dated("date"),
        _STATUS,
        _free("description", "description", "content.0.attachment.title"),
        _coded("contentType", "content.0.attachment.contentType"),
        _free("url", "content.0.attachment.url"),
    ),
}


def columns_of(resource: str) -> tuple[Column, ...]:
    """The columns of a type's rows."""
    return COLUMNS.get(resource, GENERIC)


def read(document: Json, column: Column) -> Any:
    """The value of a column in a resource, or None."""
    return next((found for path in column.paths if (found := _at(document, path)) is not None), None)


def legible(document: Json, drug: Any = None) -> Json:
    """A resource with its derived elements: `drug` is the medication that it refers to."""
    derived = _DERIVED.get(document["resourceType"])
    if derived:
        return {**document, **derived(document)}
    named = document.get("medicationCodeableConcept") or drug
    return {**document, "medication": named} if named else document


def study_uid(study: Json) -> str | None:
    """The Study Instance UID of an ImagingStudy."""
    values = (
        each.get("value", "") for each in _list(study, "identifier") if each.get("system") == UID_SYSTEM
    )
    return next((value.removeprefix(_OID) for value in values if value), None)


def accessions(study: Json) -> Iterator[tuple[str, str]]:
    """(system, value) of the accession numbers of an ImagingStudy or an order: typed ones, or untyped."""
    identifiers = [each for each in _list(study, "identifier") if each.get("system") != UID_SYSTEM]
    typed = [each for each in identifiers if _is_accession(each)]
    for each in typed or [each for each in identifiers if "type" not in each]:
        if each.get("value"):
            yield each.get("system", ""), each["value"]


def _is_accession(identifier: Json) -> bool:
    return any(coding.get("code") == ACCESSION_TYPE for coding in _list(identifier.get("type", {}), "coding"))


def _study(document: Json) -> dict[str, Any]:
    series = [each.get("modality", {}).get("code") for each in _list(document, "series")]
    named = [each.get("code") for each in _list(document, "modality")]
    numbers = [value for _, value in accessions(document)]
    return {
        "studyInstanceUID": study_uid(document),
        "modality": list(dict.fromkeys(each for each in (*named, *series) if each)),
        "accession": numbers[0] if numbers else None,
    }


_DERIVED = {"ImagingStudy": _study}


def _list(value: Json, name: str) -> list[Any]:
    found = value.get(name, [])
    return found if isinstance(found, list) else []


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value
