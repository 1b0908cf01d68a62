"""Where a question may be meant in several ways: what is chosen, what else could be, and who chose.

The ways are told one by one, and asked for again by their ids with the same question; so each has a question
of its own that the same reading makes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Bilingual(NamedTuple):
    """A text in English and in Korean."""

    en: str
    ko: str


class Alternative(NamedTuple):
    """One way in which something may be meant: its id, and what it is called."""

    id: str
    label: Bilingual


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place where a question may be meant in several ways; `chosen` is the id of one of `ways`."""

    id: str
    why: Bilingual
    ways: tuple[Alternative, ...]
    chosen: str


@dataclass(slots=True)
class Choices:
    """What was chosen before, and what has been doubted since."""

    made: Mapping[str, str] = field(default_factory=dict)
    doubts: dict[str, Ambiguity] = field(default_factory=dict)

    def pick(self, about: str, place: int, why: Bilingual, ways: Sequence[Alternative]) -> str:
        """The id of the way that is chosen: the first unless somebody chose another.

        `about` and `place`, where it stands in the question, make the id of the doubt.
        """
        name = f"{about}-{place}"
        known = {each.id for each in ways}
        asked = self.made.get(name)
        chosen = asked if asked in known else ways[0].id
        self.doubts[name] = Ambiguity(name, why, tuple(ways), chosen)
        return chosen
