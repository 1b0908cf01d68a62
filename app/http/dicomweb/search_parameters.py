"""The parameters of a search (PS3.18 8.3.4): matching keys, fields to include, and the window."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.imaging.search import SearchRequest
from graph.errors import Invalid
from graph.query.attributes import (
    ATTRIBUTES,
    BY_KEYWORD,
    IN_REQUEST_ATTRIBUTES,
    REQUEST_ATTRIBUTES_SEQUENCE,
    Attribute,
)

DEFAULT_LIMIT, MOST = 100, 1000
_FARTHEST = 1_000_000
_MOST_FIELDS = 500
_SEQUENCES = ("RequestAttributesSequence", REQUEST_ATTRIBUTES_SEQUENCE)
_BY_TAG = {attribute.tag: attribute for attribute in ATTRIBUTES}
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Fields:
    """Which attributes are returned beside those of the level: by keyword, or all."""

    named: frozenset[str]
    all: bool


def parse(
    arguments: Iterable[tuple[str, list[str]]], level: str, study: str | None, series: str | None
) -> tuple[SearchRequest, Fields]:
    """Read a query string, each name with all its values: what is searched, and what is returned of it.

    Raises `Invalid` with the parameter that is wrong.
    """
    named = dict(arguments)
    included = [each for value in named.pop("includefield", []) for each in value.split(",") if each]
    if len(included) > _MOST_FIELDS:
        raise Invalid(f"more than {_MOST_FIELDS} fields to include", location="includefield")
    asked = SearchRequest(
        level=level,
        study=study,
        series=series,
        limit=_whole(named, "limit", DEFAULT_LIMIT, 1, MOST),
        offset=_whole(named, "offset", 0, 0, _FARTHEST),
        fuzzy=_flag(named, "fuzzymatching"),
        keys=tuple(_key(name, values, study, series) for name, values in named.items()),
    )
    fields = frozenset(_included(each) for each in included if each != "all")
    return asked, Fields(fields, "all" in included)


def _single(named: dict[str, list[str]], name: str) -> str | None:
    values = named.pop(name, [])
    if len(values) > 1:
        raise Invalid(f"{name} is there more than once", location=name)
    return values[0] if values else None


def _whole(named: dict[str, list[str]], name: str, default: int, least: int, most: int) -> int:
    text = _single(named, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and least <= int(text) <= most):  # noqa: PLR2004 - digits of a 64-bit number
        raise Invalid(f"{name} is a whole number from {least} to {most}", location=name)
    return int(text)


def _flag(named: dict[str, list[str]], name: str) -> bool:
    text = _single(named, name)
    if text is not None and text not in _FLAGS:
        raise Invalid(f"{name} is true or false", location=name)
    return _FLAGS.get(text or "false", False)


def attribute_named(name: str) -> Attribute | None:
    """The attribute of a keyword, a tag, or either below RequestAttributesSequence."""
    head, dot, tail = name.partition(".")
    inner = tail if dot and head in _SEQUENCES else name
    attribute = BY_KEYWORD.get(inner) or _BY_TAG.get(inner.upper())
    if attribute is None or (attribute.keyword in IN_REQUEST_ATTRIBUTES) != (inner is tail and bool(dot)):
        return None
    return attribute


def _included(name: str) -> str:
    """The keyword of a field to include; one that is not kept is not returned, as 8.3.4.3 allows."""
    attribute = attribute_named(name)
    return attribute.keyword if attribute else name


def _key(name: str, values: list[str], study: str | None, series: str | None) -> tuple[Attribute, str]:
    attribute = attribute_named(name)
    if attribute is None or not attribute.searched:
        raise Invalid("this is not an attribute that can be searched by", location=name[:64])
    if len(values) > 1:
        raise Invalid(f"{attribute.keyword} is there more than once", location=attribute.keyword)
    if _in_path(attribute, study, series):
        raise Invalid(f"{attribute.keyword} is in the path already", location=attribute.keyword)
    return attribute, values[0]


def _in_path(attribute: Attribute, study: str | None, series: str | None) -> bool:
    named = {"StudyInstanceUID": study, "SeriesInstanceUID": series}
    return named.get(attribute.keyword) is not None
