"""What one request may ask of the graph: a stock of cost, of the graph's time, and a client that waits.

A question is priced before it runs (`graph/query/prices.py`), and every read of a request draws on one stock
of time, so a batch of questions gets no more than one question does. What a request does without the graph,
as receiving a body, costs nothing here.
"""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from graph.errors import OverTime, TimedOut, TooLarge
from graph.wording import marked

SECONDS = 10.0
MOST_PRICE = 160  # of one question
MOST_OF_A_COHORT = 1_600  # of one, which is asked piece by piece (some thirty conditions in a period)
MOST_TO_DECIDE = 100  # of one that decides a write: the commits of everybody wait for its answer
MOST_PLANNED = 20  # subqueries of one statement, each some 25 ms that nothing ends; more are asked in pieces
MOST_PLANS = 30  # of all statements of one request; a text that comes again is planned already
SIFTED = 1_000  # what a search costs that is asked in pieces, as it finds all rows before it shows a page
CREDIT = 2_000  # what the questions of one request may cost together
ROOM = 32 << 20  # bytes of answers that one answer is put together from
_SUBQUERY = "EXISTS {"
_LEAST = 0.001  # seconds; no server takes a limit of none
_PRICE = marked(
    "the question costs %(price)s, at most %(most)s: "
    "ask for fewer conditions, chains, negations, includes or entries"
)
_TOGETHER = marked(
    "the questions of one request cost at most %(most)s together: "
    "ask for fewer conditions, chains, negations, includes or entries"
)
_ROOM = marked(
    "the answers of one request have at most %(most)s bytes together: "
    "ask for fewer conditions, chains, negations, includes or entries"
)
_SUBQUERIES = marked(
    "the conditions of writes become at most %(most)s subqueries each: "
    "ask for fewer conditions, chains, negations, includes or entries"
)


class RequestBudget:
    """The stock of one request; used by the one thread that serves it, and watched by another.

    `seconds` is the graph's time; `departed` tells whether whoever asked has gone.
    """

    def __init__(self, seconds: float = SECONDS, departed: Callable[[], bool] | None = None) -> None:
        self.name = uuid4().hex  # by which the graph's transactions of this request are found
        self.departed = departed
        self._seconds = seconds
        self._left = seconds
        self._since: float | None = None  # when the graph began what it works on now
        self._credit = CREDIT
        self._room = ROOM
        self._gone = False
        self._plans = MOST_PLANS
        self._planned: set[Hashable] = set()

    def times(self, many: int) -> "RequestBudget":
        """A new stock for the same client that has so many times the graph's time."""
        return RequestBudget(self._seconds * many, self.departed)

    @contextmanager
    def given_back(self) -> Iterator[None]:
        """Give the room back at the end of the block that it takes."""
        before = self._room
        try:
            yield
        finally:
            self._room = before

    def plans(self, form: Hashable, subqueries: int) -> bool:
        """Whether the graph may plan a statement for this request; a form that it planned may come again."""
        if form in self._planned:
            return True
        if subqueries > min(MOST_PLANNED, self._plans):
            return False
        self._plans -= subqueries
        self._planned.add(form)
        return True

    def spend(self, price: int, most: int = MOST_PRICE) -> None:
        """Pay for a question before it runs.

        Raises `TooLarge` where it costs more than `most`, or than is left.
        """
        self._credit -= price
        if price > most:
            raise _too_costly(_PRICE, price=price, most=most)
        if self._credit < 0:
            raise _too_costly(_TOGETHER, most=CREDIT)

    def hold(self, size: int) -> None:
        """Take room for a part of the answer, in bytes.

        Raises `TooLarge` where there is not so much left.
        """
        if size > self._room:
            raise _too_costly(_ROOM, most=ROOM)
        self._room -= size

    @contextmanager
    def working(self) -> Iterator[None]:
        """Take the time that the block takes off the stock."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._left = self._rest
            self._since = None

    def left(self) -> float:
        """Return how many seconds the graph may still work, more than none.

        Raises `OverTime` where there are none, `TimedOut` where nobody waits for the answer.
        """
        if self._gone:
            raise TimedOut("the client left before its answer was found")
        if (rest := self._rest) < _LEAST:
            raise self.over()
        return rest

    @property
    def _rest(self) -> float:
        return self._left if self._since is None else self._left - (time.monotonic() - self._since)

    def over(self) -> OverTime:
        """What a question that took too long ends with."""
        return OverTime(
            "the graph worked on this for %(seconds)g seconds (HILUM_QUESTION_SECONDS): ask for less",
            code="too-costly",
            seconds=self._seconds,
        )

    def leave(self) -> None:
        """Note that nobody waits any more: what reads next is refused."""
        self._gone = True


_CURRENT: ContextVar[RequestBudget | None] = ContextVar("budget", default=None)


def current_budget() -> RequestBudget | None:
    """The budget of the request that this thread serves; None for the gateway's own work."""
    return _CURRENT.get()


def begin_budget(budget: RequestBudget | None) -> None:
    """Let this thread draw on a budget from here on, or on none."""
    _CURRENT.set(budget)


@contextmanager
def whole_answer(many: int) -> Iterator[None]:
    """Let the block draw on a stock of its own, since it answers what takes many questions.

    It has so many times the graph's time; the gateway's own work has no stock there either.
    """
    before = _CURRENT.get()
    begin_budget(before.times(many) if before else None)
    try:
        yield
    finally:
        begin_budget(before)


@contextmanager
def room_for_a_part() -> Iterator[None]:
    """Let the block put a part of an answer together, and give its room back afterwards."""
    budget = _CURRENT.get()
    with budget.given_back() if budget else nullcontext():
        yield


def spend(price: int, most: int = MOST_PRICE) -> None:
    """Pay for a question out of the budget of this thread's request.

    Raises `TooLarge` where it costs more than `most`, or than is left.
    """
    if budget := _CURRENT.get():
        budget.spend(price, most)


def plans(text: str) -> bool:
    """Whether the graph may plan a statement for this thread's request; else it is to be asked in pieces.

    Raises `TooLarge` where that costs more than is left.
    """
    budget = _CURRENT.get()
    if budget is None or budget.plans(text, text.count(_SUBQUERY)):
        return True
    budget.spend(SIFTED, CREDIT)
    return False


def plan(form: Hashable, subqueries: int) -> None:
    """Have a statement of a form planned that cannot be asked in pieces.

    Raises `TooLarge` where it has too many subqueries, or more than are left to this thread's request.
    """
    budget = _CURRENT.get()
    if budget and not budget.plans(form, subqueries):
        raise _too_costly(_SUBQUERIES, most=MOST_PLANNED)


def hold(size: int) -> None:
    """Take room for a part of the answer to this thread's request, in bytes.

    Raises `TooLarge` where there is not so much left.
    """
    if budget := _CURRENT.get():
        budget.hold(size)


def _too_costly(limit: str, **values: Any) -> TooLarge:
    return TooLarge(limit, code="too-costly", **values)
