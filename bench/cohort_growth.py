"""`python -m bench.cohort_growth HOME…`: cohorts over several populations, and how their times grow.

Each home is one of `bench.bulk`, the smallest first. Its graph is started, asked in this process (the use
case without HTTP), and stopped, so that no two share memory. Between two rounds a diagnosis and a result are
written, so nothing that was answered is remembered. `--only TEXT` asks what has that in its name.
"""

import argparse
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.cli.graph_access import local_server, provisioned
from app.cli.screen import Screen
from app.cohorts.answers.preparing import ask_until_settled
from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring, wired
from bench.cohort_questions import Json, asked
from bench.cohorts import Timed
from graph.clock import now
from graph.errors import HilumError
from graph.scope import AccessScope
from tests.factories.fhir import bundle, condition, encode, entry, observation, patient

ROUNDS, _FEWEST, _ENOUGH = 12, 3, 40.0  # of one question; seconds after which three rounds will do


def main() -> None:
    """Measure every home, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.cohort_growth")
    parser.add_argument("homes", type=Path, nargs="+")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    questions = {name: each for name, each in asked().items() if given.only in name}
    found = [measured(home, questions) for home in given.homes]
    for line in table(found):
        print(line)


def measured(home: Path, questions: Mapping[str, Json]) -> dict[str, Timed | str]:
    """What each question took over the population of a home; why, where it was refused."""
    with started(home) as services:
        return {name: _measured(services, name, each) for name, each in questions.items()}


@contextmanager
def started(home: Path) -> Iterator[Wiring]:
    """The parts of a process on the graph of a home, which runs as long as the block."""
    config = Config.from_env({**os.environ, "HILUM_HOME": str(home.absolute())})
    server = local_server(config, provisioned(config, Screen()))
    with server.locked():
        server.start()
        try:
            server.wait()
            with wired(config) as services:
                yield services
        finally:
            server.stop()


def _measured(services: Wiring, name: str, question: Json) -> Timed | str:
    """The first time, which plans statements and reads columns, then those after a write.

    Of a large tenant the first time ends when everything is there that was read behind the question.
    """
    scope = system_scope(services.sites.own.tenant)
    answer: Json = {}
    try:
        took = [_first(services, scope, question)]
        while len(took) < 1 + ROUNDS and (len(took) <= _FEWEST or sum(took[1:]) < _ENOUGH):
            began = time.perf_counter()
            answer = services.cohorts.ask(scope, question, now())
            took.append(time.perf_counter() - began)
            _write_something(services, scope)
    except HilumError as error:
        return f"{type(error).__name__}: {error}"
    return Timed(name, answer["counts"]["matched"] or 0, tuple(took[1:]), took[0])


def _first(services: Wiring, scope: AccessScope, question: Json) -> float:
    """Ask until nothing is read behind the question any more; the seconds that it took."""
    began, asking = time.perf_counter(), services.asking
    ask_until_settled(asking.cohorts, asking.columns, scope, dict(question), now())
    return time.perf_counter() - began


def _write_something(services: Wiring, scope: AccessScope) -> None:
    """Write a diagnosis and a result, of which nothing is asked."""
    somebody = patient("bench", id="bench-somebody", birthDate="2026-01-01", gender="other")
    of_somebody = (condition("Patient/bench-somebody", "000"), observation("Patient/bench-somebody", "000-0"))
    entries = [entry(somebody, "PUT", "Patient/bench-somebody")]
    entries += [entry(each, "POST", each["resourceType"]) for each in of_somebody]
    services.bundle_writer.transaction(scope, encode(bundle(*entries)))


def table(found: Sequence[Mapping[str, Timed | str]]) -> Iterator[str]:
    """The table in Markdown: times in milliseconds, and the ratio of each population to the one before."""
    columns = ["question"]
    for place in range(len(found)):
        columns += ["match", "first", "median", "p95", *(["ratio"] if place else [])]
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for name in found[0]:
        cells = [name]
        for place, each in enumerate(found):
            cells += _cells(each[name], found[place - 1][name] if place else None)
        yield f"| {' | '.join(cells)} |"


def _cells(timed: Timed | str, before: Timed | str | None) -> list[str]:
    if isinstance(timed, str):
        return [timed, "", "", "", *([""] if before is not None else [])]
    times = (timed.first, timed.median, timed.slow)
    cells = [f"{timed.matched:,}", *(f"{each * 1000:,.0f}" for each in times)]
    if isinstance(before, Timed):
        cells.append(f"{timed.median / before.median:,.1f}")
    return [*cells, *([""] if isinstance(before, str) else [])]


if __name__ == "__main__":
    main()
