"""Codes as code systems define them, and the words in which value sets choose among them.

What holds the definitions, a parsed resource or the graph, offers them as a `CodeSystem`; the rest of
terminology knows no other (FHIR R4 codesystem.html, valueset.html#compositions).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

INACTIVE = frozenset({"retired", "inactive"})
_TRUE = (True, "true")


@dataclass(frozen=True, slots=True)
class Designation:
    """Another name of a code: its text, its language, and the Coding of what it is used for."""

    value: str
    language: str | None = None
    use: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CodeProperty:
    """What a system says of a code beside its names; `kind` is the JSON property of `value`: `valueCode`."""

    code: str
    kind: str
    value: Any

    @property
    def text(self) -> str:
        """The value as filters compare it."""
        if isinstance(self.value, Mapping):
            return str(self.value.get("code", ""))
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code of one system; `parents` are codes of the same system that stand directly above it.

    `language` is the one of `display`, None where nobody said so.
    """

    system: str
    code: str
    display: str | None = None
    definition: str | None = None
    designations: tuple[Designation, ...] = ()
    properties: tuple[CodeProperty, ...] = ()
    parents: tuple[str, ...] = ()
    language: str | None = None
    version: str | None = None

    @property
    def abstract(self) -> bool:
        """Whether it groups others and is not to be used itself (codesystem.html#defined-props)."""
        return self._says("notSelectable", _TRUE) or self._says("abstract", _TRUE)

    @property
    def inactive(self) -> bool:
        """Whether it is not to be used any more."""
        return self._says("inactive", _TRUE) or self._says("status", INACTIVE)

    def _says(self, name: str, values: Collection[object]) -> bool:
        return any(each.code == name and each.value in values for each in self.properties)


@dataclass(frozen=True, slots=True)
class CodeFilter:
    """A condition on the codes of a system (valueset-filter-operator)."""

    property: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class SystemTitle:
    """What a code system says of itself: `content` is of codesystem-content-mode."""

    url: str
    version: str | None = None
    name: str | None = None
    content: str = "complete"
    language: str | None = None
    case_sensitive: bool = True
    properties: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Whether a code that it does not define is none."""
        return self.content == "complete"


class CodeSystem(Protocol):
    """The codes of one system, and which stands below which."""

    @property
    def title(self) -> SystemTitle:
        """What it says of itself."""

    def entries(self, codes: Collection[str]) -> Mapping[str, CodeEntry]:
        """Those of the codes that it defines, by the code as it was asked for."""

    def chosen(self, filters: Sequence[CodeFilter]) -> Iterator[CodeEntry]:
        """The codes for which all filters hold, in the order of the system.

        Raises `UnreadableFilter`, `TooCostly`.
        """

    def ancestors(self, code: str) -> frozenset[str]:
        """Every code above one."""

    def descendants(self, code: str) -> frozenset[str]:
        """Every code below one."""

    def children(self, code: str) -> Sequence[str]:
        """The codes directly below one."""


class UnreadableFilter(ValueError):
    """A filter cannot be asked of codes; the message is for the client."""


class TooCostly(Exception):
    """An answer would be larger or take longer than one may; the message says what would be less."""


class UnknownSource(Exception):
    """A code system or value set that an answer needs is not known here.

    `kind` is the resource type, `url` its canonical.
    """

    def __init__(self, kind: str, url: str) -> None:
        super().__init__(f"{kind} {url}")
        self.kind = kind
        self.url = url


def filters_of(listed: Iterable[Mapping[str, Any]]) -> tuple[CodeFilter, ...]:
    """The filters of `ValueSet.compose.include.filter`."""
    return tuple(CodeFilter(each["property"], each["op"], str(each["value"])) for each in listed)
