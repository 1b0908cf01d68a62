"""What is asked of the pictures of a study, as conditions on the study, its series and its instances.

What is asked at one level holds together there: a thin slice and contrast are asked of one and the same
series, unless the question says that each may stand somewhere in the study. What a file does not say is
unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from math import inf, nextafter
from typing import Any as AnyValue

from app.cohorts.evaluation.two_values import Trees, both, or_absent, through
from app.cohorts.language.question import PictureAttribute, Pictures
from app.cohorts.language.vocabulary import STUDY
from graph.errors import Invalid
from graph.query.attribute_forms import folded, interval_of
from graph.query.attributes import BY_KEYWORD, INSTANCE, SERIES
from graph.query.attributes import Attribute as SearchedAttribute
from graph.query.expression import (
    All,
    Any,
    Expression,
    Field,
    Inside,
    Kind,
    Match,
    Not,
    Order,
    Present,
    Related,
    Span,
    Term,
    Text,
)

_AGENT = BY_KEYWORD["ContrastBolusAgent"].field
_MODALITY = BY_KEYWORD["Modality"].field
_NO_AGENT = (
    "none", "no", "no contrast", "without contrast", "non contrast", "n", "0", "-", "off", "unenhanced",
)  # fmt: skip
"""What is written for the agent where there was none."""
_BELOW_SERIES = Related(Inside(INSTANCE), All())
_BELOW_STUDY = Related(Inside(SERIES), All())


def picture_trees(asked: Pictures, modalities: Sequence[str]) -> Trees:
    """Return the trees of what is asked of the pictures of a study; modalities hold on the same series."""
    levels: dict[str, list[Trees]] = {STUDY: [], SERIES: [], INSTANCE: []}
    for each in asked.attributes:
        levels[BY_KEYWORD[each.keyword].level].append(_attribute(each))
    if asked.contrast is not None:
        levels[SERIES].append(_contrast(asked.contrast))
    of_parts = _TOGETHER[asked.level](levels[SERIES], levels[INSTANCE], list(modalities))
    return both((*levels[STUDY], *of_parts))


def _on_one_series(series: list[Trees], instances: list[Trees], modalities: list[str]) -> list[Trees]:
    """All of it on one series; each of what is asked of instances on some instance of it."""
    parts = [*series, *(through(each, _BELOW_SERIES) for each in instances)]
    return _of_series(parts, modalities)


def _on_one_instance(series: list[Trees], instances: list[Trees], modalities: list[str]) -> list[Trees]:
    """All of it on one instance, and on its series."""
    parts = [*series, *([through(both(instances), _BELOW_SERIES)] if instances else [])]
    return _of_series(parts, modalities)


def _somewhere(series: list[Trees], instances: list[Trees], _: list[str]) -> list[Trees]:
    """Each of it somewhere in the study."""
    each_below = [through(each, _BELOW_SERIES) for each in instances]
    return [through(each, _BELOW_STUDY) for each in (*series, *each_below)]


def _of_series(parts: list[Trees], modalities: list[str]) -> list[Trees]:
    if not parts:
        return []
    if modalities:
        parts.append(or_absent(Term(_MODALITY, tuple(modalities)), _MODALITY))
    return [through(both(parts), _BELOW_STUDY)]


_TOGETHER: Mapping[str, Callable[[list[Trees], list[Trees], list[str]], list[Trees]]] = {
    "series": _on_one_series,
    "instance": _on_one_instance,
    "study": _somewhere,
}


def _contrast(asked: bool | str) -> Trees:
    """A named agent is contrast, one that is called none is none; without a word it is unknown."""
    without = Any(tuple(Text(_AGENT, Match.EQUALS, each) for each in _NO_AGENT))
    if asked is True:
        return or_absent(All((Present(_AGENT), Not(without))), _AGENT)
    if asked is False:
        return or_absent(without, _AGENT)
    return Trees(Not(Present(_AGENT)), Not(Present(_AGENT)))


def _attribute(asked: PictureAttribute) -> Trees:
    attribute = BY_KEYWORD[asked.keyword]
    held = _held(attribute, asked.op, asked.value, asked.path)
    field = attribute.field
    if asked.op == "ne":
        return or_absent(All((Present(field), Not(held))), field)
    return or_absent(held, field)


def _held(attribute: SearchedAttribute, op: str, value: AnyValue, path: str) -> Expression:
    """That a value is as asked; for `ne` that it is equal."""
    field = attribute.field
    if field.kind is Kind.SPAN:
        if isinstance(value, str):
            return _moment(attribute, op, value, path)
        return _number(field, op, value)
    values = value if isinstance(value, tuple) else (value,)
    if field.kind is Kind.TERM:
        if op == "contains":
            return Text(field, Match.LIKE, f"*{_plain(str(value))}*")
        return Term(field, tuple(map(str, values)))
    match = Match.CONTAINS if op == "contains" else Match.EQUALS
    texts = tuple(Text(field, match, folded(str(each))) for each in values)
    return texts[0] if len(texts) == 1 else Any(texts)


def _plain(text: str) -> str:
    """A text without the signs that stand for others."""
    return text.replace("*", "?")


def _number(field: Field, op: str, value: AnyValue) -> Expression:
    """A number begins where it stands: whole numbers cover all up to the next."""
    low, high = value if isinstance(value, tuple) else (value, value)
    return _BEGINS[op](field, low, high)


def _moment(attribute: SearchedAttribute, op: str, value: str, path: str) -> Expression:
    """A date or a time as DICOM writes it; raises `Invalid` for what is none."""
    found = interval_of(attribute.vr, value)
    if found is None:
        raise Invalid("not a %(vr)s value", location=f"{path}.value", vr=attribute.vr)
    return _OF_MOMENTS[op](attribute.field, *found)


def _from(field: Field, low: float) -> Expression:
    return Span(field, Order.SA, None, low)


def _up_to(field: Field, high: float) -> Expression:
    return Span(field, Order.LT, high, None)


def _after(number: float) -> float:
    return nextafter(number, inf)


_BEGINS: Mapping[str, Callable[[Field, float, float], Expression]] = {
    "gt": lambda field, low, _: _from(field, _after(low)),
    "ge": lambda field, low, _: _from(field, low),
    "lt": lambda field, low, _: _up_to(field, low),
    "le": lambda field, low, _: _up_to(field, _after(low)),
    "eq": lambda field, low, _: All((_from(field, low), _up_to(field, _after(low)))),
    "ne": lambda field, low, _: All((_from(field, low), _up_to(field, _after(low)))),
    "between": lambda field, low, high: All((_from(field, low), _up_to(field, _after(high)))),
}
_OF_MOMENTS: Mapping[str, Callable[[Field, float, float], Expression]] = {
    "gt": lambda field, _, high: _from(field, high),
    "ge": lambda field, low, _: _from(field, low),
    "lt": lambda field, low, _: _up_to(field, low),
    "le": lambda field, _, high: _up_to(field, high),
    "eq": lambda field, low, high: Span(field, Order.EQ, low, high),
    "ne": lambda field, low, high: Span(field, Order.EQ, low, high),
}
