"""Understands a question: scans it, parts it, reads its clauses, and settles what reaches over several."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.cohorts.plain_words.grammar.anchor_reasons import settle_anchor_reasons
from app.cohorts.plain_words.grammar.anchoring import (
    settle_anchors,
    settle_denied_anchors,
    settle_methods,
    settle_missing_reports,
    settle_overlaps,
    settle_together,
)
from app.cohorts.plain_words.grammar.cascade import composed, is_weak
from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.compounds import compounded
from app.cohorts.plain_words.grammar.describing import described
from app.cohorts.plain_words.grammar.doubts import ALONE, NEEDED, NEEDS, SHARE
from app.cohorts.plain_words.grammar.english import EnglishReader
from app.cohorts.plain_words.grammar.every_one import with_persons
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact, ToldFact, ToldNode, told_in
from app.cohorts.plain_words.grammar.headings import without_letters, without_numbers
from app.cohorts.plain_words.grammar.joining import joined_tree
from app.cohorts.plain_words.grammar.korean import KoreanReader
from app.cohorts.plain_words.grammar.korean_settling import (
    settle_alternatives_ahead,
    settle_counted_pictures,
    settle_mentions,
    settle_said_of_first,
    settle_said_of_last,
)
from app.cohorts.plain_words.grammar.korean_wordings import with_dots_as_commas
from app.cohorts.plain_words.grammar.leading import settle_leading
from app.cohorts.plain_words.grammar.lists import settle_counted, share_pick
from app.cohorts.plain_words.grammar.modifiers import leave_modifiers
from app.cohorts.plain_words.grammar.requests import Request, requested
from app.cohorts.plain_words.grammar.settlement import (
    settle_ages,
    settle_current,
    settle_deaths,
    settle_denied_times,
    settle_lists,
    settle_readmissions,
    settle_stays,
    settle_windows,
)
from app.cohorts.plain_words.grammar.settling import settled
from app.cohorts.plain_words.grammar.shared_heads import with_shared_heads
from app.cohorts.plain_words.grammar.telling import Telling
from app.cohorts.plain_words.scanning.folding import FoldedText, folded
from app.cohorts.plain_words.scanning.lattice import Lattice
from app.cohorts.plain_words.scanning.signs import Sign
from app.cohorts.plain_words.scanning.vocabulary import WordTree

_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class ScannedQuestion:
    """A question as signs: as they were found, and composed."""

    text: FoldedText
    korean: bool
    found: tuple[Sign, ...]
    composed: tuple[Sign, ...]


@dataclass(slots=True)
class Understood:
    """What was understood of a question.

    `node` is None where nothing was; `unused` are the signs that nothing was made of.
    """

    question: ScannedQuestion
    node: ToldNode | None
    targets: list[Fact]
    request: Request
    unused: list[Sign]


def is_korean(text: str) -> bool:
    """Whether a text is rather Korean: names and units are Latin in Korean, too."""
    return len(_HANGUL.findall(text)) * 3 > len(_LATIN.findall(text))


Finds: TypeAlias = Callable[[FoldedText, Sequence[Sign]], WordTree | None]
"""Looks for names that a text has and no table, by its text and signs."""


def scanned(
    asked: str, words: WordTree, *, korean: bool | None = None, finds: Finds | None = None
) -> ScannedQuestion:
    """Find the signs of a question; `korean` says in which language it is where the letters do not."""
    text = folded(asked)
    hangul, latin = len(_HANGUL.findall(text.text)), len(_LATIN.findall(text.text))
    ours = bool(korean) if hangul and latin and korean is not None else is_korean(text.text)
    signs = Lattice.of(text, words).signs()
    further = finds(text, signs) if finds else None
    if further is not None:
        signs = Lattice.of(text, words, further).signs()
    lettered = without_letters(settled(signs, text.cased), text.text, korean=ours)
    said = described(without_numbers(lettered, text.text), text.cased)
    listed = with_dots_as_commas(said, text) if ours else said
    found = tuple(compounded(listed, text.text))
    if not ours:
        found = tuple(with_shared_heads(with_persons(found, text.text), text.text))
    return ScannedQuestion(text, ours, found, tuple(composed([each for each in found if not is_weak(each)])))


def understood(question: ScannedQuestion, choices: Choices) -> Understood:
    """Understand a question as far as it can be, with the choices that were made."""
    ours = question.korean
    request = requested(question.composed, korean=ours)
    for each in question.composed:
        if each.symbol == "howmany:share":
            choices.pick("share", each.start, SHARE, ALONE)
    told = _read(request.population, choices, korean=ours)
    aimed = _read(request.targets, choices, korean=ours) if request.targets else None
    settle_ages(told)
    if ours:
        settle_said_of_last(told, request.population)
        settle_said_of_first(told, request.population)
    settle_counted_pictures(told, request.dimensions)
    settle_lists(told)
    settle_counted(told)
    if ours:
        settle_alternatives_ahead(told)
        settle_mentions(told, request.population, question.text.text)
    settle_leading(told)
    settle_anchors(told)
    settle_together(told)
    settle_missing_reports(told)
    settle_current(told)
    settle_denied_times(told)
    settle_deaths(told)
    settle_readmissions(told)
    settle_anchor_reasons(told, request.population, question.text.text, korean=ours)
    settle_stays(told, request.population)
    settle_overlaps(told)
    settle_denied_anchors(told)
    settle_windows(told)
    settle_methods(told)
    leave_modifiers(told)
    targets = _targets(told, aimed, request)
    if aimed is not None:
        leave_modifiers(aimed)
        settle_lists(aimed)
        if not ours:
            share_pick(aimed.entries)
        _need_pictures(told, targets)
    node = joined_tree(told)
    unused = [*request.unused, *told.unused, *(aimed.unused if aimed else ())]
    used = [*request.used, *told.used, *(aimed.used if aimed else ())]
    known = {id(each) for each in (*unused, *used, *_signs_of([*targets, *told_in(node)]))}
    unused += [each for each in question.composed if id(each) not in known]
    return Understood(question, node, targets, request, sorted(unused, key=lambda each: each.start))


def _signs_of(facts: Iterable[ToldFact]) -> Iterator[Sign]:
    """All signs that facts are made of, and those that they lead to."""
    waiting, seen = list(facts), set[int]()
    while waiting:
        told = waiting.pop()
        if id(told) in seen:
            continue
        seen.add(id(told))
        yield from told.signs
        yield from (each.sign for each in told.relatives)
        waiting += [anchor for each in told.relatives for anchor in each.anchors]
        if isinstance(told, Fact):
            waiting += [*told.words, *told.absent, *told.reasons, *told.without]
            waiting += [each for each in (told.method, told.of) if each]
        elif told.at:
            waiting.append(told.at)


def _read(signs: Sequence[Sign], choices: Choices, *, korean: bool) -> Telling:
    return (KoreanReader if korean else EnglishReader)(signs, choices).read()


def _need_pictures(told: Telling, targets: Sequence[Fact]) -> None:
    """Whose pictures are asked for has some, unless somebody chooses otherwise."""
    for each in targets:
        pictures = each if each.kind == "imaging" else each.of
        if each.kind == "report" and pictures is not None and not each.words:
            _give_times(each, pictures)
        if each.kind == "report" and each.of is not None and each.words:
            told.entries.append(ClauseEntry(each, Clause()))
            return
        if pictures is not None and told.choices.pick("needed", each.start, NEEDED, NEEDS) == "needed":
            told.entries.append(ClauseEntry(pictures, Clause()))
            return


def _give_times(report: Fact, pictures: Fact) -> None:
    """Give pictures the times that stand before them and their report: 10월 복부 CT 판독문."""
    pictures.windows, report.windows = [*pictures.windows, *report.windows], []
    pictures.relatives, report.relatives = [*pictures.relatives, *report.relatives], []
    pictures.recent, report.recent = pictures.recent or report.recent, None


def _targets(told: Telling, aimed: Telling | None, request: Request) -> list[Fact]:
    """The facts whose rows are asked for."""
    if aimed is not None:
        return [each.told for each in aimed.entries if isinstance(each.told, Fact)]
    if not request.shown:
        return []
    wanted = [each for each in told.entries if not each.excluded and not each.clause.denied]
    facts = [each.told for each in wanted if isinstance(each.told, Fact) and not each.told.makers[1:]]
    pictures = [each for each in facts if each.kind in ("imaging", "report", "document")]
    shown = (pictures or facts)[:1]
    for each in shown:
        if each.kind == "report" and each.of is not None and not each.words:
            _give_times(each, each.of)
    return [_without_ends(each) for each in shown]


def _without_ends(fact: Fact) -> Fact:
    """A fact whose rows are asked for; of one that is to be there so many times at most and at least, all."""
    both = fact.number is not None and fact.number.also is not None
    return replace(fact, number=None) if both else fact
