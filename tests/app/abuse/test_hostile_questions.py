"""Whatever is asked, an answer comes, in little memory, and a refusal names its limit."""

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings

from app.security.scopes import system_scope
from tests.app.abuse.hostile import BATCHES_TO_AN_ENTRY, LAST_ALLOWED, MAKERS, Question, questions
from tests.app.serving import ServedGateway
from tests.factories.fhir import bundle, condition, encode, entry, observation, patient

PATIENCE = 120.0  # seconds, on any machine; what the graph may work on an answer is its budget's
MEGABYTE = 1 << 20
MEMORY = 200 * MEGABYTE
PEOPLE, EACH = 100, 5
REFUSED = {400, 409, 413}
ALLOWED = {200, 204, 414, 503, *REFUSED}


@pytest.fixture(scope="module")
def peopled(served: ServedGateway) -> ServedGateway:
    """The gateway with a thousand resources."""
    scope = system_scope(served.config.tenant)
    for start in range(0, PEOPLE, 50):
        people = range(start, start + 50)
        written = [patient(f"h{each}", id=f"h{each}") for each in people]
        for each in people:
            written += [condition(f"Patient/h{each}", f"{n}", id=f"c{each}-{n}") for n in range(EACH)]
            written += [observation(f"Patient/h{each}", f"c{n}", id=f"o{each}-{n}") for n in range(EACH)]
        entries = [entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in written]
        served.services.bundle_writer.transaction(scope, encode(bundle(*entries)))
    return served


def one_in_two(names: Iterable[str]) -> list[Any]:
    """The names for every run of the tests and, of those, the other half for the slow one alone."""
    return [pytest.param(each, marks=[pytest.mark.slow] if at % 2 else []) for at, each in enumerate(names)]


@pytest.fixture(scope="module")
def client(peopled: ServedGateway) -> Iterator[requests.Session]:
    with peopled.session() as session:
        yield session


@pytest.fixture(autouse=True)
def memory(peopled: ServedGateway) -> Iterator[None]:
    """The most that a worker needs during a test, beyond what it had."""
    for pid in peopled.workers:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is from now on
    before = {pid: peak_of(pid) for pid in peopled.workers}
    yield
    assert before.keys() == set(peopled.workers), "a worker died"
    assert max(peak_of(pid) - before[pid] for pid in before) < MEMORY


def peak_of(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) << 10


def answer_to(client: requests.Session, served: ServedGateway, asked: Question) -> requests.Response:
    headers = {"Content-Type": asked.content_type} if asked.content_type else {}
    address = served.base + asked.path
    return client.request(asked.method, address, data=asked.body, headers=headers, timeout=PATIENCE)


def statuses(answer: requests.Response) -> list[int]:
    """The statuses of the entries of a batch; else that of the answer."""
    found = answer.json() if answer.status_code == 200 and answer.content else {}
    if isinstance(found, dict) and found.get("type") == "batch-response":
        return [int(each["response"]["status"][:3]) for each in found["entry"]]
    return [answer.status_code]


def is_refused(answer: requests.Response) -> bool:
    """Whether a question, or the last entry of a batch, is beyond a limit, which the refusal names."""
    return statuses(answer)[-1] in REFUSED and re.search(r"\d", answer.text) is not None


def check(client: requests.Session, served: ServedGateway, asked: Question) -> requests.Response:
    answer = answer_to(client, served, asked)

    assert answer.status_code in ALLOWED, (asked, answer.text[:500])
    if "too-costly" in answer.text:
        assert re.search(r"\d", answer.text), answer.text[:500]
    return answer


@pytest.mark.parametrize("name", one_in_two(MAKERS))
def test_no_question_takes_long_or_much(client: requests.Session, peopled: ServedGateway, name: str) -> None:
    large = LAST_ALLOWED[name] + 1 if name in BATCHES_TO_AN_ENTRY else 120
    for size in (4, large):
        answer = check(client, peopled, MAKERS[name][1](size))
    if name in BATCHES_TO_AN_ENTRY:
        assert [status in REFUSED for status in statuses(answer)] == [False] * (large - 1) + [True]


@pytest.mark.parametrize("name", one_in_two(sorted(LAST_ALLOWED.keys() - BATCHES_TO_AN_ENTRY)))
def test_a_question_at_its_limit_is_answered_and_the_next_is_refused(
    client: requests.Session, peopled: ServedGateway, name: str
) -> None:
    make, last = MAKERS[name][1], LAST_ALLOWED[name]

    assert not is_refused(check(client, peopled, make(last)))
    assert is_refused(check(client, peopled, make(last + 1)))


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_no_drawn_question_takes_long_or_much(
    client: requests.Session, peopled: ServedGateway, asked: Question
) -> None:
    check(client, peopled, asked)


@pytest.mark.slow
def test_others_are_answered_beside_hostile_questions(
    client: requests.Session, peopled: ServedGateway
) -> None:
    hostile = [make(64) for _, make in MAKERS.values()]
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(answer_to, client, peopled, each) for each in hostile * 2]
        while not all(each.done() for each in asked):
            assert client.get(f"{peopled.base}/fhir/Patient/h1", timeout=PATIENCE).status_code == 200
