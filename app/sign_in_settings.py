"""The settings of who signs in, and where."""

from dataclasses import dataclass
from pathlib import Path

from app.settings import (
    algorithms,
    flag,
    folder,
    origins,
    private_address,
    setting,
    text,
    web_address,
    whole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """Providers, tokens and browser sessions. Times are in seconds."""

    oidc_issuer: str | None = setting(
        "HILUM_OIDC_ISSUER", None, web_address, "An outside OpenID provider whose access tokens are accepted."
    )
    oidc_audience: str | None = setting(
        "HILUM_OIDC_AUDIENCE", None, text, "The audience that its tokens must name; needed with the issuer."
    )
    oidc_jwks_url: str | None = setting(
        "HILUM_OIDC_JWKS_URL", None, private_address, "Where its public keys are; needed with the issuer."
    )
    oidc_roles_claim: str = setting(
        "HILUM_OIDC_ROLES_CLAIM", "roles", text, "The claim with the caller's role; dots reach into objects."
    )
    oidc_algorithms: tuple[str, ...] = setting(
        "HILUM_OIDC_ALGORITHMS",
        ("RS256", "ES256"),
        algorithms,
        "The signature algorithms that its tokens may use: "
        "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or ES512.",
    )
    oidc_scopes_required: bool = setting(
        "HILUM_OIDC_SCOPES_REQUIRED",
        False,
        flag,
        "Whether a token of it that names none of our permissions in its scope may nothing. "
        "Without it, such a token may what its role may.",
    )
    oidc_providers: Path | None = setting(  # noqa: RUF009 - it returns a field
        "HILUM_OIDC_PROVIDERS",
        None,
        folder,
        "A JSON file with further providers, whose form stands in docs/sign-in.md.",
    )
    token_seconds: int = setting(
        "HILUM_TOKEN_SECONDS", 3600, whole(60, 86_400), "How long a token of the token endpoint lives."
    )
    refresh_seconds: int = setting(
        "HILUM_REFRESH_SECONDS",
        2_592_000,
        whole(300, 31_536_000),
        "How long an app that was granted offline access may stay away before somebody signs in again.",
    )
    second_factor: bool = setting(
        "HILUM_SECOND_FACTOR",
        False,
        flag,
        "Whether everybody who signs in with a password needs a second factor, whatever their role says.",
    )
    session_seconds: int = setting(
        "HILUM_SESSION_SECONDS",
        43_200,
        whole(300, 604_800),
        "How long somebody stays signed in at a browser; then they sign in again.",
    )
    session_idle_seconds: int = setting(
        "HILUM_SESSION_IDLE_SECONDS",
        1_800,
        whole(60, 604_800),
        "How long a browser session may rest before it ends.",
    )
    key_origins: tuple[str, ...] = setting(
        "HILUM_KEY_ORIGINS",
        (),
        origins,
        "The origins inside the network that the keys of clients may be fetched from (jwks_uri). "
        "Without them, only https addresses of the public network are asked.",
    )
