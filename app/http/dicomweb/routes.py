"""The window of DICOMweb: each row of the table of routes with the view that answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from flask import Blueprint, Response, request

from app.http.dicomweb.accepting import check_character_set
from app.http.dicomweb.addresses import locate
from app.http.dicomweb.capabilities import capabilities, capabilities_of_route
from app.http.dicomweb.description import operation_of_route, operation_of_service
from app.http.dicomweb.route_table import PREFIX, ROUTES, ImagingRoute
from app.http.dicomweb.routes_bulk import BulkViews
from app.http.dicomweb.routes_delete import DeleteViews
from app.http.dicomweb.routes_events import EventViews
from app.http.dicomweb.routes_frames import FrameViews
from app.http.dicomweb.routes_metadata import MetadataViews
from app.http.dicomweb.routes_rendered import RenderedViews
from app.http.dicomweb.routes_retrieve import WadoViews
from app.http.dicomweb.routes_search import QidoViews
from app.http.dicomweb.routes_store import StowViews
from app.http.dicomweb.routes_subscriptions import SubscriptionViews
from app.http.dicomweb.routes_uri import UriViews
from app.http.dicomweb.routes_whole import WholeViews
from app.http.dicomweb.routes_workitems import WorkitemViews
from app.http.dicomweb.store_parts import BodyLimits
from app.http.kit.guard import public, requires
from app.http.kit.handover import Handover
from app.http.kit.openapi import documented
from app.http.kit.request_context import current_scope
from app.imaging.assembly import Assemblies
from app.imaging.delete import ImagingDeletion, ImagingRestoration
from app.imaging.retrieve import BulkRetrieval, ImagingRendering, ImagingRetrieval
from app.imaging.search import ImagingSearch
from app.imaging.store import Ingest
from app.imaging.worklist import Worklist
from app.imaging.worklist.subscribing import WorklistSubscriptions
from app.site import Sites

_View: TypeAlias = Callable[..., Response]
_OPTIONS, _CHANNEL = "OPTIONS", "events"
_NOT_LOCATED = frozenset({"search", "uri", "search_workitems", "events"})
"""A search has no resource, a URI request names it in its query, a channel is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingUses:
    """The use cases that the routes call."""

    ingest: Ingest
    assemblies: Assemblies
    search: ImagingSearch
    retrieval: ImagingRetrieval
    rendering: ImagingRendering
    bulk: BulkRetrieval
    deletion: ImagingDeletion
    restoration: ImagingRestoration
    worklist: Worklist
    subscriptions: WorklistSubscriptions
    handover: Handover


def blueprint(uses: ImagingUses, *, sites: Sites, limits: BodyLimits) -> Blueprint:
    """The routes of the table, and the description of the service by OPTIONS."""
    rooms = Blueprint("dicomweb", __name__, url_prefix=PREFIX)
    views = _views(uses, sites, limits)
    for route in ROUTES:
        declared = _declared(route, views[route.view], sites)
        for socket in (False, True) if route.view == _CHANNEL else (False,):
            rooms.add_url_rule(
                route.path,
                f"{route.method} {route.path}{' socket' if socket else ''}".replace(".", "_"),
                declared,
                methods=[route.method, _OPTIONS],
                defaults=route.defaults,
                provide_automatic_options=False,
                websocket=socket,  # a request for a WebSocket is routed by rules of its own
            )
    for path in ("", "/"):
        rooms.add_url_rule(
            path,
            f"OPTIONS {path}",
            public(documented(operation_of_service(path))(lambda: capabilities(sites))),
            methods=["OPTIONS"],
            provide_automatic_options=False,
        )
    return rooms


def _views(uses: ImagingUses, sites: Sites, limits: BodyLimits) -> Mapping[str, _View]:
    """The views by their names in the table."""
    stow = StowViews(uses.ingest, uses.assemblies, sites, limits)
    bulk = BulkViews(uses.bulk, uses.retrieval, uses.rendering, sites)
    files = WadoViews(uses.retrieval, uses.rendering, sites)
    rendered = RenderedViews(uses.retrieval, uses.rendering, bulk, sites)
    deletion = DeleteViews(uses.deletion, uses.restoration)
    return {
        **_worklist_views(uses, sites),
        "store": stow.store,
        "replace": stow.replace,
        "search": QidoViews(uses.search, sites).search,
        "whole": WholeViews(files, bulk, uses.retrieval).whole,
        "metadata": MetadataViews(uses.retrieval, sites).metadata,
        "bulkdata": bulk.bulkdata,
        "pixeldata": bulk.pixeldata,
        "value": bulk.value,
        "frames": FrameViews(uses.retrieval, uses.rendering, sites).frames,
        "rendered": rendered.rendered,
        "thumbnail": rendered.thumbnail,
        "uri": UriViews(
            files,
            rendered,
            bulk,
            retrieval=uses.retrieval,
            rendering=uses.rendering,
            bulk=uses.bulk,
        ).retrieve,
        "delete": deletion.delete,
        "restore": deletion.restore,
    }


def _worklist_views(uses: ImagingUses, sites: Sites) -> Mapping[str, _View]:
    """The views of UPS-RS by their names in the table."""
    workitems = WorkitemViews(uses.worklist, sites)
    subscriptions = SubscriptionViews(uses.subscriptions, sites)
    return {
        "create_workitem": workitems.create,
        "search_workitems": workitems.search,
        "retrieve_workitem": workitems.retrieve,
        "update_workitem": workitems.update,
        "change_workitem_state": workitems.change_state,
        "cancel_workitem": workitems.request_cancellation,
        "subscribe": subscriptions.subscribe,
        "unsubscribe": subscriptions.unsubscribe,
        "suspend": subscriptions.suspend,
        "events": EventViews(uses.handover).open,
    }


def _declared(route: ImagingRoute, view: _View, sites: Sites) -> _View:
    """The view of a row with what it needs and what it is for."""
    needs = requires(route.permission, action=route.action)
    return needs(documented(operation_of_route(route))(_called(route, view, sites)))


def _called(route: ImagingRoute, view: _View, sites: Sites) -> _View:
    """The view as Flask calls it: with the names of the path, by whoever asks.

    What is negotiated says so to caches (RFC 9110 12.5.5), what is retrieved says where it is.
    """
    negotiated = route.method == "GET"
    located = negotiated and route.view not in _NOT_LOCATED

    def called(**path: str) -> Response:
        if request.method == _OPTIONS:
            return capabilities_of_route(sites)
        check_character_set()
        scope = current_scope()
        answer = view(scope, **path)
        if negotiated:
            answer.headers["Vary"] = "Accept"
        if located:
            address = sites.of(scope).address(scope.partition)
            locate(answer, address + quote(request.path.removeprefix(PREFIX)))
        return answer

    return called
