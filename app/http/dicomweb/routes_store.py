"""STOW-RS, the Store transaction (PS3.18 10.5): instances in, an outcome for each out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Response, request

from app.http.dicomweb.accepting import json_wanted
from app.http.dicomweb.store_response import response_dataset, status_of
from app.http.dicomweb.uids import check_uids
from app.http.kit.bodies import BoundedBody, Pace, request_body
from app.http.kit.json_answers import dicom_json
from app.http.kit.multipart import PartLimits, read_related
from app.http.kit.negotiation import parse_media_type
from app.imaging.store import Ingest
from app.site import Sites
from graph.errors import Invalid, Unsupported
from graph.scope import AccessScope

_DICOM = "application/dicom"
_SEVERAL_VALUES = (
    'Warning: 299 hilum "One or more indexed DICOM tag(s) have multiple values, only first value is indexed."'
)


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a request to store may be, in bytes and in parts, and how slowly it may come."""

    request_size: int
    parts: PartLimits
    pace: Pace


class StowViews:
    """The answers to a request to store."""

    def __init__(self, ingest: Ingest, sites: Sites, limits: BodyLimits) -> None:
        self._ingest = ingest
        self._sites = sites
        self._limits = limits

    def store(self, scope: AccessScope, study: str | None = None) -> Response:
        """200 where all are stored, 202 where some are or with warnings, 409 where none is.

        Table 10.5.3-1. Raises `Unsupported` for another media type, `Invalid` without a part.
        """
        return self._store(scope, study, replacing=False)

    def replace(self, scope: AccessScope, study: str | None = None) -> Response:
        """The same, but what is there already under the UIDs of an instance makes room for it."""
        return self._store(scope, study, replacing=True)

    def _store(self, scope: AccessScope, study: str | None, *, replacing: bool) -> Response:
        check_uids(study=study)
        wanted = json_wanted()
        report = self._ingest.store(scope, self._parts(), study_uid=study, replacing=replacing)
        if report.stopped and not report.outcomes:
            raise report.stopped
        if not report.outcomes:
            raise Invalid("the request has no part", location="body")
        address = self._sites.of(scope).address(scope.partition)
        response = dicom_json(response_dataset(report.outcomes, address), status_of(report), wanted)
        if any(outcome.several_values for outcome in report.outcomes):
            response.headers["Warning"] = _SEVERAL_VALUES.removeprefix("Warning: ")
        return response

    def _parts(self) -> Iterator[Iterable[bytes]]:
        """The instances of the body: the parts of a multipart/related one, or the body itself."""
        body = request_body(self._limits.request_size, self._limits.pace)
        content_type = request.headers.get("Content-Type", "")
        media_type = parse_media_type(content_type)
        if media_type is None:
            raise Unsupported("send multipart/related or application/dicom", location="Content-Type")
        if media_type.name == _DICOM:
            return iter([body.chunks()])
        if media_type.parameters.get("type", _DICOM).lower() != _DICOM:
            raise Unsupported('send parts of type="application/dicom"', location="Content-Type")
        return _related(body, content_type, self._limits.parts)


def _related(body: BoundedBody, content_type: str, limits: PartLimits) -> Iterator[Iterable[bytes]]:
    for part in read_related(body, content_type, limits):
        if part.media_type is not None and part.media_type.name != _DICOM:
            raise Unsupported("a part is not application/dicom", location="Content-Type")
        yield part.chunks
