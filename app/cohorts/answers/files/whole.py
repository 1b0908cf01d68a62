"""The use case: an answer is written whole, as one table, as a zip of all its tables, or as a FHIR Bundle.

All of it is written before any of it is given out, within a deadline that is `TIMES` what one question has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from app.cohorts.answers.answering import ASK, Cohorts
from app.cohorts.answers.disclosure import is_pseudonymous
from app.cohorts.answers.files.batches import Batch, batches
from app.cohorts.answers.files.bundle import CollectionWriter
from app.cohorts.answers.files.manifest import MANIFEST, About, file_name
from app.cohorts.answers.files.scratch import Scratch, ScratchFile
from app.cohorts.answers.files.writers import WRITERS
from app.cohorts.answers.lines import Line
from app.cohorts.answers.tabular import COUNTS, LINKS, PATIENTS, AnswerTable, dimension_name, tables_of
from app.cohorts.language.question import AnswerFormat, CohortQuestion
from app.site import Sites
from graph.budget import whole_answer
from graph.errors import Forbidden, Invalid
from graph.scope import AccessScope

TIMES = 12
READ = "fhir.read"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of all files: when they were written tells nothing


@dataclass(frozen=True, slots=True)
class WholeQuestion:
    """A question whose whole answer is wanted: as it was read, and as it was asked, at a moment in µs."""

    question: CohortQuestion
    raw: Mapping[str, Any]
    now: int


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A whole answer: its bytes, and what to call it."""

    file: ScratchFile
    name: str


class WholeAnswers:
    """Writes whole answers into files of `scratch`."""

    def __init__(self, cohorts: Cohorts, scratch: Scratch, sites: Sites) -> None:
        self._cohorts = cohorts
        self._scratch = scratch
        self._sites = sites

    def tables(self, scope: AccessScope, question: CohortQuestion) -> tuple[AnswerTable, ...]:
        """The tables of a question's answer that the caller may have: who is told counts has those only.

        Raises `Invalid` for rows that go by the name of another table, `Forbidden` where there is none.
        """
        found = tables_of(question, self._cohorts.disclosure(scope))
        if ASK in scope.permissions:
            return found
        if counts := tuple(each for each in found if each.name == COUNTS):
            return counts
        raise Forbidden("counts are told here, and no rows", code="forbidden")

    def table(self, scope: AccessScope, asked: WholeQuestion, form: AnswerFormat, name: str) -> WholeFile:
        """One table of an answer.

        Raises `Invalid` for a table that there is not, `TooLarge`, and what `Cohorts.ask` raises.
        """
        table = next((each for each in self.tables(scope, asked.question) if each.name == name), None)
        if table is None:
            raise Invalid("the answer has no table %(name)s", location="table", name=name)
        with self._writing() as make:
            written = self._written(scope, asked, form, (table,), make)
            return WholeFile(written.files[name], f"{_called(asked.question)}-{file_name(name, form)}")

    def archive(self, scope: AccessScope, asked: WholeQuestion, form: AnswerFormat) -> WholeFile:
        """A zip of all tables of an answer with a manifest; raises as `table` does."""
        tables = self.tables(scope, asked.question)
        with self._writing() as make:
            written = self._written(scope, asked, form, tables, make)
            whole = make()
            method = ZIP_STORED if form is AnswerFormat.PARQUET else ZIP_DEFLATED
            with ZipFile(_Outlet(whole), "w") as archive:  # type: ignore[call-overload]
                manifest = written.about.manifest(form, tables, written.sizes)
                _add(archive, MANIFEST, ZIP_DEFLATED, (manifest,))
                for each in tables:
                    _add(archive, file_name(each.name, form), method, written.files[each.name].chunks())
            return WholeFile(whole, f"{_called(asked.question)}.zip")

    def bundle(self, scope: AccessScope, asked: WholeQuestion) -> WholeFile:
        """A FHIR Bundle of the patients who match and of their rows.

        Raises `Forbidden` for who sees pseudonyms or counts, or may not read the record, `TooLarge`, and what
        `Cohorts.ask` raises.
        """
        if is_pseudonymous(scope) or ASK not in scope.permissions:
            raise Forbidden(
                "a Bundle says who patients are, which you are not shown: ask for a table",
                location="$.output.format",
                code="forbidden",
            )
        scope.require(READ)
        with self._writing() as make, whole_answer(TIMES):
            asking = self._cohorts.asking(scope, asked.question, asked.now)
            lister = asking.lister()
            counts = asking.counts(lister)
            asking.told(counts)
            whole = make()
            writer = CollectionWriter(whole, f"{self._sites.of(scope).base_url}/fhir")
            for each in batches(asking, lister, counts):
                writer.write(asking.charts, each.keys)
            writer.end()
            return WholeFile(whole, f"{_called(asked.question)}.json")

    @contextmanager
    def _writing(self) -> Iterator["_Make"]:
        """Make files that are given up where the block fails."""
        make = _Make(self._scratch)
        try:
            yield make
        except BaseException:
            make.give_up()
            raise

    def _written(
        self,
        scope: AccessScope,
        asked: WholeQuestion,
        form: AnswerFormat,
        tables: Sequence[AnswerTable],
        make: "_Make",
    ) -> "_Written":
        by = asked.question.shape.by
        with whole_answer(TIMES):
            asking = self._cohorts.asking(scope, asked.question, asked.now)
            lister = asking.lister()
            counts = asking.counts(lister)
            told = asking.told(counts)
            first: dict[str, list[Line]] = {}
            if by:
                tally = asking.tally(lister, counts)
                told["by"] = tally.shown()
                first[COUNTS] = tally.lines([dimension_name(at, asked.question) for at in range(len(by))])
            about = About(asked.raw, told, is_pseudonymous(scope))
            written = _Written(
                about, {each.name: make() for each in tables}, {each.name: 0 for each in tables}
            )
            wanted = {each.name for each in tables} - {COUNTS}
            rows = bool(wanted - {PATIENTS})
            written.fill(form, tables, first, batches(asking, lister, counts, rows=rows) if wanted else ())
            return written


class _Make:
    """Makes scratch files and remembers them."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._made: list[ScratchFile] = []

    def __call__(self) -> ScratchFile:
        self._made.append(self._scratch.file())
        return self._made[-1]

    def give_up(self) -> None:
        """Close every file."""
        for each in self._made:
            each.close()


@dataclass(frozen=True, slots=True)
class _Written:
    """The files of tables, and how many lines each has."""

    about: About
    files: Mapping[str, ScratchFile]
    sizes: dict[str, int]

    def fill(
        self,
        form: AnswerFormat,
        tables: Sequence[AnswerTable],
        first: Mapping[str, list[Line]],
        found: Iterable[Batch],
    ) -> None:
        """Write the lines of all batches."""
        writers = {
            each.name: WRITERS[form](self.files[each.name], each, self.about.of_table(each))
            for each in tables
        }
        for each in tables:
            if each.name in first:
                writers[each.name].write(first[each.name])
                self.sizes[each.name] += len(first[each.name])
        for batch in found:
            shown = {PATIENTS: batch.patients, LINKS: batch.links, **batch.tables}
            for name, writer in writers.items():
                if name in shown:
                    writer.write(shown[name])
                    self.sizes[name] += len(shown[name])
        for writer in writers.values():
            writer.end()


class _Outlet:
    """What `zipfile` writes to: it cannot be sought in."""

    def __init__(self, file: ScratchFile) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        """Take bytes."""
        return self._file.write(bytes(data))

    def flush(self) -> None:
        """Nothing is held back."""


def _add(archive: ZipFile, name: str, method: int, chunks: Iterable[bytes]) -> None:
    about = ZipInfo(name, _EPOCH)
    about.compress_type = method
    with archive.open(about, "w", force_zip64=True) as file:
        for chunk in chunks:
            file.write(chunk)


def _called(question: CohortQuestion) -> str:
    return f"cohort-{question.cohort[:12]}"
