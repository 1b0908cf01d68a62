"""Composites: a code with a value that stands in the same element (FHIR R4 search.html#combining).

A composite is one row of the kind of its last part. Its code is the codes of the parts joined with `$`, and
so is its system. Where the last part is a date, number or quantity the row is a span, once with the code
alone and once with `code$unit`; where it is a string the row is a text, `code$text`. Two numbers behind a
code are one span, the first its low and the second its high: both are asked of the same element.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from fhir_profiles.definitions.registry import Component, SearchParameter
from fhir_profiles.index.asked import (
    Asked,
    AskedPair,
    AskedSpan,
    AskedTerm,
    AskedText,
    Asking,
    UnreadableValue,
)
from fhir_profiles.index.escaping import parted
from fhir_profiles.index.kept import KeptRows, TermValue

PART = ""
"""The name of the rows of a part, before they are joined."""
_MARK = "$"
_Reader: TypeAlias = Callable[[Asking, str], Asked]


def keep(rows: KeptRows, param: str, parts: Sequence[KeptRows]) -> None:
    """Add the rows of a composite from those of its parts, the last of them the value."""
    *heads, last = parts
    if heads[-1].spans:
        _keep_pairs(rows, param, heads[0], heads[-1], last)
        return
    joined: list[tuple[TermValue, ...]] = [()]
    for head in heads:
        own = [term for term in head.terms if term.param == PART]
        joined = [(*before, term) for before in joined for term in own]
    for terms in joined:
        _keep_one(rows, param, terms, last)


def _keep_pairs(rows: KeptRows, param: str, head: KeptRows, first: KeptRows, second: KeptRows) -> None:
    for term in head.terms:
        for one in first.spans:
            for other in second.spans:
                rows.span(param, one.low, other.low, term.system, term.code)


def _keep_one(rows: KeptRows, param: str, head: tuple[TermValue, ...], last: KeptRows) -> None:
    system, code = _joined(*(term.system for term in head)), _joined(*(term.code for term in head))
    for name, own_system, own_code in last.terms:
        if name == PART:
            rows.term(param, _joined(system, own_system), _joined(code, own_code))
    for name, _, exact in last.texts:
        if name == PART:
            rows.text(param, _joined(code, exact))
    for _, low, high, _, unit in last.spans:
        rows.span(param, low, high, system, code)
        if unit:
            rows.span(param, low, high, system, _joined(code, unit))


def asked(asking: Asking, text: str, read: _Reader) -> Asked:
    """Read `code$value`.

    Each part is read by its own type, then joined as rows are kept. Raises `UnreadableValue`.
    """
    parts, components = parted(text, _MARK), asking.parameter.components
    if len(parts) != len(components) or not all(parts):
        raise UnreadableValue("a composite has a value for each part, joined by $")
    pairs = zip(components, parts, strict=True)
    *heads, last = [read(_of_part(asking, component), part) for component, part in pairs]
    if isinstance(heads[-1], AskedSpan) and isinstance(last, AskedSpan):
        head = _head(heads[:-1])
        return AskedPair(asking.name, heads[-1], last, head.system, head.codes[0])
    head = _head(heads)
    match last:
        case AskedTerm(codes=()):
            raise UnreadableValue("a composite needs a code for its value")
        case AskedTerm(_, codes, system):
            joined = tuple(_joined(*head.codes, code) for code in codes)
            return AskedTerm(asking.name, joined, _joined_systems([head.system, system]))
        case AskedText(_, value):
            return AskedText(asking.name, _joined(*head.codes, value))
        case AskedSpan(code=unit):
            code = _joined(*head.codes, unit) if unit else _joined(*head.codes)
            return replace(last, name=asking.name, system=head.system, code=code)
    raise UnreadableValue("a composite ends in a code, a text or a range")


def _of_part(asking: Asking, component: Component) -> Asking:
    return replace(asking, parameter=SearchParameter(PART, component.type, component.parts), modifier="")


def _head(parts: Sequence[Asked]) -> AskedTerm:
    """The parts before the value as one code; the system is compared where each of them names one."""
    terms = [part for part in parts if isinstance(part, AskedTerm) and len(part.codes) == 1]
    if len(terms) < len(parts):
        raise UnreadableValue("each part of a composite before its value is one code")
    code = _joined(*(term.codes[0] for term in terms))
    return AskedTerm(PART, (code,), _joined_systems([term.system for term in terms]))


def _joined_systems(systems: Sequence[str | None]) -> str | None:
    named = [each for each in systems if each is not None]
    return _joined(*named) if len(named) == len(systems) else None


def _joined(*parts: str) -> str:
    return _MARK.join(parts)
