"""Settles what facts hang on: other events that they are told by, pictures that have no report, methods."""

from app.cohorts.plain_words.grammar.doubts import ALONE, ANCHORED, NEEDS, OVERLAP
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact, Relative
from app.cohorts.plain_words.grammar.telling import Telling

METHOD = "method"  # the role of what a result behind it was found by
_UNBOUNDED = ("drug", "condition", "state", "device")


def settle_together(told: Telling) -> None:
    """`같은 날 CT와 초음파를 찍은`: the two that follow are at one time; of more nobody knows which."""
    for sign in told.together:
        behind = [
            each for each in told.entries if isinstance(each.told, Fact) and each.told.start > sign.start
        ]
        listed = [each for each in behind if each.clause is behind[0].clause]
        both = len(listed) == len(("A", "B")) and listed[1].link == "and" and not listed[1].clause.denied
        first = listed[0].told if both else None
        if not isinstance(first, Fact):
            told.used = [each for each in told.used if each is not sign]
            told.unused.append(sign)
            continue
        listed[1].told.relatives.append(Relative(sign.value, sign, first))


def settle_overlaps(told: Telling) -> None:
    """`while on heparin`, `during pregnancy`: nothing tells how long that lasted, so both are asked for."""
    for entry in list(told.entries):
        fact = entry.told
        for relative in list(fact.relatives):
            anchor = relative.anchor
            if anchor is None or "during" not in relative.said.period or anchor.kind not in _UNBOUNDED:
                continue
            told.choices.pick("overlap", relative.sign.start, OVERLAP, ALONE)
            fact.relatives.remove(relative)
            told.used.append(relative.sign)
            told.entries.append(ClauseEntry(anchor, Clause(sentence=entry.clause.sentence), link="and"))


def settle_methods(told: Telling) -> None:
    """How a result was found goes with it: `QTc > 470 on ECG, or long QT syndrome`."""
    for at in range(len(told.entries) - 1, 0, -1):
        result, entry = told.entries[at - 1].told, told.entries[at]
        method = entry.told
        if isinstance(result, Fact) and result.role == METHOD and isinstance(method, Fact) and not entry.link:
            _found_by(told, at)
            continue
        if not isinstance(result, Fact) or not isinstance(method, Fact):
            continue
        found = result.kind == "lab" and bool(result.values or result.level) and not result.method
        done = not entry.link and method.kind in ("procedure", "imaging")
        alike = not entry.clause.denied and entry.excluded == told.entries[at - 1].excluded
        if found and done and alike:
            result.method = method
            del told.entries[at]


def _found_by(told: Telling, at: int) -> None:
    """Put a method that stands before its result to it: 심전도에서 QTc 470 초과."""
    before, entry = told.entries[at - 1], told.entries[at]
    result, method = entry.told, before.told
    if isinstance(result, Fact) and isinstance(method, Fact) and (result.values or result.level):
        result.method = method
        entry.link, entry.comma = before.link, before.comma
        del told.entries[at - 1]


def settle_denied_anchors(told: Telling) -> None:
    """`no MRI within 3 days after a stroke` is asked of those who had one."""
    known = [each.told for each in told.entries]
    for entry in list(told.entries):
        told_by = [each.anchors for each in entry.told.relatives if each.anchors]
        for anchors in told_by if entry.clause.denied and not entry.excluded else []:
            if any(anchor is each for anchor in anchors for each in known):
                continue
            known += anchors
            if told.choices.pick("anchored", anchors[0].start, ANCHORED, NEEDS) == "needed":
                clause = Clause(sentence=entry.clause.sentence)
                links = ("and", *["or"] * len(anchors))
                told.entries += [
                    ClauseEntry(each, clause, link) for each, link in zip(anchors, links, strict=False)
                ]


def settle_anchors(told: Telling) -> None:
    """A bare anchor is the thing of its kind that is named: `before the scan`, 검사 전."""
    facts = [each.told for each in told.entries if isinstance(each.told, Fact)]
    for fact in facts:
        for relative in fact.relatives:
            anchor = relative.anchor
            if anchor is None or anchor.kind != "imaging" or not _is_bare(anchor) or anchor in facts:
                continue
            others = [each for each in facts if each.kind == anchor.kind and each is not fact]
            if len(others) == 1 and not _is_bare(others[0]):
                others[0].signs += anchor.signs
                relative.anchor = others[0]


def _is_bare(fact: Fact) -> bool:
    """Whether no more is said of pictures than that they are some."""
    return not (fact.modalities or fact.sites or fact.windows or fact.relatives or fact.contrast)


def settle_missing_reports(told: Telling) -> None:
    """A report that is said to be missing is one of the pictures beside it: `imaging that has no report`."""
    for entry in told.entries:
        fact = entry.told
        bare = isinstance(fact, Fact) and fact.kind == "report" and not fact.words and fact.of is None
        if not bare or not entry.clause.denied or not isinstance(fact, Fact):
            continue
        others = told.in_sentence(entry.clause.sentence)
        pictures = [
            each.told
            for each in others
            if isinstance(each.told, Fact) and each.told.kind == "imaging" and not each.clause.denied
        ]
        fact.of = pictures[0] if len(pictures) == 1 else None
