"""Settles what an anchor was for: `within 30 days after a hospitalization for stroke`."""

import re
from collections.abc import Iterator, Sequence

from app.cohorts.plain_words.grammar.clauses import VISITS
from app.cohorts.plain_words.grammar.doubts import FOR_THAT, LEFT_OUT, REASON, REASONS
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact
from app.cohorts.plain_words.grammar.telling import Telling
from app.cohorts.plain_words.scanning.signs import Sign

_FOR = re.compile(r"\b(for|with|due to|because of|owing to|on account of|caused by)\b")
_FOR_IN_KOREAN = re.compile(r"\s*(으로|로|때문|인해|에 의한|에 대한|를 위해|을 위해|을 위한|를 위한)")
_BETWEEN = ("for", "with", "weak", "past", "noun", "soft", "pick", "sev", "v", "role", "of", "level")
_ANCHORS = ("encounter", "procedure", "imaging", "lab", "document", "drug")
_REASONS = ("condition", "word", "state")


def settle_anchor_reasons(told: Telling, signs: Sequence[Sign], text: str, *, korean: bool) -> None:
    """Give stays what they were for; of what else others are told by no record says that."""
    settled: list[Fact] = []
    for entry in list(told.entries):
        for anchor in [each.anchor for each in entry.told.relatives if each.anchor is not None]:
            own = any(sign is each for sign in anchor.signs for each in entry.told.signs)
            if own or anchor.kind not in _ANCHORS or any(anchor is each for each in settled):
                continue
            settled.append(anchor)
            find = _before if korean else _behind
            if found := list(find(told, anchor, signs, text)):
                _settle(told, anchor, found, denied=entry.clause.denied or entry.excluded)


def _settle(told: Telling, anchor: Fact, found: Sequence[ClauseEntry], *, denied: bool) -> None:
    facts = [each.told for each in found if isinstance(each.told, Fact)]
    plain = all(each.kind == "condition" and not each.relatives and not each.statuses for each in facts)
    either = all(each.link in ("or", "slash", "comma") for each in found[1:]) and (
        not found[1:] or found[-1].link in ("or", "slash")
    )
    if not plain or not either or (denied and anchor.kind != "encounter"):
        _refuse(told, found)
        return
    ways = (REASONS[1], REASONS[0]) if anchor.kind == "encounter" else FOR_THAT
    chosen = told.choices.pick("reason", anchor.start, REASON, ways)
    anchor.windows = anchor.windows or [one for each in facts for one in each.windows]
    for attached in told.attachments:
        if any(one is each for one in attached.to for each in facts):
            attached.to = [anchor]
    for each in facts:
        each.windows = []
    if chosen == "reason":
        anchor.reasons = facts
    if chosen in ("reason", LEFT_OUT.id):
        told.used += [sign for each in found for sign in each.told.signs]
        told.entries = [each for each in told.entries if all(each is not one for one in found)]


def _refuse(told: Telling, found: Sequence[ClauseEntry]) -> None:
    """Leave what nobody can say of an anchor, so that it is no condition of its own."""
    for each in found:
        told.entries.remove(each)
        told.unused += [Sign(("reason",), sign.start, sign.end) for sign in each.told.signs[:1]]
        told.used += each.told.signs


def _behind(told: Telling, anchor: Fact, signs: Sequence[Sign], text: str) -> Iterator[ClauseEntry]:
    """What English tells behind an anchor: `a CT for embolism`, `hospitalization for stroke or TIA`."""
    end = max((each.end for each in anchor.signs), default=0)
    clause = None
    for entry in told.entries:
        fact = entry.told
        if not isinstance(fact, Fact) or fact.kind not in _REASONS or fact.start < end:
            continue
        if clause is None:
            led = _FOR.search(text, _last(anchor).start, fact.start) is not None
            if not led or entry.link or entry.clause.denied or not _is_near(signs, end, fact.start):
                return
            clause = entry.clause
        elif entry.clause is not clause or entry.link not in ("or", "and", "comma"):
            return
        yield entry


def _before(told: Telling, anchor: Fact, signs: Sequence[Sign], text: str) -> Iterator[ClauseEntry]:
    """What Korean tells before an anchor: 뇌졸중으로 입원한 후, 폐렴으로 찍은 CT 후."""
    for entry in told.entries:
        fact = entry.told
        if not isinstance(fact, Fact) or fact.kind not in _REASONS or entry.clause.denied:
            continue
        end = max((each.end for each in fact.signs), default=0)
        led = _FOR_IN_KOREAN.match(text, end) is not None
        if end <= anchor.start and led and _is_near(signs, end, anchor.start):
            yield from _listed_to(told, entry)
            return


def _listed_to(told: Telling, last: ClauseEntry) -> Sequence[ClauseEntry]:
    """An entry and those of its clause that `or` lists before it: 심근경색이나 뇌졸중으로 입원한 뒤."""
    found = [last]
    place = next(at for at, each in enumerate(told.entries) if each is last)
    while place and found[0].link in ("or", "and", "comma", "slash"):
        place -= 1
        before = told.entries[place]
        if before.clause is not last.clause or before.told.kind not in _REASONS:
            break
        found.insert(0, before)
    return found


def _last(fact: Fact) -> Sign:
    return max(fact.signs, key=lambda each: each.end)


def _is_near(signs: Sequence[Sign], start: int, end: int) -> bool:
    """Whether nothing stands between two places that says something by itself."""
    between = [each for each in signs if start <= each.start < end]
    return all(each.kind in _BETWEEN and each.detail not in VISITS for each in between)
