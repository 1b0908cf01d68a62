"""Spike (h): a commit as one statement that looks whether nobody came between, against one under the lock.

    python -m bench.spikes.optimistic_commit [--stores 250]

Needs a Neo4j: SPIKE_BOLT and SPIKE_PASSWORD. Stores single instances, without files, by one committer, in a
tenant of its own. Prints one Markdown row a way of committing: milliseconds until the answer, and how long
the first store took, while the graph had no plan.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from uuid import uuid4

from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import Committing, group
from graph.schema.migrate import migrate
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.storing import StoreInstances
from tests.factories.rows import instance_row, uid

WARM_UP = 100
WAYS = {"under the lock": 0, "optimistic": group.TRIES}


def stores(committing: Committing) -> dict[str, Callable[[], None]]:
    """What is stored: into one study that is known, and into a new one each time."""
    scope = AccessScope(f"s{uuid4().hex[:8]}", "spike", "service", "test", frozenset({"imaging.store"}))
    site, known, series = Site("http://localhost"), uid(), uid()

    def store(study: str, series: str) -> None:
        row = instance_row(study_uid=study, series_uid=series)
        (outcome,) = committing.first([StoreInstances(scope, (row,), site)])
        if outcome.error:
            raise outcome.error

    return {
        "a known study": lambda: store(known, series),
        "a new study": lambda: store(uid(), uid()),
    }


def timed(work: Callable[[], None], times: int) -> list[float]:
    """Milliseconds of each of so many calls."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=int, default=250)
    asked = parser.parse_args()
    address = os.environ.get("SPIKE_BOLT", "bolt://127.0.0.1:17801")
    graph = Graph.connect(address, "neo4j", os.environ["SPIKE_PASSWORD"])
    migrate(graph)
    print("| way | into | first store | median | slowest tenth |\n|---|---|---|---|---|")
    for way, tries in WAYS.items():
        group.TRIES = tries
        graph.run_schema("CALL db.clearQueryCaches()")
        for into, store in stores(Committing(graph, AGGREGATES, now)).items():
            (first,) = timed(store, 1)
            timed(store, WARM_UP)
            taken = sorted(timed(store, asked.stores))
            tenth = taken[len(taken) * 9 // 10]
            print(f"| {way} | {into} | {first:.0f} | {statistics.median(taken):.2f} | {tenth:.2f} |")
    graph.close()


if __name__ == "__main__":
    main()
