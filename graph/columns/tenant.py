"""The tables and sights that one process holds of one tenant, as of the moment that it looked at last."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread

from graph.budget import RequestBudget, begin_budget
from graph.columns.serials import NONE, IntArray, joined
from graph.columns.sights import Sight
from graph.columns.tables import HeldTable, NumberedTexts
from graph.columns.wanted import CodedRows, RowsToHold, coded_tables
from graph.columns.written import WrittenResources, mended, news
from graph.commit.moment import WrittenMoment
from graph.errors import HilumError
from graph.keys import kind_key
from graph.rights import RowRight
from graph.scope import AccessScope
from graph.session import Graph

LARGE = 1_500_000  # rows of a tenant whose tables are read behind the questions, never inside one
_MOST_NOTED = 50_000  # resources of which it is noted when they were written
_MOST_SIGHTS = 64
_READ_SECONDS = 300.0  # of the graph's time, for what is read behind the questions


@dataclass(slots=True)
class _Notes:
    """Which resources were written, behind one version, by kind, in the order in which that was seen."""

    after: int = 0
    written: list[tuple[int, Mapping[str, IntArray]]] = field(default_factory=list)
    size: int = 0

    def add(self, version: int, changed: Mapping[str, IntArray]) -> None:
        """Note what was written up to a version."""
        self.written.append((version, changed))
        self.size += sum(map(len, changed.values()))
        while self.size > _MOST_NOTED:
            self.after, dropped = self.written.pop(0)
            self.size -= sum(map(len, dropped.values()))

    def since(self, version: int) -> Mapping[str, IntArray] | None:
        """What was written behind a version; None where that is not noted any more."""
        if version < self.after:
            return None
        found: dict[str, IntArray] = {}
        for until, changed in self.written:
            if until > version:
                for kind, rows in changed.items():
                    found[kind] = joined(found.get(kind, NONE), rows)
        return found


class TenantColumns:
    """What is held of a tenant, at most `room` bytes of tables; safe between threads."""

    def __init__(
        self, graph: Graph, tenant: str, texts: NumberedTexts, *, room: int, large: int = LARGE
    ) -> None:
        self.tenant = tenant
        self.texts = texts
        self._graph = graph
        self._room = room
        self._large = large
        self._lock = Lock()
        self._moment = WrittenMoment()
        self._notes = _Notes()
        self._tables: OrderedDict[RowsToHold, HeldTable] = OrderedDict()
        self._sights: OrderedDict[RowRight, Sight] = OrderedDict()
        self._awaited: dict[str, Callable[[], object]] = {}
        self._reader: Thread | None = None
        self._read_behind = 0

    @property
    def weight(self) -> int:
        """How many bytes of tables are held."""
        return sum(each.weight for each in self._tables.values())

    def catch_up(self) -> None:
        """Have everything as it is now; raises what `Graph.read` raises."""
        looked = self._moment
        now, changed = self._news(looked)
        with self._lock:
            before = self._moment
            if now.version < before.version or (before.version and not looked.version):
                now, changed = self._news(before)  # another question has looked since
            if now == before:
                return
            if changed is None or not before.followed_by(now):
                self._forget(now)
                return
            self._tables |= mended(self._graph, self._tables, changed, self.texts)
            self._notes.add(now.version, changed.changed)
            self._moment = now

    def tables(self, wanted: Iterable[RowsToHold]) -> list[HeldTable] | None:
        """The tables of what is wanted; None where one is not held yet, and is read behind the question."""
        asked = list(wanted)
        with self._lock:
            known = {each: self._tables[each] for each in asked if each in self._tables}
            for each in known:
                self._tables.move_to_end(each)
        lacking = [each for each in asked if each not in known]
        late = [each for each in lacking if not isinstance(each, CodedRows)]
        if late and not self._is_read_now(late, lambda: self._read(late)):
            return None
        known |= self._read(lacking)
        return [known[each] for each in asked]

    def sight(self, scope: AccessScope, entity: str) -> Sight | None:
        """What the caller sees of a type; None where it is not held yet, and is read behind the question."""
        right, kind = scope.right, kind_key(self.tenant, entity)
        with self._lock:
            known, version = self._sights.get(right, Sight()), self._moment.version
            since = known.versions.get(entity)
            if since is not None:
                self._sights.move_to_end(right)
            changed = None if since is None else self._notes.since(since)
        if since == version:
            return known
        if changed is not None:
            rows = changed.get(kind, NONE)
            return self._seen(right, known.mended(self._graph, scope, entity, rows, version))
        if not self._is_read_now((right, entity), lambda: self._sight_read(scope.bare(), entity)):
            return None
        return self._sight_read(scope, entity)

    def settle(self) -> int:
        """Wait until what is read behind the questions is there; return how much was, since the beginning."""
        with self._lock:
            reader = self._reader
        if reader is not None:
            reader.join()
        return self._read_behind

    def _is_read_now(self, what: object, read: Callable[[], object]) -> bool:
        """Whether something is read inside a question; where it is not, it is read behind it."""
        if self._moment.rows <= self._large:
            return True
        with self._lock:
            self._awaited.setdefault(repr(what), read)
            if self._reader is None or not self._reader.is_alive():
                self._reader = Thread(target=self._read_awaited, name="columns", daemon=True)
                self._reader.start()
        return False

    def _read_awaited(self) -> None:
        """Read what questions had no time for, one after another, each with more time than a question has."""
        while (awaited := self._next_awaited()) is not None:
            name, read = awaited
            begin_budget(RequestBudget(_READ_SECONDS))
            try:
                with suppress(HilumError):  # the next question asks for it again
                    read()
            finally:
                with self._lock:
                    del self._awaited[name]
                    self._read_behind += 1

    def _next_awaited(self) -> tuple[str, Callable[[], object]] | None:
        """What is to be read next, which stays awaited until it is; None ends the thread that reads."""
        with self._lock:
            if not self._awaited:
                self._reader = None
                return None
            return next(iter(self._awaited.items()))

    def _news(self, since: WrittenMoment) -> tuple[WrittenMoment, WrittenResources | None]:
        """How far is written by now, and what was since a look; None where that is too much."""
        return news(self._graph, self.tenant, since.version or None)

    def _forget(self, now: WrittenMoment) -> None:
        self._tables.clear()
        self._sights.clear()
        self._notes = _Notes(after=now.version)
        self._moment = now

    def _read(self, wanted: Sequence[RowsToHold]) -> dict[RowsToHold, HeldTable]:
        """Read tables, and hold them as of the last look."""
        if not wanted:
            return {}
        before = self._moment
        codes = [each for each in wanted if isinstance(each, CodedRows)]
        found: dict[RowsToHold, HeldTable] = {}
        if codes:
            found |= {each: table for each, table in coded_tables(self._graph, codes, self.texts).items()}
        found |= {
            each: each.read(self._graph, self.texts) for each in wanted if not isinstance(each, CodedRows)
        }
        with self._lock:
            if self._moment != before:
                changed = self._notes.since(before.version)
                if changed is None or self._moment.rewritten != before.rewritten:
                    return found
                found |= mended(self._graph, found, WrittenResources(changed, changed), self.texts)
            self._tables |= found
            self._make_room()
        return found

    def _make_room(self) -> None:
        """Hold no more than may be: what was not asked for longest goes first."""
        weight = self.weight
        while weight > self._room and self._tables:
            _, dropped = self._tables.popitem(last=False)
            weight -= dropped.weight

    def _sight_read(self, scope: AccessScope, entity: str) -> Sight:
        with self._lock:
            known, version = self._sights.get(scope.right, Sight()), self._moment.version
        return self._seen(scope.right, known.read(self._graph, scope, entity, version))

    def _seen(self, right: RowRight, sight: Sight) -> Sight:
        """Hold a sight; what another question learnt of another type at the same time is learnt again."""
        with self._lock:
            self._sights[right] = sight
            self._sights.move_to_end(right)
            weight = sum(each.weight for each in self._sights.values())
            while len(self._sights) > 1 and (weight > self._room or len(self._sights) > _MOST_SIGHTS):
                _, dropped = self._sights.popitem(last=False)
                weight -= dropped.weight
        return sight
