"""The routes of FHIR R4 under `/fhir`, as one table (FHIR R4 http.html#summary).

Requests and the entries of a Bundle are routed by it. Only this file knows Flask: it turns a request into a
`Call` and an `Answer` into a response.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState

from app.audit.asking import AuditReader
from app.http.fhir.audit import AUDIT, AuditViews
from app.http.fhir.batch import BundleView
from app.http.fhir.bulk_routes import add_bulk
from app.http.fhir.capabilities import capability_statement, smart_configuration
from app.http.fhir.code_systems import CodeSystemViews
from app.http.fhir.concept_maps import ConceptMapViews
from app.http.fhir.exchange import Answer, Call, is_of_version, media_type
from app.http.fhir.history import HistoryViews
from app.http.fhir.identities import IdentityViews
from app.http.fhir.interactions import CONVERTERS, FORM, JSON, Interaction, names_a_type
from app.http.fhir.operations import FhirOperation
from app.http.fhir.read import ReadViews
from app.http.fhir.record_operations import RecordUses, record_operations
from app.http.fhir.router import EntryRouter
from app.http.fhir.search import SearchViews
from app.http.fhir.validate import ValidateViews
from app.http.fhir.value_sets import ValueSetViews
from app.http.fhir.write import IF_NONE_EXIST, WriteViews
from app.http.kit.bodies import expect_media_type, read_body, read_form
from app.http.kit.guard import public, requires
from app.http.kit.negotiation import parse_media_type
from app.http.kit.request_context import current, current_scope
from app.paging import PageTokens
from app.queries import as_sent
from app.records import Records
from app.records.bundles.bundles import Bundles
from app.records.history import RecordHistory
from app.records.identities import PatientIdentities
from app.records.read import RecordReader
from app.records.search import RecordSearch
from app.records.validate import RecordValidation
from app.site import Sites
from app.terminology import TerminologyUses
from graph.clock import instant, now
from graph.errors import NotFound, Unsupported

PREFIX = "/fhir"
_TYPE, _RESOURCE, _MEMBERS = "/<type:kind>", "/<type:kind>/<resource_id>", "/Patient/<patient_id>/<type:kind>"


@dataclass(frozen=True, slots=True)
class LargestBodies:
    """How many bytes a body may have: a resource or Bundle, the form of a search, the lines of an import."""

    json: int
    form: int
    lines: int


def interactions(
    *,
    read: ReadViews,
    search: SearchViews,
    history: HistoryViews,
    write: WriteViews,
    audit: AuditViews,
    operations: Sequence[FhirOperation],
) -> tuple[Interaction, ...]:
    """The table of all interactions with resources: code, method, path, permission, handler."""
    past, find = history.history, search.search
    seen, event = {AUDIT: audit.search}, {AUDIT: audit.read}
    return (
        Interaction("history-system", "GET", "/_history", "fhir.read", past),
        Interaction("search-type", "GET", _TYPE, "fhir.read", find, own=seen),
        Interaction("search-type-post", "POST", f"{_TYPE}/_search", "fhir.read", find, FORM, "R", seen),
        Interaction("create", "POST", _TYPE, "fhir.write", write.create, JSON),
        Interaction("update-conditional", "PUT", _TYPE, "fhir.write", write.update_where, JSON),
        Interaction("delete-conditional", "DELETE", _TYPE, "fhir.write", write.delete_where),
        Interaction("history-type", "GET", f"{_TYPE}/_history", "fhir.read", past),
        Interaction("read", "GET", _RESOURCE, "fhir.read", read.read, own=event),
        Interaction("update", "PUT", _RESOURCE, "fhir.write", write.update, JSON),
        Interaction("delete", "DELETE", _RESOURCE, "fhir.write", write.delete),
        Interaction("history-instance", "GET", f"{_RESOURCE}/_history", "fhir.read", past),
        Interaction("vread", "GET", f"{_RESOURCE}/_history/<version>", "fhir.read", read.vread),
        Interaction("search-compartment", "GET", _MEMBERS, "fhir.read", find, own=seen),
        Interaction(
            "search-compartment-post", "POST", f"{_MEMBERS}/_search", "fhir.read", find, FORM, "R", seen
        ),
        *(each for operation in operations for each in operation.interactions()),
    )


def blueprint(
    *,
    reader: RecordReader,
    search: RecordSearch,
    history: RecordHistory,
    identities: PatientIdentities,
    records: Records,
    bundles: Bundles,
    audit: AuditReader,
    terminology: TerminologyUses,
    uses: RecordUses,
    validation: RecordValidation,
    tokens: PageTokens,
    sites: Sites,
    largest: LargestBodies,
) -> Blueprint:
    """All routes."""
    operations = (
        *ValidateViews(validation).operations(),
        *IdentityViews(identities).operations(),
        *terminology_operations(terminology),
        *record_operations(uses, tokens, sites),
    )
    single = interactions(
        read=ReadViews(reader),
        search=SearchViews(search, tokens, sites),
        history=HistoryViews(history, tokens, sites),
        write=WriteViews(records, search, reader, sites),
        audit=AuditViews(audit, tokens, sites),
        operations=operations,
    )
    bundle = BundleView(bundles, reader, sites, EntryRouter(single))
    every = (*single, Interaction("batch", "POST", "/", "fhir.read", bundle.perform, JSON, "E"))
    rooms = Blueprint("fhir", __name__, url_prefix=PREFIX)
    rooms.record(_know_types)
    for interaction in every:
        rooms.add_url_rule(
            interaction.path,
            interaction.code,
            requires(interaction.permission, action=interaction.action)(_view(interaction, largest)),
            methods=[interaction.method],
            strict_slashes=False if interaction.path == "/" else None,
        )
    add_bulk(rooms, uses.exports, uses.imports, sites, parameters=largest.json, lines=largest.lines)
    _add_public(rooms, every, operations, sites)
    return rooms


def terminology_operations(uses: TerminologyUses) -> tuple[FhirOperation, ...]:
    """The operations on terminology."""
    value_sets = ValueSetViews(uses.value_sets)
    views = (
        value_sets,
        CodeSystemViews(uses.code_systems, value_sets),
        ConceptMapViews(uses.concept_maps, uses.closures),
    )
    return tuple(operation for each in views for operation in each.operations())


def _know_types(state: BlueprintSetupState) -> None:
    state.app.url_map.converters.update(CONVERTERS)


def _add_public(
    rooms: Blueprint, every: Sequence[Interaction], operations: Sequence[FhirOperation], sites: Sites
) -> None:
    """The documents that anybody may read: what is offered here, and where to sign in."""
    offered = {each.code for each in every} | {"transaction"}
    started = instant(now())
    smart = smart_configuration(sites.own.base_url)

    @cache
    def statement() -> bytes:
        return capability_statement(sites.own.fhir_base, started, offered, operations)

    @rooms.get("/metadata")
    @public
    def capabilities() -> Response:
        return _response(Answer(200, statement()), media_type(_call()))

    @rooms.get("/.well-known/smart-configuration")
    @public
    def smart_metadata() -> Response:
        return Response(smart, content_type="application/json")


def _view(interaction: Interaction, largest: LargestBodies) -> Callable[..., Response]:
    def answer(**path: str) -> Response:
        if not names_a_type(path):
            raise NotFound("there is no such resource type", code="not-supported")
        handler = interaction.handler_of(path.get("kind"))
        call = _asked(interaction, largest)
        shown = media_type(call)
        return _response(handler(current_scope(), call, **path), shown)

    return answer


def _asked(interaction: Interaction, largest: LargestBodies) -> Call:
    """The request as a call: its parameters, those of a form with them, or its JSON."""
    if not interaction.body or (interaction.operation and not request.content_length):
        return _call()
    _check_body(interaction)
    if interaction.body == FORM:
        return _call(read_form(largest.form))
    return _call(body=read_body(largest.json))


def _check_body(interaction: Interaction) -> None:
    expect_media_type(*interaction.body)
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Unsupported("send the body as UTF-8", location="Content-Type")
    if not is_of_version(parse_media_type(request.content_type or "")):
        raise Unsupported("send FHIR 4.0", location="Content-Type")


def _call(form: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Call:
    parameters = (*request.args.items(multi=True), *form)
    headers = dict(request.headers)
    if IF_NONE_EXIST in headers:
        headers[IF_NONE_EXIST] = as_sent(headers[IF_NONE_EXIST], IF_NONE_EXIST)
    return Call(current().received, parameters, headers, body)


def _response(answer: Answer, content_type: str) -> Response:
    response = Response(answer.body, answer.status, headers=dict(answer.headers))
    if answer.body:
        response.content_type = content_type
    else:
        response.headers.pop("Content-Type", None)
    return response
