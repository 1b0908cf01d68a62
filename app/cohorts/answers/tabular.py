"""An answer as flat tables: which there are, the columns of each, of which type, and what they mean.

It is said from the question alone, so that an answer without a line has the columns of one with many.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.cohorts.answers.disclosure import Disclosure
from app.cohorts.answers.lines import OWNER, REFERENCE, WAY, own_tables, pair_name, paired, patient_rows
from app.cohorts.language.columns import Column, Shown
from app.cohorts.language.question import CohortQuestion, Grain, Rows
from app.cohorts.language.vocabulary import STUDY
from graph.errors import Invalid

PATIENTS, LINKS, COUNTS = "patients", "links", "counts"
"""The tables of an answer beside those of its rows."""


class ColumnType(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    TEXTS = "texts"  # a list of them
    INTEGER = "integer"
    DATE = "date"  # a date, or a date and time, as exact as it was written
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table; `meaning` says where its value comes from."""

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """One table: its name, its columns in order, and what one line of it is."""

    name: str
    line: str
    columns: tuple[TableColumn, ...]


_OWNER = TableColumn(OWNER, ColumnType.TEXT, "whose it is, as a reference")
_WAY = TableColumn(WAY, ColumnType.TEXT, "how they are linked: imagingStudy, basedOn or accession")
_TYPES: Mapping[str, ColumnType] = {
    "modality": ColumnType.TEXTS,
    "numberOfSeries": ColumnType.INTEGER,
    "numberOfInstances": ColumnType.INTEGER,
}
_MEANINGS: Mapping[str, str] = {
    "studyInstanceUID": "the Study Instance UID of its identifiers",
    "accession": "the first accession number of its identifiers",
    "modality": "every modality of the study and of its series",
}


def tables_of(question: CohortQuestion, shown: Disclosure) -> tuple[AnswerTable, ...]:
    """The tables of a question's answer, in their order.

    Raises `Invalid` where rows go by the name of a table that the answer has of its own.
    """
    found = tuple(_tables(question, shown))
    names = [each.name for each in found]
    for each in question.rows:
        if names.count(each.name) > 1:
            raise Invalid(
                "an answer has a table %(name)s of its own: call the rows otherwise",
                location=f"{each.path}.as",
                name=each.name,
            )
    return found


def _tables(question: CohortQuestion, shown: Disclosure) -> Iterator[AnswerTable]:
    grain = question.shape.grain
    if question.shape.by:
        yield AnswerTable(COUNTS, "a cell: patients by what they are counted by", _counts(question))
    if grain is Grain.PATIENT:
        yield AnswerTable(PATIENTS, "a patient who matches, or of whom nobody can say", _patients(shown))
    for each in own_tables(question):
        beside: tuple[TableColumn, ...] = ()
        if grain is Grain.STUDY and each.resource == STUDY:
            people = patient_rows(question)
            beside = tuple(_named(column, people, people.name, shown) for column in shown.kept(people))
        yield AnswerTable(each.name, f"a {each.resource}", (_OWNER, *_own(each, "", shown), *beside))
    if grain is Grain.ROW:
        yield from _linked(question, shown)
    elif question.links:
        ends = (
            TableColumn("from", ColumnType.TEXT, "what is linked"),
            TableColumn("to", ColumnType.TEXT, "the study"),
        )
        yield AnswerTable(LINKS, "a row that belongs to a study", (*ends, _WAY))


def _linked(question: CohortQuestion, shown: Disclosure) -> Iterator[AnswerTable]:
    named = {each.name: each for each in question.rows}
    for each in question.links:
        sides = [_own(named[name], name, shown) for name in (each.source, each.target)]
        line = f"a {named[each.source].resource} with the {named[each.target].resource} that it belongs to"
        yield AnswerTable(pair_name(each), line, (_OWNER, *sides[0], *sides[1], _WAY))


def _patients(shown: Disclosure) -> tuple[TableColumn, ...]:
    verdict = TableColumn("verdict", ColumnType.TEXT, "matched, or unknown where nobody can say")
    deciding = TableColumn(
        "deciding", ColumnType.TEXTS, "the conditions that decide, as JSONPaths into the question"
    )
    reference = TableColumn(REFERENCE, ColumnType.TEXT, "the patient")
    return (reference, verdict) if shown.key is not None else (reference, verdict, deciding)


def _counts(question: CohortQuestion) -> tuple[TableColumn, ...]:
    by = tuple(
        TableColumn(
            dimension_name(at, question),
            ColumnType.TEXT,
            "`unknown` where it is not said, `none` without any",
        )
        for at in range(len(question.shape.by))
    )
    return (*by, TableColumn("patients", ColumnType.INTEGER, "how many patients"))


def dimension_name(at: int, question: CohortQuestion) -> str:
    """How the column of a dimension is called: what it counts by, and of what."""
    dimension = question.shape.by[at]
    name = dimension.by if dimension.of is None else paired(dimension.of, dimension.by)
    earlier = [dimension_name(each, question) for each in range(at)]
    return f"{name}{at + 1}" if name in earlier else name


def _own(asked: Rows, prefix: str, shown: Disclosure) -> tuple[TableColumn, ...]:
    """The reference of rows, and their columns."""
    name = paired(prefix, REFERENCE) if prefix else REFERENCE
    reference = TableColumn(name, ColumnType.TEXT, f"the {asked.resource}")
    return (reference, *(_named(column, asked, prefix, shown) for column in shown.kept(asked)))


def _named(column: Column, asked: Rows, prefix: str, shown: Disclosure) -> TableColumn:
    name = paired(prefix, column.name) if prefix else column.name
    paths = " or ".join(f"{asked.resource}.{path}" for path in column.paths)
    return TableColumn(name, _type(column, shown), _MEANINGS.get(column.name, paths))


def _type(column: Column, shown: Disclosure) -> ColumnType:
    if column.shown is Shown.YEAR:
        return ColumnType.DATE if shown.key is None else ColumnType.YEAR
    return _TYPES.get(column.name, ColumnType.TEXT)
