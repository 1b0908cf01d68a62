"""Retrieve metadata (PS3.18 10.4.1.1.2): attributes without bulk data, as DICOM JSON."""

import zlib
from collections.abc import Iterator, Sequence

from flask import Response, request

from app.http.dicomweb.uids import check_uids
from app.http.kit.conditional import is_unchanged
from app.http.kit.json_answers import DICOM_JSON
from app.http.kit.negotiation import MediaType, choose
from app.wiring import Services
from graph.scope import AccessScope

_OFFERS = (DICOM_JSON, MediaType("application", "json"))
_AT_ONCE = 64  # instances that one write to the client carries


def answer(
    services: Services, scope: AccessScope, study: str, series: str | None, instance: str | None
) -> Response:
    """The JSON array of the instances' attributes, as they were made when they were stored."""
    check_uids(study=study, series=series, instance=instance)
    chosen = choose(request.headers.get("Accept"), _OFFERS)
    rows = services.imaging.metadata(scope, study, series, instance)
    tag = f'"{max(sequence for sequence, _ in rows)}-{len(rows)}"'
    if is_unchanged(dict(request.headers), tag):
        return Response(status=304, headers={"ETag": tag})
    pieces = [piece for _, piece in rows]
    return Response(_array(pieces), content_type=str(chosen), headers={"ETag": tag})


def _array(pieces: Sequence[bytes]) -> Iterator[bytes]:
    """The array, joined from the compressed objects without reading them as JSON."""
    for start in range(0, len(pieces), _AT_ONCE):
        opening = b"[" if start == 0 else b","
        yield opening + b",".join(map(zlib.decompress, pieces[start : start + _AT_ONCE]))
    yield b"]"
