"""Who commits: one thread takes every waiting unit of work of a tenant into one commit.

The change counter of a tenant is a lock held until the commit's fsync, so a transaction per request makes
eight clients slower than one. Requests hand in a unit and wait; all that wait for one tenant share the fsync.
A commit also waits a moment for units that were announced and are on their way, since two commits cost twice
as much as one of both. Each unit fails alone (ADR 2).

`Committer` is what the stores ask. In the web processes of `hilum up` it is a client of the machine's one
committer process (`graph.commit.remote`), elsewhere a thread beside the requests.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any, Protocol, TypeAlias, TypeVar

from fhir_profiles.issues import ProfileError
from graph.commit.group import Group, Memory, Outcome
from graph.commit.schema import CommitSchema
from graph.commit.unit import Unit
from graph.errors import HilumError, Unavailable
from graph.session import Graph

Answer = TypeVar("Answer")
Failure: TypeAlias = HilumError | ProfileError

BATCH_WEIGHT = 256  # rows of one commit: enough to share the fsync, little enough to stay quick
GATHERING = 0.01  # seconds a commit waits for what was announced
DEADLINE = 30.0  # seconds a request waits for its commit
MOST_TENANTS = 64  # whose rows are remembered
_NOBODY, _NEVER = "-", "never"  # a tenant and a stamp that no commit has


class Committer(Protocol):
    """Commits units of work."""

    def commit(self, unit: Unit[Answer]) -> Answer:
        """Commit one unit and return what it decided; raise its own error, or `Unavailable`."""

    def commit_each(self, units: Sequence[Unit[Answer]]) -> list[Answer | Failure]:
        """Commit units of one tenant in their order, each for itself; what a unit fails with is its outcome.

        Raises `Unavailable`.
        """

    def expecting(self) -> AbstractContextManager[None]:
        """Announce that the caller is about to commit, for as long as it may still do so."""

    def close(self) -> None:
        """Commit what waits, then stop."""


def _tell_nobody(_changed: Collection[str]) -> None:
    """Nobody waits to hear of commits."""


class Committing:
    """Commits units one group after the other, remembering what it has read and written (one thread)."""

    def __init__(
        self,
        graph: Graph,
        schema: CommitSchema,
        clock: Callable[[], int],
        committed: Callable[[Collection[str]], None] = _tell_nobody,
    ) -> None:
        self._graph, self._schema, self._clock, self._committed = graph, schema, clock, committed
        self._memories: dict[str, Memory] = {}

    def warm(self) -> None:
        """Have the graph compile the statements of commits, which takes it seconds when it has just started.

        They are sent for a tenant that there is not, of which a counter is all that comes to be. Raises
        `Unavailable`.
        """
        commit: dict[str, Any] = {"tenant": _NOBODY, "now": self._clock(), "stamp": _NEVER, "counter": {}}
        commit |= {"keys": self._schema.keys({}), "batch": self._schema.batch({})}
        for text in self._schema.texts():
            self._graph.run(text, commit=commit)

    def first(self, units: Sequence[Unit[Any]]) -> list[Outcome]:
        """Commit the first of the units, at least one and all of one tenant; return their outcomes."""
        group = self._group(units)
        try:
            outcomes = group.commit()
        except Unavailable as error:
            self._memory(units[0]).forget()
            return [Outcome(error=error)] * len(units)
        except Exception as error:
            self._memory(units[0]).forget()
            if len(units) == 1:
                return [Outcome(error=error)]
            return self.first(units[: len(units) // 2])  # find the one that the graph refuses
        self._committed(group.changed)
        return outcomes

    def _group(self, units: Sequence[Unit[Any]]) -> Group:
        return Group(self._graph, self._schema, self._memory(units[0]), units, self._clock)

    def _memory(self, unit: Unit[Any]) -> Memory:
        tenant = unit.scope.tenant
        if tenant not in self._memories and len(self._memories) >= MOST_TENANTS:
            del self._memories[next(iter(self._memories))]
        return self._memories.setdefault(tenant, Memory(tenant))


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    done: Event = field(default_factory=Event)
    outcome: Outcome = field(default_factory=Outcome)

    def settle(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.done.set()


class CommitterThread:
    """Takes units from any thread of the process; start it after the fork."""

    def __init__(self, committing: Committing) -> None:
        self._committing = committing
        self._queue: deque[_Waiting] = deque()
        self._arrived = Condition()
        self._thread: Thread | None = None
        self._closing = False
        self._announced = 0

    def commit(self, unit: Unit[Answer]) -> Answer:
        """Commit one unit and return what it decided; raise its own error, or `Unavailable`."""
        (waiting,) = self._hand_in([unit])
        answer: Answer = answer_of(waiting.outcome)
        return answer

    def commit_each(self, units: Sequence[Unit[Answer]]) -> list[Answer | Failure]:
        """Commit units of one tenant in their order, each for itself; what a unit fails with is its outcome.

        Raises `Unavailable`.
        """
        return [answer_or_failure(waiting.outcome) for waiting in self._hand_in(units)]

    def _hand_in(self, units: Sequence[Unit[Any]]) -> list[_Waiting]:
        """Give units to the thread and wait until each is settled."""
        handed = [_Waiting(unit) for unit in units]
        with self._arrived:
            if self._closing:
                raise Unavailable("the gateway is stopping", retry_after=5)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="committer", daemon=True)
                self._thread.start()
            self._queue.extend(handed)
            self._arrived.notify()
        if not all(waiting.done.wait(DEADLINE) for waiting in handed):
            raise Unavailable("the commit takes too long; it may still happen", retry_after=5)
        return handed

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Announce that the caller is about to commit, for as long as it may still do so."""
        with self._arrived:
            self._announced += 1
        try:
            yield
        finally:
            with self._arrived:
                self._announced -= 1
                self._arrived.notify()

    def close(self) -> None:
        """Commit what waits, then stop."""
        with self._arrived:
            self._closing = True
            self._arrived.notify()
        if self._thread is not None:
            self._thread.join(DEADLINE)

    def _work(self) -> None:
        while batch := self._next_batch():
            outcomes = self._committing.first([each.unit for each in batch])
            for waiting, outcome in zip(batch, outcomes, strict=False):
                waiting.settle(outcome)
            with self._arrived:
                self._queue.extendleft(reversed(batch[len(outcomes) :]))

    def _next_batch(self) -> list[_Waiting]:
        """All that wait for the tenant of the first one, up to the weight of a batch; empty when closing."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._queue or self._closing)
            self._arrived.wait_for(self._is_complete, GATHERING)
            return self._take() if self._queue else []

    def _is_complete(self) -> bool:
        """Whether everybody who is about to commit has handed in a unit."""
        return self._closing or len(self._queue) >= self._announced

    def _take(self) -> list[_Waiting]:
        batch = list(batched(list(self._queue), lambda waiting: waiting.unit))
        chosen = {id(each) for each in batch}
        self._queue = deque(each for each in self._queue if id(each) not in chosen)
        return batch


def answer_of(outcome: Outcome) -> Any:
    """The answer of a unit; raises what it failed with."""
    if outcome.error is not None:
        raise outcome.error
    return outcome.answer


def answer_or_failure(outcome: Outcome) -> Any:
    """The answer of a unit, or the failure that is its own; raises any other."""
    if isinstance(outcome.error, HilumError | ProfileError) and not isinstance(outcome.error, Unavailable):
        return outcome.error
    return answer_of(outcome)


Waiter = TypeVar("Waiter")


def batched(waiting: Sequence[Waiter], unit_of: Callable[[Waiter], Unit[Any]]) -> Iterator[Waiter]:
    """Those that go into one commit: of the tenant of the first, in order, up to the weight of a batch."""
    weight = 0
    tenant = unit_of(waiting[0]).scope.tenant
    for each in waiting:
        unit = unit_of(each)
        if unit.scope.tenant == tenant:
            weight += unit.weight
            if weight > BATCH_WEIGHT and weight != unit.weight:
                return
            yield each
