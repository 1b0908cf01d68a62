"""The driver of Neo4j, behind two verbs: `read` one statement, `write` one managed transaction.

A read of one statement runs auto-commit in READ mode under a retry of our own (0.6 ms against 1.1 ms for a
managed one), in a session that is kept for the next read, since making one costs a tenth of a small read.
Writes are managed transactions, whose function may run again after a transient error, so it has no effect
outside the graph. What the driver raises becomes `Unavailable`: nothing above this module knows it.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Collection, Hashable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from threading import BoundedSemaphore
from typing import Any, Protocol, TypeAlias, TypeVar

from graph.budget import RequestBudget, current_budget
from graph.cypher.statement import Statement, UnjudgedStatement
from graph.driver import (
    READ_ACCESS,
    WRITE_ACCESS,
    BookmarkManager,
    Driver,
    DriverError,
    GraphDatabase,
    ManagedTransaction,
    Neo4jError,
    Query,
    Result,
    Session,
)
from graph.edition import Edition
from graph.errors import Unavailable
from graph.recollection import Recollection
from graph.scope import AccessScope
from graph.visibility import under_rights
from graph.watch import Watch

Row: TypeAlias = dict[str, Any]
T = TypeVar("T")

RETRY_DEADLINE = 15.0  # seconds; a client waits no longer than this for a graph that went away
READ_TIMEOUT = 30.0  # seconds the server works on one read before it ends it
WRITE_TIMEOUT = 60.0  # the same for a write, which may wait for a lock
_OVER_TIME = "Neo.ClientError.Transaction.TransactionTimedOut"  # and what begins with it
_GONE_MEANWHILE = "Neo.ClientError.Statement.EntityNotFound"
_MOST_AGAIN = 5
_ASKED_BY = "asked_by"
_END_READS = f"""SHOW TRANSACTIONS YIELD transactionId AS ended, metaData
WHERE metaData.{_ASKED_BY} = $name
TERMINATE TRANSACTIONS ended YIELD message RETURN message"""
_CONCURRENT_READS = 2  # threads of one process that wait for Bolt starve each other (ADR 0003)


class Transaction(Protocol):
    """What the work of `Graph.write` gets: a way to run statements in the one transaction."""

    def run(self, text: str, **parameters: Any) -> list[Row]:
        """Run one statement and return its rows."""


class _Managed:
    def __init__(self, transaction: ManagedTransaction) -> None:
        self._transaction = transaction

    def run(self, text: str, **parameters: Any) -> list[Row]:
        return _rows(self._transaction.run(text, parameters))


class _NoBookmarks(BookmarkManager):
    """Lets a kept session forget which commit it saw last: a graph put back from a backup may not have it."""

    def get_bookmarks(self) -> Collection[str]:
        return ()

    def update_bookmarks(self, previous_bookmarks: Collection[str], new_bookmarks: Collection[str]) -> None:
        return None


_NO_BOOKMARKS = _NoBookmarks()


class Graph:
    """A pool of Bolt connections to one database; safe between threads, made anew after a fork.

    With an `edition`, which a graph that only this machine writes may have, answers are remembered.
    """

    def __init__(self, driver: Driver, database: str = "neo4j", *, edition: Edition | None = None) -> None:
        self._driver = driver
        self._database = database
        self._edition = edition
        self._recollection = Recollection(edition) if edition else None
        self._reading = BoundedSemaphore(_CONCURRENT_READS)
        self._resting: deque[Session] = deque()  # sessions for reads; none holds a connection
        self._watch = Watch(self._end_reads)

    @classmethod
    def connect(
        cls,
        uri: str,
        user: str,
        password: str,
        database: str = "neo4j",
        *,
        edition: Edition | None = None,
    ) -> "Graph":
        """Open a pool; nothing is sent before the first statement."""
        driver = GraphDatabase.driver(
            uri,
            auth=(user, password),
            user_agent="hilum",
            connection_timeout=5.0,
            connection_acquisition_timeout=RETRY_DEADLINE,
            max_transaction_retry_time=RETRY_DEADLINE,
            liveness_check_timeout=30.0,
            notifications_min_severity="OFF",
            telemetry_disabled=True,  # a further message with every statement
        )
        return cls(driver, database, edition=edition)

    def read(self, text: str, **parameters: Any) -> list[Row]:
        """Run one statement in READ mode and return its rows; transient failures are tried again.

        Raises `OverTime` where the budget of the request that asks has no more time, `TimedOut` where its
        client has left, `Unavailable` where the graph does not answer.
        """
        budget = current_budget()
        if budget is None:
            query = Query(text, timeout=READ_TIMEOUT)
            return _with_retry(lambda: self._read_once(query, parameters))
        return _with_retry(lambda: self._read_within(budget, text, parameters))

    def _read_within(self, budget: RequestBudget, text: str, parameters: Row) -> list[Row]:
        """Read on the time of a request, and stop when its client leaves; the wait for a turn counts too."""
        watched = self._watch.over(budget) if budget.departed else nullcontext()
        with watched, budget.working():
            if not self._reading.acquire(timeout=budget.left()):
                raise budget.over()
            try:
                query = Query(text, metadata={_ASKED_BY: budget.name}, timeout=budget.left())
                return self._run(query, parameters)
            except Neo4jError as error:
                if (error.code or "").startswith(_OVER_TIME):
                    raise budget.over() from error
                budget.left()  # raises where the client has left, which is what ended it
                raise
            finally:
                self._reading.release()

    def _end_reads(self, name: str) -> None:
        """End the transactions that a budget's reads run in; what cannot be ended now ends with its time."""
        with suppress(Neo4jError, DriverError), self._driver.session(database=self._database) as session:
            session.run(Query(_END_READS, timeout=READ_TIMEOUT), name=name).consume()

    def _read_once(self, query: Query, parameters: Row) -> list[Row]:
        with self._reading:
            return self._run(query, parameters)

    def _run(self, query: Query, parameters: Row) -> list[Row]:
        with ExitStack() as failing:
            session = failing.enter_context(self._rested())
            rows = _rows(session.run(query, parameters))
            failing.pop_all()  # what did not fail is not closed
            self._resting.append(session)
            return rows

    def _rested(self) -> Session:
        try:
            return self._resting.pop()
        except IndexError:
            return self._driver.session(
                database=self._database,
                default_access_mode=READ_ACCESS,
                fetch_size=-1,
                bookmark_manager=_NO_BOOKMARKS,
            )

    def read_seen(self, scope: AccessScope, text: str, **parameters: Any) -> list[Row]:
        """Run a fixed statement in READ mode under a caller's rights, which `graph.visibility` writes in it.

        A long right is not sent: of a statement with the column `judged` the rows are judged here. Raises
        `ScopeMissing` for a statement that has no place for rights, and what `read` raises.
        """
        written = under_rights(scope, text)
        rows = self.read(written.text, **parameters, **written.parameters)
        if not written.judging:
            return rows
        covers = scope.right.covers
        return [row for row in rows if covers(row["judged"])]

    def read_seen_together(self, scope: AccessScope, text: str, **parameters: Any) -> list[list[Any]]:
        """Run as `read_seen` a statement whose one row collects many, as `rows`, and beside them `judged`."""
        written = under_rights(scope, text)
        (found,) = self.read(written.text, **parameters, **written.parameters)
        if not written.judging:
            return list(found["rows"])
        covers = scope.right.covers
        return [row for row, judged in zip(found["rows"], found["judged"], strict=True) if covers(judged)]

    def read_judged(self, scope: AccessScope, statement: UnjudgedStatement) -> list[list[Any] | None]:
        """Run a compiled statement in READ mode and judge its rows; None for one that is not the caller's.

        Of the others what `UnjudgedStatement` says, without what was judged.
        """
        covers = scope.right.covers
        ((rows,),) = (row.values() for row in self.read(statement.text, **statement.parameters))
        return [[serial, sort, *rest] if covers(judged) else None for serial, sort, judged, *rest in rows]

    def read_statement(self, statement: Statement) -> list[Row]:
        """Run a compiled statement in READ mode."""
        return self.read(statement.text, **statement.parameters)

    def recalled(
        self, scope: AccessScope, asked: Hashable, find: Callable[[], T], weigh: Callable[[T], int]
    ) -> T:
        """What `find` reads, or what it read for the same `asked` under the same rights since the last write.

        `asked` names the question whole. The answer is shared and must not be changed; `weigh` says about how
        many bytes it takes. Statements that ask for the time of day are not to be asked in this way.
        """
        if self._recollection is None:
            return find()
        return self._recollection.recall(scope, asked, find, weigh)

    def run(self, text: str, **parameters: Any) -> list[Row]:
        """Run one statement as a transaction of its own that may write; it is sent once.

        Raises `Unavailable` where it failed in passing, or where it may have happened and nobody said so.
        """
        with self._changing():
            return self._writing(
                lambda session: _rows(session.run(Query(text, timeout=WRITE_TIMEOUT), parameters))
            )

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one managed transaction; it may run more than once, and its last run counts."""
        with self._changing():
            return self.write_aside(work)

    def write_aside(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` as `write` does, for what no recalled answer shows: jobs, cursors, audit entries."""
        return self._writing(
            lambda session: _again_where_gone(
                lambda: session.execute_write(lambda transaction: work(_Managed(transaction)))
            )
        )

    def _writing(self, work: Callable[[Session], T]) -> T:
        try:
            with self._driver.session(
                database=self._database, default_access_mode=WRITE_ACCESS, fetch_size=-1
            ) as session:
                return work(session)
        except (Neo4jError, DriverError) as error:
            raise _unavailable(error) from error

    def _changing(self) -> AbstractContextManager[None]:
        return self._edition.changing() if self._edition else nullcontext()

    def run_schema(self, text: str, **parameters: Any) -> None:
        """Run one auto-commit statement that cannot share a transaction (indexes, migrations)."""
        with self._driver.session(database=self._database) as session:
            session.run(text, parameters).consume()

    def ping(self) -> None:
        """Return when the graph answers; raise `Unavailable` otherwise, without a retry."""
        try:
            self._read_once(Query("RETURN 1", timeout=2.0), {})
        except (Neo4jError, DriverError) as error:
            raise _unavailable(error) from error

    def close(self) -> None:
        """Close every connection."""
        self._watch.close()
        while self._resting:
            self._resting.pop().close()
        self._driver.close()
        if self._edition:
            self._edition.close()


def _rows(result: Result) -> list[Row]:
    """The rows as dictionaries; not by `Result.data`, which walks bytes byte by byte (20 times slower)."""
    keys = result.keys()
    return [dict(zip(keys, record, strict=True)) for record in result]


def _again_where_gone(work: Callable[[], T]) -> T:
    """Run a transaction again that found a node which another one deleted before it could lock it.

    The server calls that a mistake of the client, and the driver does not try it again.
    """
    for _ in range(_MOST_AGAIN):
        try:
            return work()
        except Neo4jError as error:
            if error.code != _GONE_MEANWHILE:
                raise
    return work()


def _with_retry(work: Callable[[], T]) -> T:
    deadline = time.monotonic() + RETRY_DEADLINE
    pause = 0.05
    while True:
        try:
            return work()
        except (Neo4jError, DriverError) as error:
            if not error.is_retryable() or time.monotonic() + pause > deadline:
                raise _unavailable(error) from error
        time.sleep(pause * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
        pause = min(pause * 2, 1.0)


def _unavailable(error: Exception) -> Exception:
    """A failure of the graph as a client may see it; a mistake in our own Cypher stays what it is."""
    if isinstance(error, Neo4jError) and not error.is_retryable() and _is_ours(error):
        return error
    return Unavailable("the record store does not answer now", retry_after=2)


def _is_ours(error: Neo4jError) -> bool:
    return bool(error.code and error.code.startswith("Neo.ClientError.Statement"))
