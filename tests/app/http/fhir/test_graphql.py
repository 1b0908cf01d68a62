"""`$graphql`: fields of resources, along references and through searches (FHIR R4 graphql.html)."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.wiring import Wiring
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import bundle, condition, entry, observation, patient, reference

MINE = (
    '{"resourceType":"Patient","id":"mine","name":[{"use":"official","family":"F","given":["a","b"]},'
    '{"use":"usual","given":["c"]}],"birthDate":"1970","_birthDate":{"id":"d"},'
    '"extension":[{"url":"http://e.org","valueDecimal":1.50}],"active":true}'
)


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    fhir.send("PUT", "Patient/mine", MINE)
    fhir.send("PUT", "Observation/o", observation("Patient/mine", id="o"))
    inside = {"resourceType": "Practitioner", "id": "i", "name": [{"family": "In"}]}
    fhir.send(
        "PUT",
        "Condition/c",
        condition(
            "Patient/mine",
            id="c",
            contained=[inside],
            asserter=reference("#i"),
            recorder=reference("Patient/no"),
        ),
    )
    return fhir


def asked(fhir: Fhir, question: str, place: str = "", **variables: Any) -> Any:
    sent = {"query": question, "variables": variables}
    answer = fhir.send("POST", f"{place}$graphql", sent, Content_Type="application/json")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    return answer.json


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("{id active birthDate}", {"id": "mine", "active": True, "birthDate": "1970"}),
        ("{born: birthDate gender}", {"born": "1970", "gender": None}),
        ("{name(use: official) {family given}}", {"name": [{"family": "F", "given": ["a", "b"]}]}),
        ('{name(fhirpath: "given.count() = 1") {given}}', {"name": [{"given": ["c"]}]}),
        ("{name(_offset: 1, _count: 1) {given}}", {"name": [{"given": ["c"]}]}),
        ("{name @first {given @first}}", {"name": {"given": "a"}}),
        ("{name @flatten {given}}", {"given": ["a", "b", "c"]}),
        ("{name @flatten {family @singleton}}", {"family": "F"}),
        ("{_birthDate {id}}", {"_birthDate": {"id": "d"}}),
        ("{...f} fragment f on Patient {id}", {"id": "mine"}),
        ("{... on Patient {id} ... on Observation {status}}", {"id": "mine"}),
        ("query q($no: Boolean = true) {id @skip(if: $no) active @include(if: $no)}", {"active": True}),
        ("{resourceType __typename}", {"resourceType": "Patient", "__typename": "Patient"}),
        ("{ObservationList(_reference: patient) {id}}", {"ObservationList": [{"id": "o"}]}),
        (
            "{name {family} ...f} fragment f on Patient {name {use} name {given @first}}",
            {
                "name": [
                    {"family": "F", "use": "official", "given": "a"},
                    {"family": None, "use": "usual", "given": "c"},
                ]
            },
        ),
    ],
)
def test_fields_of_a_resource(record: Fhir, question: str, found: Any) -> None:
    assert asked(record, question, "Patient/mine/") == {"data": found}


def test_decimals_stay_as_they_are_written(record: Fhir) -> None:
    answer = record.get("Patient/mine/$graphql?query={extension{valueDecimal}}")

    assert answer.text == '{"data":{"extension":[{"valueDecimal":1.50}]}}'


def test_references_lead_to_what_is_there(record: Fhir) -> None:
    found = asked(
        record,
        """{
          subject {reference resource {... on Patient {birthDate}}}
          asserter {resource {... on Practitioner {name {family}}}}
          other: subject {resource(type: Group) {id}}
          recorder {resource(optional: true) {id}}
        }""",
        "Condition/c/",
    )

    assert found == {
        "data": {
            "subject": {"reference": "Patient/mine", "resource": {"birthDate": "1970"}},
            "asserter": {"resource": {"name": [{"family": "In"}]}},
            "other": {"resource": None},
            "recorder": {"resource": None},
        }
    }
    missing = asked(record, "{recorder {resource {id}}}", "Condition/c/")
    assert missing["data"] == {"recorder": {"resource": None}}
    assert missing["errors"][0]["locations"] == [{"line": 1, "column": 12}]


@pytest.mark.parametrize(
    ("question", "place", "paths"),
    [
        ('{gone: Patient(id: "nobody") {id}}', "", [["gone"]]),
        ("{by: recorder {who: resource {id}}}", "Condition/c/", [["by", "who"]]),
        (
            "{...f} fragment f on Condition {recorder {resource {id}}}",
            "Condition/c/",
            [["recorder", "resource"]],
        ),
        (
            "{all: ConditionList {by: recorder {resource {id}}}}",
            "",
            [["all", 0, "by", "resource"], ["all", 1, "by", "resource"]],
        ),
        (
            "{ConditionConnection {edges {one: resource {recorder {resource {id}}}}}}",
            "",
            [["ConditionConnection", "edges", place, "one", "recorder", "resource"] for place in range(2)],
        ),
        (
            "{subject {resource {... on Patient {generalPractitioner {gp: resource {id}}}}}}",
            "Condition/c/",
            [["subject", "resource", "generalPractitioner", place, "gp"] for place in range(2)],
        ),
        (
            "{subject {resource {... on Patient {generalPractitioner @first {resource {id}}}}}}",
            "Condition/c/",
            [["subject", "resource", "generalPractitioner", "resource"]],
        ),
        ("{recorder @flatten {resource {id}}}", "Condition/c/", [["resource"]]),
    ],
)
def test_what_is_missing_is_told_by_its_path_from_the_root(
    record: Fhir, question: str, place: str, paths: list[list[str | int]]
) -> None:
    doctors = [reference("Practitioner/no"), reference("Organization/no")]
    record.send("PUT", "Patient/mine", patient(id="mine", generalPractitioner=doctors))
    record.send("PUT", "Condition/d", condition("Patient/mine", id="d", recorder=reference("Patient/no")))

    found = asked(record, question, place)

    assert [each["path"] for each in found["errors"]] == paths
    for path in paths:
        value = found["data"]
        for step in path:
            value = value[step]
        assert value is None


def test_the_system_is_read_and_searched(record: Fhir) -> None:
    found = asked(
        record,
        """query q($id: ID!, $code: String) {
          Patient(id: $id) {birthDate}
          ConditionList(code: $code, subject: "Patient/mine") {id subject {resource {... on Patient {id}}}}
          ObservationList(patient: "nobody") {id}
        }""",
        id="mine",
        code="307576001",
    )

    assert found["data"] == {
        "Patient": {"birthDate": "1970"},
        "ConditionList": [{"id": "c", "subject": {"resource": {"id": "mine"}}}],
        "ObservationList": [],
    }


def test_a_connection_is_paged(record: Fhir) -> None:
    for number in range(2):
        record.send("PUT", f"Patient/p{number}", patient(f"P{number}", id=f"p{number}"))
    question = """query q($after: String) {PatientConnection(_count: 2, _cursor: $after) {
      count pagesize next edges {mode resource {id}}}}"""

    first = asked(record, question)["data"]["PatientConnection"]
    last = asked(record, question, after=first["next"])["data"]["PatientConnection"]

    assert (first["count"], first["pagesize"], last["next"]) == (3, 2, None)
    ids = [each["resource"]["id"] for each in (*first["edges"], *last["edges"])]
    assert ids == ["mine", "p0", "p1"]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("{", ""),
        ("{colour}", "Patient/mine/"),
        ("{name}", "Patient/mine/"),
        ("{id {x}}", "Patient/mine/"),
        ("{id @colour}", "Patient/mine/"),
        ("{...f}", "Patient/mine/"),
        ("{...f} fragment f on Patient {...f}", "Patient/mine/"),
        ("mutation {PatientDelete(id: 1)}", ""),
        ("{Patient {id}}", ""),
        ("{ColourList {id}}", ""),
        ("{PatientList(colour: red) {id}}", ""),
        ("{AuditEventList {id}}", ""),
        ("{PatientList(_count: 0) {id}}", ""),
        ("{ObservationList {id}}", "Patient/mine/"),
        ("query a {id} query b {id}", "Patient/mine/"),
        ("{name(use: official) {family} name {family}}", "Patient/mine/"),
        ("{a: id a: active}", "Patient/mine/"),
        ('{name(fhirpath: "((") {given}}', "Patient/mine/"),
    ],
)
def test_what_is_no_question_is_refused(record: Fhir, question: str, place: str) -> None:
    answer = record.get(f"{place}$graphql?query={quote(question)}")

    assert answer.status_code == 400, answer.text
    assert answer.json["resourceType"] == "OperationOutcome"  # type: ignore[index]


@pytest.mark.parametrize(
    "question",
    [
        f"{{{' '.join(f'a{n}: id' for n in range(1_001))}}}",
        "{"
        + "ObservationList(_reference: patient) {subject {resource {... on Patient {" * 4
        + "id"
        + "}}}}" * 4
        + "}",
        f"{{{' '.join(f'a{n}: ObservationList(_reference: patient) {{id}}' for n in range(600))}}}",
    ],
)
def test_a_question_has_its_price(record: Fhir, question: str) -> None:
    sent = {"query": question}

    assert record.send("POST", "Patient/mine/$graphql", sent).status_code in (400, 413)


def test_every_way_to_ask_gives_the_same(record: Fhir) -> None:
    question = "{PatientList {id}}"
    found = asked(record, question)

    assert record.get(f"$graphql?query={quote(question)}").json == found
    assert record.send("POST", "$graphql", question, Content_Type="application/graphql").json == found
    sent = {"resourceType": "Parameters", "parameter": [{"name": "query", "valueString": question}]}
    assert record.send("POST", "$graphql", sent).json == found
    inside = record.send(
        "POST", "", bundle(entry(None, "GET", "$graphql?query=" + quote(question)), kind="batch")
    )
    assert inside.json["entry"][0]["resource"]["contentType"] == "application/json"  # type: ignore[index]


def test_only_granted_rows_are_there(
    record: Fhir, client: FlaskClient, services: Wiring, as_role: AsRole
) -> None:
    guest = Fhir(client, as_role("teleradiologist"))

    assert asked(guest, "{PatientList {id} ConditionList {id}}") == {
        "data": {"PatientList": [], "ConditionList": []}
    }
    assert asked(guest, '{Patient(id: "mine") {id}}')["data"] == {"Patient": None}
    assert guest.get("Patient/mine/$graphql?query={id}").status_code == 404
