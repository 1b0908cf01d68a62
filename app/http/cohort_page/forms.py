"""The forms of a question as the page draws them: made of the schemas that read it, in the page's language.

Each field is told by its type, which the script of the page has a widget for, by its label and by what it is.
A field of the language that is new is in its form as soon as it is in its schema.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from app.cohorts.language.event_forms import EVENT_SCHEMAS, Contrast
from app.cohorts.language.forms import KOREAN, Codes, NumberField, NumberOrTwo
from app.cohorts.language.output_forms import OutputSchema
from app.cohorts.language.schemas import (
    AgeSchema,
    AgeValue,
    AtLeastSchema,
    DeathSchema,
    SexSchema,
    SexValue,
)
from app.cohorts.language.time_forms import Periods, PeriodSchema, PickField, PickSchema
from app.form_words import form_name
from app.http.cohort_page.labels import CONDITIONS, FIELDS, OPTIONS, SYSTEMS, USUAL
from app.http.kit.languages import ENGLISH, gettext, language

OF_CONDITIONS: Mapping[str, type[Schema]] = {
    "age": AgeSchema,
    "sex": SexSchema,
    "deceased": DeathSchema,
    "atLeast": AtLeastSchema,
    **EVENT_SCHEMAS,
}
"""The form of each condition that has one."""
_TOPS: tuple[type[Schema], ...] = (*OF_CONDITIONS.values(), PickSchema, OutputSchema)
_NOTES = frozenset({"src", "why", "kind"})
_ANCHORS = frozenset({"before", "after", "around", "at"})
_EVENTS = frozenset({"during", "event", "linkedTo"})
_TYPES: Mapping[type[fields.Field[Any]], str] = {
    Codes: "codes",
    PickField: "pick",
    NumberOrTwo: "numbers",
    AgeValue: "numbers",
    SexValue: "sexes",
    Contrast: "contrast",
    NumberField: "number",
    fields.Boolean: "boolean",
    fields.Integer: "integer",
    fields.Raw: "anything",
}
"""The widget of a field by its class, where that alone decides."""


def described() -> dict[str, Any]:
    """Every form that the page may need, by name, and the conditions with the form of each."""
    found: dict[str, Any] = {}
    for schema in _TOPS:
        _describe(schema, found)
    return {
        "forms": found,
        "conditions": [
            {
                "key": key,
                "label": gettext(label),
                "form": form_name(OF_CONDITIONS[key]) if key in OF_CONDITIONS else None,
                "event": key in EVENT_SCHEMAS,
            }
            for key, label in CONDITIONS.items()
        ],
        "systems": dict(SYSTEMS),
        "labels": {name: gettext(label) for name, label in FIELDS.items()},
        "options": {name: gettext(label) for name, label in OPTIONS.items()},
    }


def _describe(schema: type[Schema], found: dict[str, Any]) -> None:
    """Add the form of a schema, and those that its fields lead to."""
    name = form_name(schema)
    if name in found:
        return
    found[name] = []
    for field in schema().fields.values():
        key = field.data_key or ""
        if key in _NOTES or _is_of_conditions(field):
            continue
        for below in _below(field):
            _describe(below, found)
        found[name].append(_field(key, field))


def _field(key: str, field: fields.Field[Any]) -> dict[str, Any]:
    """A field of a form: its name in JSON, its type, label and hint, and what its type needs beside."""
    return {
        "name": key,
        "label": gettext(FIELDS[key]) if key in FIELDS else key,
        "hint": _hint(field),
        "required": field.required,
        **_typed(key, field),
        **_bounds(field),
    }


def _typed(key: str, field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, Periods):
        return {"type": "periods", "form": form_name(PeriodSchema)}
    if isinstance(field, fields.Nested):
        return {"type": "forms" if field.many else "form", "form": form_name(_schema_of(field))}
    if isinstance(field, fields.List):
        return _listed(key, field)
    if isinstance(field, fields.String):
        return _worded(key, field)
    kind = next((name for of, name in _TYPES.items() if isinstance(field, of)), None)
    if kind is None:
        raise TypeError(f"{key} is a {type(field).__name__}, which no form of the page has")
    return {"type": kind}


def _listed(key: str, field: fields.List[Any]) -> dict[str, Any]:
    inner = field.inner
    if isinstance(inner, fields.Nested):
        return {"type": "forms", "form": form_name(_schema_of(inner))}
    return {"type": "texts", "usual": list(USUAL.get(key, ()))}


def _worded(key: str, field: fields.String) -> dict[str, Any]:
    choices = _choices(field)
    if choices is not None:
        return {"type": "choice", "options": [[each, _option(each)] for each in choices]}
    if key in _ANCHORS or key in _EVENTS:
        return {"type": "anchor" if key in _ANCHORS else "event"}
    return {"type": "text"}


def _option(word: Any) -> str:
    return gettext(OPTIONS[word]) if word in OPTIONS else str(word)


def _choices(field: fields.Field[Any]) -> list[Any] | None:
    return next((list(each.choices) for each in field.validators if isinstance(each, validate.OneOf)), None)


def _bounds(field: fields.Field[Any]) -> dict[str, Any]:
    """The least and the most of a number, as far as its schema says them."""
    for each in field.validators:
        if isinstance(each, validate.Range):
            ends = {"min": each.min, "max": each.max}
            return {name: end for name, end in ends.items() if end is not None}
    return {}


def _hint(field: fields.Field[Any]) -> str:
    """What a field is, in the language of the page; empty where the schema does not say it there."""
    told = field.metadata.get("description" if language() == ENGLISH else KOREAN, "")
    return str(told)


def _is_of_conditions(field: fields.Field[Any]) -> bool:
    """Whether a field holds conditions: those are cards of their own."""
    inner = field.inner if isinstance(field, fields.List) else field
    return isinstance(inner, fields.Nested) and inner.schema.__class__.__name__ == "NodeSchema"


def _below(field: fields.Field[Any]) -> Iterator[type[Schema]]:
    inner = field.inner if isinstance(field, fields.List) else field
    if isinstance(inner, fields.Nested):
        yield _schema_of(inner)
    if isinstance(field, Periods):
        yield PeriodSchema


def _schema_of(field: fields.Nested) -> type[Schema]:
    return type(field.schema)
