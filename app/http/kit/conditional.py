"""Conditional requests (RFC 9110 13) and the version tags of FHIR (R4 http.html#concurrency).

An entity tag of Hilum is weak and holds a version number, `W/"3"`, or is an opaque token for what has no
versions.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from graph.errors import Invalid

_MICROSECONDS = 1_000_000
_TAG = re.compile(r'\s*(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
ANY = "*"


def version_tag(version: int | str) -> str:
    """The weak entity tag of a version."""
    return f'W/"{version}"'


def entity_tags(header: str, name: str = "If-None-Match") -> frozenset[str]:
    """The opaque parts of a list of entity tags, or `ANY` alone for `*`. Raises `Invalid` when malformed."""
    if header.strip() == ANY:
        return frozenset({ANY})
    tags, place = set(), 0
    while place < len(header):
        found = _TAG.match(header, place)
        if found is None:
            raise Invalid("the list of entity tags is malformed", location=name)
        tags.add(found[1])
        place = found.end()
    return frozenset(tags)


def is_unchanged(headers: Mapping[str, str], tag: str, modified: int | None = None) -> bool:
    """Whether a GET may be answered 304: the client has `tag`, or nothing was `modified` (µs, UTC) since.

    If-None-Match wins over If-Modified-Since (RFC 9110 13.2.2), whose unreadable date is ignored.
    """
    known = headers.get("If-None-Match")
    if known is not None:
        return not entity_tags(known).isdisjoint({ANY, _opaque(tag)})
    since = headers.get("If-Modified-Since")
    return since is not None and modified is not None and _not_after(modified, since)


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/").strip('"')


def _not_after(modified: int, since: str) -> bool:
    try:
        return modified // _MICROSECONDS <= parsedate_to_datetime(since).timestamp()
    except (TypeError, ValueError, OverflowError):
        return False


def http_date(moment: int) -> str:
    """µs since the epoch as an HTTP date, cut to the second."""
    return format_datetime(datetime.fromtimestamp(moment // _MICROSECONDS, UTC), usegmt=True)
