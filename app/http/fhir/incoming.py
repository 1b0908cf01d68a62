"""A request of HTTP as a call: its parameters, its headers, its body as the JSON of a resource."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

from app.http.fhir.binary import BINARY, CONTEXT, binary_of, brings_content
from app.http.fhir.exchange import Call
from app.http.fhir.interactions import FORM, Interaction
from app.http.fhir.write import IF_NONE_EXIST
from app.http.kit.bodies import content_coding, expect_media_type, form_pairs, packed_body, read_body
from app.http.kit.fhir_formats import is_of_version, read_as_json
from app.http.kit.negotiation import parse_media_type
from app.http.kit.request_context import current
from app.http.kit.unpacking import unpacked
from app.queries import as_sent
from graph.errors import Unsupported

_UTF8 = ("utf-8", "utf8", "us-ascii")


@dataclass(frozen=True, slots=True)
class LargestBodies:
    """How many bytes a body may have, unpacked: a resource, the form of a search, lines to import."""

    json: int
    form: int
    lines: int


def asked(
    interaction: Interaction, kind: str | None, resource_id: str | None, largest: LargestBodies
) -> Call:
    """The request as a call: its parameters, those of a form with them, or its body.

    Raises `Unsupported` for a body of another type, version or charset, and what is wrong with it.
    """
    if not interaction.body or (interaction.operation and not request.content_length):
        return call()
    if interaction.body == FORM:
        _check(interaction)
        current().form = form_pairs(_received(largest.form))
        return call(current().form)
    if kind != BINARY:
        _check(interaction)
    body = _received(largest.json)
    if brings_content(interaction.code, kind, request.mimetype, body):
        context = request.headers.get(CONTEXT)
        named = resource_id if interaction.code == "update" else None
        return call(body=binary_of(request.content_type or "", body, context, named))
    _check(interaction)
    return call(body=read_as_json(request.mimetype, body))


def call(form: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Call:
    """The request in hand as a call."""
    parameters = (*request.args.items(multi=True), *form)
    headers = dict(request.headers)
    if IF_NONE_EXIST in headers:
        headers[IF_NONE_EXIST] = as_sent(headers[IF_NONE_EXIST], IF_NONE_EXIST)
    return Call(current().received, parameters, headers, body)


def _received(limit: int) -> bytes:
    coding = content_coding()
    return unpacked(packed_body(limit), coding, limit) if coding else read_body(limit)


def _check(interaction: Interaction) -> None:
    expect_media_type(*interaction.body)
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in _UTF8:
        raise Unsupported("send the body as UTF-8", location="Content-Type", accepted=interaction.body)
    if not is_of_version(parse_media_type(request.content_type or "")):
        raise Unsupported("send FHIR 4.0", location="Content-Type", accepted=interaction.body)
