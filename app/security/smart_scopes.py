"""Scopes of SMART App Launch 2.2 (scopes-and-launch-context.html): read, compared and written.

`patient/Observation.rs?category=laboratory`: whose context, which type, which of c r u d s, and a condition.
The first form, `.read`, `.write` and `.*`, is the same said otherwise. What two of them have in common is one
scope again, so what an app asks, what it was registered for and what a role may are met with one another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote

from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.index.escaping import split_values, unescaped
from graph.allowances import CONDITIONS, Allowance, Deed, TokenCondition
from graph.keys import resource_key
from graph.wording import Phrase

LEVELS = ("patient", "user", "system")
ANY_TYPE = "*"
READING, WRITING, EVERYTHING = "rs", "cud", "cruds"
_FIRST_FORM = {"read": READING, "write": WRITING, "*": EVERYTHING}
LAUNCH, LAUNCH_PATIENT, LAUNCH_ENCOUNTER = "launch", "launch/patient", "launch/encounter"
OPENID, FHIR_USER, PROFILE = "openid", "fhirUser", "profile"
OFFLINE, ONLINE = "offline_access", "online_access"
CONTEXT_SCOPES = (LAUNCH, LAUNCH_PATIENT, LAUNCH_ENCOUNTER, OPENID, FHIR_USER, PROFILE, OFFLINE, ONLINE)
LONGEST_SCOPE = 4096


class ScopeInvalid(ValueError):
    """A scope that cannot be read; the message names it and says what is wrong (RFC 6749 3.3)."""

    def __init__(self, message: str, **values: Any) -> None:
        self.wording = Phrase(message, values)
        super().__init__(str(self.wording))


@dataclass(frozen=True, slots=True, order=True)
class SmartScope:
    """One clinical scope; `interactions` are letters of `cruds`, `conditions` pairs that must all hold."""

    level: str
    resource_type: str
    interactions: str
    conditions: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The scope as it is written, in the second form."""
        query = "&".join(f"{name}={quote(value, safe='/:|,.-_~')}" for name, value in self.conditions)
        return f"{self.level}/{self.resource_type}.{self.interactions}" + (f"?{query}" if query else "")

    def allowance(self, tenant: str, patient: str | None) -> Allowance:
        """What it allows, to a token whose patient is the one of this id."""
        return Allowance(
            None if self.resource_type == ANY_TYPE else self.resource_type,
            frozenset(map(Deed, self.interactions)),
            tuple(TokenCondition(name, _tokens(value)) for name, value in self.conditions),
            resource_key(tenant, "Patient", patient) if self.level == "patient" and patient else None,
        )

    def meet(self, other: "SmartScope") -> "SmartScope | None":
        """What both allow; None where that is nothing."""
        types = {self.resource_type, other.resource_type} - {ANY_TYPE}
        both = "".join(each for each in self.interactions if each in other.interactions)
        if self.level != other.level or len(types) > 1 or not both:
            return None
        conditions = tuple(sorted({*self.conditions, *other.conditions}))
        return SmartScope(self.level, min(types, default=ANY_TYPE), both, conditions)

    def covers(self, other: "SmartScope") -> bool:
        """Whether it allows all that another one does."""
        return self.meet(other) == other


def smart_scope(text: str) -> SmartScope | None:
    """The clinical scope that a word is; None for any other word.

    Raises `ScopeInvalid` for what begins as one and is none.
    """
    level, slash, rest = text.partition("/")
    if level not in LEVELS or not slash:
        return None
    named, _, query = rest.partition("?")
    resource_type, dot, letters = named.partition(".")
    if not dot:
        raise ScopeInvalid(
            "%(text)s: a type is followed by what may be done with it, as %(level)s/Patient.rs",
            text=text,
            level=level,
        )
    if resource_type != ANY_TYPE and resource_type not in RESOURCE_TYPES:
        raise ScopeInvalid(
            "%(text)s: %(type)s is no resource type of FHIR R4", text=text, type=resource_type or "nothing"
        )
    return SmartScope(level, resource_type, _interactions(text, letters), _conditions(text, query))


def _interactions(text: str, letters: str) -> str:
    meant = _FIRST_FORM.get(letters, letters)
    if not meant or "".join(each for each in EVERYTHING if each in meant) != meant:
        raise ScopeInvalid(
            "%(text)s: after the dot come some of the letters cruds in that order, or read, write, *",
            text=text,
        )
    return meant


def _conditions(text: str, query: str) -> tuple[tuple[str, str], ...]:
    if not query:
        return ()
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise ScopeInvalid(
            "%(text)s: after the question mark come conditions as category=laboratory", text=text
        ) from None
    for name, value in pairs:
        if name not in CONDITIONS:
            raise ScopeInvalid(
                "%(text)s: scopes are narrowed by %(conditions)s, not by %(name)s",
                text=text,
                conditions=", ".join(CONDITIONS),
                name=name,
            )
        if not all(code for _, code in _tokens(value)):
            raise ScopeInvalid(
                "%(text)s: %(name)s takes a code, or a system, a | and a code", text=text, name=name
            )
    return tuple(sorted(set(pairs)))


def _tokens(value: str) -> tuple[tuple[str | None, str], ...]:
    """The systems and codes of a value (FHIR R4 search.html#token), any of which will do."""
    parted = ((unescaped(each).rpartition("|"), each) for each in split_values(value))
    return tuple((system if "|" in each else None, code) for (system, _, code), each in parted)


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """The words of a scope, parted: the clinical ones, and the others in their order."""

    clinical: tuple[SmartScope, ...]
    others: tuple[str, ...]

    def at(self, level: str) -> tuple[SmartScope, ...]:
        """The clinical scopes of one level."""
        return tuple(each for each in self.clinical if each.level == level)

    def __contains__(self, word: str) -> bool:
        """Whether a word that is no clinical scope stands in it."""
        return word in self.others

    def __str__(self) -> str:
        """The scope as it is written."""
        return " ".join((*self.others, *map(str, self.clinical)))


@lru_cache(maxsize=1024)
def scope_words(text: str) -> ScopeWords:
    """The words of a scope.

    Raises `ScopeInvalid` for the first that cannot be read.
    """
    if len(text) > LONGEST_SCOPE:
        raise ScopeInvalid("a scope has at most %(most)s characters", most=LONGEST_SCOPE)
    clinical, others = [], []
    for word in dict.fromkeys(text.split()):
        found = smart_scope(word)
        if found is None:
            others.append(word)
        else:
            clinical.append(found)
    return ScopeWords(tuple(clinical), tuple(others))


def met(asked: Iterable[SmartScope], allowed: Iterable[SmartScope]) -> tuple[SmartScope, ...]:
    """What is asked for and allowed, without what another of them covers."""
    bounds = tuple(allowed)
    return _widest(both for each in asked for bound in bounds if (both := each.meet(bound)))


def _widest(scopes: Iterable[SmartScope]) -> tuple[SmartScope, ...]:
    found = tuple(dict.fromkeys(scopes))
    return tuple(each for each in found if not any(other.covers(each) for other in found if other != each))


def of_role(level: str, permissions: frozenset[str], writable: frozenset[str] | None) -> Iterator[SmartScope]:
    """What a role may do with resources, as scopes of a level.

    `writable` are the types that it may write, None every type.
    """
    if "fhir.read" in permissions:
        yield SmartScope(level, ANY_TYPE, READING)
    if "fhir.write" in permissions:
        for each in sorted(writable if writable is not None else {ANY_TYPE}):
            yield SmartScope(level, each, WRITING)
