"""What is right passes, what is wrong is named at its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from fhir_profiles.documents import parse
from fhir_profiles.issues import InvalidResource
from fhir_profiles.validation.validation import MOST_ISSUES, require_valid, validate
from tests.factories import fhir

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))


def found(resource: dict[str, Any]) -> list[tuple[str, str]]:
    return [(issue.code, issue.expression) for issue in validate(resource)]


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **elements}


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **elements}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_good_resources_pass(path: Path) -> None:
    assert validate(parse(path.read_bytes())) == ()


def test_the_resources_of_the_factories_pass() -> None:
    made = (fhir.patient(), fhir.condition("Patient/1"), fhir.encounter("Patient/1"), fhir.practitioner())
    assert [found(each) for each in made] == [[]] * len(made)


@pytest.mark.parametrize(
    ("resource", "code", "expression"),
    [
        ({}, "structure", ""),
        ({"resourceType": "Nothing"}, "structure", ""),
        ({"resourceType": ["Patient"]}, "structure", ""),
        ({"resourceType": "DomainResource"}, "structure", ""),
        (patient(nothing=1), "structure", "Patient.nothing"),
        (patient(name=[{"nothing": 1}]), "structure", "Patient.name[0].nothing"),
        (patient(name={"family": "x"}), "structure", "Patient.name"),
        (patient(name=["x"]), "structure", "Patient.name[0]"),
        (patient(gender=["male"]), "structure", "Patient.gender"),
        (patient(maritalStatus="M"), "structure", "Patient.maritalStatus"),
        (patient(name=[]), "structure", "Patient.name"),
        (patient(name=[{}]), "structure", "Patient.name[0]"),
        (patient(contact={}), "structure", "Patient.contact"),
        (patient(name=[{"given": [None]}]), "structure", "Patient.name[0].given[0]"),
        (
            patient(name=[{"given": ["a", None], "_given": [{"id": "x"}]}]),
            "structure",
            "Patient.name[0].given[1]",
        ),
        (patient(name=[None]), "structure", "Patient.name[0]"),
        (patient(active=None), "value", "Patient.active"),
        (patient(active="true"), "value", "Patient.active"),
        (patient(birthDate="2024-02-30"), "value", "Patient.birthDate"),
        (patient(id="a b"), "value", "Patient.id"),
        (patient(id="x" * 65), "value", "Patient.id"),
        (patient(name=[{"family": ""}]), "value", "Patient.name[0].family"),
        (patient(name=[{"family": "a\x01"}]), "value", "Patient.name[0].family"),
        (patient(multipleBirthInteger=1.5), "value", "Patient.multipleBirth.ofType(integer)"),
        (patient(deceasedBoolean=True, deceasedDateTime="2020"), "structure", "Patient.deceased"),
        (patient(gender="mmale"), "code-invalid", "Patient.gender"),
        (patient(_gender={"nothing": 1}), "structure", "Patient.gender.nothing"),
        (patient(_name=[{"id": "x"}]), "structure", "Patient.name"),
        (patient(_colour={"id": "x"}), "structure", "Patient.colour"),
        (patient(**{"hair-colour": "x"}), "structure", "Patient.`hair-colour`"),
        (patient(**{"1st": "x"}), "structure", "Patient.`1st`"),
        (patient(name=[{"id": "x"}]), "invariant", "Patient.name[0]"),
        (patient(maritalStatus={"id": "x"}), "invariant", "Patient.maritalStatus"),
        (patient(_gender={"id": "x"}), "invariant", "Patient.gender"),
        (
            patient(name=[{"given": ["a", None], "_given": [None, {"id": "x"}]}]),
            "invariant",
            "Patient.name[0].given[1]",
        ),
        (
            {"resourceType": "Observation", "_status": {"id": "x"}, "code": {"text": "x"}},
            "invariant",
            "Observation.status",
        ),
        (
            {"resourceType": "Observation", "status": "final", "code": {"id": "x"}},
            "invariant",
            "Observation.code",
        ),
        (patient(communication=[{"preferred": True}]), "required", "Patient.communication[0].language"),
        (patient(extension=[{"valueString": "x"}]), "required", "Patient.extension[0].url"),
        (patient(extension=[{"url": "x"}]), "invariant", "Patient.extension[0]"),
        (patient(generalPractitioner=[{"reference": "#x"}]), "invariant", "Patient.generalPractitioner[0]"),
        ({"resourceType": "Observation", "code": {"text": "x"}}, "required", "Observation.status"),
        (observation(valueQuantity={"value": "5"}), "value", "Observation.value.ofType(Quantity).value"),
        (
            observation(valueQuantity={"value": 5, "code": "mg"}),
            "invariant",
            "Observation.value.ofType(Quantity)",
        ),
        (
            observation(effectivePeriod={"start": "2024", "end": "2023"}),
            "invariant",
            "Observation.effective.ofType(Period)",
        ),
        (observation(value="x"), "structure", "Observation.value"),
        (
            observation(effectiveDateTime="2024-01-02T10:00:00"),
            "value",
            "Observation.effective.ofType(dateTime)",
        ),
        (
            observation(component=[{"code": {"text": "x"}, "valueBoolean": 1}]),
            "value",
            "Observation.component[0].value.ofType(boolean)",
        ),
        (
            {"resourceType": "Parameters", "parameter": [{"name": "a", "valueInteger": "1"}]},
            "value",
            "Parameters.parameter[0].value.ofType(integer)",
        ),
        (
            {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": patient(gender="x")}]},
            "code-invalid",
            "Bundle.entry[0].resource.gender",
        ),
        (
            {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": {"id": "1"}}]},
            "structure",
            "Bundle.entry[0].resource",
        ),
        (
            patient(contained=[{"resourceType": "Patient", "gender": "x"}]),
            "code-invalid",
            "Patient.contained[0].gender",
        ),
        (patient(contained=[patient(contained=[patient()])]), "invariant", "Patient.contained[0]"),
        (
            {
                "resourceType": "Condition",
                "subject": {"display": "x"},
                "clinicalStatus": {"coding": [{"system": "urn:own", "code": "active"}]},
            },
            "code-invalid",
            "Condition.clinicalStatus",
        ),
    ],
)
def test_what_is_wrong_is_named_at_its_place(resource: dict[str, Any], code: str, expression: str) -> None:
    assert (code, expression) in found(resource)


def test_a_value_may_be_replaced_by_its_extension() -> None:
    absent = {"extension": [{"url": "urn:absent", "valueCode": "unknown"}]}
    assert found({"resourceType": "Observation", "_status": absent, "code": {"text": "x"}}) == []
    assert found(patient(name=[{"given": [None, "a"], "_given": [absent, None]}])) == []


def test_an_id_may_stand_beside_a_value() -> None:
    assert found(patient(id="x", gender="male", _gender={"id": "g"})) == []
    assert found(patient(name=[{"id": "n", "given": ["a"], "_given": [{"id": "g"}]}])) == []


def test_a_local_reference_needs_the_resource_it_names() -> None:
    contained = [{"resourceType": "Practitioner", "id": "x"}]
    assert found(patient(contained=contained, generalPractitioner=[{"reference": "#x"}])) == []
    entry = {"resource": patient(generalPractitioner=[{"reference": "#x"}])}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    assert ("invariant", "Bundle.entry[0].resource.generalPractitioner[0]") in found(bundle)


def test_many_faults_are_told_up_to_a_limit() -> None:
    assert len(validate(patient(name=[{"family": ""}] * 1000))) == MOST_ISSUES


def test_an_issue_repeats_no_value() -> None:
    issues = validate(
        patient(name=[{"family": 1, "given": "Secretname"}], birthDate="Secretname", **{"Sec ret\n<b>": 1})
    )
    assert "Secretname" not in json.dumps([issue.diagnostics + issue.expression for issue in issues])
    assert "Patient.Secretb" in [issue.expression for issue in issues]


def test_an_invalid_resource_is_raised_with_all_its_issues() -> None:
    require_valid(patient())
    with pytest.raises(InvalidResource) as refused:
        require_valid(patient(gender="x", active="y"))
    assert len(refused.value.issues) == 2


def narrative(markup: str) -> list[tuple[str, str]]:
    return found(patient(text={"status": "generated", "div": markup}))


DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'


def test_a_plain_narrative_passes() -> None:
    assert narrative(f'{DIV}<p class="a">Hello <b>you</b> &amp; <a href="Patient/1">me</a></p></div>') == []
    assert narrative(f'{DIV}<img src="data:image/png;base64,AA==" alt="x"/></div>') == []


@pytest.mark.parametrize(
    "markup",
    [
        "hello",
        "<div>no namespace</div>",
        f"{DIV}open",
        f"{DIV}</div>",
        f"{DIV}&nbsp;</div>",
        f"{DIV}<script>1</script></div>",
        f'{DIV}<p onclick="x()">1</p></div>',
        f'{DIV}<p ONCLICK="x()">1</p></div>',
        f'{DIV}<a href="javascript:x()">1</a></div>',
        f'{DIV}<a href="&#1; jAva\nscript:x()">1</a></div>'.replace("&#1;", "&#9;"),
        f'{DIV}<a href="data:text/html,x">1</a></div>',
        f"{DIV}<iframe/>1</div>",
        f"{DIV}<?php 1 ?>1</div>",
        f'<!DOCTYPE div [<!ENTITY a "b">]>{DIV}&a;</div>',
    ],
)
def test_a_narrative_that_runs_loads_or_says_nothing_is_refused(markup: str) -> None:
    assert narrative(markup) == [("invariant", "Patient.text")]


@pytest.mark.parametrize(
    ("start", "end", "valid"),
    [
        ("2024-01-02T10:00:00Z", "2024-01-02", True),
        ("2024-01-02", "2024-01-02T10:00:00Z", True),
        ("2024-01", "2024", True),
        ("2024-06", "2024-06-01", True),
        ("2024-06", "2024-05", False),
        ("2024-01-02T23:30:00-10:00", "2024-01-02", True),
        ("2024-01-03T00:30:00+14:00", "2024-01-02", True),
        ("2024-01-02T10:00:00Z", "2024-01-02T10:30:00+02:00", False),
        ("2024-01-02T10:00:00+02:00", "2024-01-02T08:00:00Z", True),
        ("2024-01-04", "2024-01-02T10:00:00Z", False),
        ("2024-01-04T20:00:00Z", "2024-01-03", False),
        ("2024-01-02T10:00:00.5Z", "2024-01-02T10:00:00Z", True),
        ("2024-01-02T10:00:01Z", "2024-01-02T10:00:00.5Z", False),
        ("2024", "2023-12-31T23:00:00-12:00", True),
    ],
)
def test_a_period_is_refused_where_it_certainly_ends_before_it_starts(
    start: str, end: str, valid: bool
) -> None:
    issues = validate(observation(effectivePeriod={"start": start, "end": end}))
    assert bool(issues) != valid
