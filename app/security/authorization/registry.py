"""The use case that registers clients: administrators say who may ask, as what, and where answers go."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.outgoing import origin_of
from app.security.authorization.client_keys import keys_of
from app.security.cast_scopes import is_cast_scope
from app.security.client_secrets import hash_secret, new_secret
from app.security.plain_text import require_plain_line
from app.security.smart_scopes import CONTEXT_SCOPES, ScopeInvalid, scope_words
from graph.accounts.accounts import AccountStore
from graph.authorization.clients import MANAGE, ClientStore, RegisteredClient
from graph.errors import Conflict, Invalid, NotFound
from graph.scope import AccessScope

__all__ = ["ClientWanted", "Clients", "RegisteredClient", "Registration", "is_redirect_uri"]

PUBLIC, SECRET, KEYS = "none", "client_secret_basic", "private_key_jwt"
METHODS = (PUBLIC, SECRET, KEYS)
OF_APPS = " ".join((*CONTEXT_SCOPES, "patient/*.cruds", "user/*.cruds"))
OF_SERVICES = "system/*.rs"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")  # a domain backwards (RFC 8252 7.1)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MOST_REDIRECTS = 16
LONGEST_NAME, _LONGEST = 200, 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientWanted:
    """A client as an administrator describes it; what is absent is filled in by `Clients.add`."""

    client_id: str
    name: str = ""
    method: str = PUBLIC
    scope: str | None = None
    redirect_uris: tuple[str, ...] = ()
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    account: str | None = None
    launch_uri: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A client that was registered, with its secret where it has one: that is shown once."""

    client: RegisteredClient
    secret: str | None


class Clients:
    """Registers, changes and removes clients. `allowed` are origins inside the network for their keys."""

    def __init__(self, clients: ClientStore, accounts: AccountStore, allowed: Collection[str]) -> None:
        self._clients = clients
        self._accounts = accounts
        self._allowed = allowed

    def listed(self, scope: AccessScope) -> tuple[RegisteredClient, ...]:
        """Every client by id."""
        return self._clients.listed(scope)

    def add(self, scope: AccessScope, wanted: ClientWanted, now: int) -> Registration:
        """Register a client; `now` in µs.

        Raises `Invalid` with what is wrong, `Conflict` where a client or an account has the id.
        """
        scope.require(MANAGE)
        self._check(scope, wanted)
        secret = new_secret() if wanted.method == SECRET else None
        client = _registered(wanted, secret)
        self._clients.add(scope, client, now)
        return Registration(client, secret)

    def find(self, scope: AccessScope, client_id: str) -> RegisteredClient:
        """The client of that id; raises `NotFound`."""
        scope.require(MANAGE)
        found = self._clients.find(scope, client_id)
        if found is None:
            raise NotFound("no such client is registered", location="clientId")
        return found

    def change(self, scope: AccessScope, wanted: ClientWanted, now: int) -> RegisteredClient:
        """Keep a client under other terms; what was authorized to it ends within seconds. `now` in µs.

        How it proves itself, its secret and its account stay, and its keys where none are given. Raises
        `NotFound`, `Invalid` with what is wrong.
        """
        before = self.find(scope, wanted.client_id)
        kept = replace(wanted, method=before.method, account=before.account)
        if not (wanted.jwks or wanted.jwks_uri):
            kept = replace(kept, jwks=orjson.loads(before.jwks or "null"), jwks_uri=before.jwks_uri)
        self._check(scope, kept)
        changed = replace(_registered(kept, None), secret_hash=before.secret_hash)
        self._clients.change(scope, changed, now)
        return changed

    def remove(self, scope: AccessScope, client_id: str) -> None:
        """Remove a client; what was authorized to it ends within seconds. Raises `NotFound`."""
        self._clients.remove(scope, client_id)

    def _check(self, scope: AccessScope, wanted: ClientWanted) -> None:
        if not _NAME.fullmatch(wanted.client_id):
            raise Invalid(
                "an id has up to 64 letters, digits and . _ : -, a letter or digit first", location="clientId"
            )
        if wanted.method not in METHODS:
            raise Invalid(
                "a client proves itself by %(methods)s", location="method", methods=", ".join(METHODS)
            )
        require_plain_line(wanted.name, LONGEST_NAME, "name")
        _check_scope(wanted)
        _check_addresses(wanted)
        self._check_keys(wanted)
        self._check_account(scope, wanted)

    def _check_keys(self, wanted: ClientWanted) -> None:
        given = [each for each in (wanted.jwks, wanted.jwks_uri) if each]
        if (wanted.method == KEYS) != (len(given) == 1):
            raise Invalid(
                "%(method)s takes jwks or jwksUri, one of them, and nothing else does",
                location="jwks",
                method=KEYS,
            )
        if wanted.jwks:
            keys_of(wanted.jwks)
        if wanted.jwks_uri:
            require_plain_line(wanted.jwks_uri, _LONGEST, "jwksUri")
            origin = origin_of(wanted.jwks_uri)
            if origin is None or not (origin.startswith("https:") or origin in self._allowed):
                raise Invalid("jwksUri is an https address", location="jwksUri")

    def _check_account(self, scope: AccessScope, wanted: ClientWanted) -> None:
        if self._accounts.find(scope, wanted.client_id) is not None:
            raise Conflict(
                "an account has that name, and accounts may ask for tokens, too", location="clientId"
            )
        if wanted.account is None:
            return
        if wanted.method != KEYS or wanted.redirect_uris:
            raise Invalid(
                "a service has an account, %(method)s and no redirectUris", location="account", method=KEYS
            )
        if self._accounts.find(scope, wanted.account) is None:
            raise Invalid("there is no such account, whose rights it would have", location="account")


def _registered(wanted: ClientWanted, secret: str | None) -> RegisteredClient:
    """A client as it is kept, with what its description leaves out."""
    return RegisteredClient(
        client_id=wanted.client_id,
        name=wanted.name or wanted.client_id,
        method=wanted.method,
        scope=wanted.scope or (OF_SERVICES if wanted.account else OF_APPS),
        redirect_uris=wanted.redirect_uris,
        secret_hash=hash_secret(secret) if secret else None,
        jwks=orjson.dumps(wanted.jwks).decode() if wanted.jwks else None,
        jwks_uri=wanted.jwks_uri,
        account=wanted.account,
        launch_uri=wanted.launch_uri,
    )


def _check_scope(wanted: ClientWanted) -> None:
    try:
        words = scope_words(wanted.scope or "")
    except ScopeInvalid as error:
        raise Invalid(error.wording.template, location="scope", **error.wording.values) from error
    if unknown := [each for each in words.others if each not in CONTEXT_SCOPES and not is_cast_scope(each)]:
        raise Invalid("%(scope)s is no scope of SMART App Launch", location="scope", scope=unknown[0])
    if wanted.scope and bool(words.at("system")) != bool(wanted.account):
        raise Invalid("system/ scopes are those of services, and services have no others", location="scope")


def _check_addresses(wanted: ClientWanted) -> None:
    if not wanted.account and not wanted.redirect_uris:
        raise Invalid("an app has redirectUris, a service an account", location="redirectUris")
    if len(wanted.redirect_uris) > _MOST_REDIRECTS:
        raise Invalid("at most %(most)s redirectUris", location="redirectUris", most=_MOST_REDIRECTS)
    for each in wanted.redirect_uris:
        if not is_redirect_uri(each):
            raise Invalid(
                "a redirect URI is https, or http on this very machine, or of a scheme as org.example.app, "
                "without a fragment, a wildcard or a user",
                location="redirectUris",
            )
    if wanted.launch_uri and not is_redirect_uri(wanted.launch_uri):
        raise Invalid("launchUri is an address such as a redirect URI", location="launchUri")


def is_redirect_uri(uri: str) -> bool:
    """Whether a browser may be sent to an address with a code (RFC 6749 3.1.2, RFC 8252 7)."""
    try:
        found = urlsplit(uri)
        host = found.hostname or ""
        _ = found.port
    except ValueError:
        return False
    if (
        len(uri) > _LONGEST
        or not uri.isascii()
        or not uri.isprintable()
        or any(each in uri for each in ' #*\\"<>')
    ):
        return False
    if found.scheme in ("http", "https"):
        safe = found.scheme == "https" or host in _LOOPBACK
        return bool(host) and safe and "@" not in found.netloc
    return bool(_PRIVATE_SCHEME.fullmatch(found.scheme))
