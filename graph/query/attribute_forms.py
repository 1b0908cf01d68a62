"""The properties that a DICOM attribute becomes on its node, and the forms in which they are asked.

The value stands verbatim under the keyword. Text has a folded twin beside it, a name of several component
groups one more for its second and its third, and every name one whose components are folded one by one;
dates, times and numbers have `_low` and `_high`, the interval
[low, high) in microseconds (dates since the epoch in UTC, times since midnight) or as numbers. Ingest and the
study write these, QIDO-RS asks them, the schema indexes them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from math import inf, isfinite, nextafter
from typing import Any

from fhir_profiles.folding import fold
from graph.query.attributes import LEVELS, Attribute, of_level
from graph.query.expression import Kind
from graph.query.moments import day_of, time_of
from graph.records import AttributeValue, Facts

GROUP_SEPARATOR, COMPONENT_SEPARATOR = "=", "^"
_FOLDED, _LOW, _HIGH = "_folded", "_low", "_high"
_COMPONENTS = "_components"
_GROUPS = ("_ideographic", "_phonetic")
_INTEGER = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)  # the twelve bytes of an IS, whose value has 32 bits
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII
)
_BOUND = 1 << 31
_TWINS: Mapping[Kind, tuple[str, ...]] = {Kind.TERM: (), Kind.TEXT: (_FOLDED,), Kind.SPAN: (_LOW, _HIGH)}


def folded_property(keyword: str) -> str:
    """The property beside a text attribute that holds its folded form."""
    return keyword + _FOLDED


def limit_properties(keyword: str) -> tuple[str, str]:
    """The properties beside a date, time or number that hold the ends of its interval."""
    return keyword + _LOW, keyword + _HIGH


def group_properties(keyword: str) -> tuple[str, str]:
    """The properties beside a name that hold its second and third group, folded, where it has them."""
    ideographic, phonetic = (keyword + suffix for suffix in _GROUPS)
    return ideographic, phonetic


def components_property(keyword: str) -> str:
    """The property beside a name that holds its groups and components, folded; older rows have none."""
    return keyword + _COMPONENTS


def compared_property(attribute: Attribute) -> str:
    """The property that matching compares first, and that an index holds."""
    twins = _TWINS[attribute.kind]
    return attribute.keyword + twins[0] if twins else attribute.keyword


def sought_properties(attribute: Attribute) -> tuple[str, ...]:
    """Every property that a value may be found by: those that have an index where the attribute has one."""
    groups = group_properties(attribute.keyword) if attribute.is_name else ()
    return (compared_property(attribute), *groups)


def property_names(attributes: Iterable[Attribute]) -> tuple[str, ...]:
    """Every property that these attributes become."""
    return tuple(
        f"{each.keyword}{suffix}"
        for each in attributes
        for suffix in ("", *_TWINS[each.kind], *((*_GROUPS, _COMPONENTS) if each.is_name else ()))
    )


def properties_of(level: str, facts: Facts) -> dict[str, Any]:
    """The properties of one level's attributes; an attribute that is absent is not touched."""
    properties: dict[str, Any] = {}
    for attribute in _OF_LEVEL[level]:
        value = facts.get(attribute.keyword)
        if value not in (None, "", ()):
            properties |= _property(attribute, value)
    return properties


def cleared(level: str) -> dict[str, None]:
    """The properties of a level, each to be removed."""
    return dict.fromkeys(property_names(_OF_LEVEL[level]))


def _property(attribute: Attribute, value: AttributeValue | None) -> dict[str, Any]:
    verbatim = list(value) if isinstance(value, tuple) else value
    properties: dict[str, Any] = {attribute.keyword: verbatim}
    if attribute.kind is Kind.TEXT and isinstance(value, tuple | list):
        properties[folded_property(attribute.keyword)] = [folded(str(each)) for each in value]
    elif attribute.kind is Kind.TEXT:
        properties |= text_properties(attribute, str(value))
    elif attribute.kind is Kind.SPAN and (interval := interval_of(attribute.vr, str(value))):
        properties |= zip(limit_properties(attribute.keyword), interval, strict=True)
    return properties


def text_properties(attribute: Attribute, text: str) -> dict[str, str]:
    """The forms in which a text is compared: the whole, of a name its components and each further group."""
    properties = {folded_property(attribute.keyword): folded_as(attribute, text)}
    if attribute.is_name:  # always: one that was there before would speak of another name
        properties[components_property(attribute.keyword)] = folded_components(text)
    if not attribute.is_name or GROUP_SEPARATOR not in text:
        return properties
    further = zip(group_properties(attribute.keyword), folded_groups(text)[1:], strict=False)
    return properties | {name: group for name, group in further if group}


def folded_as(attribute: Attribute, text: str) -> str:
    """The form in which the whole of an attribute's text is compared; groups of a name fold one by one."""
    if attribute.is_name and GROUP_SEPARATOR in text:
        return GROUP_SEPARATOR.join(folded_groups(text))
    return folded(text)


def folded_groups(name: str) -> list[str]:
    """The component groups of a name (PS3.5 6.2.1), each folded."""
    return [folded(group) for group in name.split(GROUP_SEPARATOR)]


def folded_components(name: str) -> str:
    """A name whose components (PS3.5 6.2.1.1) are folded one by one, within their groups."""
    groups = (group.split(COMPONENT_SEPARATOR) for group in name.split(GROUP_SEPARATOR))
    return GROUP_SEPARATOR.join(COMPONENT_SEPARATOR.join(map(fold, group)) for group in groups)


def folded(text: str) -> str:
    """The form in which texts of DICOM are compared: folded, and the carets of names are spaces."""
    return fold(text.replace("^", " "))


def interval_of(vr: str, text: str) -> tuple[float, float] | None:
    """The interval [low, high) that a DA, TM or integer value covers (PS3.5 6.2); None where invalid.

    A decimal covers itself alone, up to the next number that a float tells from it.
    """
    return _INTERVALS[vr](text.strip())


def _integer(text: str) -> tuple[int, int] | None:
    value = int(text) if _INTEGER.fullmatch(text) else _BOUND
    return (value, value + 1) if -_BOUND <= value < _BOUND else None


def _decimal(text: str) -> tuple[float, float] | None:
    """A DS: the sixteen bytes of a decimal, an exponent and all."""
    if not _DECIMAL.fullmatch(text) or not isfinite(value := float(text)):
        return None
    return value, nextafter(value, inf)


_INTERVALS: Mapping[str, Callable[[str], tuple[float, float] | None]] = {
    "DA": day_of,
    "TM": time_of,
    "IS": _integer,
    "US": _integer,
    "DS": _decimal,
}
_OF_LEVEL = {level: of_level(level) for level in LEVELS}
