"""What is asked of the rows that are kept: a search value, read, and free of any store (FHIR R4 search.html).

Each `Asked…` speaks of the rows of one name, a parameter's own or those kept for its modifier
(`fhir_profiles.index.kept.beside`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TypeAlias

from fhir_profiles.definitions.registry import SearchParameter
from fhir_profiles.index.kept import beside


class Prefix(StrEnum):
    """How a date, number or quantity is compared with the asked one (search.html#prefix)."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"
    AP = "ap"


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """Some row has one of `codes` (any, where there are none); `system` None is any, "" is none.

    Or some row beside it, of values in lower case, has one of `caseless`.
    """

    name: str
    codes: tuple[str, ...]
    system: str | None = None
    caseless: tuple[str, ...] = ()

    def in_any_case(self) -> "AskedTerm":
        """The same, however the codes are spelt; what has no letters has one spelling."""
        plain = tuple(code.casefold() for code in self.codes if code.lower() != code.upper())
        return replace(self, codes=tuple(dict.fromkeys((*self.codes, *plain))), caseless=plain)


@dataclass(frozen=True, slots=True)
class AskedText:
    """Some row begins with the text, folded; `exact` and `contains` are the modifiers that ask otherwise."""

    name: str
    value: str
    modifier: str = ""


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """Some row stands to low and high as the prefix says; `system` and `code` restrict the unit, None is any.

    Dates are whole microseconds, [low, high); numbers are floats, with both ends in the range.
    """

    name: str
    prefix: Prefix
    low: float
    high: float
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class AskedPair:
    """Some row, a pair of numbers, stands as both ask: `low` holds the one, `high` the other.

    `system` and `code` are of the part before them; None is any system.
    """

    name: str
    first: AskedSpan
    second: AskedSpan
    system: str | None
    code: str


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """Some position lies within so many metres of a place, in degrees of WGS 84."""

    name: str
    latitude: float
    longitude: float
    metres: float


@dataclass(frozen=True, slots=True)
class AskedUri:
    """Some URI holds the text; with `whole_segments` it is the text, or goes on after it with a segment."""

    name: str
    value: str
    whole_segments: bool


Asked: TypeAlias = AskedTerm | AskedText | AskedSpan | AskedPair | AskedPlace | AskedUri


class UnreadableValue(ValueError):
    """A search value cannot be one of its parameter's; the message is for the client."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The parameter that a value is asked of, and how it is read.

    `zone` is where dates without an offset are, `base` this server's own base URL; `caseless`: values of the
    parameter are kept in lower case, too.
    """

    parameter: SearchParameter
    modifier: str = ""
    zone: tzinfo = UTC
    base: str = ""
    caseless: bool = False

    @property
    def name(self) -> str:
        """The name of the parameter's own rows."""
        return self.parameter.name

    @property
    def beside(self) -> str:
        """The name of the rows that are kept for the modifier."""
        return beside(self.parameter.name, self.modifier)


_PREFIXES = {each.value: each for each in Prefix}


def prefixed(text: str) -> tuple[Prefix, str]:
    """The prefix of a value and the value; without one it is asked to be equal."""
    prefix = _PREFIXES.get(text[:2])
    return (prefix, text[2:]) if prefix else (Prefix.EQ, text)
