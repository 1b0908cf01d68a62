"""R4's own rules beyond structure: invariants, targets of references, bindings, contained resources."""

from typing import Any

import pytest

from fhir_profiles.conformance.checking import errors_of, issues_of
from fhir_profiles.conformance.rules import known_invariants, rules_of
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.nodes import Node
from fhir_profiles.validation.structure import kinds
from tests.factories import fhir

NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
LOINC = "http://loinc.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def observation(**elements: Any) -> dict[str, Any]:
    code = {"coding": [{"system": LOINC, "code": "1-8"}], "text": "x"}
    return {"resourceType": "Observation", "text": NARRATIVE, "status": "final", "code": code, **elements}


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "text": NARRATIVE, **elements}


def bundle(kind: str, *entries: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **elements}


def told(resource: dict[str, Any], severity: str = "error") -> list[tuple[str, str]]:
    """The place and the rule of each issue."""
    found = (each for each in issues_of(resource) if each.severity == severity)
    return [(each.expression, each.diagnostics.rpartition("(")[2].rstrip(")")) for each in found]


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    (observation(dataAbsentReason={"text": "x"}, valueString="y"), "Observation", "obs-6"),
    (
        observation(valueString="x", component=[{"code": observation()["code"], "valueString": "y"}]),
        "Observation",
        "obs-7",
    ),
    (observation(referenceRange=[{"type": {"text": "x"}}]), "Observation.referenceRange[0]", "obs-3"),
    (
        observation(valueRange={"low": {"value": 5}, "high": {"value": 3}}),
        "Observation.value.ofType(Range)",
        "rng-2",
    ),
    (
        observation(valueRange={"low": {"value": 1, "comparator": "<"}}),
        "Observation.value.ofType(Range).low",
        "sqty-1",
    ),
    (observation(valueRatio={"numerator": {"value": 1}}), "Observation.value.ofType(Ratio)", "rat-1"),
    (
        observation(effectiveTiming={"repeat": {"duration": 3}}),
        "Observation.effective.ofType(Timing).repeat",
        "tim-1",
    ),
    (
        observation(effectiveTiming={"repeat": {"period": -3, "periodUnit": "d"}}),
        "Observation.effective.ofType(Timing).repeat",
        "tim-5",
    ),
    (patient(contact=[{"relationship": [{"text": "x"}]}]), "Patient.contact[0]", "pat-1"),
    (patient(photo=[{"data": "aGk="}]), "Patient.photo[0]", "att-1"),
    (patient(telecom=[{"value": "1"}]), "Patient.telecom[0]", "cpt-2"),
    ({"resourceType": "Organization", "text": NARRATIVE, "active": True}, "Organization", "org-1"),
    (
        {
            "resourceType": "Organization",
            "text": NARRATIVE,
            "name": "x",
            "address": [{"use": "home", "city": "y"}],
        },
        "Organization.address[0]",
        "org-2",
    ),
    (
        {
            "resourceType": "AllergyIntolerance",
            "text": NARRATIVE,
            "patient": {"display": "x"},
        },
        "AllergyIntolerance",
        "ait-1",
    ),
    (
        {
            "resourceType": "Appointment",
            "text": NARRATIVE,
            "status": "booked",
            "participant": [{"status": "accepted"}],
        },
        "Appointment",
        "app-3",
    ),
    (
        {
            "resourceType": "Condition",
            "text": NARRATIVE,
            "subject": {"display": "x"},
            "abatementString": "x",
        },
        "Condition",
        "con-4",
    ),
    (
        {
            "resourceType": "Questionnaire",
            "text": NARRATIVE,
            "status": "draft",
            "item": [{"linkId": "1", "type": "string"}, {"linkId": "1", "type": "string"}],
        },
        "Questionnaire",
        "que-2",
    ),
    (
        {
            "resourceType": "ValueSet",
            "text": NARRATIVE,
            "status": "draft",
            "compose": {"include": [{"version": "1"}]},
        },
        "ValueSet.compose.include[0]",
        "vsd-1",
    ),
    (
        {
            "resourceType": "CodeSystem",
            "text": NARRATIVE,
            "status": "draft",
            "content": "complete",
            "concept": [{"code": "a", "concept": [{"code": "a"}]}],
        },
        "CodeSystem",
        "csd-1",
    ),
    (bundle("collection", {"resource": patient()}, total=1), "Bundle", "bdl-1"),
    (bundle("transaction", {"resource": patient()}), "Bundle", "bdl-3"),
    (
        bundle("collection", *({"fullUrl": "urn:uuid:1", "resource": patient()} for _ in range(2))),
        "Bundle",
        "bdl-7",
    ),
    (bundle("collection", {"fullUrl": "urn:uuid:1"}), "Bundle.entry[0]", "bdl-5"),
    (bundle("document", {"resource": patient()}), "Bundle", "bdl-11"),
    (
        {"resourceType": "Parameters", "parameter": [{"name": "a", "valueString": "x", "part": []}]},
        "Parameters.parameter[0].part",
        "an array must not be empty",
    ),
    ({"resourceType": "Parameters", "parameter": [{"name": "a"}]}, "Parameters.parameter[0]", "inv-1"),
    (
        patient(contained=[{"resourceType": "Organization", "id": "o", "name": "x"}]),
        "Patient.contained[0]",
        "dom-3",
    ),
    (
        patient(
            contained=[{"resourceType": "Organization", "id": "o", "name": "x", "meta": {"versionId": "1"}}],
            managingOrganization={"reference": "#o"},
        ),
        "Patient",
        "dom-4",
    ),
]


@pytest.mark.parametrize(("resource", "place", "key"), BROKEN, ids=[each[2] for each in BROKEN])
def test_a_rule_that_is_broken_is_named_at_its_place(resource: dict[str, Any], place: str, key: str) -> None:
    assert (place, key) in told(resource)


def test_what_is_right_breaks_no_rule() -> None:
    for resource in (
        observation(valueRange={"low": {"value": 1}, "high": {"value": 3}}),
        observation(valueRange={"low": {"value": 5, "unit": "mg"}, "high": {"value": 3, "unit": "g"}}),
        bundle("collection", {"resource": patient()}),
        patient(
            contained=[{"resourceType": "Organization", "id": "o", "name": "x", "text": NARRATIVE}],
            managingOrganization={"reference": "#o"},
        ),
    ):
        assert issues_of(resource) == ()


def test_every_rule_of_r4_is_known_and_holds_of_nothing() -> None:
    """Each condition is compiled and run on an element of its type that holds next to nothing."""
    assert len(known_invariants()) > 220
    for kind in kinds():
        rules = rules_of(kind)
        for rule in rules.invariants if rules is not None else ():
            node = Node({"id": "x"}, kind)
            assert rule.condition.judge(node, Environment(node)) in (True, False), rule.key


def test_warnings_are_told_and_refuse_nothing() -> None:
    bare = {"resourceType": "Patient"}
    assert told(bare, "warning") == [("Patient", "dom-6")]
    assert errors_of(bare) == ()


@pytest.mark.parametrize(
    ("reference", "fault"),
    [
        ("Patient/1", None),
        ("http://elsewhere.org/fhir/Group/1", None),
        ("urn:uuid:1", None),
        ("#p", None),
        ("Practitioner/1", "Observation.subject"),
        ("http://elsewhere.org/fhir/Practitioner/1/_history/2", "Observation.subject"),
        ("#d", "Observation.subject"),
    ],
)
def test_a_reference_leads_to_a_type_that_it_may(reference: str, fault: str | None) -> None:
    contained = [
        {"resourceType": "Patient", "id": "p"},
        {"resourceType": "Practitioner", "id": "d", "name": [{"text": "x"}]},
    ]
    performer = [{"reference": "#d"}, {"reference": "#p"}]
    found = told(observation(subject={"reference": reference}, contained=contained, performer=performer))
    assert [place for place, _ in found] == ([fault] if fault else [])


def test_an_entry_is_what_a_reference_to_it_leads_to() -> None:
    entry = {"fullUrl": "urn:uuid:1", "resource": fhir.practitioner(text=NARRATIVE)}
    about = {"resource": observation(subject={"reference": "urn:uuid:1"})}
    assert [place for place, _ in told(bundle("collection", entry, about))] == [
        "Bundle.entry[1].resource.subject"
    ]


def test_a_wrong_target_is_told_and_taken() -> None:
    assert errors_of(observation(subject={"reference": "Practitioner/1"})) == ()


def test_a_code_beside_an_extensible_set_is_a_warning_with_the_nearest() -> None:
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    coding = {"coding": [{"system": system, "code": "unknwon"}]}
    issue = issues_of(observation(dataAbsentReason=coding))[-1]
    assert (issue.severity, issue.code, issue.expression) == (
        "warning",
        "code-invalid",
        "Observation.dataAbsentReason",
    )
    assert "http://hl7.org/fhir/ValueSet/data-absent-reason" in issue.diagnostics
    assert "nearest: unknown" in issue.diagnostics
    assert issues_of(observation(dataAbsentReason={"text": "unwell"})) == ()


def test_a_code_is_one_of_its_system_and_is_called_what_that_calls_it() -> None:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"

    def told_of(**coding: str) -> list[tuple[str, str]]:
        found = issues_of(observation(category=[{"coding": [{"system": system, **coding}]}]))
        return [(each.severity, each.expression) for each in found]

    place = "Observation.category[0].coding[0]"
    assert told_of(code="vital-signs", display="vital  SIGNS") == []
    assert told_of(code="vital-signs", display="Temperature") == [("warning", f"{place}.display")]
    assert told_of(code="vital") == [("warning", f"{place}.code")]
    assert told_of(code="vital", version="9") == []
    assert told_of(code="x", system="urn:own") == []


def test_a_currency_is_one_of_iso_4217() -> None:
    def told_of(currency: str) -> list[str]:
        invoice = {
            "resourceType": "Invoice",
            "status": "draft",
            "totalNet": {"value": 1, "currency": currency},
        }
        return [each.expression for each in errors_of(invoice)]

    assert told_of("EUR") == []
    assert told_of("euro") == ["Invoice.totalNet.currency"]


def test_many_warnings_hide_no_error() -> None:
    entries = [{"resource": {"resourceType": "Patient"}} for _ in range(300)]
    found = issues_of(bundle("collection", *entries, {"resource": patient(gender="x")}))
    assert ("error", "Bundle.entry[300].resource.gender") in [(i.severity, i.expression) for i in found]


def test_a_code_that_is_left_to_an_extension_is_a_warning() -> None:
    absent = {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
    }
    told = issues_of({"resourceType": "Patient", "_gender": absent, "_birthDate": absent, "text": NARRATIVE})
    assert [(each.severity, each.expression) for each in told] == [("warning", "Patient.gender")]
    allergy = {
        "resourceType": "AllergyIntolerance",
        "text": NARRATIVE,
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
        "category": ["food", None],
        "_category": [None, absent],
        "patient": {"reference": "Patient/1"},
    }
    assert [each.expression for each in issues_of(allergy)] == ["AllergyIntolerance.category[1]"]
