"""OpenAPI 3.1 of Hilum's own endpoints: a view says what it takes and answers, beside what it requires.

`@documented(…)` marks a view as `@requires` does, and changes nothing else of it; the document is made from
the marks and the guard's, so the two cannot differ. FHIR describes itself in its own way (`/fhir/metadata`).
flask-smorest holds the document, which is made when somebody first asks for it. It holds it for an app of its
own: in ours it would put its error handler before the one that keeps `Allow`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any, NamedTuple, TypeAlias, TypeVar

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]
from marshmallow import Schema, fields
from werkzeug.routing import Rule

from app.form_words import form_name
from app.http.kit.guard import Access, access_of
from app.http.kit.problems import OPERATION_MARK
from app.http.kit.statuses import TITLE

_View = TypeVar("_View", bound=Callable[..., Any])
_MARK = OPERATION_MARK
_DOCUMENT = "hilum_openapi"
_WRITING = Lock()
_SECRET = "bearer"  # noqa: S105 - the name of a security scheme
_METHODS = ("get", "post", "put", "patch", "delete")
_OPTIONS = "options"  # of a route that is for nothing else; any other answers it unasked
_PROBLEM = "application/problem+json"
Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """A body that comes in any of several media types: the schema of each."""

    schemas: Json
    examples: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExampleRequest:
    """A request that a gateway with the sample data answers with a status: what stands behind its address.

    `body` names a file that holds the example of the request's body.
    """

    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route is for. `answers` are schemas, JSON schemas or media types by status; None has no body.

    `name` is the operation's, that of its route where there is none. `errors` are statuses of problems.
    """

    summary: str
    tag: str
    answers: Mapping[int, type[Schema] | Json | str | Content | None]
    description: str = ""
    name: str = ""
    errors: tuple[int, ...] = ()
    example: ExampleRequest | None = None
    body: type[Schema] | Content | None = None
    form: Json | None = None
    parameters: tuple[Json, ...] = ()
    schemas: tuple[type[Schema], ...] = ()
    examples: Mapping[str, Json] = field(default_factory=dict)


class ProblemSchema(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(data_key="requestId")
    location = fields.List(fields.String(), metadata={"description": "Where in the request, as a JSONPath."})
    offered = fields.List(
        fields.String(), metadata={"description": "The media types that there are, where none is accepted."}
    )


def documented(operation: Operation) -> Callable[[_View], _View]:
    """Mark a view with what it is for."""

    def mark(view: _View) -> _View:
        setattr(view, _MARK, operation)
        return view

    return mark


def offer_specification(app: Flask, base_url: str) -> None:
    """Let an app describe itself at its address."""
    app.extensions[_DOCUMENT] = cache(lambda: _document(app, base_url))


def specification(app: Flask) -> dict[str, Any]:
    """The document of an app as JSON, to be read and not changed."""
    with _WRITING:  # it is made once
        found: dict[str, Any] = app.extensions[_DOCUMENT]()
    return found


def _release() -> str:
    """The version that is installed; a source tree beside no installation has none."""
    try:
        return version("hilum")
    except PackageNotFoundError:
        return "0"


def _document(app: Flask, base_url: str) -> dict[str, Any]:
    """The document with the path of every documented route."""
    blank = Flask("hilum")
    blank.config.update(API_TITLE="Hilum", API_VERSION=_release(), OPENAPI_VERSION="3.1.0")
    api = Api(blank, spec_kwargs={"servers": [{"url": base_url}]})
    api.spec.components.security_scheme(_SECRET, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        operation = operation_of(app, rule)
        if operation is not None:
            _write(app, api, rule, operation)
    found: dict[str, Any] = api.spec.to_dict()
    return found


def operation_of(app: Flask, rule: Rule) -> Operation | None:
    """What a route says that it is for; None where it is not one of Hilum's own API."""
    found = getattr(app.view_functions[rule.endpoint], _MARK, None)
    return found if isinstance(found, Operation) else None


def _write(app: Flask, api: Api, rule: Rule, operation: Operation) -> None:
    resolver = api.spec.components
    named: tuple[type[Schema], ...] = (*operation.schemas, ProblemSchema)
    for schema in named:
        if form_name(schema) not in resolver.schemas:
            resolver.schema(form_name(schema), schema=schema)
    every = {each.lower() for each in rule.methods or ()}
    methods = every.intersection(_METHODS) or every & {_OPTIONS}
    operations = {
        method: _operation(operation, access_of(app, rule.endpoint, method.upper()), rule, _base(api))
        for method in sorted(methods)
    }
    api.spec.path(app=app, rule=rule, operations=operations)


def _base(api: Api) -> str:
    return str(api.spec.options["servers"][0]["url"])


def _operation(operation: Operation, access: Access | None, rule: Rule, base: str) -> dict[str, Any]:
    needed = access.permissions if access else ()
    example = operation.example
    shown: dict[str, Any] = {
        "operationId": operation.name or rule.endpoint,
        "tags": [operation.tag],
        "summary": operation.summary,
        "responses": _answers(operation),
    }
    method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}), "OPTIONS")
    about = [
        operation.description,
        f"Needs the permission {', '.join(needed)}." if needed else "",
        _command(example, method, base, secret=bool(needed)) if example else "",
    ]
    if description := "\n\n".join(filter(None, about)):
        shown["description"] = description
    if needed:
        shown["security"] = [{_SECRET: []}]
    if operation.parameters:
        shown["parameters"] = [dict(each) for each in operation.parameters]
    if example:
        shown["x-example"] = {
            "path": example.path,
            "headers": dict(example.headers),
            "status": example.status,
        }
    if content := _body(operation):
        shown["requestBody"] = {"required": True, "content": content}
    return shown


def _command(example: ExampleRequest, method: str, base: str, *, secret: bool) -> str:
    """The example as a command, in the Markdown that descriptions are written in."""
    parts = ["curl", *([] if method == "GET" else ["-X", method])]
    headers = [*(["Authorization: Bearer $TOKEN"] if secret else [])]
    headers += [f"{name}: {value}".replace('"', r"\"") for name, value in example.headers.items()]
    parts += [f'-H "{each}"' for each in headers]
    parts += [f"--data @{example.body}"] if example.body else []
    parts.append(f"'{base}{example.path}'")
    return f"With the sample data:\n\n```sh\n{' '.join(parts)}\n```"


def _body(operation: Operation) -> dict[str, Any] | None:
    if isinstance(operation.body, Content):
        return _content(operation.body)
    if operation.body is not None:
        content: dict[str, Any] = {"schema": operation.body}
        if operation.examples:
            content["examples"] = {name: {"value": each} for name, each in operation.examples.items()}
        return {"application/json": content}
    return {"application/x-www-form-urlencoded": {"schema": operation.form}} if operation.form else None


def _answers(operation: Operation) -> dict[str, Any]:
    answers = {str(status): _answer(status, each) for status, each in operation.answers.items()}
    problem = {_PROBLEM: {"schema": ProblemSchema}}
    errors = {
        str(status): {"description": TITLE[status], "content": problem} for status in sorted(operation.errors)
    }
    return {**answers, **errors, "default": {"description": "What went wrong", "content": problem}}


def _content(body: Content) -> dict[str, Any]:
    shown: dict[str, Any] = {name: {"schema": dict(schema)} for name, schema in body.schemas.items()}
    for name, example in body.examples.items():
        shown[name]["example"] = example
    return shown


def _answer(status: int, body: type[Schema] | Json | str | Content | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": "Nothing there" if body is None else f"The answer ({status})"}
    if isinstance(body, Content):
        shown["content"] = _content(body)
    elif isinstance(body, str):
        shown["content"] = {body: {"schema": {"type": "string"}}}
    elif body is not None:
        shown["content"] = {"application/json": {"schema": body}}
    return shown


class QueryParameter(NamedTuple):
    """A parameter of a query string: its name, its JSON schema, and what it is for."""

    name: str
    schema: Json
    description: str
    required: bool = False


def query_parameters(*named: QueryParameter) -> tuple[Json, ...]:
    """Return query parameters as OpenAPI has them."""
    return tuple(
        {
            "in": "query",
            "name": each.name,
            "schema": dict(each.schema),
            "description": each.description,
            **({"required": True} if each.required else {}),
        }
        for each in named
    )
