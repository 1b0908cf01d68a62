"""The entries of a batch or transaction Bundle, read and checked before anything is written (bundle.html)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from app.preconditions import http_date
from app.queries import pairs_of
from app.records.bundles.patches import patch_of
from app.records.write.receiving import Received, checked
from fhir_profiles.conformance.bundle_entries import contradiction
from fhir_profiles.dates import interval
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.documents import entry_resources, parse
from fhir_profiles.issues import InvalidResource, Issue
from fhir_profiles.patching.patches import Patch
from graph.errors import HilumError, Invalid, TooLarge
from graph.keys import resource_key
from graph.scope import AccessScope

MOST_ENTRIES = 10_000
METHODS = frozenset({"DELETE", "POST", "PUT", "PATCH", "GET", "HEAD"})
_WITH_RESOURCE = frozenset({"POST", "PUT"})
_HEADERS = {
    "ifNoneMatch": "If-None-Match",
    "ifModifiedSince": "If-Modified-Since",
    "ifMatch": "If-Match",
    "ifNoneExist": "If-None-Exist",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about: a type, and a resource by its id or by search criteria."""

    resource_type: str
    resource_id: str | None = None
    criteria: tuple[tuple[str, str], ...] = ()
    rest: str = ""


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """The `request` of an entry: method, url, headers by their names of HTTP, and its resource as a body."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """One entry that writes: its place in the Bundle, its request, and the valid resource that it brings.

    One with a `patch` brings no resource until that is made of the version `base` of what is stored.
    """

    index: int
    method: str
    url: str
    target: Target
    received: Received | None
    full_url: str | None
    headers: Mapping[str, str]
    patch: Patch | None = None
    base: int | None = None

    def at(self, element: str) -> str:
        """The FHIRPath of an element of this entry."""
        return f"Bundle.entry[{self.index}].{element}"


@dataclass(frozen=True, slots=True)
class BundleReading:
    """One entry that reads the current version of a resource: its place in the Bundle, and which."""

    index: int
    target: Target

    def key(self, scope: AccessScope) -> str:
        """The key of the resource."""
        return resource_key(scope.tenant, self.target.resource_type, self.target.resource_id or "")


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """A Bundle of requests: its type, and its entries with their texts, not judged yet."""

    kind: str
    entries: tuple[Mapping[str, Any], ...]
    texts: tuple[bytes | None, ...]

    def request(self, index: int) -> EntryRequest:
        """The request of an entry; raises `Invalid` with its place in the Bundle."""
        with placed(index):
            return _requested(self.entries[index], self.texts[index])

    def entry(self, index: int, request: EntryRequest, target: Target) -> BundleEntry:
        """Return an entry that writes a target, read and validated.

        Raises `Invalid`, `InvalidResource` or `InvalidDocument` with the entry's place.
        """
        full_url, resource = (self.entries[index].get(name) for name in ("fullUrl", "resource"))
        text = self.texts[index]
        with placed(index):
            _require_own_address(self.entries[index])
            return BundleEntry(
                index=index,
                method=request.method,
                url=request.url,
                target=target,
                received=_received(request.method, target, resource, text),
                full_url=full_url if isinstance(full_url, str) else None,
                headers=request.headers,
                patch=patch_of(resource, text) if request.method == "PATCH" else None,
            )

    def all(self) -> tuple[BundleEntry, ...]:
        """Every entry of a Bundle that only writes, its urls as references are: `Type` or `Type/id`.

        The first entry that is wrong is raised.
        """
        return tuple(self._named(index) for index in range(len(self.entries)))

    def _named(self, index: int) -> BundleEntry:
        request = self.request(index)
        with placed(index):
            target = target_of(request.url)
        return self.entry(index, request, target)


@contextmanager
def placed(index: int) -> Iterator[None]:
    """Give what is raised in the block the entry's place in the Bundle.

    Raises `InvalidResource` anew, with the place before each issue.
    """
    try:
        yield
    except InvalidResource as error:
        raise InvalidResource(*(_placed(issue, index) for issue in error.issues)) from None
    except HilumError as error:
        if not (error.location or "").startswith("Bundle."):
            error.location = f"Bundle.entry[{index}].{error.location or 'request'}"
        raise


def read_bundle(raw: bytes, *kinds: str) -> BundleRequest:
    """Read the text of a Bundle of one of these types.

    Raises `Invalid` for another type or form, `TooLarge` beyond `MOST_ENTRIES`.
    """
    document = parse(raw)
    if document.get("resourceType") != "Bundle":
        raise Invalid("the body is not a Bundle", location="resourceType")
    kind = document.get("type")
    if kind not in kinds:
        raise Invalid(f"Bundle.type must be {' or '.join(kinds)} here", location="Bundle.type")
    entries = document.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise Invalid("entry is not a list of objects", location="Bundle.entry", code="structure")
    if len(entries) > MOST_ENTRIES:
        raise TooLarge(f"more than {MOST_ENTRIES} entries", location="Bundle.entry")
    return BundleRequest(str(kind), tuple(entries), entry_resources(raw))


def target_of(url: str) -> Target:
    """The target that a reference names: `Type`, `Type/id` or `Type?criteria`; raises `Invalid`."""
    path, _, query = url.partition("?")
    resource_type, _, rest = path.strip("/").partition("/")
    if resource_type not in RESOURCE_TYPES:
        raise Invalid("the url of the entry is not below this server's base", location="request.url")
    resource_id, _, further = rest.partition("/")
    criteria = tuple(pairs_of(query, "request.url"))
    return Target(resource_type, unquote(resource_id) or None, criteria, further)


def _require_own_address(entry: Mapping[str, Any]) -> None:
    """Require that others who refer to an entry by its fullUrl mean the resource that it brings."""
    wrong = contradiction(entry)
    if wrong is not None:
        raise Invalid(wrong, location="fullUrl", code="value")


def _requested(entry: Mapping[str, Any], text: bytes | None) -> EntryRequest:
    request = entry.get("request")
    if not isinstance(request, dict):
        raise Invalid("the entry has no request", code="required")
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or method not in METHODS or not isinstance(url, str):
        raise Invalid("the request needs a method and a url", code="required")
    return EntryRequest(method, url, dict(_headers(request)), text or b"")


def _headers(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a request says as headers; an instant, as ifModifiedSince is one here, becomes an HTTP date."""
    for name, value in request.items():
        if name in _HEADERS and isinstance(value, str):
            moment = interval(value) if name == "ifModifiedSince" else None
            yield _HEADERS[name], http_date(moment[0]) if moment else value


def _received(method: str, target: Target, resource: Any, text: bytes | None) -> Received | None:
    if method not in _WITH_RESOURCE:
        return None
    if not isinstance(resource, dict) or text is None:
        raise Invalid("the entry has no resource", location="resource", code="required")
    return checked(text, resource, target.resource_type)


def _placed(issue: Issue, index: int) -> Issue:
    """An issue of a resource, with the resource's place in the Bundle."""
    _, _, inner = issue.expression.partition(".")
    place = f"Bundle.entry[{index}].resource" + (f".{inner}" if inner else "")
    return Issue(issue.severity, issue.code, place, issue.diagnostics)
