"""In which order work is read: one total order, as data, which the page explains in the same words.

Each criterion decides where those before it leave a tie; the last one, the UID, leaves none.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.records.reading_room.lines import ReadingHolder, ReadingLine

_PRIORITIES = ("HIGH", "MEDIUM", "LOW")
_HOLDERS = (ReadingHolder.BEGUN, ReadingHolder.ASSIGNED, ReadingHolder.NOBODY, ReadingHolder.OTHER)
_NEVER = 1 << 62


class Precedence(NamedTuple):
    """What work is compared by: the lower value comes first."""

    name: str
    value: Callable[[ReadingLine], int | str]


class PlaceReason(NamedTuple):
    """Why a line stands where it does, and the moment that this is about, None where it is about none."""

    name: str
    at: int | None = None


def _place(value: str, places: tuple[str, ...]) -> int:
    return places.index(value) if value in places else len(places)


ORDER: tuple[Precedence, ...] = (
    Precedence("priority", lambda line: _place(line.priority, _PRIORITIES)),
    Precedence("holder", lambda line: _place(line.holder, _HOLDERS)),
    Precedence("due", lambda line: line.due if line.due is not None else _NEVER),
    Precedence("waiting", lambda line: line.waiting_since if line.waiting_since is not None else _NEVER),
    Precedence("uid", lambda line: line.uid),
)
"""The urgent first; of those what one has begun, then what is assigned to one; then what is expected first,
and what has waited longest."""


def in_order(lines: Iterable[ReadingLine]) -> tuple[ReadingLine, ...]:
    """Lines in the order in which they are read, the same whatever order they come in."""
    return tuple(sorted(lines, key=lambda line: tuple(each.value(line) for each in ORDER)))


def reasons(line: ReadingLine, now: int) -> tuple[PlaceReason, ...]:
    """What of a line decides its place, the first of the order first; `now` in µs."""
    found = []
    if line.priority in ("HIGH", "LOW"):
        found.append(PlaceReason(f"priority {line.priority}"))
    if line.is_mine:
        found.append(PlaceReason(line.holder))
    if line.due is not None:
        found.append(PlaceReason("overdue" if line.due < now else "due", line.due))
    if line.waiting_since is not None:
        found.append(PlaceReason("waiting" if line.waiting_since <= now else "planned", line.waiting_since))
    return tuple(found)
