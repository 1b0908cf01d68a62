"""Retrieve metadata (PS3.18 10.4.1.1.2): all attributes, bulk data by their addresses, as JSON or XML."""

import zlib
from collections.abc import Iterator, Sequence
from uuid import uuid4

import orjson
from flask import Response, request

from app.http.dicomweb.accepting import wanted_of
from app.http.dicomweb.addresses import path_of
from app.http.kit.conditional import is_unchanged
from app.http.kit.json_answers import JSON_OFFERS
from app.http.kit.multipart import OutgoingPart, related_content_type, write_related
from app.http.kit.negotiation import MediaType
from app.http.kit.uids import check_uids
from app.imaging.bulk_paths import with_addresses
from app.imaging.native_model import write_native
from app.imaging.retrieve import ImagingRetrieval
from app.site import Sites
from graph.scope import AccessScope

XML = MediaType("application", "dicom+xml")
XML_PARTS = XML.in_parts
OFFERS = (*JSON_OFFERS, XML_PARTS, XML)
_UIDS = ("0020000D", "0020000E", "00080018")  # which every instance has that was stored
_AT_ONCE = 32  # instances that one write to the client carries: larger buffers cost new pages of memory


class MetadataViews:
    """The answers to a request for metadata."""

    def __init__(self, retrieval: ImagingRetrieval, sites: Sites) -> None:
        self._retrieval = retrieval
        self._sites = sites

    def metadata(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with the instances' attributes, or 304 where the client has them.

        One JSON array of all, or a part of XML for each; one instance alone may be XML without parts. Raises
        `NotAcceptable` where the caller takes neither.
        """
        check_uids(study=study, series=series, instance=instance)
        wanted = wanted_of(OFFERS)
        found = self._retrieval.metadata(scope, study, series, instance)
        in_xml = wanted not in JSON_OFFERS
        headers = {"ETag": f'"{found.tag}{".xml" if in_xml else ""}"'}
        if is_unchanged(dict(request.headers), headers["ETag"]):
            return Response(status=304, headers=headers)
        address = self._sites.of(scope).address(scope.partition)
        few = len(found.objects) <= _AT_ONCE  # what is held at once anyway goes out with its length
        if not in_xml:
            body = _array(found.objects, address)
            return Response(b"".join(body) if few else body, content_type=str(wanted), headers=headers)
        parts = _parts(found.objects, address)
        if wanted == XML and len(found.objects) == 1:
            return Response(next(parts).body, content_type=XML.name, headers=headers)
        boundary = uuid4().hex
        content_type = related_content_type(XML.name, boundary)
        related = write_related(parts, boundary)
        return Response(b"".join(related) if few else related, content_type=content_type, headers=headers)


def _array(objects: Sequence[bytes], address: str) -> Iterator[bytes]:
    """The array, joined from the compressed objects without reading them as JSON."""
    for start in range(0, len(objects), _AT_ONCE):
        opening = b"[" if start == 0 else b","
        each = objects[start : start + _AT_ONCE]
        yield opening + b",".join([with_addresses(zlib.decompress(packed), address) for packed in each])
    yield b"]"


def _parts(objects: Sequence[bytes], address: str) -> Iterator[OutgoingPart]:
    """The document of each instance, with the address of its metadata."""
    for each in objects:
        dataset = orjson.loads(with_addresses(zlib.decompress(each), address))
        place = path_of(*(dataset[tag]["Value"][0] for tag in _UIDS))
        headers = {"Content-Type": XML.name, "Content-Location": f"{address}{place}/metadata"}
        document = write_native(dataset)
        yield OutgoingPart(headers, [document], len(document))
