"""What a version of a resource is found by beside the one before it: only the rows that differ are written.

Rows go by their key: of a key whose rows differ all are removed, and those that hold now are made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from graph.query.rows import ValueRows

NOTHING = ValueRows()


@dataclass(frozen=True, slots=True)
class DifferingRows:
    """The rows to make, and what goes first: everything, or rows of the keys `gone`, words, references."""

    made: ValueRows
    everything: bool = False
    gone: tuple[str, ...] = ()
    words: bool = False
    references: bool = False


def differing(values: ValueRows | None, before: ValueRows | None) -> DifferingRows:
    """What to write of the rows of a version; `before` are those of the version before, None where unknown.

    Without `values` those of the version before stay.
    """
    if values is None:
        return DifferingRows(NOTHING)
    if before is None:
        return DifferingRows(values, everything=True, words=True, references=True)
    changed = frozenset(str(row[0]) for row in set(_rows(values)) ^ set(_rows(before)))
    words, references = values.wordings != before.wordings, values.edges != before.edges
    made = replace(
        values,
        terms=tuple(row for row in values.terms if row[0] in changed),
        texts=tuple(row for row in values.texts if row[0] in changed),
        spans=tuple(row for row in values.spans if row[0] in changed),
        edges=values.edges if references else (),
        wordings=values.wordings if words else (),
    )
    return DifferingRows(made, gone=tuple(sorted(changed)), words=words, references=references)


def _rows(values: ValueRows) -> Iterable[tuple[Any, ...]]:
    return (*values.terms, *values.texts, *values.spans)
