"""`python -m bench plain_words [--half development|blind] …`: how well plain words are understood.

Questions with their gold stand in `tests/app/cohorts/plain_words/<half>/questions.jsonl`. A ward of near
misses that tells that gold apart is stored in a Neo4j of its own; each question is asked, and its tree and
the gold are run there. Of the blind half no text is shown, so that nobody writes the grammar by it.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from bench.judging import (
    RIGHT,
    Expected,
    Json,
    Judgement,
    Outcome,
    Question,
    agreement,
    judge,
    share,
    tallies,
)
from bench.stored_ward import StoredWard, stored
from tests.factories.wards.population import Ward, ward

HALVES = ("development", "blind")
SEED = 20_261_122
_FOLDER = Path(__file__).parent.parent / "tests" / "app" / "cohorts" / "plain_words"
_AS_OF = "2026-11-22"
_MEANINGS = 3  # of an ambiguous question, that the ward tells apart
_MILLISECONDS = 1_000
Ask: TypeAlias = Callable[[str, str], Json]
"""Text and language to the answer of `POST /cohorts/ask`."""


def main(arguments: Sequence[str]) -> None:
    """Judge one half and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench plain_words")
    parser.add_argument("--half", choices=HALVES, default=HALVES[0])
    parser.add_argument("--seed", type=int, default=SEED, help="of the ward")
    parser.add_argument("--home", type=Path, help="a folder to keep the ward in, for the next run")
    parser.add_argument("--gold", action="store_true", help="show whom the gold brings, and ask nothing")
    chosen = parser.parse_args(arguments)
    questions = read(chosen.half)
    with stored(ward_of(questions, chosen.seed), chosen.home) as place:
        if chosen.gold:
            lines = gold_lines(questions, place, told=chosen.half != "blind")
        else:
            lines = report(judged(questions, asking(place), place.bring), told=chosen.half != "blind")
        for line in lines:
            print(line, flush=True)


def read(half: str) -> list[Question]:
    """The questions of a half. Raises `SystemExit` where it is not here."""
    file = _FOLDER / half / "questions.jsonl"
    if not file.is_file():
        raise SystemExit(f"the {half} half is not in this checkout")
    return [Question.read(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def ward_of(questions: Iterable[Question], seed: int) -> Ward:
    """A ward that tells the gold of these questions apart."""
    return ward((tree for each in questions for tree in _told_apart(each)), seed)


def _told_apart(question: Question) -> tuple[Json, ...]:
    return question.trees[: _MEANINGS if question.expected is Expected.ASSUMED else 1]


def asking(place: StoredWard) -> Ask:
    """How a question in plain words is asked. Raises `SystemExit` where nobody answers them yet."""
    use_case: Any = getattr(place.wiring, "plain_words", None)
    if use_case is None:
        raise SystemExit("nobody answers questions in plain words yet: `--gold` shows whom the gold brings")

    def ask(text: str, language: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = use_case.ask(
            place.scope, {"question": text, "language": language, "asOf": _AS_OF}
        )
        return found

    return ask


def judged(questions: Iterable[Question], ask: Ask, bring: Callable[[Json], Any]) -> list[Judgement]:
    """What came of each question."""
    found = []
    for each in questions:
        began = time.perf_counter()
        answer = ask(each.text, each.language)
        seconds = time.perf_counter() - began
        found.append(replace(judge(each, answer, bring), seconds=seconds))
    return found


def report(judgements: list[Judgement], *, told: bool) -> Iterator[str]:
    """The tables, and where it is `told` what went wrong, with texts."""
    yield f"| questions | n | right | {' | '.join(Outcome)} |"
    yield "|---" * (3 + len(Outcome)) + "|"
    for tally in tallies(judgements):
        yield tally.line()
    yield ""
    yield from _measures(judgements)
    yield ""
    for each in judgements:
        if each.outcome in RIGHT:
            continue
        detail = f" {each.differences} {each.question.text!r}" if told else ""
        yield f"{each.question.id} {each.question.kind}: {each.outcome}{detail}"


def _measures(judgements: list[Judgement]) -> Iterator[str]:
    """The figures that are judged."""
    wrong = [each for each in judgements if each.outcome is Outcome.SILENTLY_WRONG]
    unanswerable = [each for each in judgements if each.question.expected is Expected.REFUSED]
    refused = [each for each in unanswerable if each.outcome is Outcome.REFUSED_RIGHTLY]
    yield f"silently wrong: {share(len(wrong), len(judgements))} ({len(wrong)} of {len(judgements)})"
    for language in ("en", "ko"):
        some = [each for each in judgements if each.question.language == language]
        right = [each for each in some if each.outcome in RIGHT]
        answerable = [each for each in some if each.question.expected is not Expected.REFUSED]
        got = [each for each in answerable if each.outcome is Outcome.RIGHT]
        yield (
            f"right, {language}: {share(len(right), len(some))} ({len(right)} of {len(some)}); "
            f"of those that can be answered {share(len(got), len(answerable))}"
        )
    apart, pairs = agreement(judgements)
    yield f"pairs that agree: {share(pairs - len(apart), pairs)} ({pairs - len(apart)} of {pairs})"
    part = f"{len(refused)} of {len(unanswerable)}"
    yield f"unanswerable refused: {share(len(refused), len(unanswerable))} ({part})"
    times = [each.seconds * _MILLISECONDS for each in judgements]
    if len(times) > 1:
        yield f"asked in {statistics.median(times):.1f} ms (median), {max(times):.1f} ms at most"
    if apart:
        yield f"pairs that do not agree: {', '.join(apart)}"


def gold_lines(questions: Iterable[Question], place: StoredWard, *, told: bool) -> Iterator[str]:
    """How many patients each tree of the gold brings."""
    for each in questions:
        sizes = [place.size(tree) for tree in each.trees]
        yield f"{each.id} {each.expected} {' '.join(sizes)}" + (f" {each.text!r}" if told else "")
