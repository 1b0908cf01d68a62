"""Deny by default: every route declares what it needs, and one check before the view holds it to that.

`@requires("fhir.read")`, `@signed_in` or `@public` marks a view; the app refuses to start while
`unguarded_routes` names any. What it holds a request to is `app/admission`'s business: a guarded request
leaves exactly one audit entry, allowed or denied, and its answer waits until that entry is durable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from flask import Flask, Request, Response

from app.admission import AccessFacts, Admission
from app.http.kit.browsers import LARGEST_FORM, Browsers, SignInFirst
from app.http.kit.problems import respond
from app.http.kit.rates import RateClass, Rates, class_of
from app.http.kit.request_context import RequestContext
from app.queries import require_utf8
from app.security.policy import PERMISSIONS
from graph.errors import HilumError, Unauthenticated

_View = TypeVar("_View", bound=Callable[..., Any])
_MARK = "hilum_access"
_AUTOMATIC = "OPTIONS"  # Flask's own answer: the methods of a route, no data


@dataclass(frozen=True, slots=True)
class Access:
    """What a route needs: every one of `permissions`, or one that does `instead`; none where it is public.

    `action` is the audit's C R U D E where the method does not say it; `audited`: a call leaves an entry;
    `limited`: it may be asked only so often. `by_browser`: it is a page for whoever is signed in at a
    browser, in any role where it names no permissions, and `largest` the bytes of its form.
    """

    permissions: tuple[str, ...]
    action: str | None = None
    audited: bool = True
    instead: tuple[str, ...] = ()
    by_browser: bool = False
    limited: bool = True
    largest: int = LARGEST_FORM

    @property
    def public(self) -> bool:
        """Whether anybody may call it."""
        return not self.permissions and not self.by_browser


def requires(
    *permissions: str, action: str | None = None, instead: Sequence[str] = ()
) -> Callable[[_View], _View]:
    """Mark a view: the caller needs every one of `permissions`.

    `instead` are permissions of which one lets a caller ask for part of what is there: which part, the use
    case decides. `action` overrides the audit's C R U D E. Raises `ValueError` for what is no permission.
    """
    if not permissions or not PERMISSIONS.keys() >= {*permissions, *instead}:
        raise ValueError(f"not permissions of the policy: {permissions}")

    def mark(view: _View) -> _View:
        setattr(view, _MARK, Access(permissions, action, instead=tuple(instead)))
        return view

    return mark


def signed_in(
    action: str, *permissions: str, instead: Sequence[str] = (), largest: int = LARGEST_FORM
) -> Callable[[_View], _View]:
    """Mark a page that is there for whoever is signed in at a browser; `action` is the audit's C R U D E.

    Permissions are needed beside, each of them or one of those that do `instead`; `largest` are the bytes of
    its form. Raises `ValueError` for what is no permission.
    """
    if not PERMISSIONS.keys() >= {*permissions, *instead}:
        raise ValueError(f"not permissions of the policy: {permissions}")

    def mark(view: _View) -> _View:
        access = Access(permissions, action, instead=tuple(instead), by_browser=True, largest=largest)
        setattr(view, _MARK, access)
        return view

    return mark


@overload
def public(view: _View) -> _View: ...
@overload
def public(*, audited: bool = False, limited: bool = True) -> Callable[[_View], _View]: ...
def public(view: Any = None, *, audited: bool = False, limited: bool = True) -> Any:
    """Mark a view that anybody may call; `audited` where who called must be known afterwards.

    What watches over the gateway is not `limited`: it asks most when there is most to do.
    """

    def mark(marked: _View) -> _View:
        setattr(marked, _MARK, Access((), "E", audited, limited=limited))
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


class Guard:
    """Holds each request to what its route declares."""

    def __init__(
        self, app: Flask, admission: Admission, browsers: Browsers, rates: Rates | None = None
    ) -> None:
        self._app = app
        self._admission = admission
        self._browsers = browsers
        self._rates = rates
        self._declared: dict[tuple[str, str], Access] = {}

    def admit(self, request: Request, context: RequestContext) -> None:
        """Put the caller's rights and the open audit entry into the context.

        Raises what the admission raises, `Throttled`, of a page `SignInFirst` where nobody is signed in and
        `Forbidden` for a form from elsewhere, and `RuntimeError` for a route that declares nothing.
        """
        if request.url_rule is None or request.method == _AUTOMATIC:
            self._limit_address(RateClass.OPEN if request.url_rule is None else RateClass.READS, request)
            return
        access = self._access(request.url_rule.endpoint, request.method)
        rate = class_of(access.permissions)
        if access.limited:
            self._limit_address(rate, request)
        if access.by_browser:
            self._admit_page(access, request, context)
            self._limit_caller(rate, context)
        elif not access.public:
            credentials = request.headers.get("Authorization") or self._browsers.credentials_of(request)
            facts = access_facts(access, request, context)
            admitted = self._admission.admit(credentials, facts, access.permissions, access.instead)
            context.scope, context.entry = admitted.scope, admitted.entry
            context.credentials = credentials
            self._limit_caller(rate, context)
        elif access.audited:
            context.entry = self._admission.begin(access_facts(access, request, context))

    def _admit_page(self, access: Access, request: Request, context: RequestContext) -> None:
        handle = self._browsers.handle_of(request)
        try:
            facts = access_facts(access, request, context)
            admitted = self._admission.admit(handle, facts, access.permissions, access.instead)
        except Unauthenticated as error:
            require_utf8(request.query_string)
            raise SignInFirst(error.message, code="login") from error
        context.scope, context.entry, context.handle = admitted.scope, admitted.entry, handle
        if handle is not None:
            self._browsers.require_own_form(request, handle, access.largest)

    def _limit_caller(self, rate: RateClass, context: RequestContext) -> None:
        """Refuse a caller who asks too often, from whichever address."""
        if self._rates and context.scope is not None:
            self._rates.admit_caller(rate, context.scope)

    def _limit_address(self, rate: RateClass, request: Request) -> None:
        """Refuse an address that asks too often, before anybody looks at who it is: that leaves no entry."""
        if self._rates:
            self._rates.admit_address(rate, request.remote_addr or "")

    def _access(self, endpoint: str, method: str) -> Access:
        known = self._declared.get((endpoint, method))
        if known is None:
            known = access_of(self._app, endpoint, method)
            if known is None:
                raise RuntimeError("a route without declared access was called")
            self._declared[endpoint, method] = known
        return known


_ACTION_OF_METHOD = {"GET": "R", "HEAD": "R", "POST": "C", "PUT": "U", "PATCH": "U", "DELETE": "D"}


def access_facts(access: Access, request: Request, context: RequestContext) -> AccessFacts:
    """A request as the audit sees it."""
    rule = request.url_rule
    return AccessFacts(
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


def settle(answer: Response, context: RequestContext) -> Response:
    """Close the audit entry before the answer leaves: no durable entry, no answer."""
    entry, context.entry = context.entry, None
    if entry is None:
        return answer
    try:
        entry.close(answer.status_code)
    except HilumError as error:
        answer.close()
        return respond(error)
    return answer
