"""The use case behind the search of the pages: patients by whatever somebody knows of them."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TypeAlias

import orjson

from app.audit.asking import AuditReader
from app.records.people.names import names_of, parted_hangul
from app.records.people.summary import PatientSummary
from app.records.read import RecordReader
from app.records.search import RecordSearch, TypeSearch
from graph.records import ResourceVersion
from graph.scope import AccessScope

_PATIENT = "Patient"
MOST_FOUND = 25
LONGEST_TEXT = 100
_MOST_WORDS = 4
_DATE = re.compile(r"(\d{4})[-./년 ]{0,2}(\d{1,2})[-./월 ]{0,2}(\d{1,2})[.일]?")
_DAYS = 14 * 86_400 * 1_000_000
_OPENED = "/patients/<patient_id>"
"""The route whose accesses say that somebody opened a patient."""
SearchPairs: TypeAlias = tuple[tuple[str, str], ...]


class PatientFinder:
    """Finds patients, under the rights of who looks."""

    def __init__(self, search: RecordSearch, reader: RecordReader, audit: AuditReader) -> None:
        self._search = search
        self._reader = reader
        self._audit = audit

    def find(self, scope: AccessScope, text: str) -> tuple[PatientSummary, ...]:
        """The first patients of that number, birth date or name, whose words may come in any order.

        A text that is empty finds nobody.
        """
        scope.require("fhir.read")
        found: dict[str, PatientSummary] = {}
        for criteria in asked_of(text.strip()[:LONGEST_TEXT]):
            if len(found) >= MOST_FOUND:
                break
            where = self._search.understood(scope, _PATIENT, criteria).where
            asked = TypeSearch(resource_type=_PATIENT, where=where, count=MOST_FOUND)
            page = self._search.page(scope, asked, None)
            found |= {each.resource_id: summary_of(each) for each in page.matches}
        return tuple(found.values())[:MOST_FOUND]

    def one(self, scope: AccessScope, patient_id: str) -> PatientSummary:
        """One patient; raises `NotFound` where there is none to see, `Gone` where it was deleted."""
        scope.require("fhir.read")
        return summary_of(self._reader.current(scope, _PATIENT, patient_id))

    def each(self, scope: AccessScope, patient_ids: Collection[str]) -> Mapping[str, PatientSummary]:
        """Those of these patients who are there to see, by their ids; they are few."""
        scope.require("fhir.read")
        if not patient_ids:
            return {}
        where = self._search.understood(scope, _PATIENT, (("_id", ",".join(sorted(patient_ids))),)).where
        asked = TypeSearch(resource_type=_PATIENT, where=where, count=len(patient_ids))
        return {each.resource_id: summary_of(each) for each in self._search.page(scope, asked, None).matches}

    def opened_lately(
        self, scope: AccessScope, now: int, limit: int
    ) -> tuple[tuple[PatientSummary, int], ...]:
        """Whom the caller opened in the last two weeks, and when (µs), the latest first; `now` in µs."""
        scope.require("fhir.read")
        opened = self._audit.lately(scope, _OPENED, "patient_id", now - _DAYS, limit)
        there = self.each(scope, opened.keys())  # not who was deleted, or is no longer theirs to see
        return tuple((there[patient_id], at) for patient_id, at in opened.items() if patient_id in there)


def summary_of(version: ResourceVersion) -> PatientSummary:
    """What tells a patient from others."""
    document = orjson.loads(version.body)
    numbers = (each.get("value") for each in document.get("identifier") or ())
    return PatientSummary(
        version.resource_id,
        names_of(document),
        str(document.get("birthDate", "")),
        str(next(filter(None, numbers), "")),
        str(document.get("gender", "")),
        bool(document.get("deceasedDateTime") or document.get("deceasedBoolean")),
    )


def asked_of(text: str) -> Iterator[SearchPairs]:
    """The searches that a text may mean, the narrowest first."""
    if not text:
        return
    if born := _birth_date(text):
        yield (("birthdate", born),)
    yield (("identifier", _escaped(text)),)
    words = text.replace(",", " ").split()[:_MOST_WORDS]
    yield tuple(("name", _escaped(word)) for word in words)
    if len(words) == 1:
        for family, given in parted_hangul(words[0]):
            yield (("family", family), ("given", given))


def _birth_date(text: str) -> str | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(each) for each in found.groups())).isoformat()
    except ValueError:
        return None


def _escaped(text: str) -> str:
    """A text as a value of a parameter, whatever it holds (search.html#escaping)."""
    return re.sub(r"([\\,|$])", r"\\\1", text)
