"""The parameters of a search (PS3.18 8.3.4): matching keys, fields to include, and the window."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.http.dicomweb.accepting import NEGOTIATION
from app.http.dicomweb.search_fields import Fields, attribute_named, fields_of
from app.imaging.search import MatchOrder, SearchRequest
from graph.errors import Invalid
from graph.query.attributes import Attribute

DEFAULT_LIMIT, MOST = 100, 1000
_LONGEST_NUMBER = 64
_FLAGS = {"true": True, "false": False}
ORDER_BY, TOTAL = "orderby", "total"  # ours, beside those of table 8.3.4-1
_MOST_ORDERS = 3
_MOST_TOLD = 10
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
ZONE = "TimezoneOffsetFromUTC"
_ZONE_NAMES = (ZONE, "00080201")
_OFFSET = re.compile(r"([+-])(0[0-9]|1[0-4])([0-5][0-9])", re.ASCII)
_CAPPED = f"The limit is {MOST} results in one answer"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query string, read: what is searched, what is returned of it, and what the client is warned of.

    `total`: whether it is to be told how many matches there are in all.
    """

    request: SearchRequest
    fields: Fields
    warnings: tuple[str, ...]
    total: bool


def parse(
    arguments: Iterable[tuple[str, list[str]]], level: str, study: str | None, series: str | None
) -> SearchQuery:
    """Read a query string, each name with all its values.

    Raises `Invalid` with the parameter that is wrong.
    """
    named = {name: values for name, values in arguments if name not in NEGOTIATION}
    included = named.pop("includefield", [])
    limit = whole_of(named, "limit", DEFAULT_LIMIT)
    total = flag_of(named, TOTAL)
    offset_minutes = _zone(named)
    path = {"StudyInstanceUID": study, "SeriesInstanceUID": series}
    request = SearchRequest(
        level=level,
        study=study,
        series=series,
        limit=min(limit, MOST),
        offset=whole_of(named, "offset", 0),
        fuzzy=flag_of(named, "fuzzymatching"),
        empty_values=flag_of(named, "emptyvaluematching"),
        every_value=flag_of(named, "multiplevaluematching"),
        offset_minutes=offset_minutes,
        order=tuple(_order(named.pop(ORDER_BY, []), level)),
        keys=tuple(key for name, values in named.items() if (key := _key(name, values, path))),
    )
    unheeded = [name for name in named if not _is_key(name)]
    fields = fields_of(included, unheeded)
    warnings = [_CAPPED] if limit > MOST else []
    if passed_over := list(dict.fromkeys((*unheeded, *fields.unknown))):
        warnings.append(told_of_unheeded(passed_over))
    return SearchQuery(request, fields, tuple(warnings), total)


def _is_key(name: str) -> bool:
    """Whether a parameter is an attribute that is searched by.

    What is not goes unheeded, as if it were not there, and is told (8.3); an attribute comes back all the
    same, as an optional key of C-FIND does that is not matched (PS3.4 C.2.2.1.3).
    """
    attribute = attribute_named(name)
    return attribute is not None and attribute.searched


def told_of_unheeded(unheeded: list[str]) -> str:
    """A warning of parameters that were passed over; names that are no words are not repeated."""
    words = [name for name in unheeded if _WORD.fullmatch(name)][:_MOST_TOLD]
    named = ", ".join(words) + (" and others" if words and len(words) < len(unheeded) else "")
    return f"Not supported, and passed over: {named or 'what is no attribute'}"


def _single(named: dict[str, list[str]], name: str) -> str | None:
    values = named.pop(name, [])
    if len(values) > 1:
        raise Invalid(f"{name} is there more than once", location=name)
    return values[0] if values else None


def whole_of(named: dict[str, list[str]], name: str, default: int) -> int:
    """Take a whole number from 0 from the parameters; raises `Invalid` for what is none."""
    text = _single(named, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise Invalid(f"{name} is a whole number from 0", location=name)
    return int(text)


def flag_of(named: dict[str, list[str]], name: str) -> bool:
    """Take `true` or `false` from the parameters, false without one; raises `Invalid` for what is neither."""
    text = _single(named, name)
    if text is not None and text not in _FLAGS:
        raise Invalid(f"{name} is true or false", location=name)
    return _FLAGS.get(text or "false", False)


def _zone(named: dict[str, list[str]]) -> int | None:
    """The zone that the dates and times of the keys are in, in minutes east of UTC (PS3.4 C.2.2.2.5)."""
    texts = [_single(named, name) for name in _ZONE_NAMES]
    text = texts[0] or texts[1]
    if not text:
        return None
    found = _OFFSET.fullmatch(text.replace(" ", "+"))  # a plus of an address that was not escaped
    if found is None or None not in texts:
        raise Invalid("an offset from UTC is written as +0900", location=ZONE)
    return int(f"{found[1]}1") * (int(found[2]) * 60 + int(found[3]))


def _order(values: list[str], level: str) -> Iterator[MatchOrder]:
    """The attributes to sort by, one after the other, each behind a `-` where it descends."""
    names = [each for value in values for each in value.split(",") if each]
    if len(names) > _MOST_ORDERS:
        raise Invalid(f"more than {_MOST_ORDERS} attributes to sort by", location=ORDER_BY)
    for name in names:
        attribute = attribute_named(name.removeprefix("-"))
        if attribute is None or attribute.level != level or not attribute.is_sortable:
            raise Invalid("an attribute cannot be sorted by at this level", location=ORDER_BY)
        yield MatchOrder(attribute, descending=name.startswith("-"))


def _key(name: str, values: list[str], path: Mapping[str, str | None]) -> tuple[Attribute, str] | None:
    """A matching key; None where the path says it already, or it is none."""
    attribute = attribute_named(name)
    if attribute is None or not _is_key(name):
        return None
    if len(values) > 1:
        raise Invalid(f"{attribute.keyword} is there more than once", location=attribute.keyword)
    uid = path.get(attribute.keyword)
    if uid is None:
        return attribute, values[0]
    if values[0].strip("* ") and uid not in re.split(r"[\\,]", values[0].strip()):
        raise Invalid(f"the path has another {attribute.keyword}", location=attribute.keyword)
    return None
