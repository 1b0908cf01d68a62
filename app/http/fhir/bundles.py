"""Bundles put together from stored texts: no resource is read or written anew (FHIR R4 bundle.html)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from graph.records import ResourceVersion


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """One entry: the resource as the bytes of its JSON, and what stands beside it."""

    full_url: str | None = None
    resource: bytes = b""
    beside: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> bytes:
        """Its JSON."""
        pieces: list[bytes] = []
        if self.full_url:
            pieces += (b',"fullUrl":', orjson.dumps(self.full_url))
        if self.resource:
            pieces += (b',"resource":', self.resource)
        if self.beside:
            pieces += (b",", orjson.dumps(self.beside)[1:-1])
        if not pieces:
            return b"{}"
        pieces[0] = b"{" + pieces[0][1:]
        return b"".join((*pieces, b"}"))


def found_entry(base: str, version: ResourceVersion, mode: str, text: bytes | None = None) -> AnswerEntry:
    """The entry of a searchset (search.html#entries): a version at its address, or a part of its text."""
    address = f"{base}/{version.resource_type}/{version.resource_id}"
    return AnswerEntry(address, version.body if text is None else text, {"search": {"mode": mode}})


def bundle(
    kind: str,
    entries: Iterable[AnswerEntry],
    links: Mapping[str, str] | None = None,
    total: int | None = None,
) -> bytes:
    """The JSON of a Bundle; `links` maps relations (self, next) to addresses."""
    head: dict[str, Any] = {"resourceType": "Bundle", "type": kind}
    if total is not None:
        head["total"] = total
    if links:
        head["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
    return _with_entries(head, entries)


def _with_entries(head: Mapping[str, Any], entries: Iterable[AnswerEntry]) -> bytes:
    texts = b",".join(entry.text() for entry in entries)
    text = orjson.dumps(head)
    return text if not texts else text[:-1] + b',"entry":[' + texts + b"]}"


def document(identifier: str, timestamp: str, entries: Iterable[AnswerEntry], profile: str = "") -> bytes:
    """The JSON of a Bundle that is a document (FHIR R4 documents.html#bundle), of a profile or none."""
    head: dict[str, Any] = {
        "resourceType": "Bundle",
        **({"meta": {"profile": [profile]}} if profile else {}),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": identifier},
        "type": "document",
        "timestamp": timestamp,
    }
    return _with_entries(head, entries)


def warning(texts: Iterable[str], code: str) -> bytes:
    """An OperationOutcome that tells what was left out of an answer."""
    issues = [{"severity": "warning", "code": code, "diagnostics": text} for text in texts]
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": issues})
