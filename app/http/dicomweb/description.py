"""DICOMweb in OpenAPI: an operation for each row of the table of routes, with a request that can be sent."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.http.dicomweb.route_table import PREFIX, SUBSCRIBER, ImagingRoute
from app.http.dicomweb.routes_workitems import JSON_BODIES, XML_BODY
from app.http.dicomweb.store_parts import SINGLE_BODIES
from app.http.dicomweb.transactions import (
    TRANSACTIONS,
    level_of,
    name_of,
    parameters_of,
    related,
    summary_of,
)
from app.http.kit.openapi import Content, ExampleRequest, Json, Operation, query_parameters
from app.samples.example import PICTURE, picture_to_store
from app.samples.workitem import (
    APPLICATION,
    WORKITEM,
    workitem_cancellation,
    workitem_claim,
    workitem_to_create,
    workitem_update,
)
from graph.workitems.events import WORKLIST

_TAG = "DICOMweb"
_JSON_BODY = "application/dicom+json"
_DATA_SET: Json = {"type": "object", "description": "A data set in the DICOM JSON model (PS3.18 annex F)."}
_BINARY: Json = {"type": "string", "format": "binary"}
_RESTORED: Json = {
    "type": "object",
    "required": ["restored", "taken"],
    "properties": {
        "restored": {"type": "integer", "description": "Instances that came back."},
        "taken": {"type": "integer", "description": "Instances whose places are taken."},
    },
}
_PATH: Mapping[str, tuple[str, str]] = {
    "study": (PICTURE.study, "A Study Instance UID."),
    "series": (PICTURE.series, "A Series Instance UID."),
    "instance": (PICTURE.instance, "A SOP Instance UID."),
    "numbers": ("1", "Frame numbers from 1, with commas."),
    "workitem": (WORKITEM, "The SOP Instance UID of a workitem, or the UID of a worklist."),
    "aetitle": (APPLICATION, "The title of an application (AE)."),
    "path": ("7FE00010", "The way to the value: tags and item numbers, as BulkDataURI has it."),
}
_NAME = re.compile(r"<(?:\w+:)?(\w+)>")
_LISTED = frozenset({"search", "metadata", "search_workitems"})
_ASKED, _REFUSED = (400, 401, 403), (400, 401, 403, 404, 406, 503)
_STORING = (*_ASKED, 406, 413, 415, 503, 507)
_SINGLE_PART = (*_REFUSED, 412, 416)
_URI = {
    "requestType": "WADO",
    "studyUID": PICTURE.study,
    "seriesUID": PICTURE.series,
    "objectUID": PICTURE.instance,
    "columns": "64",
}
_BY_PATIENT = {"PatientID": PICTURE.patient_id, "limit": "5"}
_OCTETS = related("application/octet-stream")
_CHANGING = (*_ASKED, 404, 409, 413, 415, 503)


class _Answered(NamedTuple):
    """How a view answers, and how it is asked for an example: its statuses, and Accept and query by level."""

    statuses: tuple[int, ...]
    errors: tuple[int, ...]
    accept: str = ""
    query: Mapping[str, str] = {}
    promised: int = 200


_OF_WORKITEM = (*JSON_BODIES, XML_BODY)

_ANSWERED: Mapping[str, _Answered] = {
    "store": _Answered((200, 202, 409), _STORING, _JSON_BODY),
    "replace": _Answered((200, 202, 409), _STORING, _JSON_BODY),
    "search": _Answered((200, 204), (*_ASKED, 406, 503), _JSON_BODY, _BY_PATIENT),
    "whole": _Answered((200, 206, 304), _SINGLE_PART, f"{related('application/dicom')}; transfer-syntax=*"),
    "metadata": _Answered((200, 304), _REFUSED, _JSON_BODY),
    "bulkdata": _Answered((200,), _REFUSED, _OCTETS),
    "pixeldata": _Answered((200,), _REFUSED, _OCTETS),
    "value": _Answered((200, 206, 304), _SINGLE_PART, "application/octet-stream"),
    "frames": _Answered((200, 206, 304), _SINGLE_PART, related("image/jls")),
    "rendered": _Answered((200,), _REFUSED, related("image/png"), {"viewport": "128,128"}),
    "thumbnail": _Answered((200,), _REFUSED, "image/jpeg", {"viewport": "64,64"}),
    "delete": _Answered((204,), (*_ASKED, 404), promised=204),
    "restore": _Answered((200,), (*_ASKED, 404, 409)),
    "uri": _Answered((200, 206, 304), _SINGLE_PART, "image/png", _URI),
    "create_workitem": _Answered((201,), _CHANGING, query={"workitem": WORKITEM}, promised=201),
    "search_workitems": _Answered(
        (200, 204),
        (*_ASKED, 406, 413, 503),
        _JSON_BODY,
        {"ProcedureStepState": "IN PROGRESS", "limit": "5"},
        promised=204,
    ),
    "retrieve_workitem": _Answered((200,), _REFUSED, _JSON_BODY),
    "update_workitem": _Answered((200,), _CHANGING),
    "change_workitem_state": _Answered((200,), _CHANGING),
    "cancel_workitem": _Answered((202,), _CHANGING, promised=202),
    "subscribe": _Answered((201,), (*_ASKED, 404, 503), promised=201),
    "events": _Answered((101, 200), (*_ASKED, 429, 503), "text/event-stream"),
    "unsubscribe": _Answered((200,), (*_ASKED, 404, 503)),
    "suspend": _Answered((200,), (*_ASKED, 404, 503)),
}
_BODIES: Mapping[str, tuple[str, tuple[str, ...], Any]] = {
    "store": ("metadata.json", SINGLE_BODIES, picture_to_store),
    "replace": ("metadata.json", SINGLE_BODIES, picture_to_store),
    "create_workitem": ("workitem.json", _OF_WORKITEM, workitem_to_create),
    "update_workitem": ("changes.json", _OF_WORKITEM, workitem_update),
    "change_workitem_state": ("state.json", _OF_WORKITEM, workitem_claim),
    "cancel_workitem": ("reasons.json", _OF_WORKITEM, workitem_cancellation),
}
"""The bodies of requests: the file that holds the example, the media types, and what makes the example."""
_ABOUT: Mapping[str, str] = {
    "store": "Files, or metadata with bulk data apart. 202 where some instances failed or have warnings, 409 "
    "where all failed; the answer says which and why.",
    "replace": "As a store, but what is there under the UIDs of an instance makes room for it.",
    "search": "204 without matches.",
    "whole": "Who names `application/dicom` without a transfer syntax gets explicit VR little endian; `*` is "
    "what is stored. One instance alone comes in ranges, too.",
    "metadata": "All attributes; bulk data by its address. The entity tag changes with them.",
    "frames": "In any transfer syntax that they can be had in; one frame alone comes in ranges, too.",
    "rendered": "A picture, the text of a report, a document. Several come as parts.",
    "delete": "Gone at once from every answer; for a time it can be restored.",
    "restore": "What was deleted last, for as long as its bytes are kept.",
    "create_workitem": "A SCHEDULED workitem. What may be empty and is not there is added, with a Warning.",
    "search_workitems": "204 without matches. Keys in sequences are joined by dots, by keyword or by tag.",
    "retrieve_workitem": "Without its Transaction UID, which only who claimed it knows.",
    "update_workitem": "Nobody holds a SCHEDULED workitem; one in progress changes who names its claim.",
    "change_workitem_state": "IN PROGRESS claims it under a Transaction UID, which ends it later.",
    "cancel_workitem": "One that nobody has claimed is canceled, who holds another is told.",
    "subscribe": "To a workitem, to all of them, or to what a filter matches. Content-Location is where "
    "events come.",
    "events": "As a WebSocket, each report a text frame, or as server-sent events. Who comes again is sent "
    "what was missed.",
    "uri": "The media type is the one of contentType, else of Accept; of equals what there is to see.",
}
_CAPABILITIES = {"/": "RetrieveCapabilities", "": "RetrieveCapabilitiesWithoutSlash"}


def operation_of_service(path: str) -> Operation:
    """What OPTIONS of the service itself is, which has its address with a slash and without."""
    return Operation(
        summary="Describe the service",
        tag=_TAG,
        name=_CAPABILITIES[path],
        answers={200: Content({"application/vnd.sun.wadl+xml": {"type": "string"}, "application/json": {}})},
        errors=(406,),
        example=ExampleRequest(f"{PREFIX}{path}", 200, {"Accept": "application/json"}),
    )


@cache
def operation_of_route(route: ImagingRoute) -> Operation:
    """What a row of the table is, in OpenAPI."""
    answered = _ANSWERED[route.view]
    return Operation(
        summary=summary_of(route),
        tag=_TAG,
        name=name_of(route),
        description=_ABOUT.get(route.view, ""),
        answers={status: _answer(route, status) for status in answered.statuses},
        errors=answered.errors,
        parameters=(*_path_parameters(route), *_query_parameters(route, answered.query)),
        body=_body(route),
        example=_example(route, answered),
    )


def _answer(route: ImagingRoute, status: int) -> Json | Content | None:
    media_types = TRANSACTIONS[route.view].media_types
    if status in (101, 204, 304) or (not media_types and route.view != "restore"):
        return None
    if route.view == "restore":
        return _RESTORED
    listed = {"type": "array", "items": _DATA_SET} if route.view in _LISTED else _DATA_SET
    return Content({each: listed if each.endswith("json") else _BINARY for each in media_types})


def _body(route: ImagingRoute) -> Content | None:
    if route.view not in _BODIES:
        return None
    _, media_types, example = _BODIES[route.view]
    listed: Json = {"type": "array", "items": _DATA_SET}
    singles = {each: listed if each.endswith("json") else _BINARY for each in media_types}
    stores = route.view in ("store", "replace")
    parts = {related(each): _BINARY for each in media_types if stores}
    return Content({**singles, **parts}, {_JSON_BODY: example()})


def _path_parameters(route: ImagingRoute) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "string"},
            "description": _PATH[name][1],
            "example": _named(route, name),
        }
        for name in _NAME.findall(route.path)
    )


def _named(route: ImagingRoute, name: str) -> str:
    """The value of a name of the path: an application subscribes to the whole worklist."""
    return WORKLIST if name == "workitem" and route.path.startswith(SUBSCRIBER) else _PATH[name][0]


def _query_parameters(route: ImagingRoute, asked: Mapping[str, str]) -> tuple[Json, ...]:
    """The parameters of the query, those of the example with what it asks."""
    return tuple(
        {**each, "example": _in_type(asked[each["name"]], each["schema"])} if each["name"] in asked else each
        for each in query_parameters(*parameters_of(route))
    )


def _in_type(text: str, schema: Json) -> str | int:
    return int(text) if schema["type"] == "integer" else text


def _example(route: ImagingRoute, answered: _Answered) -> ExampleRequest:
    """The request of the sample picture; a study or a series of pictures comes as parts."""
    path = _NAME.sub(lambda found: _named(route, found[1]), route.path)
    query = f"?{urlencode(answered.query, safe=',')}" if answered.query else ""
    headers = {"Accept": answered.accept} if answered.accept else {}
    if route.view == "rendered" and level_of(route) in ("Instance", "Frame"):
        headers["Accept"] = "image/png"
    if route.view in _BODIES:
        headers["Content-Type"] = _JSON_BODY
    return ExampleRequest(
        f"{PREFIX}{path}{query}",
        answered.promised,
        headers,
        _BODIES[route.view][0] if route.view in _BODIES else None,
    )
