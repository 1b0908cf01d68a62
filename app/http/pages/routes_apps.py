"""`/manage/apps`: apps and services that may ask for tokens, with the forms that register and change one."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, request

from app.http.kit.browsers import LARGEST_DOCUMENT_FORM
from app.http.kit.faults import Fault
from app.http.kit.frame import MANAGE_PATH
from app.http.kit.guard import signed_in
from app.http.kit.languages import marked
from app.http.kit.request_context import current, current_scope
from app.http.pages.managing import MANAGE, ManagingPages
from app.http.pages.uses import PageUses
from app.security.authorization.registry import (
    KEYS,
    OF_APPS,
    PUBLIC,
    SECRET,
    ClientWanted,
    RegisteredClient,
    Registration,
)
from graph.errors import Invalid

APPS_PATH, NEW_APP_PATH = f"{MANAGE_PATH}/apps", f"{MANAGE_PATH}/new-app"
METHOD_WORDS: Mapping[str, str] = {
    PUBLIC: marked("public: it keeps no secret (an app in a browser or on a phone)"),
    SECRET: marked("confidential: by a secret that its server keeps"),
    KEYS: marked("confidential: by keys of its own, and what it signs with them"),
}
_FIELDS = ("clientId", "name", "method", "scope", "redirectUris", "jwks", "jwksUri", "account", "launchUri")


class AppPages:
    """The pages of apps, and what their forms do."""

    def __init__(self, pages: ManagingPages, uses: PageUses) -> None:
        self._pages = pages
        self._clients = uses.clients

    def listed(self) -> Response:
        """The apps by id."""
        scope = current_scope()
        return self._pages.page(
            scope, "manage_apps.html", apps=self._clients.listed(scope), methods=METHOD_WORDS
        )

    def new(self, wrong: Fault | None = None, status: int = 200) -> Response:
        """The form of an app that is not registered yet, empty or as it was sent."""
        empty = {**dict.fromkeys(_FIELDS, ""), "method": PUBLIC, "scope": OF_APPS}
        return self._form(_typed() if wrong else empty, None, wrong, status)

    def one(self, app: str, wrong: Fault | None = None, status: int = 200) -> Response:
        """An app with the form that changes it; raises `NotFound`."""
        client = self._clients.find(current_scope(), app)
        return self._form(_typed() if wrong else _form_of(client), client, wrong, status)

    def _form(
        self,
        shown: Mapping[str, str],
        client: RegisteredClient | None,
        wrong: Fault | None,
        status: int,
        secret: str | None = None,
    ) -> Response:
        return self._pages.page(
            current_scope(),
            "manage_app.html",
            status,
            shown=shown,
            client=client,
            methods=METHOD_WORDS,
            secret=secret,
            wrong=wrong,
        )

    def added(self) -> Response:
        """The page of the app, with its secret where it has one; or its form again with what was wrong."""
        made: list[Registration] = []
        typed = _typed()

        def add() -> None:
            made.append(self._clients.add(current_scope(), _wanted(typed), current().received))

        answer = self._pages.changed(add, f"{APPS_PATH}/{typed['clientId']}", self.new)
        if made and made[0].secret:
            client = made[0].client
            return self._form(_form_of(client), client, None, 201, made[0].secret)
        return answer

    def kept(self, app: str) -> Response:
        """The page of the app, after it was changed; raises `NotFound`."""
        scope, typed = current_scope(), _typed()
        self._clients.find(scope, app)
        return self._pages.changed(
            lambda: self._clients.change(scope, _wanted({**typed, "clientId": app}), current().received),
            f"{APPS_PATH}/{app}",
            lambda wrong, status: self.one(app, wrong, status),
        )

    def removed(self, app: str) -> Response:
        """The apps without one; raises `NotFound`."""
        self._clients.remove(current_scope(), app)
        return self._pages.to(APPS_PATH)


def _form_of(client: RegisteredClient) -> dict[str, str]:
    """An app as its form shows it."""
    return {
        "clientId": client.client_id,
        "name": client.name,
        "method": client.method,
        "scope": client.scope,
        "redirectUris": "\n".join(client.redirect_uris),
        "jwks": client.jwks or "",
        "jwksUri": client.jwks_uri or "",
        "account": client.account or "",
        "launchUri": client.launch_uri or "",
    }


def _typed() -> dict[str, str]:
    """The form as it was sent."""
    return {name: request.form.get(name, "").strip() for name in _FIELDS}


def _wanted(typed: Mapping[str, str]) -> ClientWanted:
    """The app that a form describes; raises `Invalid` where its keys are no JSON."""
    return ClientWanted(
        client_id=typed["clientId"],
        name=typed["name"],
        method=typed["method"] or PUBLIC,
        scope=typed["scope"] or None,
        redirect_uris=tuple(typed["redirectUris"].split()),
        jwks=_keys(typed["jwks"]),
        jwks_uri=typed["jwksUri"] or None,
        account=typed["account"] or None,
        launch_uri=typed["launchUri"] or None,
    )


def _keys(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        found = orjson.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid("a JWK set is JSON", location="jwks")
    return found


def add_apps(rooms: Blueprint, pages: ManagingPages, uses: PageUses) -> None:
    """Add the pages of apps."""
    apps = AppPages(pages, uses)

    @rooms.get(APPS_PATH)
    @signed_in("R", MANAGE)
    def manage_apps() -> Response:
        return apps.listed()

    @rooms.get(NEW_APP_PATH)
    @signed_in("R", MANAGE)
    def new_app() -> Response:
        return apps.new()

    @rooms.post(APPS_PATH)
    @signed_in("C", MANAGE, largest=LARGEST_DOCUMENT_FORM)
    def add_app() -> Response:
        return apps.added()

    @rooms.get(f"{APPS_PATH}/<app>")
    @signed_in("R", MANAGE)
    def manage_app(app: str) -> Response:
        return apps.one(app)

    @rooms.post(f"{APPS_PATH}/<app>")
    @signed_in("U", MANAGE, largest=LARGEST_DOCUMENT_FORM)
    def keep_app(app: str) -> Response:
        return apps.kept(app)

    @rooms.post(f"{APPS_PATH}/<app>/remove")
    @signed_in("D", MANAGE)
    def remove_app(app: str) -> Response:
        return apps.removed(app)
