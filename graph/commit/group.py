"""One commit of several units: decide, number, write in one statement, and again where somebody was first.

The committer remembers the ledger and rows as its last commit left them. While it is the only one at work,
deciding needs nothing from the graph, or one read of what it does not know yet, and the whole commit is one
auto-commit statement: it takes the counter, looks whether that commit is still the last, writes, and answers
with its fsync. Where another committer came between, nothing is written; what was remembered is forgotten and
the units decide again, after some losses under the counter's lock (ADR 5).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from graph.commit.draft import Draft, MustWait, Pending
from graph.commit.ledger import Ledger
from graph.commit.schema import CommitSchema
from graph.commit.shelf import Keys, Shelf, Shelves
from graph.commit.unit import Unit
from graph.commit.view import Run, View
from graph.errors import Unavailable
from graph.session import Graph, Transaction

TRIES = 3  # commits lost to others before the counter is locked while the units decide
SETTLING = 15.0  # seconds to settle an unknown outcome before saying that it is unknown
_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one unit: its answer, or what it failed with."""

    answer: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Memory:
    """What a committer knows of one tenant as of its own last commit; nothing where `ledger` is None."""

    tenant: str
    ledger: Ledger | None = None
    shelves: Shelves = field(default_factory=Shelves)

    def forget(self) -> None:
        """Know nothing any more: somebody else has committed, or may have."""
        self.ledger, self.shelves = None, Shelves()


@dataclass(frozen=True, slots=True)
class Decided:
    """What the units of a commit decided, and the rows that they presumed absent."""

    outcomes: list[Outcome]
    pending: Pending
    presumed: dict[Shelf[Any], list[str]]


class _Presumed(Exception):
    """A unit failed, maybe because of what it presumed: look before that is believed."""


class Group:
    """One commit: `units` are of one tenant, in the order of their arrival."""

    def __init__(
        self,
        graph: Graph,
        schema: CommitSchema,
        memory: Memory,
        units: Sequence[Unit[Any]],
        clock: Callable[[], int],
    ) -> None:
        self._graph, self._schema, self._memory = graph, schema, memory
        self._units, self._clock = units, clock
        self._presuming = True
        self._in_step = False  # whether all that is remembered was true when the graph was last asked
        self._sent: dict[str, Decided] = {}  # by commit id; of each the graph may not have told the outcome
        self.changed: frozenset[str] = frozenset()  # keys of what the commit changed, and of whose that is

    def commit(self) -> list[Outcome]:
        """Commit the first units, at least one, and return their outcomes; the others must wait.

        Raises `Unavailable` where the graph does not answer, and what it refuses the statement with.
        """
        deadline = time.monotonic() + SETTLING
        lost = 0
        while True:
            try:
                outcomes = self._try(self._graph.run) if lost < TRIES else self._graph.write(self._locked)
            except Unavailable:
                self._memory.forget()
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE)
            else:
                if outcomes is not None:
                    return outcomes
                lost += 1

    def _locked(self, transaction: Transaction) -> list[Outcome] | None:
        self._memory.forget()
        self._presuming = False  # what a lost try has learned is forgotten: every row is read again
        self._read_ledger(transaction.run, locking=True)
        return self._try(transaction.run)

    def _try(self, run: Run) -> list[Outcome] | None:
        """One attempt; None where another commit came between, or a presumed row is there."""
        if self._memory.ledger is None:
            self._read_ledger(run)
        for commit_id in self._known_ledger.recent:
            if commit_id in self._sent:  # an earlier attempt did commit; only its answer was lost
                return self._went(self._sent[commit_id])
        decided = self._decided(self._looking(run))
        if self._in_step and not decided.pending:  # repeats of what the last try has found to be there
            return decided.outcomes
        return self._write(run, decided)

    def _looking(self, run: Run) -> Run:
        """The same, noting that something was read later than all the rest."""

        def look(text: str, **parameters: Any) -> list[dict[str, Any]]:
            self._in_step = False
            return run(text, **parameters)

        return look

    @property
    def _known_ledger(self) -> Ledger:
        assert self._memory.ledger is not None  # noqa: S101 - read before
        return self._memory.ledger

    def _read_ledger(self, run: Run, *, locking: bool = False) -> None:
        """Read the counter, and what every commit looks at; `locking` until the transaction ends."""
        tenant, standing = self._memory.tenant, self._schema.always(self._memory.tenant)
        asked = {"tenant": tenant, "now": self._clock(), "keys": self._schema.keys(standing)}
        (row,) = run(self._schema.loading(standing, locking=locking), commit=asked)
        self._memory.ledger = Ledger.read(tenant, row["counter"] or {})
        shelves = self._memory.shelves.opened()
        for shelf, keys in standing.items():
            shelves.learn(shelf, keys, row[shelf.name])
        self._memory.shelves = shelves.closed()

    def _decided(self, run: Run) -> Decided:
        while True:
            pending = Pending(self._known_ledger.opened(self._clock()), self._memory.shelves.opened())
            view = View(self._memory.tenant, pending, self._schema, run)
            standing = self._schema.always(self._memory.tenant)
            view.load(_union((standing, *(unit.looks_at() for unit in self._units))))
            presumed = pending.shelves.unknown(_union(unit.presumes_absent() for unit in self._units))
            if not self._presuming:
                view.load(presumed)
                presumed = {}
            for shelf, keys in presumed.items():
                pending.shelves.learn(shelf, keys, ())
            try:
                return Decided(self._decide_each(view, presumed), pending, presumed)
            except _Presumed:
                self._presuming = False

    def _decide_each(self, view: View, presumed: Keys) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for unit in self._units:
            try:
                outcomes.append(self._decide(unit, view, presumed))
            except MustWait:
                if not outcomes:
                    raise RuntimeError("a unit waits for itself") from None
                break
        return outcomes

    def _decide(self, unit: Unit[Any], view: View, presumed: Keys) -> Outcome:
        """The outcome of one unit; the one that fails takes its draft with it."""
        draft = Draft()
        try:
            answer = unit.decide(view, draft)
        except (MustWait, Unavailable):
            raise
        except Exception as error:
            if presumed and any(unit.presumes_absent().values()):
                raise _Presumed from None
            return Outcome(error=error)
        if draft and unit.scope.witness:
            draft.add(self._schema.witness, {**unit.scope.witness, "changed": draft.concerned()})
        view.pending.accept(draft)
        return Outcome(answer)

    def _write(self, run: Run, decided: Decided) -> list[Outcome] | None:
        """Send the commit; None where another came between, or a presumed row is there."""
        rows = decided.pending.rows()
        if not rows:
            return self._confirm(run, decided)
        commit_id = uuid4().hex[:16]
        ledger = decided.pending.ledger.closed(commit_id)
        self._sent[commit_id] = decided
        commit = {
            "tenant": self._memory.tenant,
            "now": ledger.clock,
            "stamp": self._known_ledger.stamp,
            "keys": self._schema.keys(decided.presumed),
            "batch": self._schema.batch(rows),
            "counter": ledger.properties(),
        }
        (row,) = run(self._schema.writing(decided.presumed, rows), commit=commit)
        if row["went"]:
            self._memory.shelves = decided.pending.shelves.closed()
            self._memory.ledger = ledger
            return self._went(decided)
        self._learn(row, decided)
        return None

    def _went(self, decided: Decided) -> list[Outcome]:
        """The outcomes of what was committed."""
        self.changed = decided.pending.concerned()
        return decided.outcomes

    def _confirm(self, run: Run, decided: Decided) -> list[Outcome] | None:
        """See that what was seen is still true, where nothing is to be written: that takes no lock."""
        asked = {"tenant": self._memory.tenant, "keys": self._schema.keys(decided.presumed)}
        (row,) = run(self._schema.loading(decided.presumed), commit=asked)
        same = Ledger.read(self._memory.tenant, row["counter"] or {}).stamp == self._known_ledger.stamp
        if same and not any(row[shelf.name] for shelf in decided.presumed):
            self._memory.shelves = decided.pending.shelves.closed()
            return decided.outcomes
        self._learn(row, decided)
        return None

    def _learn(self, row: Mapping[str, Any], decided: Decided) -> None:
        """Keep what the statement said when it wrote nothing."""
        found = Ledger.read(self._memory.tenant, row["counter"] or {})
        self._in_step = found.stamp == self._known_ledger.stamp
        if not self._in_step:
            self._memory.forget()
        self._memory.ledger = found
        shelves = self._memory.shelves.opened()
        for shelf, keys in decided.presumed.items():
            shelves.learn(shelf, keys, row[shelf.name])
        self._memory.shelves = shelves.closed()


def _union(all_keys: Any) -> Keys:
    """The keys of many units, each once."""
    union: dict[Shelf[Any], dict[str, None]] = {}
    for keys in all_keys:
        for shelf, each in keys.items():
            union.setdefault(shelf, {}).update(dict.fromkeys(each))
    return union
