"""WADO-RS, the Retrieve transaction for instances (PS3.18 10.4): the stored files, as they are stored.

Files go out byte for byte. Asked for another transfer syntax than the stored one, the answer is 406; asked
for none, the stored one is sent (a difference from 8.7.3.5.2 that docs/conformance/dicomweb.md lists).
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO
from uuid import uuid4

from flask import Response, request
from werkzeug.wsgi import wrap_file

from app.http.dicomweb.uids import check_uids
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaRange, MediaType, parse_accept, weigh
from app.wiring import Services
from graph.errors import NotAcceptable, NotFound, Unavailable
from graph.records import StoredInstance
from graph.scope import AccessScope

_DICOM = "application/dicom"
_CHUNK = 1 << 20


def answer(
    services: Services, scope: AccessScope, study: str, series: str | None, instance: str | None
) -> Response:
    """The instances as multipart/related, or one of them as application/dicom."""
    check_uids(study=study, series=series, instance=instance)
    ranges = parse_accept(request.headers.get("Accept"))
    found = services.imaging.instances(scope, study, series, instance)
    single = instance is not None and _prefers_single(ranges)
    if not all(_acceptable(each, ranges, single=single) for each in found):
        raise NotAcceptable("stored in another media type or transfer syntax", location="Accept")
    return _whole(services, found[0]) if single else _related(services, found)


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


def _whole(services: Services, instance: StoredInstance) -> Response:
    """One file: handed to the server whole, which sends it by the kernel where it can."""
    file = _opened(services, instance)
    response = Response(
        wrap_file(request.environ, file, _CHUNK),
        content_type=_content_type(instance),
        direct_passthrough=True,
    )
    response.content_length = instance.size
    return response


def _related(services: Services, instances: Sequence[StoredInstance]) -> Response:
    boundary = uuid4().hex
    parts = [
        OutgoingPart({"Content-Type": _content_type(each)}, _file(services, each), each.size)
        for each in instances
    ]
    response = Response(write_related(parts, boundary), content_type=related_content_type(_DICOM, boundary))
    response.headers["Content-Length"] = str(related_length(parts, boundary))
    return response


def _file(services: Services, instance: StoredInstance) -> Iterator[bytes]:
    with _opened(services, instance) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _opened(services: Services, instance: StoredInstance) -> BinaryIO:
    try:
        return services.blobs.open(instance.blob_id)
    except NotFound:  # it is in the graph, so it is there: a lost file is our failure, not an absence
        raise Unavailable("the pixels of an instance cannot be read now", retry_after=60) from None
