"""The operators of value set filters (FHIR R4 valueset-filter-operator), one row each."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from fhir_profiles.terminology.codes import (
    CodeEntry,
    CodeFilter,
    CodeSystem,
    Selection,
    TooCostly,
    UnreadableFilter,
    has_words,
    is_usable,
)

CODE_NAMES = frozenset({"concept", "code"})
_LONGEST_REGEX, _LONGEST_TEXT = 200, 120
_MOST_REPEATS = 3
_REGEX_SECONDS = 1.0
# What a backtracking matcher takes exponential time for: a repeated group, and a reference back to one.
_COSTLY = re.compile(r"(?<!\\)\)[*+{]|\\[1-9]|\(\?(?!:)")
_REPEATS = re.compile(r"(?<!\\)[*+{]")

Holds: TypeAlias = Callable[[CodeEntry], bool]


def condition(system: CodeSystem, asked: CodeFilter) -> Holds:
    """What decides one filter for any code of a system.

    Raises `UnreadableFilter`.
    """
    if (make := _OPERATORS.get(asked.op)) is None:
        raise UnreadableFilter(f"there is no filter operator {asked.op[:32]}")
    return make(system, asked)


def all_hold(system: CodeSystem, filters: Sequence[CodeFilter]) -> Holds:
    """What decides several filters together; raises `UnreadableFilter`."""
    conditions = [condition(system, each) for each in filters]
    return lambda entry: all(holds(entry) for holds in conditions)


def unknown_codes(system: CodeSystem, filters: Sequence[CodeFilter]) -> frozenset[str]:
    """The codes that filters go by and a part of a system does not define; none of a system that is whole."""
    roots = frozenset(each.value for each in filters if each.op in _HIERARCHICAL)
    return frozenset() if system.title.complete else roots - system.entries(roots).keys()


def holds_for(system: CodeSystem, filters: Sequence[CodeFilter], entry: CodeEntry) -> bool:
    """Whether filters hold for one code: the hierarchy is looked at from there, as a code has few above it.

    Raises `UnreadableFilter`, `TooCostly`.
    """
    return all(
        _UPWARDS[each.op](entry.code, each.value, system.ancestors(entry.code))
        if each.op in _UPWARDS
        else condition(system, each)(entry)
        for each in filters
    )


def is_chosen(system: CodeSystem, asked: Selection) -> Holds:
    """What decides whether a code is asked for; raises `UnreadableFilter`."""
    holds = all_hold(system, asked.filters)
    return lambda entry: is_usable(entry, asked) and holds(entry) and has_words(entry, asked.words)


def texts(entry: CodeEntry, name: str) -> Iterator[str]:
    """The values of a property of a code, as filters compare them; the code and its display are some."""
    if name in CODE_NAMES:
        yield entry.code
    elif name == "display":
        yield entry.display or ""
    elif name == "parent":
        yield from entry.parents
    for each in entry.properties:
        if each.code == name and name != "parent":
            yield each.text


def _equal(system: CodeSystem, asked: CodeFilter) -> Holds:
    if asked.property == "child":
        return lambda entry: asked.value in system.children(entry.code)
    return lambda entry: asked.value in texts(entry, asked.property)


def _in(_: CodeSystem, asked: CodeFilter) -> Holds:
    values = frozenset(each.strip() for each in asked.value.split(","))
    return lambda entry: not values.isdisjoint(texts(entry, asked.property))


def _exists(_: CodeSystem, asked: CodeFilter) -> Holds:
    if asked.value not in ("true", "false"):
        raise UnreadableFilter("exists is true or false")
    wanted = asked.value == "true"
    return lambda entry: any(texts(entry, asked.property)) is wanted


def _regex(_: CodeSystem, asked: CodeFilter) -> Holds:
    """The whole value matches; bounded in its form, in the length of what it reads, and in time."""
    pattern = asked.value
    if len(pattern) > _LONGEST_REGEX or len(_REPEATS.findall(pattern)) > _MOST_REPEATS:
        raise UnreadableFilter("the regular expression is too long, or repeats too much")
    if _COSTLY.search(pattern):
        raise UnreadableFilter("a regular expression here repeats no group, and refers back to none")
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError):
        raise UnreadableFilter("the regular expression cannot be read") from None
    until = time.monotonic() + _REGEX_SECONDS

    def holds(entry: CodeEntry) -> bool:
        if time.monotonic() > until:
            raise TooCostly("the regular expression takes too long: use another filter")
        found = (each[:_LONGEST_TEXT] for each in texts(entry, asked.property))
        return any(compiled.fullmatch(each) for each in found)

    return holds


def _is_a(system: CodeSystem, asked: CodeFilter) -> Holds:
    below = system.descendants(asked.value) | {asked.value}
    return lambda entry: entry.code in below


def _descendent_of(system: CodeSystem, asked: CodeFilter) -> Holds:
    below = system.descendants(asked.value)
    return lambda entry: entry.code in below


def _generalizes(system: CodeSystem, asked: CodeFilter) -> Holds:
    above = system.ancestors(asked.value) | {asked.value}
    return lambda entry: entry.code in above


def _negated(make: Callable[[CodeSystem, CodeFilter], Holds]) -> Callable[[CodeSystem, CodeFilter], Holds]:
    def denied(system: CodeSystem, asked: CodeFilter) -> Holds:
        holds = make(system, asked)
        return lambda entry: not holds(entry)

    return denied


_HIERARCHICAL = frozenset({"is-a", "is-not-a", "descendent-of", "generalizes"})
_UPWARDS: Mapping[str, Callable[[str, str, frozenset[str]], bool]] = {
    "is-a": lambda code, value, above: code == value or value in above,
    "is-not-a": lambda code, value, above: code != value and value not in above,
    "descendent-of": lambda code, value, above: value in above,
}
_OPERATORS: Mapping[str, Callable[[CodeSystem, CodeFilter], Holds]] = {
    "=": _equal,
    "in": _in,
    "not-in": _negated(_in),
    "exists": _exists,
    "regex": _regex,
    "is-a": _is_a,
    "is-not-a": _negated(_is_a),
    "descendent-of": _descendent_of,
    "generalizes": _generalizes,
}
