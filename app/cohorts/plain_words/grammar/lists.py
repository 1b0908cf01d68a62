"""What the links of a list say together: commas that `or` ends, results of which any is enough."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.doubts import TREATED, TREATED_WAYS
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact, Junction, ToldFact, ToldNode
from app.cohorts.plain_words.grammar.telling import Telling
from app.cohorts.plain_words.linking.coding import ACT_CLASSES

_LISTED = ("and", "or", "comma", "slash")
_LASTING, _DATED = ("condition", "state"), ("imaging", "procedure", "report")
_CODED = ("drug", "condition", "procedure", "vaccine")
ToldPart: TypeAlias = tuple[ToldNode, str]
"""A part of what is told, and what links it to the one before: `and`, `or`, `comma`, none."""


def ended_lists(links: Sequence[str]) -> list[str]:
    """Links with `or` for the commas of a list that it ends: `aspirin plus A, B or C`."""
    found = list(links)
    for at in range(len(found) - 1, 0, -1):
        if found[at] in ("comma", "slash") and at + 1 < len(found) and found[at + 1] == "or":
            found[at] = "or"
    return found


def linked_lists(entries: Sequence[ClauseEntry]) -> list[str]:
    """The links of entries, without the comma behind a list: `warfarin or apixaban, weight >= 60 kg`."""
    found = ["", *(each.link for each in entries[1:])]
    for at in range(2, len(found)):
        before, entry = entries[at - 1].told, entries[at].told
        valued = isinstance(entry, Fact) and entry.kind == "lab" and bool(entry.values or entry.level)
        apart = isinstance(before, Fact) and isinstance(entry, Fact) and before.kind != entry.kind
        if found[at] == "comma" and "or" in found[:at] and valued and apart:
            found[at] = ""
    return ended_lists(found)


def share_pick(entries: Sequence[ClauseEntry]) -> None:
    """What stands before a list that is asked for is of all of it: `the last HbA1c and creatinine`."""
    for before, entry in pairwise(entries):
        one, other = before.told, entry.told
        if not isinstance(one, Fact) or not isinstance(other, Fact) or one.kind != other.kind:
            continue
        if entry.link in ("and", "comma") and not other.pick and not other.windows:
            other.pick = one.pick


def settle_levels(entries: Sequence[ClauseEntry]) -> None:
    """A level before a list of results is of all of them: `elevated AST, ALT or bilirubin`."""
    run: list[Fact] = []
    for entry in entries:
        fact = entry.told
        if not isinstance(fact, Fact) or fact.kind != "lab":
            run = []
            continue
        goes_on = run and entry.link in _LISTED and not fact.level and not fact.values
        run = [*run, fact] if goes_on else [fact] if fact.level and not fact.values else []
        fact.level = fact.level or (run[0].level if run else "")


def end_lists(entries: Sequence[ClauseEntry]) -> None:
    """The commas of a list that `or` ends are `or`, too: `CT, MRI or ultrasound of the liver`."""
    for before, entry, behind in zip(entries[::-1][2:], entries[::-1][1:], entries[::-1], strict=False):
        kinds = {each.told.kind for each in (before, entry, behind) if isinstance(each.told, Fact)}
        listed = len(kinds) == 1 and all(isinstance(each.told, Fact) for each in (before, entry, behind))
        same = before.clause is entry.clause is behind.clause
        if listed and same and entry.link == "comma" and behind.link == "or":
            entry.link = "or"


def head_of(
    entries: Sequence[ClauseEntry], to: Sequence[ToldFact], start: int, others: Sequence[Fact]
) -> int | None:
    """Which of the others has a period that stands behind whose they are: `MRIs of gout patients in 2024`."""
    entry = next((each for each in entries if each.told is to[0]), None)
    if (
        entry is None
        or not isinstance(entry.told, Fact)
        or entry.told.kind not in _LASTING
        or entry.told.role
    ):
        return None
    if start < entry.told.signs[0].start or entry.link or to[1:] or entry.clause.denied:
        return None
    dated = [at for at, each in enumerate(others) if each.kind in _DATED]
    return dated[0] if len(dated) == 1 and others[dated[0]] is entries[0].told else None


def attach_results(entries: Sequence[ClauseEntry]) -> None:
    """Put what `with` tells to the alternative before it: `or ferritin 100 to 299 with TSAT < 20`."""
    for before, entry in pairwise(entries):
        led = entry.clause.sign is not None and entry.clause.sign.kind == "with" and not entry.link
        if led and before.link == "or" and before.comma and _are_results(before.told, entry.told):
            before.clause = replace(before.clause)
            entry.link = "and"


def listed_results(parts: Sequence[ToldPart]) -> list[ToldPart]:
    """Parts with `or` between all results of a list that it ends: `Hb < 9, platelets < 100 or ANC < 1.5`."""
    found = list(parts)
    for at in range(len(found) - 1, 0, -1):
        node, link = found[at]
        behind = found[at + 1] if at + 1 < len(found) else None
        ends = isinstance(node, Junction) and node.op == "any"
        goes_on = behind is not None and behind[1] == "or" and _are_results(behind[0])
        if link == "comma" and (ends or goes_on) and _are_results(node, found[at - 1][0]):
            found[at] = (node, "or")
    return found


def settle_counted(told: Telling) -> None:
    """`A, B or C more than once`, `수술 전 A, B 또는 C를 두 번 이상`: a list counts together.

    What begins and ends it is of all.
    """
    for run in _runs(told.entries):
        facts = [each.told for each in run if isinstance(each.told, Fact)]
        first, last = facts[0], facts[-1]
        ahead = [each for each in first.relatives if each.sign.start < first.start]
        for each in facts:
            each.relatives = each.relatives or list(ahead)
            each.number = each.number or last.number
        told_alike = len({repr(_counted_as(each)) for each in facts}) == 1
        as_one = told_alike and all(_is_one(each) and _counts_in_one(each) for each in facts)
        if first.number is not None and as_one:
            first.rows = tuple(dict.fromkeys(row for each in facts for row in each.rows))
            first.signs = [sign for each in facts for sign in each.signs]
            first.union = True
            told.entries = [
                each for each in told.entries if each is run[0] or all(each is not one for one in run)
            ]


def _runs(entries: Sequence[ClauseEntry]) -> list[list[ClauseEntry]]:
    """The lists that `or` ends: facts of one kind in one clause."""
    apart = [
        each.link if at and _are_listed(entries[at - 1], each) else "" for at, each in enumerate(entries)
    ]
    runs: list[list[ClauseEntry]] = []
    for entry, link in zip(entries, ended_lists(apart), strict=True):
        if link in ("or", "slash") and runs:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return [each for each in runs if each[1:]]


def _are_listed(one: ClauseEntry, other: ClauseEntry) -> bool:
    facts = isinstance(one.told, Fact) and isinstance(other.told, Fact)
    return facts and one.clause is other.clause and one.told.kind == other.told.kind


def _is_one(fact: Fact) -> bool:
    """Whether the name of a fact means one thing, or all that it may mean."""
    return len(fact.rows) == 1 or fact.union


def _counts_in_one(fact: Fact) -> bool:
    """Whether one event may have the codes of several such facts; a stay is of classes or of codes."""
    stays = fact.kind == "encounter" and fact.rows
    classes = all(any(each.system == ACT_CLASSES for each in row.codings) for row in fact.rows)
    return fact.kind in _CODED or bool(stays and classes)


def _counted_as(fact: Fact) -> tuple[object, ...]:
    """What has to be the same of facts that are counted together."""
    by = [(each.said, each.anchor and id(each.anchor)) for each in fact.relatives]
    return (fact.windows, by, fact.number, fact.gap, fact.distinct, fact.pick, fact.statuses, fact.current)


def treated(parts: Sequence[ToldPart], choices: Choices) -> list[ToldPart]:
    """Parts, where of `A or B treated with C` all are treated, or the nearest where somebody chooses so."""
    found = list(parts)
    for at, (node, link) in enumerate(found):
        for near, own in ((at + 1, -1), (at - 1, 0)):
            other = found[near] if 0 <= near < len(found) else None
            loose = other is not None and not (other[1] if near > at else link)
            if other is None or not loose or not _is_listed(node) or not _is_treatment(other[0]):
                continue
            if choices.pick("treated", start_of(other[0]), TREATED, TREATED_WAYS) == "all":
                continue
            of = list(node.of) if isinstance(node, Junction) else []
            of[own] = Junction("all", (of[own], other[0]))
            first = min(at, near)
            return [*found[:first], (Junction("any", tuple(of)), found[first][1]), *found[first + 2 :]]
    return found


def _is_listed(node: ToldNode) -> bool:
    """Whether a node is diagnoses of which any is enough."""
    facts = node.of if isinstance(node, Junction) and node.op == "any" else ()
    return bool(facts) and all(isinstance(each, Fact) and each.kind == "condition" for each in facts)


def _is_treatment(node: ToldNode) -> bool:
    return isinstance(node, Fact) and node.kind == "drug" and node.role in ("", "take", "rx", "treat")


def first_of(node: ToldNode) -> ToldNode:
    """What stands first in a node."""
    return first_of(node.of[0]) if isinstance(node, Junction) else node


def start_of(node: ToldNode) -> int:
    """Where a node begins in the folded text."""
    first = first_of(node)
    return 0 if isinstance(first, Junction) or not first.signs else first.signs[0].start


def _are_results(*nodes: ToldNode) -> bool:
    return all(map(_is_result, nodes))


def _is_result(node: ToldNode) -> bool:
    if isinstance(node, Junction):
        return node.op == "any" and all(map(_is_result, node.of))
    return isinstance(node, Fact) and node.kind == "lab" and bool(node.values or node.level)
