"""The answer to a question in plain words: the tree, what is assumed, what was not understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from app.cohorts.language.question import Age, Deceased, Exists, leaves
from app.cohorts.language.reading import read_question
from app.cohorts.plain_words.grammar.choices import Ambiguity, Choices
from app.cohorts.plain_words.grammar.facts import Fact, told_in
from app.cohorts.plain_words.grammar.understanding import (
    Finds,
    ScannedQuestion,
    Understood,
    scanned,
    understood,
)
from app.cohorts.plain_words.linking.coding import CodeLinker, JsonObject
from app.cohorts.plain_words.reasons import REASONS
from app.cohorts.plain_words.scanning.signs import THING, UNKNOWN, Sign
from app.cohorts.plain_words.scanning.vocabulary import WordTree
from app.cohorts.plain_words.trees.building import TreeBuilder, Unsayable
from app.cohorts.plain_words.trees.contradictions import contradiction
from app.cohorts.plain_words.trees.outputs import output
from graph.errors import HilumError

_REFUSING = ("future", "opinion", "statistic", "action", "elsewhere")
_BESIDE = (THING, "row", "noun")
_WEIGHTY = (
    "neg",
    "n",
    "qt",
    "qa",
    "qu",
    "qc",
    "r",
    "range",
    "value",
    "number",
    "excl",
    "vn",
    "year",
    "feature",
)
_DONE_WITH: Mapping[str, frozenset[str]] = {
    "take": frozenset(("drug", "vaccine", "procedure", "state", "device")),
    "vacc": frozenset(("vaccine",)),
    "undergo": frozenset(
        ("procedure", "imaging", "lab", "document", "report", "device", "encounter", "drug")
    ),
    "image": frozenset(("imaging", "report", "document", "procedure", "lab")),
}
"""Kinds of things of which one must be named where something is said to be done."""
YEARS_ONLY, BY_YEAR = "years-only", "by-year"
"""What is told of who compares dates by their years: that the question asks for less, or counts by years."""
_MOST_WAYS = 40
_MOST_CONDITIONS, _DEEPEST = 64, 8  # what a question may hold


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a question is not answered as it stands, by a code, and where it is to be seen."""

    code: str
    sign: Sign | None = None


@dataclass(slots=True)
class QuestionRead:
    """A question as it was read once: its tree, or why there is none."""

    understood: Understood
    choices: Choices
    question: JsonObject | None = None
    verdict: str = "refused"
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlainWordsReader:
    """Reads questions with one vocabulary and one linker, as of a day.

    With `by_year` for somebody whose dates compare by their years: what asks for less is refused.
    """

    words: WordTree
    linker: CodeLinker
    day: date
    finds: Finds | None = None
    by_year: bool = False

    def scanned(self, text: str, *, korean: bool | None = None) -> ScannedQuestion:
        """The signs of a question."""
        return scanned(text, self.words, korean=korean, finds=self.finds)

    def read(self, question: ScannedQuestion, made: Mapping[str, str]) -> QuestionRead:
        """Read a question with choices that were made."""
        choices = Choices(dict(made))
        found = QuestionRead(understood(question, choices), choices)
        found.reasons = [*_refusals(found.understood), *_unfit(found.understood)]
        if not found.reasons:
            self._build(found)
        return found

    def _build(self, found: QuestionRead) -> None:
        told = found.understood
        builder = TreeBuilder(self.linker, found.choices, self.day, told.question.text.places)
        node = told.node
        if node is None:
            found.reasons.append(Reason("nothing"))
            return
        try:
            for each in told.targets:
                if each.kind == "imaging":
                    builder.name_of(each)
            population = builder.node(node)
            made: JsonObject = {"version": "1", "asOf": self.day.isoformat()}
            rows = output(builder, told.targets, node, told.request.dimensions)
        except Unsayable as error:
            found.reasons.append(Reason(error.code, error.sign))
            return
        made |= {"conceptSets": builder.sets} if builder.sets else {}
        made |= {"events": builder.events} if builder.events else {}
        made |= {"population": population, "output": rows}
        wrong = contradiction(population, builder.events, self.day)
        if wrong:
            found.reasons.append(Reason(wrong))
            return
        if size_of(population) > _MOST_CONDITIONS or depth_of(population) > _DEEPEST:
            found.reasons.append(Reason("too-complex"))
            return
        if not is_well_formed(made, self.day):
            found.reasons.append(Reason("unsayable"))
            return
        of_years = self.of_years(made)
        found.reasons += [of_years] if of_years else []
        if of_years and of_years.code == YEARS_ONLY:
            return
        found.question = made
        found.verdict = _verdict(found)
        if of_years and found.verdict == "exact":
            found.verdict = "assumed"

    def of_years(self, question: JsonObject) -> Reason | None:
        """What is told of the dates of a well-formed question where they compare by their years, if anything.

        `YEARS_ONLY`: it asks for less than years, and is refused.
        """
        if not self.by_year:
            return None
        if not is_well_formed(question, self.day, by_year=True):
            return Reason(YEARS_ONLY)
        return Reason(BY_YEAR) if _compares_days(question, self.day) else None

    def alternatives(
        self, question: ScannedQuestion, read: QuestionRead
    ) -> Iterator[tuple[Ambiguity, list[Any]]]:
        """Each doubt with its other ways, each of them with the question that it makes."""
        left = _MOST_WAYS
        for doubt in read.choices.doubts.values():
            others = []
            for each in doubt.ways:
                if each.id == doubt.chosen or not left:
                    continue
                left -= 1
                other = self.read(question, {**read.choices.made, doubt.id: each.id})
                if other.question is not None and _text(other.question) != _text(read.question):
                    others.append((each, other.question))
            yield doubt, others


def _refusals(told: Understood) -> Iterator[Reason]:
    """What a question cannot be answered for, before anything is built."""
    for sign in told.unused:
        if sign.kind == "no" and sign.detail in _REFUSING:
            yield Reason(sign.detail, sign)
    signs = [each for each in told.question.found if each.kind not in ("weak", "j", "polite")]
    for sign in told.unused:
        if sign.kind == "no":
            continue
        if sign.kind not in (UNKNOWN, "noun", "lat", "sev", "soft"):
            yield Reason("unattached", sign)
        elif not _modifies(sign, signs):
            yield Reason("not-understood", sign)


def _unfit(told: Understood) -> Iterator[Reason]:
    """What is said to be done, and nothing is named that it can be done with: `hemoglobin` is not taken."""
    told_of = [*told_in(told.node), *told.targets]
    named = [each for each in told_of if isinstance(each, Fact)]
    kinds = {each.kind for each in named} | {of.kind for each in named if (of := each.of)}
    kinds |= {each.method.kind for each in named if each.method}
    kinds |= {anchor.kind for each in told_of for by in each.relatives for anchor in by.anchors}
    said = [(each.detail, each) for each in told.question.composed if each.kind == "role"]
    said += [(each.role, each.signs[0]) for each in named if each.signs]
    for role, sign in said:
        if role in _DONE_WITH and not kinds & _DONE_WITH[role]:
            yield Reason("unattached", sign)
            return


def _modifies(sign: Sign, signs: list[Sign]) -> bool:
    """Whether a word only says more of a thing beside it, and no number or denial stands there."""
    at = next((place for place, each in enumerate(signs) if each.start >= sign.start), len(signs))
    before = signs[at - 1] if at > 0 else None
    behind = next((each for each in signs[at:] if each.start >= sign.end), None)
    if any(each is not None and each.kind in _WEIGHTY for each in (before, behind)):
        return False
    return behind is not None and behind.kind in _BESIDE and sign.kind != "noun"


def _verdict(found: QuestionRead) -> str:
    if found.understood.unused:
        found.reasons += [Reason("left-out", each) for each in found.understood.unused]
        return "partial"
    return "assumed" if found.choices.doubts else "exact"


def is_well_formed(question: JsonObject, day: date, *, by_year: bool = False) -> bool:
    """Whether a question is one of the language; `by_year`: one that compares dates by their years."""
    try:
        read_question(question, day, by_year=by_year)
    except HilumError:
        return False
    return True


def _compares_days(question: JsonObject, day: date) -> bool:
    """Whether who a well-formed question finds hangs on days: those of births, deaths or events."""
    read = read_question(question, day)
    criteria = leaves(read.population)
    events = [*read.events.values(), *(each.event for each in criteria if isinstance(each, Exists))]
    return any(isinstance(each, Age | Deceased) for each in criteria) or any(
        each.window or each.relations or each.pick or each.gap for each in events
    )


def _text(question: Any) -> bytes:
    return orjson.dumps(question, option=orjson.OPT_SORT_KEYS)


def size_of(node: JsonObject) -> int:
    """How many conditions a population has."""
    return sum(size_of(each) for each in _inner(node)) or 1


def depth_of(node: JsonObject) -> int:
    """How deep the conditions of a population are nested."""
    return 1 + max(map(depth_of, _inner(node)), default=0)


def _inner(node: JsonObject) -> list[JsonObject]:
    for key in ("all", "any"):
        if key in node:
            return list(node[key])
    if "not" in node:
        return [node["not"]]
    return list(node["atLeast"]["of"]) if "atLeast" in node else []


def as_reason(reason: Reason, places: tuple[int, ...]) -> JsonObject:
    """A reason as it is told."""
    told = REASONS[reason.code]
    made: JsonObject = {"code": reason.code, "text": {"en": told.en, "ko": told.ko}}
    if reason.sign is not None:
        made["span"] = [places[reason.sign.start], places[reason.sign.end - 1] + 1]
    return made
