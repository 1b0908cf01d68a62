"""`$validate` answers with what is wrong, and where, whatever it is sent."""

import json
from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import diagnostic_report, observation, patient

NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}


def whole(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "text": NARRATIVE, **elements}


def asked(fhir: Fhir, path: str, body: Any) -> list[tuple[str, str]]:
    """Severity and place of each issue."""
    answer = fhir.send("POST", path, body)
    assert answer.status_code == 200, answer.text
    issues = answer.get_json()["issue"]
    return [(each["severity"], each.get("expression", [""])[0]) for each in issues]


def wrapped(resource: Any, **more: str) -> dict[str, Any]:
    parameters = [{"name": "resource", "resource": resource}]
    return {
        "resourceType": "Parameters",
        "parameter": [*parameters, *({"name": name, "valueUri": value} for name, value in more.items())],
    }


def test_what_is_right_is_all_ok(fhir: Fhir) -> None:
    for path in ("$validate", "Patient/$validate", "Patient/$validate?mode=create"):
        answer = fhir.send("POST", path, whole()).get_json()
        assert answer["resourceType"] == "OperationOutcome"
        assert [(i["severity"], i["diagnostics"]) for i in answer["issue"]] == [("information", "All OK")]


def test_what_is_wrong_is_told_alone_and_in_parameters(fhir: Fhir) -> None:
    wrong = whole(gender="mal", multipleBirthInteger="2")
    expected = [("error", "Patient.gender"), ("error", "Patient.multipleBirth.ofType(integer)")]
    assert asked(fhir, "$validate", wrong) == expected
    assert asked(fhir, "Patient/$validate", wrapped(wrong)) == expected


def test_the_nearest_codes_and_their_value_set_are_named(fhir: Fhir) -> None:
    issue = fhir.send("POST", "$validate", whole(gender="mal")).get_json()["issue"][0]
    assert "http://hl7.org/fhir/ValueSet/administrative-gender" in issue["diagnostics"]
    assert "nearest: male, female" in issue["diagnostics"]


def test_parameters_are_validated_themselves_where_they_ask_nothing(fhir: Fhir) -> None:
    wrong = {"resourceType": "Parameters", "parameter": [{"name": "a", "valueInteger": "1"}]}
    for path, body in (("$validate", wrong), ("Parameters/$validate", wrong), ("$validate", wrapped(wrong))):
        assert asked(fhir, path, body) == [("error", "Parameters.parameter[0].value.ofType(integer)")]


def test_a_stored_resource_is_validated_and_may_be_deleted(fhir: Fhir) -> None:
    name = fhir.create(patient())

    assert [each["severity"] for each in fhir.get(f"{name}/$validate").get_json()["issue"]] == ["warning"]
    assert fhir.get(f"{name}/$validate?mode=delete").get_json()["issue"][0]["diagnostics"] == "All OK"
    assert fhir.get("Patient/nobody/$validate").status_code == 404


def test_a_mode_demands_what_the_interaction_would(fhir: Fhir) -> None:
    name = fhir.create(patient())
    own = name.partition("/")[2]

    assert asked(fhir, f"{name}/$validate?mode=update", whole(id=own))[0][0] == "information"
    assert asked(fhir, f"{name}/$validate?mode=update", whole(id="other")) == [("error", "Patient.id")]
    assert asked(fhir, "Patient/$validate?mode=update", whole()) == [("error", "Patient.id")]
    assert asked(fhir, "Observation/$validate", whole()) == [("error", "")]
    assert fhir.send("POST", "$validate?mode=sing", whole()).status_code == 400


def test_a_profile_that_is_asked_for_is_checked(fhir: Fhir) -> None:
    profile = "http://hl7.org/fhir/StructureDefinition/bodyweight"
    weight = {**observation("Patient/1"), "text": NARRATIVE}
    issues = asked(fhir, f"$validate?profile={profile}", weight)
    assert ("error", "Observation.category") in issues
    assert issues == asked(fhir, "$validate", wrapped(weight, profile=profile))


def test_a_profile_that_is_not_known_is_a_warning_in_the_answer_and_none_on_write(fhir: Fhir) -> None:
    unknown = whole(meta={"profile": ["http://example.org/unknown"]})
    assert asked(fhir, "$validate", unknown) == [("warning", "Patient.meta.profile[0]")]
    assert fhir.send("POST", "Patient", unknown).status_code == 201
    assert asked(fhir, "$validate?profile=http://example.org/unknown", whole()) == [("error", "Patient")]


def test_a_profile_that_is_claimed_is_met_on_write(fhir: Fhir) -> None:
    claim = {"meta": {"profile": ["urn:hilum:StructureDefinition:diagnostic-report"]}}
    answer = fhir.send("POST", "DiagnosticReport", diagnostic_report("Patient/1", **claim))
    assert answer.status_code == 400
    assert answer.get_json()["issue"][0]["expression"] == ["DiagnosticReport.imagingStudy"]


def test_a_profile_of_hl7_is_told_and_no_reason_to_refuse(fhir: Fhir) -> None:
    claim = {"meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/bodyweight"]}}
    name = fhir.create(observation("Patient/1", **claim))
    told = fhir.get(f"{name}/$validate").get_json()["issue"]
    assert "error" in [each["severity"] for each in told]


@pytest.mark.parametrize(
    "body", [b'{"resourceType": "Patient", "id": 1, "id": 2}', b"[]", b"5", b"{}", b'"x"']
)
def test_json_that_is_no_resource_is_told_as_an_issue(fhir: Fhir, body: bytes) -> None:
    answer = fhir.send("POST", "$validate", body)
    assert answer.status_code == 200
    assert answer.get_json()["issue"][0]["severity"] == "error"


def test_what_is_no_json_or_no_question_is_refused(fhir: Fhir) -> None:
    assert fhir.send("POST", "$validate", b"{").status_code == 400
    assert fhir.get("$validate").status_code == 400
    assert fhir.send("POST", "$validate?colour=red", json.dumps(whole()).encode()).status_code == 400


@pytest.mark.parametrize(
    ("number", "kind", "wrong"),
    [
        ("34534536346345345345", "Integer", True),
        ("34534536346345345345", "Decimal", False),
        ("1e400", "Decimal", True),
        ("-1e400", "Integer", True),
        ("2147483648", "UnsignedInt", True),
    ],
)
def test_a_number_that_is_too_large_is_told_with_its_place(
    fhir: Fhir, number: str, kind: str, wrong: bool
) -> None:
    text = f'{{"resourceType":"Parameters","parameter":[{{"name":"a","value{kind}":{number}}}]}}'
    answer = fhir.send("POST", "$validate", text)

    assert answer.status_code == 200, answer.text
    (issue,) = answer.get_json()["issue"]
    place = f"Parameters.parameter[0].value.ofType({kind[0].lower()}{kind[1:]})"
    assert issue.get("expression") == ([place] if wrong else None)
    assert issue["severity"] == ("error" if wrong else "information")
