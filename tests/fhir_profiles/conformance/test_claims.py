"""What a resource claims: HL7's extensions by their definitions, and profiles."""

from collections.abc import Mapping
from typing import Any

import pytest

from fhir_profiles.conformance.bindings import CodesBySystem
from fhir_profiles.conformance.checking import issues_of
from fhir_profiles.conformance.known import BuiltIn, KnownProfiles
from tests.factories import fhir

HL7 = "http://hl7.org/fhir/StructureDefinition/"
OWN = "http://example.org/StructureDefinition/"
NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "text": NARRATIVE, **elements}


def told(
    resource: dict[str, Any], known: KnownProfiles | None = None, *profiles: str
) -> list[tuple[str, str]]:
    return [(each.severity, each.expression) for each in issues_of(resource, known, profiles)]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (patient(extension=[{"url": "urn:own", "valueString": "x"}]), []),
        (patient(extension=[{"url": f"{HL7}patient-birthPlace", "valueAddress": {"city": "x"}}]), []),
        (
            patient(extension=[{"url": f"{HL7}patient-birthPlace", "valueString": "x"}]),
            [("error", "Patient.extension[0].value.ofType(string)")],
        ),
        (
            patient(extension=[{"url": f"{HL7}patient-nationality", "valueString": "x"}]),
            [("error", "Patient.extension[0].value")],
        ),
        (
            patient(
                name=[
                    {
                        "family": "x",
                        "extension": [{"url": f"{HL7}patient-birthPlace", "valueAddress": {"city": "x"}}],
                    }
                ]
            ),
            [("warning", "Patient.name[0].extension[0]")],
        ),
        (
            patient(
                name=[
                    {
                        "family": "x",
                        "_family": {"extension": [{"url": f"{HL7}humanname-own-name", "valueString": "x"}]},
                    }
                ]
            ),
            [],
        ),
        (
            patient(modifierExtension=[{"url": "urn:own", "valueString": "x"}]),
            [("warning", "Patient.modifierExtension[0]")],
        ),
        (
            patient(modifierExtension=[{"url": f"{HL7}patient-birthPlace", "valueAddress": {"city": "x"}}]),
            [("error", "Patient.modifierExtension[0]")],
        ),
    ],
)
def test_an_extension_of_hl7_is_as_it_is_defined(
    resource: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert told(resource) == expected


def weight(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "text": NARRATIVE,
        "meta": {"profile": [f"{HL7}bodyweight"]},
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2020-01-02",
        "valueQuantity": {"value": 70, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
        **elements,
    }


def test_the_vital_signs_of_hl7_are_checked_with_what_they_are_made_from() -> None:
    assert told(weight()) == []
    pounds = {"value": 70, "unit": "stone", "system": "http://unitsofmeasure.org", "code": "[stone_av]"}
    assert told(weight(valueQuantity=pounds)) == [("error", "Observation.value.ofType(Quantity).code")]
    assert ("error", "Observation.code.coding") in told(weight(code={"text": "weight"}))
    assert ("error", "Observation.category") in told(weight(category=[{"text": "vital"}]))
    places = [place for _, place in told(weight(valueQuantity={"value": 1}))]
    assert places == [f"Observation.value.ofType(Quantity).{name}" for name in ("unit", "system", "code")]


def definition(name: str, *elements: Mapping[str, Any], kind: str = "Patient", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "url": f"{OWN}{name}",
        "type": kind,
        "baseDefinition": f"{HL7}{kind}",
        **more,
        "differential": {"element": [{"id": kind, "path": kind}, *elements]},
    }


def element(id_: str, **more: Any) -> dict[str, Any]:
    path = ".".join(part.partition(":")[0] for part in id_.split("."))
    name = id_.rpartition(".")[2].partition(":")[2]
    return {"id": id_, "path": path, **({"sliceName": name} if name else {}), **more}


SLICED = {"rules": "closed", "discriminator": [{"type": "value", "path": "system"}]}
DEFINITIONS = [
    definition(
        "named", element("Patient.name", min=1, max="2"), element("Patient.name.family", min=1, maxLength=5)
    ),
    definition(
        "official",
        element("Patient.name.use", fixedCode="official", min=1),
        element("Patient.name", max="1"),
        baseDefinition=f"{OWN}named",
    ),
    definition(
        "numbered",
        element("Patient.identifier", slicing=SLICED, min=1),
        element("Patient.identifier:mrn", min=1, max="1"),
        element("Patient.identifier:mrn.system", min=1, fixedUri="urn:mrn"),
        element("Patient.identifier:mrn.value", min=1),
        element("Patient.identifier:other", max="1"),
        element("Patient.identifier:other.system", fixedUri="urn:other"),
    ),
    definition(
        "typed",
        element("Patient.deceased[x]", type=[{"code": "boolean"}]),
        element(
            "Patient.multipleBirth[x]",
            slicing={"discriminator": [{"type": "type", "path": "$this"}], "rules": "open"},
        ),
        element(
            "Patient.multipleBirth[x]:multipleBirthInteger", type=[{"code": "integer"}], maxValueInteger=9
        ),
        element(
            "Patient.generalPractitioner",
            type=[{"code": "Reference", "targetProfile": [f"{HL7}Practitioner"]}],
        ),
        element("Patient.maritalStatus", patternCodeableConcept={"coding": [{"code": "M"}]}),
        element(
            "Patient.gender",
            binding={"strength": "required", "valueSet": "http://example.org/ValueSet/binary"},
        ),
    ),
    definition(
        "there",
        element(
            "Patient.contact",
            slicing={"discriminator": [{"type": "exists", "path": "name"}], "rules": "open"},
        ),
        element("Patient.contact:named", max="1"),
        element("Patient.contact:named.name", min=1),
        element("Patient.contact:unnamed", max="0"),
        element("Patient.contact:unnamed.name", max="0"),
    ),
    definition(
        "ruled",
        element(
            "Patient",
            constraint=[
                {"key": "own-1", "severity": "error", "human": "born", "expression": "birthDate.exists()"},
                {"key": "own-2", "severity": "warning", "human": "active", "expression": "active.exists()"},
                {"key": "own-3", "severity": "error", "human": "no FHIRPath", "expression": "((("},
            ],
        ),
    ),
    definition(
        "asking",
        element("Questionnaire.item.text", min=1),
        element("Questionnaire.item.item", contentReference="#Questionnaire.item"),
        kind="Questionnaire",
    ),
    definition(
        "coloured",
        element("Extension.url", fixedUri=f"{OWN}coloured"),
        element("Extension.value[x]", min=1, type=[{"code": "code"}]),
        kind="Extension",
        context=[{"type": "element", "expression": "Patient"}],
    ),
    definition(
        "painted",
        element(
            "Patient.extension:colour", min=1, type=[{"code": "Extension", "profile": [f"{OWN}coloured"]}]
        ),
    ),
]


class Gathered(BuiltIn):
    """Those definitions beside what every gateway knows."""

    def structure(self, url: str) -> Mapping[str, Any] | None:
        return next((each for each in DEFINITIONS if each["url"] == url), None) or super().structure(url)

    def codes(self, url: str) -> CodesBySystem | None:
        binary = {"http://hl7.org/fhir/administrative-gender": frozenset({"male", "female"})}
        return binary if url.endswith("/binary") else super().codes(url)


@pytest.fixture(scope="module")
def known() -> KnownProfiles:
    return KnownProfiles(Gathered())


MRN, OTHER, THIRD = ({"system": f"urn:{name}", "value": "1"} for name in ("mrn", "other", "third"))
COLOUR = {"url": f"{OWN}coloured", "valueCode": "red"}


@pytest.mark.parametrize(
    ("name", "elements", "expected"),
    [
        ("named", {"name": [{"family": "x"}]}, []),
        ("named", {}, ["Patient.name"]),
        ("named", {"name": [{"family": "x"}] * 3}, ["Patient.name"]),
        ("named", {"name": [{"text": "x"}]}, ["Patient.name[0].family"]),
        ("named", {"name": [{"family": "abcdef"}]}, ["Patient.name[0].family"]),
        ("official", {"name": [{"family": "x", "use": "official"}]}, []),
        ("official", {"name": [{"family": "x", "use": "usual"}]}, ["Patient.name[0].use"]),
        ("official", {"name": [{"use": "official"}]}, ["Patient.name[0].family"]),
        ("official", {}, ["Patient.name"]),
        ("numbered", {"identifier": [MRN, OTHER]}, []),
        ("numbered", {"identifier": [OTHER]}, ["Patient.identifier"]),
        ("numbered", {"identifier": [MRN, MRN]}, ["Patient.identifier"]),
        ("numbered", {"identifier": [MRN, THIRD]}, ["Patient.identifier[1]"]),
        ("numbered", {"identifier": [{"system": "urn:mrn"}]}, ["Patient.identifier[0].value"]),
        ("typed", {"deceasedBoolean": True, "multipleBirthInteger": 9, "gender": "male"}, []),
        ("typed", {"deceasedDateTime": "2020"}, ["Patient.deceased.ofType(dateTime)"]),
        ("typed", {"multipleBirthInteger": 10}, ["Patient.multipleBirth.ofType(integer)"]),
        ("typed", {"multipleBirthBoolean": True}, []),
        (
            "typed",
            {"generalPractitioner": [{"reference": "Organization/1"}]},
            ["Patient.generalPractitioner[0]"],
        ),
        (
            "typed",
            {"maritalStatus": {"coding": [{"code": "M", "system": "urn:x"}]}},
            ["?Patient.maritalStatus"],
        ),
        ("typed", {"maritalStatus": {"text": "M"}}, ["Patient.maritalStatus"]),
        ("typed", {"gender": "other"}, ["Patient.gender"]),
        ("there", {"contact": [{"name": {"text": "x"}}]}, []),
        (
            "there",
            {"contact": [{"telecom": [{"system": "phone"}]}]},
            ["Patient.contact"],
        ),
        ("ruled", {"birthDate": "2020", "active": True}, []),
        ("ruled", {"birthDate": "2020"}, ["?Patient"]),
        ("ruled", {"active": True}, ["Patient"]),
        ("painted", {"extension": [COLOUR]}, []),
        ("painted", {"extension": [{"url": "urn:x", "valueCode": "red"}]}, ["Patient.extension"]),
        ("painted", {"extension": [{**COLOUR, "valueCode": None} | {"valueCode": "red"}]}, []),
        (
            "painted",
            {"extension": [{"url": f"{OWN}coloured", "valueString": "x"}]},
            ["Patient.extension[0].value.ofType(string)"],
        ),
    ],
)
def test_what_a_profile_demands(
    known: KnownProfiles, name: str, elements: dict[str, Any], expected: list[str]
) -> None:
    """A place after a question mark is one of a warning."""
    found = told(patient(**elements), known, f"{OWN}{name}")
    assert [f"{'?' if severity == 'warning' else ''}{place}" for severity, place in found] == expected
    claimed = patient(meta={"profile": [f"{OWN}{name}|1.0"]}, **elements)
    assert told(claimed, known) == found


def test_an_element_that_is_as_another_meets_what_that_one_meets(known: KnownProfiles) -> None:
    def asked(**inner: str) -> list[tuple[str, str]]:
        items = [
            {
                "linkId": "1",
                "type": "group",
                "text": "x",
                "item": [{"linkId": "2", "type": "string", **inner}],
            }
        ]
        form = {"resourceType": "Questionnaire", "text": NARRATIVE, "status": "draft", "item": items}
        return told(form, known, f"{OWN}asking")

    assert asked(text="x") == []
    assert asked() == [("error", "Questionnaire.item[0].item[0].text")]


def test_an_issue_names_the_profile_and_what_would_be_right(known: KnownProfiles) -> None:
    (issue,) = issues_of(patient(), known, [f"{OWN}named"])
    assert issue.diagnostics == f"1..2 demanded, 0 found (profile {OWN}named)"
    (issue,) = issues_of(patient(gender="other"), known, [f"{OWN}typed"])
    assert "http://example.org/ValueSet/binary" in issue.diagnostics


def test_a_profile_of_another_type_or_unknown_is_told() -> None:
    assert told(patient(meta={"profile": [f"{HL7}bodyweight"]})) == [("error", "Patient.meta.profile[0]")]
    assert told(patient(meta={"profile": ["urn:unknown"]})) == [("warning", "Patient.meta.profile[0]")]
    assert told(patient(meta={"profile": [f"{HL7}Patient"]})) == []


REPORT = "urn:hilum:StructureDefinition:diagnostic-report"


def test_the_report_of_a_read_is_about_a_study_and_says_something() -> None:
    report = {
        **fhir.diagnostic_report("Patient/1", study="ImagingStudy/1"),
        "text": NARRATIVE,
        "conclusion": "x",
    }
    assert told(report, None, REPORT) == []
    assert told({**report, "subject": {"reference": "Group/1"}}, None, REPORT) == [
        ("error", "DiagnosticReport.subject")
    ]
    silent = {name: value for name, value in report.items() if name not in ("conclusion", "imagingStudy")}
    assert told(silent, None, REPORT) == [
        ("error", "DiagnosticReport.imagingStudy"),
        ("error", "DiagnosticReport"),
    ]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (f"{HL7}Patient", []),
        (f"{HL7}Patient|4.0.1", []),
        (f"{HL7}DomainResource", []),
        (f"{HL7}Resource", []),
        (f"{HL7}Observation", [("error", "Patient")]),
        (f"{HL7}Observation|4.0.1", [("error", "Patient")]),
        (f"{HL7}HumanName", [("error", "Patient")]),
        (f"{HL7}bodyweight", [("error", "Patient")]),
        (f"{HL7}Colour", [("error", "Patient")]),
    ],
)
def test_a_definition_of_another_type_is_told_as_such(profile: str, expected: list[tuple[str, str]]) -> None:
    assert told(patient(), None, profile) == expected


@pytest.mark.parametrize(
    ("url", "inner", "expected"),
    [
        ("urn:own", "part", []),
        ("own", "urn:part", [("error", "Patient.extension[0].url")]),
        ("own/part", "part", [("error", "Patient.extension[0].url")]),
    ],
)
def test_the_url_of_an_extension_is_absolute_but_inside_of_another(
    url: str, inner: str, expected: list[tuple[str, str]]
) -> None:
    assert (
        told(patient(extension=[{"url": url, "extension": [{"url": inner, "valueCode": "x"}]}])) == expected
    )


@pytest.mark.parametrize(
    ("resource", "places"),
    [
        (patient(name=[{"id": "a", "family": "x"}, {"id": "b", "family": "y"}]), []),
        (patient(name=[{"id": "a", "family": "x"}, {"id": "a", "family": "y"}]), ["Patient.name[1].id"]),
        (
            patient(name=[{"id": "a", "given": ["x"], "_given": [{"id": "a"}]}]),
            ["Patient.name[0].id"],
        ),
        (patient(id="a", name=[{"id": "a", "family": "x"}]), []),
    ],
)
def test_an_id_names_one_element_of_its_resource(resource: dict[str, Any], places: list[str]) -> None:
    assert told(resource) == [("error", place) for place in places]


def test_a_reference_has_the_type_of_what_it_leads_to() -> None:
    contained = {"resourceType": "Organization", "id": "o", "name": "x"}

    def general(**elements: str) -> dict[str, Any]:
        return patient(contained=[contained], generalPractitioner=[{"reference": "#o", **elements}])

    def errors(resource: dict[str, Any]) -> list[str]:
        return [place for severity, place in told(resource) if severity == "error"]

    assert errors(general()) == errors(general(type="Organization")) == []
    assert errors(general(type="Practitioner")) == ["Patient.generalPractitioner[0].type"]


@pytest.mark.parametrize(
    "system", ["http://hl7.org/fhir/ValueSet/marital-status", "http://snomed.info/sct?fhir_vs=isa/1"]
)
def test_a_value_set_is_no_code_system(system: str) -> None:
    tagged = patient(meta={"tag": [{"system": system, "code": "M"}]})
    assert told(tagged) == [("error", "Patient.meta.tag[0].system")]


def test_a_complex_extension_has_the_parts_that_it_defines() -> None:
    species = {"url": "species", "valueCodeableConcept": {"text": "cat"}}
    for name, expected in (
        ("breed", []),
        ("urn:own", []),
        ("bred", [("error", "Patient.extension[0].extension[1]")]),
    ):
        part = {"url": name, "valueCodeableConcept": {"text": "x"}}
        animal = {"url": f"{HL7}patient-animal", "extension": [species, part]}
        assert told(patient(extension=[animal])) == expected


@pytest.mark.parametrize(
    ("elements", "places"),
    [
        ({"identifier": [{"system": "urn:a", "value": "x"}, {"value": "y"}]}, []),
        ({"identifier": [{"system": "hospital", "value": "x"}]}, ["Patient.identifier[0].system"]),
        (
            {"maritalStatus": {"coding": [{"system": "/codes", "code": "x"}]}},
            ["Patient.maritalStatus.coding[0].system"],
        ),
        ({"telecom": [{"system": "phone", "value": "1"}]}, []),
    ],
)
def test_a_system_is_absolute(elements: dict[str, Any], places: list[str]) -> None:
    errors = [place for severity, place in told(patient(**elements)) if severity == "error"]
    assert errors == places
