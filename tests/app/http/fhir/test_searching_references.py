"""search: references with their versions, and chains into what is contained."""

from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir, found, link, names
from tests.factories.fhir import condition, medication_request, patient, reference


@pytest.fixture
def versions(fhir: Fhir) -> Fhir:
    """A condition in two versions; one task names the first, one the second, one none."""
    for text in ("v1", "v2"):
        fhir.send("PUT", "Condition/c", condition("Patient/p", id="c", code=text))
    for name, reference_to in (
        ("first", "Condition/c/_history/1"),
        ("second", "Condition/c/_history/2"),
        ("any", "Condition/c"),
        ("none", "Condition/c/_history/9"),
    ):
        task = {"resourceType": "Task", "id": name, "status": "draft", "intent": "unknown"}
        assert (
            fhir.send("PUT", f"Task/{name}", {**task, "basedOn": [reference(reference_to)]}).status_code
            == 201
        )
    return fhir


def test_an_include_is_the_version_that_is_named(versions: Fhir) -> None:
    def codes(name: str) -> list[str]:
        answer = versions.get(f"Task?_id={name}&_include=Task:based-on").json
        included = [each for each in answer["entry"] if each["search"]["mode"] == "include"]
        return [each["resource"]["code"]["coding"][0]["code"] for each in included]

    assert {name: codes(name) for name in ("first", "second", "any", "none")} == {
        "first": ["v1"], "second": ["v2"], "any": ["v2"], "none": [],
    }  # fmt: skip
    every = versions.get("Task?_include=Task:based-on").json
    assert names(every, "include") == ["Condition/c", "Condition/c"]
    versions.send("DELETE", "Condition/c")
    assert (codes("first"), codes("any")) == (["v1"], [])


def test_a_match_and_its_other_version_stand_beside_one_another(fhir: Fhir) -> None:
    for _ in range(2):
        link_to = [{"type": "replaces", "other": reference("Patient/p/_history/1")}]
        fhir.send("PUT", "Patient/p", patient(id="p", link=link_to))
    answer = fhir.get("Patient?_id=p&_include=Patient:link").json

    assert [each["resource"]["meta"]["versionId"] for each in answer["entry"]] == ["2", "1"]  # type: ignore[index]
    assert [each["search"]["mode"] for each in answer["entry"]] == ["match", "include"]  # type: ignore[index]


def test_a_reference_is_asked_with_its_version_or_without(versions: Fhir) -> None:
    expected = {
        "Task?based-on=Condition/c": "any first none second",
        "Task?based-on=Condition/c/_history/1": "first",
        "Task?based-on=Condition/c/_history/2": "second",
        "Task?based-on=Condition/c/_history/3": "",
        "Task?based-on=http://127.0.0.1:8042/fhir/Condition/c/_history/1": "first",
    }
    assert found(versions, expected) == expected


def test_a_chain_through_another_version_is_told_of(fhir: Fhir) -> None:
    for name in ("x", "y"):
        fhir.send("PUT", "Patient/p", patient(id="p", name=[{"family": name}]))
    fhir.send("PUT", "Condition/old", condition("Patient/p/_history/1", id="old"))
    fhir.send("PUT", "Condition/new", condition("Patient/p/_history/2", id="new"))

    def outcomes(query: str) -> list[str]:
        return names(fhir.get(query).json, "outcome")

    assert found(fhir, {"Condition?subject:Patient.name=y": "new old"}) == {
        "Condition?subject:Patient.name=y": "new old"
    }
    assert len(outcomes("Condition?subject:Patient.name=y")) == 1
    assert outcomes("Condition?_id=new&subject:Patient.name=y") == []
    assert outcomes("Condition?subject=Patient/p") == []


def order(name: str, of: str, contained: list[dict[str, Any]] | None) -> dict[str, Any]:
    """An order for the Medication that a reference leads to."""
    return medication_request(
        "Patient/p",
        id=name,
        medicationCodeableConcept=None,
        medicationReference=reference(of),
        contained=contained,
    )


def test_contained_resources_are_found_by_what_contains_them(fhir: Fhir) -> None:
    def drug(code: str) -> dict[str, Any]:
        coded = {"coding": [{"system": "urn:drugs", "code": code}]}
        return {"resourceType": "Medication", "id": "m", "code": coded}

    for name, code in (("one", "MTX"), ("two", "MTX"), ("three", "other")):
        order = medication_request("Patient/bo", id=name)
        order = {key: value for key, value in order.items() if not key.startswith("medication")}
        order |= {"medicationReference": {"reference": "#m"}, "contained": [drug(code)]}
        assert fhir.send("PUT", f"MedicationRequest/{name}", order).status_code == 201
    given = {
        "resourceType": "MedicationAdministration",
        "id": "given",
        "status": "completed",
        "subject": reference("Patient/bo"),
        "effectiveDateTime": "2026",
        "medicationReference": {"reference": "#m"},
        "contained": [drug("MTX")],
    }
    assert fhir.send("PUT", "MedicationAdministration/given", given).status_code == 201
    assert fhir.send("PUT", "Medication/stored", {**drug("MTX"), "id": "stored"}).status_code == 201

    inside = ["MedicationAdministration/given", "MedicationRequest/one", "MedicationRequest/two"]
    assert fhir.found("Medication?code=MTX&_contained=true") == inside
    assert fhir.found("Medication?code=MTX&_contained=both") == ["Medication/stored", *inside]
    assert fhir.found("Medication?code=MTX&_contained=false") == ["Medication/stored"]
    assert len(fhir.found("Medication?_contained=true&_containedType=container")) == 4
    assert fhir.found("Medication?code:not=MTX&_contained=true") == ["MedicationRequest/three"]
    assert fhir.found("Substance?_contained=true") == []
    counted = fhir.get("Medication?code=MTX&_contained=true&_count=0").json
    assert counted["total"] == 3  # type: ignore[index]
    alone = fhir.get("Medication?code=MTX&_contained=both&_containedType=contained").json
    assert [each["fullUrl"].partition("/fhir/")[2] for each in alone["entry"]] == [  # type: ignore[index]
        "Medication/stored",
        *(f"{name}#m" for name in inside),
    ]
    assert names(alone) == ["Medication/stored", *["Medication/m"] * 3]
    pages, address = [], "Medication?code=MTX&_contained=both&_count=1"
    while address:
        page = fhir.get(address).json
        pages += names(page)
        address = link(page, "next") or ""
    assert pages == ["Medication/stored", *inside]


@pytest.mark.parametrize(
    "query",
    [
        "_contained=maybe",
        "_contained=true&_containedType=some",
        "_contained=true&_containedType=contained&_summary=count",
        "_contained=true&_sort=code",
    ],
)
def test_what_is_not_asked_of_contained_resources_is_refused(fhir: Fhir, query: str) -> None:
    assert fhir.get(f"Medication?{query}").status_code == 400


def test_a_reference_of_any_kind_is_not_missing(fhir: Fhir) -> None:
    drug = {"resourceType": "Medication", "id": "m", "status": "active"}
    stored = {"reference": "Medication/elsewhere"}
    kinds = {
        "contained": ({"reference": "#m"}, [drug]),
        "literal": (stored, None),
        "logical": ({"identifier": {"system": "urn:drugs", "value": "1"}}, None),
    }
    for name, (of, contained) in kinds.items():
        order = medication_request("Patient/bo", id=name)
        order = {key: value for key, value in order.items() if not key.startswith("medication")}
        order |= {"medicationReference": of} | ({"contained": contained} if contained else {})
        assert fhir.send("PUT", f"MedicationRequest/{name}", order).status_code == 201

    expected = {
        "MedicationRequest?medication:missing=true": "",
        "MedicationRequest?medication:missing=false": "contained literal logical",
        "MedicationRequest?medication=%23": "",
        "MedicationRequest?medication:identifier=1": "logical",
    }
    assert found(fhir, expected) == expected


def test_chains_look_into_contained_resources(fhir: Fhir) -> None:
    maker = {"resourceType": "Organization", "id": "o", "name": "Acme"}
    drug = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"coding": [{"system": "urn:drugs", "code": "MTX"}], "text": "Methotrexate"},
        "manufacturer": reference("#o"),
        "status": "active",
    }
    stored = {**drug, "id": "stored", "manufacturer": reference("Organization/acme"), "status": "inactive"}
    fhir.send("PUT", "Organization/acme", {**maker, "id": "acme"})
    fhir.send("PUT", "Medication/stored", stored)
    away = {**drug, "manufacturer": reference("Organization/acme")}
    other = {**drug, "id": "n", "code": {"text": "other"}, "status": "entered-in-error"}
    for name, of, contained in (
        ("inside", "#m", [drug, maker]),
        ("half", "#m", [away]),
        ("outside", "Medication/stored", None),
        ("beside", "#n", [other, maker]),
    ):
        fhir.send("PUT", f"MedicationRequest/{name}", order(name, of, contained))
    expected = {
        "MedicationRequest?medication.code=urn:drugs|MTX": "half inside outside",
        "MedicationRequest?medication.code=MTX,XTM": "half inside outside",
        "MedicationRequest?medication:Medication.code:text=metho": "half inside outside",
        "MedicationRequest?medication.status=active": "half inside",
        "MedicationRequest?medication.status:not=active": "beside outside",
        "MedicationRequest?medication.code:missing=true": "beside",
        "MedicationRequest?medication.manufacturer.name=acme": "beside half inside outside",
        "MedicationRequest?medication=Medication/stored": "outside",
        "MedicationRequest?medication._id=m": "",
        "Medication?code=MTX": "stored",
        "Patient?_has:MedicationRequest:subject:medication.code=MTX": "",
    }
    assert found(fhir, expected) == expected
    fhir.send("PUT", "MedicationRequest/inside", order("inside", "#n", [other, maker]))
    assert "inside" not in found(fhir, {"MedicationRequest?medication.code=MTX": ""}).values()


def questionnaire(name: str, url: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "id": name, "status": "active", "url": url, **elements}


def answers(name: str, canonical: str) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": name,
        "status": "completed",
        "questionnaire": canonical,
    }


def test_chains_lead_along_canonicals_to_the_version_that_they_name(fhir: Fhir) -> None:
    fhir.hold(
        questionnaire("old", "urn:q:pain", version="1", title="Pain, long"),
        questionnaire("new", "urn:q:pain", version="2", title="Pain, short"),
        questionnaire("mood", "urn:q:mood", title="Mood"),
        answers("by-old", "urn:q:pain|1"),
        answers("by-new", "urn:q:pain|2"),
        answers("by-any", "urn:q:pain"),
        answers("by-mood", "urn:q:mood"),
        answers("by-none", "urn:q:none"),
    )
    chained = "QuestionnaireResponse?questionnaire.title"
    expected = {
        f"{chained}=Pain": "by-any by-new by-old",
        f"{chained}=pain\\, long": "by-any by-old",
        f"{chained}:contains=short": "by-any by-new",
        f"{chained}=Mood": "by-mood",
        f"{chained}=Nothing": "",
        "QuestionnaireResponse?questionnaire:Questionnaire.version=2": "by-any by-new",
        "QuestionnaireResponse?_filter=questionnaire.title eq Mood": "by-mood",
        "QuestionnaireResponse?questionnaire=urn:q:pain": "by-any by-new by-old",
    }

    assert found(fhir, expected) == expected
    refused = fhir.get("Questionnaire?_has:QuestionnaireResponse:questionnaire:status=completed")
    assert (refused.status_code, refused.json["issue"][0]["code"]) == (400, "not-supported")  # type: ignore[index]
    one = fhir.send(
        "POST", "QuestionnaireResponse", answers("x", "urn:q:x"), If_None_Exist="questionnaire.title=Mood"
    )
    assert one.json["id"] == "by-mood"  # type: ignore[index]
    fhir.hold(*(questionnaire(f"q{number}", f"urn:q:{number}", title="Many") for number in range(51)))
    assert fhir.get(f"{chained}=Many").json["issue"][0]["code"] == "too-costly"  # type: ignore[index]


def test_a_profile_is_found_with_its_version_and_without(fhir: Fhir) -> None:
    for name, version in (("one", "|1"), ("two", "|2"), ("any", "")):
        fhir.hold(patient(id=name, meta={"profile": [f"http://e.example/p{version}"]}))
    expected = {
        "Patient?_profile=http://e.example/p": "any one two",
        "Patient?_profile=http://e.example/p|2": "two",
        "Patient?_profile:below=http://e.example": "any one two",
        "Patient?_profile=http://e.example/q": "",
    }

    assert found(fhir, expected) == expected
