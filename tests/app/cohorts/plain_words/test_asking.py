"""A question in plain words, over the near misses of the mission: it brings whom the mission brings.

And what a caller may not see changes not one byte of its answer.
"""

from dataclasses import replace
from typing import Any

import orjson
import pytest

import tests.app.cohorts.cases  # noqa: F401 - registers the cases
from app.cohorts.plain_words import asking
from app.security.policy import LEAST_CELL, PSEUDONYMOUS
from app.security.scopes import system_scope
from graph.allowances import Allowance, Deed
from graph.clock import now
from graph.errors import Forbidden
from graph.keys import resource_key
from graph.scope import AccessScope
from tests.app.cohorts.conftest import AS_OF, Gateway, Json, Open
from tests.app.cohorts.world import MATCHED, build
from tests.factories.fhir import Resource, condition, medication_request, patient

ENGLISH = (
    "all medications prescribed, with all CT scan documents and associated radiology reports, "
    "for every patient over 45 diagnosed with osteosarcoma within the last two years"
)
KOREAN = (
    "지난 2년 동안 골육종 진단을 받은 45세 이상 환자를 위한 모든 CT 검사 문서 및 관련 방사선 보고서로 "
    "처방된 모든 약물을 알려주세요."
)
WORLD = build(1)
EXPECTED = {name for name, each in WORLD.expected.items() if each.verdict == MATCHED}
LOCAL = "http://hospital.example/codes"


def ask(gateway: Gateway, scope: AccessScope, text: str, **more: Any) -> Json:
    """The answer to a text."""
    return gateway.services.plain_words.ask(scope, {"question": text, "asOf": AS_OF, **more})


def of(gateway: Gateway) -> AccessScope:
    """The rights of the tenant's gateway itself."""
    return system_scope(gateway.services.sites.own.tenant)


def who_sees(gateway: Gateway, *patients: str) -> AccessScope:
    """Somebody who was granted some patients."""
    tenant = gateway.services.sites.own.tenant
    granted = frozenset(resource_key(tenant, "Patient", each) for each in patients)
    return AccessScope(
        tenant, "someone", "clinician", "TREAT", permissions=frozenset({"cohort.query"}), patients=granted
    )


def local(text: str, code: str, of_whom: str, id: str) -> Resource:
    """A diagnosis in the words and codes of a hospital."""
    return {**condition(f"Patient/{of_whom}", id=id), "code": coded(text, code)}


def coded(text: str, code: str) -> Json:
    """A code of a hospital, and what it is called there."""
    return {"coding": [{"system": LOCAL, "code": code, "display": text}], "text": text}


def codes(answer: Json) -> set[str]:
    """The codes of a hospital in a question."""
    sets = (answer["question"] or {}).get("conceptSets", {}).values()
    return {each["code"] for one in sets for each in one["include"] if each.get("system") == LOCAL}


@pytest.fixture(scope="module")
def ward(gateways: Open) -> Gateway:
    gateway = gateways()
    gateway.load(WORLD)
    return gateway


@pytest.fixture(scope="module")
def two(gateways: Open) -> Gateway:
    """A gateway with two patients, of whom one has what nobody else has."""
    gateway = gateways()
    drug = coded("Metformin 500", "M-1")
    gateway.put(
        *(patient(each, id=each) for each in ("mine", "hidden")),
        local("Asthma", "A-1", "mine", "mine-1"),
        local("Asthma, of the rare kind", "A-9", "hidden", "hidden-1"),
        local("Frobnitis", "F-1", "hidden", "hidden-2"),
        {**medication_request("Patient/mine", id="mine-rx"), "medicationCodeableConcept": drug},
    )
    return gateway


def matched(gateway: Gateway, question: Json) -> set[str]:
    """The patients whom a question brings."""
    found = gateway.services.cohorts.ask(of(gateway), question, now())
    return {each["reference"] for each in found["patients"] if each["verdict"] == "matched"}


def test_the_mission_in_english_brings_whom_the_mission_brings(ward: Gateway) -> None:
    answer = ask(ward, of(ward), ENGLISH)

    assert answer["verdict"] in ("exact", "assumed")
    assert (answer["language"], answer["notUnderstood"]) == ("en", [])
    rows = {each["resource"] for each in answer["question"]["output"]["rows"]}
    assert {"MedicationRequest", "ImagingStudy", "DocumentReference", "DiagnosticReport"} <= rows
    assert matched(ward, answer["question"]) >= EXPECTED


def test_the_mission_in_korean_means_its_own_age(ward: Gateway) -> None:
    korean = ask(ward, of(ward), KOREAN)
    ages = [each["age"] for each in korean["question"]["population"]["all"] if "age" in each]

    assert korean["language"] == "ko"
    assert [(each["op"], each["value"]) for each in ages] == [("ge", 45)]
    assert matched(ward, korean["question"]) >= EXPECTED


def test_a_restatement_is_the_question_again(ward: Gateway) -> None:
    first = ask(ward, of(ward), ENGLISH)

    for language in ("en", "ko"):
        again = ask(ward, of(ward), first["restatement"][language])
        assert again["verdict"] == "exact"
        assert again["restatement"] == first["restatement"]


def test_what_is_assumed_may_be_chosen_otherwise(ward: Gateway) -> None:
    answer = ask(ward, of(ward), ENGLISH)

    for each in answer["assumptions"]:
        for other in each["alternatives"]:
            chosen = ask(ward, of(ward), ENGLISH, choices={each["id"]: other["id"]})
            assert chosen["question"] == other["question"]


@pytest.mark.parametrize(("text", "words"), [(ENGLISH, "CT scan"), (KOREAN, "CT 검사")])
def test_an_assumption_names_the_words_that_it_is_of(ward: Gateway, text: str, words: str) -> None:
    (needed,) = [each for each in ask(ward, of(ward), text)["assumptions"] if each["id"].startswith("needed")]

    assert text[slice(*needed["span"])] == words


def test_the_day_is_that_of_the_site_unless_one_is_named(ward: Gateway) -> None:
    found = ward.services.plain_words.ask(of(ward), {"question": ENGLISH}, now=1_795_305_600_000_000)

    assert found["question"]["asOf"] == "2026-11-22"


def test_codes_of_a_hospital_count_where_records_call_them_so(two: Gateway) -> None:
    assert codes(ask(two, of(two), "patients with asthma")) == {"A-1", "A-9"}
    assert codes(ask(two, of(two), "patients on metformin")) == {"M-1"}
    assert codes(ask(two, of(two), "patients with frobnitis")) == {"F-1"}


@pytest.mark.parametrize("text", ["asthma", "patients with frobnitis", "천식 환자", "asthma or frobnitis"])
def test_what_is_hidden_changes_no_byte(gateways: Open, two: Gateway, text: str) -> None:
    alone = gateways()
    alone.put(patient("mine", id="mine"), local("Asthma", "A-1", "mine", "mine-1"))

    seen, never = ask(two, who_sees(two, "mine"), text), ask(alone, who_sees(alone, "mine"), text)

    assert orjson.dumps(seen) == orjson.dumps(never)
    assert not codes(seen) & {"A-9", "F-1"}


def test_one_caller_is_not_told_what_another_was_told_before(two: Gateway) -> None:
    assert "A-9" in codes(ask(two, who_sees(two, "mine", "hidden"), "asthma"))
    assert "A-9" not in codes(ask(two, who_sees(two, "mine"), "asthma"))
    assert "A-9" in codes(ask(two, who_sees(two, "hidden"), "asthma"))


def test_whose_token_names_no_drugs_does_not_learn_which_there_are(two: Gateway) -> None:
    diagnoses = Allowance("Condition", frozenset({Deed.READ, Deed.SEARCH}))
    scope = replace(who_sees(two, "mine"), allowances=frozenset({diagnoses}))

    assert codes(ask(two, scope, "asthma")) == {"A-1"}
    assert codes(ask(two, scope, "patients on metformin")) == set()


def test_who_sees_pseudonyms_hears_only_of_what_many_share(gateways: Open) -> None:
    gateway = gateways()
    people = [f"p{number}" for number in range(LEAST_CELL)]
    gateway.put(
        *(patient(each, id=each) for each in people),
        *(local("Asthma", "A-1", each, f"{each}-dx") for each in people),
        local("Asthma", "A-9", people[0], "rare"),
        local("Frobnitis", "F-1", people[0], "rarer"),
    )
    scope = replace(of(gateway), purpose=PSEUDONYMOUS)

    assert codes(ask(gateway, scope, "asthma")) == {"A-1"}
    assert ask(gateway, scope, "frobnitis")["verdict"] == "refused"
    assert ask(gateway, of(gateway), "frobnitis")["verdict"] != "refused"


FINER = (
    "patients with asthma in the last 3 months",
    "babies under 28 days",
    "patients on metformin since March 2024",
    "지난 90일 동안 천식 진단을 받은 환자",
    "Patients as of 2026-11-22: diagnosis “asthma” (within 90 days before the day of the question).",
)
BY_YEARS = ("women over 45 with asthma diagnosed in the last two years", "2020년 이후 천식 환자", ENGLISH)
UNDATED = ("women with asthma", "천식 환자")


@pytest.mark.parametrize("text", FINER)
def test_who_sees_pseudonyms_is_told_that_less_than_a_year_cannot_be_asked(ward: Gateway, text: str) -> None:
    answer = ask(ward, replace(of(ward), purpose=PSEUDONYMOUS), text)

    assert (answer["verdict"], answer["question"]) == ("refused", None)
    assert [each["code"] for each in answer["reasons"]] == ["years-only"]
    assert ask(ward, of(ward), text)["question"] is not None


@pytest.mark.parametrize("text", [*BY_YEARS, *UNDATED])
def test_what_who_sees_pseudonyms_is_given_they_can_ask(ward: Gateway, text: str) -> None:
    scope = replace(of(ward), purpose=PSEUDONYMOUS)

    for each in (text, ask(ward, scope, text)["restatement"]["en"]):
        answer = ask(ward, scope, each)
        told = [each["code"] for each in answer["reasons"]]
        assert (told, answer["verdict"] == "exact") == (
            ([], True) if text in UNDATED else (["by-year"], False)
        )
        assert ward.services.cohorts.ask(scope, answer["question"], now())["asOf"] == "2026-12-31"


def test_what_is_read_as_less_than_a_year_may_be_chosen_otherwise(ward: Gateway) -> None:
    scope = replace(of(ward), purpose=PSEUDONYMOUS)

    answer = ask(ward, scope, "patients with a recent diagnosis of asthma")

    ways = [way for each in answer["assumptions"] for way in each["alternatives"]]
    assert (answer["verdict"], bool(ways)) == ("refused", True)
    for way in ways:
        assert ward.services.cohorts.ask(scope, way["question"], now())["asOf"] == "2026-12-31"


def test_more_codes_than_a_question_holds_are_told(two: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_CODES", 2)

    answer = ask(two, of(two), "asthma")

    assert answer["verdict"] == "partial"
    assert [each["code"] for each in answer["reasons"]] == ["codes-cut"]


def test_more_words_than_are_kept_are_told(two: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    words = two.services.asking.words.of(of(two).tenant)
    for each in words.values():
        monkeypatch.setattr(each, "is_cut", True)

    answer = ask(two, of(two), "asthma")

    assert answer["verdict"] == "partial"
    assert [each["code"] for each in answer["reasons"]] == ["words-cut"]
    assert "words-cut" not in [each["code"] for each in ask(two, of(two), "women over 45")["reasons"]]


def test_who_may_ask_no_cohort_asks_nothing(two: Gateway) -> None:
    with pytest.raises(Forbidden):
        two.services.plain_words.ask(replace(of(two), permissions=frozenset()), {"question": "asthma"}, now())
