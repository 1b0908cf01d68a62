"""Clients that cost little: one process each, one kept-alive connection, plain `http.client`.

Processes and not threads, so that the clients' interpreter does not become the bound of what is measured.
"""

import http.client
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.config import Config
from app.wiring import wired
from bench.rows import Row
from graph.clock import now

ROUNDS = 3
Request = tuple[str, str, bytes | None, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the gateway is, and a token for each role."""

    host: str
    port: int
    tokens: dict[str, str]

    @classmethod
    def running(cls) -> "Gateway":
        """The gateway of this environment."""
        config = Config.from_env(os.environ)
        with wired(config) as wiring:
            tokens = dict(wiring.demo.tokens(now()))
        return cls(config.host, config.port, tokens)

    def headers(self, role: str, **more: str) -> dict[str, str]:
        """Headers of a request by a role; names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.tokens[role]}", **named}

    def ask(self, request: Request) -> bytes:
        """One request, for preparing and looking up; raises unless it is answered with success."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        try:
            return answered(connection, request)
        finally:
            connection.close()


def answered(connection: http.client.HTTPConnection, request: Request) -> bytes:
    """The body of the answer to a request; raises unless it is answered with success."""
    method, path, body, headers = request
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    read = answer.read()
    if answer.status >= http.HTTPStatus.BAD_REQUEST:
        raise RuntimeError(f"{method} {path.partition('?')[0]}: {answer.status} {read[:200]!r}")
    return read


@dataclass(frozen=True, slots=True)
class Task:
    """What is measured: `total` requests a round, made by `plan(count)` for each client.

    A request is worth `each` units.
    """

    what: str
    total: int
    plan: Callable[[int], Sequence[Request]]
    unit: str = "requests"
    each: float = 1.0


def measure(gateway: Gateway, task: Task, *clients: int) -> Iterator[Row]:
    """Rows of a task, for each number of clients."""
    for count in clients:
        rounds = [_round(gateway, task, count) for _ in range(ROUNDS)]
        rate = statistics.median(rate for rate, _ in rounds) * task.each
        times = [each for _, taken in rounds for each in taken]
        yield Row(task.what, count, rate, task.unit, statistics.quantiles(times, n=10)[-1] * 1000)


def _round(gateway: Gateway, task: Task, clients: int) -> tuple[float, list[float]]:
    """Requests a second of one round, and how long each took in seconds."""
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(clients + 1), context.Queue()
    plans = [task.plan(task.total // clients) for _ in range(clients)]
    workers = [context.Process(target=_work, args=(gateway, plan, start, answers)) for plan in plans]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    found = [answers.get() for _ in workers]
    took = time.perf_counter() - began
    for worker in workers:
        worker.join()
    times = [each for taken in found for each in taken]
    return len(times) / took, times


def _work(gateway: Gateway, requests: Sequence[Request], start: Any, answers: Any) -> None:
    connection = http.client.HTTPConnection(gateway.host, gateway.port, timeout=120)
    connection.connect()
    taken = []
    start.wait()
    for request in requests:
        began = time.perf_counter()
        answered(connection, request)
        taken.append(time.perf_counter() - began)
    answers.put(taken)
