"""DICOM facts as files have them: right, wrong, and empty values of the attributes that are mapped."""

import json
from typing import Any

from hypothesis import strategies as st

ANYTHING = st.none() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=8), max_size=2)
UIDS = st.from_regex(r"\A[12](\.(0|[1-9][0-9]{0,8})){1,6}\Z")
DATES = st.from_regex(r"\A(19|20)[0-9]{2}[01][0-9][0-3][0-9]\Z")
TIMES = st.from_regex(r"\A[0-2][0-9]([0-6][0-9]([0-6][0-9](\.[0-9]{1,6})?)?)?\Z")
OFFSETS = st.from_regex(r"\A[+-][01][0-9][0-5][0-9]\Z")
NAMES = st.from_regex(r"\A[A-Za-z ^=\\가-힣]{0,20}\Z")

_CODE = st.tuples(st.text(max_size=6), st.sampled_from(["SCT", "DCM", "99X", ""]), st.text(max_size=6))
CODES = st.lists(_CODE, max_size=2)
TEXTS = st.lists(st.text(max_size=6), max_size=2)


def _particulars(**attributes: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries({}, optional=attributes).map(json.dumps)


_STUDY = {
    "PatientID": st.text(max_size=10),
    "PatientName": NAMES,
    "PatientSex": st.sampled_from(["M", "F", "O", "", "X", "m "]),
    "PatientBirthDate": DATES,
    "StudyInstanceUID": UIDS,
    "StudyDate": DATES,
    "StudyTime": TIMES,
    "TimezoneOffsetFromUTC": OFFSETS,
    "AccessionNumber": st.text(max_size=10),
    "StudyDescription": st.text(max_size=10),
    "ModalitiesInStudy": st.lists(st.sampled_from(["CT", "MR", "", " x", "a  b"]), max_size=3),
    "ReferringPhysicianName": NAMES,
}
_SERIES = {
    "SeriesInstanceUID": UIDS,
    "SeriesNumber": st.integers(),
    "Modality": st.sampled_from(["CT", "", "MR"]),
    "SeriesDescription": st.text(max_size=10),
    "BodyPartExamined": st.sampled_from(["CHEST", "chest", "ELSEWHERE", ""]),
    "Laterality": st.sampled_from(["L", "R", "B", ""]),
    "SeriesDate": DATES,
    "SeriesTime": TIMES,
}
_INSTANCE = {"SOPInstanceUID": UIDS, "SOPClassUID": UIDS, "InstanceNumber": st.integers() | st.just("7")}


_SAID_OF_STUDY = _particulars(
    NameOfPhysiciansReadingStudy=st.lists(NAMES, max_size=2),
    ProcedureCodeSequence=CODES,
    RequestedProcedureCodeSequence=CODES,
    ReasonForRequestedProcedureCodeSequence=CODES,
    ReasonForTheRequestedProcedure=TEXTS,
)
_SAID_OF_SERIES = _particulars(
    Manufacturer=TEXTS,
    StationName=TEXTS,
    DeviceSerialNumber=TEXTS,
    SoftwareVersions=TEXTS,
    PerformingPhysicianName=st.lists(NAMES, max_size=2),
    OperatorsName=st.lists(NAMES, max_size=2),
    AnatomicRegionSequence=CODES,
    ImageLaterality=st.lists(st.sampled_from(["L", "R", "B", ""]), max_size=2),
    SpecimenDescriptionSequence=st.lists(st.tuples(*[st.text(max_size=4)] * 3), max_size=2),
)


def _facts(table: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: good | ANYTHING for name, good in table.items()})


def studies() -> st.SearchStrategy[dict[str, Any]]:
    """Facts of a study and its patient."""
    return st.builds(_beside, _facts(_STUDY), _SAID_OF_STUDY)


def instances() -> st.SearchStrategy[dict[str, Any]]:
    """Facts of an instance; its UID may be no UID, but is there."""
    uid = st.fixed_dictionaries({"SOPInstanceUID": UIDS | ANYTHING})
    return st.builds(lambda facts, named: {**facts, **named}, _facts(_INSTANCE), uid)


@st.composite
def series(draw: st.DrawFn) -> dict[str, Any]:
    """Facts of a series with those of its instances."""
    facts = _beside(draw(_facts(_SERIES)), draw(_SAID_OF_SERIES))
    return {**facts, "instances": draw(st.lists(instances(), max_size=3))}


def _beside(facts: dict[str, Any], particulars: str) -> dict[str, Any]:
    return {**facts, "particulars": particulars}
