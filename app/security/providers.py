"""All outside OpenID providers that are believed: the one of the settings, and those of a file.

    [{"name": "entra", "issuer": "https://login…/v2.0", "audience": "api://hilum", "rolesClaim": "groups",
      "roles": {"3f2a…": "clinician"}}]

`roles` says which value of the claim stands for which role; without it the values are names of roles. Without
`jwksUrl` the keys are where the provider says (OpenID Connect Discovery 1.0 4).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.config import Config
from app.security.provider import (
    FRESH_SECONDS,
    Fetch,
    ProviderKeys,
    RolesIn,
    fetch_from,
    first_shipped,
    provider_verifier,
    roles_in,
)
from app.security.provider_sign_in import OutsideProvider
from app.security.tokens import ProviderVerifier
from app.settings import ALGORITHMS, ConfigError, private_address, web_address
from graph.errors import HilumError, Unavailable

_TEXT = validate.Length(min=1, max=2_048)
_ROLES = "roles"


def _is_address(read: Callable[[str], str]) -> Callable[[str], None]:
    def check(text: str) -> None:
        try:
            read(text)
        except ValueError as error:
            raise ValidationError(f"It must be {error}.") from None

    return check


class ProviderSchema(Schema):
    """One provider of the file."""

    class Meta:
        unknown = RAISE

    name = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9-]{0,31}\Z"))
    issuer = fields.String(required=True, validate=_is_address(web_address))
    audience = fields.String(required=True, validate=_TEXT)
    jwks_url = fields.String(data_key="jwksUrl", load_default=None, validate=_is_address(private_address))
    roles_claim = fields.String(data_key="rolesClaim", load_default=_ROLES, validate=_TEXT)
    roles = fields.Dict(keys=fields.String(), values=fields.String(), load_default=None)
    algorithms = fields.List(
        fields.String(validate=validate.OneOf(sorted(ALGORITHMS))), load_default=("RS256", "ES256")
    )
    scopes_required = fields.Boolean(data_key="scopesRequired", load_default=False)
    sign_in = fields.Boolean(data_key="signIn", load_default=False)
    client_id = fields.String(data_key="clientId", load_default=None, validate=_TEXT)
    client_secret_file = fields.String(data_key="clientSecretFile", load_default=None, validate=_TEXT)
    title = fields.String(load_default=None, validate=_TEXT)


def provider_verifiers(config: Config) -> tuple[ProviderVerifier, ...]:
    """The verifiers of all providers.

    Raises `ConfigError` for a file that cannot be read, or names a provider twice.
    """
    own = provider_verifier(config)
    further = _of_file(config.oidc_providers) if config.oidc_providers else ()
    every = (*([own] if own else []), *further)
    for values in ([each.issuer for each in every], [each.name for each in every]):
        if len(set(values)) < len(values):
            raise ConfigError("HILUM_OIDC_PROVIDERS must name each provider and each issuer once")
    names = frozenset(each.name for each in further)
    return tuple(replace(each, others=names) if not each.name else each for each in every)


def sign_in_elsewhere(config: Config) -> "SignInElsewhere | None":
    """Where apps send people to sign in, if the file says that it is a provider's; None: here.

    Raises `ConfigError` as `provider_verifiers` does.
    """
    listed = _listed(config.oidc_providers) if config.oidc_providers else ()
    chosen = next((each for each in listed if each["sign_in"]), None)
    return SignInElsewhere(chosen["issuer"]) if chosen else None


def outside_providers(config: Config) -> tuple[OutsideProvider, ...]:
    """The providers that people sign in at with a browser: those where we are a client.

    Raises `ConfigError` as `provider_verifiers` does, and for a secret that cannot be read.
    """
    listed = _listed(config.oidc_providers) if config.oidc_providers else ()
    verifiers = {each.name: each for each in provider_verifiers(config)}
    return tuple(
        OutsideProvider(
            title=each["title"] or each["name"],
            client_id=each["client_id"],
            secret=_secret(each["client_secret_file"]),
            verifier=verifiers[each["name"]],
            told=SignInElsewhere(each["issuer"]),
        )
        for each in listed
        if each["client_id"]
    )


def _secret(file: str | None) -> str | None:
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise ConfigError("a clientSecretFile of HILUM_OIDC_PROVIDERS cannot be read") from None


@dataclass(slots=True)
class SignInElsewhere:
    """A provider that takes the place of the server of ours: what it says of itself, kept for a while."""

    issuer: str
    clock: Callable[[], float] = time.monotonic
    _known: tuple[float, Mapping[str, Any]] = (float("-inf"), MappingProxyType({}))

    def __call__(self) -> Mapping[str, Any]:
        """Its metadata (OpenID Connect Discovery 1.0 3); raises `Unavailable` where it does not answer."""
        until, told = self._known
        if self.clock() < until:
            return told
        try:
            told = metadata_of(self.issuer)
        except (HilumError, ValueError, TypeError) as error:
            raise Unavailable("the sign-in provider does not answer now", retry_after=60) from error
        self._known = (self.clock() + FRESH_SECONDS, told)
        return told


def _of_file(path: Path) -> Sequence[ProviderVerifier]:
    return [_verifier(each) for each in _listed(path)]


def _listed(path: Path) -> Sequence[Mapping[str, Any]]:
    try:
        listed: Sequence[Mapping[str, Any]] = ProviderSchema(many=True).load(orjson.loads(path.read_bytes()))
    except (OSError, ValueError):
        raise ConfigError("HILUM_OIDC_PROVIDERS must be a file that holds JSON") from None
    except ValidationError as error:
        raise ConfigError(f"HILUM_OIDC_PROVIDERS must be a list of providers: {error.messages}") from None
    return listed


def _verifier(given: Mapping[str, Any]) -> ProviderVerifier:
    issuer, named = given["issuer"], _named(given["roles_claim"], given["roles"])
    fetch = fetch_from(given["jwks_url"]) if given["jwks_url"] else discovered(issuer)
    return ProviderVerifier(
        issuer=issuer,
        audience=given["audience"],
        algorithms=tuple(given["algorithms"]),
        keys=ProviderKeys(fetch),
        role_of=first_shipped(named),
        roles_of=named,
        scopes_required=given["scopes_required"],
        name=given["name"],
    )


def _named(claim: str, roles: Mapping[str, str] | None) -> RolesIn:
    """Reads the roles that a claim names, or that its values stand for."""
    if roles is None:
        return roles_in(claim)
    return lambda claims: tuple(roles[each] for each in values_of(claims, claim) if each in roles)


def values_of(claims: Mapping[str, Any], claim: str) -> list[str]:
    """The texts of a claim, a text or a list; dots reach into objects, unless the name itself has them."""
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for name in claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    named = [found, *found.split()] if isinstance(found, str) else found
    return [each for each in named if isinstance(each, str)] if isinstance(named, list) else []


def metadata_of(issuer: str) -> Mapping[str, Any]:
    """What an issuer says of itself.

    Raises `ValueError` where it says that it is another one, and what `fetch_from` raises.
    """
    told = fetch_from(f"{issuer}/.well-known/openid-configuration")()
    if told.get("issuer") != issuer or not isinstance(told.get("jwks_uri"), str):
        raise ValueError("the provider is another one than its address says")
    return told


def discovered(issuer: str) -> Fetch:
    """Fetches the keys of an issuer from where it says: its own origin, or the public network."""

    def fetch() -> Mapping[str, Any]:
        return fetch_from(private_address(metadata_of(issuer)["jwks_uri"]), issuer)()

    return fetch
