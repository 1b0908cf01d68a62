"""The formats of FHIR, and which of them a client wants (FHIR R4 http.html#mime-type).

Here and not in the window of FHIR, since failures are told in them, too, before any window is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from app.http.kit.negotiation import MediaType, choose, media_type, parse_media_type
from fhir_profiles.json_pretty import pretty
from fhir_profiles.xml import json_of, xml_of
from graph.errors import HilumError, NotAcceptable

FHIR_JSON, FHIR_XML = MediaType("application", "fhir+json"), MediaType("application", "fhir+xml")
JSON_TYPES = (FHIR_JSON.name, "application/json", "text/json")
XML_TYPES = (FHIR_XML.name, "application/xml", "text/xml")
FORMAT, PRETTY = "_format", "_pretty"

_VERSIONS = ("4.0", "4.0.1")  # http.html#version-parameter names the first, some clients the second
_VERSION = "fhirversion"
_OFFERS = tuple(
    media_type(name, **{_VERSION: version}) for name in (*JSON_TYPES, *XML_TYPES) for version in _VERSIONS
)
_FORMATS: Mapping[str, MediaType] = {
    **dict.fromkeys(("json", *JSON_TYPES, "application/json+fhir"), FHIR_JSON),
    **dict.fromkeys(("xml", *XML_TYPES, "application/xml+fhir"), FHIR_XML),
}


@dataclass(frozen=True, slots=True)
class FhirFormat:
    """How a resource is shown: the name of a media type, and whether for somebody who reads it."""

    name: str
    pretty: bool = False

    @property
    def content_type(self) -> str:
        """The media type with its charset."""
        return f"{self.name}; charset=utf-8"

    def written(self, body: bytes) -> bytes:
        """The JSON of a resource in this format."""
        if self.name in XML_TYPES:
            return xml_of(body, pretty=self.pretty)
        return pretty(body) if self.pretty else body


def format_asked(accept: str | None, asked: str | None, shown: str | None = None) -> FhirFormat:
    """The format that a client wants: `asked` is `_format`, which comes before Accept, `shown` is `_pretty`.

    Raises `NotAcceptable` for anything but the JSON or XML of FHIR 4.0.
    """
    found = _chosen(accept, asked)
    return replace(found, pretty=True) if shown == "true" else found


def format_of_failure(accept: str | None, asked: str | None, shown: str | None = None) -> FhirFormat:
    """The format in which a client is told of a failure: JSON for who wants what there is not."""
    try:
        return format_asked(accept, asked, shown)
    except HilumError:
        return FhirFormat(FHIR_JSON.name)


def names_fhir(accept: str | None, asked: str | None) -> bool:
    """Whether a client names a format of FHIR, as it must to get a Binary as a resource (binary.html)."""
    listed = (accept or "").lower()
    return asked is not None or any(each.name in listed for each in (FHIR_JSON, FHIR_XML))


def read_as_json(kind: str, raw: bytes) -> bytes:
    """The JSON of a resource that came in one of the formats; raises `InvalidDocument` for what is no XML."""
    return json_of(raw) if kind in XML_TYPES else raw


def is_of_version(named: MediaType | None) -> bool:
    """Whether a media type names no version of FHIR, or that of R4 (http.html#version-parameter)."""
    return named is None or named.parameters.get(_VERSION, _VERSIONS[0]) in _VERSIONS


@lru_cache(maxsize=256)
def _chosen(accept: str | None, asked: str | None) -> FhirFormat:
    if asked is None:
        return FhirFormat(choose(accept, _OFFERS).name)
    name, _, parameters = asked.partition(";")
    # A plus that a client left unescaped is a blank.
    found = _FORMATS.get(name.strip().lower().replace(" ", "+"))
    if found is None or not is_of_version(parse_media_type(f"{FHIR_JSON};{parameters}")):
        raise NotAcceptable("JSON and XML of FHIR 4.0 are the formats here", location=FORMAT)
    return FhirFormat(found.name)
