"""One value of one parameter as a leaf of the query tree (FHIR R4 search.html#ptypes)."""

from collections.abc import Callable, Mapping
from datetime import tzinfo

from app.records.search.modifiers import Asked, split_on, unescaped
from app.records.search.numbers import limits
from fhir_profiles.dates import interval
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.references import literal
from graph.errors import Invalid
from graph.query.expression import Expression, Kind, Match, Order, Span, Term, Text

_PREFIXES = {each.value: each for each in Order}
_ABOUT_A_DATE = 86_400_000_000  # `ap`: a day either side; the standard leaves it to the server


def leaf(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    """The leaf; raise `Invalid` where the value cannot be one of the parameter's."""
    if text == "":
        raise Invalid("the parameter has no value", location=asked.name)
    return _LEAVES[asked.parameter.type](asked, text, zone, base)


def _token(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    """`code`, `system|code`, `|code` and `system|`; `:text` reads displays, `:of-type` typed identifiers."""
    if asked.modifier == "text":
        return Text(asked.beside("text", Kind.TEXT), Match.PREFIX, unescaped(text))
    parts = split_on(text, "|")
    if asked.modifier == "of-type":
        return _of_type(asked, parts)
    if len(parts) > 2:  # noqa: PLR2004 - a system and a code
        raise Invalid("a token is [system]|[code]", location=asked.name)
    return _coded(asked, parts)


def _coded(asked: Asked, parts: list[str]) -> Term:
    if len(parts) == 1:
        return Term(asked.field, (parts[0],))
    system, code = parts
    if not system and not code:
        raise Invalid("a token is [system]|[code]", location=asked.name)
    return Term(asked.field, (code,) if code else (), system)


def _of_type(asked: Asked, parts: list[str]) -> Expression:
    if len(parts) != 3 or not all(parts[1:]):  # noqa: PLR2004 - system, type, value
        raise Invalid(":of-type is [system]|[code]|[value]", location=asked.name)
    system, code, value = parts
    return Term(asked.beside("of-type", Kind.TERM), (f"{code}|{value}",), system or None)


def _reference(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    """`id`, `Type/id` or a URL; without a type every type that the parameter may point to is meant."""
    if asked.modifier == "identifier":
        parts = split_on(text, "|")
        code, system = parts[-1], parts[0] if len(parts) > 1 else None
        return Term(asked.beside("identifier", Kind.TERM), (code,) if code else (), system)
    value = unescaped(text)
    if found := literal(value, base):
        return _pointing(asked, found.target)
    if "/" in value or ":" in value:
        return Term(asked.field, (value,))
    targets = (asked.modifier,) if asked.modifier else asked.parameter.targets or tuple(RESOURCE_TYPES)
    return Term(asked.field, tuple(f"{target}/{value}" for target in targets))


def _pointing(asked: Asked, target: str) -> Expression:
    if asked.modifier and not target.startswith(f"{asked.modifier}/"):
        raise Invalid("the modifier and the reference name different types", location=asked.name)
    return Term(asked.field, (target,))


def _uri(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    return Term(asked.field, (unescaped(text),))


def _string(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    match = {"exact": Match.EXACT, "contains": Match.CONTAINS}.get(asked.modifier, Match.PREFIX)
    return Text(asked.field, match, unescaped(text))


def _date(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    order, value = _prefixed(text)
    found = interval(value.replace(" ", "+"), zone)  # a plus that a client left unescaped
    if found is None:
        raise Invalid("not a date: YYYY[-MM[-DD[Thh:mm[:ss][offset]]]]", location=asked.name)
    low, high = found
    if order is Order.AP:
        low, high = low - _ABOUT_A_DATE, high + _ABOUT_A_DATE
    return Span(asked.field, order, low, high)


def _number(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    order, value = _prefixed(text)
    low, high = _limits(asked, order, value)
    return Span(asked.field, order, low, high)


def _quantity(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    """`[prefix][number]|[system]|[code]`; the unit may be a code, or a unit as written."""
    number, system, code = (*split_on(text, "|"), "", "")[:3]
    order, value = _prefixed(number)
    low, high = _limits(asked, order, value)
    return Span(asked.field, order, low, high, system or None, code or None)


def _limits(asked: Asked, order: Order, value: str) -> tuple[float, float]:
    found = limits(order, value)
    if found is None:
        raise Invalid("not a number", location=asked.name)
    return found


def _prefixed(text: str) -> tuple[Order, str]:
    order = _PREFIXES.get(text[:2])
    return (order, text[2:]) if order else (Order.EQ, text)


def _composite(asked: Asked, text: str, zone: tzinfo, base: str) -> Expression:
    """`code$value`: extraction keeps a row for the whole, so both parts are of one element (#combining)."""
    parts = split_on(text, "$")
    components = asked.parameter.components
    if len(parts) != len(components) or not all(parts):
        raise Invalid("a composite has a value for each part, joined by $", location=asked.name)
    return _COMPOSITES[components[-1].type](asked, parts, zone)


def _coded_term(asked: Asked, parts: list[str], zone: tzinfo) -> Expression:
    system, code = _joined(parts)
    return Term(asked.field, (code,), system)


def _coded_text(asked: Asked, parts: list[str], zone: tzinfo) -> Expression:
    *tokens, text = parts
    return Text(asked.field, Match.PREFIX, f"{_joined(tokens)[1]}${text}")


def _joined(parts: list[str]) -> tuple[str | None, str]:
    """Systems and codes as extraction joins them; a system is compared where each part names one."""
    pairs = [part.rpartition("|") for part in parts]
    named = all(mark for _, mark, _ in pairs)
    return "$".join(system for system, _, _ in pairs) if named else None, "$".join(each[2] for each in pairs)


def _coded_span(asked: Asked, parts: list[str], zone: tzinfo) -> Expression:
    *tokens, measured = parts
    system, code = _joined(tokens)
    field = asked.field
    number, _, unit = (*measured.split("|"), "", "")[:3]
    order, value = _prefixed(number)
    if found := interval(value, zone) if asked.parameter.components[-1].type == "date" else None:
        return Span(field, order, *found, system, code)
    low, high = _limits(asked, order, value)
    return Span(field, order, low, high, system, f"{code}${unit}" if unit else code)


_COMPOSITES: Mapping[str, Callable[[Asked, list[str], tzinfo], Expression]] = {
    "token": _coded_term,
    "reference": _coded_term,
    "string": _coded_text,
    "quantity": _coded_span,
    "number": _coded_span,
    "date": _coded_span,
}
_LEAVES: Mapping[str, Callable[[Asked, str, tzinfo, str], Expression]] = {
    "token": _token,
    "reference": _reference,
    "uri": _uri,
    "string": _string,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
    "composite": _composite,
}
