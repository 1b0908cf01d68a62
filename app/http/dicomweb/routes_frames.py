"""Retrieve frames (PS3.18 10.4.1.1.6): their numbers, and the media type in which they go out."""

from collections.abc import Sequence
from uuid import uuid4

from flask import Response

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.frame_numbers import read_frame_numbers
from app.http.dicomweb.uids import check_uids
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaRange, MediaType, weigh
from app.imaging.retrieve import (
    ImagingRetrieval,
    frame_media_type,
    frame_syntaxes,
    is_big_endian,
    is_encapsulated,
)
from graph.errors import NotAcceptable
from graph.records import StoredInstance
from graph.scope import AccessScope

_OCTETS = MediaType("application", "octet-stream")


class FrameViews:
    """The answers to a request for frames."""

    def __init__(self, retrieval: ImagingRetrieval) -> None:
        self._retrieval = retrieval

    def frames(self, scope: AccessScope, study: str, series: str, instance: str, numbers: str) -> Response:
        """200 with the frames in the order asked for: multipart/related or, one alone, a single part.

        Raises `Invalid` for what is no frame number, `NotAcceptable` where the caller takes another media
        type.
        """
        check_uids(study=study, series=series, instance=instance)
        wanted = read_frame_numbers(numbers)
        found = self._retrieval.with_frames(scope, study, series, instance)
        ranges = accepted()
        chosen, single = _chosen(found, ranges, alone=len(wanted) == 1)
        bodies = self._retrieval.frames(found, wanted)
        if single:
            return Response(bodies[0], content_type=str(chosen))
        return _related(bodies, chosen)


def _chosen(instance: StoredInstance, ranges: Sequence[MediaRange], *, alone: bool) -> tuple[MediaType, bool]:
    """The best media type of a frame, and whether it stands alone; raises `NotAcceptable`."""
    offers: list[tuple[float, MediaType, bool]] = []
    for frame_type in _frame_types(instance):
        related = MediaType("multipart", "related", {"type": frame_type.name, **frame_type.parameters})
        offers.append((_weight(ranges, related, instance), frame_type, False))
        if alone:
            offers.append((_weight(ranges, frame_type, instance), frame_type, True))
    weight, frame_type, single = max(offers, key=lambda offer: offer[0])
    if weight <= 0:
        raise NotAcceptable("the frames are stored in another media type", location="Accept")
    return frame_type, single


def _frame_types(instance: StoredInstance) -> list[MediaType]:
    """The media types of a frame, the best first: an image where it is one, and octets."""
    uid = instance.transfer_syntax_uid
    names = (frame_media_type(uid), _OCTETS.name)
    return [
        MediaType(kind, subtype, {"transfer-syntax": syntax})
        for kind, _, subtype in (name.partition("/") for name in names if name)
        for syntax in frame_syntaxes(uid)
    ]


def _weight(ranges: Sequence[MediaRange], offer: MediaType, instance: StoredInstance) -> float:
    """How much an offer is wanted; octets only by a client who knows what they are."""
    if _OCTETS.name in (offer.name, offer.parameters.get("type")):
        ranges = [each for each in ranges if _knows(each, instance.transfer_syntax_uid)]
    return weigh(ranges, offer)


def _knows(wanted: MediaRange, uid: str) -> bool:
    """Whether octets of this syntax do not pass for little endian pixels, the default (8.7.3.3.2).

    Big endian pixels go to whoever names their transfer syntax, or any; compressed frames also to whoever
    takes any media type, and reads which one came.
    """
    if "transfer-syntax" in wanted.parameters:
        return True
    if is_encapsulated(uid):
        return wanted.type == "*" or wanted.parameters.get("type") == "*/*"
    return not is_big_endian(uid)


def _related(bodies: Sequence[bytes], frame_type: MediaType) -> Response:
    boundary = uuid4().hex
    parts = [OutgoingPart({"Content-Type": str(frame_type)}, [body], len(body)) for body in bodies]
    response = Response(
        write_related(parts, boundary), content_type=related_content_type(frame_type.name, boundary)
    )
    response.headers["Content-Length"] = str(related_length(parts, boundary))
    return response
