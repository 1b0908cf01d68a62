"""`GET /dicom-web/changefeed` and `/latest`: a feed to read on from where one stopped.

The window is that of the cloud's DICOM service, version 2: `startTime` (inclusive), `endTime` (exclusive),
`offset`, `limit`; besides, `after=<sequence>` reads on in constant time however far one is.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, request

from app.http.changefeed.description import LATEST, PAGE
from app.http.kit.guard import requires
from app.http.kit.openapi import documented
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current_scope
from app.imaging.bulk_paths import with_addresses
from app.imaging.changes import Change, ChangeFeed, FeedWindow
from app.site import Sites
from graph.clock import instant
from graph.errors import Invalid
from graph.scope import AccessScope

DEFAULT_LIMIT, MOST = 100, 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = {
    name.lower(): name for name in ("limit", "offset", "after", "startTime", "endTime", "includeMetadata")
}
_FLAGS = {"true": True, "false": False}


def blueprint(*, feed: ChangeFeed, sites: Sites) -> Blueprint:
    """Make the routes of the change feed: a page of it, and its newest entry."""
    rooms = Blueprint("changefeed", __name__, url_prefix="/dicom-web/changefeed")

    @rooms.get("")
    @requires("feed.read")
    @documented(PAGE)
    def page() -> Response:
        asked = _named(request.args)
        window, metadata = _window(asked), _metadata(asked)
        scope = current_scope()
        changes = feed.page(scope, window, metadata=metadata)
        return _json([_addressed(each, scope, metadata=metadata) for each in changes])

    @rooms.get("/latest")
    @requires("feed.read")
    @documented(LATEST)
    def latest() -> Response:
        scope, metadata = current_scope(), _metadata(_named(request.args))
        change = feed.latest(scope, metadata=metadata)
        return _json(_addressed(change, scope, metadata=metadata)) if change else Response(status=204)

    def _addressed(change: Change, scope: AccessScope, *, metadata: bool) -> dict[str, Any]:
        return entry(change, sites.of(scope).address(change.partition), metadata=metadata)

    return rooms


def entry(change: Change, address: str, *, metadata: bool) -> dict[str, Any]:
    """One entry in the words of the feed; `metadata` is that of the instance now.

    `address` is the base of DICOMweb.
    """
    shown: dict[str, Any] = {
        "sequence": change.sequence,
        "partitionName": change.partition,
        "studyInstanceUid": change.study_uid,
        "seriesInstanceUid": change.series_uid,
        "sopInstanceUid": change.sop_uid,
        "action": change.action,
        "timestamp": instant(change.timestamp),
        "state": change.state,
    }
    if metadata and change.metadata:
        shown["metadata"] = orjson.Fragment(with_addresses(change.metadata, address))
    return shown


def _named(arguments: Mapping[str, str]) -> dict[str, str]:
    """The parameters, those of the feed under our names.

    The cloud's service reads them without regard to case, and its own pages write `includemetadata`.
    """
    return {_NAMES.get(name.lower(), name): value for name, value in arguments.items()}


def _window(arguments: Mapping[str, str]) -> FeedWindow:
    require_only(*_NAMES.values(), given=arguments)
    start, end = _moment(arguments, "startTime"), _moment(arguments, "endTime")
    if start is not None and end is not None and end <= start:
        raise Invalid("endTime is not after startTime", location="endTime")
    return FeedWindow(
        limit=_whole(arguments, "limit", DEFAULT_LIMIT, 1, MOST),
        skip=_whole(arguments, "offset", 0, 0, 2**53),
        after=_whole(arguments, "after", 0, 0, 2**53),
        start=start,
        end=end,
    )


def _whole(arguments: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and least <= int(text) <= most):  # noqa: PLR2004 - digits of a 64-bit number
        raise Invalid(f"{name} is a whole number from {least} to {most}", location=name)
    return int(text)


def _moment(arguments: Mapping[str, str], name: str) -> int | None:
    """Microseconds since the epoch; an offset from UTC is mandatory, since the feed has no zone."""
    text = arguments.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # a plus that a client left unescaped
    except ValueError:
        raise Invalid(f"{name} is not an ISO 8601 date and time", location=name) from None
    if moment.tzinfo is None:
        raise Invalid(f"{name} has no offset from UTC", location=name)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _metadata(arguments: Mapping[str, str]) -> bool:
    text = arguments.get("includeMetadata", "true").lower()
    if text not in _FLAGS:
        raise Invalid("includeMetadata is true or false", location="includeMetadata")
    return _FLAGS[text]


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")
