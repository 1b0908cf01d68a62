"""The words of a resource: of its narrative, and of everything that people write in it (search.html#text).

Words are what stands in elements of the types string, markdown, code and xhtml; addresses, ids, dates and
bytes are none.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from typing import Any, NamedTuple

from fhir_profiles.validation.structure import elements, is_complex

_WORDED = frozenset({"string", "markdown", "code"})
_ADDRESS = ("Reference", "reference")  # a string by its definition
_LEAF = ""  # in place of a type: the value itself is text
_TAG = re.compile(r"<[^<>]*>")
_LONGEST = 20_000  # characters of either that are kept: enough for the words of a long report


class Wording(NamedTuple):
    """What `_text` looks at, and what `_content` does."""

    narrative: str
    content: str


def wording_of(resource: Mapping[str, Any]) -> Wording:
    """The words of a resource, each value once, in order."""
    narrative = resource.get("text")
    told = _plain(narrative.get("div")) if isinstance(narrative, dict) else ""
    found: dict[str, None] = {told: None} if told else {}
    found |= dict.fromkeys(_texts(resource, str(resource.get("resourceType"))))
    return Wording(told[:_LONGEST], "\n".join(found)[:_LONGEST])


def _texts(value: Mapping[str, Any], kind: str) -> Iterator[str]:
    ways = _ways(kind)
    for key, item in value.items():
        inner = ways.get(key)
        if inner is None:
            continue
        for each in item if isinstance(item, list) else (item,):
            if isinstance(each, str) and inner == _LEAF:
                yield each
            elif isinstance(each, dict):
                below = str(each.get("resourceType")) if inner == "Resource" else inner
                yield from _texts(each, below)


@cache
def _ways(kind: str) -> Mapping[str, str]:
    """The properties of a type that hold text, or lead to some: `{key: type}`."""
    if kind == "Narrative" or not is_complex(kind):
        return {}
    found = ((key, of) for each in elements(kind).values() for key, of in each.properties())
    return {
        key: _LEAF if of in _WORDED else of
        for key, of in found
        if (kind, key) != _ADDRESS
        if of in _WORDED or of == "Resource" or (is_complex(of) and of not in ("Narrative", "Meta"))
    }


def _plain(div: Any) -> str:
    """The text of a narrative without its markup."""
    return " ".join(unescape(_TAG.sub(" ", div)).split()) if isinstance(div, str) else ""
