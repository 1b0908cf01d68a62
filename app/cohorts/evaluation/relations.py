"""How occurrences of one event stand to those of another: near it in time, or in the same of something.

An occurrence holds where some occurrence of the anchor, of the same patient, stands to it as asked; it
certainly does where one that certainly counts does so on whichever of its days it was.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from app.cohorts.evaluation.occurrences import EVER, NEVER, IntArray, Mask, Occurrences, shifted
from app.cohorts.language.question import Nearness, Relation
from graph.errors import TooLarge

_AT_ONCE = 1_000_000  # pairs that are compared together
MOST_PAIRS = 20_000_000


@dataclass(frozen=True, slots=True)
class _Allowed:
    """From which to which day an occurrence may be, for each of the anchors: surely so, and possibly."""

    sure_from: IntArray
    sure_to: IntArray
    may_from: IntArray
    may_to: IntArray


def near(
    subject: Occurrences, relation: Relation, anchor: Occurrences, *, of_one_kind: bool
) -> tuple[Mask, Mask]:
    """Which occurrences certainly stand to some anchor as asked, and which may.

    Nothing is near itself, where both are `of_one_kind`. Raises `TooLarge` where there are too many of both
    to compare.
    """
    begun = subject.begun()
    allowed = _ALLOWED[relation.nearness](relation, anchor)
    certain, possible = (np.zeros(len(subject.rows), dtype=bool) for _ in range(2))
    for rows, anchors in pairs_of(begun.owners, anchor.owners, relation.path):
        first, last = begun.first[rows], begun.last[rows]
        other = subject.rows[rows] != anchor.rows[anchors] if of_one_kind else True
        may = other & (last >= allowed.may_from[anchors]) & (first <= allowed.may_to[anchors])
        sure = other & (first >= allowed.sure_from[anchors]) & (last <= allowed.sure_to[anchors])
        possible[rows[may]] = True
        certain[rows[sure & anchor.certain[anchors]]] = True
    return certain, possible


def alike(
    subject: Occurrences,
    shared: IntArray,
    anchor: Occurrences,
    others: IntArray,
    path: str,
    *,
    of_one_kind: bool,
) -> tuple[Mask, Mask]:
    """Which certainly share something with an anchor, and which may; -1 is not known, and may be shared.

    Nothing shares with itself, where both are `of_one_kind`. Raises `TooLarge` as `near` does.
    """
    certain, possible = (np.zeros(len(subject.rows), dtype=bool) for _ in range(2))
    for rows, anchors in pairs_of(subject.owners, anchor.owners, path):
        own, other = shared[rows], others[anchors]
        apart = subject.rows[rows] != anchor.rows[anchors] if of_one_kind else True
        equal = apart & (own == other) & (own >= 0)
        possible[rows[equal | (apart & ((own < 0) | (other < 0)))]] = True
        certain[rows[equal & anchor.certain[anchors]]] = True
    return certain, possible


def pairs_of(owners: IntArray, others: IntArray, path: str) -> Iterator[tuple[IntArray, IntArray]]:
    """The places of each pair of the same patient, some at a time.

    Raises `TooLarge` where there are more than `MOST_PAIRS`.
    """
    order = np.argsort(others, kind="stable")
    ordered = others[order]
    begins = np.searchsorted(ordered, owners, side="left")
    counts = np.searchsorted(ordered, owners, side="right") - begins
    if int(counts.sum()) > MOST_PAIRS:
        raise TooLarge(
            "more than %(most)s pairs of events would be compared: ask for fewer of either",
            code="too-costly",
            location=path,
            most=MOST_PAIRS,
        )
    for part in _parts(counts):
        rows = np.repeat(part, counts[part])
        starts = np.repeat(begins[part] - np.cumsum(counts[part]) + counts[part], counts[part])
        yield rows, order[starts + np.arange(len(rows))]


def _parts(counts: IntArray) -> Iterator[IntArray]:
    """The places with pairs, as many together as have `_AT_ONCE` pairs."""
    places = np.flatnonzero(counts)
    ends = np.cumsum(counts[places]) // _AT_ONCE
    yield from np.split(places, np.flatnonzero(np.diff(ends)) + 1) if len(places) else ()


def _before(relation: Relation, anchor: Occurrences) -> _Allowed:
    """From `most` before to `least` before; of what lasts before it began."""
    early = anchor.first
    late = early if anchor.lasting else anchor.last
    return _Allowed(
        shifted(late, relation.most, back=True),
        _up_to(early, relation),
        shifted(early, relation.most, back=True),
        _up_to(late, relation),
    )


def _up_to(days: IntArray, relation: Relation) -> IntArray:
    return days if relation.least is None else shifted(days, relation.least, back=True)


def _after(relation: Relation, anchor: Occurrences) -> _Allowed:
    """From `least` after to `most` after; of what lasts after it ended."""
    late = anchor.last
    early = late if anchor.lasting else anchor.first
    return _Allowed(
        _on_from(late, relation),
        shifted(early, relation.most, back=False),
        _on_from(early, relation),
        shifted(late, relation.most, back=False),
    )


def _on_from(days: IntArray, relation: Relation) -> IntArray:
    return days if relation.least is None else shifted(days, relation.least, back=False)


def _around(relation: Relation, anchor: Occurrences) -> _Allowed:
    """At most `most` away on either side; of what lasts from its beginning to its end."""
    early, late = anchor.first, anchor.last
    sure_early, sure_late = _surely(anchor) if anchor.lasting else (late, early)
    return _Allowed(
        shifted(sure_early, relation.most, back=True),
        shifted(sure_late, relation.most, back=False),
        shifted(early, relation.most, back=True),
        shifted(late, relation.most, back=False),
    )


def _during(_: Relation, anchor: Occurrences) -> _Allowed:
    """On a day from its beginning to its end; of what does not last on its day."""
    early, late = anchor.first, anchor.last
    if anchor.lasting:
        return _Allowed(*_surely(anchor), early, late)
    unsure = ~anchor.exact
    return _Allowed(np.where(unsure, EVER, early), np.where(unsure, NEVER, late), early, late)


def _surely(anchor: Occurrences) -> tuple[IntArray, IntArray]:
    """From when to when anchors that last are for certain; of one without a date there is no such day."""
    return np.where(anchor.dated, anchor.first, EVER), np.where(anchor.dated, anchor.last, NEVER)


_ALLOWED: Mapping[Nearness, Callable[[Relation, Occurrences], _Allowed]] = {
    Nearness.BEFORE: _before,
    Nearness.AFTER: _after,
    Nearness.AROUND: _around,
    Nearness.DURING: _during,
    Nearness.SAME_DAY: lambda relation, anchor: _during(relation, anchor.begun()),
}
