"""Spike (b): group commit under a change counter against an outbox with a leased sequencer.

    python -m bench.spikes.commit [--seconds 3] [--shared]

Gateway processes each have one committer thread; client threads hand it their rows and wait for the commit.
`--shared`: all clients store into the same two studies (locks meet) instead of each into its own.
Needs a Neo4j: SPIKE_BOLT and SPIKE_PASSWORD. Prints one Markdown row a mode and number of processes.
"""

import argparse
import contextlib
import multiprocessing
import os
import statistics
import threading
import time
import uuid
from concurrent.futures import Future
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier, Event
from queue import Empty, SimpleQueue
from typing import Any

from neo4j import Driver, GraphDatabase

from bench.spikes.commit_statements import LABELS, MODES, UNIQUE, Instance, parameters, sequence

PROCESSES = (1, 2, 4)
LOADS = ((1, 1), (8, 1), (16, 1), (8, 50))  # (clients, instances a request)
LARGEST_COMMIT = 256
STUDY_SIZE = 50
_Queue = Any  # multiprocessing.Queue is generic only in stubs


def _driver() -> Driver:
    auth = ("neo4j", os.environ["SPIKE_PASSWORD"])
    return GraphDatabase.driver(os.environ.get("SPIKE_BOLT", "bolt://127.0.0.1:17801"), auth=auth)


class Committer:
    """One thread that commits all that waits in one transaction; `grouped=False` takes one request each."""

    def __init__(self, driver: Driver, mode: str, *, grouped: bool) -> None:
        self._driver, self._write, self._grouped = driver, MODES[mode], grouped
        self._waiting: SimpleQueue[tuple[list[Instance], Future[None]]] = SimpleQueue()
        self.attempts = self.commits = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def commit(self, rows: list[Instance]) -> None:
        """Wait until the rows are committed."""
        future: Future[None] = Future()
        self._waiting.put((rows, future))
        future.result(timeout=60)

    def _serve(self) -> None:
        with self._driver.session(database="neo4j") as session:
            while True:
                requests = self._take()
                values = parameters([row for rows, _ in requests for row in rows], uuid.uuid4().hex)
                session.execute_write(self._attempt, values)
                self.commits += 1
                for _, future in requests:
                    future.set_result(None)

    def _attempt(self, transaction: Any, values: dict[str, Any]) -> None:
        self.attempts += 1
        self._write(transaction, values)

    def _take(self) -> list[tuple[list[Instance], Future[None]]]:
        requests = [self._waiting.get()]
        while self._grouped and sum(len(rows) for rows, _ in requests) < LARGEST_COMMIT:
            try:
                requests.append(self._waiting.get_nowait())
            except Empty:
                break
        return requests


@dataclass(frozen=True, slots=True)
class Setting:
    """One cell of the comparison."""

    mode: str
    processes: int
    clients: int
    batch: int
    seconds: float
    shared: bool
    grouped: bool = True


def _client(setting: Setting, committer: Committer, counts: list[int], index: int, end: float) -> None:
    number, me = 0, uuid.uuid4().hex
    while time.monotonic() < end:
        study = f"shared{number // STUDY_SIZE % 2}" if setting.shared else f"{me}{number // STUDY_SIZE}"
        rows = [
            Instance(study, f"{study}|{n % 2}", f"{study}|{n % 2}|{me}{number + n}")
            for n in range(setting.batch)
        ]
        committer.commit(rows)
        number += setting.batch
        counts[index] = number


def _gateway(setting: Setting, clients: int, ready: Barrier, results: _Queue) -> None:
    with _driver() as driver:
        committer = Committer(driver, setting.mode, grouped=setting.grouped)
        driver.verify_connectivity()
        counts = [0] * clients
        ready.wait()
        end = time.monotonic() + setting.seconds
        threads = [
            threading.Thread(target=_client, args=(setting, committer, counts, index, end))
            for index in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        results.put((sum(counts), committer.attempts - committer.commits, committer.commits))


def _sequencer(stop: Event, lags: _Queue) -> None:
    seen: list[float] = []
    with _driver() as driver, driver.session(database="neo4j") as session:
        while not stop.is_set():
            stamps = session.execute_write(sequence, "one")
            now = time.time_ns()
            seen += [(now - stamp) / 1e6 for stamp in stamps]
            if not stamps:
                time.sleep(0.005)
    lags.put(seen)


@contextlib.contextmanager
def _sequencing(mode: str, lags: _Queue) -> Any:
    stop = multiprocessing.Event()
    process = multiprocessing.Process(target=_sequencer, args=(stop, lags))
    if mode == "outbox":
        process.start()
    yield
    stop.set()


def measure(setting: Setting) -> str:
    """One cell: instances a second, rows a commit, repeated attempts, median and 99 % lag of the feed."""
    ready = multiprocessing.Barrier(setting.processes)
    results: _Queue = multiprocessing.Queue()
    lags: _Queue = multiprocessing.Queue()
    share = max(1, setting.clients // setting.processes)
    with _sequencing(setting.mode, lags):
        gateways = [
            multiprocessing.Process(target=_gateway, args=(setting, share, ready, results))
            for _ in range(setting.processes)
        ]
        for gateway in gateways:
            gateway.start()
        outcomes = [results.get(timeout=120) for _ in gateways]
        for gateway in gateways:
            gateway.join()
    stored, repeats, commits = (sum(column) for column in zip(*outcomes, strict=True))
    text = f"{stored / setting.seconds:.0f} ({stored / commits:.0f} a commit"
    text += f", {repeats} repeats)" if repeats else ")"
    return text + (_lag(lags.get(timeout=60)) if setting.mode == "outbox" else "")


def _lag(seen: list[float]) -> str:
    if len(seen) < 2:
        return ", no lag seen"
    return f", lag {statistics.median(seen):.0f}/{statistics.quantiles(seen, n=100)[98]:.0f} ms"


def _clean(driver: Driver) -> None:
    for label in LABELS:
        driver.session().run(
            f"MATCH (n:{label}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS"
        ).consume()
    for label in UNIQUE:
        driver.execute_query(f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE n.key IS UNIQUE")
    for label, name in (
        ("SpikeTerm", "key, n.system, n.serial"),
        ("SpikeOutbox", "stamp"),
        ("SpikeChange", "sequence"),
    ):
        driver.execute_query(f"CREATE INDEX IF NOT EXISTS FOR (n:{label}) ON (n.{name})")
    driver.execute_query("CALL db.awaitIndexes(60)")
    driver.execute_query("CREATE (:SpikeCounter {key: 't', value: 0})")


def _row(title: str, base: Setting) -> None:
    cells = []
    for clients, batch in LOADS:
        setting = replace(base, clients=clients, batch=batch)
        cells.append("-" if setting.processes > clients else measure(setting))
    print(f"| {title} | {base.processes} |", " | ".join(cells), "|", flush=True)


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--mode", choices=list(MODES), action="append")
    arguments = parser.parse_args()
    multiprocessing.set_start_method("spawn")
    with _driver() as driver:
        _clean(driver)
    base = Setting("counter first", 1, 8, 1, arguments.seconds, arguments.shared)
    measure(base)  # warms the plans
    print("| mode | processes |", " | ".join(f"{c} clients x {b}" for c, b in LOADS), "|")
    for mode in arguments.mode or list(MODES):
        measure(replace(base, mode=mode))
        for processes in PROCESSES:
            _row(mode, replace(base, mode=mode, processes=processes))
    if not arguments.mode:
        _row("one request a transaction", replace(base, grouped=False, processes=4))


if __name__ == "__main__":
    main()
