"""URIs, compared whole (FHIR R4 search.html#uri)."""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.index.asked import Asked, AskedTerm, Asking
from fhir_profiles.index.escaping import unescaped
from fhir_profiles.index.kept import Converter, KeptRows


def _uri(rows: KeptRows, param: str, value: Any, _: str) -> None:
    rows.term(param, "", value)


KEPT: Mapping[str, Converter] = dict.fromkeys(("uri", "url", "canonical", "oid", "uuid", "string"), _uri)


def asked(asking: Asking, text: str) -> Asked:
    """Read a whole URI."""
    return AskedTerm(asking.name, (unescaped(text),))
