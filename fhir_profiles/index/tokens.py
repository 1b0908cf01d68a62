"""Tokens: codes of a system, booleans, identifiers (FHIR R4 search.html#token).

Beside the terms of `code` and `identifier` there are texts of `code:text`, for the words that stand with a
code, and terms of `identifier:of-type`, with the system of the type and `type|value` for code. What is a
string, a number of somebody or an address of theirs is found in any case; codes are those of their system.
"""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.index.asked import Asked, AskedTerm, AskedText, Asking, UnreadableValue
from fhir_profiles.index.escaping import split_on, unescaped
from fhir_profiles.index.kept import Converter, KeptRows, beside

TEXT, OF_TYPE = "text", "of-type"
IN, NOT_IN, ABOVE, BELOW = "in", "not-in", "above", "below"  # terminology says which codes are meant
MODIFIERS = frozenset({"not", TEXT, OF_TYPE, IN, NOT_IN, ABOVE, BELOW})
_CODE_ONLY, _SYSTEM_AND_CODE, _SYSTEM_TYPE_AND_VALUE = 1, 2, 3
_A_TOKEN = "a token is [system]|[code]"  # noqa: S105 - not a secret


def _code(rows: KeptRows, param: str, value: Any, system: str) -> None:
    rows.term(param, system, value)


def _string(rows: KeptRows, param: str, value: Any, _: str) -> None:
    rows.spelt(param, "", value)


def _boolean(rows: KeptRows, param: str, value: Any, _: str) -> None:
    if isinstance(value, bool):
        rows.term(param, "", "true" if value else "false")


def _coding(rows: KeptRows, param: str, value: Any, _: str) -> None:
    rows.term(param, value.get("system"), value.get("code"))
    if "display" in value:
        rows.text(beside(param, TEXT), value["display"])


def _codeable_concept(rows: KeptRows, param: str, value: Any, _: str) -> None:
    for coding in value.get("coding", ()):
        if isinstance(coding, dict):
            _coding(rows, param, coding, "")
    if "text" in value:
        rows.text(beside(param, TEXT), value["text"])


def _identifier(rows: KeptRows, param: str, value: Any, _: str) -> None:
    number = value.get("value")
    rows.spelt(param, value.get("system"), number)
    kind = value.get("type")
    if isinstance(kind, dict):
        rows.text(beside(param, TEXT), kind.get("text"))
        for coding in kind.get("coding", ()):
            if number and isinstance(coding, dict) and "code" in coding:
                rows.spelt(beside(param, OF_TYPE), coding.get("system"), _typed(coding["code"], number))


def _typed(code: object, number: object) -> str:
    return f"{code}|{number}"


def _contact_point(rows: KeptRows, param: str, value: Any, _: str) -> None:
    rows.spelt(param, value.get("system"), value.get("value"))


KEPT: Mapping[str, Converter] = {
    **dict.fromkeys(("code", "id", "uri", "url", "canonical", "oid", "uuid"), _code),
    **dict.fromkeys(("string", "markdown"), _string),
    "boolean": _boolean,
    "Coding": _coding,
    "CodeableConcept": _codeable_concept,
    "Identifier": _identifier,
    "ContactPoint": _contact_point,
}
IN_ANY_CASE = frozenset({_string, _identifier, _contact_point})
"""The converters of datatypes that are found in any case."""


def asked(asking: Asking, text: str) -> Asked:
    """Read `code`, `system|code`, `|code` or `system|`.

    With `:text` words, with `:of-type` `system|type|value`. Raises `UnreadableValue`.
    """
    if asking.modifier == TEXT:
        return AskedText(asking.beside, unescaped(text))
    parts = split_on(text, "|")
    found = _asked_of_type(asking, parts) if asking.modifier == OF_TYPE else asked_coded(asking.name, parts)
    return found.in_any_case() if asking.caseless else found


def asked_coded(name: str, parts: list[str]) -> AskedTerm:
    """Read a code alone, or a system and a code of which one may be empty.

    Raises `UnreadableValue`.
    """
    if len(parts) == _CODE_ONLY:
        return AskedTerm(name, (parts[0],))
    if len(parts) != _SYSTEM_AND_CODE or not any(parts):
        raise UnreadableValue(_A_TOKEN)
    system, code = parts
    return AskedTerm(name, (code,) if code else (), system)


def _asked_of_type(asking: Asking, parts: list[str]) -> AskedTerm:
    if len(parts) != _SYSTEM_TYPE_AND_VALUE or not all(parts[1:]):
        raise UnreadableValue(":of-type is [system]|[code]|[value]")
    system, code, value = parts
    return AskedTerm(asking.beside, (_typed(code, value),), system or None)
