"""What the links of a list say together: commas that `or` ends, results of which any is enough."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact, Junction, ToldNode
from app.cohorts.plain_words.grammar.telling import Telling

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
    """`수술 전 A, B 또는 C를 두 번 이상`: what begins and ends a list is of all, which count together."""
    for run in _runs(told.entries):
        facts = [each.told for each in run if isinstance(each.told, Fact)]
        first, last = facts[0], facts[-1]
        ahead = [each for each in first.relatives if each.sign.start < first.start]
        for each in facts:
            each.relatives = each.relatives or list(ahead)
            each.number = each.number or last.number
        told_alike = len({repr(_counted_as(each)) for each in facts}) == 1
        if first.number is not None and first.kind in _CODED and told_alike and all(map(_is_one, facts)):
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


def _counted_as(fact: Fact) -> tuple[object, ...]:
    """What has to be the same of facts that are counted together."""
    by = [(each.said, each.anchor and id(each.anchor)) for each in fact.relatives]
    return (fact.windows, by, fact.number, fact.gap, fact.distinct, fact.pick, fact.statuses, fact.current)


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
