"""`_filter`: a condition in one text (FHIR R4 search_filter.html).

    given eq "peter" and (birthdate ge 2014-10-10 or not (active eq false))
    subject[gender eq male].name co "pet"

Read by descent, `and` before `or`, onto the conditions that parameters become: what an operator asks is what
the parameter with a modifier or a prefix does.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeAlias

from app.records.search.modifiers import AskedParameter, UnknownParameter
from fhir_profiles.definitions.registry import SearchParameter
from graph.errors import Invalid
from graph.query.expression import (
    All,
    Any,
    CodePart,
    Expression,
    Field,
    Match,
    Not,
    Order,
    Present,
    Span,
    Term,
    Text,
    Unlike,
)
from graph.query.limits import DEEPEST_RELATED

_FILTER = "_filter"
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<mark>[()\[\]])
    | (?P<word>[^\s()\[\]"]+)
    )""",
    re.VERBOSE,
)
_LONGEST = 4_096
_DEEPEST = 16
_RANGES = frozenset({"date", "number", "quantity"})
_CODES = frozenset({"token", "reference", "uri"})


class FilterReading(Protocol):
    """What a filter is read with: the parameters of the types, and the ways from one to another."""

    def matching(self, resource_type: str, name: str, values: list[str]) -> Expression:
        """The condition that a parameter, maybe with a modifier, has one of the values."""

    def known(self, resource_type: str, plain: str, name: str) -> SearchParameter:
        """The parameter of a type."""

    def has(self, resource_type: str, plain: str) -> bool:
        """Whether a type has a parameter."""

    def count(self, values: list[str], name: str) -> None:
        """Count the conditions that come of a parameter."""

    def along(
        self,
        resource_type: str,
        head: str,
        name: str,
        *,
        has: Callable[[str], bool],
        inner: Callable[[str], Expression],
    ) -> Expression:
        """Go along a reference."""


class _Token(NamedTuple):
    kind: str
    text: str


def condition_of(reading: FilterReading, resource_type: str, text: str) -> Expression:
    """Read a filter on rows of a type; raises `Invalid` with what is wrong in it, and where."""
    if len(text) > _LONGEST:
        raise Invalid(f"a filter has at most {_LONGEST} characters", location=_FILTER, code="too-costly")
    tokens, place = [], 0
    while rest := text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise _wrong(f"it cannot be read from {rest[:20]!r} on")
        tokens.append(_Token(found.lastgroup or "", found[found.lastgroup or 0]))
        place = found.end()
    return _Filter(reading, tokens).whole(resource_type)


@dataclass(slots=True)
class _Filter:
    """A filter on its way from tokens to a condition."""

    reading: FilterReading
    tokens: list[_Token]
    place: int = 0
    depth: int = 0
    links: int = 0

    def whole(self, resource_type: str) -> Expression:
        found = self._either(resource_type)
        if self.place < len(self.tokens):
            raise _wrong(f"nothing can follow here: {self.tokens[self.place].text[:20]!r}")
        return found

    def _either(self, resource_type: str) -> Expression:
        parts = [self._every(resource_type)]
        while self._takes("or"):
            parts.append(self._every(resource_type))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _every(self, resource_type: str) -> Expression:
        parts = [self._one(resource_type)]
        while self._takes("and"):
            parts.append(self._one(resource_type))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, resource_type: str) -> Expression:
        if self._takes("not"):
            return Not(self._bracketed(resource_type, "(", ")"))
        if self._peek() == _Token("mark", "("):
            return self._bracketed(resource_type, "(", ")")
        return self._comparison(resource_type, self._next("a parameter").text)

    def _bracketed(self, resource_type: str, opening: str, closing: str) -> Expression:
        self._expect(opening)
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Invalid("brackets in too many brackets", location=_FILTER, code="too-costly")
        found = self._either(resource_type)
        self._expect(closing)
        self.depth -= 1
        return found

    def _comparison(self, resource_type: str, path: str) -> Expression:
        """`name op value`, `reference.name op value` or `reference[filter].name op value`."""
        head, dot, rest = path.partition(".")
        if dot:
            return self._chained(resource_type, head, rest, None)
        if self._peek() == _Token("mark", "["):
            begins = self.place
            return self._chained(resource_type, head, "", begins)
        parameter = self.reading.known(resource_type, head, f"{_FILTER}: {head}")
        operator, value = self._next("an operator").text, self._next("a value")
        self.reading.count([value.text], _FILTER)
        compare = _OPERATORS.get(operator)
        if compare is None:
            raise _wrong(f"there is no operator {operator[:20]!r}")
        return compare(_Comparison(self.reading, resource_type, parameter, operator, value))

    def _chained(self, resource_type: str, head: str, rest: str, begins: int | None) -> Expression:
        """Along a reference; what stands inside is read again for each type that it may lead to."""
        self.links += 1
        if self.links > DEEPEST_RELATED:
            raise Invalid(f"more than {DEEPEST_RELATED} links", location=_FILTER, code="too-costly")
        start, ended, depth = self.place, self.place, self.depth

        def inner(target: str) -> Expression:
            nonlocal ended
            self.place = start
            self.depth = depth
            narrowed = [self._bracketed(target, "[", "]")] if begins is not None else []
            after = rest or self._after_bracket()
            found = self._comparison(target, after)
            ended = self.place
            return All((*narrowed, found)) if narrowed else found

        def has(target: str) -> bool:
            if begins is None:
                return self.reading.has(target, rest.partition(".")[0])
            try:
                inner(target)
            except UnknownParameter:
                return False
            return True

        found = self.reading.along(resource_type, head, f"{_FILTER}: {head}", has=has, inner=inner)
        self.place = ended
        self.links -= 1
        return found

    def _after_bracket(self) -> str:
        path = self._next("a parameter").text
        if not path.startswith("."):
            raise _wrong("behind ] stands a dot and a parameter")
        return path[1:]

    def _peek(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _next(self, wanted: str) -> _Token:
        found = self._peek()
        if found is None or found.kind == "mark":
            raise _wrong(f"{wanted} is wanted {'at the end' if found is None else 'before ' + found.text}")
        self.place += 1
        return found

    def _takes(self, word: str) -> bool:
        taken = self._peek() == _Token("word", word)
        self.place += taken
        return taken

    def _expect(self, mark: str) -> None:
        if self._peek() != _Token("mark", mark):
            raise _wrong(f"{mark} is wanted")
        self.place += 1


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One comparison: a parameter of a type, the operator, and the value as it is written."""

    reading: FilterReading
    resource_type: str
    parameter: SearchParameter
    operator: str
    value: _Token

    @property
    def text(self) -> str:
        """The value; a string without its quotes."""
        if self.value.kind != "string":
            return self.value.text
        try:
            return str(json.loads(self.value.text, strict=False))
        except ValueError:
            raise _wrong("a string cannot be read") from None

    def asked(self, prefix: str = "", modifier: str = "") -> Expression:
        """What the parameter asks with a prefix before the value, or a modifier."""
        name = f"{self.parameter.name}:{modifier}" if modifier else self.parameter.name
        return self.reading.matching(self.resource_type, name, [f"{prefix}{self.text}"])

    def text_leaf(self, match: Match) -> Text:
        """The comparison of a string, whose signs mean nothing."""
        return Text(self._field, match, self.text)

    def present(self) -> Present:
        """Whether there is a value."""
        return Present(self._field)

    @property
    def _field(self) -> Field:
        return AskedParameter(self.resource_type, self.parameter, "", self.parameter.name).field

    def refused(self) -> Invalid:
        """What is said of an operator that the type of the parameter does not have."""
        kind = self.parameter.type
        return _wrong(f"{self.operator} is not asked of {self.parameter.name}, which is of type {kind}")


def _equal(asked: _Comparison) -> Expression:
    return asked.text_leaf(Match.EQUALS) if asked.parameter.type == "string" else asked.asked()


def _unequal(asked: _Comparison) -> Expression:
    """Some value is another one (search_filter.html#ops): what has no value at all is no other."""
    if asked.parameter.type in _RANGES:
        return asked.asked("ne")
    found = _equal(asked)
    if isinstance(found, Term | Text):
        return Unlike(found)
    raise asked.refused()


def _contains(asked: _Comparison) -> Expression:
    if asked.parameter.type == "uri":
        return asked.asked(modifier="contains")
    return _of_string(asked, Match.CONTAINS)


def _starts(asked: _Comparison) -> Expression:
    if asked.parameter.type == "uri":
        found = asked.asked()
        if isinstance(found, Term):
            return CodePart(found.field, asked.text, begins=True)
    return _of_string(asked, Match.PREFIX)


def _ends(asked: _Comparison) -> Expression:
    return _of_string(asked, Match.SUFFIX)


def _of_string(asked: _Comparison, match: Match) -> Expression:
    if asked.parameter.type != "string":
        raise asked.refused()
    return asked.text_leaf(match)


def _prefixed(asked: _Comparison) -> Expression:
    if asked.parameter.type not in _RANGES:
        raise asked.refused()
    return asked.asked(asked.operator)


def _overlaps(asked: _Comparison) -> Expression:
    found = asked.asked("eq") if asked.parameter.type == "date" else None
    if not isinstance(found, Span):
        raise asked.refused()
    return replace(found, order=Order.AP)


def _present(asked: _Comparison) -> Expression:
    if asked.text not in ("true", "false"):
        raise _wrong("pr is true or false")
    return asked.present() if asked.text == "true" else Not(asked.present())


def _refers(asked: _Comparison) -> Expression:
    if asked.parameter.type != "reference":
        raise asked.refused()
    return asked.asked()


def _by_modifier(modifier: str) -> "FilterOperator":
    def compare(asked: _Comparison) -> Expression:
        if asked.parameter.type not in _CODES:
            raise asked.refused()
        return asked.asked(modifier=modifier)

    return compare


FilterOperator: TypeAlias = Callable[[_Comparison], Expression]
_OPERATORS: Mapping[str, FilterOperator] = {
    "eq": _equal,
    "ne": _unequal,
    "co": _contains,
    "sw": _starts,
    "ew": _ends,
    **dict.fromkeys(("gt", "lt", "ge", "le", "ap", "sa", "eb"), _prefixed),
    "pr": _present,
    "po": _overlaps,
    "ss": _by_modifier("below"),  # the value subsumes a concept of the row
    "sb": _by_modifier("above"),
    "in": _by_modifier("in"),
    "ni": _by_modifier("not-in"),
    "re": _refers,
}


def _wrong(text: str) -> Invalid:
    return Invalid(f"the filter is wrong: {text}", location=_FILTER)
