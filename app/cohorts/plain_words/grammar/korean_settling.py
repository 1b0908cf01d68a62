"""Settles what Korean leaves open between its clauses: which of two a verb before the second says more of."""

from collections.abc import Sequence
from itertools import pairwise

from app.cohorts.plain_words.grammar.doubts import ALONE, EITHER_PICTURES, MENTIONED, MENTIONS, ORDER, ORDERS
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact
from app.cohorts.plain_words.grammar.telling import Telling
from app.cohorts.plain_words.scanning.signs import Sign

_NEAR = 2  # a particle and a space


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


def settle_alternatives_ahead(told: Telling) -> None:
    """`통풍 또는 천식이 있고 와파린을 처방받은`: the drug is of both, unless somebody chooses otherwise."""
    for at in range(2, len(told.entries)):
        before, last, behind = told.entries[at - 2 : at + 1]
        if not (_ends_alternatives(before, last) and _goes_on(last, behind)):
            continue
        if told.choices.pick("order", behind.told.signs[0].start, ORDER, ORDERS) == "and":
            for each in told.entries[: at - 1]:
                each.link = "or" if each.clause is before.clause and each.link == "comma" else each.link
            last.comma, last.clause = True, Clause(sentence=last.clause.sentence)


def _ends_alternatives(before: ClauseEntry, last: ClauseEntry) -> bool:
    """Whether an entry is the last of a list of which any is enough, and which nothing leads."""
    facts = isinstance(before.told, Fact) and isinstance(last.told, Fact)
    loose = before.link in ("", "comma", "or") and not (last.clause.either or last.excluded)
    return facts and loose and last.link == "or" and before.clause is last.clause


def _goes_on(last: ClauseEntry, behind: ClauseEntry) -> bool:
    """Whether more is asked for behind a verb that goes on."""
    apart = behind.clause is not last.clause and behind.clause.sentence == last.clause.sentence
    more = isinstance(behind.told, Fact) and behind.link == "and" and not behind.excluded
    return apart and more and not (last.clause.denied or behind.clause.denied)


def settle_mentions(told: Telling, signs: Sequence[Sign], text: str) -> None:
    """`결절을 언급한 판독문`: it may deny that there is one, unless somebody chooses otherwise."""
    for before, sign in pairwise(signs):
        mentions = sign.has("role:mention") and text[sign.start : sign.end].startswith("언급")
        report = _report_about(told, sign) if mentions and before.kind not in ("v", "vn") else None
        if report is None:
            continue
        ways = MENTIONS[::-1] if report.section else MENTIONS  # a conclusion names what there is
        if told.choices.pick("mentioned", sign.start, MENTIONED, ways) == "any":
            report.assertion = "any"


def _report_about(told: Telling, sign: Sign) -> Fact | None:
    """The report that a verb stands in or right behind, of which nothing else is said."""
    for each in told.entries:
        report = each.told
        if isinstance(report, Fact) and report.kind == "report" and report.words:
            last = max(one.end for one in report.signs)
            plain = not (report.assertion or report.absent or each.clause.denied)
            if plain and report.start <= sign.start <= last + _NEAR:
                return report
    return None


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
