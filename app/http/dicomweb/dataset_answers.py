"""Data sets as answers (PS3.18 8.7.3): DICOM JSON, or the Native DICOM Model of PS3.19, by Accept."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import Response, request

from app.http.dicomweb.accepting import accepting_parameter
from app.http.kit.json_answers import JSON_OFFERS, dicom_json
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaType, choose
from app.imaging.native_model import write_native

_XML = MediaType("application", "dicom+xml")
_RELATED = _XML.in_parts
_OFFERS = (*JSON_OFFERS, _XML, _RELATED)


def form_wanted() -> MediaType:
    """The form in which the request in hand wants data sets; raises `NotAcceptable` where none is offered."""
    return choose(request.headers.get("Accept"), _OFFERS, accepting_parameter())


def one_data_set(dataset: Mapping[str, Any], form: MediaType, status: int) -> Response:
    """An answer of one data set, alone or as the only part."""
    if form in JSON_OFFERS:
        return dicom_json(dataset, status, form)
    if form == _XML:
        return Response(write_native(dataset), status, content_type=str(_XML))
    return _related([dataset], status)


def data_sets(datasets: Sequence[Mapping[str, Any]], form: MediaType) -> Response:
    """An answer of several data sets: an array of JSON, or a part of XML each (10.6.3.3)."""
    if form in JSON_OFFERS:
        return dicom_json(list(datasets), media_type=form)
    return _related(datasets, 200)


def _related(datasets: Sequence[Mapping[str, Any]], status: int) -> Response:
    boundary = uuid4().hex
    documents = map(write_native, datasets)
    parts = [OutgoingPart({"Content-Type": str(_XML)}, [each], len(each)) for each in documents]
    answer = Response(
        write_related(parts, boundary), status, content_type=related_content_type(_XML.name, boundary)
    )
    answer.headers["Content-Length"] = str(related_length(parts, boundary))
    return answer
