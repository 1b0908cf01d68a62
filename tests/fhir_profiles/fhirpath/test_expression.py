"""Expressions over documents: what they find, where that stands, and what they are refused for."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import BeyondBudget, NotAnExpression, NotEvaluable
from fhir_profiles.fhirpath.expression import compile_expression
from fhir_profiles.fhirpath.nodes import Node, resource_node

EXAMPLES = Path(__file__).parents[1] / "examples"
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "birthDate": "2000-01-02",
    "_birthDate": {"extension": [{"url": "urn:x", "valueString": "noon"}]},
    "name": [
        {"use": "official", "given": ["Ada", "Bea"], "_given": [None, {"id": "b"}], "family": "Cole"},
        {"given": ["Zoe"], "_family": {"extension": [{"url": "urn:none", "valueCode": "masked"}]}},
    ],
    "multipleBirthInteger": 2,
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Org"}],
    "managingOrganization": {"reference": "#o"},
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}], "text": "A  Test"},
    "effectiveDateTime": "2020-05-17T10:00:00+02:00",
    "issued": "2020-05-17T08:30:00Z",
    "valueQuantity": {"value": 6.30, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"},
    "component": [
        {"code": {"text": "c"}, "valueInteger": 3},
        {"code": {"text": "d"}, "valueQuantity": {"value": 7, "code": "mg"}},
    ],
}

FOUND = [
    # paths and choices (FHIR R4 fhirpath.html#types)
    (PATIENT, "name.given", ["Ada", "Bea", "Zoe"]),
    (PATIENT, "Patient.name.where(use = 'official').given[1]", ["Bea"]),
    (PATIENT, "Resource.id", ["p"]),
    (PATIENT, "Observation.id", []),
    (PATIENT, "multipleBirth + 1", [3]),
    (OBSERVATION, "value.unit", ["mg"]),
    (OBSERVATION, "(value as Quantity).value", [6.3]),
    (OBSERVATION, "component.value.ofType(integer)", [3]),
    (OBSERVATION, "component.value.as(Quantity).value", [7]),
    (OBSERVATION, "value is Quantity", [True]),
    (OBSERVATION, "value.is(FHIR.Range)", [False]),
    (PATIENT, "multipleBirth is System.Integer", [True]),
    (PATIENT, "nothing.at.all", []),
    # primitives and what stands beside them
    (PATIENT, "birthDate.extension('urn:x').value", ["noon"]),
    (PATIENT, "name.given.id", ["b"]),
    (PATIENT, "name.family", ["Cole", None]),
    (PATIENT, "name.family.where(hasValue())", ["Cole"]),
    (PATIENT, "name[1].family.exists()", [True]),
    (PATIENT, "birthDate.getValue()", ["2000-01-02"]),
    # subsetting and combining (FHIRPath 5.3, 5.4)
    (PATIENT, "name.given.first() | name.given.last() | 'Ada'", ["Ada", "Zoe"]),
    (PATIENT, "name.given.tail().take(1)", ["Bea"]),
    (PATIENT, "name.given.skip(2)", ["Zoe"]),
    (PATIENT, "name.given.intersect('Bea' | 'Zoe')", ["Bea", "Zoe"]),
    (PATIENT, "name.given.exclude('Bea')", ["Ada", "Zoe"]),
    (PATIENT, "name.given.combine(name.given).count()", [6]),
    (PATIENT, "(1 | 2 | 2).isDistinct()", [True]),
    (PATIENT, "name.given.subsetOf('Ada' | 'Bea' | 'Zoe')", [True]),
    (PATIENT, "name.select(given.first() & '-' & $index)", ["Ada-0", "Zoe-1"]),
    (PATIENT, "name.given.aggregate($total & $this, '')", ["AdaBeaZoe"]),
    (PATIENT, "name.all(given.exists())", [True]),
    (PATIENT, "name.all(use = 'official')", [False]),
    (PATIENT, "repeat(contained).name", ["Org"]),
    (PATIENT, "descendants().where($this = 'Org').count()", [1]),
    (PATIENT, "children().count()", [7]),
    (PATIENT, "iif(name.empty(), 'none', 'some')", ["some"]),
    (PATIENT, "photo.iif(empty(), true, false)", [True]),
    (PATIENT, "name.iif(count() > 1, count())", [2]),
    # booleans have three values (FHIRPath 6.5)
    (PATIENT, "{} and false", [False]),
    (PATIENT, "{} or true", [True]),
    (PATIENT, "{} and true", []),
    (PATIENT, "{} implies true", [True]),
    (PATIENT, "true implies {}", []),
    (PATIENT, "true xor {}", []),
    (PATIENT, "active.not()", []),
    (PATIENT, "(name.empty() | photo.empty()).anyTrue()", [True]),
    # comparing (FHIRPath 6.1, 6.2)
    (PATIENT, "birthDate = @2000-01-02", [True]),
    (PATIENT, "birthDate < @2001", [True]),
    (PATIENT, "birthDate < @2000", []),
    (PATIENT, "birthDate = @2000-01", []),
    (OBSERVATION, "effective < issued", [True]),
    (OBSERVATION, "effective = @2020-05-17T08:00:00Z", [True]),
    (OBSERVATION, "value = 6.3 'mg'", [True]),
    (OBSERVATION, "value > 6 'mg'", [True]),
    (OBSERVATION, "value > 6 'kg'", []),
    (OBSERVATION, "value.value = 6.3", [True]),
    (OBSERVATION, "code.text ~ 'a test'", [True]),
    (OBSERVATION, "code.text !~ 'b'", [True]),
    (OBSERVATION, "status in ('final' | 'amended')", [True]),
    (OBSERVATION, "('final' | 'amended') contains status", [True]),
    (OBSERVATION, "component.code = component.code", [True]),
    (PATIENT, "name.given = 'Ada'", [False]),
    (PATIENT, "true = 1", [False]),
    # numbers, dates and texts (FHIRPath 5.5 to 5.7, 6.6)
    (PATIENT, "5 / 2", [Decimal("2.5")]),
    (PATIENT, "5 div 2 + 5 mod 2", [3]),
    (PATIENT, "1 / 0", []),
    (PATIENT, "0.1 + 0.2 = 0.3", [True]),
    (PATIENT, "-(3).abs()", [-3]),
    (PATIENT, "(2.5).round()", [3]),
    (PATIENT, "2.power(10)", [1024]),
    (PATIENT, "(1 | 2 | 4).sum()", [7]),
    (PATIENT, "birthDate + 1 year", ["2001-01-02"]),
    (PATIENT, "@2020-01-31 + 1 month", ["2020-02-29"]),
    (PATIENT, "@2020-01-31T23:30:00Z + 45 minutes", ["2020-02-01T00:15:00Z"]),
    (PATIENT, "@T23:30 + 1 hour", ["00:30"]),
    (PATIENT, "'12'.toInteger() + 1", [13]),
    (PATIENT, "'x'.toInteger()", []),
    (PATIENT, "'1.50'.toDecimal().toString()", ["1.50"]),
    (PATIENT, "'2020-02'.convertsToDate()", [True]),
    (PATIENT, "'abc'.substring(1, 1)", ["b"]),
    (PATIENT, "'abc'.indexOf('c')", [2]),
    (PATIENT, "'a,b'.split(',').join('-')", ["a-b"]),
    (PATIENT, "'abc'.matches('^a.c$')", [True]),
    (PATIENT, "'2020-05'.replaceMatches('(\\\\d+)-(\\\\d+)', '$2/$1')", ["05/2020"]),
    (PATIENT, "'it\\'s'", ["it's"]),
    (PATIENT, "name.given.length()[0]", []),
    (PATIENT, "today() > birthDate", [True]),
    (PATIENT, "birthDate.type().name", ["date"]),
    # FHIR's own (FHIR R4 fhirpath.html#functions, #variables)
    (PATIENT, "managingOrganization.resolve().name", ["Org"]),
    (PATIENT, "managingOrganization.resolve() is Organization", [True]),
    (PATIENT, "contained.select(%resource.id)", ["p"]),
    (PATIENT, "%ucum", ["http://unitsofmeasure.org"]),
    (PATIENT, "%`vs-languages`", ["http://hl7.org/fhir/ValueSet/languages"]),
]
RAISES = {"name.given.length()[0]"}


@pytest.mark.parametrize(("document", "text", "expected"), FOUND, ids=[each[1] for each in FOUND])
def test_an_expression_finds(document: dict[str, Any], text: str, expected: list[Any]) -> None:
    if text in RAISES:
        with pytest.raises(NotEvaluable):
            compile_expression(text).values(document)
        return
    assert compile_expression(text).values(document) == expected


def test_a_bundle_resolves_its_own_entries() -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p"}},
            {"resource": {"resourceType": "Observation", "subject": {"reference": "urn:uuid:1"}}},
        ],
    }
    found = compile_expression("entry.resource.subject.resolve().id").values(
        bundle, Environment(resource_node(bundle))
    )
    assert found == ["p"]


def test_references_beyond_the_document_are_what_the_environment_says() -> None:
    document = {"resourceType": "Observation", "subject": {"reference": "Patient/7"}}
    known = resource_node({"resourceType": "Patient", "id": "7"})

    def resolve(text: str, place: Node) -> Node | None:
        assert place.path == "Observation.subject"
        return known if text == "Patient/7" else None

    environment = Environment(resource_node(document), resolve=resolve)
    assert compile_expression("subject.resolve().id").values(document, environment) == ["7"]
    assert compile_expression("subject.resolve().id").values(document) == []


def test_each_node_says_where_it_stands() -> None:
    paths = {
        "component[1].value.unit | component.value": [
            "Observation.component[0].value.ofType(integer)",
            "Observation.component[1].value.ofType(Quantity)",
        ],
        "code.coding.code": ["Observation.code.coding[0].code"],
    }
    for text, expected in paths.items():
        assert [node.path for node in compile_expression(text).nodes(OBSERVATION)] == expected
    (given,) = compile_expression("name[0].given[1]").nodes(PATIENT)
    assert given.owner is not None
    assert (given.owner.value, given.key, given.index) == (PATIENT["name"][0], "given", 1)
    assert (given.name, given.kind, given.beside) == ("given", "string", {"id": "b"})


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_element_of_a_document_is_found_again_by_its_path(path: Path) -> None:
    document = json.loads(path.read_text())
    for node in resource_node(document).descendants():
        (found,) = compile_expression(node.path).nodes(document)
        assert (found.value, found.beside) == (node.value, node.beside)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a b", "a.", "(((", "a = 'x", "a[", "a..b", "name.given = ", "'a' +", "@x", "%"),
        *("nothing()", "where()", "exists(1, 2)", "count(1)", "is(Nothing)", "a as Nothing", "@2020-13-x"),
        *("name" * 2000, "(" * 500 + "a" + ")" * 500, "-" * 3000 + "1", "a" + ".a" * 1500),
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(NotAnExpression):
        compile_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "name.given > 1",
        "name.given < 'a'",
        "name.given.single()",
        "'a' - 1",
        "name and true",
        "%unknown",
        "'('.matches('(')",
    ],
)
def test_what_does_not_suit_its_input_is_not_evaluated(text: str) -> None:
    with pytest.raises(NotEvaluable):
        compile_expression(text).values(PATIENT)


@pytest.mark.parametrize(
    "text",
    [
        "%resource.descendants().where((" * 8 + "true" + ").exists())" * 8,
        "(1|2|3)" + ".select($this.combine($this))" * 30,
        "'aaaaaaaa'" + ".replace('a', 'aaaaaaaa')" * 12,
        "'" + "a" * 3000 + "!'.matches('(a+)+$')",
        "'" + "a" * 3000 + "!'.matches('a*a*a*a*a*b')",
        "'" + "a" * 40 + "'.matches('(a?){30}a{30}b')",
        "repeat(%resource.descendants().select(%resource.descendants().select(%resource.descendants())))",
        "%resource.descendants().aggregate($total.combine($total), 1)",
    ],
    ids=lambda text: text[:40],
)
def test_a_hostile_expression_ends_within_its_budget(text: str) -> None:
    with pytest.raises(BeyondBudget):
        compile_expression(text).values(PATIENT, Environment(budget=50_000))


def test_numbers_do_not_grow_without_end() -> None:
    text = "(" + "|".join(str(n) for n in range(1, 60)) + ").aggregate($total * $total, 3)"
    assert compile_expression(text).values(PATIENT) in ([], [Decimal("Infinity")])


def test_a_condition_that_is_empty_holds() -> None:
    assert compile_expression("photo.title = 'x'").holds(PATIENT)
    assert compile_expression("name.exists()").holds(PATIENT)
    assert not compile_expression("photo.exists()").holds(PATIENT)
