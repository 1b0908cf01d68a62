"""The rows of a cohort as they are handed over: with the names of the project, dates moved as in pictures.

What becomes of a column follows from how much of it a pseudonymous answer shows (`language/columns.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.cohorts.language.columns import Shown, columns_of
from app.deidentification.dates import moved_fhir
from app.deidentification.options import ProfileOption
from app.deidentification.project import ProjectSubject
from app.deidentification.words import cleaned
from app.work.extracts.naming import ExtractNames

_UID, _BIRTH = "studyInstanceUID", "birthDate"
_TEXTS = frozenset({"display", "description", "conclusion"})
_OLDEST = 90  # years, from which on an age tells of few
_YEAR = 4
NAMES = ("patient", "reference")
LINKS = "links"


class ExtractRows:
    """Makes the rows of one page; `keys` are those of the references that stand in them."""

    def __init__(self, names: ExtractNames, keys: Mapping[str, str], as_of: date) -> None:
        self._names = names
        self._keys = keys
        self._as_of = as_of

    def table(self, resource: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows of a table of resources of a type."""
        return (self._row(resource, each) for each in rows)

    def links(self, links: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
        """The links between rows."""
        for each in links:
            named = {end: self._names.reference(self._keys[each[end]]) for end in ("from", "to")}
            yield {**named, "via": each["via"]}

    def _row(self, resource: str, row: Mapping[str, Any]) -> dict[str, Any]:
        patient = self._keys[row["patient"]]
        made = {
            "patient": self._names.patient(patient),
            "reference": self._names.reference(self._keys[row["reference"]]),
        }
        if not self._names.deidentify:
            return made | {name: value for name, value in row.items() if name not in NAMES}
        subject = self._names.subject(patient)
        shown = {each.name: each.shown for each in columns_of(resource)}
        for name, value in row.items():
            if name not in NAMES and self.keeps(name, shown[name]):
                made[name] = self._value(name, shown[name], value, subject)
        return made

    def keeps(self, name: str, shown: Shown) -> bool:
        """Whether there is such a column at all."""
        if not self._names.deidentify or shown is not Shown.NOTHING or name == _UID:
            return True
        return name in _TEXTS and ProfileOption.CLEAN_DESCRIPTORS in self._names.options

    def _value(self, name: str, shown: Shown, value: Any, subject: ProjectSubject) -> Any:
        if shown is Shown.CODED or not isinstance(value, str):
            return value
        if name == _UID:
            return self._names.uid(value)
        if shown is Shown.NOTHING:
            return cleaned(value, subject.known) or None
        return self._date(name, value, subject)

    def _date(self, name: str, value: str, subject: ProjectSubject) -> str | None:
        """A date as the options have it: moved, whole, or its year."""
        options = self._names.options
        if name == _BIRTH and not self._tells_of_many(value):
            return None
        if ProfileOption.RETAIN_MODIFIED_DATES in options:
            return moved_fhir(value, subject.days)
        return value if ProfileOption.RETAIN_FULL_DATES in options else value[:_YEAR]

    def _tells_of_many(self, birth: str) -> bool:
        """Whether somebody born then is not among the few who are very old."""
        year = birth[:_YEAR]
        return year.isdigit() and self._as_of.year - int(year) < _OLDEST


def column_names(resource: str, rows: ExtractRows) -> list[str]:
    """The columns of a table without rows."""
    return [*NAMES, *(each.name for each in columns_of(resource) if rows.keeps(each.name, each.shown))]
