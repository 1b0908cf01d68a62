"""A resource on its way in: read strictly, validated, and made ready outside of the lock.

What only the lock can tell, the version and the instant, is written into the finished text at two marks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import orjson

from fhir_profiles.documents import parse, stamp
from fhir_profiles.index.extraction import extract
from fhir_profiles.issues import InvalidResource, Issue
from fhir_profiles.validation.validation import validate
from graph.clock import instant
from graph.commit import ValueRows
from graph.commit.values import compartment_keys, value_rows
from graph.errors import Invalid
from graph.keys import resource_key

# Low surrogates without a high one: `parse` refuses them, so no client's text holds these marks.
_VERSION, _INSTANT = "\udc00\udc00", "\udc01\udc01"
_VERSION_MARK, _INSTANT_MARK = rb"\udc00\udc00", rb"\udc01\udc01"


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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A resource with its id and its references resolved: all but the version and the instant of its text."""

    key: str
    resource_type: str
    resource_id: str
    document: Mapping[str, Any]
    text: bytes
    values: ValueRows
    compartment: tuple[str, ...] | None

    def stamped(self, version_id: int, now: int) -> bytes:
        """The text as it will be served; `now` in µs since the epoch."""
        return _filled(self.text, str(version_id), instant(now))


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


def prepare(
    draft: Draft,
    reading: Reading,
    tenant: str,
    resource_id: str,
    references: Mapping[str, str] | None = None,
) -> Prepared:
    """Give a draft its id, rewrite `references` in it, and extract what it is found by."""
    text = stamp(draft.raw, resource_id, _VERSION, _INSTANT, references)
    document: Mapping[str, Any] = {**draft.document, "id": resource_id}
    if references:
        document = orjson.loads(_filled(text, "0", ""))
    values = extract(document, reading.zone, reading.base)
    return Prepared(
        key=resource_key(tenant, draft.resource_type, resource_id),
        resource_type=draft.resource_type,
        resource_id=resource_id,
        document=document,
        text=text,
        values=value_rows(tenant, draft.resource_type, values),
        compartment=compartment_keys(tenant, values),
    )


def _filled(text: bytes, version_id: str, moment: str) -> bytes:
    version = text.replace(_VERSION_MARK, version_id.encode(), 1)
    return version.replace(_INSTANT_MARK, moment.encode(), 1)
