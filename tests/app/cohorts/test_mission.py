"""The mission's question over near misses: the exact verdicts, rows and links, whatever the seed."""

import pytest

import tests.app.cohorts.cases  # noqa: F401 - registers the cases
from tests.app.cohorts.conftest import Gateway, Json, Open, mission
from tests.app.cohorts.plain_answer import plain_answer
from tests.app.cohorts.world import CASES, EXCLUDED, MATCHED, UNKNOWN, Expectation, World, build

SEEDS = (1, 20261122, 4_000_000_007)
AGE, DIAGNOSIS, SCAN = "$.population.all[0].age", "$.population.all[1].exists", "$.population.all[2].exists"


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    return build(request.param)


@pytest.fixture(scope="module")
def loaded(gateways: Open, world: World) -> Gateway:
    gateway = gateways()
    gateway.load(world)
    gateways().load(build(99))  # another tenant with the like of it
    return gateway


@pytest.fixture(scope="module")
def answer(loaded: Gateway) -> Json:
    return loaded.ask(mission())


def answered(answer: Json) -> dict[str, Expectation]:
    """An answer, by patient."""
    found = {each["reference"]: Expectation(each["verdict"]) for each in answer["patients"]}
    uids = {row["reference"]: row["studyInstanceUID"] for row in answer["rows"]["ct"]}
    for row in answer["rows"]["rx"]:
        found[row["patient"]].medications.add(row["reference"])
    for row in answer["rows"]["ct"]:
        found[row["patient"]].scans.add(row["studyInstanceUID"])
    for row in answer["rows"]["documentReference"]:
        found[row["patient"]].documents.add(row["reference"])
    owners = {row["reference"]: row["patient"] for row in answer["rows"]["rep"]}
    for link in answer["links"]:
        found[owners[link["from"]]].links.add((link["from"], uids[link["to"]], link["via"]))
    return found


def expected(world: World) -> dict[str, Expectation]:
    """What is written down of those who are answered of; rows are of those who match."""
    listed = {name: each for name, each in world.expected.items() if each.verdict != EXCLUDED}
    return {name: each if each.verdict == MATCHED else Expectation(UNKNOWN) for name, each in listed.items()}


def test_there_are_twenty_near_misses_and_more() -> None:
    assert len(CASES) >= 40


def test_the_answer_is_the_one_that_is_written_down(answer: Json, world: World) -> None:
    assert answered(answer) == expected(world)


def test_plain_loops_over_the_same_json_agree(answer: Json, world: World) -> None:
    plain = {name: each for name, each in plain_answer(world).items() if each.verdict != EXCLUDED}

    assert answered(answer) == plain


def test_the_counts_are_of_all(answer: Json, world: World) -> None:
    verdicts = [each.verdict for each in world.expected.values()]

    assert answer["counts"] == {"matched": verdicts.count(MATCHED), "unknown": verdicts.count(UNKNOWN)}
    assert (answer["asOf"], answer["next"]) == ("2026-11-22", None)


def test_what_decides_is_named(answer: Json, world: World) -> None:
    by_verdict: dict[str, set[tuple[str, ...]]] = {}
    for each in answer["patients"]:
        by_verdict.setdefault(each["verdict"], set()).add(tuple(each["deciding"]))

    assert by_verdict == {MATCHED: {(AGE, DIAGNOSIS, SCAN)}, UNKNOWN: {(AGE,), (DIAGNOSIS,)}}


def test_every_report_row_has_a_link_and_rows_stand_once(answer: Json) -> None:
    for rows in answer["rows"].values():
        assert len({row["reference"] for row in rows}) == len(rows)
    assert {row["reference"] for row in answer["rows"]["rep"]} == {link["from"] for link in answer["links"]}


def test_a_drug_is_named_even_behind_a_reference(answer: Json) -> None:
    assert all(row["code"] for row in answer["rows"]["rx"])
    assert "cisplatin" in {row["display"] for row in answer["rows"]["rx"]}


def test_pages_put_together_are_the_whole_answer(loaded: Gateway, answer: Json) -> None:
    patients: list[Json] = []
    rows: list[Json] = []
    links: list[Json] = []
    token = None
    while True:
        page = {"limit": 7} | ({"token": token} if token else {})
        part = loaded.ask(mission(page=page))
        assert (part["counts"], part["cohort"]) == (answer["counts"], answer["cohort"])
        patients += part["patients"]
        rows += part["rows"]["ct"]
        links += part["links"]
        token = part["next"]
        if token is None:
            break

    assert patients == answer["patients"]
    assert sorted(map(str, rows)) == sorted(map(str, answer["rows"]["ct"]))
    assert sorted(map(str, links)) == sorted(map(str, answer["links"]))
