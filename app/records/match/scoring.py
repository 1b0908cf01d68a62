"""How likely two descriptions are of one person: weights that add up, after Fellegi and Sunter (1969).

Each weight is about the natural logarithm of how much more often its finding is made of one person than of
two. What is missing on either side weighs nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import product
from math import exp
from typing import Any, TypeAlias

from fhir_profiles.folding import fold
from fhir_profiles.mapping.patient_identity import is_provisional

Person: TypeAlias = Mapping[str, Any]
_PRIOR = -7.0  # two at random are not one
_CERTAIN, _PROBABLE, _POSSIBLE = 0.95, 0.7, 0.2
_ALIKE = 0.85  # of the letters of two names, for a slip of the pen
_NO_WORD = re.compile(r"[\W_]+")


class Grade(StrEnum):
    """The codes of match-grade (valueset-match-grade.html)."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    CERTAINLY_NOT = "certainly-not"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two are: `score` in [0, 1], and the grade that follows."""

    score: float
    grade: Grade


def likeness(asked: Person, known: Person) -> Likeness:
    """How likely the person who is asked for is the one who is known.

    It is certain only where an identifier, or name and birth date, are the same and nothing contradicts, and
    never of a patient whom pictures made in doubt.
    """
    found = {name: weigh(asked, known) for name, weigh in _WEIGHTS.items()}
    score = 1 / (1 + exp(-(_PRIOR + sum(found.values()))))
    proven = found["identifier"] > 0 or (found["name"] >= _SAME_NAME and found["birthDate"] >= _SAME_BIRTH)
    contradicted = any(weight < 0 for weight in found.values()) or is_provisional(known)
    return Likeness(round(score, 4), _grade(score, certain=proven and not contradicted))


def _grade(score: float, *, certain: bool) -> Grade:
    if score >= _CERTAIN and certain:
        return Grade.CERTAIN
    if score >= _PROBABLE:
        return Grade.PROBABLE
    return Grade.POSSIBLE if score >= _POSSIBLE else Grade.CERTAINLY_NOT


_SAME_NUMBER, _OTHER_NUMBER = 13.0, -3.0
_SAME_BIRTH, _NEAR_BIRTH, _OTHER_BIRTH = 6.0, 2.0, -6.0
_SAME_NAME, _NEAR_NAME, _FAMILY, _OTHER_NAME = 7.0, 4.0, 2.5, -4.0
_SAME_SEX, _OTHER_SEX = 0.7, -3.0
_SAME_TELECOM, _SAME_HOME, _SAME_TOWN = 5.0, 4.0, 1.0


def _identifier(asked: Person, known: Person) -> float:
    ours, theirs = _numbers(asked), _numbers(known)
    if ours & theirs:
        return _SAME_NUMBER
    systems = {system for system, _ in ours} & {system for system, _ in theirs}
    return _OTHER_NUMBER if systems else 0.0


def _numbers(person: Person) -> set[tuple[str, str]]:
    return {
        (each.get("system", ""), each["value"].strip())
        for each in _objects(person, "identifier")
        if isinstance(each.get("value"), str)
    }


def _birth(asked: Person, known: Person) -> float:
    one, other = str(asked.get("birthDate", "")), str(known.get("birthDate", ""))
    if not one or not other:
        return 0.0
    if one == other:
        return _SAME_BIRTH
    if one.startswith(other) or other.startswith(one):
        return _NEAR_BIRTH
    slips = sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
    swapped = one[:4] == other[:4] and one[5:7] == other[8:10] and one[8:10] == other[5:7]
    return _NEAR_BIRTH if slips == 1 or swapped else _OTHER_BIRTH


def _name(asked: Person, known: Person) -> float:
    pairs = list(product(names_of(asked), names_of(known)))
    return max((_names_alike(one, other) for one, other in pairs), default=0.0)


def _names_alike(one: "PersonName", other: "PersonName") -> float:
    if one.whole == other.whole:
        return _SAME_NAME
    if one.family and one.family == other.family:
        if (
            one.given
            and other.given
            and (one.given.startswith(other.given) or other.given.startswith(one.given))
        ):
            return _NEAR_NAME
        return _NEAR_NAME if _similar(one.given, other.given) else _FAMILY
    if one.given and one.given == other.given and _similar(one.family, other.family):
        return _NEAR_NAME
    return _NEAR_NAME if _similar(one.whole, other.whole) else _OTHER_NAME


def _begins(one: str, other: str) -> bool:
    """Whether one is the beginning of the other: a middle name less, an initial."""
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


def _similar(one: str, other: str) -> bool:
    return bool(one and other) and SequenceMatcher(None, one, other).ratio() >= _ALIKE


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name, folded and without blanks: its parts."""

    family: str
    given: str

    @property
    def whole(self) -> str:
        """The letters of all parts, however they are parted: 홍 길동 is 홍길동."""
        return self.family + self.given


def names_of(person: Person) -> Iterator[PersonName]:
    """The names of a person; one that is a text only has it as family name."""
    for each in _objects(person, "name"):
        family, given = _plain(each.get("family")), "".join(map(_plain, _texts(each.get("given"))))
        if family or given:
            yield PersonName(family, given)
        if text := _plain(each.get("text")):
            yield PersonName(text, "")


def _sex(asked: Person, known: Person) -> float:
    one, other = asked.get("gender"), known.get("gender")
    if one in (None, "unknown") or other in (None, "unknown"):
        return 0.0
    return _SAME_SEX if one == other else _OTHER_SEX


def _telecom(asked: Person, known: Person) -> float:
    return _SAME_TELECOM if _contacts(asked) & _contacts(known) else 0.0


def _contacts(person: Person) -> set[str]:
    found = (_plain(each.get("value")) for each in _objects(person, "telecom"))
    return {each for each in found if each}


def _address(asked: Person, known: Person) -> float:
    pairs = product(_objects(asked, "address"), _objects(known, "address"))
    return max((_homes_alike(one, other) for one, other in pairs), default=0.0)


def _homes_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    def same(name: str) -> bool:
        values = ["".join(map(_plain, _texts(each.get(name)))) for each in (one, other)]
        return bool(values[0]) and values[0] == values[1]

    if same("line") and (same("postalCode") or same("city")):
        return _SAME_HOME
    return _SAME_TOWN if same("postalCode") or same("city") else 0.0


_WEIGHTS: Mapping[str, Callable[[Person, Person], float]] = {
    "identifier": _identifier,
    "birthDate": _birth,
    "name": _name,
    "gender": _sex,
    "telecom": _telecom,
    "address": _address,
}


def _objects(person: Person, name: str) -> list[Mapping[str, Any]]:
    found = person.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _texts(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else (value,)


def _plain(value: Any) -> str:
    return _NO_WORD.sub("", fold(value)) if isinstance(value, str) else ""
