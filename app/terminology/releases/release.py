"""What a release becomes: a code system with the codes and the maps that its files hold."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from app.terminology.sources.documents import JsonObject, SystemHead
from graph.terminology.loading import MapRow


@dataclass(frozen=True, slots=True)
class SmallRelease:
    """A release that fits into resources: they, in the order in which they are stored."""

    documents: Sequence[JsonObject]


class LargeRelease(Protocol):
    """A release whose codes are read part by part, and as often as is asked; all of it was checked before."""

    @property
    @abstractmethod
    def head(self) -> SystemHead:
        """What its code system says of itself."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """What tells its content."""

    @abstractmethod
    def concepts(self) -> Iterator[JsonObject]:
        """Its concepts, each once and always in the same order."""

    @abstractmethod
    def links(self) -> Iterator[MapRow]:
        """How its codes stand to those of other systems."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what it was read into."""


Release: TypeAlias = SmallRelease | LargeRelease
