"""`$graphql`: reading by GraphQL, of the system and of a resource (FHIR R4 graphql.html)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import operation_input
from app.http.fhir.operations import FhirOperation, Level
from app.records.graphql.asked import QUERY, Selected, read_question
from app.records.graphql.executing import GraphqlAnswer, GraphqlReader
from app.site import Sites
from fhir_profiles.documents import parse
from graph.errors import Invalid
from graph.scope import AccessScope

GRAPHQL = "application/graphql"
_JSON = "application/json"
_NAMES = frozenset({QUERY, "variables", "operationName"})


class GraphqlViews:
    """The answers to questions in GraphQL."""

    def __init__(self, reader: GraphqlReader, sites: Sites) -> None:
        self._reader = reader
        self._sites = sites

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their row of the table of operations."""
        levels: tuple[Level, ...] = ("system", "instance")
        return (FhirOperation("graphql", levels, {"Resource": self.graphql}, bodies=(GRAPHQL,)),)

    def graphql(
        self, scope: AccessScope, call: Call, *, kind: str | None = None, resource_id: str | None = None
    ) -> Answer:
        """200 with `data`, and `errors` where a reference leads to nothing.

        Raises `Invalid` for what is no question.
        """
        asked = _asked(call)
        base = self._sites.of(scope).fhir_base
        if kind is None or resource_id is None:
            found = self._reader.system(scope, asked, base, call.now)
        else:
            found = self._reader.instance(scope, (kind, resource_id), asked, base, call.now)
        return Answer(200, _written(found), media_type=_JSON)


def _asked(call: Call) -> tuple[Selected, ...]:
    """The question of a request: in its address, as a text, as JSON, or as Parameters."""
    kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if call.body and kind == GRAPHQL:
        return read_question(call.body.decode("utf-8", "replace"), {})
    given: Mapping[str, Any] = parse(call.body) if call.body else {}
    if "resourceType" in given or not call.body:
        found = operation_input(call)
        found.require_known(_NAMES)
        given = {name: found.text(name) for name in _NAMES if found.text(name) is not None}
    question, variables = given.get(QUERY), given.get("variables")
    variables = orjson.loads(variables) if isinstance(variables, str) and _is_json(variables) else variables
    if not isinstance(question, str):
        raise Invalid("a question is a text of GraphQL", location=QUERY, code="required")
    if variables is not None and not isinstance(variables, dict):
        raise Invalid("variables are an object", location="variables")
    return read_question(question, variables or {}, given.get("operationName"))


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _written(found: GraphqlAnswer) -> bytes:
    answer: dict[str, Any] = {"data": found.data}
    if found.errors:
        answer["errors"] = found.errors
    return orjson.dumps(answer, default=_number)


def _number(value: object) -> orjson.Fragment:
    """A decimal as it is written."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError
