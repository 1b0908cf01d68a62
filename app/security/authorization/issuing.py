"""Issues what an authorization gives: access, refresh and id tokens, and the context beside them."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from joserfc import jwt

from app.security.authorization.handles import digest_of, new_handle
from app.security.authorization.oauth_clients import may_refresh
from app.security.authorization.signing_in import MULTIPLE
from app.security.keys import ID_TOKEN_ALGORITHM, IdTokenKey
from app.security.scopes import system_scope
from app.security.smart_scopes import FHIR_USER, OFFLINE, OPENID, PROFILE, scope_words
from app.security.tokens import TokenIssuer
from graph.authorization.authorizations import REFRESH, Authorization, AuthorizationStore

CODE_SECONDS = 60
ONLINE_SECONDS = 8 * 3600  # a working day: what is no offline access ends with it
SERVICE_SECONDS = 300  # SMART App Launch 2.2, backend-services.html#issue-access-token
WORK_SECONDS = 86_400  # for which a job may go on that was asked for with a token, which ends sooner
ONE_FACTOR, TWO_FACTORS = "urn:hilum:acr:one-factor", "urn:hilum:acr:two-factors"
_ID_TOKEN_SECONDS = 300
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What somebody decided at the consent screen, or a service for itself; `at` is in µs."""

    client: str
    subject: str
    scope: str
    at: int
    patient: str | None = None
    encounter: str | None = None
    nonce: str | None = None
    signed_in_at: int | None = None
    methods: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class Issuing:
    """Issues for the tenant of a gateway; `refresh_seconds` is how long an unused refresh token lasts."""

    def __init__(
        self,
        kept: AuthorizationStore,
        issuer: TokenIssuer,
        id_key: IdTokenKey,
        tenant: str,
        refresh_seconds: int,
    ) -> None:
        self._kept = kept
        self._issuer = issuer
        self._id_key = id_key
        self._tenant = tenant
        self._refresh_seconds = refresh_seconds

    def code(self, agreed: Agreement, redirect_uri: str, challenge: str) -> str:
        """A code for an agreement: good for a minute, once, for who knows what `challenge` is made of."""
        code = new_handle()
        self._kept.begin(
            system_scope(self._tenant),
            _authorization(agreed),
            digest_of(code),
            agreed.at + CODE_SECONDS * _MICROSECONDS,
            {"redirectUri": redirect_uri, "challenge": challenge},
        )
        return code

    def for_service(self, agreed: Agreement) -> dict[str, Any]:
        """The answer of the token endpoint to a service, which decides for itself."""
        authorization = _authorization(agreed)
        self._kept.begin(system_scope(self._tenant), authorization)
        lasts = min(SERVICE_SECONDS, self._issuer.lifetime)
        return self._answer(authorization, authorization.scope, agreed.at, lasts)

    def tokens(
        self, authorization: Authorization, scope: str, now: int, fhir_user: str | None
    ) -> dict[str, Any]:
        """The answer of the token endpoint (SMART App Launch 2.2, app-launch.html#response-5); `now` in µs.

        `scope` is that of the authorization, or less.
        """
        answer = self._answer(authorization, scope, now, self._issuer.lifetime)
        if authorization.patient:
            answer |= {"patient": authorization.patient, "need_patient_banner": True}
        if authorization.encounter:
            answer["encounter"] = authorization.encounter
        if OPENID in scope_words(scope):
            answer["id_token"] = self._id_token(authorization, scope, now // _MICROSECONDS, fhir_user)
        if may_refresh(authorization.scope):
            answer["refresh_token"] = self._refresh_token(authorization, now)
        return answer

    def _answer(self, authorization: Authorization, scope: str, now: int, lifetime: int) -> dict[str, Any]:
        token = self._issuer.issue(
            authorization.subject,
            self._tenant,
            now=now // _MICROSECONDS,
            token_id=uuid4().hex,
            scope=scope,
            lifetime=lifetime,
            client=authorization.client,
            more={
                "authorization": authorization.authorization_id,
                "patient": authorization.patient,
                "roles": authorization.roles,
            },
        )
        return {"access_token": token, "token_type": "Bearer", "expires_in": lifetime, "scope": scope}

    def _refresh_token(self, authorization: Authorization, now: int) -> str:
        token = new_handle()
        # What a provider says of somebody's roles is as old as their sign-in: a day's work, and no longer.
        offline = OFFLINE in scope_words(authorization.scope) and not authorization.roles
        until = (
            now + self._refresh_seconds * _MICROSECONDS
            if offline
            else authorization.at + ONLINE_SECONDS * _MICROSECONDS
        )
        name = authorization.authorization_id
        self._kept.hold(system_scope(self._tenant), name, REFRESH, digest_of(token), until)
        return token

    def _id_token(self, authorization: Authorization, scope: str, now: int, fhir_user: str | None) -> str:
        """An id token (OpenID Connect Core 2), with who somebody is in the record."""
        words = scope_words(scope)
        claims: dict[str, Any] = {
            "iss": self._issuer.base_url,
            "sub": authorization.subject,
            "aud": authorization.client,
            "iat": now,
            "exp": now + _ID_TOKEN_SECONDS,
            "auth_time": authorization.signed_in_at or now,
        }
        if authorization.methods:
            methods = authorization.methods.split()
            claims |= {"amr": methods, "acr": TWO_FACTORS if MULTIPLE in methods else ONE_FACTOR}
        if authorization.nonce:
            claims["nonce"] = authorization.nonce
        if fhir_user and (FHIR_USER in words or PROFILE in words):
            address = f"{self._issuer.base_url}/fhir/{fhir_user}"
            claims |= {"fhirUser": address, "profile": address}
        header = {"alg": ID_TOKEN_ALGORITHM, "kid": self._id_key.identifier}
        return jwt.encode(header, claims, self._id_key.key, algorithms=[ID_TOKEN_ALGORITHM])


def _authorization(agreed: Agreement) -> Authorization:
    """What came of an agreement; it is kept for as long as jobs may ask whether it has ended."""
    return Authorization(
        authorization_id=uuid4().hex,
        client=agreed.client,
        subject=agreed.subject,
        scope=agreed.scope,
        at=agreed.at,
        until=agreed.at + WORK_SECONDS * _MICROSECONDS,
        patient=agreed.patient,
        encounter=agreed.encounter,
        nonce=agreed.nonce,
        signed_in_at=agreed.signed_in_at,
        methods=" ".join(agreed.methods) or None,
        roles=" ".join(agreed.roles) or None,
    )
