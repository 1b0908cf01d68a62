"""`$expand` and `$validate-code` of value sets: HL7's own, the tenant's, and what they are made of."""

from typing import Any

from tests.app.http.fhir.conftest import Fhir

HL7 = "http://hl7.org/fhir/ValueSet"
V3 = "http://terminology.hl7.org/CodeSystem"
FRUIT = "http://example.org/fruit"
FRUITS = {
    "resourceType": "CodeSystem",
    "url": FRUIT,
    "version": "1",
    "status": "active",
    "content": "complete",
    "language": "en",
    "hierarchyMeaning": "is-a",
    "property": [{"code": "notSelectable", "type": "boolean"}, {"code": "status", "type": "code"}],
    "concept": [
        {
            "code": "citrus",
            "display": "Citrus fruit",
            "property": [{"code": "notSelectable", "valueBoolean": True}],
            "concept": [
                {
                    "code": "lemon",
                    "display": "Lemon",
                    "definition": "It is sour.",
                    "designation": [
                        {"language": "ko", "value": "레몬"},
                        {"language": "de", "value": "Zitrone"},
                    ],
                },
                {"code": "yuzu", "display": "Yuzu", "designation": [{"language": "ko", "value": "유자"}]},
            ],
        },
        {"code": "medlar", "display": "Medlar", "property": [{"code": "status", "valueCode": "retired"}]},
    ],
}


def value_set(*include: dict[str, Any], url: str = "http://example.org/set", **more: Any) -> dict[str, Any]:
    """A ValueSet that is made of these parts."""
    return {
        "resourceType": "ValueSet",
        "url": url,
        "status": "active",
        "compose": {"include": list(include), **more},
    }


def sent(**given: Any) -> dict[str, Any]:
    """The Parameters of an operation; a value is a resource, or stands with its type as `code__valueCode`."""
    listed = []
    for name, value in given.items():
        plain, _, kind = name.partition("__")
        listed.append({"name": plain, kind or "resource": value})
    return {"resourceType": "Parameters", "parameter": listed}


def codes(answer: Any) -> list[str]:
    """The codes of an expansion in their order, those inside others behind them."""
    waiting, found = list(answer.get("expansion", answer).get("contains", ())), []
    while waiting:
        each = waiting.pop(0)
        found.append(each["code"])
        waiting[:0] = each.get("contains", ())
    return found


def told(answer: Any) -> dict[str, Any]:
    """The parts of Parameters by their names, those with a plain value."""
    return {
        each["name"]: next(value for name, value in each.items() if name.startswith("value"))
        for each in answer["parameter"]
        if "part" not in each
    }


def test_a_value_set_of_hl7_is_expanded_by_its_canonical(fhir: Fhir) -> None:
    answer = fhir.get(f"ValueSet/$expand?url={HL7}/administrative-gender")

    assert answer.status_code == 200
    shown = answer.get_json()
    assert codes(shown) == ["male", "female", "other", "unknown"]
    assert shown["expansion"]["total"] == 4
    assert shown["expansion"]["contains"][0] == {
        "system": "http://hl7.org/fhir/administrative-gender",
        "code": "male",
        "display": "Male",
    }


def test_what_the_tenant_stored_is_expanded_by_id_by_url_and_as_it_is_sent(fhir: Fhir) -> None:
    fhir.create(FRUITS)
    name = fhir.create(value_set({"system": FRUIT}))

    by_id = fhir.get(f"{name}/$expand").get_json()
    by_url = fhir.get("ValueSet/$expand?url=http://example.org/set").get_json()
    as_sent = fhir.send("POST", "ValueSet/$expand", sent(valueSet=value_set({"system": FRUIT}))).get_json()

    expected = ["citrus", "lemon", "yuzu", "medlar"]
    assert codes(by_id) == codes(by_url) == codes(as_sent) == expected
    top = by_id["expansion"]["contains"][0]
    assert top["abstract"] is True
    assert [each["code"] for each in top["contains"]] == ["lemon", "yuzu"]


def test_an_expansion_is_filtered_paged_and_named_in_the_language_that_is_asked_for(fhir: Fhir) -> None:
    fhir.create(FRUITS)
    fhir.create(value_set({"system": FRUIT}))

    def asked(query: str, **headers: str) -> Any:
        answer = fhir.get(f"ValueSet/$expand?url=http://example.org/set&{query}", **headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()["expansion"]

    assert codes(asked("filter=LEM")) == ["lemon"]
    assert codes(asked("filter=유자")) == ["yuzu"]
    assert codes(asked("activeOnly=true&excludeNested=true")) == ["citrus", "lemon", "yuzu"]
    assert codes(asked("excludeNotForUI=true")) == ["lemon", "yuzu", "medlar"]
    page = asked("offset=1&count=2")
    assert (codes(page), page["offset"], page["total"]) == (["lemon", "yuzu"], 1, 4)
    assert codes(asked("count=0")) == []
    assert [each["display"] for each in asked("filter=lemon&displayLanguage=ko")["contains"]] == ["레몬"]
    header = asked("filter=lemon", Accept_Language="fr, de;q=0.8, en;q=0.5")
    assert header["contains"][0]["display"] == "Zitrone"
    names = asked("filter=lemon&includeDesignations=true")["contains"][0]["designation"]
    assert {"language": "ko", "value": "레몬"} in names


def test_compositions_add_filter_and_take_away(fhir: Fhir) -> None:
    fhir.create(FRUITS)
    fhir.create(value_set({"system": FRUIT, "concept": [{"code": "lemon"}]}, url="http://example.org/sour"))

    def expanded(*include: dict[str, Any], **more: Any) -> list[str]:
        answer = fhir.send("POST", "ValueSet/$expand", sent(valueSet=value_set(*include, **more)))
        assert answer.status_code == 200, answer.text
        return codes(answer.get_json())

    below = {"system": FRUIT, "filter": [{"property": "concept", "op": "descendent-of", "value": "citrus"}]}
    sour = {"valueSet": ["http://example.org/sour"]}
    listed = {"system": FRUIT, "concept": [{"code": "yuzu", "display": "Yuja"}]}
    assert expanded(below) == ["lemon", "yuzu"]
    assert expanded(sour) == ["lemon"]
    assert expanded({**below, **sour}) == ["lemon"]
    assert expanded(below, exclude=[sour]) == ["yuzu"]
    assert expanded(listed, below) == ["yuzu", "lemon"]
    assert expanded({"system": FRUIT}, inactive=False) == ["citrus", "lemon", "yuzu"]


def test_what_cannot_be_expanded_says_why(fhir: Fhir) -> None:
    unknown = fhir.send("POST", "ValueSet/$expand", sent(valueSet=value_set({"system": "urn:nowhere"})))
    filtered = {"system": FRUIT, "filter": [{"property": "code", "op": "regex", "value": "(a+)+"}]}
    fhir.create(FRUITS)

    assert unknown.status_code == 404
    issue = unknown.get_json()["issue"][0]
    assert issue["code"] == "not-found"
    assert "CodeSystem urn:nowhere" in issue["diagnostics"]
    assert fhir.get("ValueSet/$expand?url=http://example.org/none").status_code == 404
    assert fhir.get("ValueSet/nobody/$expand").status_code == 404
    assert fhir.get("ValueSet/$expand").status_code == 400
    assert fhir.get(f"ValueSet/$expand?url={HL7}/languages&colour=red").status_code == 400
    assert fhir.send("POST", "ValueSet/$expand", sent(valueSet=value_set(filtered))).status_code == 400


def test_what_a_part_of_a_system_lacks_is_named(fhir: Fhir) -> None:
    answer = fhir.get("ValueSet/$expand?url=http://snomed.info/sct?fhir_vs=isa/999000111")

    assert answer.status_code == 404
    text = answer.get_json()["issue"][0]["diagnostics"]
    assert "only a part of the CodeSystem http://snomed.info/sct is here, without 999000111" in text


def test_an_expansion_that_is_too_large_is_refused_with_a_hint(fhir: Fhir) -> None:
    many = [{"code": f"c{number}"} for number in range(10_001)]
    large = value_set({"system": "urn:large", "concept": many}, url="http://example.org/large")

    whole = fhir.send("POST", "ValueSet/$expand", sent(valueSet=large))
    page = fhir.send(
        "POST", "ValueSet/$expand", sent(valueSet=large, offset__valueInteger=9_999, count__valueInteger=5)
    )

    assert whole.status_code == 413
    assert whole.get_json()["issue"][0]["code"] == "too-costly"
    assert "count and offset" in whole.get_json()["issue"][0]["diagnostics"]
    assert codes(page.get_json()) == ["c9999", "c10000"]


def test_a_code_is_checked_against_a_value_set_in_every_form(fhir: Fhir) -> None:
    fhir.create(FRUITS)
    name = fhir.create(value_set({"system": FRUIT}))
    coding = {"system": FRUIT, "code": "lemon", "display": "lemon"}
    concept = {"coding": [{"system": "urn:x", "code": "y"}, coding]}

    def verdict(answer: Any) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        return told(answer.get_json())

    by_code = verdict(fhir.get(f"{name}/$validate-code?system={FRUIT}&code=lemon&displayLanguage=ko"))
    assert by_code == {"result": True, "display": "레몬", "code": "lemon", "system": FRUIT}
    url = {"url__valueUri": "http://example.org/set"}
    assert verdict(fhir.send("POST", "ValueSet/$validate-code", sent(**url, coding__valueCoding=coding)))[
        "result"
    ]
    whole = sent(**url, codeableConcept__valueCodeableConcept=concept)
    assert verdict(fhir.send("POST", "ValueSet/$validate-code", whole))["result"]
    wrong = verdict(fhir.get(f"{name}/$validate-code?system={FRUIT}&code=pear"))
    assert (wrong["result"], wrong["message"]) == (False, f"pear is no code of {FRUIT}")
    misnamed = verdict(fhir.get(f"{name}/$validate-code?system={FRUIT}&code=lemon&display=Apple"))
    assert (misnamed["result"], misnamed["display"]) == (False, "Lemon")
    assert "'Lemon'" in misnamed["message"]
    abstract = verdict(fhir.get(f"{name}/$validate-code?system={FRUIT}&code=citrus&abstract=false"))
    assert abstract["result"] is False


def test_a_code_of_a_required_binding_is_checked_without_its_system(fhir: Fhir) -> None:
    url = f"{HL7}/administrative-gender"

    right = told(fhir.get(f"ValueSet/$validate-code?url={url}&code=male").get_json())
    assert (right["result"], right["system"]) == (True, "http://hl7.org/fhir/administrative-gender")
    wrong = told(fhir.get(f"ValueSet/$validate-code?url={url}&code=mmale").get_json())
    assert (wrong["result"], wrong["message"]) == (False, f"mmale is not in {url}")


def test_the_newest_version_of_a_definition_is_meant_unless_one_is_named(fhir: Fhir) -> None:
    for version, code in (("9", "old"), ("10", "new")):
        part = {"system": "urn:s", "concept": [{"code": code}]}
        fhir.create({**value_set(part), "version": version})

    assert codes(fhir.get("ValueSet/$expand?url=http://example.org/set").get_json()) == ["new"]
    assert codes(fhir.get("ValueSet/$expand?url=http://example.org/set|9").get_json()) == ["old"]
    assert fhir.get("ValueSet/$expand?url=http://example.org/set|8").status_code == 404


def test_a_supplement_adds_names_in_another_language(fhir: Fhir) -> None:
    supplement = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/fruit-fr",
        "status": "active",
        "content": "supplement",
        "supplements": FRUIT,
        "concept": [{"code": "medlar", "designation": [{"language": "fr", "value": "Nèfle"}]}],
    }
    fhir.create(FRUITS)
    fhir.create(supplement)

    found = fhir.get(f"CodeSystem/$lookup?system={FRUIT}&code=medlar&displayLanguage=fr").get_json()
    by_name = fhir.send(
        "POST", "ValueSet/$expand", sent(valueSet=value_set({"system": FRUIT}), filter__valueString="nefle")
    )

    assert told(found)["display"] == "Nèfle"
    assert codes(by_name.get_json()) == ["medlar"]
