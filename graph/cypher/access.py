"""The condition that every row of a pattern carries: of the tenant and its kind, alive, the caller's to see.

The text says what `RowRight.sees` says in memory. A series and an instance are seen with their study.
"""

from collections.abc import Iterable

from graph.cypher.writing import BoundRow, Writing
from graph.query.attributes import INSTANCE, SERIES, STUDY
from graph.rights import conditions, in_partition

_STUDY_OF = {
    SERIES: "({row})<-[:HAS_SERIES]-({study}:ImagingStudy)",
    INSTANCE: "({row})<-[:HAS_INSTANCE]-(:Series)<-[:HAS_SERIES]-({study}:ImagingStudy)",
}
LABELS = {STUDY: "ImagingStudy", SERIES: "Series", INSTANCE: "Instance"}


def label(entities: Iterable[str]) -> str:
    """The label that rows of these kinds share."""
    (only,) = {LABELS[each] if each in _STUDY_OF else "Resource" for each in entities}
    return only


def pattern(row: BoundRow) -> str:
    """The node pattern of a row."""
    return f"({row.variable}:{label(row.entities)})"


def seen(writing: Writing, row: BoundRow) -> str:
    """The condition on a row; it may be unknown rather than false, so it stands in a conjunction only."""
    if row.entities[0] in _STUDY_OF:
        return " AND ".join(_part_seen(writing, row))
    return " AND ".join(_resource_seen(writing, row))


def _resource_seen(writing: Writing, row: BoundRow) -> list[str]:
    name = row.variable
    found = [_of_kind(writing, row), f"{name}.deleted = false"]
    if STUDY in row.entities:
        found.append(in_partition(name, writing.partition()))
    return found + _narrowed(writing, name)


def _of_kind(writing: Writing, row: BoundRow) -> str:
    if len(row.entities) == 1:
        return f"{row.variable}.kind = {writing.kind(row.entities[0])}"
    kinds = ", ".join(writing.kind(each) for each in sorted(row.entities))
    return f"{row.variable}.kind IN [{kinds}]"


def _narrowed(writing: Writing, name: str) -> list[str]:
    """The conditions of each part of the caller's right that narrows anything, with its parameters."""
    right = writing.right
    if name == writing.unjudged:
        return []
    for parameter, value in right.parameters().items() if right.parts else ():
        writing.named(parameter, value)
    return conditions(right.parts, name)


def _part_seen(writing: Writing, row: BoundRow) -> list[str]:
    found = [f"{row.variable}.partition = {writing.partition()}"]
    if writing.right.picture_parts:
        study = writing.row(STUDY)
        up = _STUDY_OF[row.entities[0]].format(row=row.variable, study=study.variable)
        found.append(f"EXISTS {{ MATCH {up} WHERE {seen(writing, study)} }}")
    return found
