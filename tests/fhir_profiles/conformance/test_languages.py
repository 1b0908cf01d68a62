"""Whether a code names a human language."""

from typing import Any

import pytest

from fhir_profiles.conformance.checking import issues_of
from fhir_profiles.conformance.languages import is_language


@pytest.mark.parametrize(
    "code",
    [
        *("en", "EN", "de-CH", "zh-Hans-CN", "es-419", "sl-rozaj", "ast", "de-CH-1996", "en-x-ours"),
        *("x-ours", "i-klingon", "sgn-be-fr", "en-u-ca-buddhist", "zh-yue", "no"),
    ],
)
def test_a_tag_of_bcp_47_is_a_language(code: str) -> None:
    assert is_language(code)


@pytest.mark.parametrize(
    "code", ["xx", "qq-DE", "english", "e", "en_US", "en-", "en-a", "en--US", "de-CH-", "123", "en US", "x"]
)
def test_what_has_another_form_or_no_such_language_is_none(code: str) -> None:
    assert not is_language(code)


def coded(system: str, code: str) -> dict[str, Any]:
    language = {"coding": [{"system": system, "code": code}]}
    return {"resourceType": "Patient", "communication": [{"language": language}]}


@pytest.mark.parametrize(
    ("resource", "places"),
    [
        ({"resourceType": "Patient", "language": "xx"}, ["Patient.language"]),
        ({"resourceType": "Patient", "language": "ko-KR"}, []),
        ({"resourceType": "Patient", "photo": [{"language": "qq"}]}, ["Patient.photo[0].language"]),
        (coded("urn:ietf:bcp:47", "xx"), ["Patient.communication[0].language.coding[0].code"]),
        (coded("urn:ietf:bcp:47", "nn"), []),
        (coded("http://example.org/languages", "xx"), []),
        (
            {
                "resourceType": "PlanDefinition",
                "status": "draft",
                "action": [
                    {
                        "condition": [
                            {"kind": "start", "expression": {"language": "text/cql", "expression": "x"}}
                        ]
                    }
                ],
            },
            [],
        ),
    ],
)
def test_a_language_that_is_none_is_told(resource: dict[str, Any], places: list[str]) -> None:
    assert [each.expression for each in issues_of(resource) if each.severity == "error"] == places
