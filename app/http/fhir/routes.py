"""The routes of FHIR R4 under `/fhir`, as a table (FHIR R4 http.html#summary).

Only this file knows Flask: it turns a request into a `Call` and an `Answer` into a response.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from app.http.fhir.batch import batch
from app.http.fhir.capabilities import capability_statement, smart_configuration
from app.http.fhir.create import create
from app.http.fhir.delete import delete, delete_where
from app.http.fhir.exchange import Answer, Call, media_type
from app.http.fhir.history import history
from app.http.fhir.read import read, vread
from app.http.fhir.search import search
from app.http.fhir.update import update, update_where
from app.http.kit.bodies import expect_media_type, read_body
from app.http.kit.guard import public, requires
from app.http.kit.request_context import current, current_scope
from app.wiring import Services
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.clock import instant, now
from graph.errors import NotFound, Unsupported

PREFIX = "/fhir"
JSON = ("application/fhir+json", "application/json", "text/json")
FORM = ("application/x-www-form-urlencoded",)
View: TypeAlias = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One interaction: `action` is the audit's where the method does not say it, `body` what is accepted."""

    code: str
    method: str
    path: str
    permission: str
    view: View
    body: tuple[str, ...] = ()
    action: str | None = None


_TYPE, _RESOURCE, _MEMBERS = "/<type:kind>", "/<type:kind>/<resource_id>", "/Patient/<patient_id>/<type:kind>"
ROUTES = (
    Route("batch", "POST", "/", "fhir.read", batch, JSON, "E"),
    Route("history-system", "GET", "/_history", "fhir.read", history),
    Route("search-type", "GET", _TYPE, "fhir.read", search),
    Route("search-type-post", "POST", f"{_TYPE}/_search", "fhir.read", search, FORM, "R"),
    Route("create", "POST", _TYPE, "fhir.write", create, JSON),
    Route("update-conditional", "PUT", _TYPE, "fhir.write", update_where, JSON),
    Route("delete-conditional", "DELETE", _TYPE, "fhir.write", delete_where),
    Route("history-type", "GET", f"{_TYPE}/_history", "fhir.read", history),
    Route("read", "GET", _RESOURCE, "fhir.read", read),
    Route("update", "PUT", _RESOURCE, "fhir.write", update, JSON),
    Route("delete", "DELETE", _RESOURCE, "fhir.write", delete),
    Route("history-instance", "GET", f"{_RESOURCE}/_history", "fhir.read", history),
    Route("vread", "GET", f"{_RESOURCE}/_history/<version>", "fhir.read", vread),
    Route("search-compartment", "GET", _MEMBERS, "fhir.read", search),
    Route("search-compartment-post", "POST", f"{_MEMBERS}/_search", "fhir.read", search, FORM, "R"),
)


class _TypeConverter(BaseConverter):
    """A segment that may be the name of a type, which `_history` may not."""

    regex = "[A-Za-z][A-Za-z0-9]{0,63}"


def _know_types(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["type"] = _TypeConverter


def blueprint(services: Services) -> Blueprint:
    """All routes."""
    rooms = Blueprint("fhir", __name__, url_prefix=PREFIX)
    rooms.record(_know_types)
    for route in ROUTES:
        rooms.add_url_rule(
            route.path,
            route.code,
            requires(route.permission, action=route.action)(_view(services, route)),
            methods=[route.method],
            strict_slashes=False if route.path == "/" else None,
        )
    offered = {route.code for route in ROUTES} | {"transaction"}
    statement = capability_statement(services.reading.base, instant(now()), offered)
    smart = smart_configuration(services.config.base_url)

    @rooms.get("/metadata")
    @public
    def capabilities() -> Response:
        return _response(Answer(200, statement), media_type(_call()))

    @rooms.get("/.well-known/smart-configuration")
    @public
    def smart_metadata() -> Response:
        return Response(smart, content_type="application/json")

    return rooms


def _view(services: Services, route: Route) -> Callable[..., Response]:
    limit = services.config.fhir_bundle

    def answer(**path: str) -> Response:
        if path.get("kind", "Patient") not in RESOURCE_TYPES:
            raise NotFound("there is no such resource type", code="not-supported")
        body = _body(route, limit) if route.body else b""
        call = _call(body, form=route.body == FORM)
        shown = media_type(call)
        return _response(route.view(services, current_scope(), call, **path), shown)

    return answer


def _body(route: Route, limit: int) -> bytes:
    """The JSON of the request; a form is read with the parameters."""
    expect_media_type(*route.body)
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Unsupported("send the body as UTF-8", location="Content-Type")
    if route.body == FORM:
        request.max_content_length = limit
        return b""
    return read_body(limit)


def _call(body: bytes = b"", *, form: bool = False) -> Call:
    parameters = [*request.args.items(multi=True), *(request.form.items(multi=True) if form else ())]
    return Call(current().received, tuple(parameters), dict(request.headers), body)


def _response(answer: Answer, content_type: str) -> Response:
    response = Response(answer.body, answer.status, headers=dict(answer.headers))
    if answer.body:
        response.content_type = content_type
    else:
        response.headers.pop("Content-Type", None)
    return response
