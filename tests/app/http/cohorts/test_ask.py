"""Questions in plain words over HTTP: the form of the answer, and what is refused with its place."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.config import Config
from app.http.cohorts.description_ask import AskedAnswerSchema
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.errors import Unavailable
from graph.session import Graph
from tests.app.conftest import AsRole, signing_in

AS_OF = "2026-11-22"
ENGLISH = (
    "all medications prescribed, with all CT scan documents and associated radiology reports, "
    "for every patient over 45 diagnosed with osteosarcoma within the last two years"
)
KOREAN = (
    "지난 2년 동안 골육종 진단을 받은 45세 이상 환자를 위한 모든 CT 검사 문서 및 관련 방사선 보고서로 "
    "처방된 모든 약물을 알려주세요."
)
Json = dict[str, Any]
Ask = Callable[..., Json]


@pytest.fixture(scope="module")
def services(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    """A gateway with nobody in it."""
    home: Path = tmp_path_factory.mktemp("home")
    wired = Wiring(Config.from_env({"HILUM_HOME": str(home), "HILUM_TENANT": f"t{uuid4().hex[:12]}"}), graph)
    yield wired
    wired.close()


@pytest.fixture(scope="module")
def client(services: Wiring) -> FlaskClient:
    return web_app(services, ["cohorts"]).test_client()


@pytest.fixture(scope="module")
def as_role(services: Wiring) -> AsRole:
    return signing_in(services)


@pytest.fixture(scope="module")
def ask(client: FlaskClient, as_role: AsRole) -> Ask:
    """The answer to a text, of a role."""

    def answered(text: str, role: str = "clinician", **more: Any) -> Json:
        body = {"question": text, "asOf": AS_OF, **more}
        answer = client.post("/cohorts/ask", json=body, headers=as_role(role))
        assert answer.status_code == 200, answer.text
        found: Json = answer.get_json()
        return found

    return answered


def test_a_question_is_answered_in_the_form_that_is_described(ask: Ask) -> None:
    for text in (ENGLISH, KOREAN, "patients with frobnitis", "no asthma"):
        answer = ask(text)
        assert AskedAnswerSchema().validate(answer) == {}
        assert answer.keys() == {
            each.data_key or name for name, each in AskedAnswerSchema().fields.items() if name != "proposal"
        }


@pytest.mark.parametrize(
    "text", ["", " \n", "will they die?", "xyzzy plugh", "\x00", "ㅁㄴㅇㄹ", "a" * 2_000]
)
def test_what_is_no_question_is_refused_with_a_reason(ask: Ask, text: str) -> None:
    answer = ask(text)

    assert (answer["verdict"], answer["question"], answer["restatement"]) == ("refused", None, None)
    assert all(each["text"]["en"] and each["text"]["ko"] for each in answer["reasons"])
    assert answer["reasons"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([], "$"),
        ({}, "$.question"),
        ({"question": 1}, "$.question"),
        ({"question": None}, "$.question"),
        ({"question": ["gout"]}, "$.question"),
        ({"question": "a" * 2_001}, "$.question"),
        ({"question": "gout", "language": "fr"}, "$.language"),
        ({"question": "gout", "asOf": "2026"}, "$.asOf"),
        ({"question": "gout", "asOf": "0000-00-00"}, "$.asOf"),
        ({"question": "gout", "choices": []}, "$.choices"),
        ({"question": "gout", "choices": {"age-1": {"id": "x"}}}, "$.choices.age-1"),
        ({"question": "gout", "choices": {str(each): "x" for each in range(65)}}, "$.choices"),
        ({"question": "gout", "propose": "yes"}, "$.propose"),
        ({"question": "gout", "wish": 1}, "$.wish"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    client: FlaskClient, as_role: AsRole, body: Any, place: str
) -> None:
    answer = client.post("/cohorts/ask", json=body, headers=as_role("clinician"))

    assert (answer.status_code, answer.get_json()["location"]) == (400, [place])


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"question": "\\ud800"}', 400),
        (b'{"question": "\xff"}', 400),
        (b'{"question": "gout", "question": "gout"}', 400),
        (b'{"question": "gout", "choices": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}", 400),
        (b'{"question": "' + b"a" * (1 << 17) + b'"}', 413),
    ],
)
def test_no_body_breaks_it(client: FlaskClient, as_role: AsRole, raw: bytes, status: int) -> None:
    headers = as_role("clinician", Content_Type="application/json")

    assert client.post("/cohorts/ask", data=raw, headers=headers).status_code == status


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_any_day_is_a_day(ask: Ask, day: str) -> None:
    for text in (ENGLISH, KOREAN, "osteosarcoma since 2020", "CT in the next to last month", "작년 골육종"):
        assert ask(text, asOf=day)["verdict"]


def test_choices_that_nobody_offered_change_nothing(ask: Ask) -> None:
    assert ask(ENGLISH, choices={"age-999": "x", "\x00": "\x00"}) == ask(ENGLISH)


def test_a_parameter_is_refused(client: FlaskClient, as_role: AsRole) -> None:
    answer = client.post(
        "/cohorts/ask?asOf=2026-11-22", json={"question": "gout"}, headers=as_role("clinician")
    )

    assert (answer.status_code, answer.get_json()["location"]) == (400, ["asOf"])


def test_who_may_ask_no_cohort_asks_nothing(client: FlaskClient, as_role: AsRole) -> None:
    assert (
        client.post("/cohorts/ask", json={"question": "gout"}, headers=as_role("patient")).status_code == 403
    )
    assert client.post("/cohorts/ask", json={"question": "gout"}).status_code == 401


def test_before_the_words_are_gathered_one_is_told_to_come_again(
    client: FlaskClient, as_role: AsRole, services: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gathering(_tenant: str) -> None:
        raise Unavailable("the words of the records are being gathered: ask again", retry_after=5)

    monkeypatch.setattr(services.asking.words, "of", gathering)

    answer = client.post(
        "/cohorts/ask", json={"question": "patients with hay fever"}, headers=as_role("clinician")
    )

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_without_a_service_outside_nothing_is_proposed(ask: Ask) -> None:
    answer = ask(ENGLISH, propose=True)

    assert answer["proposal"]["error"]["code"] == "off"
    assert {name: each for name, each in answer.items() if name != "proposal"} == ask(ENGLISH)
