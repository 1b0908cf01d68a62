"""The routes of FHIR R4 under `/fhir`, made of the table of interactions (FHIR R4 http.html#summary).

Only this file, `incoming.py` and what follows a job know Flask: `incoming.py` turns a request into a `Call`,
this one an `Answer` into a response.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState

from app.http.fhir.batch import BundleView
from app.http.fhir.binary import as_content, speaks_of_content, wants_content
from app.http.fhir.bulk_routes import add_bulk
from app.http.fhir.exchange import Answer, Call, format_of
from app.http.fhir.incoming import LargestBodies, asked, call
from app.http.fhir.interactions import CONVERTERS, PATCH, RESOURCE, Interaction, names_a_type
from app.http.fhir.late_answers import add_late_answers, begin, wants_late
from app.http.fhir.metadata import METADATA, MetadataView
from app.http.fhir.router import EntryRouter
from app.http.fhir.table import FhirTable, FhirUses
from app.http.kit.fhir_formats import FORMAT, PRETTY, FhirFormat, format_of_failure
from app.http.kit.guard import public, requires
from app.http.kit.request_context import current_scope
from app.site import Sites
from app.work.answers.answers import LateAnswers
from graph.errors import NotFound

PREFIX = "/fhir"


def blueprint(uses: FhirUses, table: FhirTable, answers: LateAnswers, largest: LargestBodies) -> Blueprint:
    """All routes."""
    sites, codes = uses.sites, {each.code for each in table.interactions} | {"transaction", "batch"}
    metadata = MetadataView(codes, table.operations, sites, uses.own_parameters)
    router = EntryRouter((*table.interactions, metadata.interaction()))
    bundle = BundleView(uses.bundles, uses.reader, sites, router)
    batch = Interaction("batch", "POST", "/", "fhir.read", bundle.perform, RESOURCE, "E")
    every = (*table.interactions, batch)
    rooms = Blueprint("fhir", __name__, url_prefix=PREFIX)
    rooms.record(_know_types)
    view = _Views(answers, sites, largest)
    for interaction in every:
        rooms.add_url_rule(
            interaction.path,
            interaction.code,
            requires(interaction.permission, action=interaction.action, instead=interaction.instead)(
                view.of(interaction)
            ),
            methods=[interaction.method],
            strict_slashes=False,  # some clients end every address with one
        )
    given = uses.uses
    add_bulk(rooms, given.exports, given.imports, sites, parameters=largest.json, lines=largest.lines)
    add_late_answers(rooms, answers)
    _add_public(rooms, metadata)
    rooms.after_request(_tell_of_patches)
    return rooms


def _know_types(state: BlueprintSetupState) -> None:
    state.app.url_map.converters.update(CONVERTERS)


def _tell_of_patches(answer: Response) -> Response:
    """OPTIONS says in which forms a patch comes, where there is PATCH (RFC 5789 3.1)."""
    if request.method == "OPTIONS" and "PATCH" in answer.headers.get("Allow", ""):
        answer.headers["Accept-Patch"] = ", ".join(PATCH)
    return answer


def _add_public(rooms: Blueprint, metadata: MetadataView) -> None:
    """The documents that anybody may read: what is offered here."""

    @rooms.get(METADATA)
    @public
    def capabilities() -> Response:
        received = call()
        return _response(metadata.told(received), format_of(received))


@dataclass(frozen=True, slots=True)
class _Views:
    """Makes the view of an interaction: a request becomes a call, and its answer a response."""

    answers: LateAnswers
    sites: Sites
    largest: LargestBodies

    def of(self, interaction: Interaction) -> Callable[..., Response]:
        def answer(**path: str) -> Response:
            if not names_a_type(path):
                raise NotFound("there is no such resource type", code="not-supported")
            kind = path.get("kind")
            handler = interaction.handler_of(kind, path.get("name"))
            received = asked(interaction, kind, path.get("resource_id"), self.largest)
            shown = _shown(interaction, kind, received)
            if wants_late(interaction, received):
                base = self.sites.of(current_scope()).fhir_base
                return begin(self.answers, interaction, received, base, PREFIX)
            found = handler(current_scope(), received, **path)
            if wants_content(interaction.code, kind, received):
                found = as_content(received, found)
            return _response(found, shown)

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
