"""The sections of a patient summary (HL7 International Patient Summary 1.1): what belongs into each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Resource: TypeAlias = Mapping[str, Any]
LOINC = "http://loinc.org"
PLAN = "18776-5"
"""The section of what is to be done, which also tells what reports asked for."""


def _status(*codes: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.get("status") in codes


def _codes(resource: Resource, name: str) -> set[str]:
    concept = resource.get(name, {})
    return (
        {each.get("code", "") for each in concept.get("coding", ())} if isinstance(concept, dict) else set()
    )


def _is_believed(resource: Resource) -> bool:
    return not _codes(resource, "verificationStatus") & {"entered-in-error", "refuted"}


def _is_active(resource: Resource) -> bool:
    clinical = _codes(resource, "clinicalStatus")
    return _is_believed(resource) and (not clinical or bool(clinical & {"active", "recurrence", "relapse"}))


def _is_past(resource: Resource) -> bool:
    clinical = _codes(resource, "clinicalStatus")
    return _is_believed(resource) and bool(clinical & {"inactive", "remission", "resolved"})


@dataclass(frozen=True, slots=True)
class SectionSource:
    """Resources of a type: those that `fits` says, by `date` the newest.

    Of a `category`, and of one of the codes `code`, as a search lists them, where they are named.
    """

    kind: str
    date: str
    fits: Callable[[Resource], bool]
    category: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class SummarySection:
    """A section: its LOINC code and title; one that is `required` is there even where nothing is known."""

    code: str
    display: str
    title: str
    sources: tuple[SectionSource, ...]
    required: bool = False


_TAKEN = ("active", "intended", "on-hold", "unknown")
_FINAL = _status("final", "amended", "corrected", "preliminary")
SECTIONS: tuple[SummarySection, ...] = (
    SummarySection(
        "48765-2",
        "Allergies and adverse reactions Document",
        "Allergies and Intolerances",
        (SectionSource("AllergyIntolerance", "date", _is_active),),
        required=True,
    ),
    SummarySection(
        "10160-0",
        "History of Medication use Narrative",
        "Medication Summary",
        (
            SectionSource("MedicationStatement", "effective", _status(*_TAKEN)),
            SectionSource("MedicationRequest", "authoredon", _status("active", "on-hold", "unknown")),
        ),
        required=True,
    ),
    SummarySection(
        "11450-4",
        "Problem list - Reported",
        "Active Problems",
        (SectionSource("Condition", "onset-date", _is_active),),
        required=True,
    ),
    SummarySection(
        "11369-6",
        "History of Immunization Narrative",
        "Immunizations",
        (SectionSource("Immunization", "date", _status("completed")),),
    ),
    SummarySection(
        "47519-4",
        "History of Procedures Document",
        "History of Procedures",
        (SectionSource("Procedure", "date", _status("completed", "in-progress", "unknown")),),
    ),
    SummarySection(
        "46264-8",
        "History of medical device use",
        "Medical Devices",
        (SectionSource("DeviceUseStatement", "_lastUpdated", _status("active", "intended", "on-hold")),),
    ),
    SummarySection(
        "30954-2",
        "Relevant diagnostic tests/laboratory data Narrative",
        "Diagnostic Results",
        (
            SectionSource("Observation", "date", _FINAL, "laboratory"),
            SectionSource("Observation", "date", _FINAL, "imaging"),
            SectionSource("DiagnosticReport", "date", _FINAL),
            SectionSource("ImagingStudy", "started", _status("available", "registered")),
        ),
    ),
    SummarySection(
        "8716-3", "Vital signs", "Vital Signs", (SectionSource("Observation", "date", _FINAL, "vital-signs"),)
    ),
    SummarySection(
        "29762-2",
        "Social history Narrative",
        "Social History",
        (SectionSource("Observation", "date", _FINAL, "social-history"),),
    ),
    SummarySection(
        "10162-6",
        "History of pregnancies Narrative",
        "History of Pregnancy",
        (SectionSource("Observation", "date", _FINAL, code="82810-3,11449-6,11778-8,11640-0,11996-6"),),
    ),
    SummarySection(
        PLAN,
        "Plan of care note",
        "Plan of Care",
        (
            SectionSource("CarePlan", "date", _status("active", "on-hold")),
            SectionSource("ServiceRequest", "authored", _status("active", "on-hold")),
        ),
    ),
    SummarySection("104605-1", "Alert", "Alerts", (SectionSource("Flag", "date", _status("active")),)),
    SummarySection(
        "11348-0",
        "History of Past illness Narrative",
        "Past Problems",
        (SectionSource("Condition", "onset-date", _is_past),),
    ),
)
