"""Consents of patients who keep something back (FHIR R4 consent.html)."""

from typing import Any

from tests.factories.fhir import Resource, concept, reference


def opted_out(whom: str, **provision: Any) -> Resource:
    """A Consent of a patient who denies what the provision says, all without one."""
    scope = concept("patient-privacy", "http://terminology.hl7.org/CodeSystem/consentscope")
    policy = concept("OPTIN", "http://terminology.hl7.org/CodeSystem/v3-ActCode")
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": scope,
        "category": [concept("59284-0", "http://loinc.org")],
        "patient": reference(f"Patient/{whom}"),
        "policyRule": policy,
        "provision": {"type": "deny", **provision},
    }
