"""Judges answers to questions in plain words by the patients and rows that they bring, not by their form.

An answer is what `POST /cohorts/ask` answers; gold is what a question means: trees, any of which is right, or
that it must be refused. Whoever is asked for a tree says whom it brings.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]


class Expected(StrEnum):
    """What has to come of a question."""

    ANSWERED = "answered"
    ASSUMED = "assumed"  # it may mean several things, and the answer has to say so
    REFUSED = "refused"


class Outcome(StrEnum):
    """What came of a question."""

    RIGHT = "right"
    REFUSED_RIGHTLY = "refused rightly"
    OFFERED = "offered"  # not chosen, but among the alternatives
    UNSAID = "unsaid"  # one of several meanings, and nothing said of the others
    PARTIAL = "partial"
    REFUSED_WRONGLY = "refused wrongly"
    SILENTLY_WRONG = "silently wrong"
    BROKEN = "broken"  # a tree that cannot be run
    UNJUDGED = "unjudged"  # the gold cannot be run


RIGHT = frozenset({Outcome.RIGHT, Outcome.REFUSED_RIGHTLY})


class CannotRun(Exception):
    """A tree that is refused when it is asked."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Whom a tree brings: patients, references of rows by resource type, and by what it counts."""

    patients: frozenset[str]
    rows: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by: frozenset[str] = frozenset()

    def meets(self, gold: "Brought") -> bool:
        """Whether it brings the same; rows of types that nobody asked for are no matter."""
        rows = all(self.rows.get(kind, frozenset()) == found for kind, found in gold.rows.items())
        return self.patients == gold.patients and rows and gold.by <= self.by


Bring: TypeAlias = Callable[[Json], Brought]
"""Runs a tree. Raises `CannotRun`."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gold."""

    id: str
    language: str
    pair: str | None
    kind: str
    text: str
    expected: Expected
    trees: tuple[Json, ...]

    @classmethod
    def read(cls, raw: Json) -> "Question":
        """From a line of the files."""
        gold = raw["gold"]
        return cls(
            raw["id"],
            raw["language"],
            raw["pair"],
            raw["kind"],
            raw["text"],
            Expected(gold["expect"]),
            tuple(gold.get("trees", ())),
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one question; `answered` is whom the chosen tree brings, None where it was refused."""

    question: Question
    outcome: Outcome
    answered: Brought | None
    meant: Brought | None
    seconds: float = 0.0

    @property
    def differences(self) -> str:
        """How many patients are too many, and how many are missing."""
        if self.answered is None or self.meant is None:
            return ""
        more, fewer = (
            self.answered.patients - self.meant.patients,
            self.meant.patients - self.answered.patients,
        )
        return f"+{len(more)} -{len(fewer)} of {len(self.meant.patients)}"


def judge(question: Question, answer: Json, bring: Bring) -> Judgement:
    """Say what came of a question."""
    verdict = answer["verdict"]
    try:
        golds = [bring(tree) for tree in question.trees]
    except CannotRun:
        return Judgement(question, Outcome.UNJUDGED, None, None)
    meant = golds[0] if golds else None
    if verdict == "refused" or answer.get("question") is None:
        outcome = (
            Outcome.REFUSED_RIGHTLY if question.expected is Expected.REFUSED else Outcome.REFUSED_WRONGLY
        )
        return Judgement(question, outcome, None, meant)
    try:
        chosen = bring(answer["question"])
        outcome = _answered(question, golds, chosen, answer, bring)
    except CannotRun:
        return Judgement(question, Outcome.BROKEN, None, meant)
    return Judgement(question, outcome, chosen, meant)


def _answered(
    question: Question, golds: list[Brought], chosen: Brought, answer: Json, bring: Bring
) -> Outcome:
    if answer["verdict"] == "partial":
        return Outcome.PARTIAL
    if question.expected is Expected.REFUSED:
        return Outcome.SILENTLY_WRONG
    fits = any(chosen.meets(each) for each in golds)
    assumed = answer["verdict"] == "assumed"
    if question.expected is Expected.ASSUMED and fits:
        return Outcome.RIGHT if assumed else Outcome.UNSAID
    if fits:
        return Outcome.RIGHT
    offered = assumed and any(bring(tree).meets(each) for tree in _alternatives(answer) for each in golds)
    if not offered:
        return Outcome.SILENTLY_WRONG
    return Outcome.RIGHT if question.expected is Expected.ASSUMED else Outcome.OFFERED


def _alternatives(answer: Json) -> Iterator[Json]:
    for assumption in answer.get("assumptions", ()):
        for each in assumption["alternatives"]:
            yield each["question"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Outcomes of some questions."""

    name: str
    counts: Mapping[Outcome, int]

    @classmethod
    def of(cls, name: str, judgements: Iterable[Judgement]) -> "Tally":
        """Count them."""
        return cls(name, Counter(each.outcome for each in judgements))

    @property
    def total(self) -> int:
        """How many questions there are."""
        return sum(self.counts.values())

    @property
    def right(self) -> int:
        """How many came out right, answered or refused."""
        return sum(self.counts.get(each, 0) for each in RIGHT)

    def line(self) -> str:
        """A row in Markdown."""
        cells = (str(self.counts.get(each, 0)) for each in Outcome)
        return f"| {self.name} | {self.total} | {share(self.right, self.total)} | {' | '.join(cells)} |"


def tallies(judgements: list[Judgement]) -> Iterator[Tally]:
    """Outcomes of all, of each language, and of each kind of source in each language."""
    yield Tally.of("all", judgements)
    languages = sorted({each.question.language for each in judgements})
    for language in languages:
        yield Tally.of(language, [each for each in judgements if each.question.language == language])
    for kind in sorted({each.question.kind for each in judgements}):
        for language in languages:
            some = [
                each
                for each in judgements
                if (each.question.kind, each.question.language) == (kind, language)
            ]
            yield Tally.of(f"{kind}, {language}", some)


def agreement(judgements: list[Judgement]) -> tuple[list[str], int]:
    """The pairs whose two languages bring something else, and how many pairs there are."""
    pairs: dict[str, list[Judgement]] = {}
    for each in judgements:
        if each.question.pair:
            pairs.setdefault(each.question.pair, []).append(each)
    both = {name: found for name, found in pairs.items() if len(found) == len(("en", "ko"))}
    return [name for name, found in both.items() if not _agree(*found)], len(both)


def _agree(one: Judgement, other: Judgement) -> bool:
    if one.answered is None or other.answered is None:
        return one.answered is other.answered and one.outcome == other.outcome
    asked = one.meant.rows if one.meant else {}
    return one.answered.patients == other.answered.patients and all(
        one.answered.rows.get(kind) == other.answered.rows.get(kind) for kind in asked
    )


def share(some: int, of: int) -> str:
    """A share in percent."""
    return f"{some / of:.1%}" if of else "-"
