"""A proposal is shown beside what the grammar read: with codes of ours, and where it says otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.cohorts.language.reading import read_question
from app.cohorts.plain_words.proposing.wordings import WORDINGS
from app.security.policy import PSEUDONYMOUS
from app.security.scopes import system_scope
from tests.app.cohorts.conftest import AS_OF, Gateway, Json, Open
from tests.app.cohorts.plain_words.proposing.outside import Outside, message, sent, serving

TEXT = "patients over 45 with asthma"
SCT = "http://snomed.info/sct"


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(gateways: Open, outside: Outside) -> Gateway:
    return gateways(HILUM_ASK_URL=outside.url, HILUM_ASK_MODEL="small")


def ask(gateway: Gateway, text: str = TEXT, **more: Any) -> Json:
    """The answer to a text."""
    scope = system_scope(gateway.services.sites.own.tenant)
    return gateway.services.plain_words.ask(scope, {"question": text, "asOf": AS_OF, **more})


def proposed(gateway: Gateway, outside: Outside, question: Any, text: str = TEXT) -> Json:
    """What is shown of a question that the service proposes; the answer beside it is the one without it."""
    outside.answering = message(question)
    answer = ask(gateway, text, propose=True)
    proposal: Json = answer.pop("proposal")
    assert answer == ask(gateway, text), "the grammar's answer stands"
    return proposal


def asthma(code: str = "195967001", name: str = "Asthma", **more: Any) -> Json:
    """A question about asthma, by a code and a name."""
    dx = {"include": [{"system": SCT, "code": code}], "display": name}
    return {
        "version": "1",
        "conceptSets": {"dx": dx},
        "events": {"dx": {"kind": "condition", "codes": {"set": "dx"}}},
        "population": {"all": [{"age": {"op": "gt", "value": 45}}, {"exists": "dx"}]},
        **more,
    }


def test_nothing_is_proposed_that_who_sees_pseudonyms_cannot_ask(gateway: Gateway, outside: Outside) -> None:
    scope = replace(system_scope(gateway.services.sites.own.tenant), purpose=PSEUDONYMOUS)
    asked = {"question": TEXT, "asOf": AS_OF, "propose": True}

    def told(within: str) -> Json:
        period = {"within": within, "before": "asOf"}
        outside.answering = message(asthma(events={"dx": {"kind": "condition", "period": period}}))
        found: Json = gateway.services.plain_words.ask(scope, asked)["proposal"]
        return found

    assert told("P90D")["error"]["code"] == "years"
    assert told("P1Y")["question"]["events"]["dx"]["period"]["within"] == "P1Y"


def test_nothing_is_sent_unless_it_is_asked_for(gateway: Gateway, outside: Outside) -> None:
    outside.asked.clear()

    assert "proposal" not in ask(gateway)
    assert "proposal" not in ask(gateway, propose=False)
    assert outside.asked == []


def test_a_proposal_is_shown_with_codes_of_ours_and_its_differences(
    gateway: Gateway, outside: Outside
) -> None:
    found = proposed(gateway, outside, asthma(asOf="1999-01-01", page={"limit": 1}))

    read_question(found["question"], date(2026, 11, 22))
    assert found["model"] == "small"
    assert found["question"]["asOf"] == AS_OF, "the day is the asker's"
    assert "page" not in found["question"]
    own = ask(gateway)["question"]["conceptSets"]
    (linked,) = found["question"]["conceptSets"].values()
    assert linked["include"] in [each["include"] for each in own.values()]
    assert "asthma" in found["restatement"]["en"].lower()
    assert "천식" in found["restatement"]["ko"]
    assert all(each["was"] != each["now"] for each in found["differences"])
    assert found["rejected"] == []


def test_what_it_reads_otherwise_is_told_by_place(gateway: Gateway, outside: Outside) -> None:
    own = ask(gateway)["question"]
    other = {name: each for name, each in own.items() if name != "asOf"}
    places = [at for at, each in enumerate(own["population"]["all"]) if "age" in each]
    ages = [{"age": {**own["population"]["all"][at]["age"], "value": 60}} for at in places]
    rest = [each for each in own["population"]["all"] if "age" not in each]
    other["population"] = {"all": [*rest, *ages]}

    found = proposed(gateway, outside, other)

    assert found["differences"] == [
        {"path": f"$.population.all[{places[0]}].age.value", "was": 45, "now": 60}
    ]


def test_a_question_that_the_grammar_refuses_is_proposed_whole(gateway: Gateway, outside: Outside) -> None:
    found = proposed(gateway, outside, asthma(), "xyzzy plugh")

    (only,) = found["differences"]
    assert (only["path"], only["was"]) == ("$", None)


def test_a_code_that_is_not_of_its_name_does_not_count(gateway: Gateway, outside: Outside) -> None:
    found = proposed(gateway, outside, asthma("73211009"))  # diabetes mellitus

    (rejected,) = found["rejected"]
    assert (rejected["code"], rejected["name"]) == ("73211009", "Asthma")
    assert rejected["reason"]["en"] == WORDINGS["not-of-that-name"].en
    assert "73211009" not in str(found["question"])


def test_what_nobody_knows_by_its_name_is_refused_with_its_codes(gateway: Gateway, outside: Outside) -> None:
    found = proposed(gateway, outside, asthma("195967001", "Frobnitis"))

    assert found["error"]["code"] == "codes"
    assert [(each["code"], each["name"]) for each in found["rejected"]] == [("195967001", "Frobnitis")]
    assert "question" not in found


@pytest.mark.parametrize(
    "question",
    [
        None,
        [],
        "asthma",
        {},
        {"version": "2", "population": {"deceased": True}},
        {"version": "1", "population": {"exists": "nothing"}},
        {"version": "1", "population": {"all": [{"all": [{"all": []}]}]}},
        {"version": "1", "population": {"condition": {"codes": {"set": "nothing"}}}},
        {"version": "1", "population": {"deceased": True}, "execute": True},
        {"version": "1", "population": {"age": {"op": "gt", "value": 1e308}}},
    ],
)
def test_what_is_no_question_is_told_to_be_none(gateway: Gateway, outside: Outside, question: Any) -> None:
    found = proposed(gateway, outside, question)

    assert found["error"]["code"] == "form"
    assert found["error"]["text"]["ko"]


def test_what_goes_wrong_there_leaves_the_answer(gateway: Gateway, outside: Outside) -> None:
    outside.answering = sent(b"", 500)

    answer = ask(gateway, propose=True)

    assert answer["proposal"]["error"]["code"] == "status"
    assert answer["verdict"] in ("exact", "assumed")


def test_remarks_of_the_service_are_not_shown(gateway: Gateway, outside: Outside) -> None:
    question = asthma()
    question["population"]["all"][0]["why"] = "Trust me."
    question["population"]["all"][0]["src"] = [0, 5]

    assert "Trust me." not in str(proposed(gateway, outside, question))


def test_a_proposal_is_never_asked(
    gateway: Gateway, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        pytest.fail("a proposal was asked")

    monkeypatch.setattr(gateway.services.cohorts, "ask", asked)
    monkeypatch.setattr(gateway.services.cohorts, "answer", asked)

    assert proposed(gateway, outside, asthma())["question"]
