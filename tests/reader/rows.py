"""The rows of a world as a reader of the standard sees them: what each holds, refers to and belongs to."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.factories.worlds import DCM, Deleted, Stored, World, Written
from tests.reader import moments

Json = dict[str, Any]
FHIR_CODES = {
    ("Patient", "gender"): "http://hl7.org/fhir/administrative-gender",
    ("ImagingStudy", "status"): "http://hl7.org/fhir/imagingstudy-status",
    ("Observation", "status"): "http://hl7.org/fhir/observation-status",
    ("MedicationRequest", "status"): "http://hl7.org/fhir/CodeSystem/medicationrequest-status",
}


@dataclass(frozen=True)
class Coded:
    """A code in a system ("" is none)."""

    system: str
    code: str


@dataclass(frozen=True)
class Wording:
    """A text as it was written."""

    text: str


@dataclass(frozen=True)
class Extent:
    """An interval; of a quantity with its unit."""

    low: Any
    high: Any
    system: str = ""
    code: str = ""


@dataclass
class Row:
    """One row: a resource, a series or an instance."""

    entity: str
    name: str  # Type/id, or the UID of a series or an instance
    created: int
    updated: int = 0
    alive: bool = True
    partition: str | None = None
    values: dict[str, list[Any]] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    references: list[tuple[str, str]] = field(default_factory=list)  # element path, Type/id
    members_of: list[str] | None = None  # Patient/id; None for what belongs to nobody
    whole: "Row | None" = None
    parts: list["Row"] = field(default_factory=list)


def rows_of(world: World, clock: Callable[[int], int]) -> list[Row]:
    """All rows of a world; `clock` says when the event of a number happened."""
    rows: dict[tuple[str, str], Row] = {}
    ids = iter(world.study_ids)
    for number, event in enumerate(world.events):
        match event:
            case Written(document):
                _write(rows, document, number).updated = clock(number)
            case Deleted(reference):
                rows[reference.split("/")[0], reference].alive = False
            case Stored():
                _store(rows, event, number, ids).updated = clock(number)
    return list(rows.values())


def _write(rows: dict[tuple[str, str], Row], document: Json, number: int) -> Row:
    name = f"{document['resourceType']}/{document['id']}"
    row = rows.setdefault((document["resourceType"], name), Row(document["resourceType"], name, number))
    row.values = _values(document)
    row.references = list(_references(document, ""))
    row.members_of = _patients(document)
    return row


def _store(rows: dict[tuple[str, str], Row], event: Stored, number: int, ids: Iterable[str]) -> Row:
    uid = event.study["StudyInstanceUID"]
    study = next((r for r in rows.values() if r.entity == "ImagingStudy" and _is(r, event)), None)
    if study is None:
        study = Row("ImagingStudy", f"ImagingStudy/{next(iter(ids))}", number, partition=event.partition)
        rows["ImagingStudy", study.name] = study
    study.attributes = {**study.attributes, **event.study}
    owner = f"Patient/p{event.study['PatientID'][1:]}"
    study.members_of, study.references = [owner], [("subject", owner)]
    series = _part(rows, Row("Series", event.series["SeriesInstanceUID"], number, whole=study))
    series.attributes = dict(event.series)
    instance = _part(rows, Row("Instance", event.instance["SOPInstanceUID"], number, whole=series))
    instance.attributes = dict(event.instance)
    modalities = sorted({part.attributes["Modality"] for part in study.parts})
    study.attributes["ModalitiesInStudy"] = modalities
    study.values = {
        "identifier": [Coded("urn:dicom:uid", f"urn:oid:{uid}")],
        "modality": [Coded(DCM, each) for each in modalities],
        "status": [Coded(FHIR_CODES["ImagingStudy", "status"], "available")],
        "subject": [Coded("", owner)],
        "started": [Extent(*moments.dicom_day(event.study["StudyDate"]))]
        if "StudyDate" in event.study
        else [],
    }
    return study


def _is(row: Row, event: Stored) -> bool:
    same = row.attributes.get("StudyInstanceUID") == event.study["StudyInstanceUID"]
    return same and row.partition == event.partition


def _part(rows: dict[tuple[str, str], Row], part: Row) -> Row:
    """A series or an instance of its whole: the one that is there, or this one."""
    whole = part.whole
    if whole is None:
        raise ValueError("a part has a whole")
    for each in whole.parts:
        if each.name == part.name:
            return each
    part.partition = whole.partition
    whole.parts.append(part)
    rows[part.entity, f"{whole.partition}|{whole.name}|{part.name}"] = part
    return part


def _values(document: Json) -> dict[str, list[Any]]:
    return {name: list(read(document)) for name, read in _PARAMETERS[document["resourceType"]].items()}


def _patients(document: Json) -> list[str] | None:
    """The patients whose compartment a document is in, by the compartment definition of R4."""
    kind = document["resourceType"]
    if kind == "Practitioner":
        return None
    if kind == "Patient":
        return [f"Patient/{document['id']}"]
    paths = ("subject", "performer") if kind in ("Observation", "ServiceRequest") else ("subject",)
    found = [to for path, to in _references(document, "") if path in paths and to.startswith("Patient/")]
    return list(dict.fromkeys(found))


def _references(value: Any, path: str) -> Iterable[tuple[str, str]]:
    """Every literal reference to a resource of this server, wherever it stands."""
    if isinstance(value, list):
        for each in value:
            yield from _references(each, path)
    elif isinstance(value, dict):
        text = value.get("reference", "")
        if text and "://" not in text:
            yield path, "/".join(text.split("/")[:2])
        for name, inner in value.items():
            yield from _references(inner, f"{path}.{name}" if path else name)


_JOINED = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}


def fold(text: str) -> str:
    """A text without accents, strokes, case or doubled spaces."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(_plain(each) for each in plain if unicodedata.category(each) != "Mn")
    return unicodedata.normalize("NFC", " ".join(bare.split()))


def _plain(letter: str) -> str:
    """A small letter as those write it who have no key for its stroke or ligature."""
    named = re.fullmatch(r"LATIN SMALL LETTER ([A-Z]) WITH (?:\w+ )?STROKE", unicodedata.name(letter, ""))
    return named[1].lower() if named else _JOINED.get(letter, letter)


def _concept(name: str) -> Callable[[Json], Iterable[Coded]]:
    def read(document: Json) -> Iterable[Coded]:
        for coding in document.get(name, {}).get("coding", []):
            yield Coded(coding.get("system", ""), coding["code"])

    return read


def _wording(name: str) -> Callable[[Json], Iterable[Wording]]:
    def read(document: Json) -> Iterable[Wording]:
        concept = document.get(name, {})
        yield from ([Wording(concept["text"])] if "text" in concept else [])

    return read


def _code(name: str) -> Callable[[Json], Iterable[Coded]]:
    def read(document: Json) -> Iterable[Coded]:
        if name in document:
            yield Coded(FHIR_CODES.get((document["resourceType"], name), "?"), document[name])

    return read


def _flag(name: str) -> Callable[[Json], Iterable[Coded]]:
    def read(document: Json) -> Iterable[Coded]:
        if name in document:
            yield Coded("", str(document[name]).lower())

    return read


def _identifier(document: Json) -> Iterable[Coded]:
    for each in document.get("identifier", []):
        yield Coded(each.get("system", ""), each["value"])


def _reference(name: str) -> Callable[[Json], Iterable[Coded]]:
    def read(document: Json) -> Iterable[Coded]:
        found = document.get(name, [])
        for each in found if isinstance(found, list) else [found]:
            text = each["reference"]
            yield Coded("", text)
            if "://" not in text and "/_history/" in text:  # named with its version, and found without it too
                yield Coded("", "/".join(text.split("/")[:2]))

    return read


def _name(*parts: str) -> Callable[[Json], Iterable[Wording]]:
    def read(document: Json) -> Iterable[Wording]:
        for name in document.get("name", []):
            for part in parts:
                found = name.get(part, [])
                for text in found if isinstance(found, list) else [found]:
                    yield Wording(text)

    return read


def _date(*names: str) -> Callable[[Json], Iterable[Extent]]:
    def read(document: Json) -> Iterable[Extent]:
        for name in names:
            if name in document:
                value = document[name]
                yield Extent(*(moments.period(value) if isinstance(value, dict) else moments.interval(value)))

    return read


def _quantity(document: Json) -> Iterable[Extent]:
    value = document.get("valueQuantity")
    if value is None:
        return
    number = float(value["value"])
    low = -math.inf if value.get("comparator") == "<" else number
    high = math.inf if value.get("comparator") == ">=" else number
    if "code" in value:
        yield Extent(low, high, value.get("system", ""), value["code"])
    if value.get("unit") != value.get("code") or "code" not in value:
        yield Extent(low, high, "", value.get("unit", ""))


def _code_and_quantity(document: Json) -> Iterable[Extent]:
    for coded in _concept("code")(document):
        for each in _quantity(document):
            yield Extent(each.low, each.high, coded.system, coded.code)
            if each.code:
                yield Extent(each.low, each.high, coded.system, f"{coded.code}${each.code}")


_SUBJECT = {"subject": _reference("subject")}
_PARAMETERS: dict[str, dict[str, Callable[[Json], Iterable[Any]]]] = {
    "Patient": {
        "name": _name("family", "given", "prefix", "suffix", "text"),
        "family": _name("family"),
        "gender": _code("gender"),
        "active": _flag("active"),
        "birthdate": _date("birthDate"),
        "identifier": _identifier,
        "general-practitioner": _reference("generalPractitioner"),
    },
    "Practitioner": {
        "name": _name("family", "given", "prefix", "suffix", "text"),
        "active": _flag("active"),
    },
    "Condition": {
        **_SUBJECT,
        "code": _concept("code"),
        "code:text": _wording("code"),
        "onset-date": _date("onsetDateTime", "onsetPeriod"),
        "recorded-date": _date("recordedDate"),
    },
    "Observation": {
        **_SUBJECT,
        "code": _concept("code"),
        "status": _code("status"),
        "date": _date("effectiveDateTime", "effectivePeriod"),
        "performer": _reference("performer"),
        "value-quantity": _quantity,
        "code-value-quantity": _code_and_quantity,
    },
    "MedicationRequest": {
        **_SUBJECT,
        "code": _concept("medicationCodeableConcept"),
        "status": _code("status"),
        "authoredon": _date("authoredOn"),
    },
    "ServiceRequest": {**_SUBJECT, "code": _concept("code"), "identifier": _identifier},
    "DiagnosticReport": {
        **_SUBJECT,
        "code": _concept("code"),
        "date": _date("effectiveDateTime"),
        "imagingStudy": _reference("imagingStudy"),
        "based-on": _reference("basedOn"),
    },
    "Encounter": {**_SUBJECT, "date": _date("period")},
    "ImagingStudy": {
        **_SUBJECT,
        "identifier": _identifier,
        "modality": lambda document: [Coded(each["system"], each["code"]) for each in document["modality"]],
        "started": _date("started"),
        "status": _code("status"),
    },
}
