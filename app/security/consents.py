"""What the Consents of a tenant keep from a caller, remembered and in force within seconds in every process.

Each process has a book of the active Consents of each tenant that asks it. When this machine has committed
one, or what the book knows is `LOOKED_AT_SECONDS` old, it looks at what was written since, which is one step
of an index; a tenant without Consents costs no more than that. Who asks, for what purpose and when settles
which rules apply; what these say of rows goes into the caller's scope.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeAlias

import orjson

from app.security.policy import CONSENTS_YIELD_TO, PURPOSES_WITHIN
from app.security.scopes import SYSTEM, system_scope
from fhir_profiles.consents import Provision, counts, provision_of
from graph.allowances import CONDITIONS, SECURITY, sort_of
from graph.keys import resource_key, resource_of
from graph.refusals import NOTHING_REFUSED, UNLABELLED, Denial, Refusals, RowCondition
from graph.resources.consents import ConsentChange, ConsentStore
from graph.scope import AccessScope

LOOKED_AT_SECONDS = 1.0
FOLLOWED_SECONDS = 60.0  # how long it may take until a merge of patients counts
SETTLED_SECONDS = 5.0  # how long a period may have begun, or ended, unnoticed
_MOST_CALLERS = 1_000
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class _Consent:
    """An active Consent: whose it is, and its rules."""

    patients: tuple[str, ...]
    rules: Provision


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks: the references that stand for them, and the purposes that theirs is part of."""

    actors: frozenset[str]
    purposes: frozenset[str]

    def is_meant(self, rule: Provision, now: int) -> bool:
        """Whether a rule is for this caller, now (µs since the epoch)."""
        return (
            (not rule.actors or not rule.actors.isdisjoint(self.actors))
            and (not rule.purposes or not rule.purposes.isdisjoint(self.purposes))
            and (rule.period is None or rule.period[0] <= now < rule.period[1])
        )


_Settling: TypeAlias = tuple[_Asking, frozenset[str] | None, frozenset[str]]
"""Who asks, the patients whom they see at all, and those whose record they have opened."""


@dataclass(slots=True)
class _Book:
    """The active Consents of one tenant, as far as they were read."""

    read_to: int = 0
    edition: bytes | None = None
    looked: float = float("-inf")
    followed: float = float("-inf")
    consents: dict[str, _Consent] = field(default_factory=dict)
    settled: dict[_Settling, tuple[float, Refusals]] = field(default_factory=dict)

    def take(self, changes: Iterable[ConsentChange]) -> None:
        """Enter what was written."""
        for change in changes:
            self.settled = {}
            self.read_to = change.sequence
            document = orjson.loads(change.text) if change.text else {}
            if counts(document):
                self.consents[change.key] = _Consent(change.patients, provision_of(document)[0])
            else:
                self.consents.pop(change.key, None)

    def follow(self, patients: Mapping[str, tuple[str, ...]]) -> None:
        """Enter whose the Consents are now."""
        for key, consent in self.consents.items():
            whose = patients.get(key, consent.patients)
            if whose != consent.patients:
                self.settled = {}
                self.consents[key] = replace(consent, patients=whose)


class Consents:
    """Puts what consents say into the scopes of callers; safe between threads.

    `edition` tells whether this machine has committed Consents.
    """

    def __init__(
        self,
        store: ConsentStore,
        clock: Callable[[], float] = time.time,
        *,
        edition: Callable[[], bytes] = bytes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._edition = edition
        self._books: dict[str, _Book] = {}
        self._lock = Lock()

    def applied(self, scope: AccessScope) -> AccessScope:
        """The rights of a caller without what consents keep from them.

        Nothing is kept from the gateway itself, nor from who asks for a purpose of `CONSENTS_YIELD_TO`, nor
        of a patient whose record the caller has opened in an emergency. Raises `Unavailable`.
        """
        if scope.role == SYSTEM or scope.purpose in CONSENTS_YIELD_TO:
            return scope
        with self._lock:
            book = self._current(scope.tenant)
            refusals = self._refusals(book, scope) if book.consents else NOTHING_REFUSED
        return replace(scope, refusals=refusals) if refusals else scope

    def _current(self, tenant: str) -> _Book:
        book = self._books.setdefault(tenant, _Book())
        now, edition = self._clock(), self._edition()
        if edition == book.edition and now - book.looked < LOOKED_AT_SECONDS:
            return book
        asking = system_scope(tenant)
        while changes := self._store.changes(asking, book.read_to):
            book.take(changes)
        if book.consents and now - book.followed >= FOLLOWED_SECONDS:
            book.follow(self._store.patients(asking))
            book.followed = now
        book.looked, book.edition = now, edition
        return book

    def _refusals(self, book: _Book, scope: AccessScope) -> Refusals:
        asking = _Asking(scope.actors, PURPOSES_WITHIN.get(scope.purpose, frozenset({scope.purpose})))
        only = scope.patients if not scope.studies else None
        now = self._clock()
        until, refusals = book.settled.get((asking, only, scope.opened), (0.0, NOTHING_REFUSED))
        if now >= until:
            found = _denials(book.consents.values(), asking, only, int(now * _MICROSECONDS))
            found = {patient: denied for patient, denied in found.items() if patient not in scope.opened}
            refusals = Refusals(found)
            if len(book.settled) >= _MOST_CALLERS:
                book.settled = {}
            book.settled[asking, only, scope.opened] = (now + SETTLED_SECONDS, refusals)
        return refusals


def _denials(
    consents: Iterable[_Consent], asking: _Asking, only: frozenset[str] | None, now: int
) -> Mapping[str, list[Denial]]:
    """What is denied of each patient; `only` are the patients that the caller sees at all, None for any."""
    found: dict[str, list[Denial]] = {}
    for consent in consents:
        for patient in consent.patients:
            if resource_of(patient) in asking.actors or (only is not None and patient not in only):
                continue  # nobody is kept from their own record
            denials = list(_flat(consent.rules, asking, now, patient.partition("|")[0]))
            if denials:
                found.setdefault(patient, []).extend(denials)
    return found


def _flat(
    rule: Provision, asking: _Asking, now: int, tenant: str, within: tuple[RowCondition, ...] = ()
) -> Iterator[Denial]:
    """Each rule of a tree that denies, for a caller whom it is meant for, without its exceptions.

    Of rules side by side the one that denies wins, and within each what is nested in it.
    """
    if not asking.is_meant(rule, now):
        return
    within = (*within, _condition(rule, tenant))
    inner = [each for each in rule.exceptions if asking.is_meant(each, now)]
    if rule.denies:
        yield Denial(
            tuple(each for each in within if not each.asks_nothing),
            tuple(_condition(each, tenant) for each in inner),
        )
    for each in inner:
        yield from _flat(each, asking, now, tenant, within)


def _condition(rule: Provision, tenant: str) -> RowCondition:
    """What a rule asks of a row."""
    sorts = [sort_of(name, code, system or None) for system, code in rule.codes for name in CONDITIONS]
    labels = [sort_of(SECURITY, code, system) for system, code in rule.labels]
    labels += [UNLABELLED] if rule.labels and rule.unlabelled else []
    keys = [resource_key(tenant, *reference.split("/")) for reference, _ in rule.data]
    about = [resource_key(tenant, *reference.split("/")) for reference, beside in rule.data if beside]
    return RowCondition(
        kinds=tuple(sorted(rule.types)) or None,
        sorts=tuple(sorted(sorts)) or None,
        labels=tuple(sorted(labels)) or None,
        keys=tuple(sorted(keys)) or None,
        about=tuple(sorted(about)),
        care=rule.data_period,
    )
