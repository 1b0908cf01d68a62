"""The data set of a workitem that asks for pictures to be read."""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.mapping.workitem_attributes import tag_of

_OF_PATIENT = {
    "PatientID": "LO",
    "IssuerOfPatientID": "LO",
    "PatientBirthDate": "DA",
    "PatientSex": "CS",
}
_LONGEST_CODE = 16  # characters of a SH
_LONGEST_LABEL = 64  # characters of a LO (PS3.5 6.2)


def code_item(value: str, scheme: str, meaning: str) -> dict[str, Any]:
    """An item of a code sequence; a long value is a Long Code Value (PS3.3 8.1)."""
    keyword, vr = ("CodeValue", "SH") if len(value) <= _LONGEST_CODE else ("LongCodeValue", "UC")
    return {
        tag_of(keyword): {"vr": vr, "Value": [value]},
        tag_of("CodingSchemeDesignator"): {"vr": "SH", "Value": [scheme]},
        tag_of("CodeMeaning"): {"vr": "LO", "Value": [meaning]},
    }


INTERPRETATION = code_item("110005", "DCM", "Interpretation")
"""What is done with pictures that are read."""


def reading_of(study: Mapping[str, Any], when: str, priority: str = "MEDIUM") -> dict[str, Any]:
    """A workitem that asks to read a study, from `when` (a DT) on; `study` are its attributes by keyword."""
    uid = study["StudyInstanceUID"]
    asked: Mapping[str, tuple[str, Any]] = {
        "ProcedureStepState": ("CS", "SCHEDULED"),
        "ScheduledProcedureStepPriority": ("CS", priority),
        "InputReadinessState": ("CS", "READY"),
        "ScheduledProcedureStepStartDateTime": ("DT", when),
        "ProcedureStepLabel": ("LO", str(study.get("StudyDescription") or "Read")[:_LONGEST_LABEL]),
        "ScheduledWorkitemCodeSequence": ("SQ", INTERPRETATION),
        "StudyInstanceUID": ("UI", uid),
    }
    found = {tag_of(keyword): {"vr": vr, "Value": [value]} for keyword, (vr, value) in asked.items()}
    found |= {
        tag_of(keyword): {"vr": vr, "Value": [str(study[keyword])]}
        for keyword, vr in _OF_PATIENT.items()
        if study.get(keyword)
    }
    if name := str(study.get("PatientName") or ""):
        groups = zip(("Alphabetic", "Ideographic", "Phonetic"), name.split("="), strict=False)
        found[tag_of("PatientName")] = {
            "vr": "PN",
            "Value": [{which: each for which, each in groups if each}],
        }
    if accession := study.get("AccessionNumber"):
        item = {
            tag_of("StudyInstanceUID"): {"vr": "UI", "Value": [uid]},
            tag_of("AccessionNumber"): {"vr": "SH", "Value": [str(accession)]},
        }
        found[tag_of("ReferencedRequestSequence")] = {"vr": "SQ", "Value": [item]}
    return found
