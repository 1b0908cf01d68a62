"""The words by which a data set tells who it is about: what holds one of them elsewhere does not stay."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydicom import Dataset
from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

_NUMBERS = (
    *("PatientID", "OtherPatientIDs", "IssuerOfPatientID", "AccessionNumber", "AdmissionID"),
    *("MedicalRecordLocator", "ServiceEpisodeID", "RequestedProcedureID", "StudyID"),
    *("ScheduledProcedureStepID", "PerformedProcedureStepID", "PatientTelephoneNumbers"),
    *("PlacerOrderNumberImagingServiceRequest", "FillerOrderNumberImagingServiceRequest"),
)
_TEXTS = ("PatientAddress", "PatientMotherBirthName", "OtherPatientNames")
_PLACES = ("InstitutionName", "InstitutionAddress")
_TAGS = frozenset(tag_for_keyword(keyword) for keyword in (*_NUMBERS, *_TEXTS))
_TAGS_OF_PLACES = frozenset(tag_for_keyword(keyword) for keyword in _PLACES)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SHORTEST_NUMBER, _SHORTEST_INSIDE = 4, 4
_SHORTEST_IN_BYTES, _MOST_BYTES = 6, 1 << 20  # shorter ones are there by chance
_MOST = 2_000  # words of one data set
_HARMLESS = frozenset(
    {"patient", "test", "phantom", "anonymous", "unknown", "hospital", "university", "center", "medical"}
)
_FIRST_WIDE = "\u1100"  # from there on a word of two letters is a name as it stands


def words_of(texts: Iterable[str]) -> Iterator[str]:
    """The words of names and numbers, in lower case, that are long enough to stand for somebody."""
    for text in texts:
        for word in _WORD.findall(text.casefold()):
            longest = _SHORTEST_NUMBER if word.isdigit() else 2
            if len(word) >= longest and word not in _HARMLESS:
                yield word
        whole = text.strip().casefold()
        if len(whole) >= _SHORTEST_NUMBER and not whole.isspace() and whole not in _HARMLESS:
            yield whole


def identifying_words(dataset: Dataset, *, places: bool = True) -> frozenset[str]:
    """The words of names, numbers and addresses in a data set and its items, and of institutions."""
    found: set[str] = set()
    for text in _texts(dataset, _TAGS | _TAGS_OF_PLACES if places else _TAGS):
        found.update(words_of((text,)))
        if len(found) >= _MOST:
            break
    return frozenset(found)


def holds(text: str, words: frozenset[str]) -> bool:
    """Whether a text holds one of the words: by itself, or within another where it is long enough."""
    folded = text.casefold()
    if not words.isdisjoint(_WORD.findall(folded)):
        return True
    return any(word in folded for word in words if len(word) >= _SHORTEST_INSIDE or word[0] >= _FIRST_WIDE)


def holds_in_bytes(value: bytes, words: frozenset[str]) -> bool:
    """Whether bytes that are no text hold one of the longer words all the same."""
    folded = value[:_MOST_BYTES].lower()
    return any(word.encode() in folded for word in words if len(word) >= _SHORTEST_IN_BYTES)


def _texts(dataset: Dataset, tags: frozenset[int | None]) -> Iterator[str]:
    for tag in dataset.keys():  # noqa: SIM118 - tags, where the data set itself gives elements
        vr = _vr_of(dataset, tag)
        if vr not in {"SQ", "PN"} and tag not in tags:
            continue
        value = _value_of(dataset, tag)
        if vr == "SQ":
            for item in value or ():
                yield from _texts(item, tags)
        elif value:
            yield from map(str, value if isinstance(value, MultiValue) else (value,))


def _vr_of(dataset: Dataset, tag: BaseTag) -> str:
    """The VR of an element, whose value is not read."""
    vr = dataset.get_item(tag).VR
    if vr is None or vr == "UN":
        return dictionary_VR(tag) if dictionary_has_tag(tag) else "UN"
    return str(vr)


def _value_of(dataset: Dataset, tag: BaseTag) -> Any:
    try:
        return dataset[tag].value
    except Exception:  # pydicom raises many kinds: what cannot be read is taken out later, and tells nothing
        return None
