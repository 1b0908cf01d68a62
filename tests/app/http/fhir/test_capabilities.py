"""The CapabilityStatement tells what there is, no more and no less."""

import pytest
from flask import Flask

from app.http.fhir.audit import AUDIT, PARAMETERS
from app.http.fhir.capabilities import OF_SYSTEM, OF_TYPE
from fhir_profiles.definitions.registry import RESOURCE_TYPES, search_parameters
from fhir_profiles.validation.validation import validate
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import organization

ENDPOINTS = {
    "search-type": {"search-type", "search-type-post", "search-compartment", "search-compartment-post"},
    "search-system": {"search-system", "search-system-post", "search-members"},
    "update": {"update", "update-conditional"},
    "patch": {"patch", "patch-conditional"},
    "delete": {"delete", "delete-conditional"},
    "batch": {"batch"},
    "transaction": {"batch"},
    "metadata": {"capabilities"},
}


def test_anybody_may_ask_for_it_and_it_is_valid(fhir: Fhir) -> None:
    answer = fhir.client.get("/fhir/metadata")

    assert answer.status_code == 200
    assert not [issue for issue in validate(answer.json or {}) if issue.severity == "error"]
    assert fhir.client.get("/fhir/metadata?_format=ttl").status_code == 406


def test_what_terminology_offers_is_told_to_anybody_and_valid(fhir: Fhir) -> None:
    told = fhir.client.get("/fhir/metadata?mode=terminology").json

    assert told is not None
    assert not [issue for issue in validate(told) if issue.severity == "error"]
    assert told["resourceType"] == "TerminologyCapabilities"
    assert {"uri": "http://snomed.info/sct"} in told["codeSystem"]
    assert {"name": "displayLanguage"} in told["expansion"]["parameter"]


def test_every_interaction_has_a_route_and_every_route_is_told_of(fhir: Fhir, app: Flask) -> None:
    rest = fhir.client.get("/fhir/metadata").json["rest"][0]  # type: ignore[index]
    told = {each["code"] for each in rest["interaction"]}
    told |= {each["code"] for kind in rest["resource"] for each in kind["interaction"]}
    routes = {
        rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if "fhir." in rule.endpoint
        and "/$answer/" not in rule.rule
        and "fhir.operation-" not in rule.endpoint
    }

    assert told == {*OF_TYPE, *OF_SYSTEM}
    assert {name for code in (*told, "metadata") for name in ENDPOINTS.get(code, {code})} == routes


def test_every_operation_that_is_told_of_is_there_and_no_other(fhir: Fhir, app: Flask) -> None:
    rest = fhir.client.get("/fhir/metadata").json["rest"][0]  # type: ignore[index]
    told = {each["name"] for place in (rest, *rest["resource"]) for each in place.get("operation", ())}
    rules = {
        rule.rule.partition("/$")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("fhir.operation-")
    }

    assert told == rules - {""}  # what follows an export or an import has an address of its own
    assert fhir.get("AuditEvent/some/$meta").status_code == 404


def test_every_type_and_parameter_of_the_registry_is_told_of(fhir: Fhir) -> None:
    rest = fhir.client.get("/fhir/metadata").json["rest"][0]  # type: ignore[index]
    told = {kind["type"]: {each["name"] for each in kind["searchParam"]} for kind in rest["resource"]}

    of_ours = {AUDIT: set(PARAMETERS)}
    assert told == {kind: set(search_parameters(kind)) for kind in RESOURCE_TYPES} | of_ours


@pytest.mark.parametrize("kind", ["Patient", "Observation", "ImagingStudy", "DiagnosticReport"])
def test_every_parameter_that_is_told_of_can_be_searched_and_sorted_by(fhir: Fhir, kind: str) -> None:
    values = {"date": "2026", "number": "1", "quantity": "1", "composite": None, "special": None}
    for name, parameter in search_parameters(kind).items():
        value = values.get(parameter.type, "x")
        if value and name != "_lastUpdated":
            assert fhir.get(f"{kind}?{name}={value}").status_code == 200, name
            assert fhir.get(f"{kind}?_sort={name}&_count=1").status_code == 200, name


KINDS_OF_PARAMETERS = {  # one of each type
    "token": "Patient?gender",
    "string": "Patient?name",
    "reference": "Patient?general-practitioner",
    "date": "Patient?birthdate",
    "quantity": "Observation?value-quantity",
    "number": "RiskAssessment?probability",
    "uri": "ValueSet?url",
    "composite": "Observation?code-value-quantity",
    "special": "Location?near",
}
MODIFIERS = {"missing", "exact", "contains", "not", "text", "in", "not-in", "below", "above", "identifier"}
VALUES = {"missing": "true", "date": "2026", "quantity": "1", "number": "1", "special": "1|2"}


def test_a_modifier_is_taken_where_it_is_told_of_and_nowhere_else(fhir: Fhir) -> None:
    told = fhir.client.get("/fhir/metadata").json["rest"][0]["documentation"]  # type: ignore[index]
    by_type = {text.split()[0]: text for text in told.partition("others: ")[2].split("; ")}
    wrong = []
    for kind, name in KINDS_OF_PARAMETERS.items():
        for modifier in (*MODIFIERS, "of-type", "iterate", "colour"):
            value = VALUES.get(modifier) or VALUES.get(kind) or "http://e.example/a"
            refused = "takes no such modifier" in fhir.get(f"{name}:{modifier}={value}").text
            if refused is (f":{modifier}" in by_type[kind].split()):
                wrong.append((kind, modifier))

    assert wrong == []
    assert "[type]" in by_type["reference"]


def test_what_every_type_takes_is_told_once(fhir: Fhir) -> None:
    told = fhir.client.get("/fhir/metadata").json["rest"][0]["searchParam"]  # type: ignore[index]

    assert {each["name"] for each in told} == {"_content", "_filter", "_list", "_text"}


def test_a_type_that_nobody_thinks_of_works_like_any_other(fhir: Fhir) -> None:
    basic = {"resourceType": "Basic", "code": {"coding": [{"code": "x"}]}}
    name = fhir.create(basic)

    assert fhir.found("Basic?code=x") == [name]
    assert fhir.create(organization())


def test_an_older_smart_client_finds_where_to_sign_in(fhir: Fhir) -> None:
    security = fhir.client.get("/fhir/metadata").json["rest"][0]["security"]  # type: ignore[index]

    (uris,) = security["extension"]
    places = {each["url"]: each["valueUri"] for each in uris["extension"]}
    assert places["authorize"] == "http://127.0.0.1:8042/auth/authorize"
    assert places["token"] == "http://127.0.0.1:8042/auth/token"


def test_who_writes_a_few_types_only_is_told_so(fhir: Fhir) -> None:
    security = fhir.client.get("/fhir/metadata").json["rest"][0]["security"]  # type: ignore[index]

    assert "A teleradiologist writes DiagnosticReport only." in security["description"]
