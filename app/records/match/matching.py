"""The use case that finds a patient by a description: candidates are searched for, then weighed.

Candidates share an identifier, the birth date, family and given name, or a way to reach them. They are
searched for under the caller's rights, so who is hidden changes neither scores nor grades.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from app.records.match.scoring import Grade, likeness
from app.records.search import Pairs, RecordSearch, TypeSearch
from graph.errors import Invalid
from graph.records import ResourceVersion
from graph.scope import AccessScope

MOST_MATCHES = 100
_MOST_CANDIDATES = 200  # of one search
_MOST_SEARCHES = 12


@dataclass(frozen=True, slots=True)
class MatchAsked:
    """Who is asked for, at most how many, and whether only who it certainly is."""

    patient: Mapping[str, Any]
    count: int
    only_certain: bool = False


@dataclass(frozen=True, slots=True)
class MatchedPatient:
    """A patient who may be the one: `score` in [0, 1], and its grade."""

    version: ResourceVersion
    score: float
    grade: Grade


class PatientMatch:
    """Finds patients."""

    def __init__(self, search: RecordSearch) -> None:
        self._search = search

    def matches(self, scope: AccessScope, asked: MatchAsked) -> tuple[MatchedPatient, ...]:
        """Who it may be, the most likely first.

        Only one can be certain: of several whom everything fits each is probable. Raises `Invalid` for a
        description that nobody can be found by.
        """
        scope.require("fhir.read")
        searches = list(_searches(asked.patient))[:_MOST_SEARCHES]
        if not searches:
            raise Invalid(
                "it has no identifier, name, birthDate or telecom", location="resource", code="required"
            )
        found: dict[str, ResourceVersion] = {}
        for pairs in searches:
            found |= {each.key: each for each in self._candidates(scope, pairs)}
        graded = _one_certain([self._weighed(asked.patient, each) for each in found.values()])
        kept = [each for each in graded if _is_answer(each, only_certain=asked.only_certain)]
        kept.sort(key=lambda each: (-each.score, each.version.key))
        return tuple(kept[: min(asked.count, MOST_MATCHES)])

    def _candidates(self, scope: AccessScope, pairs: Pairs) -> tuple[ResourceVersion, ...]:
        where = self._search.understood(scope, "Patient", pairs).where
        asked = TypeSearch(resource_type="Patient", where=where, count=_MOST_CANDIDATES)
        return self._search.page(scope, asked, None).matches

    def _weighed(self, patient: Mapping[str, Any], known: ResourceVersion) -> MatchedPatient:
        found = likeness(patient, orjson.loads(known.body))
        return MatchedPatient(known, found.score, found.grade)


def _one_certain(found: list[MatchedPatient]) -> list[MatchedPatient]:
    certain = [each for each in found if each.grade is Grade.CERTAIN]
    if len(certain) < 2:  # noqa: PLR2004 - one is certain
        return found
    return [replace(each, grade=Grade.PROBABLE) if each in certain else each for each in found]


def _is_answer(match: MatchedPatient, *, only_certain: bool) -> bool:
    return match.grade is Grade.CERTAIN if only_certain else match.grade is not Grade.CERTAINLY_NOT


def _searches(patient: Mapping[str, Any]) -> Iterator[Pairs]:
    """The criteria of each search for candidates."""
    for each in _objects(patient, "identifier"):
        if _is_text(each.get("value")):
            system = each.get("system")
            value = _escaped(each["value"])
            yield (("identifier", f"{_escaped(system)}|{value}" if _is_text(system) else value),)
    if _is_text(patient.get("birthDate")):
        yield (("birthdate", patient["birthDate"]),)
    for each in _objects(patient, "name"):
        words = [each.get("family"), *_given(each)] if _is_text(each.get("family")) else _given(each)
        parts = tuple(("name", _escaped(word)) for word in words[:2] if _is_text(word))
        if parts:
            yield parts
        if _is_text(each.get("text")):
            yield (("name", _escaped(each["text"])),)
    for each in _objects(patient, "telecom"):
        if _is_text(each.get("value")):
            yield (("telecom", _escaped(each["value"])),)


def _given(name: Mapping[str, Any]) -> list[Any]:
    found = name.get("given")
    return found if isinstance(found, list) else []


def _objects(patient: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = patient.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _escaped(text: Any) -> str:
    r"""A text as a value of a search: `\`, `,`, `|` and `$` are none of its signs (search.html#escaping)."""
    found = str(text).strip()
    for sign in "\\,|$":
        found = found.replace(sign, f"\\{sign}")
    return found
