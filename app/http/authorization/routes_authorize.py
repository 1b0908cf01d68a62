"""`/auth/authorize`: which patient is it about, and may this app do this (RFC 6749 3.1).

Plain forms without script, for who is signed in at the browser; whoever is not is led to sign in, and back.
Each page carries on the request in its address; nothing is kept here before somebody agrees. What is wrong
with the client or with where its answer would go is told on a page and never sent anywhere (RFC 6749
4.1.2.1); everything else goes back to the app.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]
from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    AccessDeniedError,
    InvalidRequestError,
    InvalidScopeError,
)
from authlib.oidc.core.errors import (  # type: ignore[import-untyped]
    ConsentRequiredError,
    LoginRequiredError,
)
from flask import Blueprint, Response, make_response, redirect, render_template, request

from app.http.authorization.discovery import AUTHORIZE_PATH
from app.http.authorization.server import AuthorizationUses, OAuthServer
from app.http.kit.browsers import LARGEST_FORM, SIGN_IN_PATH
from app.http.kit.guard import public
from app.http.kit.headers import page_policy
from app.http.kit.languages import gettext, said
from app.http.kit.request_context import asking, current
from app.records.people import PatientLine
from app.security.authorization.granting import Context, chosen, granted, wanted
from app.security.authorization.issuing import Agreement
from app.security.authorization.launches import LaunchContext
from app.security.authorization.registry import RegisteredClient
from app.security.authorization.wording import in_words, others_in_words
from app.security.browser_sessions import BrowserSession, SessionHandle
from app.security.smart_scopes import LAUNCH_ENCOUNTER, ScopeWords
from graph.errors import Forbidden, Gone, HilumError, NotFound
from graph.scope import AccessScope
from graph.wording import Phrase

_MICROSECONDS = 1_000_000
_REFUSED, _NOT_FROM_HERE = 400, 403
_AGAIN, _NO_PAGES = "login", "none"  # values of `prompt` (OpenID Connect Core 3.1.2.1)
_SETTLED_BY_SIGNING_IN = ("prompt", "max_age")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that may be decided on: authlib's grant of it, and the client."""

    grant: Any
    client: RegisteredClient
    redirect_uri: str
    launch: LaunchContext | None


@dataclass(frozen=True, slots=True)
class _Present:
    """Who sits there: what the browser keeps, the session of it, and what they may do now."""

    handle: SessionHandle
    session: BrowserSession
    scope: AccessScope


class AuthorizePages:
    """The pages, and the answer that goes back to the app."""

    def __init__(self, server: OAuthServer, uses: AuthorizationUses) -> None:
        self._server = server
        self._uses = uses

    def answer(self) -> Response:
        """The next page, or the redirect to the app."""
        request.max_content_length = LARGEST_FORM
        try:
            return self._named(self._next(self._asked()))
        except OAuth2Error as error:
            return self._named(self._refused(error))
        except Forbidden as error:
            return self._told(error.wording, _NOT_FROM_HERE)

    def _named(self, answer: Response) -> Response:
        """An answer that says to the app whose it is, so that it takes none for another's (RFC 9207 2)."""
        if answer.location:
            answer.location = add_params_to_uri(answer.location, [("iss", self._uses.tokens.issuer)])
        return answer

    def _asked(self) -> _Asked:
        """The request as it may be decided on; raises what is wrong with it."""
        query = request.args
        client = self._uses.registered(query.get("client_id", ""))
        if client is None or client.account or query.get("redirect_uri") not in client.redirect_uris:
            raise _told_here("The app is not registered here, or not with this address.")
        try:
            grant = self._server.get_consent_grant()
        except ValueError:  # authlib writes into its descriptions what it was asked, whatever that is
            raise _told_here("The request cannot be read.") from None
        launch = self._launch(client, grant)
        return _Asked(grant, client, grant.redirect_uri, launch)

    def _launch(self, client: RegisteredClient, grant: Any) -> LaunchContext | None:
        handle = request.args.get("launch")
        if not handle:
            return None
        found = self._uses.launches.find(handle, current().received)
        if found is None or (found.client and found.client != client.client_id):
            raise self._back(grant, InvalidRequestError("The launch is not known, or not any more."))
        return found

    def _back(self, grant: Any, error: OAuth2Error) -> OAuth2Error:
        """A refusal that goes back to the app."""
        error.redirect_uri, error.state = grant.redirect_uri, request.args.get("state")
        return error

    def _next(self, asked: _Asked) -> Response:
        found = self._session(asked)
        if found is None:
            back_here = urlencode({"next": _once_signed_in()})
            return cast(Response, redirect(f"{self._uses.tokens.issuer}{SIGN_IN_PATH}?{back_here}"))
        handle, session = found
        asking(session.subject)
        if asked.launch and asked.launch.user != session.subject:
            raise self._back(asked.grant, AccessDeniedError("It was opened for somebody else."))
        try:
            scope = self._noted(self._uses.rights(handle))
        except HilumError:
            raise self._back(asked.grant, AccessDeniedError("The account may do nothing here.")) from None
        return self._decide(asked, _Present(handle, session, scope))

    def _session(self, asked: _Asked) -> tuple[SessionHandle, BrowserSession] | None:
        """The session of the browser, if it will do; None where somebody has to sign in first.

        Raises `Forbidden` for a form that no page of the session sent, and what goes back to an app that
        wants no pages.
        """
        browsers, sessions = self._uses.browsers, self._uses.sessions
        handle = browsers.handle_of(request)
        session = sessions.find(handle, current().received) if handle else None
        if handle is not None and session is not None and not session.waits_for:
            browsers.require_own_form(request, handle)
            if request.method == "POST" or not _asks_again(session):
                return handle, session
        if _NO_PAGES in _prompt():
            raise self._back(asked.grant, LoginRequiredError())
        return None

    @staticmethod
    def _noted(scope: AccessScope) -> AccessScope:
        """The rights of who signed in, in the audit entry of this request."""
        entry = current().entry
        return scope.noted(entry) if entry is not None else scope

    def _decide(self, asked: _Asked, present: _Present) -> Response:
        if _NO_PAGES in _prompt():  # here a person always decides
            raise self._back(asked.grant, ConsentRequiredError())
        left = wanted(request.args["scope"], asked.client)
        needs = left.needs_patient
        patient = self._patient(asked, present) if needs or asked.launch else None
        if needs and patient is None:
            return self._picker(asked, present)
        context = Context(
            patient.patient_id if patient else None,
            asked.launch.encounter if asked.launch else None,
            launched=asked.launch is not None,
        )
        offered = granted(left.words, present.scope, context)
        if not offered.clinical and left.words.clinical:
            raise self._back(asked.grant, InvalidScopeError("The account may do nothing of this."))
        if request.form.get("decision") not in ("agree", "refuse"):
            return self._consent(asked, present, offered, patient)
        if request.form["decision"] == "refuse":
            raise self._back(asked.grant, AccessDeniedError("Who was asked did not agree."))
        return self._agreed(asked, present.session, offered, context)

    def _agreed(
        self, asked: _Asked, session: BrowserSession, offered: ScopeWords, context: Context
    ) -> Response:
        """The redirect to the app with a code for what was agreed to."""
        kept = chosen(offered, frozenset(request.form.getlist("kept")))
        agreed = Agreement(
            client=asked.client.client_id,
            subject=session.subject,
            scope=str(kept),
            at=current().received,
            patient=context.patient,
            encounter=context.encounter if LAUNCH_ENCOUNTER in kept else None,
            nonce=request.args.get("nonce"),
            signed_in_at=session.at // _MICROSECONDS,
            methods=session.methods,
            roles=session.roles,
        )
        return cast(
            Response, self._server.create_authorization_response(grant_user=agreed, grant=asked.grant)
        )

    def _patient(self, asked: _Asked, present: _Present) -> PatientLine | None:
        """The patient it is about: of the launch, the one who signed in, or the one that was chosen.

        Raises what goes back to the app where the launch names one who is not theirs to see.
        """
        own = self._uses.sign_in.patient(present.session.subject)
        named = (asked.launch.patient if asked.launch else None) or own
        patient_id = named or request.form.get("patient")
        if not patient_id:
            return None
        try:
            return self._uses.picker.one(present.scope, patient_id)
        except (NotFound, Gone):
            if named is None:
                return None
            raise self._back(asked.grant, AccessDeniedError("The patient is not there to see.")) from None

    def _picker(self, asked: _Asked, present: _Present) -> Response:
        text = request.form.get("find", "")
        found = self._uses.picker.find(present.scope, text)
        return self._page(asked, present, "pick_patient.html", found=found, text=text)

    def _consent(
        self, asked: _Asked, present: _Present, offered: Any, patient: PatientLine | None
    ) -> Response:
        return self._page(
            asked,
            present,
            "consent.html",
            name=present.session.subject,
            patient=patient,
            clinical=[(str(each), in_words(each, gettext)) for each in offered.clinical],
            others=others_in_words(offered.others, gettext),
        )

    def _page(self, asked: _Asked, present: _Present, template: str, **values: Any) -> Response:
        """A page whose form leads here again, or to the app: browsers hold redirects to the form's policy."""
        body = render_template(
            template,
            app=asked.client.name,
            action=f"{self._uses.tokens.issuer}{AUTHORIZE_PATH}?{_question()}",
            form_token=present.handle.form_token,
            **values,
        )
        answer = make_response(body)
        answer.headers["Content-Security-Policy"] = page_policy(_source(asked.redirect_uri))
        return answer

    def _refused(self, error: OAuth2Error) -> Response:
        if error.redirect_uri:
            return cast(Response, self._server.handle_error_response(None, error))
        return self._told(Phrase(error.get_error_description() or error.error), _REFUSED)

    def _told(self, wording: Phrase, status: int) -> Response:
        """A page that says what is wrong, and leads nowhere."""
        return make_response(render_template("refused.html", wrong=said(wording)), status)


def _told_here(text: str) -> OAuth2Error:
    """A refusal that is told on a page: there is no app that it could be sent to."""
    return InvalidRequestError(text)


def _question() -> str:
    """The request itself, as it stands in the address."""
    return request.query_string.decode("ascii", "replace")


def _prompt() -> list[str]:
    return request.args.get("prompt", "").split()


def _asks_again(session: BrowserSession) -> bool:
    """Whether the app wants somebody to sign in although they have (OpenID Connect Core 3.1.2.1)."""
    longest, since = request.args.get("max_age", ""), current().received - session.at
    too_long = longest.isdecimal() and since > int(longest[:9]) * _MICROSECONDS
    return _AGAIN in _prompt() or too_long


def _once_signed_in() -> str:
    """The request as it is when somebody has signed in just now."""
    left = [pair for pair in request.args.items(multi=True) if pair[0] not in _SETTLED_BY_SIGNING_IN]
    return f"{AUTHORIZE_PATH}?{urlencode(left)}"


def _source(uri: str) -> str:
    """Where a form may lead besides, as a policy names it (CSP Level 3 2.3.1)."""
    found = urlsplit(uri)
    return f"{found.scheme}://{found.netloc}" if found.netloc else f"{found.scheme}:"


def add_authorization(rooms: Blueprint, server: OAuthServer, uses: AuthorizationUses) -> None:
    """Add the pages to the routes."""
    pages = AuthorizePages(server, uses)
    shown: Callable[[], Response] = pages.answer

    @rooms.get(AUTHORIZE_PATH)
    @public(audited=True)
    def authorize() -> Response:
        return shown()

    @rooms.post(AUTHORIZE_PATH)
    @public(audited=True)
    def decide() -> Response:
        return shown()
