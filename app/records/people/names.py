"""The names of a person as they are read: of FHIR and of DICOM, in each script that they are written in."""

from collections.abc import Iterator, Mapping
from typing import Any

_HANGUL = range(0xAC00, 0xD7A4)
_LONGEST_FAMILY = 2


def names_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of a Patient or Practitioner, as `Seoyeon Kim` or `김서연`; the official one first."""
    names = sorted(document.get("name") or (), key=lambda each: each.get("use") not in (None, "official"))
    return tuple(dict.fromkeys(filter(None, map(_written, names))))


def _written(name: Mapping[str, Any]) -> str:
    family, given = str(name.get("family") or ""), [str(each) for each in name.get("given") or () if each]
    if family and is_hangul(family):
        return family + "".join(given)
    if not family:
        return str(name.get("text") or " ".join(given))
    return " ".join((*given, family))


def names_of_dicom(text: str | None) -> tuple[str, ...]:
    """The names of a PN value in each of its component groups (PS3.5 6.2.1)."""
    groups = (list(_parted(group)) for group in (text or "").split("="))
    return tuple(dict.fromkeys(_written({"family": each[0], "given": each[1:]}) for each in groups if each))


def _parted(group: str) -> Iterator[str]:
    family, given, middle = (*group.split("^"), "", "", "")[:3]
    if family or given or middle:
        yield family
        yield from filter(None, (given, middle))


def is_hangul(text: str) -> bool:
    """Whether a text is one word of Hangul syllables."""
    return bool(text) and all(ord(each) in _HANGUL for each in text)


def parted_hangul(text: str) -> tuple[tuple[str, str], ...]:
    """The ways in which a Korean name without a space falls into family and given name; none for others."""
    if not is_hangul(text) or len(text) == 1:
        return ()
    return tuple((text[:at], text[at:]) for at in range(1, min(_LONGEST_FAMILY, len(text) - 1) + 1))
