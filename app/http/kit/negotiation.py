"""Which representation a client wants: a lenient reader of Accept (RFC 9110 12.5.1, PS3.18 8.7.5).

Lenient, because viewers send `type=application/dicom` without its quotes and one malformed member must not
spoil the others: what cannot be read is skipped. A parameter of a range narrows it among offers that have
that parameter; one that an offer has not says nothing about it (`profile`, `charset`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from graph.errors import Invalid, NotAcceptable

MOST_RANGES = 1000
_LONGEST = 16 << 10
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# A quote without its end takes the rest: no reading is tried twice, so no header costs more than its length.
_QUOTED = r'"(?:[^"\\]|\\.)*+\\?"?'
_MEMBER = re.compile(rf'(?:[^,"]|{_QUOTED})+')
_PARAMETER = re.compile(r";[ \t]*([A-Za-z0-9_.-]+)[ \t]*=[ \t]*(" + _QUOTED + r'|[^;"]*)')
_WITHOUT_ITS_PLUS = re.compile(r"(/[A-Za-z0-9.-]+) (?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type with its parameters, names in lower case: `multipart/related.

    Type="application/dicom"`.
    """

    type: str
    subtype: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Type and subtype, without parameters."""
        return f"{self.type}/{self.subtype}"

    @property
    def in_parts(self) -> "MediaType":
        """This media type as the parts of a multipart/related answer."""
        return MediaType("multipart", "related", {"type": self.name, **self.parameters})

    def __str__(self) -> str:
        return "; ".join(
            [self.name, *(f"{name}={_quoted(value)}" for name, value in self.parameters.items())]
        )


def media_type(name: str, **parameters: str) -> MediaType:
    """The media type of a name such as `image/jp2`; `_` in the name of a parameter stands for a dash."""
    kind, _, subtype = name.partition("/")
    return MediaType(kind, subtype, {key.replace("_", "-"): value for key, value in parameters.items()})


@dataclass(frozen=True, slots=True)
class MediaRange(MediaType):
    """A member of Accept: a media type, perhaps with `*`, and its weight (0 to 1)."""

    weight: float = 1.0

    def covers(self, offer: MediaType) -> bool:
        """Whether the offer is one of those asked for."""
        return (
            self.type in ("*", offer.type)
            and self.subtype in ("*", offer.subtype)
            and all(
                _same(value, offer.parameters[name])
                for name, value in self.parameters.items()
                if name in offer.parameters
            )
        )

    @property
    def precision(self) -> int:
        """The more precise of two ranges says the weight of an offer (RFC 9110 12.5.1)."""
        named = (self.type != "*") + (self.subtype != "*")
        return 10 * named + len(self.parameters)


def _same(asked: str, offered: str) -> bool:
    """Whether a parameter is as asked: equal, or any, or of any subtype as in `type="image/*"`."""
    if asked in ("*", "*/*"):
        return True
    asked, offered = asked.lower(), offered.lower()
    return asked == offered or (asked.endswith("/*") and offered.startswith(asked[:-1]))


def _quoted(value: str) -> str:
    if _TOKEN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_media_type(text: str) -> MediaType | None:
    """Read a Content-Type, quoted or not; None when it has no type and subtype."""
    head, _, _ = text.partition(";")
    kind, slash, subtype = head.strip().lower().partition("/")
    if not slash or not _TOKEN.fullmatch(kind) or not _TOKEN.fullmatch(subtype):
        return None
    return MediaType(kind, subtype, dict(_parameters(text[len(head) :])))


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    for found in _PARAMETER.finditer(text):
        name, value = found[1].lower(), found[2].strip()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:].removesuffix('"'))
        yield name, value


def parse_accept(header: str | None, parameter: str | None = None) -> tuple[MediaRange, ...]:
    """The readable ranges of an Accept header, heaviest first; no header accepts anything.

    The media types of an accept `parameter` come before them, as far as the header takes them, with weights
    above 1 (PS3.18 8.3.3.1, 8.7.8.1). Raises `Invalid` beyond `MOST_RANGES` members or 16 KiB.
    """
    ranges = _ranges(header, "Accept") if header and header.strip() else (MediaRange("*", "*"),)
    if parameter is None:
        return ranges
    named = _ranges(_WITHOUT_ITS_PLUS.sub(r"\1+", parameter), "accept")
    first = [
        replace(each, weight=1 + each.weight)
        for each in named
        if each.weight > 0 and "*" not in (each.type, each.subtype) and weigh(ranges, each) > 0
    ]
    return (*first, *ranges)


def _ranges(text: str, location: str) -> tuple[MediaRange, ...]:
    if len(text) > _LONGEST or text.count(",") >= MOST_RANGES:
        raise Invalid("too many media types are accepted", location=location)
    ranges = (_range(member) for member in _MEMBER.findall(text))
    return tuple(sorted((each for each in ranges if each), key=lambda each: -each.weight))


def _range(text: str) -> MediaRange | None:
    found = parse_media_type("*/*" + text.strip()[1:] if re.match(r"\s*\*(?!/)", text) else text)
    if found is None:
        return None
    weight = _weight(found.parameters.get("q", "1"))
    rest = {name: value for name, value in found.parameters.items() if name != "q"}
    return None if weight is None else MediaRange(found.type, found.subtype, rest, weight)


def _weight(text: str) -> float | None:
    if not re.fullmatch(r"(?:0(?:\.\d{0,9})?|1(?:\.0{0,9})?|\.\d{1,9})", text):
        return None
    return float(text)


def weigh(ranges: Sequence[MediaRange], offer: MediaType) -> float:
    """How much an offer is wanted: the weight of the most precise range that covers it, else 0."""
    covering = [each for each in ranges if each.covers(offer)]
    return max(covering, key=lambda each: (each.precision, each.weight)).weight if covering else 0.0


_Offer = TypeVar("_Offer", bound=MediaType)


def choose(header: str | None, offers: Iterable[_Offer], parameter: str | None = None) -> _Offer:
    """The best offer for an Accept header and an accept parameter; on equal weight the earlier offer.

    Raises `NotAcceptable`.
    """
    ranges = parse_accept(header, parameter)
    best, most, known = None, 0.0, tuple(offers)
    for offer in known:
        weight = weigh(ranges, offer)
        if weight > most:
            best, most = offer, weight
    if best is None:
        raise NotAcceptable(
            "none of the media types in Accept is offered here", location="Accept", offered=map(str, known)
        )
    return best


def accepts_encoding(header: str | None, coding: str) -> bool:
    """Whether Accept-Encoding names a content coding (RFC 9110 12.5.3) with a weight above 0."""
    for member in (header or "")[:_LONGEST].split(","):
        name, _, parameters = member.partition(";")
        if name.strip().lower() == coding:
            _, _, weight = parameters.partition("=")
            return _weight(weight.strip() or "1") not in (None, 0.0)
    return False
