"""What the token of an app says beside its subject: for whom it was authorized, and how far that reaches.

A token with clinical scopes opens what they name and what its subject may, and no more than both. Scopes of
patient level reach the one patient of the token; without one they reach nothing, which is never everything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.security.cast_scopes import casts_of
from app.security.smart_scopes import (
    ANY_TYPE,
    READING,
    WRITING,
    ScopeInvalid,
    ScopeWords,
    SmartScope,
    scope_words,
)
from graph.allowances import Allowances

_IMAGING_STUDY = "ImagingStudy"
NOTHING = ScopeWords((), ())


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What was granted to an app.

    `authorization` is the id of what it came from, None of a token that another server issued; `patient` the
    id of the one patient whom scopes of patient level reach.
    """

    client: str
    scope: str
    patient: str | None = None
    authorization: str | None = None

    @property
    def clinical(self) -> tuple[SmartScope, ...]:
        """The clinical scopes that open something: those of patient level need a patient."""
        return tuple(
            each for each in scope_words(self.scope).clinical if each.level != "patient" or self.patient
        )

    @property
    def casts(self) -> frozenset[str]:
        """The events of FHIRcast that may be received and sent."""
        return casts_of(scope_words(self.scope).others)

    def allowances(self, tenant: str) -> Allowances:
        """The scopes as what narrows the rights of the subject."""
        return tuple(each.allowance(tenant, self.patient) for each in self.clinical)

    def permissions(self) -> frozenset[str]:
        """The permissions that the scopes stand for; what the subject lacks, they do not give."""
        return frozenset(
            permission
            for each in self.clinical
            for permission, needed in _PERMISSIONS.items()
            if needed(each)
        )


def _reads(scope: SmartScope) -> bool:
    return bool(set(READING) & set(scope.interactions))


def _reads_pictures(scope: SmartScope) -> bool:
    """SMART Imaging Access: a scope for ImagingStudy is one for its pictures, with the same token."""
    return scope.resource_type in (ANY_TYPE, _IMAGING_STUDY) and _reads(scope)


_PERMISSIONS: Mapping[str, Callable[[SmartScope], bool]] = {
    "fhir.read": _reads,
    "fhir.write": lambda scope: bool(set(WRITING) & set(scope.interactions)),
    "imaging.read": _reads_pictures,
    "fhir.bulk": lambda scope: scope.level == "system" and set(READING) <= set(scope.interactions),
}


def grant_of(claims: Mapping[str, Any]) -> TokenGrant | None:
    """What the claims of a token grant an app; None for a token without a clinical scope.

    One that cannot be read grants nothing.
    """
    named = claims.get("scope", claims.get("scp"))
    text = named if isinstance(named, str) else " ".join(map(str, named)) if isinstance(named, list) else ""
    authorization = claims.get("authorization")
    try:
        words = scope_words(text)
    except ScopeInvalid:
        words = NOTHING
        text = ""
    else:
        if not words.clinical and authorization is None:
            return None
    return TokenGrant(
        client=str(claims.get("client_id", "")),
        scope=text,
        patient=_id(claims.get("patient")),
        authorization=_id(authorization),
    )


def _id(claim: Any) -> str | None:
    return claim if isinstance(claim, str) and claim else None
