"""Whether two descriptions of a patient can be of one person.

Wrong-patient pictures are the hazard: what disagrees is named, and a person decides. Spelling that differs
only in case, accents, punctuation, middle names, or in where a name is parted does not disagree.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate, product
from typing import Any, TypeAlias

from fhir_profiles.folding import fold
from fhir_profiles.mapping.dicom_values import day, first
from fhir_profiles.mapping.person_names import person_name

_GROUP = re.compile(r"[=\\]")  # between scripts, and between values
_PUNCTUATION = re.compile(r"[\W_]+")
PROVISIONAL = {"system": "urn:hilum:patient", "code": "provisional"}
"""The tag of a Patient who was made because the pictures and the chart disagree; a person has to look."""
_IDENTIFYING = ("PatientName", "PatientBirthDate")
_NUMBER = ("PatientID", "IssuerOfPatientID")
_PERSON = {"name": "PatientName", "birthDate": "PatientBirthDate", "sex": "PatientSex"}
_SEXES = {"male": "M", "female": "F", "other": "O"}

Name: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Family and given names, middle ones too, each as folded words."""


def disagreements(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of `name`, `birthDate` and `sex` are in both and differ.

    Both are DICOM facts: PatientName (one, or a tuple of alternatives), PatientBirthDate, PatientSex.
    """
    checks = {"name": _names_differ, "birthDate": _births_differ, "sex": _sexes_differ}
    return tuple(name for name, differ in checks.items() if differ(one, other))


def agrees(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether name and birth date are in both and nothing differs: what identifies without a number."""
    comparable = all(one.get(name) and other.get(name) for name in _IDENTIFYING)
    return comparable and not disagreements(one, other)


def unlike(picture: Mapping[str, Any], study: Mapping[str, Any]) -> tuple[str, ...]:
    """The attributes by which a picture is of another patient than its study; none where it may be theirs.

    Both are DICOM facts. It is of another one by another PatientID (or issuer of one), or where both name and
    birth date differ: one of them alone is how a slip of the pen or a marriage looks.
    """
    if all(picture.get(name) == study.get(name) for name in (*_NUMBER, *_PERSON.values())):
        return ()
    numbered = picture.get("PatientID") and study.get("PatientID")
    number = [name for name in _NUMBER if numbered and _both_differ(picture.get(name), study.get(name))]
    person = disagreements(picture, study)
    if number or {"name", "birthDate"} <= set(person):
        return (*number, *(_PERSON[name] for name in person))
    return ()


def is_provisional(patient: Mapping[str, Any]) -> bool:
    """Whether a Patient resource is tagged as one whom a person still has to look at."""
    tags = patient.get("meta", {}).get("tag", ())
    return any(PROVISIONAL.items() <= each.items() for each in tags)


def facts_of(patient: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """The DICOM facts of a Patient resource, to compare: all its names, its birth date and its sex."""
    names = tuple(found for each in patient.get("name", ()) if (found := person_name(each)))
    facts: dict[str, str | tuple[str, ...]] = {
        "PatientName": names,
        "PatientBirthDate": str(patient.get("birthDate", "")).replace("-", ""),
        "PatientSex": _SEXES.get(str(patient.get("gender")), ""),
    }
    return {keyword: value for keyword, value in facts.items() if value}


def _both_differ(one: object, other: object) -> bool:
    return bool(one and other) and one != other


def _names_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    mine, theirs = _names(one.get("PatientName")), _names(other.get("PatientName"))
    return bool(mine and theirs) and not any(_same_name(a, b) for a, b in product(mine, theirs))


def _names(value: object) -> list[Name]:
    written = value if isinstance(value, list | tuple) else (value or "",)
    groups = (group for each in written for group in _GROUP.split(str(each)))
    names = (_name(group) for group in groups)
    return [name for name in names if name != ((), ())]


def _name(group: str) -> Name:
    family, given, middle, *_ = [*group.split("^"), "", ""]
    return _words(family), (*_words(given), *_words(middle))


def _words(part: str) -> tuple[str, ...]:
    return tuple(_PUNCTUATION.sub(" ", fold(part)).split())


def _same_name(one: Name, other: Name) -> bool:
    """Whether the words can be of one name, however they are parted: O'Neil and ONEIL, 홍길동 and 홍^길동."""
    if one[1] and other[1]:
        return "".join(one[0]) == "".join(other[0]) and not _begun(one[1]).isdisjoint(_begun(other[1]))
    return _is_whole_of(one, other) or _is_whole_of(other, one)


def _is_whole_of(unsplit: Name, other: Name) -> bool:
    """Whether a name that is not split into family and given name says no more than the other one does."""
    words, (family, given) = unsplit[0], other
    if unsplit[1]:
        return False
    if set(words) <= {*family, *given[:1]}:
        return True
    return not _turned(words).isdisjoint(_arranged(family, given) if given else _turned(family))


def _begun(given: Sequence[str]) -> set[str]:
    """The first given name, and it with those that follow, joined: what `Gildong` and `Gil dong` share."""
    return set(accumulate(given))


def _arranged(family: Sequence[str], given: Sequence[str]) -> set[str]:
    """Family name, given names, and both in either order, each joined."""
    last = "".join(family)
    whole = (joined for first in _begun(given) for joined in (first, last + first, first + last))
    return {last, *whole} - {""}


def _turned(words: Sequence[str]) -> set[str]:
    """The words joined, beginning with each: which of them is the family name is not told."""
    return {"".join((*words[start:], *words[:start])) for start in range(len(words))}


def _births_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Compared as far as both are known: a chart may hold the year alone."""
    mine, theirs = _birth(one.get("PatientBirthDate")), _birth(other.get("PatientBirthDate"))
    length = min(len(mine), len(theirs))
    return mine[:length] != theirs[:length]


def _birth(value: object) -> str:
    written = first(value)
    if written.isdecimal() and len(written) in (4, 6):
        return written
    return (day(written) or "").replace("-", "")


def _sexes_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    mine, theirs = first(one.get("PatientSex")).upper(), first(other.get("PatientSex")).upper()
    return mine in "MFO" and theirs in "MFO" and bool(mine and theirs) and mine != theirs
