"""The search parameters of R4, and those added as data."""

import json
from pathlib import Path

import pytest

from fhir_profiles.definitions import registry
from fhir_profiles.definitions.expressions import PathStep, UnreadableExpression, parse, parts_for
from fhir_profiles.index.extraction import extract


def test_every_type_of_r4_has_parameters_and_nothing_else_has() -> None:
    assert len(registry.RESOURCE_TYPES) == 146
    for each in registry.RESOURCE_TYPES:
        assert {"_id", "_lastUpdated", "_tag", "_profile"} <= registry.search_parameters(each).keys()
    assert registry.search_parameters("SubscriptionStatus") == {}
    assert registry.search_parameter("Patient", "nonsense") is None


@pytest.mark.parametrize(
    ("resource_type", "name", "type_", "paths", "targets"),
    [
        ("Condition", "code", "token", ("code",), ()),
        ("Condition", "patient", "reference", ("subject",), ("Patient",)),
        ("Patient", "phone", "token", ("telecom",), ()),
        (
            "Encounter",
            "participant",
            "reference",
            ("participant.individual",),
            ("Practitioner", "PractitionerRole", "RelatedPerson"),
        ),
        ("MedicationRequest", "medication", "reference", ("medication",), ("Medication",)),
        ("AuditEvent", "patient", "reference", ("agent.who", "entity.what"), ("Patient",)),
        ("Observation", "combo-code", "token", ("code", "component.code"), ()),
    ],
)
def test_a_parameter_says_where_it_looks(
    resource_type: str, name: str, type_: str, paths: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    found = registry.search_parameter(resource_type, name)
    assert found is not None
    assert (found.type, found.paths, found.targets) == (type_, paths, targets)


def test_reference_paths_are_those_of_reference_parameters_only() -> None:
    assert registry.reference_paths("DiagnosticReport", "imagingStudy") == ("imagingStudy",)
    assert registry.reference_paths("Condition", "code") == ()


def test_the_patient_compartment_is_that_of_the_standard() -> None:
    assert registry.compartment_parameters("Condition") == ("patient", "asserter")
    assert registry.compartment_parameters("Patient") == ("_id",)
    assert registry.compartment_parameters("Practitioner") == ()
    assert registry.in_patient_compartment("Observation")
    assert not registry.in_patient_compartment("Endpoint")


def test_what_everybody_may_read_is_about_no_patient() -> None:
    shared = {each for each in registry.RESOURCE_TYPES if registry.is_shared(each)}

    assert {"Organization", "Location", "PractitionerRole", "Endpoint", "CodeSystem", "ValueSet"} <= shared
    assert not shared & {each for each in registry.RESOURCE_TYPES if registry.in_patient_compartment(each)}
    assert registry.RESOURCE_TYPES - shared >= {"Binary", "Bundle", "Contract", "Device", "GuidanceResponse"}
    assert registry.RESOURCE_TYPES - shared >= {"Linkage", "MessageHeader", "Parameters", "PaymentNotice"}
    assert not [each for each in shared if _may_name_a_patient(each)]


def _may_name_a_patient(resource_type: str) -> bool:
    """Whether a search parameter of the type looks for patients."""
    return any("Patient" in each.targets for each in registry.search_parameters(resource_type).values())


def test_every_reference_of_every_type_has_a_relationship_to_be_named_after() -> None:
    assert {"subject", "basedOn", "individual", "value", "medication"} <= registry.reference_elements()
    assert all(name.isalpha() for name in registry.reference_elements())


@pytest.mark.parametrize(
    ("expression", "base", "parts"),
    [
        ("Patient.name | Person.name", "Patient", ("name",)),
        ("(Observation.value as Quantity)", "Observation", ("value.ofType(Quantity)",)),
        ("Observation.value.as(Quantity)", "Observation", ("value.ofType(Quantity)",)),
        (
            "(Observation.value.ofType(CodeableConcept)).text",
            "Observation",
            ("value.ofType(CodeableConcept).text",),
        ),
        ("Resource.meta.tag", "Resource", ("meta.tag",)),
        ("Observation | Observation.component", "Observation", ("", "component")),
    ],
)
def test_an_expression_is_split_into_the_parts_of_its_type(
    expression: str, base: str, parts: tuple[str, ...]
) -> None:
    assert parts_for(expression, base) == parts


def test_what_narrows_a_step_is_read() -> None:
    assert parse("subject.where(resolve() is Patient)").steps == (PathStep("subject", resolves="Patient"),)
    assert parse("telecom.where(system='phone')").steps == (PathStep("telecom", equal=("system", "phone")),)
    assert parse("entry[0].resource").steps == (PathStep("entry", index=0), PathStep("resource"))
    assert parse("deceased.exists() and deceased != false").exists
    with pytest.raises(UnreadableExpression):
        parse("name.select(given)")


def parameter(**changes: object) -> dict[str, object]:
    return {
        "resourceType": "SearchParameter",
        "code": "eye-colour",
        "base": ["Patient"],
        "type": "token",
        "expression": "Patient.extension.where(url='urn:eye').value.ofType(Coding)",
        **changes,
    }


def test_a_parameter_is_added_by_a_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "eye.json").write_text(json.dumps(parameter()), encoding="utf-8")
    added = registry.read_additions(tmp_path)
    assert added["Patient"]["eye-colour"]["type"] == "token"


def test_the_shipped_additions_are_searched() -> None:
    report = {"resourceType": "DiagnosticReport", "imagingStudy": [{"reference": "ImagingStudy/1"}]}
    study = {
        "resourceType": "ImagingStudy",
        "identifier": [{"type": {"coding": [{"code": "ACSN"}]}, "value": "A1"}, {"value": "B2"}],
        "modality": [{"code": "CT"}],
    }
    assert ("imagingStudy", "ImagingStudy/1") in {(term.param, term.code) for term in extract(report).terms}
    terms = {(term.param, term.code) for term in extract(study).terms}
    assert ("accession", "A1") in terms
    assert ("accession", "B2") not in terms
    assert ("modality", "CT") in terms


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "composite"},
        {"base": ["Nothing"]},
        {"expression": "Patient.nothing"},
        {"expression": "Observation.code"},
        {"expression": "Patient.name.select(given)"},
        {"resourceType": "Patient"},
    ],
)
def test_a_file_that_cannot_be_searched_by_is_named_at_start(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    (tmp_path / "wrong.json").write_text(json.dumps(parameter(**changes)), encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong\.json"):
        registry.read_additions(tmp_path)
