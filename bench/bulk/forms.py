"""Resources by their form: what all of one form share, and the holes in it that each fills its own way.

Holes are ids, references, dates, numbers and the values of identifiers. What of a hole decides how a resource
is found belongs to the form: which type is referred to, how exact a date is and which of several comes first,
whether two holes hold the same.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol, TypeAlias

from bench.bulk.sheets import written
from fhir_profiles.dates import interval

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HOLES = re.compile(  # all begin with a quotation mark, so that nothing else is looked at twice
    rf'"(?:id":"(?P<id>{_UUID})"'
    rf'|reference":"(?P<reference>[A-Z][A-Za-z]+/{_UUID})"'
    r'|(?:[a-zA-Z]*Date(?:Time)?|start|end|authoredOn|issued|date|started)":"(?P<date>[0-9][^"]*)"'
    r'|value":(?P<number>-?[0-9]+(?:\.[0-9]+)?)'
    r'|value":"(?P<text>[^"%|\\]+)")'
)
MARKS = "5eed[0-9a-f]{4}-5eed-45ee-85ee-5eed5eed5eed|[qQ]zmark[0-9]{3}"
"""What the marks of ids and of texts look like."""

Hole: TypeAlias = tuple[str, str]
"""Its kind, as the pattern names it, and the text in it."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A resource as its form and its holes, each filling once; `order` tells which stands where."""

    form: str
    pieces: tuple[str, ...]
    order: tuple[int, ...]
    holes: tuple[Hole, ...]

    def marked(self) -> tuple[Hole, ...]:
        """Fillings of the same form that are told apart wherever they come back."""
        return tuple((kind, _KINDS[kind].mark(text, place)) for place, (kind, text) in enumerate(self.holes))

    def filled(self, holes: Sequence[Hole]) -> str:
        """The text of the resource of this form that has these holes."""
        between = (holes[place][1] for place in self.order)
        return "".join(chain.from_iterable(zip(self.pieces, between, strict=False))) + self.pieces[-1]


def parted(text: str, zone: tzinfo) -> Parted:
    """Part the JSON of a resource, whose dates are of a zone."""
    form, pieces, order, end = list[str](), list[str](), list[int](), 0
    holes: dict[Hole, int] = {}
    for found in _HOLES.finditer(text):
        kind = str(found.lastgroup)
        start, after = found.span(kind)
        hole = (kind, text[start:after])
        place = holes.setdefault(hole, len(holes))
        pieces.append(text[end:start])
        order.append(place)
        form += (pieces[-1], f"\0{place}", _KINDS[kind].form(hole[1]))
        end = after
    pieces.append(text[end:])
    form += (pieces[-1], _succession([text for kind, text in holes if kind == "date"], zone))
    return Parted("".join(form), tuple(pieces), tuple(order), tuple(holes))


def _succession(dates: Sequence[str], zone: tzinfo) -> str:
    """How several dates follow one another: the ranks of their beginnings, and those of their ends."""
    if len(dates) < 2:
        return ""
    ends = list(zip(*(_dates(each, zone)[1:] for each in dates), strict=True))
    return str([[sorted(each).index(one) for one in each] for each in ends])


class Surroundings(Protocol):
    """What the faces of holes depend on beside their text."""

    zone: tzinfo

    def known(self, reference: str) -> int:
        """The id of the node that a reference is to."""


def faces(holes: Sequence[Hole], around: Surroundings) -> list[Any]:
    """All that holes come back as: a date as text and as an interval, a reference as id and as node."""
    return [face for kind, text in holes for face in _KINDS[kind].faces(text, around)]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of hole: what of a text belongs to the form, the mark of a place, and the faces of a text."""

    form: Callable[[str], str]
    mark: Callable[[str, int], str]
    faces: Callable[[str, Surroundings], tuple[Any, ...]]


def _type(reference: str) -> str:
    return reference.partition("/")[0]


def _marked_id(place: int) -> str:
    return f"5eed{place:04x}-5eed-45ee-85ee-5eed5eed5eed"


def _marked_date(text: str, _: int) -> str:
    """The same day of another age, so that several follow one another as they do; years repeat after 400."""
    return f"{int(text[:4]) - 400}{text[4:]}"


def _marked_text(text: str, place: int) -> str:
    return f"{'q' if text == text.casefold() else 'Q'}zmark{place:03d}"


@lru_cache(maxsize=200_000)
def _dates(text: str, zone: tzinfo) -> tuple[Any, ...]:
    return (text, *(interval(text, zone) or ()))


_KINDS: Mapping[str, _Kind] = {
    "id": _Kind(lambda _: "i", lambda _, place: _marked_id(place), lambda text, _: (text,)),
    "reference": _Kind(
        _type,
        lambda text, place: f"{_type(text)}/{_marked_id(place)}",
        lambda text, around: (text.partition("/")[2], around.known(text)),
    ),
    "date": _Kind(
        lambda text: re.sub("[0-9]", "0", text), _marked_date, lambda text, around: _dates(text, around.zone)
    ),
    "number": _Kind(
        lambda text: "f" if "." in text else "n",
        lambda text, place: f"{27_182 + place}.25" if "." in text else f"{31_415_000 + place}",
        lambda text, _: (text, written(float(text))),
    ),
    "text": _Kind(
        lambda text: "t" if text == text.casefold() else "T",
        _marked_text,
        lambda text, _: (text, text.casefold()),
    ),
}
