"""From a caller to rights, with an audit entry that is there before anything is done and closed after it.

    admitted = admission.admit(credentials, facts, ("fhir.read",))
    ... admitted.scope ...
    admitted.close(200)

A refusal leaves an entry too: it is closed here, with the status that the refusal has, and then raised.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from app.admission.facts import AccessFacts
from app.admission.outcomes import DONE, status_of
from app.security.browser_sessions import SessionHandle
from graph.scope import AccessScope

Credentials: TypeAlias = str | SessionHandle | None
"""An Authorization header, what a browser keeps of a session, or nothing."""
Authenticate: TypeAlias = Callable[[Credentials], AccessScope]
KeepRights: TypeAlias = Callable[[AccessScope], AccessScope]


class OpenEntry(Protocol):
    """An audit entry that was begun."""

    @property
    def witness(self) -> Mapping[str, Any] | None:
        """What a commit is to write of it (`key` and `properties`); None where nothing is to be changed."""

    def concerning(self, *references: str) -> None:
        """Note whom the access is about, as `Patient/7`."""

    def counting(self, rows: int) -> None:
        """Note how many rows an answer counts."""

    def claimed_by(self, client: str) -> None:
        """Note who says to be asking, where nobody was recognised before."""

    def close(self, status: int) -> None:
        """Note the outcome and wait until the entry is durable; raises `Unavailable` when it cannot be."""


class Recorder(Protocol):
    """Begins audit entries."""

    def begin(self, scope: AccessScope | None, facts: AccessFacts) -> OpenEntry:
        """Begin the entry of an access, of nobody where `scope` is None; raises `Unavailable`."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """An access under way: the caller's rights, and the entry that stays open until `close`."""

    scope: AccessScope
    entry: OpenEntry

    def close(self, status: int) -> None:
        """Note the outcome and wait until the entry is durable; raises `Unavailable` when it cannot be."""
        self.entry.close(status)


class Admission:
    """Admits callers.

    `authenticate` turns credentials into rights; `recorder` begins audit entries; `keep` takes out of rights
    what is kept from the caller now.
    """

    def __init__(
        self, authenticate: Authenticate, recorder: Recorder, keep: KeepRights = lambda scope: scope
    ) -> None:
        self._authenticate = authenticate
        self._recorder = recorder
        self._keep = keep

    def admit(
        self,
        credentials: Credentials,
        facts: AccessFacts,
        permissions: Sequence[str],
        instead: Sequence[str] = (),
    ) -> Admitted:
        """Admit the bearer of credentials who holds every one of `permissions`, or one that does `instead`.

        Raises `Unauthenticated`, `Forbidden`, or `Unavailable` where the accounts or the audit do not answer.
        """
        try:
            scope = self._authenticate(credentials)
        except BaseException as error:
            self.begin(facts).close(status_of(error))
            raise
        return self.admit_scope(scope, facts, permissions, instead)

    def admit_scope(
        self,
        scope: AccessScope,
        facts: AccessFacts,
        permissions: Sequence[str],
        instead: Sequence[str] = (),
    ) -> Admitted:
        """Admit a caller whose rights are known: a command on the machine itself, a job, a further call.

        Raises `Forbidden` without a permission, `Unavailable` where the audit cannot be written, or the graph
        does not say what patients consent to.
        """
        entry = self._recorder.begin(scope, facts)
        try:
            for permission in permissions:
                scope.require(permission, *instead)
            scope = self._keep(scope)
        except BaseException as error:
            entry.close(status_of(error))
            raise
        scope = scope.noted(entry)
        return Admitted(scope.witnessed(entry.witness) if entry.witness else scope, entry)

    def begin(self, facts: AccessFacts) -> OpenEntry:
        """Begin the entry of an access that anybody may make; raises `Unavailable`."""
        return self._recorder.begin(None, facts)

    @contextmanager
    def access(
        self, scope: AccessScope, facts: AccessFacts, permissions: Sequence[str]
    ) -> Iterator[AccessScope]:
        """Run a block as one access of a caller whose rights are known, and close it with its outcome.

        Raises what `admit_scope` raises and what the block raises; `Unavailable` where the close fails.
        """
        admitted = self.admit_scope(scope, facts, permissions)
        try:
            yield admitted.scope
        except BaseException as error:
            admitted.close(status_of(error))
            raise
        admitted.close(DONE)
