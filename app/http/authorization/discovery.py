"""How clients find everything: SMART App Launch 2.2, OpenID Connect Discovery 1.0, RFC 8414."""

from collections.abc import Mapping
from typing import Any

from app.security.authorization.client_keys import ASSERTION_ALGORITHMS
from app.security.authorization.issuing import ONE_FACTOR, TWO_FACTORS
from app.security.authorization.oauth_clients import AUTHENTICATION_METHODS, GRANT_TYPES
from app.security.authorization.registry import PUBLIC
from app.security.cast_scopes import CAST_SCOPES
from app.security.keys import ID_TOKEN_ALGORITHM
from app.security.policy import PERMISSIONS
from app.security.smart_scopes import CONTEXT_SCOPES

AUTHORIZE_PATH = "/auth/authorize"
TOKEN_PATH = "/auth/token"  # noqa: S105 - a path
INTROSPECT_PATH = "/auth/introspect"
REVOKE_PATH = "/auth/revoke"
KEYS_PATH = "/auth/jwks"
SMART_PATH = "/fhir/.well-known/smart-configuration"
OPENID_PATH = "/.well-known/openid-configuration"
METADATA_PATH = "/.well-known/oauth-authorization-server"

_IMAGING = "http://fhir.org/argonaut/smart-imaging/capabilities"
IMAGING_CAPABILITIES = (
    "smart-imaging-access",
    f"{_IMAGING}/app-launch",
    f"{_IMAGING}/backend-services",
)
CAPABILITIES: tuple[str, ...] = (
    *("launch-ehr", "launch-standalone"),
    *("client-public", "client-confidential-symmetric", "client-confidential-asymmetric"),
    *("sso-openid-connect", "context-banner", "context-ehr-patient", "context-ehr-encounter"),
    *("context-standalone-patient", "permission-offline", "permission-online", "permission-patient"),
    *("permission-user", "permission-v1", "permission-v2"),
    *IMAGING_CAPABILITIES,
)
# What holds wherever people sign in: launches and their context are the business of who signs them in.
_CAPABILITIES_ELSEWHERE = (
    *("client-public", "client-confidential-symmetric", "sso-openid-connect"),
    *("permission-patient", "permission-user", "permission-v1", "permission-v2"),
    *IMAGING_CAPABILITIES,
)
_CLINICAL = (
    *("patient/*.cruds", "patient/*.rs", "patient/*.read", "patient/ImagingStudy.rs", "user/*.cruds"),
    *("user/*.rs", "system/*.rs", "system/ImagingStudy.rs"),
)


def metadata(base_url: str) -> dict[str, Any]:
    """The authorization server metadata of RFC 8414 section 2."""
    confidential = [each for each in AUTHENTICATION_METHODS if each != PUBLIC]
    return {
        "issuer": base_url,
        "authorization_endpoint": base_url + AUTHORIZE_PATH,
        "token_endpoint": base_url + TOKEN_PATH,
        "introspection_endpoint": base_url + INTROSPECT_PATH,
        "revocation_endpoint": base_url + REVOKE_PATH,
        "jwks_uri": base_url + KEYS_PATH,
        "scopes_supported": [*CONTEXT_SCOPES, *_CLINICAL, *CAST_SCOPES, *sorted(PERMISSIONS)],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "authorization_response_iss_parameter_supported": True,
        "grant_types_supported": list(GRANT_TYPES),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": confidential,
        "revocation_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
    }


def openid_configuration(base_url: str) -> dict[str, Any]:
    """The provider metadata of OpenID Connect Discovery 1.0 section 3."""
    return {
        **metadata(base_url),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ID_TOKEN_ALGORITHM],
        "acr_values_supported": [ONE_FACTOR, TWO_FACTORS],
        "claims_supported": [
            *("iss", "sub", "aud", "exp", "iat", "auth_time", "amr", "acr", "nonce", "fhirUser", "profile")
        ],
    }


def smart_configuration(
    base_url: str, fhir_base: str, elsewhere: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What an app looks for (SMART App Launch 2.2, conformance.html), imaging access with it.

    `elsewhere` is what another provider says of itself, where people sign in there.
    """
    told, capabilities = metadata(base_url), CAPABILITIES
    if elsewhere is not None:
        told = {"scopes_supported": told["scopes_supported"], **_told_by(elsewhere)}
        capabilities = _CAPABILITIES_ELSEWHERE
    return {
        **told,
        "capabilities": list(capabilities),
        "associated_endpoints": [{"url": fhir_base, "capabilities": list(IMAGING_CAPABILITIES)}],
    }


def _told_by(provider: Mapping[str, Any]) -> dict[str, Any]:
    """What apps need of the metadata of another provider."""
    ours = metadata("").keys() - {"scopes_supported"}
    return {name: value for name, value in provider.items() if name in ours}
