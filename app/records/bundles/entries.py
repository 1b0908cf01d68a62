"""The entries of a batch or transaction Bundle, read and checked before anything is written (bundle.html)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from app.records.write.drafts import Draft, checked
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.documents import entry_resources, parse
from fhir_profiles.issues import InvalidResource, Issue
from graph.errors import HilumError, Invalid, TooLarge

MOST_ENTRIES = 10_000
METHODS = frozenset({"DELETE", "POST", "PUT", "PATCH", "GET", "HEAD"})
READING = frozenset({"GET", "HEAD"})
_WITH_RESOURCE = frozenset({"POST", "PUT"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where an entry goes: a type, an id or search criteria; `rest` is what follows (`_history/3`)."""

    resource_type: str
    resource_id: str | None = None
    criteria: tuple[tuple[str, str], ...] = ()
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its place in the Bundle, its request, and the valid resource that it brings."""

    index: int
    method: str
    url: str
    target: Target
    draft: Draft | None
    full_url: str | None
    headers: Mapping[str, str]

    @property
    def reads(self) -> bool:
        """Whether it asks only."""
        return self.method in READING

    def at(self, element: str) -> str:
        """The FHIRPath of an element of this entry."""
        return f"Bundle.entry[{self.index}].{element}"


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """A Bundle of requests: its type, and its entries with their texts, not judged yet."""

    kind: str
    base: str
    entries: tuple[Mapping[str, Any], ...]
    texts: tuple[bytes | None, ...]

    def entry(self, index: int) -> Entry:
        """Read one entry; what is wrong is raised with its place in the Bundle."""
        try:
            return self._entry(index, self.entries[index])
        except InvalidResource as error:
            raise InvalidResource(*(_placed(issue, index) for issue in error.issues)) from None
        except HilumError as error:
            error.location = f"Bundle.entry[{index}].{error.location or 'request'}"
            raise

    def all(self) -> tuple[Entry, ...]:
        """Every entry; the first that is wrong is raised."""
        return tuple(self.entry(index) for index in range(len(self.entries)))

    def _entry(self, index: int, entry: Mapping[str, Any]) -> Entry:
        method, url, request = _requested(entry)
        target = target_of(url.removeprefix(f"{self.base}/"))
        full_url = entry.get("fullUrl")
        return Entry(
            index=index,
            method=method,
            url=url,
            target=target,
            draft=_draft(method, target, entry.get("resource"), self.texts[index]),
            full_url=full_url if isinstance(full_url, str) else None,
            headers={name: str(value) for name, value in request.items() if name not in ("method", "url")},
        )


def read_bundle(raw: bytes, base: str, *kinds: str) -> BundleRequest:
    """Read the text of a Bundle of one of these types; raise `Invalid` for another."""
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
    return BundleRequest(str(kind), base, tuple(entries), entry_resources(raw))


def target_of(url: str) -> Target:
    """The target of an entry's url: relative to the base, `Type`, `Type/id` or `Type?criteria`."""
    path, _, query = url.partition("?")
    resource_type, _, rest = path.strip("/").partition("/")
    if resource_type not in RESOURCE_TYPES:
        raise Invalid("the url of the entry is not below this server's base", location="request.url")
    resource_id, _, further = rest.partition("/")
    criteria = tuple(parse_qsl(query, keep_blank_values=True))
    return Target(resource_type, unquote(resource_id) or None, criteria, further)


def _requested(entry: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    request = entry.get("request")
    if not isinstance(request, dict):
        raise Invalid("the entry has no request", code="required")
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or method not in METHODS or not isinstance(url, str):
        raise Invalid("the request needs a method and a url", code="required")
    return method, url, request


def _draft(method: str, target: Target, resource: Any, text: bytes | None) -> Draft | None:
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
