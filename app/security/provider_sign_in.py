"""People sign in at an outside OpenID provider and come back to a session here (OpenID Connect Core 3.1).

A browser is sent there with an errand, sealed, which it brings back: the state that the provider must repeat,
the nonce that its id token must hold, and the verifier that its code fits (RFC 7636). So an answer that
somebody planted in another browser begins nothing, and neither does one of another provider (RFC 9207).
"""

import hmac
import secrets
import zlib
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Any
from urllib.parse import quote_plus, urlencode

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from app.outgoing import Reach, origin_of, outgoing, read
from app.security.authorization.handles import new_handle
from app.security.authorization.signing_in import SignedIn
from app.security.tokens import (
    OUTSIDE,
    Doubt,
    ExpectedClaims,
    InvalidToken,
    ProviderVerifier,
    believed_claims,
    readable_header,
)
from graph.errors import Forbidden, HilumError, Invalid, NotFound, Unavailable
from graph.wording import marked

ERRAND_SECONDS = 600
_LARGEST = 256 << 10
_LONGEST_SEALED = 3_800  # what a browser keeps in one cookie, with its name (RFC 6265 6.1)
_LONGEST_VALUE = 8_192
_MOST_METHODS, _LONGEST_METHOD = 10, 32
_SHORTEST = 17  # bytes: the tag, and something
_MICROSECONDS = 1_000_000
_POST = "client_secret_post"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideProvider:
    """A provider that people sign in at.

    `verifier` knows its keys and what its claims say; `told` what it says of itself; `secret` is that of
    `client_id`, as we are known there, None where we have none.
    """

    title: str
    client_id: str
    secret: str | None
    verifier: ProviderVerifier
    told: Callable[[], Mapping[str, Any]]

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self.verifier.name


@dataclass(frozen=True, slots=True)
class Errand:
    """The way to a provider: its address, and what the browser keeps until it comes back."""

    address: str
    sealed: str


@dataclass(frozen=True, slots=True)
class ErrandDone:
    """Who came back, and where they wanted to go."""

    signed_in: SignedIn
    to: str


class ProviderSignIn:
    """Sends people to providers and believes who comes back; `base` is the address of the gateway."""

    def __init__(self, providers: Sequence[OutsideProvider], key: bytes, base: str, path: str) -> None:
        self._providers = {each.name: each for each in providers}
        self._cipher = AESSIV(sha512(b"hilum errand\0" + key).digest())
        self._base = base
        self._path = path

    @property
    def titles(self) -> Mapping[str, str]:
        """What people read of each provider, by its name."""
        return {name: each.title for name, each in self._providers.items()}

    def begin(self, name: str, to: str, now: int) -> Errand:
        """The way to a provider for who wants to go `to` afterwards; `now` in µs.

        Raises `NotFound` for another name, `Unavailable` where the provider does not answer.
        """
        provider = self._provider(name)
        state, nonce, verifier = new_handle(), new_handle(), secrets.token_urlsafe(48)
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self._back(name),
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = _endpoint(provider, "authorization_endpoint")
        until = now // _MICROSECONDS + ERRAND_SECONDS
        sealed = self._seal([name, state, nonce, verifier, to, until])
        if len(sealed) > _LONGEST_SEALED:
            sealed = self._seal([name, state, nonce, verifier, "", until])
        return Errand(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", sealed)

    def finish(self, name: str, sealed: str, answer: Mapping[str, str], now: int) -> ErrandDone:
        """Who came back from a provider with an answer; `now` in µs.

        Raises `NotFound` for another name, `Forbidden` where the answer is not that of this errand or the
        provider let nobody in, `Unavailable` where it does not answer.
        """
        provider, seconds = self._provider(name), now // _MICROSECONDS
        errand = self._open(sealed)
        if errand is None or errand[0] != name or seconds > errand[5]:
            raise Forbidden("this sign-in took too long, or began at another browser: begin anew")
        _, state, nonce, verifier, to, _ = errand
        _require(_same(answer.get("state", ""), state), _FOREIGN)
        _require(answer.get("iss", provider.verifier.issuer) == provider.verifier.issuer, _FOREIGN)
        _require(bool(answer.get("code")), _NOT_LET_IN, provider=provider.title)
        token = self._id_token(provider, answer["code"], verifier)
        claims = self._claims(provider, token, nonce, seconds)
        roles = provider.verifier.roles_of(claims)
        subject = f"{OUTSIDE}{name}:{claims['sub']}"
        return ErrandDone(SignedIn(subject, _methods(claims), roles), to)

    def _provider(self, name: str) -> OutsideProvider:
        found = self._providers.get(name)
        if found is None:
            raise NotFound("nobody signs in with such a provider here")
        return found

    def _back(self, name: str) -> str:
        return f"{self._base}{self._path}/{name}/callback"

    def _id_token(self, provider: OutsideProvider, code: str, verifier: str) -> str:
        """The id token for a code (RFC 6749 4.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": code[:_LONGEST_VALUE],
            "redirect_uri": self._back(provider.name),
            "code_verifier": verifier,
        }
        headers = {"Accept": "application/json"}
        if provider.secret is None:
            form["client_id"] = provider.client_id
        elif _POST in _methods_of(provider) and "client_secret_basic" not in _methods_of(provider):
            form |= {"client_id": provider.client_id, "client_secret": provider.secret}
        else:
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.secret)}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        reach = _reach(provider.verifier.issuer)
        try:
            with outgoing(_endpoint(provider, "token_endpoint"), reach, form=form, headers=headers) as told:
                found = orjson.loads(read(told, _LARGEST))
        except (Invalid, Unavailable, ValueError):
            raise Forbidden(
                "%(provider)s did not confirm who you are: begin anew", provider=provider.title
            ) from None
        token = found.get("id_token") if isinstance(found, dict) else None
        if not isinstance(token, str):
            raise Forbidden("%(provider)s did not say who you are", provider=provider.title)
        return token

    @staticmethod
    def _claims(provider: OutsideProvider, token: str, nonce: str, seconds: int) -> Mapping[str, Any]:
        """The claims of an id token that holds (OpenID Connect Core 3.1.3.7)."""
        known = provider.verifier
        try:
            kid = readable_header(token).get("kid")
            key = known.keys(kid, seconds) if isinstance(kid, str) else None
            if key is None:
                raise InvalidToken(Doubt.KEY)
            expected = ExpectedClaims(known.issuer, provider.client_id, known.algorithms)
            claims = believed_claims(token, key, expected, seconds)
        except InvalidToken as error:
            raise Forbidden(
                "%(provider)s said who you are, but not so that it counts", provider=provider.title
            ) from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        ours = claims.get("azp", None if several else provider.client_id) == provider.client_id
        if not ours or not _same(str(claims.get("nonce", "")), nonce):
            raise Forbidden(_FOREIGN)
        return claims

    def _seal(self, errand: list[Any]) -> str:
        return urlsafe_b64encode(self._cipher.encrypt(zlib.compress(orjson.dumps(errand)), None)).decode()

    def _open(self, sealed: str) -> list[Any] | None:
        """An errand that was sealed here; None for anything else."""
        if not sealed.isascii() or len(sealed) > _LONGEST_SEALED:
            return None
        try:
            raw = urlsafe_b64decode(sealed)
            if len(raw) < _SHORTEST:
                return None
            found: list[Any] = orjson.loads(zlib.decompress(self._cipher.decrypt(raw, None)))
        except (InvalidTag, Base64Error, ValueError):
            return None
        return found


_NOT_LET_IN = marked("%(provider)s did not let you in")
_FOREIGN = marked("this answer is not that of your sign-in: begin anew")


def _require(holds: bool, otherwise: str, **values: Any) -> None:
    if not holds:
        raise Forbidden(otherwise, **values)


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), kept.encode())


def _reach(issuer: str) -> Reach:
    """Where a provider's endpoints may be: at its own origin, or in the public network."""
    return Reach(frozenset(filter(None, (origin_of(issuer),))), public=True, proxied=True)


def _endpoint(provider: OutsideProvider, name: str) -> str:
    """An address that the provider says of itself; raises `Unavailable` where it says none that will do."""
    try:
        found = provider.told().get(name)
    except (HilumError, ValueError, TypeError) as error:
        raise Unavailable("the sign-in provider does not answer now", retry_after=60) from error
    if not isinstance(found, str) or not _reach(provider.verifier.issuer).allows(found):
        raise Unavailable("the sign-in provider does not answer now", retry_after=60)
    return found


def _methods_of(provider: OutsideProvider) -> Sequence[str]:
    told = provider.told().get("token_endpoint_auth_methods_supported")
    return told if isinstance(told, list) else ()


def _methods(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """How somebody signed in there, as the provider says it (RFC 8176)."""
    told = claims.get("amr")
    named = told[:_MOST_METHODS] if isinstance(told, list) else []
    return tuple(
        each for each in named if isinstance(each, str) and each.isalnum() and len(each) <= _LONGEST_METHOD
    )
