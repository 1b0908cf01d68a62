"""`$translate` by maps of HL7 and of the tenant, and `$closure` for clients that search by subsumption."""

from typing import Any

import pytest

from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.app.http.fhir.test_code_systems import parts
from tests.app.http.fhir.test_value_sets import FRUIT, FRUITS, sent, told

NAMES = "http://hl7.org/fhir/name-use"
ENTITY = "http://terminology.hl7.org/CodeSystem/v3-EntityNameUseR2"
COLOUR = "http://example.org/colour"
COLOURS = {
    "resourceType": "ConceptMap",
    "url": "http://example.org/colours",
    "status": "active",
    "sourceUri": "http://example.org/fruits",
    "targetUri": "http://example.org/all-colours",
    "group": [
        {
            "source": FRUIT,
            "target": COLOUR,
            "element": [
                {
                    "code": "lemon",
                    "target": [
                        {
                            "code": "yellow",
                            "display": "Yellow",
                            "equivalence": "wider",
                            "product": [{"property": "http://example.org/taste", "value": "sour"}],
                        }
                    ],
                },
                {"code": "medlar", "target": [{"equivalence": "unmatched"}]},
            ],
            "unmapped": {"mode": "fixed", "code": "green"},
        }
    ],
}


def translated(fhir: Fhir, query: str) -> Any:
    """What a translation answers."""
    answer = fhir.get(query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def matches(answer: Any) -> list[tuple[str, Any]]:
    """The equivalence and the code of each match."""
    return [(each["equivalence"], each.get("concept", {}).get("code")) for each in parts(answer, "match")]


def test_a_map_of_hl7_translates_forward_and_back(fhir: Fhir) -> None:
    url = "url=http://hl7.org/fhir/ConceptMap/cm-name-use-v3"

    forward = translated(fhir, f"ConceptMap/$translate?{url}&system={NAMES}&code=nickname")
    back = translated(fhir, f"ConceptMap/$translate?{url}&system={ENTITY}&code=P&reverse=true")
    found = translated(fhir, f"ConceptMap/$translate?system={NAMES}&code=nickname&targetsystem={ENTITY}")

    assert told(forward)["result"] is True
    assert matches(forward) == matches(found) == [("equivalent", "P")]
    assert parts(forward, "match")[0]["concept"]["system"] == ENTITY
    assert matches(back) == [("equivalent", "nickname")]


def test_a_map_of_the_tenant_says_what_matches_what_does_not_and_what_else_becomes_of_codes(
    fhir: Fhir,
) -> None:
    name = fhir.create(COLOURS)

    lemon = translated(fhir, f"{name}/$translate?system={FRUIT}&code=lemon")
    by_ends = translated(
        fhir,
        f"ConceptMap/$translate?source=http://example.org/fruits&target=http://example.org/all-colours"
        f"&system={FRUIT}&code=lemon",
    )
    medlar = translated(fhir, f"{name}/$translate?system={FRUIT}&code=medlar")
    other = translated(fhir, f"{name}/$translate?system={FRUIT}&code=yuzu")
    back = translated(fhir, f"ConceptMap/$translate?system={COLOUR}&code=yellow&reverse=true")

    assert lemon == by_ends
    assert matches(lemon) == [("wider", "yellow")]
    assert parts(lemon, "match")[0]["source"] == "http://example.org/colours"
    assert (told(medlar)["result"], matches(medlar)) == (False, [("unmatched", None)])
    assert matches(other) == [("relatedto", "green")]
    assert matches(back) == [("narrower", "lemon")]


def test_a_concept_is_translated_by_any_of_its_codings(fhir: Fhir) -> None:
    fhir.create(COLOURS)
    concept = {"coding": [{"system": "urn:x", "code": "y"}, {"system": FRUIT, "code": "lemon"}]}
    asked = sent(url__valueUri="http://example.org/colours", codeableConcept__valueCodeableConcept=concept)

    found = fhir.send("POST", "ConceptMap/$translate", asked).get_json()
    as_sent = sent(conceptMap=COLOURS, coding__valueCoding=concept["coding"][1])

    assert matches(found) == [("wider", "yellow")]
    assert matches(fhir.send("POST", "ConceptMap/$translate", as_sent).get_json()) == [("wider", "yellow")]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("url=http://example.org/none&system=urn:x&code=y", 404),
        ("system=urn:x&code=y", 404),
        (f"system={NAMES}", 400),
        (f"system={NAMES}&code=usual&colour=red", 400),
    ],
)
def test_what_no_map_says_is_not_found(fhir: Fhir, query: str, status: int) -> None:
    assert fhir.get(f"ConceptMap/$translate?{query}").status_code == status


def closure(fhir: Fhir, name: str, *codes: str, **more: Any) -> Any:
    """The answer to a call of `$closure` with some fruit."""
    body = sent(name__valueString=name, **more)
    body["parameter"] += [
        {"name": "concept", "valueCoding": {"system": FRUIT, "code": each}} for each in codes
    ]
    return fhir.send("POST", "$closure", body)


def pairs(answer: Any) -> set[tuple[str, str]]:
    """Each code with one that stands above it."""
    assert answer.status_code == 200, answer.text
    return {
        (element["code"], target["code"])
        for group in answer.get_json().get("group", ())
        for element in group["element"]
        for target in element["target"]
    }


def test_a_closure_table_grows_with_the_codes_that_its_client_names(fhir: Fhir) -> None:
    fhir.create(FRUITS)

    begun = closure(fhir, "mine").get_json()
    first = closure(fhir, "mine", "lemon")
    second = closure(fhir, "mine", "citrus", "medlar")
    again = closure(fhir, "mine", "citrus")
    third = closure(fhir, "mine", "yuzu")

    assert (begun["resourceType"], begun["name"], begun["version"]) == ("ConceptMap", "mine", "0")
    assert pairs(first) == set()
    assert pairs(second) == {("lemon", "citrus")}
    assert (again.get_json()["version"], third.get_json()["version"]) == ("2", "3")
    assert pairs(third) == {("yuzu", "citrus")}
    assert pairs(closure(fhir, "mine", version__valueString="2")) == {("yuzu", "citrus")}
    assert pairs(closure(fhir, "mine", version__valueString="0")) == {("lemon", "citrus"), ("yuzu", "citrus")}


def test_a_closure_table_is_its_clients_own(fhir: Fhir, as_role: AsRole) -> None:
    fhir.create(FRUITS)
    closure(fhir, "mine")
    other = Fhir(fhir.client, as_role("service"))

    assert closure(other, "mine", "lemon").status_code == 404
    assert closure(fhir, "mine", "lemon").status_code == 200


def test_a_closure_table_that_was_not_begun_and_a_code_that_nobody_knows_are_refused(fhir: Fhir) -> None:
    fhir.create(FRUITS)
    closure(fhir, "mine")

    assert closure(fhir, "other", "lemon").status_code == 404
    assert closure(fhir, "mine", "pear").status_code == 400
    assert closure(fhir, "mine", version__valueString="9").status_code == 400
    assert closure(fhir, "mine", version__valueString="one").status_code == 400
    assert closure(fhir, "").status_code == 400
    assert closure(fhir, "mine\ntoo").status_code == 400
    assert closure(fhir, "mine", "lemon", version__valueString="0").status_code == 400
