"""The routes of DICOMweb under `/dicom-web` (PS3.18 9.1, 10.1.1), as rows: method, path, permission, view."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.http.dicomweb.routes_search import PATHS

PREFIX = "/dicom-web"
STUDIES = "/studies"
STUDY = f"{STUDIES}/<study>"
SERIES = f"{STUDY}/series/<series>"
INSTANCE = f"{SERIES}/instances/<instance>"
FRAMES = f"{INSTANCE}/frames/<numbers>"
BULK_VALUE = f"{INSTANCE}/bulkdata/<path:path>"
URI = "/wado"
WORKITEMS = "/workitems"
WORKITEM = f"{WORKITEMS}/<workitem>"
SUBSCRIBER = f"{WORKITEM}/subscribers/<aetitle>"
CHANNEL = "/subscribers/<aetitle>"
_LEVELS = (STUDY, SERIES, INSTANCE)
_READ, _STORE, _DELETE = "imaging.read", "imaging.store", "imaging.delete"
_LIST, _WORK = "workitem.read", "workitem.write"


@dataclass(frozen=True, slots=True)
class ImagingRoute:
    """One row: the view goes by its name, and gets the `defaults` beside what the path names.

    `action` is the audit's C R U D E where the method does not say it.
    """

    method: str
    path: str
    permission: str
    view: str
    action: str | None = None
    defaults: dict[str, str] = field(default_factory=dict, compare=False)


def _rows() -> Iterator[ImagingRoute]:
    for path in (STUDIES, STUDY):
        yield ImagingRoute("POST", path, _STORE, "store")
        yield ImagingRoute("PUT", path, _STORE, "replace")
    for path, level in PATHS.items():
        yield ImagingRoute("GET", path, _READ, "search", "E", {"level": level})
    for path in _LEVELS:
        yield ImagingRoute("GET", path, _READ, "whole")
        for resource in ("metadata", "bulkdata", "pixeldata"):
            yield ImagingRoute("GET", f"{path}/{resource}", _READ, resource)
        yield ImagingRoute("DELETE", path, _DELETE, "delete")
        yield ImagingRoute("POST", f"{path}/$restore", _DELETE, "restore", action="U")
    for path in (*_LEVELS, FRAMES):
        for resource in ("rendered", "thumbnail"):
            yield ImagingRoute("GET", f"{path}/{resource}", _READ, resource)
    yield ImagingRoute("GET", FRAMES, _READ, "frames")
    yield ImagingRoute("GET", BULK_VALUE, _READ, "value")
    yield ImagingRoute("GET", URI, _READ, "uri")
    yield ImagingRoute("POST", WORKITEMS, _WORK, "create_workitem")
    yield ImagingRoute("GET", WORKITEMS, _LIST, "search_workitems", action="E")
    yield ImagingRoute("GET", WORKITEM, _LIST, "retrieve_workitem")
    yield ImagingRoute("POST", WORKITEM, _WORK, "update_workitem", action="U")
    yield ImagingRoute("PUT", f"{WORKITEM}/state", _WORK, "change_workitem_state")
    yield ImagingRoute("POST", f"{WORKITEM}/cancelrequest", _WORK, "cancel_workitem", action="U")
    yield ImagingRoute("POST", SUBSCRIBER, _LIST, "subscribe", action="E")
    yield ImagingRoute("DELETE", SUBSCRIBER, _LIST, "unsubscribe", action="E")
    yield ImagingRoute("POST", f"{SUBSCRIBER}/suspend", _LIST, "suspend", action="E")
    yield ImagingRoute("GET", CHANNEL, _LIST, "events", action="E")


ROUTES: tuple[ImagingRoute, ...] = tuple(_rows())
