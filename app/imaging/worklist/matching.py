"""Matching keys of a search of the worklist (PS3.4 C.2.2.2): conditions for the graph, and for data sets.

An attribute that is kept becomes a leaf of the query tree. What the graph cannot say whole is matched on the
data sets that it finds: attributes that are not kept, codes with wildcards, and several keys in one sequence,
which one item has to meet (C.2.2.2.6).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, TypeAlias

from app.imaging.search.matching import is_universal
from app.imaging.worklist.request import KeyPath, WorkitemSearchRequest
from app.imaging.worklist.uids import is_uid
from fhir_profiles.mapping.workitem_attributes import text_of
from graph.cypher.text import WORD_SEPARATORS, wildcard_regex
from graph.errors import Invalid
from graph.query.attribute_forms import folded
from graph.query.expression import Expression, Kind, Match, Order, Present, Span, Term, Text
from graph.workitems.search_keys import KEYS, WorkitemKey, forms, interval

Test: TypeAlias = Callable[[list[str]], bool]
"""Whether the values of an attribute meet a key."""

_WILDCARD = re.compile(r"[*?]")
_LIST = re.compile(r"[\\,]")
_EMPTY = '""'
_RANGED = frozenset({"DA", "DT"})
_TEXTS = frozenset({"PN", "LO", "SH", "LT", "ST", "UT", "UC", "AE", "AS", "UR"})
_NUMBERS = frozenset({"IS", "DS", "US", "SS", "UL", "SL", "FL", "FD", "SV", "UV"})
_LONGEST_LIST, _LONGEST_VALUE, _MOST_KEYS = 1_000, 1_024, 64
_OF_WORKITEMS = Present(KEYS["SOPInstanceUID",].field)
"""What every workitem has, and no other Task."""


@dataclass(slots=True)
class ItemCondition:
    """What one item has to meet: tests of attributes, by tag, and conditions on items of its sequences."""

    tests: list[tuple[str, Test]] = field(default_factory=list)
    inner: dict[str, "ItemCondition"] = field(default_factory=dict)

    def add(self, tags: tuple[str, ...], test: Test) -> None:
        """Add a test of the attribute at the end of a path."""
        if len(tags) == 1:
            self.tests.append((tags[0], test))
        else:
            self.inner.setdefault(tags[0], ItemCondition()).add(tags[1:], test)

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.tests or self.inner)

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Whether a data set, or an item of one, meets all of it."""
        return all(test(_values(item, tag)) for tag, test in self.tests) and all(
            any(condition.holds(each) for each in _items(item, tag)) for tag, condition in self.inner.items()
        )


@dataclass(frozen=True, slots=True)
class WorkitemCondition:
    """A search, understood: what the graph is asked, and what is left to look at in what it finds."""

    where: tuple[Expression, ...]
    rest: ItemCondition


def understood(asked: WorkitemSearchRequest, zone: tzinfo, *, in_memory: bool = False) -> WorkitemCondition:
    """The conditions of a search; `zone` is that of times that name none.

    With `in_memory` all of them are in `rest`, for a data set that is at hand.

    Raises `Invalid` where a value does not fit its key.
    """
    if len(asked.keys) > _MOST_KEYS:
        raise Invalid(f"more than {_MOST_KEYS} keys")
    keys = [(path, value.strip()) for path, value in asked.keys]
    keys = [(path, value) for path, value in keys if not is_universal(path.vr, value)]
    shared = Counter(path.keywords[:-1] for path, _ in keys)
    where: list[Expression] = []
    rest = ItemCondition()
    for path, value in keys:
        _check(path, value)
        if asked.empty_values and value == _EMPTY:
            rest.add(path.tags, lambda values: not any(values))
            continue
        kept = KEYS.get(path.keywords)
        leaf = _leaf(kept, path, value, asked.fuzzy, zone) if kept else None
        if leaf is not None:
            where.append(leaf)
        together = len(path.keywords) > 1 and shared[path.keywords[:-1]] > 1
        if leaf is None or together or in_memory:
            rest.add(path.tags, _test(path, value, asked.fuzzy, zone))
    return WorkitemCondition((*where, _OF_WORKITEMS) if not where else tuple(where), rest)


def _check(path: KeyPath, value: str) -> None:
    if path.vr == "SQ":
        raise Invalid(f"{path.name} is a sequence: ask for an attribute in it", location=path.name)
    if len(value) > _LONGEST_VALUE and path.vr != "UI":
        raise Invalid("the value of a key is not so long", location=path.name)
    if len(_LIST.split(value)) > _LONGEST_LIST:
        raise Invalid(f"{path.name} has too many values", location=path.name)


def _leaf(kept: WorkitemKey, path: KeyPath, value: str, fuzzy: bool, zone: tzinfo) -> Expression | None:
    """The leaf of a kept attribute; None where the graph cannot say what is asked."""
    if kept.kind is Kind.SPAN:
        low, high = _range(path, value, zone)
        return Span(kept.field, Order.EQ, low, high)
    if kept.kind is Kind.TEXT:
        asked = value.replace("^", " ")
        if _WILDCARD.search(value):
            return Text(kept.field, Match.LIKE, asked)
        return Text(kept.field, Match.WORDS if fuzzy and path.vr == "PN" else Match.EQUALS, asked)
    codes = _codes(path, value)
    return None if any(map(_WILDCARD.search, codes)) else Term(kept.field, codes)


def _test(path: KeyPath, value: str, fuzzy: bool, zone: tzinfo) -> Test:
    """The test of a key on the values of its attribute."""
    if path.vr in _RANGED:
        return _in_range(path.vr, *_range(path, value, zone), zone)
    if path.vr in _NUMBERS:
        return _is_number(path, value)
    if path.vr in _TEXTS and path.keywords[-1] not in ("CodeValue", "CodingSchemeDesignator"):
        return _is_text(path.vr, value, fuzzy and path.vr == "PN")
    patterns = [_pattern(each) for each in _codes(path, value)]
    return lambda values: any(pattern.fullmatch(each) for each in values for pattern in patterns)


def _codes(path: KeyPath, value: str) -> tuple[str, ...]:
    """Single value and list of UID matching (C.2.2.2.1, C.2.2.2.2)."""
    codes = tuple(each.strip() for each in _LIST.split(value) if each.strip())
    if not codes or (path.vr == "UI" and not all(map(is_uid, codes))):
        raise Invalid(f"{path.name} is no {path.vr}", location=path.name)
    return codes


def _range(path: KeyPath, value: str, zone: tzinfo) -> tuple[int | None, int | None]:
    """What `a`, `a-b`, `a-` or `-b` covers (C.2.2.2.5); raises `Invalid` for what is none."""
    single = interval(path.vr, value, zone)
    if single is not None:
        return single
    for at in (place for place, each in enumerate(value) if each == "-"):
        first, last = value[:at], value[at + 1 :]
        low = interval(path.vr, first, zone) if first else None
        high = interval(path.vr, last, zone) if last else None
        if (first or last) and bool(first) == bool(low) and bool(last) == bool(high):
            if low and high and low[0] >= high[1]:
                raise Invalid(f"the range of {path.name} is empty", location=path.name)
            return low[0] if low else None, high[1] if high else None
    raise Invalid(f"not a {path.vr} value or range", location=path.name)


def _in_range(vr: str, low: int | None, high: int | None, zone: tzinfo) -> Test:
    def test(values: list[str]) -> bool:
        covered = (interval(vr, each, zone) for each in values)
        return any(
            (low is None or low <= each[0]) and (high is None or each[1] <= high) for each in covered if each
        )

    return test


def _is_number(path: KeyPath, value: str) -> Test:
    try:
        asked = float(value)
    except ValueError:
        raise Invalid(f"not a {path.vr} value", location=path.name) from None
    return lambda values: any(_as_number(each) == asked for each in values)


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_text(vr: str, value: str, fuzzy: bool) -> Test:
    asked = folded(value)
    if fuzzy and not _WILDCARD.search(value):
        words = re.split(f"[{re.escape(WORD_SEPARATORS)}]+", asked)
        return lambda values: any(_has_words(form, words) for each in values for form in forms(vr, each))
    pattern = _pattern(asked)
    return lambda values: any(pattern.fullmatch(form) for each in values for form in forms(vr, each))


def _has_words(form: str, words: list[str]) -> bool:
    """Whether each word begins some word of a text."""
    found = re.split(f"[{re.escape(WORD_SEPARATORS)}]+", form)
    return all(any(each.startswith(word) for each in found) for word in words if word)


def _pattern(asked: str) -> re.Pattern[str]:
    """The expression of a value with wildcards; it never backtracks into what it has matched."""
    return re.compile(wildcard_regex(asked), re.DOTALL)


def _values(item: Mapping[str, Any], tag: str) -> list[str]:
    found = item.get(tag, {}).get("Value", ())
    return [text_of(each) for each in found if each not in (None, "")]


def _items(item: Mapping[str, Any], tag: str) -> Iterator[Mapping[str, Any]]:
    return (each for each in item.get(tag, {}).get("Value", ()) if isinstance(each, Mapping))
