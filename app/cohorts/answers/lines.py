"""The lines of an answer's tables, whose grain may be a patient, a study with its patient, or linked rows.

They are put together from rows and links as these were shown, so that they tell nothing beside them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from app.cohorts.answers.disclosure import Disclosure
from app.cohorts.language.question import CohortQuestion, Grain, Links, Rows
from app.cohorts.language.shaping import OF_GRAIN
from app.cohorts.language.vocabulary import PATIENT, STUDY

Line: TypeAlias = dict[str, Any]
OWNER, REFERENCE, WAY = "patient", "reference", "via"


def pair_name(links: Links) -> str:
    """The name of the table of linked rows: that of either side."""
    return f"{links.source}-{links.target}"


def paired(name: str, column: str) -> str:
    """How a column of rows of a name is called beside others."""
    return f"{name}.{column}"


def own_tables(question: CohortQuestion) -> tuple[Rows, ...]:
    """The rows that have a table of their own in an answer of the question's grain."""
    match question.shape.grain:
        case Grain.PATIENT:
            return question.rows
        case Grain.STUDY:
            return tuple(each for each in question.rows if each.resource == STUDY or each.path != OF_GRAIN)
        case Grain.ROW:
            linked = {name for each in question.links for name in (each.source, each.target)}
            return tuple(each for each in question.rows if each.name not in linked)


def patient_rows(question: CohortQuestion) -> Rows:
    """The rows of patients that stand beside studies."""
    return next(each for each in question.rows if each.resource == PATIENT)


def lines(
    question: CohortQuestion,
    rows: Mapping[str, Sequence[Line]],
    links: Sequence[Mapping[str, str]],
    shown: Disclosure,
) -> dict[str, list[Line]]:
    """The tables of an answer by their names, of its rows and links as they are shown."""
    found = {each.name: list(rows[each.name]) for each in own_tables(question)}
    if question.shape.grain is Grain.STUDY:
        people = patient_rows(question)
        whose = {row[REFERENCE]: row for row in rows[people.name]}
        nobody = dict.fromkeys(column.name for column in shown.kept(people))
        for each in own_tables(question):
            if each.resource == STUDY:
                found[each.name] = [
                    row | _prefixed(people.name, whose.get(row[OWNER], nobody), but=(OWNER, REFERENCE))
                    for row in rows[each.name]
                ]
    if question.shape.grain is Grain.ROW:
        found |= {pair_name(each): list(_pairs(each, rows, links)) for each in question.links}
    return found


def _pairs(
    asked: Links, rows: Mapping[str, Sequence[Line]], links: Sequence[Mapping[str, str]]
) -> Iterator[Line]:
    sources, targets = ({row[REFERENCE]: row for row in rows[name]} for name in (asked.source, asked.target))
    for link in links:
        if link["from"] in sources and link["to"] in targets:
            source, target = sources[link["from"]], targets[link["to"]]
            yield {
                OWNER: target[OWNER],
                **_prefixed(asked.source, source, but=(OWNER,)),
                **_prefixed(asked.target, target, but=(OWNER,)),
                WAY: link[WAY],
            }


def _prefixed(name: str, row: Mapping[str, Any], but: Sequence[str]) -> Line:
    return {paired(name, column): value for column, value in row.items() if column not in but}
