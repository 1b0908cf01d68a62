"""What the entries of a Bundle say of each other."""

from typing import Any

import pytest

from fhir_profiles.conformance.checking import errors_of, issues_of

UUID = "urn:uuid:0b8e7d2c-52a9-4e3c-9d67-0d7f1d0a4e11"
PATIENT = {"resourceType": "Patient", "id": "p"}


def bundle(*entries: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": kind,
        "timestamp": "2024-01-01T00:00:00Z",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": UUID},
        "entry": list(entries),
    }


def errors(resource: dict[str, Any]) -> list[str]:
    return [each.expression for each in issues_of(resource) if each.severity == "error"]


@pytest.mark.parametrize(
    ("address", "agrees"),
    [
        ("http://e.org/fhir/Patient/p", True),
        ("http://e.org/persons/p", True),
        (UUID, True),
        ("urn:oid:1.2.3", False),
        ("http://e.org/fhir/Patient/q", False),
        ("http://e.org/fhir/Practitioner/p", False),
        ("Patient/p", False),
    ],
)
def test_the_address_of_an_entry_agrees_with_its_resource(address: str, agrees: bool) -> None:
    listed = bundle(
        {"fullUrl": UUID.replace("11", "12"), "resource": PATIENT}, {"fullUrl": address, "resource": PATIENT}
    )

    assert errors(listed) == ([] if agrees else ["Bundle.entry[1].fullUrl"])
    assert errors_of(listed) == ()


def test_an_entry_without_an_id_may_have_any_address() -> None:
    assert errors(bundle({"fullUrl": "http://e.org/a", "resource": {"resourceType": "Patient"}})) == []


def composition(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Composition",
        "id": "c",
        "status": "final",
        "type": {"text": "x"},
        "date": "2024-01-01",
        "title": "x",
        "author": [{"reference": "Patient/p"}],
        **elements,
    }


def document(**elements: Any) -> dict[str, Any]:
    first = {"fullUrl": "http://e.org/fhir/Composition/c", "resource": composition(**elements)}
    return bundle(first, {"fullUrl": "http://e.org/fhir/Patient/p", "resource": PATIENT}, kind="document")


@pytest.mark.parametrize(
    ("elements", "places"),
    [
        ({}, []),
        ({"subject": {"reference": "http://e.org/fhir/Patient/p"}}, []),
        ({"subject": {"reference": "Patient/p/_history/1"}}, []),
        ({"subject": {"display": "x"}}, []),
        ({"subject": {"reference": "Patient/q"}}, ["subject"]),
        ({"attester": [{"mode": "legal", "party": {"reference": UUID}}]}, ["attester[0].party"]),
        (
            {"event": [{"detail": [{"reference": "Patient/p"}, {"reference": "Encounter/e"}]}]},
            ["event[0].detail[1]"],
        ),
        (
            {
                "section": [
                    {"title": "x", "section": [{"title": "y", "entry": [{"reference": "Condition/c"}]}]}
                ]
            },
            ["section[0].section[0].entry[0]"],
        ),
        ({"relatesTo": [{"code": "replaces", "targetReference": {"reference": "Composition/d"}}]}, []),
    ],
)
def test_a_document_brings_what_its_composition_refers_to(
    elements: dict[str, Any], places: list[str]
) -> None:
    assert errors(document(**elements)) == [f"Bundle.entry[0].resource.{each}" for each in places]


def test_a_message_brings_what_it_is_about() -> None:
    header = {
        "resourceType": "MessageHeader",
        "eventUri": "http://e.org/event",
        "source": {"endpoint": "http://e.org"},
        "focus": [{"reference": "Patient/p"}, {"reference": "Patient/q"}],
    }
    sent = bundle(
        {"fullUrl": UUID, "resource": header},
        {"fullUrl": "http://e.org/fhir/Patient/p", "resource": PATIENT},
        kind="message",
    )

    assert errors(sent) == ["Bundle.entry[0].resource.focus[1]"]
