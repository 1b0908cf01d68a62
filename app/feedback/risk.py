"""The open safety issue of a patient: that a read may have missed what still puts them at risk.

It stands in the patient's chart, where whoever treats them sees it, and says nothing of who read or who found
it: what it names are the report and what tells otherwise.
"""

from collections.abc import Sequence

from app.feedback.packets import FEEDBACK, KeptResource

RISK = "urn:hilum:feedback:risk"
"""The system of the identifiers that say of which report an issue is, so that there is one of each."""


def issue_of(patient: str, report: str, evidence: Sequence[str], detail: str, moment: str) -> KeptResource:
    """The DetectedIssue of a report of a patient, both as `Type/id` (FHIR R4 detectedissue.html)."""
    return {
        "resourceType": "DetectedIssue",
        "identifier": [{"system": RISK, "value": report}],
        "status": "preliminary",
        "code": {
            "coding": [{"system": FEEDBACK, "code": "patient-at-risk"}],
            "text": "A read may have missed what puts the patient at risk still",
        },
        "severity": "high",
        "patient": {"reference": patient},
        "identifiedDateTime": moment,
        "implicated": [{"reference": each} for each in dict.fromkeys((report, *evidence))],
        **({"detail": detail} if detail else {}),
    }


def only_once(report: str) -> str:
    """What no other issue has: the condition under which one is written."""
    return f"identifier={RISK}|{report}"
