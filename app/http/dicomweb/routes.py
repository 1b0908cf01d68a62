"""The routes of DICOMweb under `/dicom-web` (PS3.18 10.1.1), as a table."""

from collections.abc import Callable
from typing import TypeAlias

from flask import Blueprint, Response

from app.http.dicomweb.accepting import check_character_set
from app.http.dicomweb.capabilities import capabilities
from app.http.dicomweb.routes_bulk import BulkViews
from app.http.dicomweb.routes_delete import DeleteViews
from app.http.dicomweb.routes_frames import FrameViews
from app.http.dicomweb.routes_metadata import MetadataViews
from app.http.dicomweb.routes_rendered import RenderedViews
from app.http.dicomweb.routes_retrieve import WadoViews
from app.http.dicomweb.routes_search import PATHS, QidoViews
from app.http.dicomweb.routes_store import StowViews
from app.http.dicomweb.routes_whole import WholeViews
from app.http.dicomweb.store_parts import BodyLimits
from app.http.kit.guard import public, requires
from app.http.kit.request_context import current_scope
from app.imaging.assembly import Assemblies
from app.imaging.delete import ImagingDeletion, ImagingRestoration
from app.imaging.retrieve import BulkRetrieval, ImagingRendering, ImagingRetrieval
from app.imaging.search import ImagingSearch
from app.imaging.store import Ingest
from app.site import Sites

PREFIX = "/dicom-web"
_View: TypeAlias = Callable[..., Response]
_STUDY = "/studies/<study>"
_SERIES = f"{_STUDY}/series/<series>"
_INSTANCE = f"{_SERIES}/instances/<instance>"
_FRAMES = f"{_INSTANCE}/frames/<numbers>"


def blueprint(
    *,
    ingest: Ingest,
    assemblies: Assemblies,
    search: ImagingSearch,
    retrieval: ImagingRetrieval,
    rendering: ImagingRendering,
    bulk: BulkRetrieval,
    deletion: ImagingDeletion,
    restoration: ImagingRestoration,
    sites: Sites,
    limits: BodyLimits,
) -> Blueprint:
    """All routes, as a table: method, path, permission, view."""
    rooms = Blueprint("dicomweb", __name__, url_prefix=PREFIX)
    stow = StowViews(ingest, assemblies, sites, limits)
    store, replace = _called(stow.store), _called(stow.replace)
    find = _called(QidoViews(search, sites).search)
    bulk_views = BulkViews(bulk, retrieval, sites)
    whole = _called(WholeViews(WadoViews(retrieval, rendering), bulk_views, retrieval).whole)
    metadata = _called(MetadataViews(retrieval, sites).metadata)
    value = _called(bulk_views.value)
    bulkdata = _called(bulk_views.bulkdata)
    pixeldata = _called(bulk_views.pixeldata)
    frames = _called(FrameViews(retrieval, rendering).frames)
    pictures = RenderedViews(retrieval, rendering, bulk_views, sites)
    rendered, thumbnail = _called(pictures.rendered), _called(pictures.thumbnail)
    deleting = DeleteViews(deletion, restoration)
    delete, restore = _called(deleting.delete), _called(deleting.restore)

    for path in ("/studies", _STUDY):
        _add(rooms, "POST", path, "imaging.store", store)
        _add(rooms, "PUT", path, "imaging.store", replace)
    for path, level in PATHS.items():
        _add(rooms, "GET", path, "imaging.read", find, level=level)
    for path in (_STUDY, _SERIES, _INSTANCE):
        _add(rooms, "GET", path, "imaging.read", whole)
        _add(rooms, "GET", f"{path}/metadata", "imaging.read", metadata)
        _add(rooms, "GET", f"{path}/bulkdata", "imaging.read", bulkdata)
        _add(rooms, "GET", f"{path}/pixeldata", "imaging.read", pixeldata)
        _add(rooms, "DELETE", path, "imaging.delete", delete)
        _add(rooms, "POST", f"{path}/$restore", "imaging.delete", restore, action="U")
    _add(rooms, "GET", _FRAMES, "imaging.read", frames)
    for path in (_STUDY, _SERIES, _INSTANCE, _FRAMES):
        _add(rooms, "GET", f"{path}/rendered", "imaging.read", rendered)
        _add(rooms, "GET", f"{path}/thumbnail", "imaging.read", thumbnail)
    _add(rooms, "GET", f"{_INSTANCE}/bulkdata/<path:path>", "imaging.read", value)
    for path in ("", "/"):
        rooms.add_url_rule(
            path,
            f"OPTIONS {path}",
            public(lambda: capabilities(sites)),
            methods=["OPTIONS"],
            provide_automatic_options=False,
        )
    return rooms


def _called(view: _View) -> _View:
    """The view as Flask calls it: with the names of the path, by whoever asks."""

    def called(**path: str) -> Response:
        check_character_set()
        return view(current_scope(), **path)

    return called


def _add(
    rooms: Blueprint,
    method: str,
    path: str,
    permission: str,
    view: _View,
    *,
    action: str | None = None,
    **defaults: str,
) -> None:
    """One row of the table; the endpoint is named after the method and the path.

    `action` is the audit's C R U D E where the method does not say it.
    """
    endpoint = f"{method} {path}".replace(".", "_")
    rooms.add_url_rule(
        path,
        endpoint,
        requires(permission, action=action)(view),
        methods=[method],
        defaults=defaults,
    )
