"""What a condition on AuditEvents lets the graph leave out: a window that holds every match, and others.

Whether an entry is a match is decided on its event (`searching.py`); here the graph is told what it has
indexes or plain properties for: whom, what, when, by whom, with which outcome.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from app.audit.asking import AuditWindow
from graph.keys import resource_key
from graph.query.expression import All, Any, Expression, Not, Order, Span, Term

SamePerson: TypeAlias = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
_STATUSES: Mapping[str, tuple[int, int]] = {"0": (0, 400), "4": (400, 500), "8": (500, 1_000)}
_REFERENCES = ("patient", "entity")


def terms_of(where: Expression) -> tuple[Term, ...]:
    """The terms of a condition that one of them holds; none where it is another condition."""
    if isinstance(where, Term):
        return (where,)
    if isinstance(where, Any) and all(isinstance(each, Term) for each in where.of):
        return tuple(each for each in where.of if isinstance(each, Term))
    return ()


def of_same_person(tenant: str, where: All, merged: SamePerson) -> All:
    """The condition, asked of everybody with whom the patients that it names were merged."""
    named = {resource_key(tenant, *each.split("/")) for each in _patients(where)}
    others = merged(sorted(named)) if named else {}
    names = {_reference(key): tuple(map(_reference, found)) for key, found in others.items()}
    return All(tuple(_widened(each, names) for each in where.of)) if names else where


def _patients(where: Expression) -> Iterator[str]:
    if isinstance(where, All | Any):
        for each in where.of:
            yield from _patients(each)
    elif isinstance(where, Not):
        yield from _patients(where.of)
    elif isinstance(where, Term) and where.field.name in _REFERENCES:
        yield from (code for code in where.codes if code.startswith("Patient/") and code.count("/") == 1)


def _widened(where: Expression, names: Mapping[str, Sequence[str]]) -> Expression:
    match where:
        case All(of):
            return All(tuple(_widened(each, names) for each in of))
        case Any(of):
            return Any(tuple(_widened(each, names) for each in of))
        case Not(of):
            return Not(_widened(of, names))
        case Term(field, codes) if field.name in _REFERENCES:
            more = (other for code in codes for other in names.get(code, ()))
            return replace(where, codes=tuple(dict.fromkeys((*codes, *more))))
    return where


def _reference(key: str) -> str:
    _, _, kind, name = key.split("|")
    return f"{kind}/{name}"


def bounded(tenant: str, where: All, window: AuditWindow) -> AuditWindow:
    """The window, narrowed to what the conditions that all hold let through."""
    for each in where.of:
        if isinstance(each, Span) and each.field.name == "date":
            window = _in_time(window, each)
        elif terms := terms_of(each):
            narrow = _NARROWING.get(terms[0].field.name)
            window = narrow(tenant, window, terms) if narrow else window
    return window


def _in_time(window: AuditWindow, span: Span) -> AuditWindow:
    """An event is a moment, so it stands in order to [low, high) as the moment does."""
    low, high = int(span.low or 0), int(span.high or 0)
    since, until = {
        Order.EQ: (low, high),
        Order.GE: (low, window.until),
        Order.GT: (low, window.until),
        Order.SA: (low, window.until),
        Order.LE: (0, high),
        Order.LT: (0, high),
        Order.EB: (0, high),
    }.get(span.order, (0, window.until))
    return replace(window, since=max(window.since, since), until=min(window.until, until))


def _whom(tenant: str, window: AuditWindow, terms: Sequence[Term]) -> AuditWindow:
    codes = [code for term in terms for code in term.codes]
    if not codes or any(code.count("/") != 1 for code in codes):
        return window
    keys = tuple(resource_key(tenant, *code.split("/")) for code in codes)
    return replace(window, concerned=(*window.concerned, keys))


def _who(_: str, window: AuditWindow, terms: Sequence[Term]) -> AuditWindow:
    names = {code.casefold() for term in terms for code in (*term.codes, *term.caseless)}
    if window.who is not None or not names or not all(term.codes for term in terms):
        return window
    return replace(window, who=tuple(sorted(names)))


def _done(_: str, window: AuditWindow, terms: Sequence[Term]) -> AuditWindow:
    codes = [code for term in terms for code in term.codes]
    return replace(window, actions=tuple(codes)) if codes and window.actions is None else window


def _ended(_: str, window: AuditWindow, terms: Sequence[Term]) -> AuditWindow:
    ranges = [_STATUSES.get(code, (0, 0)) for term in terms for code in term.codes]
    return replace(window, statuses=tuple(ranges)) if ranges and window.statuses is None else window


_NARROWING: Mapping[str, Callable[[str, AuditWindow, Sequence[Term]], AuditWindow]] = {
    "patient": _whom,
    "entity": _whom,
    "agent:identifier": _who,
    "action": _done,
    "outcome": _ended,
}
