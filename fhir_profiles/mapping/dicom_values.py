"""DICOM values as FHIR primitives (PS3.5 section 6.2); None for what FHIR could not hold."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo

from fhir_profiles.validation.primitives import CHECKS

DCM = "http://dicom.nema.org/resources/ontology/DCM"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_DATE = re.compile(r"([0-9]{4})([-.]?)(0[1-9]|1[0-2])\2([0-9]{2})")
_TIME = re.compile(r"([01][0-9]|2[0-3])(?::?([0-5][0-9])(?::?([0-5][0-9]|60)(\.[0-9]{1,9})?)?)?")
_OFFSET = re.compile(r"([+-])(0[0-9]|1[0-4])([0-5][0-9])")
_UID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_LONGEST_UID = 64


def values(value: object) -> Iterator[str]:
    """The single values of an attribute as texts: of a list, of a text with backslashes, of a number."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from values(each)
    elif value is not None:
        yield from str(value).split("\\")


def first(value: object) -> str:
    """The first value, without padding; "" where there is none."""
    return next((each.strip(" \x00") for each in values(value)), "")


def text(value: object) -> str | None:
    """A string, without control characters and outer space; a backslash stays, it is text in LO and ST."""
    whole = "\\".join(value) if isinstance(value, list | tuple) else value
    clean = _CONTROL.sub(" ", str(whole)).strip() if whole is not None else ""
    return clean.encode("utf-8", "ignore").decode() or None


def code(value: object) -> str | None:
    """A code such as a modality."""
    found = first(value)
    return found if is_code(found) else None


def is_code(found: str) -> bool:
    """Whether FHIR could hold a text as a code, for readers too that take every blank of Unicode for one."""
    return CHECKS["code"](found) and found.isprintable()


def unsigned(value: object) -> int | None:
    """A whole number from 0 to 2^31 - 1."""
    try:
        found = value if type(value) is int else int(first(value))
    except ValueError:
        return None
    return found if CHECKS["unsignedInt"](found) else None


def uid(value: object) -> str | None:
    """A unique identifier; more forgiving of leading zeros than PS3.5 section 9, as files are."""
    if type(value) is str and len(value) <= _LONGEST_UID and _UID.fullmatch(value):
        return value  # nearly always, and there are many
    found = first(value)
    return found if len(found) <= _LONGEST_UID and _UID.fullmatch(found) else None


def day(value: object) -> str | None:
    """A date as `YYYY-MM-DD`, from DA (the retired forms with dots or dashes too)."""
    match = _DATE.fullmatch(first(value))
    if match is None:
        return None
    found = f"{match[1]}-{match[3]}-{match[4]}"
    return found if CHECKS["date"](found) else None


def moment(da: object, tm: object, offset: object, zone: tzinfo | None) -> str | None:
    """A dateTime from DA, TM and (0008,0201); the date alone where the time or its zone is not known."""
    found = day(da)
    match = _TIME.fullmatch(first(tm))
    if found is None or match is None:
        return found
    clock = f"{match[1]}:{match[2] or '00'}:{match[3] or '00'}"
    written = _written_offset(first(offset)) or _offset_of(found, clock, zone)
    whole = f"{found}T{clock}{match[4] or ''}{written}"
    return whole if written and CHECKS["dateTime"](whole) else found


def _written_offset(value: str) -> str | None:
    match = _OFFSET.fullmatch(value)
    return f"{match[1]}{match[2]}:{match[3]}" if match else None


def _offset_of(found: str, clock: str, zone: tzinfo | None) -> str | None:
    """The offset of a zone at a local time, as `+09:00`."""
    if zone is None:
        return None
    hour, minute = int(clock[:2]), int(clock[3:5])
    written = datetime.combine(date.fromisoformat(found), datetime.min.time()).replace(
        hour=hour, minute=minute, tzinfo=zone
    )
    offset = written.isoformat()[-6:]
    return "Z" if zone is UTC else offset
