"""WADO-RS, the Retrieve transaction for instances (PS3.18 10.4): the stored files, as they are stored.

Files go out byte for byte. Asked for another transfer syntax than the stored one, the answer is 406; asked
for none, the stored one is sent (a difference from 8.7.3.5.2 that docs/conformance/dicomweb.md lists).
"""

from collections.abc import Sequence
from uuid import uuid4

from flask import Response, request
from werkzeug.wsgi import wrap_file

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.uids import check_uids
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaRange, MediaType, weigh
from app.http.kit.single_part import SinglePart, answer_single
from app.imaging.retrieve import ImagingRetrieval
from graph.errors import NotAcceptable
from graph.records import StoredInstance
from graph.scope import AccessScope

_DICOM = "application/dicom"
_CHUNK = 1 << 20


class WadoViews:
    """The answers to a request for instances."""

    def __init__(self, retrieval: ImagingRetrieval) -> None:
        self._retrieval = retrieval

    def instances(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with the instances as multipart/related, or one of them as application/dicom.

        Raises `NotAcceptable` where the caller takes no syntax that they are stored in.
        """
        check_uids(study=study, series=series, instance=instance)
        ranges = accepted()
        found = self._retrieval.instances(scope, study, series, instance)
        single = instance is not None and _prefers_single(ranges)
        if not all(_acceptable(each, ranges, single=single) for each in found):
            raise NotAcceptable("stored in another media type or transfer syntax", location="Accept")
        return self._whole(found[0]) if single else self._related(found)

    def _whole(self, instance: StoredInstance) -> Response:
        """One file or a range of it; whole, it is handed to the server, which sends it by the kernel."""
        return answer_single(
            SinglePart(
                _content_type(instance),
                instance.size,
                self._retrieval.tag_of(instance, _DICOM),
                lambda start, end: self._retrieval.piece(instance, start, end),
                lambda: wrap_file(request.environ, self._retrieval.open(instance), _CHUNK),
            )
        )

    def _related(self, instances: Sequence[StoredInstance]) -> Response:
        boundary = uuid4().hex
        parts = [
            OutgoingPart({"Content-Type": _content_type(each)}, self._retrieval.chunks(each), each.size)
            for each in instances
        ]
        content_type = related_content_type(_DICOM, boundary)
        response = Response(write_related(parts, boundary), content_type=content_type)
        response.headers["Content-Length"] = str(related_length(parts, boundary))
        return response


def _prefers_single(ranges: Sequence[MediaRange]) -> bool:
    """Whether application/dicom is named and weighs more than multipart/related."""
    named = [each for each in ranges if each.name == _DICOM]
    related = [each.weight for each in ranges if each.type == "multipart"]
    return bool(named) and max(each.weight for each in named) >= max(related, default=0.0)


def _acceptable(instance: StoredInstance, ranges: Sequence[MediaRange], *, single: bool) -> bool:
    syntax = {"transfer-syntax": instance.transfer_syntax_uid}
    if single:
        return weigh(ranges, MediaType("application", "dicom", syntax)) > 0
    return weigh(ranges, MediaType("multipart", "related", {"type": _DICOM, **syntax})) > 0


def _content_type(instance: StoredInstance) -> str:
    return f"{_DICOM}; transfer-syntax={instance.transfer_syntax_uid}"
