"""Retrieve frames (PS3.18 10.4.1.1.6): each is read from its place in the file, which ingest noted."""

import re
from collections.abc import Sequence
from uuid import uuid4

from flask import Response, request

from app.http.dicomweb.uids import check_uids
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaRange, MediaType, parse_accept, weigh
from app.imaging.store.frames import codestream
from app.wiring import Services
from graph.errors import Invalid, NotAcceptable, NotFound
from graph.records import StoredInstance
from graph.scope import AccessScope
from graph.studies.imaging import frame_table

MOST_FRAMES = 10_000
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_OCTETS = MediaType("application", "octet-stream")
# Table 8.7.3-5: what a frame of a compressed syntax is on its own. Others are bytes without a type.
_IMAGES = {
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}
_UNCOMPRESSED = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"}


def answer(services: Services, scope: AccessScope, uids: tuple[str, str, str], numbers: str) -> Response:
    """The frames in the order asked for, as multipart/related or, one alone, as a single part."""
    study, series, instance = uids
    check_uids(study=study, series=series, instance=instance)
    wanted = _numbers(numbers)
    (found,) = services.imaging.instances(scope, study, series, instance, frames=True)
    chosen, single = _chosen(found, parse_accept(request.headers.get("Accept")), alone=len(wanted) == 1)
    table = frame_table(found.frames)
    if not table and found.number_of_frames:
        raise NotFound("the instance has no frames that can be retrieved one by one")
    if any(number > len(table) for number in wanted):
        raise NotFound("the instance has no such frame", location="frames")
    places = [table[number - 1] for number in wanted]
    pieces = [services.blobs.read(found.blob_id, offset, length) for offset, length in places]
    encapsulated = found.transfer_syntax_uid not in _UNCOMPRESSED
    bodies = [codestream(piece) for piece in pieces] if encapsulated else pieces
    if single:
        return Response(bodies[0], content_type=str(chosen))
    return _related(bodies, chosen)


def _numbers(text: str) -> list[int]:
    """Frame numbers, from 1; raises `Invalid` with the place that is wrong."""
    listed = text.split(",", MOST_FRAMES)
    if len(listed) > MOST_FRAMES:
        raise Invalid(f"more than {MOST_FRAMES} frames in one request", location="frames")
    if not all(_NUMBER.fullmatch(each) for each in listed):
        raise Invalid("frame numbers are whole numbers from 1", location="frames")
    return [int(each) for each in listed]


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
    syntax = {"transfer-syntax": instance.transfer_syntax_uid}
    types = [MediaType(_OCTETS.type, _OCTETS.subtype, syntax)]
    if image := _IMAGES.get(instance.transfer_syntax_uid):
        kind, _, subtype = image.partition("/")
        types.insert(0, MediaType(kind, subtype, syntax))
    return types


def _weight(ranges: Sequence[MediaRange], offer: MediaType, instance: StoredInstance) -> float:
    """Compressed frames go as plain octets only to a client who asked for their transfer syntax, or any."""
    as_octets = _OCTETS.name in (offer.name, offer.parameters.get("type"))
    if as_octets and instance.transfer_syntax_uid not in _UNCOMPRESSED:
        ranges = [each for each in ranges if "transfer-syntax" in each.parameters or each.type == "*"]
    return weigh(ranges, offer)


def _related(bodies: Sequence[bytes], frame_type: MediaType) -> Response:
    boundary = uuid4().hex
    parts = [OutgoingPart({"Content-Type": str(frame_type)}, [body], len(body)) for body in bodies]
    response = Response(
        write_related(parts, boundary), content_type=related_content_type(frame_type.name, boundary)
    )
    response.headers["Content-Length"] = str(related_length(parts, boundary))
    return response
