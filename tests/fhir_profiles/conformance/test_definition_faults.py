"""Why nothing can be checked by a StructureDefinition."""

from typing import Any

import pytest

from fhir_profiles.conformance.definition_faults import fault_of, missing_base
from fhir_profiles.conformance.known import BASE, BuiltIn, built_in


def profile(*paths: str, kind: str = "Patient", **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "type": kind,
        "kind": "resource",
        "derivation": "constraint",
        "baseDefinition": f"{BASE}{kind}",
        "differential": {"element": [{"path": path} for path in paths]},
        **elements,
    }


@pytest.mark.parametrize(
    ("definition", "wrong"),
    [
        (profile("Patient", "Patient.name.given", "Patient.deceased[x]", "Patient.deceasedBoolean"), None),
        (profile("Patient.birthDate.extension.value[x].coding.code", "Patient.contained.name"), None),
        (profile("Patient.name.given.value", "Patient.text.div"), None),
        (profile("Extension.value[x].coding", kind="Extension"), None),
        (profile("Questionnaire.item.item.linkId", kind="Questionnaire"), None),
        (profile("Patient.nam"), "there is no such element: Patient.nam"),
        (profile("Patient.name.given.family"), "there is no such element: Patient.name.given.family"),
        (profile("Observation.code"), "there is no such element: Observation.code"),
        (profile("Colour.shade", kind="Colour"), "its type is none of R4"),
        (profile("Colour.shade", kind="Colour", derivation="specialization"), None),
        (profile("Colour.shade") | {"kind": "logical"}, None),
        ({"resourceType": "ValueSet"}, None),
    ],
)
def test_a_profile_of_elements_that_are_none_is_told_of(
    definition: dict[str, Any], wrong: str | None
) -> None:
    assert fault_of(definition) == wrong


def test_a_profile_without_a_snapshot_leans_on_its_base() -> None:
    def missing(definition: dict[str, Any]) -> str | None:
        return missing_base(definition, lambda url: built_in().type_of(url) is not None)

    assert missing(profile()) is None
    assert missing(profile(baseDefinition=f"{BASE}bp")) is None
    assert missing(profile(baseDefinition="http://example.org/nowhere|1")) == "http://example.org/nowhere|1"
    assert missing(profile(baseDefinition="http://example.org/nowhere", snapshot={"element": []})) is None


def test_no_profile_of_hl7_has_a_fault() -> None:
    known = BuiltIn()
    for url in (
        "bp",
        "vitalsigns",
        "patient-animal",
        "cholesterol",
        "shareablevalueset",
        "data-absent-reason",
    ):
        definition = known.structure(f"{BASE}{url}")
        assert definition is not None
        assert fault_of(definition) is None
