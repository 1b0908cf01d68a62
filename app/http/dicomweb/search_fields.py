"""The attributes that an answer is to carry beside those of its level (PS3.18 8.3.4.3: includefield)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.datadict import tag_for_keyword

from graph.errors import Invalid
from graph.query.attributes import (
    ATTRIBUTES,
    BY_KEYWORD,
    IN_REQUEST_ATTRIBUTES,
    REQUEST_ATTRIBUTES_SEQUENCE,
    Attribute,
)

_EVERYTHING = "all"
_MOST = 500
_SEQUENCES = ("RequestAttributesSequence", REQUEST_ATTRIBUTES_SEQUENCE)
_BY_TAG = {attribute.tag: attribute for attribute in ATTRIBUTES}
_TAG = re.compile(r"[0-9A-Fa-f]{8}")


@dataclass(frozen=True, slots=True)
class Fields:
    """Which attributes are returned unasked by their level: by keyword, or all that are kept for search.

    `stored` are the tags of others, which come from the stored metadata; with `all`, so does whatever else it
    says at the level. `unknown` are the names of no attribute, as they were written.
    """

    named: frozenset[str] = frozenset()
    all: bool = False
    stored: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    @property
    def wants_metadata(self) -> bool:
        """Whether an answer needs the stored metadata."""
        return self.all or bool(self.stored)


def fields_of(values: Iterable[str], keys: Iterable[str] = ()) -> Fields:
    """Read the values of includefield, each a list, and names of keys that come back without being matched.

    Raises `Invalid` beyond 500 names.
    """
    included = dict.fromkeys(each for value in values for each in value.split(",") if each)
    names = included.keys() | set(keys) - {_EVERYTHING}
    if len(names) > _MOST:
        raise Invalid(f"more than {_MOST} fields to include", location="includefield")
    others = {name: attribute_named(name) for name in names - {_EVERYTHING}}
    return Fields(
        named=frozenset(attribute.keyword for attribute in others.values() if attribute),
        all=_EVERYTHING in names,
        stored=frozenset(
            each
            for name, attribute in others.items()
            if attribute is None and (tag := _tag_of(name))
            for each in (tag, *_creator_of(tag))
        ),
        unknown=tuple(name for name in included if name in others and not (others[name] or _tag_of(name))),
    )


def attribute_named(name: str) -> Attribute | None:
    """The attribute of a keyword, a tag, or either below RequestAttributesSequence."""
    head, dot, tail = name.partition(".")
    inner = tail if dot and head in _SEQUENCES else name
    attribute = BY_KEYWORD.get(inner) or _BY_TAG.get(inner.upper())
    if attribute is None or (attribute.keyword in IN_REQUEST_ATTRIBUTES) != (inner is tail and bool(dot)):
        return None
    return attribute


def name_of_key(attribute: Attribute) -> str:
    """The name by which an attribute is searched for: its keyword, below the sequence that it stands in."""
    sequence, _ = _SEQUENCES
    inside = attribute.keyword in IN_REQUEST_ATTRIBUTES
    return f"{sequence}.{attribute.keyword}" if inside else attribute.keyword


def _creator_of(tag: str) -> tuple[str, ...]:
    """The tag of a private attribute's creator, which comes with it (PS3.18 10.6.3.3)."""
    private = int(tag[3], 16) % 2 and tag[4:6] != "00"
    return (f"{tag[:4]}00{tag[4:6]}",) if private else ()


def _tag_of(name: str) -> str | None:
    """The tag of a keyword or tag, as eight hexadecimal digits; of what lies in a sequence that of it."""
    tags = [each.upper() if _TAG.fullmatch(each) else _tag_of_keyword(each) for each in name.split(".")]
    return tags[0] if all(tags) else None


def _tag_of_keyword(keyword: str) -> str | None:
    tag = tag_for_keyword(keyword)
    return None if tag is None else f"{tag:08X}"
