"""URIs, compared whole, or by the segments of their path (FHIR R4 search.html#uri)."""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.index.asked import Asked, AskedTerm, AskedUri, Asking, UnreadableValue
from fhir_profiles.index.escaping import unescaped
from fhir_profiles.index.kept import Converter, KeptRows

ABOVE, BELOW, CONTAINS = "above", "below", "contains"
MODIFIERS = frozenset({ABOVE, BELOW, CONTAINS})
_SCHEME = "://"


def _uri(rows: KeptRows, param: str, value: Any, _: str) -> None:
    rows.term(param, "", value)


def _canonical(rows: KeptRows, param: str, value: Any, _: str) -> None:
    """A canonical with its version and without: who asks for none means any."""
    if isinstance(value, str):
        rows.term(param, "", value)
        rows.term(param, "", value.partition("|")[0])


KEPT: Mapping[str, Converter] = {
    **dict.fromkeys(("uri", "url", "oid", "uuid", "string"), _uri),
    "canonical": _canonical,
}


def asked(asking: Asking, text: str) -> Asked:
    """Read a whole URI; what is above or below one, or a part of some.

    Raises `UnreadableValue` for what is above or below a URN, which has no segments.
    """
    uri = unescaped(text)
    if asking.modifier == CONTAINS:
        return AskedUri(asking.name, uri, whole_segments=False)
    if asking.modifier and _SCHEME not in uri:
        raise UnreadableValue("a URN has nothing above and nothing below it: ask by a URL")
    if asking.modifier == BELOW:
        return AskedUri(asking.name, uri.rstrip("/"), whole_segments=True)
    return AskedTerm(asking.name, _above(uri) if asking.modifier == ABOVE else (uri,))


def _above(uri: str) -> tuple[str, ...]:
    """The URI and what it lies below, down to its host, each with and without a slash at its end."""
    scheme, _, path = uri.rstrip("/").partition(_SCHEME)
    segments = path.split("/")
    above = [f"{scheme}{_SCHEME}{'/'.join(segments[:count])}" for count in range(len(segments), 0, -1)]
    return tuple(form for each in above for form in (each, f"{each}/"))
