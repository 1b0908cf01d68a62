"""Tokens by what terminology says of them: `:in`, `:not-in`, `:above`, `:below`."""

import pytest

from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir, found
from tests.app.http.fhir.test_value_sets import FRUIT, FRUITS, value_set
from tests.factories.fhir import SNOMED, bundle, condition, encounter, entry, patient

MONDO = "http://purl.obolibrary.org/obo/mondo.owl"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SOUR = value_set(
    {"system": FRUIT, "filter": [{"property": "concept", "op": "is-a", "value": "citrus"}]},
    url="http://example.org/sour",
) | {"id": "sour"}
RECORD = (
    FRUITS | {"id": "fruit"},
    SOUR,
    patient("P1", id="ana"),
    patient("P2", id="bo", gender="male"),
    condition("Patient/ana", "lemon", system=FRUIT, id="lemon"),
    condition("Patient/ana", "citrus", system=FRUIT, id="citrus"),
    condition("Patient/bo", "medlar", system=FRUIT, id="medlar"),
    condition("Patient/bo", "lemon", system="urn:other", id="other"),
    condition("Patient/bo", "307576001", id="tumour"),
    condition("Patient/ana", "424413001", id="sarcoma"),
    encounter("Patient/ana", id="visit"),
    encounter("Patient/bo", id="stay", **{"class": {"system": ACT, "code": "ACUTE"}}),
)


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    """Diagnoses of fruit and of tumours."""
    return fhir.hold(*RECORD)


def test_codes_are_found_by_value_sets_and_by_what_stands_above_and_below(record: Fhir) -> None:
    expected = {
        "Condition?code:in=http://example.org/sour": "citrus lemon",
        "Condition?code:in=ValueSet/sour": "citrus lemon",
        "Condition?code:not-in=ValueSet/sour": "medlar other sarcoma tumour",
        f"Condition?code:below={FRUIT}|citrus": "citrus lemon",
        f"Condition?code:above={FRUIT}|lemon": "citrus lemon",
        f"Condition?code:below={FRUIT}|medlar,{FRUIT}|citrus": "citrus lemon medlar",
        f"Condition?code:below={MONDO}|MONDO:0009807": "tumour",
        f"Condition?code:below={SNOMED}|424413001": "sarcoma tumour",
        f"Condition?code:above={SNOMED}|307576001": "sarcoma tumour",
        "Condition?code:below=urn:nowhere|x": "",
        f"Encounter?class:below={ACT}|IMP": "stay",
        f"Encounter?class:below={ACT}|_ActEncounterCode": "stay visit",
        "Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender": "ana bo",
        "Patient?_has:Condition:patient:code:in=ValueSet/sour": "ana",
        f"Condition?patient.gender=male&code:below={FRUIT}|medlar": "medlar",
        "Encounter?patient:Patient._has:Condition:patient:code:in=ValueSet/sour": "visit",
    }

    assert found(record, expected) == expected


def test_what_cannot_be_asked_is_refused(record: Fhir) -> None:
    for query in (
        "code:in=http://example.org/none",
        "code:in=ValueSet/none",
        "code:below=lemon",
        f"code:above={FRUIT}|",
        "code:inside=x",
        "recorded-date:in=x",
    ):
        answer = record.get(f"Condition?{query}")
        assert answer.status_code == 400, query
        assert answer.get_json()["issue"][0]["expression"] == [query.partition("=")[0]]


def test_a_value_set_of_more_codes_than_a_question_may_have_is_too_costly(fhir: Fhir) -> None:
    many = [{"code": f"c{number}"} for number in range(20_001)]
    fhir.create(value_set({"system": "urn:large", "concept": many}, url="http://example.org/large"))

    answer = fhir.get("Condition?code:in=http://example.org/large")

    assert answer.status_code == 413
    assert answer.get_json()["issue"][0]["code"] == "too-costly"


def test_codes_beyond_those_of_a_long_value_set_are_found(record: Fhir) -> None:
    many = [{"code": each} for each in ("lemon", *(f"c{number}" for number in range(5_000)))]
    record.create(value_set({"system": FRUIT, "concept": many}, url="http://example.org/long"))

    expected = {
        "Condition?code:in=http://example.org/long": "lemon",
        "Condition?code:not-in=http://example.org/long": "citrus medlar other sarcoma tumour",
        "Condition?patient=ana&code:not-in=http://example.org/long": "citrus sarcoma",
        "Condition?patient=ana&code:in=http://example.org/long": "lemon",
    }
    assert found(record, expected) == expected


def test_a_value_set_that_is_hidden_is_answered_as_one_that_never_was(record: Fhir, as_role: AsRole) -> None:
    about = {
        "url": "http://hl7.org/fhir/StructureDefinition/about",
        "valueReference": {"reference": "Patient/ana"},
    }
    record.send("PUT", "ValueSet/hidden", {**SOUR, "id": "hidden", "url": "urn:hidden", "extension": [about]})
    guest = Fhir(record.client, as_role("teleradiologist"))

    assert record.found("Condition?code:in=ValueSet/hidden")
    for name in ("ValueSet/{}", "urn:{}"):
        hidden, absent = (
            guest.get(f"Condition?code:in={name.format(each)}") for each in ("hidden", "absent")
        )
        assert hidden.status_code == absent.status_code == 400
        assert hidden.data.replace(b"hidden", b"absent") == absent.data


def test_a_conditional_write_may_ask_by_terminology(record: Fhir) -> None:
    body = condition("Patient/ana", "yuzu", system=FRUIT)

    found_one = record.send("POST", "Condition", body, If_None_Exist=f"code:below={FRUIT}|medlar")
    made = record.send("POST", "Condition", body, If_None_Exist="code:in=ValueSet/sour&patient=Patient/bo")

    assert (found_one.status_code, made.status_code) == (200, 201)
    assert record.found(f"Condition?code:below={FRUIT}|yuzu")


def test_conditions_of_entries_ask_terminology_too(record: Fhir) -> None:
    sour = "code:in=ValueSet/sour"
    new = condition("urn:uuid:new", "yuzu", system=FRUIT)
    sent = (
        entry(patient("P3"), full_url="urn:uuid:new", ifNoneExist="identifier=urn:hilum:mrn|P3"),
        entry(new, ifNoneExist=f"{sour}&patient=urn:uuid:new"),
        entry(new, ifNoneExist=f"code:below={FRUIT}|medlar"),
        entry(None, "DELETE", f"Condition?code:above={FRUIT}|citrus&code:not-in=http://example.org/none2"),
    )

    refused = record.send("POST", "", bundle(*sent))
    made = record.send("POST", "", bundle(*sent[:3])).json
    again = record.send("POST", "", bundle(*sent[:2])).json

    assert refused.json["issue"][0]["expression"] == ["code:not-in"]  # type: ignore[index]
    assert [each["response"]["status"][:3] for each in made["entry"]] == ["201", "201", "200"]  # type: ignore[index]
    assert [each["response"]["status"][:3] for each in again["entry"]] == ["200", "200"]  # type: ignore[index]
    batch = bundle(entry(None, "DELETE", f"Condition?code:below={FRUIT}|medlar"), kind="batch")
    assert record.send("POST", "", batch).json["entry"][0]["response"]["status"][:3] == "204"  # type: ignore[index]
    assert not record.found(f"Condition?code:below={FRUIT}|medlar")
