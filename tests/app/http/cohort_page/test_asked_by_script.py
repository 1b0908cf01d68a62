"""What the script of the page asks for: forms, words with what is wrong, sets of codes by name; by role."""

from json import dumps
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import signing_in

RIGHT = {"version": "1", "population": {"sex": {"op": "eq", "value": "female"}}}
WRONG = {"version": "1", "population": {"all": [{"medication": {"codes": []}}]}}


@pytest.fixture(scope="module")
def client(gateway: Wiring) -> FlaskClient:
    return web_app(gateway).test_client()


def sent(
    gateway: Wiring, client: FlaskClient, body: Any, role: str = "clinician", language: str = "en"
) -> Any:
    headers = signing_in(gateway)(role, Accept_Language=language)
    return client.post("/cohorts/words", data=dumps(body), headers=headers, content_type="application/json")


def test_a_question_is_said_and_nothing_is_wrong(gateway: Wiring, client: FlaskClient) -> None:
    told = sent(gateway, client, RIGHT).get_json()

    assert told == {"nodes": {"$.population": "women"}, "events": {}, "sets": {}, "fault": None}


def test_what_is_wrong_is_told_with_its_place_in_the_language_of_the_page(
    gateway: Wiring, client: FlaskClient
) -> None:
    told = sent(gateway, client, {**RIGHT, "asOf": ""}, language="ko").get_json()["fault"]

    assert (told["place"], told["language"], "길이는" in told["text"]) == ("$.asOf", "ko", True)
    assert sent(gateway, client, WRONG).get_json()["fault"]["place"] == "$.population.all[0].medication.codes"


def test_who_sees_pseudonyms_is_held_to_years(gateway: Wiring, client: FlaskClient) -> None:
    asked = {"version": "1", "population": {"condition": {"period": {"within": "P3M", "before": "asOf"}}}}

    assert sent(gateway, client, asked).get_json()["fault"] is None
    assert sent(gateway, client, asked, "researcher").get_json()["fault"] is not None


def changed(gateway: Wiring, client: FlaskClient, question: Any, *changes: Any, language: str = "en") -> Any:
    headers = signing_in(gateway)("clinician", Accept_Language=language)
    body = {"question": question, "changes": [{"path": path, "now": now} for path, now in changes]}
    return client.post("/cohorts/changes", json=body, headers=headers)


def test_changes_are_said_as_the_condition_that_they_make(gateway: Wiring, client: FlaskClient) -> None:
    near = {"within": "P1Y", "before": "asOf"}
    women, dx = {"sex": {"op": "eq", "value": "female"}}, {"condition": {"period": near}}
    events = {"ct": {"kind": "imaging", "period": {**near, "start": "2020"}}}
    question = {"population": {"all": [women, {"any": [{"not": dx}]}, {"exists": "ct"}]}, "events": events}

    told = changed(
        gateway,
        client,
        question,
        ("$.population.all[1].any[0].not.condition.period", {"within": "P3Y", "after": "ct"}),
        ("$.population.all[1].any[0].not.condition.period", None),
        ("$.events.ct.period", None),
        ("$.population.all[0]", None),
        ("$.population.all[0].sex.value", "male"),
    ).get_json()["changes"]

    was = "diagnosis (within 1 year before the day of the question)"
    shot = "pictures (since 2020 and also within 1 year before the day of the question)"
    assert [(each["was"], each["now"]) for each in told] == [
        (was, "diagnosis (within 3 years after ct)"),
        (was, "diagnosis"),
        (shot, "pictures"),
        ("women", None),
        ("women", "men"),
    ]
    korean = changed(gateway, client, question, ("$.population.all[0].sex.value", "male"), language="ko")
    assert korean.get_json()["changes"] == [{"was": "여성", "now": "남성"}]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$.population.all[7]", "$.changes[0].path"),
        ("$.population.sex.value.x.y", "$.changes[0].path"),
        ("$.population.sex[0]", "$.changes[0].path"),
        ("$.events.gone.period", "$.changes[0].path"),
        ("$.output.rows", "$.changes[0].path"),
        ("$", "$.changes[0].path"),
        ("population", "$.changes[0].path"),
        (7, "$.changes[0].path"),
    ],
)
def test_a_change_of_no_place_is_refused(gateway: Wiring, client: FlaskClient, path: Any, place: str) -> None:
    answer = changed(gateway, client, RIGHT, (path, None))

    assert (answer.status_code, answer.get_json()["location"]) == (400, [place])


def test_patients_are_called_by_their_names_in_the_script_of_the_page(
    gateway: Wiring, client: FlaskClient
) -> None:
    as_role = signing_in(gateway)
    names = [{"family": "Kim", "given": ["Seoyeon"]}, {"use": "usual", "family": "김", "given": ["서연"]}]
    documents = (
        {"resourceType": "Patient", "id": "p1", "name": names, "gender": "female", "birthDate": "1980-02-03"},
        {"resourceType": "Patient", "id": "p2"},
    )
    for each in documents:
        put = client.put(f"/fhir/Patient/{each['id']}", json=each, headers=as_role("clinician"))
        assert put.status_code in (200, 201), put.text

    def told(language: str) -> Any:
        headers = as_role("clinician", Accept_Language=language)
        return client.get("/cohorts/people?ids=p1,p2,gone", headers=headers).get_json()["people"]

    nobody = {"names": [], "sex": "", "born": ""}
    woman = {"names": ["Seoyeon Kim", "김서연"], "sex": "female", "born": "3 Feb 1980"}
    assert told("en") == {"p1": woman, "p2": nobody}
    assert told("ko")["p1"] == {"names": ["김서연", "Seoyeon Kim"], "sex": "여", "born": "1980. 2. 3."}


@pytest.mark.parametrize(
    "query", ["", "?ids=", "?ids=a,,b", "?ids=a%20b", f"?ids={','.join(map(str, range(51)))}"]
)
def test_what_are_no_ids_is_refused(gateway: Wiring, client: FlaskClient, query: str) -> None:
    headers = signing_in(gateway)("clinician")

    assert client.get(f"/cohorts/people{query}", headers=headers).status_code == 400


def test_who_sees_pseudonyms_is_told_no_names(gateway: Wiring, client: FlaskClient) -> None:
    headers = signing_in(gateway)("researcher")

    assert client.get("/cohorts/people?ids=p1", headers=headers).status_code == 403


@pytest.mark.parametrize("body", [[], "text", None, 1])
def test_what_is_no_question_is_refused(gateway: Wiring, client: FlaskClient, body: Any) -> None:
    assert sent(gateway, client, body).status_code == 400


def test_sets_are_found_by_a_name_in_either_language(gateway: Wiring, client: FlaskClient) -> None:
    headers = signing_in(gateway)("researcher")
    for name in ("metf", "메트포르민"):
        found = client.get("/cohorts/sets", query_string={"name": name, "of": "medication"}, headers=headers)
        first = found.get_json()["found"][0]
        assert (first["id"], first["conceptSet"]["display"]["en"]) == ("metformin", "metformin")


@pytest.mark.parametrize("query", ["", "?name=", f"?name={'a' * 101}", "?name=a&more=1"])
def test_what_is_no_name_is_refused(gateway: Wiring, client: FlaskClient, query: str) -> None:
    headers = signing_in(gateway)("clinician")

    assert client.get(f"/cohorts/sets{query}", headers=headers).status_code == 400


@pytest.mark.parametrize("path", ["/cohorts/forms", "/cohorts/sets?name=a"])
def test_only_who_may_ask_is_told(gateway: Wiring, client: FlaskClient, path: str) -> None:
    as_role = signing_in(gateway)

    assert client.get(path).status_code == 401
    assert client.get(path, headers=as_role("administrator")).status_code == 403
    assert client.get(path, headers=as_role("clinician")).status_code == 200
