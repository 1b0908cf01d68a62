"""A request and its answer, of HTTP or of an entry of a batch: what the interactions see of either."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.http.kit.conditional import version_tag
from app.http.kit.fhir_formats import FORMAT, PRETTY, FhirFormat, format_asked
from app.preconditions import http_date
from app.records.search import Pairs
from graph.records import ResourceVersion

_PREFERENCE = re.compile(r"(?<![A-Za-z-])([A-Za-z-]++)\s*+=\s*+\"?([A-Za-z]+)")  # no text is read twice

# Parameters of every interaction (http.html#parameters), no criteria.
GENERAL_PARAMETERS = frozenset({FORMAT, PRETTY})


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
    """An answer: `body` is the JSON of a resource, empty where there is none.

    With a `media_type` it is what that says, and goes out as it is.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


def format_of(call: Call) -> FhirFormat:
    """The format of the answer (http.html#mime-type).

    Raises `NotAcceptable` for anything but the JSON or XML of FHIR 4.0.
    """
    return format_asked(call.headers.get("Accept"), call.parameter(FORMAT), call.parameter(PRETTY))


def version_headers(version: ResourceVersion) -> dict[str, str]:
    """What says which version an answer is about."""
    return {"ETag": version_tag(version.version_id), "Last-Modified": http_date(version.last_updated)}


def location(base: str, version: ResourceVersion) -> str:
    """The address of a version; `base` is that of the FHIR API."""
    return f"{base}/{version.resource_type}/{version.resource_id}/_history/{version.version_id}"
