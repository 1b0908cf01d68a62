"""A resource on its way in: read strictly, validated, and made ready outside of the lock.

What only the lock can tell, the version and the instant, is written into the finished text at two marks.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from fhir_profiles.conformance.checking import errors_of
from fhir_profiles.consents import unenforceable
from fhir_profiles.documents import parse, stamp
from fhir_profiles.index.extraction import extract
from fhir_profiles.issues import InvalidResource, Issue
from fhir_profiles.patching.patches import Patch
from fhir_profiles.references import ENTRY, bundle_references
from fhir_profiles.security_labels import kept_for
from graph.clock import instant
from graph.errors import Invalid, Unprocessable
from graph.keys import resource_key
from graph.query.rows import ValueRows, compartment_keys, value_rows
from graph.site import Site

# Low surrogates without a high one: `parse` refuses them, so no client's text holds these marks.
_VERSION, _INSTANT = "\udc00\udc00", "\udc01\udc01"
_VERSION_MARK, _INSTANT_MARK = rb"\udc00\udc00", rb"\udc01\udc01"
_ENTRY = ENTRY.encode()


@dataclass(frozen=True, slots=True)
class Received:
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
    """A resource with its id and its references resolved: all but the version and the instant of its text.

    `study` is the document of an ImagingStudy, of which DICOM may own a part; None for every other type.
    `kept` is the Practitioner for whom alone it is, as `Practitioner/<id>`; None for what is nobody's alone.
    """

    key: str
    resource_type: str
    resource_id: str
    study: Mapping[str, Any] | None
    text: bytes
    values: ValueRows
    compartment: tuple[str, ...] | None
    kept: str | None = None

    def stamped(self, version_id: int, now: int) -> bytes:
        """The text as it will be served; `now` in µs since the epoch."""
        return _filled(self.text, str(version_id), instant(now))

    def document(self) -> Mapping[str, Any]:
        """What the text says, but for the version and the instant."""
        found: Mapping[str, Any] = orjson.loads(_filled(self.text, "0", ""))
        return found


def receive(raw: bytes, expected_type: str | None = None) -> Received:
    """Read and validate a resource.

    Raises `InvalidDocument`, `InvalidResource`, or `Invalid` for another type than the expected one.
    """
    return checked(raw, parse(raw), expected_type)


def checked(raw: bytes, document: Mapping[str, Any], expected_type: str | None = None) -> Received:
    """Validate a resource that was parsed already.

    Raises `InvalidResource`, `Invalid` for another type than the expected one, or `Unprocessable` for a
    Consent that cannot be enforced as it stands.
    """
    actual = document.get("resourceType")
    if expected_type is not None and actual != expected_type:
        raise Invalid(f"the body is not a {expected_type}", location="resourceType", code="invalid")
    if issues := errors_of(document):
        raise InvalidResource(*issues)
    if actual == "Consent":
        _require_enforceable(document)
    return Received(raw, document)


def _require_enforceable(consent: Mapping[str, Any]) -> None:
    """Require that what a Consent denies can be kept from whom it says (FHIR R4 consent.html#6.2.4)."""
    for issue in unenforceable(consent):
        raise Unprocessable(issue.diagnostics, location=issue.expression, code=issue.code)


def require_same_id(received: Received, resource_id: str) -> None:
    """Require that the body of an update names the id of its URL.

    Raises `InvalidResource` (FHIR R4 http.html#update).
    """
    if received.resource_id != resource_id:
        where = f"{received.resource_type}.id"
        raise InvalidResource(Issue("error", "value", where, "the id of the body is not that of the URL"))


def require_targets(received: Received, entries: Container[str] = ()) -> None:
    """Require that each reference by `urn:uuid:` is to one of the `entries` of the same Bundle.

    Nothing stored has such a name. Raises `InvalidResource` with its place.
    """
    if _ENTRY not in received.raw:
        return
    for text, path in bundle_references(received.document).items():
        if text not in entries:
            where = f"{received.resource_type}.{path}.reference"
            raise InvalidResource(
                Issue("error", "not-found", where, "no entry of the same Bundle has this urn:uuid")
            )


def prepare(
    received: Received,
    site: Site,
    tenant: str,
    resource_id: str,
    references: Mapping[str, str] | None = None,
) -> Prepared:
    """Give a resource its id, rewrite `references` in it, and extract what it is found by at this site."""
    text = stamp(received.raw, resource_id, _VERSION, _INSTANT, references)
    document: Mapping[str, Any] = {**received.document, "id": resource_id}
    if references:
        document = orjson.loads(_filled(text, "0", ""))
    return _extracted(text, document, site, tenant)


def patched(prepared: Prepared, patch: Patch, site: Site, tenant: str) -> Prepared:
    """What was prepared as a patch changes it, with what that is found by."""
    text = patch.applied(prepared.text.decode()).encode()
    return _extracted(text, orjson.loads(_filled(text, "0", "")), site, tenant)


def _extracted(text: bytes, document: Mapping[str, Any], site: Site, tenant: str) -> Prepared:
    resource_type, resource_id = document["resourceType"], document["id"]
    values = extract(document, site.zone, site.fhir_base, site.added)
    return Prepared(
        key=resource_key(tenant, resource_type, resource_id),
        resource_type=resource_type,
        resource_id=resource_id,
        study=document if resource_type == "ImagingStudy" else None,
        text=text,
        values=value_rows(tenant, resource_type, values),
        compartment=compartment_keys(tenant, values),
        kept=kept_for(document),
    )


def _filled(text: bytes, version_id: str, moment: str) -> bytes:
    version = text.replace(_VERSION_MARK, version_id.encode(), 1)
    return version.replace(_INSTANT_MARK, moment.encode(), 1)
