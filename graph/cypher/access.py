"""The condition that every row of a pattern carries: of the tenant and its kind, alive, the caller's to see.

The text says what `RowRight.sees` says in memory. A series and an instance are seen with their study.
"""

from collections.abc import Iterable

from graph.cypher.writing import BoundRow, Writing
from graph.query.attributes import INSTANCE, SERIES, STUDY
from graph.rights import granted, in_partition

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
    conditions = [_of_kind(writing, row), f"{name}.deleted = false"]
    if STUDY in row.entities:
        conditions.append(in_partition(name, writing.partition()))
    if not writing.right.everything:
        conditions.append(_granted(writing, name))
    return conditions


def _of_kind(writing: Writing, row: BoundRow) -> str:
    if len(row.entities) == 1:
        return f"{row.variable}.kind = {writing.kind(row.entities[0])}"
    kinds = ", ".join(writing.kind(each) for each in sorted(row.entities))
    return f"{row.variable}.kind IN [{kinds}]"


def _granted(writing: Writing, name: str) -> str:
    keys = writing.named("granted", writing.right.granted())
    return granted(name, keys, writing.named("studies", writing.right.granted_studies()))


def _part_seen(writing: Writing, row: BoundRow) -> list[str]:
    conditions = [f"{row.variable}.partition = {writing.partition()}"]
    if not writing.right.everything:
        study = writing.row(STUDY)
        up = _STUDY_OF[row.entities[0]].format(row=row.variable, study=study.variable)
        conditions.append(f"EXISTS {{ MATCH {up} WHERE {seen(writing, study)} }}")
    return conditions
