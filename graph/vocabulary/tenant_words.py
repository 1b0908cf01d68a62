"""All words and codes of a tenant's records at some search parameters, each once, kept up to date in memory.

Each process holds its own, some 500 bytes a word with its code. They are gathered behind the questions, never
inside one: a question that comes before they are there waits as long as its budget lets it. Nothing here is
anybody's to see: what a caller is told of is looked up again under their rights (`carried.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from threading import Condition, Event, Lock, Thread
from time import monotonic

from graph.budget import current_budget
from graph.commit.moment import moment
from graph.errors import HilumError, Unavailable
from graph.session import Graph
from graph.vocabulary.element_words import MOST_WORDS, ElementWords
from graph.vocabulary.gathering import CodedElement, add_written, gathered

_STALE = 0.25  # seconds for which a look at what was written counts: those of one question
_KEEPING = 5.0  # seconds between two looks of who keeps them
_PATIENCE = 30.0  # seconds of who has no budget
_AGAIN = 5  # seconds


@dataclass(slots=True)
class _Tenant:
    """The words of one tenant as of the moment `looked`, None before they were gathered."""

    words: dict[CodedElement, ElementWords] | None = None
    sequence: int = 0
    looked: float = float("-inf")
    failed: float = float("-inf")
    failure: HilumError | None = None
    gathering: bool = False
    changed: Condition = field(default_factory=Condition)


class TenantWords:
    """The words of each tenant that was asked for; safe between threads, one for a process."""

    def __init__(
        self,
        graph: Graph,
        elements: Iterable[CodedElement],
        *,
        clock: Callable[[], float] = monotonic,
        most: int = MOST_WORDS,
    ) -> None:
        self._graph = graph
        self._elements = tuple(elements)
        self._clock = clock
        self._most = most
        self._tenants: dict[str, _Tenant] = {}
        self._lock = Lock()
        self._closed = Event()
        self._keeper: Thread | None = None

    def of(self, tenant: str) -> Mapping[CodedElement, ElementWords]:
        """The words of a tenant as of now; what was deleted may still be among them.

        Raises `Unavailable` where they are not gathered before the budget of the request is used up, and what
        `Graph.read` raises.
        """
        known = self._of(tenant)
        asked = self._clock()
        words = known.words
        if words is not None and asked - known.looked < _STALE:
            return words
        if words is not None and moment(self._graph, tenant).version == known.sequence:
            known.looked = max(known.looked, asked)
            return words
        budget = current_budget()
        with budget.working() if budget else nullcontext():
            return self._awaited(tenant, known, asked, budget.left() if budget else _PATIENCE)

    def keep(self, tenant: str) -> None:
        """Gather the words of a tenant now, behind everybody's back, and keep them and those of others."""
        self._of(tenant)
        with self._lock:
            if self._keeper is None:
                self._keeper = Thread(target=self._keep, name="vocabulary", daemon=True)
                self._keeper.start()

    def close(self) -> None:
        """Keep them no longer."""
        self._closed.set()
        if self._keeper is not None:
            self._keeper.join(timeout=1.0)

    def _keep(self) -> None:
        while not self._closed.is_set():
            for tenant, known in list(self._tenants.items()):
                with known.changed:
                    mine = not known.gathering
                    known.gathering = True
                if mine:
                    self._gather(tenant, known)
            self._closed.wait(_KEEPING)

    def _of(self, tenant: str) -> _Tenant:
        with self._lock:
            return self._tenants.setdefault(tenant, _Tenant())

    def _awaited(
        self, tenant: str, known: _Tenant, asked: float, patience: float
    ) -> Mapping[CodedElement, ElementWords]:
        """The words as of a look that is not older than the question."""
        until = monotonic() + patience
        with known.changed:
            while known.words is None or known.looked < asked:
                if not known.gathering:
                    if known.failure is not None and known.failed >= asked:
                        raise known.failure
                    known.gathering = True
                    Thread(target=self._gather, args=(tenant, known), name="gathering", daemon=True).start()
                if not known.changed.wait(until - monotonic()):
                    raise Unavailable(
                        "the words of the records are being gathered: ask again", retry_after=_AGAIN
                    )
            return known.words

    def _gather(self, tenant: str, known: _Tenant) -> None:
        """Bring the words up to date, in a thread that no budget binds."""
        began, failure = self._clock(), None
        words, sequence = known.words, known.sequence
        try:
            sequence = moment(self._graph, tenant).version
            words = self._gathered(tenant, words, known.sequence, sequence)
        except HilumError as error:
            failure = error
        finally:
            with known.changed:
                known.gathering = False
                if failure is None and words is not None:
                    known.words, known.sequence, known.looked = words, sequence, began
                else:
                    known.failure, known.failed = failure, began
                known.changed.notify_all()

    def _gathered(
        self, tenant: str, words: dict[CodedElement, ElementWords] | None, after: int, last: int
    ) -> dict[CodedElement, ElementWords]:
        if words is not None and after == last:
            return words
        anew = self._elements if words is None else add_written(self._graph, tenant, words, after, last)
        found = {each: gathered(self._graph, tenant, each, self._most) for each in anew}
        return {**(words or {}), **found}
