"""The attributes of a workitem (PS3.3 B.26, PS3.4 table CC.2.5-3) as data, and how their values are read.

A workitem is a data set in the DICOM JSON model (PS3.18 F.2). What the table says of an attribute: what a
client must send to create it and to change it, what a final state needs, and whether a search returns it
unasked.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

WorkitemJson: TypeAlias = Mapping[str, Any]
"""A data set, or an item of one, by tag."""


class Sending(StrEnum):
    """What a client has to do about an attribute in a request."""

    VALUE = "1"  # there, with a value
    THERE = "2"  # there, maybe empty
    EMPTY = "0"  # only without a value
    MAY = "3"
    VALUED = "3+"  # if it is there, with a value
    NOT = "-"  # not there


class Final(StrEnum):
    """What a final state asks of an attribute."""

    ALWAYS = "R"
    COMPLETED = "P"
    MAY = "O"


class WorkitemAttribute(NamedTuple):
    """A row of the table."""

    keyword: str
    tag: str
    vr: str
    create: Sending = Sending.MAY
    update: Sending = Sending.MAY
    final: Final = Final.MAY
    returned: bool = True


_VALUE, _THERE, _EMPTY, _MAY, _VALUED, _NOT = Sending
_R, _P = Final.ALWAYS, Final.COMPLETED

TABLE: tuple[WorkitemAttribute, ...] = tuple(
    WorkitemAttribute(*row)
    for row in (
        ("SpecificCharacterSet", "00080005", "CS"),
        ("SOPClassUID", "00080016", "UI", _MAY, _NOT),
        ("SOPInstanceUID", "00080018", "UI", _MAY, _NOT),
        ("AdmittingDiagnosesDescription", "00081080", "LO", _THERE, _NOT),
        ("AdmittingDiagnosesCodeSequence", "00081084", "SQ", _THERE, _NOT),
        ("TransactionUID", "00081195", "UI", _EMPTY, _MAY, Final.MAY, False),
        ("PatientName", "00100010", "PN", _THERE, _NOT),
        ("PatientID", "00100020", "LO", _THERE, _NOT),
        ("IssuerOfPatientID", "00100021", "LO", _THERE, _NOT),
        ("IssuerOfPatientIDQualifiersSequence", "00100024", "SQ", _THERE, _NOT),
        ("PatientBirthDate", "00100030", "DA", _THERE, _NOT),
        ("PatientSex", "00100040", "CS", _THERE, _NOT),
        ("OtherPatientIDsSequence", "00101002", "SQ", _MAY, _NOT),
        ("StudyInstanceUID", "0020000D", "UI"),
        ("AdmissionID", "00380010", "LO", _THERE, _NOT),
        ("IssuerOfAdmissionIDSequence", "00380014", "SQ", _THERE, _NOT),
        ("CommentsOnTheScheduledProcedureStep", "00400400", "LT", _THERE, _VALUED),
        ("ScheduledProcedureStepStartDateTime", "00404005", "DT", _VALUE, _VALUED, _R),
        ("ScheduledProcedureStepExpirationDateTime", "00404008", "DT", _MAY, _VALUED),
        ("ScheduledProcedureStepModificationDateTime", "00404010", "DT", _MAY, _MAY, _R),
        ("ExpectedCompletionDateTime", "00404011", "DT", _MAY, _VALUED),
        ("ScheduledWorkitemCodeSequence", "00404018", "SQ", _THERE, _VALUED),
        ("InputInformationSequence", "00404021", "SQ", _THERE),
        ("ScheduledStationNameCodeSequence", "00404025", "SQ", _THERE),
        ("ScheduledStationClassCodeSequence", "00404026", "SQ", _THERE),
        ("ScheduledStationGeographicLocationCodeSequence", "00404027", "SQ", _THERE),
        ("ScheduledHumanPerformersSequence", "00404034", "SQ"),
        ("InputReadinessState", "00404041", "CS", _VALUE, _VALUED, _R),
        ("OutputDestinationSequence", "00404070", "SQ"),
        ("ReferencedRequestSequence", "0040A370", "SQ", _THERE, _NOT),
        ("ProcedureStepState", "00741000", "CS", _VALUE, _NOT, _R),
        ("ProcedureStepProgressInformationSequence", "00741002", "SQ", _EMPTY),
        ("ScheduledProcedureStepPriority", "00741200", "CS", _VALUE, _VALUED, _R),
        ("WorklistLabel", "00741202", "LO", _THERE, _VALUED),
        ("ProcedureStepLabel", "00741204", "LO", _VALUE, _VALUED),
        ("ScheduledProcessingParametersSequence", "00741210", "SQ", _THERE),
        ("UnifiedProcedureStepPerformedProcedureSequence", "00741216", "SQ", _EMPTY),
        ("ReplacedProcedureStepSequence", "00741224", "SQ", _MAY, _NOT),
    )
)
BY_TAG: Mapping[str, WorkitemAttribute] = {each.tag: each for each in TABLE}
PERFORMED = (
    ("PerformedStationNameCodeSequence", "00404028", Sending.VALUE),
    ("PerformedProcedureStepStartDateTime", "00404050", Sending.VALUE),
    ("PerformedWorkitemCodeSequence", "00404019", Sending.VALUE),
    ("PerformedProcedureStepEndDateTime", "00404051", Sending.VALUE),
    ("OutputInformationSequence", "00404033", Sending.THERE),
)
"""What an item of UnifiedProcedureStepPerformedProcedureSequence holds once a workitem is COMPLETED."""

CODES: Mapping[str, frozenset[str]] = {
    "00741200": frozenset({"HIGH", "MEDIUM", "LOW"}),
    "00404041": frozenset({"INCOMPLETE", "UNAVAILABLE", "READY"}),
    "00741000": frozenset({"SCHEDULED", "IN PROGRESS", "COMPLETED", "CANCELED"}),
}
"""The values that these attributes may have, as PS3.3 enumerates them."""

_TAGS: Mapping[str, str] = {
    **{each.keyword: each.tag for each in TABLE},
    **{keyword: tag for keyword, tag, _ in PERFORMED},
    "AccessionNumber": "00080050",
    "CodeValue": "00080100",
    "CodingSchemeDesignator": "00080102",
    "CodeMeaning": "00080104",
    "LongCodeValue": "00080119",
    "URNCodeValue": "00080120",
    "ReferencedSOPClassUID": "00081150",
    "ReferencedSOPInstanceUID": "00081155",
    "PlacerOrderNumberImagingServiceRequest": "00402016",
    "FillerOrderNumberImagingServiceRequest": "00402017",
    "RequestedProcedureID": "00401001",
    "HumanPerformerCodeSequence": "00404009",
    "HumanPerformerOrganization": "00404036",
    "HumanPerformerName": "00404037",
    "ActualHumanPerformersSequence": "00404035",
    "ProcedureStepCancellationDateTime": "00404052",
    "ProcedureStepProgress": "00741004",
    "ProcedureStepProgressDescription": "00741006",
    "ProcedureStepCommunicationsURISequence": "00741008",
    "ContactURI": "0074100A",
    "ContactDisplayName": "0074100C",
    "ProcedureStepDiscontinuationReasonCodeSequence": "0074100E",
    "RequestingAE": "00741236",
    "ReasonForCancellation": "00741238",
}


def tag_of(keyword: str) -> str:
    """The tag of an attribute of workitems, as eight hexadecimal digits."""
    return _TAGS[keyword]


def listed(dataset: WorkitemJson, keyword: str) -> list[Any]:
    """The values of an attribute, or the items of a sequence; nothing where there are none."""
    element = dataset.get(_TAGS[keyword])
    found = element.get("Value") if isinstance(element, Mapping) else None
    return [each for each in found if each not in (None, "")] if isinstance(found, list) else []


def said(dataset: WorkitemJson, keyword: str) -> str:
    """The first value of an attribute as a text, groups of a name joined by `=`; "" where there is none."""
    return next((text_of(each) for each in listed(dataset, keyword)), "")


def text_of(value: Any) -> str:
    """One value of the JSON model as DICOM writes it."""
    if isinstance(value, Mapping):
        groups = [str(value.get(name) or "") for name in ("Alphabetic", "Ideographic", "Phonetic")]
        return "=".join(groups).rstrip("=")
    return str(value).strip()


def within(dataset: WorkitemJson, path: Sequence[str]) -> Iterator[WorkitemJson]:
    """The items at the end of a path of sequences; of no path the data set itself."""
    if not path:
        yield dataset
        return
    for item in listed(dataset, path[0]):
        if isinstance(item, Mapping):
            yield from within(item, path[1:])
