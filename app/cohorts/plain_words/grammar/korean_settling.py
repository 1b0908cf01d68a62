"""Settles what Korean leaves open between its clauses: which of two a verb before the second says more of."""

from collections.abc import Sequence

from app.cohorts.plain_words.grammar.doubts import ALONE, EITHER_PICTURES
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact
from app.cohorts.plain_words.grammar.telling import Telling
from app.cohorts.plain_words.scanning.signs import Sign


def settle_said_of_last(told: Telling, signs: Sequence[Sign]) -> None:
    """`관절염 또는 아달리무맙으로 치료한 건선`: `or` links the diseases, and the drug is of the last."""
    for at in range(2, len(told.entries)):
        first, more, last = told.entries[at - 2 : at + 1]
        apart = more.clause is not last.clause and not last.link and more.link == "or"
        if apart and _kind(first) == _kind(last) != _kind(more) and _is_led(last, signs):
            more.comma, last.link = True, "and"
            more.clause = Clause(sentence=more.clause.sentence)


def settle_said_of_first(told: Telling, signs: Sequence[Sign]) -> None:
    """`아달리무맙으로 치료받은 관절염 또는 건선`: the drug is of both, unless somebody chooses otherwise."""
    if len(told.entries) != len(("more", "first", "last")):
        return
    more, first, last = told.entries
    listed = first.clause is last.clause and last.link == "or" and not first.link and not last.excluded
    plain = not more.clause.denied and not first.clause.denied and more.clause is not first.clause
    if (
        listed
        and plain
        and _kind(first) == _kind(last) == "condition" != _kind(more)
        and _is_led(first, signs)
    ):
        first.link, last.clause = "and", Clause(sentence=last.clause.sentence)


def _kind(entry: ClauseEntry) -> str:
    return entry.told.kind


def _is_led(entry: ClauseEntry, signs: Sequence[Sign]) -> bool:
    """Whether a verb that says something of a fact stands right before it."""
    before = [each for each in signs if each.end <= entry.told.signs[0].start]
    return bool(before) and before[-1].kind == "v" and before[-1].detail.endswith(".adn")


def settle_counted_pictures(told: Telling, dimensions: Sequence[str]) -> None:
    """`CT, MR, 초음파를 시행한 환자 수를 검사 종류별로`: any of those that are counted by what they are."""
    if "modality" not in dimensions:
        return
    for before, entry in zip(told.entries, told.entries[1:], strict=False):
        pictures = all(
            isinstance(each.told, Fact) and each.told.kind == "imaging" for each in (before, entry)
        )
        if pictures and entry.link == "comma" and entry.clause is before.clause:
            told.choices.pick("pictures-of", entry.told.start, EITHER_PICTURES, ALONE)
            entry.link = "or"
