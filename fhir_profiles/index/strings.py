"""Strings, folded; of names and addresses each part is a text of its own (FHIR R4 search.html#string)."""

from collections.abc import Iterator, Mapping
from typing import Any

from fhir_profiles.index.asked import Asked, AskedText, Asking
from fhir_profiles.index.escaping import unescaped
from fhir_profiles.index.kept import Converter, KeptRows

MODIFIERS = frozenset({"exact", "contains"})


def _string(rows: KeptRows, param: str, value: Any, _: str) -> None:
    rows.text(param, value)


def _parts(*names: str) -> Converter:
    def convert(rows: KeptRows, param: str, value: Any, _: str) -> None:
        for name in names:
            for part in _items(value, name):
                rows.text(param, part)

    return convert


def _items(value: Mapping[str, Any], name: str) -> Iterator[Any]:
    found = value.get(name, ())
    yield from found if isinstance(found, list) else (found,)


KEPT: Mapping[str, Converter] = {
    **dict.fromkeys(("code", "string", "markdown", "id", "uri", "url", "canonical", "oid", "uuid"), _string),
    "HumanName": _parts("family", "given", "prefix", "suffix", "text"),
    "Address": _parts("line", "city", "district", "state", "postalCode", "country", "text"),
}


def asked(asking: Asking, text: str) -> Asked:
    """How the text begins; what it is or holds with `:exact` and `:contains`."""
    return AskedText(asking.name, unescaped(text), asking.modifier)
