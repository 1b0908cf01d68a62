"""Conditional reads (RFC 9110 13) and the version tags of FHIR (R4 http.html#concurrency).

An entity tag of Hilum is weak and holds a version number, `W/"3"`, or is an opaque token for what has no
versions.
"""

from collections.abc import Mapping

from app.preconditions import ANY, CurrentVersion, http_moment, preconditions

_SECOND = 1_000_000


def version_tag(version: int | str) -> str:
    """The weak entity tag of a version."""
    return f'W/"{version}"'


def is_unchanged(headers: Mapping[str, str], tag: str, modified: int | None = None) -> bool:
    """Whether a GET may be answered 304: the client has `tag`, or nothing was `modified` (µs, UTC) since.

    The order is that of RFC 9110 13.2.2: what the client must know comes first, and If-None-Match wins over
    If-Modified-Since, whose unreadable date is ignored. Raises `PreconditionFailed` where If-Match or
    If-Unmodified-Since does not hold, `Invalid` for malformed tags.
    """
    opaque = tag.removeprefix("W/").strip('"')
    asked = preconditions(headers)
    asked.require_known(CurrentVersion(opaque, modified))
    if asked.if_none_match is not None:
        return not asked.if_none_match.isdisjoint({ANY, opaque})
    since = headers.get("If-Modified-Since")
    moment = None if since is None else http_moment(since)
    return moment is not None and modified is not None and modified < moment + _SECOND
