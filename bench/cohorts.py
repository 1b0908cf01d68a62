"""Cohorts over the population that `bench.bulk` brought in: each question anew, and asked again.

Anew is with another edition before each, so that nothing remembered answers it; the statements are planned.
"""

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection

import orjson

from app.config import Config
from bench.clients import Gateway, Request, answered
from bench.cohort_questions import Json, asked
from graph.edition import Edition
from graph.local.folders import graph_folder

ROUNDS = 20
_ENOUGH = 60.0  # seconds for one row; no fewer than three rounds
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Timed:
    """What a question took, in seconds, time after time, and how many patients it matched.

    `first` is what it took the first time, where that was measured.
    """

    what: str
    matched: int
    took: tuple[float, ...]
    first: float = 0.0

    @property
    def median(self) -> float:
        """Seconds that half of the times took at most."""
        return statistics.median(self.took)

    @property
    def slow(self) -> float:
        """Seconds that nineteen in twenty took at most."""
        return statistics.quantiles(self.took, n=20, method="inclusive")[-1]

    def line(self) -> str:
        """The row in Markdown: where other suites say the rate, the median and the slowest twentieth."""
        times = f"{self.median * 1000:,.0f} ms | p95 {self.slow * 1000:,.0f} ms"
        return f"| {self.what} ({self.matched:,} match) | 1 | {times} |"


def rows(gateway: Gateway) -> Iterator[Timed]:
    """Every row of the suite."""
    edition = Edition(graph_folder(Config.from_env(os.environ).home))
    connection = HTTPConnection(gateway.host, gateway.port, timeout=120)
    headers = gateway.headers("superuser", Content_Type="application/json")
    for name, question in asked().items():
        request: Request = ("POST", "/cohorts/query", orjson.dumps(question), headers)
        answered(connection, request)  # plans its statements
        for how, anew in (("anew", True), ("again", False)):
            yield _timed(f"{name}, {how}", connection, request, edition if anew else None)


def _timed(what: str, connection: HTTPConnection, request: Request, edition: Edition | None) -> Timed:
    took: list[float] = []
    answer: Json = {}
    while len(took) < ROUNDS and (len(took) < _FEWEST or sum(took) < _ENOUGH):
        if edition is not None:
            edition.change()
        began = time.perf_counter()
        body = answered(connection, request)
        took.append(time.perf_counter() - began)
        answer = orjson.loads(body)
    return Timed(what, answer["counts"]["matched"] or 0, tuple(took))
