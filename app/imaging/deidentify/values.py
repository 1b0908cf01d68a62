"""What becomes of the values of one element that is no sequence, by what is to be done with it and its VR."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydicom import DataElement
from pydicom._uid_dict import UID_dictionary
from pydicom.multival import MultiValue

from app.deidentification.dates import is_date, is_datetime, is_time, moved_date, moved_datetime
from app.deidentification.options import ProfileOption
from app.deidentification.project import Project, ProjectSubject
from app.deidentification.words import cleaned
from app.imaging.deidentify.allowed import (
    BINARY,
    CLASSES,
    LABELS,
    TECHNICAL,
    is_code_string,
    is_colour_profile,
    is_decimal,
    is_integer,
    is_technical,
)
from app.imaging.deidentify.coded import REMOVED
from app.imaging.deidentify.identifying import holds, holds_in_bytes

_TEXTS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "UR"})
_CODED = frozenset({"CodeValue", "LongCodeValue", "URNCodeValue", "CodeMeaning"})
_NUMBERS = frozenset(
    {"AT", "FD", "FL", "OD", "OF", "OL", "OV", "SL", "SS", "SV", "UL", "US", "UV", "US or SS"}
)
_DATES: Mapping[str, tuple[Callable[[str], bool], Callable[[str, int], str | None]]] = {
    "DA": (is_date, moved_date),
    "DT": (is_datetime, moved_datetime),
    "TM": (is_time, lambda value, _: value if is_time(value) else None),
}
_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "CS": is_code_string,
    "IS": is_integer,
    "DS": is_decimal,
    **{vr: check for vr, (check, _) in _DATES.items()},
}
_DUMMIES: Mapping[str, Any] = {
    "DA": "19000101",
    "DT": "19000101000000",
    "TM": "000000",
    "AS": "000Y",
    "IS": "0",
    "DS": "0",
    "OB": b"\0\0",
    "OW": b"\0\0",
    "UR": "urn:removed",
    **dict.fromkeys(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "CS"), REMOVED),
}
_STANDARD = "1.2.840.10008."
_OLDEST = 90  # years from which on an age tells of few (45 CFR 164.514(b)(2)(i)(C))
_AGE_UNIT = "Y"
_LONGEST_UID = 64
_TEXT_PADDING = " \0"


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of a value: another one, the same, or nothing at all."""

    value: Any = None
    removed: bool = False


GONE = Kept(removed=True)


class ValueRules:
    """The values of elements of one subject; `known` are the words that tell who that is."""

    def __init__(
        self,
        project: Project,
        options: frozenset[ProfileOption],
        subject: ProjectSubject,
        known: frozenset[str],
    ) -> None:
        self.subject = subject
        self.known = known
        self._project = project
        self._options = options

    def unnamed(self, element: DataElement) -> Kept:
        """What stays of an element that the table does not name."""
        vr = str(element.VR)
        if vr in _NUMBERS or element.is_empty:
            return Kept(element.value)
        if vr == "UI":
            return self._class(element) if element.keyword in CLASSES else self.uid(element)
        for kinds, rule in _UNNAMED:
            if vr in kinds:
                return rule(self, element)
        return self._bytes(element) if element.keyword in BINARY else GONE

    def kept(self, element: DataElement) -> Kept:
        """What stays of an element that an option keeps: all, unless it holds what it should not."""
        vr = str(element.VR)
        if element.keyword == "PatientAge":
            return Kept(_age(str(element.value)))
        if vr in _CHECKS:
            return self._checked(element)
        if vr in _TEXTS and any(holds(each, self.known) for each in texts_of(element)):
            return GONE
        if vr == "UI":
            return self._uids_as_they_are(element)
        return GONE if vr == "UN" else Kept(element.value)

    def cleaned(self, element: DataElement) -> Kept:
        """What stays of an element that is cleaned: dates that are moved, words that are known."""
        vr = str(element.VR)
        if vr in _DATES and ProfileOption.RETAIN_MODIFIED_DATES in self._options:
            move = _DATES[vr][1]
            return _each(element, partial(_moved, move, self.subject.days))
        if vr == "PN" or vr not in _TEXTS:
            return self.kept(element) if element.keyword == "TimezoneOffsetFromUTC" else GONE
        return self._words(element)

    def emptied(self, element: DataElement) -> Kept:
        """Nothing, in the form of the VR."""
        return Kept(element.empty_value)

    def dummy(self, element: DataElement) -> Kept:
        """A value that says nothing."""
        vr = str(element.VR)
        if vr == "UI":
            return self.uid(element)
        if vr == "DA" and element.keyword == "PatientBirthDate":
            return Kept("")
        return Kept(_DUMMIES[vr]) if vr in _DUMMIES else Kept(0) if vr in _NUMBERS else GONE

    def uid(self, element: DataElement) -> Kept:
        """The UIDs that stand for those in the project; those of the standard stay."""
        if ProfileOption.RETAIN_UIDS in self._options:
            return self._uids_as_they_are(element)
        return _each(element, lambda uid: uid if uid in UID_dictionary else self._project.uid(uid))

    def private(self, element: DataElement) -> Kept:
        """What stays of a private element that is safe."""
        vr = str(element.VR)
        if vr in _TEXTS:
            return self._technical(element)
        return self._checked(element) if vr in _CHECKS else Kept(element.value) if vr in _NUMBERS else GONE

    def _uids_as_they_are(self, element: DataElement) -> Kept:
        whole = all(_is_uid(each) and not holds(each, self.known) for each in texts_of(element))
        return Kept(element.value) if whole else GONE

    def _date(self, element: DataElement) -> Kept:
        """A date that the table does not name, as it says of others."""
        if ProfileOption.RETAIN_FULL_DATES in self._options:
            return self._checked(element)
        return self.cleaned(element) if ProfileOption.RETAIN_MODIFIED_DATES in self._options else GONE

    def _class(self, element: DataElement) -> Kept:
        standard = all(each.startswith(_STANDARD) and _is_uid(each) for each in texts_of(element))
        return Kept(element.value) if standard else GONE

    def _text(self, element: DataElement) -> Kept:
        if element.keyword in _CODED:
            return GONE  # what may stay of a code is put there by whoever looks at all of it
        if element.keyword in TECHNICAL:
            return self._technical(element)
        if element.keyword in LABELS or ProfileOption.CLEAN_DESCRIPTORS in self._options:
            return self._words(element)
        return GONE

    def _bytes(self, element: DataElement) -> Kept:
        """Samples and tables; a colour profile where it is one."""
        value = element.value
        if not isinstance(value, bytes) or holds_in_bytes(value, self.known):
            return GONE
        if element.keyword == "ICCProfile" and not is_colour_profile(value):
            return GONE
        return Kept(value)

    def _words(self, element: DataElement) -> Kept:
        kept = [text for each in texts_of(element) if (text := cleaned(each, self.known))]
        if not kept:
            return Kept(REMOVED) if element.keyword in LABELS else Kept(element.empty_value)
        return Kept(kept if len(kept) > 1 else kept[0])

    def _technical(self, element: DataElement) -> Kept:
        harmless = all(is_technical(each) and not holds(each, self.known) for each in texts_of(element))
        return Kept(element.value) if harmless else GONE

    def _checked(self, element: DataElement) -> Kept:
        """The values where all of them have the form of their VR and hold nothing that is known."""
        check = _CHECKS[str(element.VR)]
        sound = all(check(each) and not holds(each, self.known) for each in texts_of(element))
        return Kept(element.value) if sound else GONE


_UNNAMED: Sequence[tuple[Collection[str], Callable[[ValueRules, DataElement], Kept]]] = (
    (("PN",), ValueRules.emptied),
    (_DATES, ValueRules._date),
    (_TEXTS, ValueRules._text),
    (_CHECKS, ValueRules._checked),
)
"""The rules of kinds of values where the table says nothing, the first that knows the VR."""


def texts_of(element: DataElement) -> Sequence[str]:
    """The values of an element as texts, as they are written."""
    value = element.value
    values = value if isinstance(value, MultiValue | list | tuple) else (value,)
    return [_written(each) for each in values if each is not None]


def _written(value: Any) -> str:
    return str(getattr(value, "original_string", None) or value).strip(_TEXT_PADDING)


def _each(element: DataElement, change: Callable[[str], str | None]) -> Kept:
    """What stays where each value is changed; an empty one stays, one that cannot be changed ends it."""
    changed = [change(each) if each else "" for each in texts_of(element)]
    if not all(each is not None for each in changed):
        return Kept("") if element.VR in _DATES else GONE
    return Kept("" if not changed else changed if len(changed) > 1 else changed[0])


def _moved(move: Callable[[str, int], str | None], days: int, value: str) -> str | None:
    return move(value, days)


def _is_uid(text: str) -> bool:
    return len(text) <= _LONGEST_UID and all(part.isascii() and part.isdigit() for part in text.split("."))


def _age(text: str) -> str:
    """An AS; of who is very old, how old they are at least."""
    number, unit = text[:3], text[3:].strip()
    if not number.isdigit() or unit not in ("D", "W", "M", _AGE_UNIT):
        return ""
    return f"{_OLDEST:03}{_AGE_UNIT}" if unit == _AGE_UNIT and int(number) > _OLDEST else text
