"""A search of pictures as it was asked, in the words of DICOM and of no interface."""

from dataclasses import dataclass

from graph.query.attributes import Attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """The level, the UIDs of the levels above, matching keys with their values, and which rows are wanted.

    `fuzzy` matches person names word by word; at most `limit` rows come, after the first `offset`.
    """

    level: str
    study: str | None = None
    series: str | None = None
    keys: tuple[tuple[Attribute, str], ...] = ()
    fuzzy: bool = False
    limit: int
    offset: int = 0
