"""What an Attachment says of its data."""

from typing import Any

import pytest

from fhir_profiles.conformance.checking import errors_of, issues_of

HASH = "hdfF/0A6vnLfW4onCIIe4zzQvM4="  # of the fourteen letters below


def media(**content: Any) -> dict[str, Any]:
    return {"resourceType": "Media", "status": "completed", "content": content}


def errors(resource: dict[str, Any]) -> list[str]:
    return [each.expression for each in issues_of(resource) if each.severity == "error"]


@pytest.mark.parametrize(
    ("content", "places"),
    [
        ({"data": "YWJjZGVmZ2hpamtsbW4=", "size": 14}, []),
        ({"data": "YWJj\n ZGVmZ2hpamtsbW4=", "size": 14, "hash": HASH}, []),
        ({"data": "YWJjZGVmZ2hpamtsbW4=", "size": 100}, ["Media.content.size"]),
        ({"data": "YWJjZGVmZ2hpamtsbW4=", "hash": "AAAA"}, ["Media.content.hash"]),
        ({"url": "http://e.org/a", "size": 100, "hash": "AAAA"}, []),
    ],
)
def test_size_and_hash_are_those_of_the_data(content: dict[str, Any], places: list[str]) -> None:
    assert errors(media(contentType="text/plain", **content)) == places


def test_what_contradicts_is_told_on_request_and_no_reason_to_refuse() -> None:
    assert errors_of(media(contentType="text/plain", data="YWJj", size=100)) == ()


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("text/plain", True),
        ("application/fhir+json; fhirVersion=4.0", True),
        ("image/svg+xml", True),
        ("text", False),
        ("text/", False),
        ("text plain", False),
    ],
)
def test_a_media_type_has_the_form_of_one(code: str, right: bool) -> None:
    assert errors(media(contentType=code)) == ([] if right else ["Media.content.contentType"])
    binary = {"resourceType": "Binary", "contentType": code}
    assert errors(binary) == ([] if right else ["Binary.contentType"])
