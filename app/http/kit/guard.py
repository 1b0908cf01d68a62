"""Deny by default: every route declares what it needs, and one check before the view holds it to that.

`@requires("fhir.read")` or `@public` marks a view; the app refuses to start while `unguarded_routes` names
any. A guarded request leaves exactly one audit entry, allowed or denied, and its answer waits until that
entry is durable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, overload

from flask import Flask, Response, current_app, request

from app.http.kit.problems import problem_of, respond
from app.http.kit.request_context import current
from app.security.policy import PERMISSIONS
from graph.errors import HilumError
from graph.scope import AccessScope

_View = TypeVar("_View", bound=Callable[..., Any])
_MARK = "hilum_access"
_AUTOMATIC = "OPTIONS"  # Flask's own answer: the methods of a route, no data


@dataclass(frozen=True, slots=True)
class Access:
    """What a route needs: every one of `permissions`, none where it is public.

    `action` is the audit's C R U D E where the method does not say it; `audited`: a call leaves an entry.
    """

    permissions: tuple[str, ...]
    action: str | None = None
    audited: bool = True

    @property
    def public(self) -> bool:
        """Whether anybody may call it."""
        return not self.permissions


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the audit is told of a request; query values stay behind (`query` is digested by the recorder)."""

    request_id: str
    received: int
    method: str
    route: str
    action: str
    interaction: str
    entities: Mapping[str, str]
    parameters: tuple[str, ...]
    query: bytes
    address: str


class OpenEntry(Protocol):
    """An audit entry that was begun."""

    def close(self, status: int) -> None:
        """Note the outcome and wait until the entry is durable; raises `Unavailable` when it cannot be."""


class Recorder(Protocol):
    """Begins audit entries."""

    def begin(self, scope: AccessScope | None, facts: RequestFacts) -> OpenEntry:
        """Write the entry of a request; `scope` None means that nobody was recognised."""


Authenticate = Callable[[str | None], AccessScope]


def requires(*permissions: str, action: str | None = None) -> Callable[[_View], _View]:
    """Mark a view: the caller needs every one of `permissions`. `action` overrides the audit's C R U D E."""
    if not permissions or not PERMISSIONS.keys() >= set(permissions):
        raise ValueError(f"not permissions of the policy: {permissions}")

    def mark(view: _View) -> _View:
        setattr(view, _MARK, Access(permissions, action))
        return view

    return mark


@overload
def public(view: _View) -> _View: ...
@overload
def public(*, audited: bool) -> Callable[[_View], _View]: ...
def public(view: Any = None, *, audited: bool = False) -> Any:
    """Mark a view that anybody may call; `audited` where who called must be known afterwards."""

    def mark(marked: _View) -> _View:
        setattr(marked, _MARK, Access((), "E", audited))
        return marked

    return mark if view is None else mark(view)


def access_of(app: Flask, endpoint: str, method: str) -> Access | None:
    """What a route declares; for a class of views, what the method's function or else the class declares."""
    view = app.view_functions.get(endpoint)
    owner = getattr(view, "view_class", None)
    names = ("head", "get") if method == "HEAD" else (method.lower(),)
    handlers = [getattr(owner, name, None) for name in names]
    marks = (getattr(each, _MARK, None) for each in (*handlers, owner, view))
    return next((mark for mark in marks if isinstance(mark, Access)), None)


def unguarded_routes(app: Flask) -> list[str]:
    """The routes, as `METHOD rule`, that declare nothing; the app may not start with any."""
    return sorted(
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {_AUTOMATIC}
        if access_of(app, rule.endpoint, method) is None
    )


_EXTENSION = "hilum.guard"


@dataclass(frozen=True, slots=True)
class _Guard:
    authenticate: Authenticate
    recorder: Recorder


def install_guard(app: Flask, authenticate: Authenticate, recorder: Recorder) -> None:
    """Check every request before its view; `authenticate` turns an Authorization header into rights."""
    app.extensions[_EXTENSION] = _Guard(authenticate, recorder)
    app.before_request(_check)
    app.after_request(_settle)


def _check() -> Response | None:
    if request.url_rule is None or request.method == _AUTOMATIC:
        return None
    access = access_of(current_app, request.url_rule.endpoint, request.method)
    if access is None:
        raise RuntimeError("a route without declared access was called")
    guard: _Guard = current_app.extensions[_EXTENSION]
    if not access.public:
        _admit(access, guard)
    elif access.audited:
        current().audit = guard.recorder.begin(None, request_facts(access))
    return None


def _admit(access: Access, guard: _Guard) -> None:
    """Authenticate, open the audit entry, then authorise: a denial has its entry too."""
    context, facts = current(), request_facts(access)
    try:
        context.scope = guard.authenticate(request.headers.get("Authorization"))
    finally:
        context.audit = guard.recorder.begin(context.scope, facts)
    for permission in access.permissions:
        context.scope.require(permission)


_ACTION_OF_METHOD = {"GET": "R", "HEAD": "R", "POST": "C", "PUT": "U", "PATCH": "U", "DELETE": "D"}


def request_facts(access: Access) -> RequestFacts:
    """The request in hand as the audit sees it."""
    context, rule = current(), request.url_rule
    return RequestFacts(
        request_id=context.request_id,
        received=context.received,
        method=request.method,
        route=rule.rule if rule else "",
        action=access.action or _ACTION_OF_METHOD.get(request.method, "E"),
        interaction=(request.endpoint or "").rpartition(".")[2],
        entities={name: str(value) for name, value in (request.view_args or {}).items()},
        parameters=tuple(sorted({name for name in request.args if name.isprintable()})),
        query=request.query_string,
        address=request.remote_addr or "",
    )


def _settle(answer: Response) -> Response:
    """Close the audit entry before the answer leaves: no durable entry, no answer."""
    entry: OpenEntry | None = current().audit
    if entry is None:
        return answer
    current().audit = None
    try:
        entry.close(answer.status_code)
    except HilumError as error:
        answer.close()
        return respond(error)
    return answer


def status_of(error: BaseException) -> int:
    """The status that an error will be answered with."""
    return problem_of(error).status
