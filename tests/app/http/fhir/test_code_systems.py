"""`$lookup`, `$validate-code` and `$subsumes` of codes of HL7, of what ships in Korean, and of the tenant."""

import json
from typing import Any

from tests.app.http.fhir.conftest import Fhir
from tests.app.http.fhir.test_value_sets import FRUIT, FRUITS, codes, sent, told, value_set

V3 = "http://terminology.hl7.org/CodeSystem"
SNOMED = "http://snomed.info/sct"
OSTEOSARCOMA = "21708004"


def parts(answer: Any, name: str) -> list[dict[str, Any]]:
    """The parts of each parameter of a name."""
    return [told({"parameter": each["part"]}) for each in answer["parameter"] if each["name"] == name]


def properties(answer: Any) -> dict[str, list[Any]]:
    """The properties that a look-up tells."""
    found: dict[str, list[Any]] = {}
    for each in parts(answer, "property"):
        found.setdefault(each["code"], []).append(each["value"])
    return found


def test_a_code_of_hl7_is_looked_up_with_what_stands_above_and_below(fhir: Fhir) -> None:
    answer = fhir.get(f"CodeSystem/$lookup?system={V3}/v3-ActCode&code=IMP").get_json()

    assert told(answer)["display"] == "inpatient encounter"
    assert properties(answer)["parent"] == ["_ActEncounterCode"]
    assert properties(answer)["child"] == ["ACUTE", "NONAC"]
    assert "admitted" in properties(answer)["definition"][0]


def test_a_code_is_looked_up_by_its_coding_with_the_properties_that_are_asked_for(fhir: Fhir) -> None:
    fhir.create(FRUITS)
    coding = {"system": FRUIT, "code": "lemon"}

    whole = fhir.send("POST", "CodeSystem/$lookup", sent(coding__valueCoding=coding)).get_json()
    parents = fhir.get(f"CodeSystem/$lookup?system={FRUIT}&code=lemon&property=parent").get_json()

    assert told(whole)["version"] == "1"
    assert {"language": "ko", "value": "레몬"} in parts(whole, "designation")
    assert properties(whole) == {"definition": ["It is sour."], "parent": ["citrus"]}
    assert properties(parents) == {"parent": ["citrus"]}
    assert parts(parents, "designation") == []


def test_a_decimal_is_told_as_it_was_written(fhir: Fhir) -> None:
    weight = {"code": "weight", "valueDecimal": 0}
    concept = {"code": "lemon", "property": [weight]}
    system = {**FRUITS, "property": [{"code": "weight", "type": "decimal"}], "concept": [concept]}
    text = json.dumps(system).replace('"valueDecimal": 0', '"valueDecimal": 1.10')
    assert fhir.send("POST", "CodeSystem", text).status_code == 201

    found = fhir.get(f"CodeSystem/$lookup?system={FRUIT}&code=lemon")
    filtered = {"system": FRUIT, "filter": [{"property": "weight", "op": "=", "value": "1.10"}]}
    heavy = fhir.send("POST", "ValueSet/$expand", sent(valueSet=value_set(filtered)))

    assert b'"valueDecimal":1.10}' in found.data
    assert codes(heavy.get_json()) == ["lemon"]


def test_what_ships_is_named_in_korean(fhir: Fhir) -> None:
    asked = f"CodeSystem/$lookup?system={SNOMED}&code=424413001"

    assert told(fhir.get(asked).get_json())["display"] == "Sarcoma"
    assert told(fhir.get(f"{asked}&displayLanguage=ko").get_json())["display"] == "육종"
    assert told(fhir.get(asked, Accept_Language="ko-KR,ko;q=0.9,en;q=0.8").get_json())["display"] == "육종"


def test_what_is_not_known_is_not_found_and_named(fhir: Fhir) -> None:
    system = fhir.get("CodeSystem/$lookup?system=urn:nowhere&code=x")
    code = fhir.get(f"CodeSystem/$lookup?system={V3}/v3-ActCode&code=NONE")

    assert (system.status_code, code.status_code) == (404, 404)
    assert "urn:nowhere is not known here" in system.get_json()["issue"][0]["diagnostics"]
    assert code.get_json()["issue"][0]["code"] == "not-found"
    assert fhir.get("CodeSystem/$lookup?code=x").status_code == 400
    assert fhir.get(f"CodeSystem/$lookup?system={FRUIT}").status_code == 400


def test_a_code_is_checked_against_its_system(fhir: Fhir) -> None:
    name = fhir.create(FRUITS)

    def verdict(query: str) -> Any:
        answer = fhir.get(query)
        assert answer.status_code == 200, answer.text
        return told(answer.get_json())

    assert verdict(f"CodeSystem/$validate-code?url={FRUIT}&code=lemon")["result"] is True
    assert verdict(f"{name}/$validate-code?code=yuzu&displayLanguage=ko")["display"] == "유자"
    assert verdict(f"CodeSystem/$validate-code?url={FRUIT}&code=pear")["result"] is False
    assert verdict(f"CodeSystem/$validate-code?url={FRUIT}&code=lemon&display=Pear")["result"] is False
    part = verdict(f"CodeSystem/$validate-code?url={SNOMED}&code=1")
    assert "of which a part is known here" in part["message"]
    assert fhir.get("CodeSystem/$validate-code?url=urn:nowhere&code=x").status_code == 404


def test_subsumption_is_told_in_the_four_ways_of_the_standard(fhir: Fhir) -> None:
    name = fhir.create(FRUITS)

    def outcome(query: str) -> str:
        answer = fhir.get(query)
        assert answer.status_code == 200, answer.text
        return str(told(answer.get_json())["outcome"])

    asked = f"CodeSystem/$subsumes?system={FRUIT}"
    assert outcome(f"{asked}&codeA=citrus&codeB=lemon") == "subsumes"
    assert outcome(f"{asked}&codeA=lemon&codeB=citrus") == "subsumed-by"
    assert outcome(f"{asked}&codeA=lemon&codeB=lemon") == "equivalent"
    assert outcome(f"{asked}&codeA=lemon&codeB=yuzu") == "not-subsumed"
    assert outcome(f"{name}/$subsumes?codeA=citrus&codeB=yuzu") == "subsumes"
    assert outcome(f"CodeSystem/$subsumes?system={SNOMED}&codeA={OSTEOSARCOMA}&codeB=307576001") == "subsumes"
    both = sent(
        codingA__valueCoding={"system": FRUIT, "code": "citrus"},
        codingB__valueCoding={"system": FRUIT, "code": "lemon"},
    )
    assert told(fhir.send("POST", "CodeSystem/$subsumes", both).get_json())["outcome"] == "subsumes"


def test_codes_that_cannot_be_compared_are_refused(fhir: Fhir) -> None:
    fhir.create(FRUITS)
    other = sent(
        codingA__valueCoding={"system": FRUIT, "code": "citrus"},
        codingB__valueCoding={"system": SNOMED, "code": OSTEOSARCOMA},
    )

    assert fhir.send("POST", "CodeSystem/$subsumes", other).status_code == 400
    assert fhir.get(f"CodeSystem/$subsumes?system={FRUIT}&codeA=citrus").status_code == 400
    assert fhir.get(f"CodeSystem/$subsumes?system={FRUIT}&codeA=citrus&codeB=none").status_code == 404


def test_a_tenant_sees_no_code_of_another(fhir: Fhir) -> None:
    assert fhir.get(f"CodeSystem/$lookup?system={FRUIT}&code=lemon").status_code == 404
