"""A resource on its way in: read strictly, validated, and ready to be stamped under the lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import orjson

from fhir_profiles.documents import parse, stamp
from fhir_profiles.extraction import SearchValues, extract
from fhir_profiles.issues import InvalidResource, Issue
from fhir_profiles.validation import validate
from graph.clock import instant
from graph.errors import Invalid


@dataclass(frozen=True, slots=True)
class Reading:
    """How texts are read here: the zone of dates without an offset, and the base of absolute local URLs."""

    zone: tzinfo
    base: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A valid resource: its text as received, and what that says."""

    raw: bytes
    document: Mapping[str, Any]

    @property
    def resource_type(self) -> str:
        """The type that the text says."""
        return str(self.document["resourceType"])

    @property
    def resource_id(self) -> str | None:
        """The id that the text says."""
        return self.document.get("id")

    def stamped(self, resource_id: str, version_id: int, now: int, references: Mapping[str, str]) -> bytes:
        """The text as it will be served."""
        return stamp(self.raw, resource_id, str(version_id), instant(now), references)

    def values(self, reading: Reading, resource_id: str, references: Mapping[str, str]) -> SearchValues:
        """What it is found by once it has its id and its references are resolved."""
        document: Mapping[str, Any] = {**self.document, "id": resource_id}
        if references:
            document = orjson.loads(stamp(self.raw, resource_id, "1", "1970-01-01T00:00:00Z", references))
        return extract(document, reading.zone, reading.base)


def draft_of(raw: bytes, expected_type: str | None = None) -> Draft:
    """Read and validate a resource; raise `InvalidDocument`, `InvalidResource` or `Invalid`."""
    return checked(raw, parse(raw), expected_type)


def checked(raw: bytes, document: Mapping[str, Any], expected_type: str | None = None) -> Draft:
    """Validate a resource that was parsed already."""
    actual = document.get("resourceType")
    if expected_type is not None and actual != expected_type:
        raise Invalid(f"the body is not a {expected_type}", location="resourceType", code="invalid")
    issues = validate(document)
    if any(issue.severity in ("error", "fatal") for issue in issues):
        raise InvalidResource(*issues)
    return Draft(raw, document)


def require_same_id(draft: Draft, resource_id: str) -> None:
    """The id of an update stands in its body too (FHIR R4 http.html#update)."""
    if draft.resource_id != resource_id:
        where = f"{draft.resource_type}.id"
        raise InvalidResource(Issue("error", "value", where, "the id of the body is not that of the URL"))
