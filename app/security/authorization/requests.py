"""What an authorization request holds beyond OAuth 2.0 (SMART App Launch 2.2, app-launch.html#request-4)."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    InvalidRequestError,
    InvalidScopeError,
)

from app.security.authorization.granting import wanted
from app.security.smart_scopes import LAUNCH, ScopeInvalid

LONGEST_VALUE = 4096
_ONCE = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "aud", "launch", "nonce"),
    *("code_challenge", "code_challenge_method"),
)


def described(text: str) -> str:
    """A text as `error_description` may hold it (RFC 6749 4.1.2.1); others become a question mark."""
    return "".join(each if " " <= each <= "~" and each not in '"\\' else "?" for each in text)


@dataclass(frozen=True, slots=True)
class SmartRequest:
    """Holds each authorization request to SMART's rules, as an extension of the grant of codes."""

    fhir_base: str

    def __call__(self, grant: Any) -> None:
        """Let a grant be held to them."""
        grant.register_hook("after_validate_authorization_request_payload", self.validate)

    def validate(self, grant: Any, redirect_uri: str) -> None:
        """Raise `InvalidRequestError` or `InvalidScopeError` for what is missing, twice there or wrong."""
        data, lists = grant.request.payload.data, grant.request.payload.datalist
        if twice := next((each for each in _ONCE if len(lists.get(each, ())) > 1), None):
            raise InvalidRequestError(f"{twice} is there more than once.")
        if any(len(data.get(each, "")) > LONGEST_VALUE for each in _ONCE):
            raise InvalidRequestError("A parameter is too long.")
        if not data.get("state"):
            raise InvalidRequestError("state is required.")
        if data.get("aud", "").rstrip("/") != self.fhir_base:
            raise InvalidRequestError(f"aud must be {self.fhir_base}.")
        self._validate_scope(grant, data)

    def _validate_scope(self, grant: Any, data: Any) -> None:
        try:
            left = wanted(data.get("scope", ""), grant.request.client.registered)
        except ScopeInvalid as error:
            raise InvalidScopeError(described(str(error))) from error
        if data.get("launch") and LAUNCH not in left.words:
            raise InvalidRequestError("The parameter launch needs the scope launch.")
