"""What a request of HTTP or an entry of a Bundle demands of the current version (RFC 9110 13).

Tags are compared weakly everywhere: those of FHIR are weak, in If-Match too (FHIR R4 http.html#concurrency).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from graph.errors import Invalid, PreconditionFailed

ANY = "*"
_SECOND = 1_000_000
_TAG = re.compile(r'[ \t,]*(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,|$)')


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """The version that conditions are held against: its tag without quotes, and when it was made (µs, UTC).

    `modified` is None where that is not known. A `deleted` one is a tombstone: it has a tag and a moment, and
    there is no current representation.
    """

    tag: str
    modified: int | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The conditions of a request; None where it has none of that kind.

    Tags stand without their quotes, `ANY` alone for `*`. `unmodified_until` is the end of the second of
    If-Unmodified-Since, in µs since the epoch.
    """

    if_match: frozenset[str] | None = None
    if_none_match: frozenset[str] | None = None
    unmodified_until: int | None = None

    def require_known(self, current: CurrentVersion | None) -> None:
        """Require that the client knows the current version: If-Match, else If-Unmodified-Since (13.2.2).

        Raises `PreconditionFailed` where it knows another one, or names one where there is none.
        """
        if self.if_match is not None:
            if not _is_among(self.if_match, current, tombstones=True):
                raise _failed("If-Match", "the current version is not the one of If-Match")
        elif current and self._was_modified(current.modified):
            raise _failed("If-Unmodified-Since", "it was changed after If-Unmodified-Since")

    def require(self, current: CurrentVersion | None) -> None:
        """Require what a write demands, If-None-Match too.

        Raises `PreconditionFailed`. If-Modified-Since is no condition of a write (13.1.3).
        """
        self.require_known(current)
        if self.if_none_match is not None and _is_among(self.if_none_match, current, tombstones=False):
            raise _failed("If-None-Match", "there is a current version that If-None-Match excludes")

    def _was_modified(self, moment: int | None) -> bool:
        return moment is not None and self.unmodified_until is not None and moment >= self.unmodified_until


NO_PRECONDITIONS = Preconditions()


def preconditions(headers: Mapping[str, str]) -> Preconditions:
    """The conditions that headers set; raises `Invalid` for tags that cannot be read."""
    if_match, if_none_match = headers.get("If-Match"), headers.get("If-None-Match")
    until = headers.get("If-Unmodified-Since")
    if if_match is if_none_match is until is None:
        return NO_PRECONDITIONS
    moment = None if until is None else http_moment(until)
    return Preconditions(
        None if if_match is None else entity_tags(if_match, "If-Match"),
        None if if_none_match is None else entity_tags(if_none_match, "If-None-Match"),
        None if moment is None else moment + _SECOND,
    )


def entity_tags(header: str, name: str) -> frozenset[str]:
    """The opaque parts of a list of entity tags, or `ANY` alone for `*`. Raises `Invalid` when malformed."""
    listed = header.strip(" \t,")
    if listed == ANY:
        return frozenset({ANY})
    tags: set[str] = set()
    place = 0
    while place < len(listed) or not tags:
        found = _TAG.match(listed, place)
        if found is None:
            raise Invalid('send entity tags, as in W/"3", or *', location=name)
        tags.add(found[1])
        place = found.end()
    return frozenset(tags)


def http_moment(text: str) -> int | None:
    """The µs since the epoch of an HTTP date; None for what is none, which is ignored (13.1.3, 13.1.4)."""
    try:
        return int(parsedate_to_datetime(text).timestamp()) * _SECOND
    except (TypeError, ValueError, OverflowError):
        return None


def http_date(moment: int) -> str:
    """µs since the epoch as an HTTP date, cut to the second."""
    return format_datetime(datetime.fromtimestamp(moment // _SECOND, UTC), usegmt=True)


def _is_among(tags: frozenset[str], current: CurrentVersion | None, *, tombstones: bool) -> bool:
    """Whether the current version is one of the tags; `*` is any that is not deleted."""
    if current is None or (current.deleted and not tombstones):
        return False
    return current.tag in tags or (tags == {ANY} and not current.deleted)


def _failed(header: str, message: str) -> PreconditionFailed:
    return PreconditionFailed(message, location=header, code="conflict")
