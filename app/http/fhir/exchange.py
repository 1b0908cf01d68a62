"""A request and its answer, of HTTP or of an entry of a batch: what the interactions see of either."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.http.kit.conditional import version_tag
from app.http.kit.negotiation import MediaType, choose, parse_media_type
from app.preconditions import http_date
from app.records.search import Pairs
from graph.errors import NotAcceptable
from graph.records import ResourceVersion

FHIR_JSON = MediaType("application", "fhir+json")
_TYPES = (FHIR_JSON, MediaType("application", "json"), MediaType("text", "json"))
_VERSIONS = ("4.0", "4.0.1")  # http.html#version-parameter names the first, some clients the second
_VERSION = "fhirversion"
_OFFERS = tuple(
    MediaType(each.type, each.subtype, {_VERSION: version}) for each in _TYPES for version in _VERSIONS
)
_FORMATS = frozenset({"json", *(each.name for each in _TYPES)})
_PREFERENCE = re.compile(r"(?<![A-Za-z-])([A-Za-z-]++)\s*+=\s*+\"?([A-Za-z]+)")  # no text is read twice

# Parameters of every interaction (http.html#parameters), no criteria.
FORMAT = "_format"
GENERAL_PARAMETERS = frozenset({FORMAT, "_pretty"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `parameters` are the pairs of its query and form, `now` is µs since the epoch."""

    now: int
    parameters: Pairs = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def criteria(self) -> Pairs:
        """The parameters that search."""
        return tuple(pair for pair in self.parameters if pair[0] not in GENERAL_PARAMETERS)

    def parameter(self, name: str) -> str | None:
        """The first value of a parameter."""
        return next((value for given, value in self.parameters if given == name), None)

    def prefers(self, name: str) -> str | None:
        """A preference of the client (RFC 7240), as `return` or `handling`."""
        return dict(_PREFERENCE.findall(self.headers.get("Prefer", ""))).get(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `body` is the JSON of a resource, empty where there is none."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def media_type(call: Call) -> str:
    """The media type of the answer (http.html#mime-type).

    Raises `NotAcceptable` for anything but the JSON of FHIR 4.0.
    """
    asked = call.parameter(FORMAT)
    if asked is None:
        return f"{choose(call.headers.get('Accept'), _OFFERS).name}; charset=utf-8"
    name, _, parameters = asked.partition(";")
    named = parse_media_type(f"{FHIR_JSON};{parameters}")
    # A plus that a client left unescaped is a blank.
    if name.strip().lower().replace(" ", "+") not in _FORMATS or not is_of_version(named):
        raise NotAcceptable("JSON of FHIR 4.0 is the one format here", location=FORMAT)
    return f"{FHIR_JSON}; charset=utf-8"


def is_of_version(media_type: MediaType | None) -> bool:
    """Whether a media type names no version of FHIR, or that of R4 (http.html#version-parameter)."""
    return media_type is None or media_type.parameters.get(_VERSION, _VERSIONS[0]) in _VERSIONS


def version_headers(version: ResourceVersion) -> dict[str, str]:
    """What says which version an answer is about."""
    return {"ETag": version_tag(version.version_id), "Last-Modified": http_date(version.last_updated)}


def location(base: str, version: ResourceVersion) -> str:
    """The address of a version; `base` is that of the FHIR API."""
    return f"{base}/{version.resource_type}/{version.resource_id}/_history/{version.version_id}"
