"""What a file says that FHIR shows and no search over DICOMweb compares: codes, people, equipment, titles.

It is taken from the DICOM JSON of the instance, by DICOM keyword, as text that a node keeps in one property.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import orjson

from app.imaging.codes import CodedValue, coded
from app.imaging.store.metadata import DicomJson
from graph.query.attributes import INSTANCE, REQUEST_ATTRIBUTES_SEQUENCE, SERIES, STUDY
from graph.studies.particulars import PARTICULARS, TITLE

_MOST = 16  # values of one attribute that are kept
_LONGEST = 256  # letters of one value
_VALUE = ("00080100", "00080119", "00080120")  # CodeValue, LongCodeValue, URNCodeValue
_SCHEME, _MEANING = "00080102", "00080104"

ParticularReader: TypeAlias = Callable[[DicomJson, str], list[Any]]


def told_beside(document: DicomJson, level: str) -> dict[str, str]:
    """The particulars of a level as a fact of it; empty where the file has none."""
    if level == INSTANCE:
        title = "" if _TITLED.isdisjoint(document) else _title(document)
        return {TITLE: title} if title else {}
    found: dict[str, list[Any]] = {}
    for tag in _READ[level].keys() & document.keys():  # most files have few of them
        name, read = _READ[level][tag]
        if values := read(document, tag):
            found[name] = values
    if level == STUDY and REQUEST_ATTRIBUTES_SEQUENCE in document:
        for request in _items(document, REQUEST_ATTRIBUTES_SEQUENCE):
            _of_request(request, found)
    return {PARTICULARS: orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode()} if found else {}


def _of_request(request: DicomJson, found: dict[str, list[Any]]) -> None:
    for tag, (name, read) in _OF_REQUESTS.items():
        if values := read(request, tag):
            known = found.setdefault(name, [])
            known.extend(each for each in values if each not in known)
            del known[_MOST:]


def _texts(document: DicomJson, tag: str) -> list[str]:
    """The values of an attribute of text; of names the groups as DICOM writes them."""
    values = document.get(tag, {}).get("Value") or ()
    return [text[:_LONGEST] for each in values[:_MOST] if (text := _text(each))]


def _text(value: object) -> str:
    if isinstance(value, dict):
        groups = (str(value.get(group, "")) for group in ("Alphabetic", "Ideographic", "Phonetic"))
        return "=".join(groups).rstrip("=")
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _codes(document: DicomJson, tag: str) -> list[CodedValue]:
    """The items of a code sequence as entries."""
    return [entry for item in _items(document, tag) if (entry := _code(item))]


def _code(item: DicomJson) -> CodedValue | None:
    value = next((found for tag in _VALUE if (found := _first(item, tag))), "")
    return coded(value, _first(item, _SCHEME), _first(item, _MEANING))


def _specimens(document: DicomJson, tag: str) -> list[tuple[str, str, str]]:
    """Identifier, UID and short description of each specimen (PS3.3 C.7.6.22)."""
    every = (
        (_first(item, "00400551"), _first(item, "00400554"), _first(item, "00400600"))
        for item in _items(document, tag)
    )
    return [each for each in every if any(each)]


def _items(document: DicomJson, tag: str) -> Iterator[DicomJson]:
    sequence = document.get(tag)
    if sequence is not None:
        yield from (each for each in (sequence.get("Value") or ())[:_MOST] if isinstance(each, dict))


def _first(document: DicomJson, tag: str) -> str:
    return next(iter(_texts(document, tag)), "")


def _title(document: DicomJson) -> str:
    """What a document, a state or a plan calls itself; images have no such name."""
    for tags in _TITLES:
        if parts := [text for tag in tags if (text := _first(document, tag))]:
            return ": ".join(dict.fromkeys(parts))
    return next((meaning for _, _, meaning in _codes(document, _CONCEPT_NAME)), "")


_TITLES = (
    ("00420010",),  # DocumentTitle
    ("300A0002",),  # RTPlanLabel
    ("30060002",),  # StructureSetLabel
    ("00700080", "00700081"),  # ContentLabel, ContentDescription: presentation states, segmentations
)
_CONCEPT_NAME = "0040A043"
_TITLED = frozenset({_CONCEPT_NAME, *(tag for tags in _TITLES for tag in tags)})
_OF_REQUESTS: Mapping[str, tuple[str, ParticularReader]] = {
    "00321064": ("RequestedProcedureCodeSequence", _codes),
    "0040100A": ("ReasonForRequestedProcedureCodeSequence", _codes),
    "00401002": ("ReasonForTheRequestedProcedure", _texts),
}
_READ: Mapping[str, Mapping[str, tuple[str, ParticularReader]]] = {
    STUDY: {
        "00081060": ("NameOfPhysiciansReadingStudy", _texts),
        "00081032": ("ProcedureCodeSequence", _codes),
        **_OF_REQUESTS,
    },
    SERIES: {
        "00080070": ("Manufacturer", _texts),
        "00081010": ("StationName", _texts),
        "00081050": ("PerformingPhysicianName", _texts),
        "00081070": ("OperatorsName", _texts),
        "00082218": ("AnatomicRegionSequence", _codes),
        "00181000": ("DeviceSerialNumber", _texts),
        "00181020": ("SoftwareVersions", _texts),
        "00200062": ("ImageLaterality", _texts),
        "00400560": ("SpecimenDescriptionSequence", _specimens),
    },
}
