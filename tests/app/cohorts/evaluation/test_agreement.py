"""Whatever is asked of whatever charts, the graph answers what a plain reading of the charts says."""

import os
from random import Random

import pytest

from tests.app.cohorts.conftest import Gateway, Json, Open
from tests.app.cohorts.evaluation.plain_reading import Reading
from tests.app.cohorts.evaluation.random_questions import RandomQuestion
from tests.app.cohorts.evaluation.random_world import RandomWorld

SEED = int(os.environ.get("HILUM_TEST_SEED", "20261122"))
PEOPLE = 60
QUESTIONS, ALL_QUESTIONS = 120, 10_000


@pytest.fixture(scope="module")
def world() -> RandomWorld:
    return RandomWorld(SEED, PEOPLE)


@pytest.fixture(scope="module")
def charts(gateways: Open, world: RandomWorld) -> Gateway:
    gateway = gateways(HILUM_QUESTION_SECONDS="60")
    written = world.written()
    for start in range(0, len(written), 100):
        gateway.put(*written[start : start + 100])
    gateway.store(*world.pictures)
    return gateway


def differing(
    charts: Gateway, world: RandomWorld, seeds: list[int]
) -> list[tuple[int, Json, dict[str, str], dict[str, str]]]:
    """The questions that are answered otherwise than the plain reading reads them."""
    found = []
    for seed in seeds:
        question = RandomQuestion(seed).question
        answer = charts.ask(question)
        told = {each["reference"].removeprefix("Patient/"): each["verdict"] for each in answer["patients"]}
        read = Reading(question, world.charts, world.patients).verdicts()
        if told != read:
            apart = {
                name: told.get(name, "-")
                for name in told.keys() | read.keys()
                if told.get(name) != read.get(name)
            }
            found.append((seed, question, apart, {name: read.get(name, "-") for name in apart}))
    return found


def test_random_questions_are_answered_as_a_plain_reading_reads_them(
    charts: Gateway, world: RandomWorld
) -> None:
    random = Random(SEED)

    assert differing(charts, world, [random.randrange(1 << 40) for _ in range(QUESTIONS)]) == []


@pytest.mark.slow
def test_ten_thousand_random_questions_are(charts: Gateway, world: RandomWorld) -> None:
    random = Random(SEED + 1)

    assert differing(charts, world, [random.randrange(1 << 40) for _ in range(ALL_QUESTIONS)]) == []
