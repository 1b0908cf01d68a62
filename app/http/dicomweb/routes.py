"""The routes of DICOMweb under `/dicom-web` (PS3.18 10.1.1), as a table."""

from collections.abc import Callable
from typing import TypeAlias

from flask import Blueprint, Response

from app.http.dicomweb import (
    routes_delete,
    routes_frames,
    routes_metadata,
    routes_retrieve,
    routes_search,
    routes_store,
)
from app.http.kit.guard import requires
from app.http.kit.request_context import current_scope
from app.wiring import Services

PREFIX = "/dicom-web"
_View: TypeAlias = Callable[..., Response]
_STUDY = "/studies/<study>"
_SERIES = f"{_STUDY}/series/<series>"
_INSTANCE = f"{_SERIES}/instances/<instance>"


def blueprint(services: Services) -> Blueprint:
    """All routes, as a table: method, path, permission, view."""
    rooms = Blueprint("dicomweb", __name__, url_prefix=PREFIX)

    def store_instances(study: str | None = None) -> Response:
        return routes_store.answer(services, current_scope(), study)

    def search_level(level: str, study: str | None = None, series: str | None = None) -> Response:
        return routes_search.answer(services, current_scope(), level, study, series)

    def retrieve_instances(study: str, series: str | None = None, instance: str | None = None) -> Response:
        return routes_retrieve.answer(services, current_scope(), study, series, instance)

    def retrieve_metadata(study: str, series: str | None = None, instance: str | None = None) -> Response:
        return routes_metadata.answer(services, current_scope(), study, series, instance)

    def retrieve_frames(study: str, series: str, instance: str, numbers: str) -> Response:
        return routes_frames.answer(services, current_scope(), (study, series, instance), numbers)

    def delete_instances(study: str, series: str | None = None, instance: str | None = None) -> Response:
        return routes_delete.answer(services, current_scope(), study, series, instance)

    for path in ("/studies", _STUDY):
        _add(rooms, "POST", path, "imaging.store", store_instances)
    for path, level in routes_search.PATHS.items():
        _add(rooms, "GET", path, "imaging.read", search_level, level=level)
    for path in (_STUDY, _SERIES, _INSTANCE):
        _add(rooms, "GET", path, "imaging.read", retrieve_instances)
        _add(rooms, "GET", f"{path}/metadata", "imaging.read", retrieve_metadata)
        _add(rooms, "DELETE", path, "imaging.delete", delete_instances)
    _add(rooms, "GET", f"{_INSTANCE}/frames/<numbers>", "imaging.read", retrieve_frames)
    return rooms


def _add(rooms: Blueprint, method: str, path: str, permission: str, view: _View, **defaults: str) -> None:
    """One row of the table; the endpoint is named after the method and the path."""
    endpoint = f"{method} {path}".replace(".", "_")
    rooms.add_url_rule(
        path,
        endpoint,
        requires(permission)(view),
        methods=[method],
        defaults=defaults,
    )
