"""Group commit: one thread per process that takes every waiting unit of work into one transaction.

The change counter of a tenant is a lock held until the commit's fsync, so a transaction per request makes
eight clients slower than one. Requests hand in a unit and wait; all that wait for one tenant share the fsync.
A commit also waits a moment for units that were announced and are on their way, since two commits cost twice
as much as one of both. Each unit decides on the state under the lock and fails alone (ADR 0002).

A commit whose outcome is unknown (the connection was lost in COMMIT) is run again under the same commit id:
the counter remembers the last ids, so what did commit is answered and not done twice.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any, Generic, TypeVar
from uuid import uuid4

from fhir_profiles.issues import ProfileError
from graph.commit.state import Reads, State
from graph.commit.witness import WITNESS
from graph.commit.writes import Writes
from graph.errors import HilumError, Unavailable
from graph.scope import AccessScope
from graph.session import Graph, Transaction

T = TypeVar("T")

BATCH_WEIGHT = 256  # rows of one transaction: enough to share the fsync, little enough to stay quick
GATHERING = 0.01  # seconds a commit waits for what was announced
DEADLINE = 30.0  # seconds a request waits for its commit
SETTLING = 15.0  # seconds to settle an unknown outcome before saying that it is unknown


@dataclass(frozen=True, slots=True)
class Unit(Generic[T]):
    """One request's atomic change: it reads `reads`, and `decide` returns its answer and fills the writes.

    `decide` runs under the tenant's lock, maybe more than once: it has no effect outside its arguments.
    """

    scope: AccessScope
    decide: Callable[[State, Writes], T]
    reads: Reads = field(default_factory=Reads)
    weight: int = 1


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    witness: Mapping[str, Any] | None = None
    done: Event = field(default_factory=Event)
    result: Any = None
    error: BaseException | None = None

    def settle(self, outcome: "_Outcome") -> None:
        self.result, self.error = outcome.result, outcome.error
        self.done.set()


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any = None
    error: BaseException | None = None


class Committer:
    """Takes units from any thread and commits them in order of arrival; start it after the fork."""

    def __init__(self, graph: Graph, clock: Callable[[], int]) -> None:
        self._graph = graph
        self._clock = clock
        self._queue: deque[_Waiting] = deque()
        self._arrived = Condition()
        self._thread: Thread | None = None
        self._closing = False
        self._announced = 0

    def commit(self, unit: Unit[T]) -> T:
        """Commit one unit and return what it decided; raise its own error, or `Unavailable`."""
        waiting = _Waiting(unit, WITNESS.get())
        with self._arrived:
            if self._closing:
                raise Unavailable("the gateway is stopping", retry_after=5)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="committer", daemon=True)
                self._thread.start()
            self._queue.append(waiting)
            self._arrived.notify()
        if not waiting.done.wait(DEADLINE):
            raise Unavailable("the commit takes too long; it may still happen", retry_after=5)
        if waiting.error is not None:
            raise waiting.error
        result: T = waiting.result
        return result

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
            self._commit_batch(batch)

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
        first = self._queue.popleft()
        batch, weight, others = [first], first.unit.weight, deque[_Waiting]()
        while self._queue:
            waiting = self._queue.popleft()
            fits = weight + waiting.unit.weight <= BATCH_WEIGHT
            if fits and waiting.unit.scope.tenant == first.unit.scope.tenant:
                batch.append(waiting)
                weight += waiting.unit.weight
            else:
                others.append(waiting)
        self._queue = others
        return batch

    def _commit_batch(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = _Batch(self._graph, self._clock, batch).commit()
        except Unavailable as error:
            outcomes = [_Outcome(error=error)] * len(batch)
        except BaseException as error:  # whatever it was, the thread lives and the waiting learn it
            if len(batch) > 1:
                return self._commit_halves(batch)
            outcomes = [_Outcome(error=error)]
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.settle(outcome)
        return None

    def _commit_halves(self, batch: list[_Waiting]) -> None:
        """Find the unit that the graph refuses, when its error names none: the others must not suffer."""
        middle = len(batch) // 2
        self._commit_batch(batch[:middle])
        self._commit_batch(batch[middle:])


class _Batch:
    """One transaction over several units of one tenant."""

    def __init__(self, graph: Graph, clock: Callable[[], int], waiting: list[_Waiting]) -> None:
        self._graph = graph
        self._clock = clock
        self._waiting = waiting
        self._reads = Reads.union(each.unit.reads for each in waiting)
        self._commit_id = uuid4().hex
        self._outcomes: list[_Outcome] = []

    def commit(self) -> list[_Outcome]:
        deadline = time.monotonic() + SETTLING
        while True:
            try:
                self._graph.write(self._run)
                return self._outcomes
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def _run(self, transaction: Transaction) -> None:
        tenant = self._waiting[0].unit.scope.tenant
        state = State(transaction, tenant, self._reads, self._clock())
        if self._commit_id in state.recent:
            return  # an earlier attempt did commit; its outcomes stand
        self._outcomes = [self._decide(state, each) for each in self._waiting]
        state.close(self._commit_id)

    def _decide(self, state: State, waiting: _Waiting) -> _Outcome:
        """The outcome of one unit; the one that fails takes its writes with it."""
        writes = Writes()
        try:
            result = waiting.unit.decide(state, writes)
        except (HilumError, ProfileError) as error:
            return _Outcome(error=error)
        if writes and waiting.witness:
            writes.entries.append(waiting.witness)
        state.apply(writes)
        return _Outcome(result=result)
