"""What a service outside is sent, and that whatever it does the question is answered without it."""

import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.cohorts.plain_words.proposing.service import LARGEST, NoProposal, OutsideWords
from tests.app.cohorts.plain_words.proposing.outside import (
    Answering,
    Outside,
    content,
    drop_by_drop,
    message,
    nothing,
    sent,
    serving,
)

DAY = date(2026, 11, 22)
TEXT = "patients over 45 with asthma"


@pytest.fixture(scope="module")
def running() -> Iterator[Outside]:
    with serving() as outside:
        yield outside


@pytest.fixture
def outside(running: Outside) -> Outside:
    """The service, of which nothing was asked yet."""
    for each in (running.asked, running.keys, running.paths):
        each.clear()
    running.answering = message({})
    return running


def test_it_is_sent_the_text_and_the_form_of_questions_and_nothing_else(outside: Outside) -> None:
    outside.answering = message({"version": "1"})

    assert OutsideWords(outside.url, "small").proposed(TEXT, DAY) == {"version": "1"}

    (asked,) = outside.asked
    assert (asked["model"], asked["temperature"], asked["stream"]) == ("small", 0, False)
    task, question = asked["messages"]
    assert question == {"role": "user", "content": TEXT}
    assert "2026-11-22" in task["content"]
    assert '"conceptSets"' in task["content"]
    assert "x-description-ko" not in task["content"]
    assert (outside.paths, outside.keys) == (["/v1/chat/completions"], [None])


def test_its_key_is_read_from_its_file_each_time(outside: Outside, tmp_path: Path) -> None:
    key = tmp_path / "key"
    service = OutsideWords(outside.url, "small", key)
    for secret in ("one", "two"):
        key.write_text(f"{secret}\n")
        service.proposed(TEXT, DAY)

    assert outside.keys == ["Bearer one", "Bearer two"]


@pytest.mark.parametrize("wrong", [b"", b"a\nb", "키".encode()])
def test_a_key_that_is_none_is_not_sent(outside: Outside, tmp_path: Path, wrong: bytes) -> None:
    key = tmp_path / "key"
    key.write_bytes(wrong)

    with pytest.raises(NoProposal, match="key"):
        OutsideWords(outside.url, "small", key).proposed(TEXT, DAY)
    with pytest.raises(NoProposal, match="key"):
        OutsideWords(outside.url, "small", tmp_path / "none").proposed(TEXT, DAY)
    assert outside.asked == []


def test_what_stands_in_a_fence_is_read(outside: Outside) -> None:
    outside.answering = content('```json\n{"version": "1"}\n```')

    assert OutsideWords(outside.url, "small").proposed(TEXT, DAY) == {"version": "1"}


@pytest.mark.parametrize(
    ("answering", "code"),
    [
        (sent(b"", 500), "status"),
        (sent(b"{}", 201), "status"),
        (sent(b"", 302, Location="/v1/chat/completions"), "status"),
        (sent(b"no JSON"), "json"),
        (sent(b"[" * 100_000), "json"),
        (sent(b"NaN"), "json"),
        (sent(b"[]"), "protocol"),
        (sent(b'{"choices": []}'), "protocol"),
        (sent(b'{"choices": [{"message": {"content": null}}]}'), "protocol"),
        (content("I would rather not."), "json"),
        (content("[" * 500 + "]" * 500), "json"),
        (content('{"a": "\ud800"}'), "json"),
        (sent(b"a" * (LARGEST + 1)), "large"),
        (sent(gzip.compress(b" " * (LARGEST * 20)), Content_Encoding="gzip"), "large"),
        (sent(b"no gzip", Content_Encoding="gzip"), "away"),
        (drop_by_drop(0.05), "late"),
        (nothing, "away"),
    ],
)
def test_whatever_else_it_answers_is_no_proposal(outside: Outside, answering: Answering, code: str) -> None:
    outside.answering = answering

    with pytest.raises(NoProposal) as refused:
        OutsideWords(outside.url, "small", seconds=0.5 if code == "late" else 10.0).proposed(TEXT, DAY)

    assert refused.value.code == code
    assert len(outside.asked) == 1, "no redirect is followed, and nothing is sent twice"


def test_nobody_there_is_told() -> None:
    with pytest.raises(NoProposal, match="away"):
        OutsideWords("http://127.0.0.1:9/v1", "small").proposed(TEXT, DAY)


def test_only_so_many_are_waited_for(outside: Outside) -> None:
    service = OutsideWords(outside.url, "small")
    for _ in range(4):
        service._turns.acquire()

    with pytest.raises(NoProposal, match="busy"):
        service.proposed(TEXT, DAY)
    assert outside.asked == []
