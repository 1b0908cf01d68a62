"""What entries of a Bundle call one another, and where they do (FHIR R4 bundle.html#references)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.records.bundles.entries import BundleEntry
from app.records.search import Pairs
from fhir_profiles.definitions.registry import RESOURCE_TYPES

_LINKS = re.compile(r"""(?:href|src)\s*=\s*["']([^"']+)""")
_IDENTIFIER = "identifier"


def own_names(entry: BundleEntry) -> Iterator[str]:
    """The fullUrl; of a new resource also its end, `Patient/1`, which others beside it refer to."""
    if entry.full_url and entry.received:
        yield entry.full_url
        parts = entry.full_url.rsplit("/", 2)
        if entry.method == "POST" and parts[1:2] == [entry.received.resource_type]:
            yield "/".join(parts[1:])


def own_identifiers(entry: BundleEntry) -> Iterator[Pairs]:
    """The criteria of conditional references that an entry answers: `identifier=system|value`."""
    found = entry.received.document.get(_IDENTIFIER, []) if entry.received else []
    for identifier in found if isinstance(found, list) else [found]:
        if isinstance(identifier, dict) and "value" in identifier:
            yield ((_IDENTIFIER, f"{identifier.get('system', '')}|{identifier['value']}"),)


def mentions(document: Mapping[str, Any]) -> Iterator[str]:
    """Every text that may be a name: values of members that hold references or uris, links in narratives."""
    level: list[tuple[str, Any]] = list(document.items())
    while level:
        member, value = level.pop()
        if isinstance(value, dict):
            level.extend(value.items())
        elif isinstance(value, list):
            level.extend((member, each) for each in value)
        elif isinstance(value, str):
            if member == "div":
                yield from _LINKS.findall(value)
            elif ":" in value or "/" in value or "?" in value:
                yield value


def conditional_references(mentioned: Iterable[str]) -> Iterator[str]:
    """Those of the texts that are criteria: `Practitioner?identifier=…`."""
    for text in mentioned:
        head, mark, query = text.partition("?")
        if mark and query and head in RESOURCE_TYPES:
            yield text
