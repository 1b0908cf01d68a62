"""Retrieve metadata (PS3.18 10.4.1.1.2): attributes without bulk data, as DICOM JSON."""

import zlib
from collections.abc import Iterator, Sequence

from flask import Response, request

from app.http.dicomweb.accepting import json_wanted
from app.http.dicomweb.uids import check_uids
from app.http.kit.conditional import is_unchanged
from app.imaging.retrieve import ImagingRetrieval
from graph.scope import AccessScope

_AT_ONCE = 64  # instances that one write to the client carries


class MetadataViews:
    """The answers to a request for metadata."""

    def __init__(self, retrieval: ImagingRetrieval) -> None:
        self._retrieval = retrieval

    def metadata(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with the JSON array of the instances' attributes, or 304 where the client has them."""
        check_uids(study=study, series=series, instance=instance)
        wanted = json_wanted()
        found = self._retrieval.metadata(scope, study, series, instance)
        tag = f'"{found.tag}"'
        if is_unchanged(dict(request.headers), tag):
            return Response(status=304, headers={"ETag": tag})
        return Response(_array(found.objects), content_type=str(wanted), headers={"ETag": tag})


def _array(objects: Sequence[bytes]) -> Iterator[bytes]:
    """The array, joined from the compressed objects without reading them as JSON."""
    for start in range(0, len(objects), _AT_ONCE):
        opening = b"[" if start == 0 else b","
        yield opening + b",".join(map(zlib.decompress, objects[start : start + _AT_ONCE]))
    yield b"]"
