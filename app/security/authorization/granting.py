"""What is granted: asked for, registered for, and what whoever signs in may do; all three, or it is not."""

from dataclasses import dataclass

from app.security.cast_scopes import cast_words
from app.security.smart_scopes import (
    CONTEXT_SCOPES,
    FHIR_USER,
    LAUNCH,
    LAUNCH_ENCOUNTER,
    LAUNCH_PATIENT,
    LEVELS,
    OPENID,
    PROFILE,
    ScopeInvalid,
    ScopeWords,
    met,
    of_role,
    scope_words,
)
from graph.authorization.clients import RegisteredClient
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True)
class AskedScope:
    """What an app asks for, as far as it was registered for it."""

    words: ScopeWords

    @property
    def needs_patient(self) -> bool:
        """Whether somebody must say which patient it is about."""
        return LAUNCH_PATIENT in self.words or bool(self.words.at("patient"))


def wanted(asked: str, client: RegisteredClient, levels: tuple[str, ...] = ("patient", "user")) -> AskedScope:
    """What is left of an asked scope for a client, before anybody decides.

    Words that are no scopes of ours are left out (RFC 6749 3.3). Raises `ScopeInvalid` for one that cannot be
    read, of another level, or where nothing is left.
    """
    words, registered = scope_words(asked), scope_words(client.scope)
    if foreign := [each for each in words.clinical if each.level not in levels]:
        raise ScopeInvalid(
            "%(scope)s: this client asks for scopes of %(levels)s",
            scope=foreign[0],
            levels=" and ".join(levels),
        )
    casts = cast_words(words.others, registered.others)
    others = tuple(
        each for each in words.others if (each in CONTEXT_SCOPES and each in registered) or each in casts
    )
    left = ScopeWords(met(words.clinical, registered.clinical), others)
    if not left.clinical and not left.others:
        raise ScopeInvalid("nothing of this scope may be asked for by this client")
    return AskedScope(left)


@dataclass(frozen=True, slots=True)
class Context:
    """What an app is opened for, by ids; `launched` by an EHR."""

    patient: str | None = None
    encounter: str | None = None
    launched: bool = False

    def has(self, word: str) -> bool:
        """Whether there is what a scope of context asks for; True for any other word."""
        there = {
            LAUNCH: self.launched,
            LAUNCH_PATIENT: self.patient is not None,
            LAUNCH_ENCOUNTER: self.encounter is not None,
        }
        return there.get(word, True)


def granted(words: ScopeWords, scope: AccessScope, context: Context) -> ScopeWords:
    """What of it somebody with these rights can give, in this context.

    Scopes of a context that there is not are left out: many apps ask for those of both launches at once.
    """
    given = [
        each
        for level in LEVELS
        for each in met(words.at(level), of_role(level, scope.permissions, scope.writable))
        if level != "patient" or context.patient
    ]
    personal = OPENID in words
    others = [each for each in words.others if personal or each not in (FHIR_USER, PROFILE)]
    return ScopeWords(tuple(given), tuple(filter(context.has, others)))


def chosen(words: ScopeWords, kept: frozenset[str]) -> ScopeWords:
    """What is left where somebody unticked clinical scopes."""
    return ScopeWords(tuple(each for each in words.clinical if str(each) in kept), words.others)
