"""The body of a request to store (PS3.18 10.5.1.4): files, or metadata and bulk data apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import request

from app.http.kit.bodies import BoundedBody, Pace, content_coding, packed_body, parse_json
from app.http.kit.multipart import PartLimits, RelatedPart, read_related
from app.http.kit.negotiation import parse_media_type
from app.http.kit.unpacking import UnpackedBody
from app.imaging.assembly import Assembly
from app.imaging.native_model import NativeLimits, read_native
from graph.errors import Invalid, TooLarge, Unsupported

_DICOM = "application/dicom"
_BINARY = "application/octet-stream"
_OFFERED = (
    "send application/dicom, application/dicom+json or application/dicom+xml, or multipart/related of one"
)


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a request to store may be, in bytes and in parts, and how slowly it may come.

    `metadata`: the most bytes of metadata that comes apart from its bulk data, since it is held in memory.
    """

    request_size: int
    parts: PartLimits
    pace: Pace
    metadata: int


@contextmanager
def instances_of_request(
    limits: BodyLimits, begin: Callable[[], Assembly]
) -> Iterator[Iterator[Iterable[bytes]]]:
    """The files of the request in hand, each as chunks that may be left unread.

    `begin` makes the assembly of a request whose metadata comes apart. Raises `Unsupported` for another media
    type, `Invalid` for a body that is malformed, `TooLarge` beyond the limits.
    """
    body = _plain_body(limits)
    content_type = request.headers.get("Content-Type", "")
    media_type = parse_media_type(content_type)
    if media_type is None:
        raise Unsupported(_OFFERED, location="Content-Type")
    if media_type.name == _DICOM:
        yield iter([_begun(body.chunks())])
        return
    if media_type.name in _SINGLE:
        parts = iter([RelatedPart({}, media_type, body.chunks())])
        described = media_type.name
    else:
        parts = read_related(body, content_type, limits.parts)
        described = media_type.parameters.get("type", _DICOM).lower()
        if described == _DICOM:
            yield _files(parts)
            return
    if described not in _METADATA:
        raise Unsupported(_OFFERED, location="Content-Type")
    with begin() as assembly:
        yield assembly.files(_Described(assembly, described, limits.metadata).datasets(parts))


def _plain_body(limits: BodyLimits) -> BoundedBody:
    """The body of the request in hand, unpacked where it comes packed (table 10.5.1-2: Content-Encoding)."""
    body, coding = packed_body(limits.request_size, limits.pace), content_coding()
    return UnpackedBody(body, coding, limits.request_size) if coding else body


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks of a body; raises `Invalid` where there is none."""
    first = next(chunks, None)
    if first is None:
        raise Invalid("the request has no body", location="body")
    return chain([first], chunks)


def _files(parts: Iterable[RelatedPart]) -> Iterator[Iterable[bytes]]:
    for part in parts:
        if part.media_type is not None and part.media_type.name != _DICOM:
            raise Unsupported("a part is not application/dicom", location="Content-Type")
        yield part.chunks


class _Described:
    """Sorts the parts of a request into metadata, in order, and bulk data by its Content-Location."""

    def __init__(self, assembly: Assembly, described: str, most: int) -> None:
        self._assembly, self._described, self._most = assembly, described, most
        self._left = most

    def datasets(self, parts: Iterable[RelatedPart]) -> Iterator[Any]:
        """The data sets of the metadata, each let go of when it is asked for the next one."""
        found: list[Any] = []
        for part in parts:
            name = part.media_type.name if part.media_type else self._described if not found else _BINARY
            if name in _METADATA:
                found += _METADATA[name](self._counted(part.chunks), self._most)
            else:
                self._keep(part, name)
        found.reverse()
        while found:
            yield found.pop()

    def _keep(self, part: RelatedPart, name: str) -> None:
        location = part.headers.get("Content-Location", "").strip()
        if not location:
            raise Invalid("a part of bulk data has no Content-Location", location="body")
        syntax = part.media_type.parameters.get("transfer-syntax") if part.media_type else None
        self._assembly.take(location, name, syntax, part.chunks)

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLarge(f"the metadata is larger than {self._most} bytes", location="body")
            yield chunk


def _of_json(chunks: Iterable[bytes], _: int) -> list[Any]:
    """The objects of an array (F.2.1), or a single one."""
    found = parse_json(b"".join(chunks))
    return found if isinstance(found, list) else [found]


def _of_xml(chunks: Iterable[bytes], most: int) -> list[Any]:
    return [read_native(chunks, NativeLimits(size=most))]


_SINGLE = ("application/dicom+json", "application/dicom+xml")
_METADATA: Mapping[str, Callable[[Iterable[bytes], int], list[Any]]] = {
    "application/dicom+json": _of_json,
    "application/json": _of_json,
    "application/dicom+xml": _of_xml,
}
SINGLE_BODIES = (_DICOM, *_SINGLE)
"""The media types of a body without parts; each of them is the type of a body of parts, too."""
