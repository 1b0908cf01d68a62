"""A search of pictures as it was asked, in the words of DICOM and of no interface."""

from dataclasses import dataclass
from typing import NamedTuple

from graph.query.attributes import Attribute


class MatchOrder(NamedTuple):
    """An attribute that matches are sorted by; those without a value come last either way."""

    attribute: Attribute
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """The level, the UIDs of the levels above, matching keys with their values, and which rows are wanted.

    `fuzzy` matches person names word by word, `empty_values` lets `""` ask for what has no value (PS3.4
    C.2.2.2.7), `every_value` wants each of several values of a key (C.2.2.2.8). `offset_minutes` is how far
    east of UTC the dates and times of the keys are, None where they are those of the files. At most `limit`
    rows come, after the first `offset`, in `order` and then the newest first.
    """

    level: str
    study: str | None = None
    series: str | None = None
    keys: tuple[tuple[Attribute, str], ...] = ()
    fuzzy: bool = False
    empty_values: bool = False
    every_value: bool = False
    offset_minutes: int | None = None
    order: tuple[MatchOrder, ...] = ()
    limit: int
    offset: int = 0
