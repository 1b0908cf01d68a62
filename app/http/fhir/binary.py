"""Binary: content that comes and goes as itself, where the client names no format of FHIR (binary.html#rest).

What is stored is a resource as any other, seen by whom its `securityContext` lets see it. Content that
somebody sent is answered under the policy of data: a browser keeps it, runs nothing and guesses nothing.
"""

from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any

import orjson

from app.http.fhir.exchange import Answer, Call
from app.http.kit.fhir_formats import (
    FHIR_JSON,
    FHIR_XML,
    FORMAT,
    JSON_TYPES,
    XML_TYPES,
    names_fhir,
    read_as_json,
)
from app.http.kit.negotiation import parse_accept, parse_media_type
from fhir_profiles.issues import ProfileError
from graph.errors import Unsupported

BINARY = "Binary"
CONTEXT = "X-Security-Context"
_ALWAYS_FHIR = frozenset({FHIR_JSON.name, FHIR_XML.name})
_READS, _WRITES = frozenset({"read", "vread"}), frozenset({"create", "update", "update-conditional"})
_ANYTHING = "application/octet-stream"


def speaks_of_content(code: str, kind: str | None, call: Call) -> bool:
    """Whether the client of an interaction with a Binary names no format of FHIR, and need not know any."""
    if kind != BINARY or code not in _READS | _WRITES:
        return False
    return not names_fhir(call.headers.get("Accept"), call.parameter(FORMAT))


def wants_content(code: str, kind: str | None, call: Call) -> bool:
    """Whether an interaction answers the content of a Binary, and not the resource."""
    return code in _READS and speaks_of_content(code, kind, call)


def brings_content(code: str, kind: str | None, media_type: str, raw: bytes) -> bool:
    """Whether the body of an interaction is the content of a Binary, and not the resource."""
    if kind != BINARY or code not in _WRITES or media_type in _ALWAYS_FHIR:
        return False
    return not (media_type in (*JSON_TYPES, *XML_TYPES) and _is_binary(media_type, raw))


def binary_of(content_type: str, content: bytes, context: str | None, resource_id: str | None) -> bytes:
    """The JSON of the Binary that holds a content.

    Raises `Unsupported` for a content without a media type.
    """
    if parse_media_type(content_type) is None:
        raise Unsupported("say the media type of the content", location="Content-Type")
    resource: dict[str, Any] = {"resourceType": BINARY}
    if resource_id is not None:
        resource["id"] = resource_id
    resource["contentType"] = content_type.strip()
    if context is not None:
        resource["securityContext"] = {"reference": context}
    if content:
        resource["data"] = b64encode(content).decode()
    return orjson.dumps(resource)


def as_content(call: Call, answer: Answer) -> Answer:
    """The content of the Binary that was read; the resource where a general type of JSON or XML does not fit.

    So `application/json` gives a content that is JSON, and else the resource.
    """
    if not answer.body:
        return answer
    resource = orjson.loads(answer.body)
    kind = str(resource.get("contentType", _ANYTHING))
    if _wants_resource(call.headers.get("Accept"), kind):
        return answer
    headers = {**answer.headers, **_GUARDED}
    if context := _context(resource):
        headers[CONTEXT] = context
    return Answer(answer.status, _content(resource), headers, media_type=kind)


def as_resource(answer: Answer) -> Answer:
    """An answer as an entry of a Bundle may hold it: what is no resource, in a Binary."""
    if answer.media_type is None or not answer.body:
        return answer
    return Answer(answer.status, binary_of(answer.media_type, answer.body, None, None), answer.headers)


_GUARDED: Mapping[str, str] = {"Content-Disposition": "attachment"}


def _wants_resource(accept: str | None, kind: str) -> bool:
    """Whether what is wanted most is JSON or XML, and the content is neither (binary.html#rest)."""
    wanted = parse_accept(accept)[:1]
    name = wanted[0].name if wanted else ""
    family = next((each for each in (JSON_TYPES, XML_TYPES) if name in each), None)
    subtype = kind.partition(";")[0].strip().lower()
    return family is not None and not subtype.endswith(("json", "xml")[family is XML_TYPES])


def _content(resource: Mapping[str, Any]) -> bytes:
    try:
        return a2b_base64(str(resource.get("data", "")))
    except (Base64Error, ValueError):
        return b""


def _context(resource: Mapping[str, Any]) -> str | None:
    found = resource.get("securityContext", {}).get("reference")
    return found if isinstance(found, str) and found.isascii() and found.isprintable() else None


def _is_binary(media_type: str, raw: bytes) -> bool:
    try:
        found = orjson.loads(read_as_json(media_type, raw))
    except (ProfileError, orjson.JSONDecodeError):
        return False
    return isinstance(found, dict) and found.get("resourceType") == BINARY
