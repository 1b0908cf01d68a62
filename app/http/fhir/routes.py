"""The routes of FHIR R4 under `/fhir`, as one table (FHIR R4 http.html#summary).

Requests and the entries of a Bundle are routed by it. Only this file and `incoming.py` know Flask: that one
turns a request into a `Call`, this one an `Answer` into a response.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from flask import Blueprint, Response
from flask.sansio.blueprints import BlueprintSetupState

from app.audit.asking import AuditReader
from app.http.fhir.audit import AUDIT, AuditViews
from app.http.fhir.batch import BundleView
from app.http.fhir.binary import as_content, speaks_of_content, wants_content
from app.http.fhir.bulk_routes import add_bulk
from app.http.fhir.capabilities import capability_statement, smart_configuration
from app.http.fhir.code_systems import CodeSystemViews
from app.http.fhir.concept_maps import ConceptMapViews
from app.http.fhir.exchange import Answer, Call, format_of
from app.http.fhir.graphql import GraphqlViews
from app.http.fhir.history import HistoryViews
from app.http.fhir.identities import IdentityViews
from app.http.fhir.incoming import LargestBodies, asked, call
from app.http.fhir.interactions import CONVERTERS, FORM, PATCH, RESOURCE, Interaction, names_a_type
from app.http.fhir.operations import FhirOperation
from app.http.fhir.read import ReadViews
from app.http.fhir.record_operations import RecordUses, record_operations
from app.http.fhir.router import EntryRouter
from app.http.fhir.search import SearchViews
from app.http.fhir.search_system import SystemSearchViews
from app.http.fhir.validate import ValidateViews
from app.http.fhir.value_sets import ValueSetViews
from app.http.fhir.write import WriteViews
from app.http.kit.fhir_formats import FORMAT, PRETTY, FhirFormat, format_of_failure
from app.http.kit.guard import public, requires
from app.http.kit.request_context import current_scope
from app.paging import PageTokens
from app.records import Records
from app.records.bundles.bundles import Bundles
from app.records.graphql.executing import GraphqlReader
from app.records.history import RecordHistory
from app.records.identities import PatientIdentities
from app.records.read import RecordReader
from app.records.search import RecordSearch
from app.records.search.system import SystemSearch
from app.records.validate import RecordValidation
from app.records.write.patching import Patching
from app.site import Sites
from app.terminology import TerminologyUses
from fhir_profiles.definitions.added import AddedParameter
from graph.clock import instant, now
from graph.errors import NotFound

OwnParameters: TypeAlias = Callable[[], tuple[AddedParameter, ...]]
PREFIX = "/fhir"
_TYPE, _RESOURCE = "/<type:kind>", "/<type:kind>/<resource_id>"
_MEMBERS, _EVERY_MEMBER = "/Patient/<patient_id>/<type:kind>", "/Patient/<patient_id>/*"


def interactions(
    *,
    read: ReadViews,
    search: SearchViews,
    system: SystemSearchViews,
    history: HistoryViews,
    write: WriteViews,
    audit: AuditViews,
    operations: Sequence[FhirOperation],
) -> tuple[Interaction, ...]:
    """The table of all interactions with resources: code, method, path, permission, handler."""
    past, find, find_all = history.history, search.search, system.search
    seen, event = {AUDIT: audit.search}, {AUDIT: audit.read}
    return (
        Interaction("history-system", "GET", "/_history", "fhir.read", past),
        Interaction("search-system", "GET", "/", "fhir.read", find_all),
        Interaction("search-system-post", "POST", "/_search", "fhir.read", find_all, FORM, "R"),
        Interaction("search-type", "GET", _TYPE, "fhir.read", find, own=seen),
        Interaction("search-type-post", "POST", f"{_TYPE}/_search", "fhir.read", find, FORM, "R", seen),
        Interaction("create", "POST", _TYPE, "fhir.write", write.create, RESOURCE),
        Interaction("update-conditional", "PUT", _TYPE, "fhir.write", write.update_where, RESOURCE),
        Interaction("patch-conditional", "PATCH", _TYPE, "fhir.write", write.patch_where, PATCH),
        Interaction("delete-conditional", "DELETE", _TYPE, "fhir.write", write.delete_where),
        Interaction("history-type", "GET", f"{_TYPE}/_history", "fhir.read", past),
        Interaction("read", "GET", _RESOURCE, "fhir.read", read.read, own=event),
        Interaction("update", "PUT", _RESOURCE, "fhir.write", write.update, RESOURCE),
        Interaction("patch", "PATCH", _RESOURCE, "fhir.write", write.patch, PATCH),
        Interaction("delete", "DELETE", _RESOURCE, "fhir.write", write.delete),
        Interaction("history-instance", "GET", f"{_RESOURCE}/_history", "fhir.read", past),
        Interaction("vread", "GET", f"{_RESOURCE}/_history/<version>", "fhir.read", read.vread),
        Interaction("search-compartment", "GET", _MEMBERS, "fhir.read", find, own=seen),
        Interaction(
            "search-compartment-post", "POST", f"{_MEMBERS}/_search", "fhir.read", find, FORM, "R", seen
        ),
        Interaction("search-members", "GET", _EVERY_MEMBER, "fhir.read", find_all),
        *(each for operation in operations for each in operation.interactions()),
    )


def blueprint(
    *,
    reader: RecordReader,
    search: RecordSearch,
    system: SystemSearch,
    history: RecordHistory,
    identities: PatientIdentities,
    records: Records,
    patching: Patching,
    bundles: Bundles,
    graphql: GraphqlReader,
    audit: AuditReader,
    terminology: TerminologyUses,
    uses: RecordUses,
    validation: RecordValidation,
    tokens: PageTokens,
    sites: Sites,
    largest: LargestBodies,
    own_parameters: OwnParameters,
) -> Blueprint:
    """All routes; `own_parameters` tells the search parameters that the tenant added."""
    operations = (
        *ValidateViews(validation).operations(),
        *IdentityViews(identities).operations(),
        *GraphqlViews(graphql, sites).operations(),
        *terminology_operations(terminology),
        *record_operations(uses, tokens, sites),
    )
    single = interactions(
        read=ReadViews(reader),
        search=SearchViews(search, tokens, sites),
        system=SystemSearchViews(system, tokens, sites),
        history=HistoryViews(history, tokens, sites),
        write=WriteViews(records, patching, search, reader, sites),
        audit=AuditViews(audit, tokens, sites),
        operations=operations,
    )
    bundle = BundleView(bundles, reader, sites, EntryRouter(single))
    every = (*single, Interaction("batch", "POST", "/", "fhir.read", bundle.perform, RESOURCE, "E"))
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
    _add_public(rooms, every, operations, sites, own_parameters)
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
    rooms: Blueprint,
    every: Sequence[Interaction],
    operations: Sequence[FhirOperation],
    sites: Sites,
    own_parameters: OwnParameters,
) -> None:
    """The documents that anybody may read: what is offered here, and where to sign in."""
    offered, started = {each.code for each in every} | {"transaction"}, instant(now())

    @lru_cache(maxsize=1)
    def statement(added: tuple[AddedParameter, ...]) -> bytes:
        return capability_statement(sites.own.fhir_base, started, offered, operations, added)

    smart = smart_configuration(sites.own.base_url)

    @rooms.get("/metadata")
    @public
    def capabilities() -> Response:
        return _response(Answer(200, statement(own_parameters())), format_of(call()))

    @rooms.get("/.well-known/smart-configuration")
    @public
    def smart_metadata() -> Response:
        return Response(smart, content_type="application/json")


def _view(interaction: Interaction, largest: LargestBodies) -> Callable[..., Response]:
    def answer(**path: str) -> Response:
        if not names_a_type(path):
            raise NotFound("there is no such resource type", code="not-supported")
        kind = path.get("kind")
        handler = interaction.handler_of(kind)
        received = asked(interaction, kind, path.get("resource_id"), largest)
        shown = _shown(interaction, kind, received)
        answer = handler(current_scope(), received, **path)
        if wants_content(interaction.code, kind, received):
            answer = as_content(received, answer)
        return _response(answer, shown)

    return answer


def _shown(interaction: Interaction, kind: str | None, received: Call) -> FhirFormat:
    """The format of an answer; what there is for who sends or reads a content and need not know FHIR."""
    if speaks_of_content(interaction.code, kind, received):
        accept = received.headers.get("Accept")
        return format_of_failure(accept, received.parameter(FORMAT), received.parameter(PRETTY))
    return format_of(received)


def _response(answer: Answer, shown: FhirFormat) -> Response:
    body, kind = answer.body, answer.media_type
    if body and kind is None:
        body, kind = shown.written(body), shown.content_type
    response = Response(body, answer.status, headers=dict(answer.headers))
    if body:
        response.headers["Content-Type"] = kind
    else:
        response.headers.pop("Content-Type", None)
    return response
