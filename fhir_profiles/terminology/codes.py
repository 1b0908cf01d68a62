"""Codes as code systems define them, and the words in which value sets choose among them.

What holds the definitions, a parsed resource or the graph, offers them as a `CodeSystem`; the rest of
terminology knows no other (FHIR R4 codesystem.html, valueset.html#compositions).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fhir_profiles.folding import fold

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


@dataclass(frozen=True, slots=True)
class Selection:
    """Which codes of a system are asked for: all filters hold, and all words stand in its names.

    `active_only` leaves out what is not to be used any more, `usable_only` what only groups others.
    """

    filters: tuple[CodeFilter, ...] = ()
    words: tuple[str, ...] = ()
    active_only: bool = False
    usable_only: bool = False


class CodeSystem(Protocol):
    """The codes of one system, and which stands below which."""

    @property
    def title(self) -> SystemTitle:
        """What it says of itself."""

    def entries(self, codes: Collection[str]) -> Mapping[str, CodeEntry]:
        """Those of the codes that it defines, by the code as it was asked for."""

    def chosen(self, asked: Selection, skip: int = 0) -> Iterator[CodeEntry]:
        """The codes that are asked for, in the order of the system, without the first `skip` of them.

        Raises `UnreadableFilter`, `TooCostly`.
        """

    def size(self, asked: Selection) -> int:
        """How many codes are asked for; raises `UnreadableFilter`, `TooCostly`."""

    def ancestors(self, code: str) -> frozenset[str]:
        """Every code above one."""

    def descendants(self, code: str) -> frozenset[str]:
        """Every code below one."""

    def children(self, code: str) -> Sequence[str]:
        """The codes directly below one."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text that is typed to find a code, folded."""
    return tuple(fold(text).split())


def has_words(entry: CodeEntry, words: Sequence[str]) -> bool:
    """Whether each of some folded words stands in a name of a code, or in the code."""
    if not words:
        return True
    names = " ".join(
        fold(each) for each in (entry.code, entry.display or "", *(one.value for one in entry.designations))
    )
    return all(word in names for word in words)


def is_usable(entry: CodeEntry, asked: Selection) -> bool:
    """Whether a code may be used in the way that is asked for."""
    return not (asked.active_only and entry.inactive) and not (asked.usable_only and entry.abstract)


class UnreadableFilter(ValueError):
    """A filter cannot be asked of codes; the message is for the client."""


class TooCostly(Exception):
    """An answer would be larger or take longer than one may; the message says what would be less."""


class UnknownSource(Exception):
    """A code system or value set that an answer needs is not known here.

    `kind` is the resource type, `url` its canonical; `code` is what is missing where only a part is known.
    """

    def __init__(self, kind: str, url: str, code: str | None = None) -> None:
        super().__init__(f"{kind} {url}")
        self.kind = kind
        self.url = url
        self.code = code


def filters_of(listed: Iterable[Mapping[str, Any]]) -> tuple[CodeFilter, ...]:
    """The filters of `ValueSet.compose.include.filter`."""
    return tuple(CodeFilter(each["property"], each["op"], str(each["value"])) for each in listed)
