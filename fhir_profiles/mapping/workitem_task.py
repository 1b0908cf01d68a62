"""A workitem as the FHIR Task that it is: one step of work on pictures, with who is to do it and for whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from fhir_profiles.mapping.coded_concepts import concept_of
from fhir_profiles.mapping.dicom_values import moment, text, uid
from fhir_profiles.mapping.person_names import display
from fhir_profiles.mapping.workitem_attributes import WorkitemJson, said, within

WORKITEM_UID = "urn:dicom:uid"
_STATUS: Mapping[str, str] = {
    "SCHEDULED": "requested",
    "IN PROGRESS": "in-progress",
    "COMPLETED": "completed",
    "CANCELED": "cancelled",
}
_PRIORITY: Mapping[str, str] = {"HIGH": "urgent", "MEDIUM": "routine", "LOW": "routine"}
_REQUEST, _PROGRESS = ("ReferencedRequestSequence",), ("ProcedureStepProgressInformationSequence",)
_PERFORMED = ("UnifiedProcedureStepPerformedProcedureSequence",)
_DAY = 8  # characters of the date of a DT


@dataclass(frozen=True, slots=True)
class TaskLinks:
    """What a workitem is tied to in the record, as `Type/id`; None where nothing is known to be.

    `created` is the moment of its creation as FHIR writes it, `cancel_asked` whether its end was asked for.
    """

    created: str
    patient: str | None = None
    study: str | None = None
    order: str | None = None
    owner: str | None = None
    cancel_asked: bool = False


def task(dataset: WorkitemJson, links: TaskLinks, *, id: str, modified: str, zone: tzinfo) -> dict[str, Any]:
    """The Task of a workitem, `modified` at a moment as FHIR writes it; `zone` is that of its times."""
    elements = {
        "identifier": list(_identifiers(dataset)),
        "basedOn": [{"reference": links.order}] if links.order else None,
        "status": _STATUS.get(said(dataset, "ProcedureStepState"), "requested"),
        "statusReason": _reason(dataset),
        "businessStatus": _business_status(dataset, links),
        "intent": "order",
        "priority": _PRIORITY.get(said(dataset, "ScheduledProcedureStepPriority")),
        "code": _first_concept(dataset, "ScheduledWorkitemCodeSequence"),
        "description": text(said(dataset, "ProcedureStepLabel")),
        "focus": {"reference": links.study} if links.study else None,
        "for": {"reference": links.patient} if links.patient else None,
        "executionPeriod": _performed(dataset, zone),
        "authoredOn": links.created,
        "lastModified": modified,
        "performerType": [
            each for each in [_first_concept(dataset, "ScheduledStationClassCodeSequence")] if each
        ],
        "owner": {"reference": links.owner} if links.owner else _named_performer(dataset),
        "note": _notes(dataset),
        "restriction": _scheduled(dataset, zone),
    }
    return {"resourceType": "Task", "id": id} | {name: each for name, each in elements.items() if each}


def instant_of(value: str, zone: tzinfo) -> str | None:
    """A DT value as a FHIR dateTime; None where it is none."""
    stem, sign, offset = value, "", ""
    for mark in "+-":
        head, found, tail = value.rpartition(mark)
        if found and head:
            stem, sign, offset = head, mark, tail
    return moment(stem[:_DAY], stem[_DAY:], f"{sign}{offset}", zone)


def _identifiers(dataset: WorkitemJson) -> Iterator[dict[str, Any]]:
    """Its UID, and the accession numbers of what it was asked by."""
    if found := uid(said(dataset, "SOPInstanceUID")):
        yield {"system": WORKITEM_UID, "value": f"urn:oid:{found}"}
    kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]}
    for number in dict.fromkeys(said(each, "AccessionNumber") for each in within(dataset, _REQUEST)):
        if value := text(number):
            yield {"type": kind, "value": value}


def concept_of_code(item: WorkitemJson) -> dict[str, Any] | None:
    """The CodeableConcept of an item of a code sequence; None where it says nothing."""
    value = said(item, "CodeValue") or said(item, "LongCodeValue") or said(item, "URNCodeValue")
    return concept_of((value, said(item, "CodingSchemeDesignator"), said(item, "CodeMeaning")))


def _first_concept(dataset: WorkitemJson, keyword: str) -> dict[str, Any] | None:
    return next(map(concept_of_code, within(dataset, (keyword,))), None)


def _reason(dataset: WorkitemJson) -> dict[str, Any] | None:
    """Why it was canceled: the reason that was written, or its code."""
    for item in within(dataset, _PROGRESS):
        coded = _first_concept(item, "ProcedureStepDiscontinuationReasonCodeSequence") or {}
        written = text(said(item, "ReasonForCancellation"))
        if coded or written:
            return coded | ({"text": written} if written else {})
    return None


def _business_status(dataset: WorkitemJson, links: TaskLinks) -> dict[str, str] | None:
    if links.cancel_asked and said(dataset, "ProcedureStepState") == "IN PROGRESS":
        return {"text": "cancellation requested"}
    progress = next((said(each, "ProcedureStepProgress") for each in within(dataset, _PROGRESS)), "")
    described = text(progress)
    return {"text": f"{described} %"} if described else None


def _scheduled(dataset: WorkitemJson, zone: tzinfo) -> dict[str, Any] | None:
    """When it is to be done."""
    return _within_period(
        instant_of(said(dataset, "ScheduledProcedureStepStartDateTime"), zone),
        instant_of(said(dataset, "ExpectedCompletionDateTime"), zone),
        "period",
    )


def _performed(dataset: WorkitemJson, zone: tzinfo) -> dict[str, Any] | None:
    """When it was done."""
    for item in within(dataset, _PERFORMED):
        ends = ("PerformedProcedureStepStartDateTime", "PerformedProcedureStepEndDateTime")
        start, end = (instant_of(said(item, each), zone) for each in ends)
        found = _within_period(start, end, "")
        if found:
            return found
    return None


def _within_period(start: str | None, end: str | None, name: str) -> dict[str, Any] | None:
    """A Period of the ends that are known; an end before its start is left out (FHIR R4 per-1)."""
    if start and end and end < start:
        end = None
    period = {key: each for key, each in (("start", start), ("end", end)) if each}
    return ({name: period} if name else period) if period else None


def _named_performer(dataset: WorkitemJson) -> dict[str, str] | None:
    """Who is to do it by name, where no Practitioner is known of it."""
    for item in within(dataset, ("ScheduledHumanPerformersSequence",)):
        if name := display(said(item, "HumanPerformerName")):
            return {"display": name}
    return None


def _notes(dataset: WorkitemJson) -> list[dict[str, str]]:
    comment = text(said(dataset, "CommentsOnTheScheduledProcedureStep"))
    return [{"text": comment}] if comment else []


def performers(dataset: WorkitemJson) -> list[str]:
    """The codes of who is to do it, in their order."""
    path = ("ScheduledHumanPerformersSequence", "HumanPerformerCodeSequence")
    codes = (said(item, "CodeValue") or said(item, "LongCodeValue") for item in within(dataset, path))
    return [code for code in codes if code]


def studies(dataset: WorkitemJson) -> list[str]:
    """The UIDs of the studies that it is about, each once: its own, those asked for, those it works on."""
    asked = [said(each, "StudyInstanceUID") for each in within(dataset, _REQUEST)]
    inputs = [said(each, "StudyInstanceUID") for each in within(dataset, ("InputInformationSequence",))]
    found = (said(dataset, "StudyInstanceUID"), *asked, *inputs)
    return list(dict.fromkeys(each for each in found if uid(each)))


def order_numbers(dataset: WorkitemJson) -> list[str]:
    """The numbers of the orders that it was asked by, each once: of the accession, the placer, the filler."""
    keywords = (
        "AccessionNumber",
        "PlacerOrderNumberImagingServiceRequest",
        "FillerOrderNumberImagingServiceRequest",
    )
    found = (said(each, keyword) for keyword in keywords for each in within(dataset, _REQUEST))
    return list(dict.fromkeys(each for each in found if each))


def patient_facts(dataset: WorkitemJson) -> dict[str, str]:
    """What it says of its patient, by keyword; nothing where it names none by a number."""
    keywords = ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "PatientSex")
    facts = {keyword: found for keyword in keywords if (found := said(dataset, keyword))}
    return facts if "PatientID" in facts else {}
