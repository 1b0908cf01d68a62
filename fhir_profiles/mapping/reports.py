"""A structured report as the DiagnosticReport and Observations that say the same (PS3.3 C.17 to FHIR R4).

Whose they are and of which study is not said here: the commit that stores the report knows it.
"""

from collections.abc import Iterator
from typing import Any

from fhir_profiles.mapping.coded_concepts import concept_of
from fhir_profiles.mapping.dicom_values import moment, text, uid
from fhir_profiles.mapping.person_names import display
from fhir_profiles.mapping.report_content import DEVICE_OBSERVER, PERSON_OBSERVER, StructuredReport
from fhir_profiles.mapping.report_observations import Findings, observations

REPORT = "report"
"""The name of the DiagnosticReport among what is told of a report; Observations are named by their places."""
ORIGIN = {"system": "urn:hilum:origin", "code": "dicom", "display": "Told by a DICOM object"}
_IN_PART = {"system": "urn:hilum:origin", "code": "part", "display": "The DICOM object says more"}
_CATEGORY = "http://terminology.hl7.org/CodeSystem/v2-0074"
_OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_NOBODY_VERIFIES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.88.59",  # key objects: nothing is said of it (C.17.6.2)
        "1.2.840.10008.5.1.4.1.1.88.67",  # what machines sum up: doses by X-rays,
        "1.2.840.10008.5.1.4.1.1.88.68",  # by radiopharmaceuticals,
        "1.2.840.10008.5.1.4.1.1.88.73",  # of a patient,
        "1.2.840.10008.5.1.4.1.1.88.76",  # and the enhanced form
    }
)
_LONGEST_CONCLUSION = 16_384


def told_of(report: StructuredReport) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each resource of a report with its name in it; references to one another are by these names."""
    findings = observations(report.root)
    shared = {
        "meta": {"tag": [ORIGIN, _IN_PART] if report.cut or findings.cut else [ORIGIN]},
        "status": _status(report),
        "effectiveDateTime": _when(report),
    }
    shared = {name: each for name, each in shared.items() if each}
    authors = {"performer": [*_people(report)]} if any(_people(report)) else {}
    yield (
        REPORT,
        {"resourceType": "DiagnosticReport", **shared, **_report(report), **authors} | _found(findings),
    )
    device = _device(report)
    for place, found in findings.told.items():
        category = [{"coding": [{"system": _OBSERVATION_CATEGORY, "code": "imaging"}]}]
        status = "preliminary" if shared["status"] == "partial" else shared["status"]
        yield place, {**found, **shared, "status": status, "category": category, **authors, **device}


def _found(findings: Findings) -> dict[str, Any]:
    elements = {
        "result": [{"reference": place} for place in findings.top],
        "conclusion": "\n".join(findings.conclusions)[:_LONGEST_CONCLUSION].strip(),
    }
    return {name: each for name, each in elements.items() if each}


def _report(report: StructuredReport) -> dict[str, Any]:
    found = uid(report.sop_uid)
    elements = {
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{found}"}] if found else None,
        "category": [{"coding": [{"system": _CATEGORY, "code": "RAD", "display": "Radiology"}]}],
        "code": concept_of(report.root.name) or {"text": "Structured report"},
        "resultsInterpreter": [{"display": name} for each in report.verifiers if (name := display(each))],
    }
    return {name: each for name, each in elements.items() if each}


def _status(report: StructuredReport) -> str:
    """How far the report is: whoever verified it made it final; some kinds are never more than they are."""
    said = report.attributes
    if said.get("CompletionFlag") == "PARTIAL":
        return "partial"
    if said.get("PreliminaryFlag") == "PRELIMINARY":
        return "preliminary"
    verified = said.get("VerificationFlag") == "VERIFIED" or said.get("PreliminaryFlag") == "FINAL"
    return "final" if verified or said.get("SOPClassUID") in _NOBODY_VERIFIES else "preliminary"


def _when(report: StructuredReport) -> str | None:
    said = report.attributes
    return moment(said.get("ContentDate"), said.get("ContentTime"), said.get("TimezoneOffsetFromUTC"), None)


def _people(report: StructuredReport) -> Iterator[dict[str, str]]:
    for each in report.root.within:
        if each.known_as == PERSON_OBSERVER and (name := display(each.value)):
            yield {"display": name}


def _device(report: StructuredReport) -> dict[str, Any]:
    found = report.root.one(DEVICE_OBSERVER)
    spoken = text(found.value) if found else None
    return {"device": {"display": spoken}} if spoken else {}
