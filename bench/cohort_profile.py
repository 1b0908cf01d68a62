"""`python -m bench.cohort_profile HOME [TEXT]`: where the time of a cohort question goes, by statement.

The question is the first whose name has the text. Each statement is timed, then profiled by the graph
(`PROFILE`), which makes it slower: times are of the first run, hits of the store of the second. With
`--python` the profile of this process follows. Without a text each question has a line: its statements, the
values that come back, the hits of the store, which are the same on a busy machine.
"""

import argparse
import cProfile
import pstats
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.security.scopes import system_scope
from app.wiring import Wiring
from bench.cohort_growth import started
from bench.cohort_questions import Json, asked
from graph.clock import now
from graph.edition import Edition
from graph.errors import HilumError
from graph.local.folders import graph_folder

_LONGEST = 100  # characters of a text of parameters


@dataclass(frozen=True, slots=True)
class Ran:
    """One statement: its text, its parameters, its seconds, and how much came back."""

    text: str
    parameters: dict[str, Any]
    seconds: float
    size: int


def main() -> None:
    """Profile one question."""
    parser = argparse.ArgumentParser(prog="python -m bench.cohort_profile")
    parser.add_argument("home", type=Path)
    parser.add_argument("text", nargs="?", default="")
    parser.add_argument("--python", action="store_true")
    given = parser.parse_args()
    chosen = {name: each for name, each in asked().items() if given.text in name}
    with started(given.home) as services:
        if not given.text:
            _summarize(services, chosen)
            return
        name, question = next(iter(chosen.items()))
        _once(services, question)
        print(f"{name}: {_once(services, question):.3f} s, {_once(services, question):.3f} s\n")
        with _noted(services) as ran:
            whole = _once(services, question)
        print(f"{whole:.3f} s, in the graph {sum(each.seconds for each in ran):.3f} s, {len(ran)} statements")
        for each in ran:
            _show(services, each)
        if given.python:
            _show_python(services, question)


def _summarize(services: Wiring, questions: Mapping[str, Json]) -> None:
    """Print a line of a table for each question."""
    print("| question | seconds | in the graph | statements | values | hits | hits of the worst |")
    print("|---|---|---|---|---|---|---|")
    for name, question in questions.items():
        try:
            _once(services, question)
            with _noted(services) as ran:
                whole = _once(services, question)
        except HilumError as error:
            print(f"| {name} | {type(error).__name__}: {error} |")
            continue
        hits = [_hits(_profiled(services, each)) for each in ran]
        graph, values = sum(each.seconds for each in ran), sum(each.size for each in ran)
        cells = (f"{whole:.3f}", f"{graph:.3f}", len(ran), f"{values:,}", f"{sum(hits):,}", f"{max(hits):,}")
        print(f"| {name} | {' | '.join(map(str, cells))} |", flush=True)


def _once(services: Wiring, question: Json) -> float:
    """Ask with nothing remembered; the seconds that it took."""
    edition = Edition(graph_folder(services.config.home))
    edition.change()
    edition.close()
    began = time.perf_counter()
    services.cohorts.ask(system_scope(services.sites.own.tenant), question, now())
    return time.perf_counter() - began


@contextmanager
def _noted(services: Wiring) -> Iterator[list[Ran]]:
    """The statements that are read in the block."""
    graph, ran = services.graph, list[Ran]()
    read = graph.read

    def noting(text: str, **parameters: Any) -> list[dict[str, Any]]:
        began = time.perf_counter()
        rows = read(text, **parameters)
        ran.append(Ran(text, parameters, time.perf_counter() - began, _size(rows)))
        return rows

    graph.read = noting  # type: ignore[method-assign]
    try:
        yield ran
    finally:
        graph.read = read  # type: ignore[method-assign]


def _size(rows: list[dict[str, Any]]) -> int:
    """How many values came back, those in lists one by one."""
    cells = (value for row in rows for value in row.values())
    return sum(len(value) if isinstance(value, list) else 1 for value in cells)


def _show(services: Wiring, ran: Ran) -> None:
    """Print a statement with its time, and the operators that the graph ran for it."""
    print(f"\n--- {ran.seconds * 1000:,.1f} ms, {ran.size:,} values\n{ran.text}")
    for name, value in ran.parameters.items():
        listed = isinstance(value, list) and len(value) > 3
        print(f"  ${name} = {f'{len(value):,} of {value[:3]}…' if listed else value!r}"[:_LONGEST])
    _show_operators(_profiled(services, ran), 0)


def _profiled(services: Wiring, ran: Ran) -> Any:
    """The plan of a statement with what each operator did."""
    with services.graph._driver.session(database="neo4j") as session:
        return session.run(f"PROFILE {ran.text}", ran.parameters).consume().profile  # type: ignore[arg-type]


def _hits(plan: Any) -> int:
    return int(plan["dbHits"]) + sum(map(_hits, plan.get("children", ())))


def _show_operators(plan: Any, depth: int) -> None:
    if plan is None:
        return
    details = str(plan["args"].get("Details", ""))[:_LONGEST]
    operator = plan["operatorType"].partition("@")[0]
    print(f"  {'  ' * depth}{operator} rows {plan['rows']:,} hits {plan['dbHits']:,} {details}")
    for child in plan.get("children", ()):
        _show_operators(child, depth + 1)


def _show_python(services: Wiring, question: Json) -> None:
    profile = cProfile.Profile()
    profile.runcall(_once, services, question)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
