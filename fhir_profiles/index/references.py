"""References: to resources of this server as `Type/id`, elsewhere as written (FHIR R4 search.html#reference).

One that names a version is kept with it, too: asked without a version any will do, with one only that.

Beside the terms of `subject` there are some of `subject:identifier`, for references by a business identifier.
Where an element may be a reference or something else, `medication:Reference` says that it is one.
"""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.index.asked import Asked, AskedTerm, Asking, UnreadableValue
from fhir_profiles.index.escaping import split_on, unescaped
from fhir_profiles.index.kept import CONTAINED, Converter, KeptRows, beside
from fhir_profiles.references import literal, pointed_type

IDENTIFIER = "identifier"
BY_REFERENCE = "Reference"
MODIFIERS = frozenset({IDENTIFIER, *RESOURCE_TYPES})


def _reference(rows: KeptRows, param: str, value: Any, resolves: str) -> None:
    text = value.get("reference")
    if isinstance(text, str) and text.startswith(CONTAINED):
        rows.local[param, text[1:], resolves] = None
    pointed = pointed_type(value) if resolves else None
    if pointed == resolves or not resolves:
        _text(rows, param, text, "")
        if isinstance(text, str) and text.startswith(CONTAINED) and not resolves:
            rows.there(param)
    identifier = value.get("identifier")
    if isinstance(identifier, dict) and pointed in (resolves or None, None):
        rows.spelt(beside(param, IDENTIFIER), identifier.get("system"), identifier.get("value"))
        if text is None and identifier.get("value"):
            rows.there(param)


def _text(rows: KeptRows, param: str, text: Any, _: str) -> None:
    """A local reference without and with its version; anything else as written, to contained ones none."""
    if found := literal(text, rows.base):
        rows.term(param, "", found.target)
        rows.term(param, "", found.versioned)
    elif isinstance(text, str) and not text.startswith(CONTAINED):
        rows.term(param, "", text)


def by_reference(rows: KeptRows, param: str, value: Any, _: str) -> None:
    """Say that a choice is a reference, whatever that leads to."""
    rows.term(beside(param, BY_REFERENCE), "", BY_REFERENCE)


def _canonical(rows: KeptRows, param: str, value: Any, _: str) -> None:
    """A canonical with and without its version, and as `Type/id` where it is this server's own."""
    if isinstance(value, str) and not value.startswith(CONTAINED):
        rows.term(param, "", value)
        _text(rows, param, value.partition("|")[0], "")
        rows.term(param, "", value.partition("|")[0])


def _inline(rows: KeptRows, param: str, value: Any, _: str) -> None:
    """A resource that stands where a reference might: the document's Composition in its Bundle."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        rows.term(param, "", f"{value.get('resourceType')}/{value['id']}")


KEPT: Mapping[str, Converter] = {
    "Reference": _reference,
    "canonical": _canonical,
    "uri": _text,
    "url": _text,
    "Resource": _inline,
}


def asked(asking: Asking, text: str) -> Asked:
    """Read `id`, `Type/id`, `Type/id/_history/n` or a URL.

    Without a type every type that the parameter may point to is meant. Raises `UnreadableValue`.
    """
    if asking.modifier == IDENTIFIER:
        *systems, code = split_on(text, "|")
        found_by = AskedTerm(asking.beside, (code,) if code else (), systems[0] if systems else None)
        return found_by.in_any_case()
    value = unescaped(text)
    if found := literal(value, asking.base):
        if asking.modifier not in ("", found.type):
            raise UnreadableValue("the modifier and the reference name different types")
        return AskedTerm(asking.name, (found.versioned or found.target,))
    if "/" in value or ":" in value:
        return AskedTerm(asking.name, (value,))
    targets = (asking.modifier,) if asking.modifier else asking.parameter.targets or tuple(RESOURCE_TYPES)
    return AskedTerm(asking.name, tuple(f"{target}/{value}" for target in targets))
