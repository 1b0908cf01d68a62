"""Reads share sessions that rest between them; a session that failed is not used again."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from neo4j.exceptions import CypherSyntaxError

from graph.session import Graph, Transaction


def test_a_read_sees_what_was_written_since_the_last_one(graph: Graph, tenant: str) -> None:
    count = "MATCH (n:Probe {tenant: $tenant}) RETURN count(n) AS found"
    assert graph.read(count, tenant=tenant) == [{"found": 0}]
    for number in range(1, 6):
        graph.write(lambda tx: tx.run("CREATE (:Probe {tenant: $tenant})", tenant=tenant))
        assert graph.read(count, tenant=tenant) == [{"found": number}]


def test_a_read_that_fails_does_not_spoil_the_next(graph: Graph) -> None:
    for _ in range(5):
        with pytest.raises(CypherSyntaxError):
            graph.read("RETURN nothing at all")
        assert graph.read("RETURN $x AS x", x="fine") == [{"x": "fine"}]


def test_many_threads_read_at_once_and_each_gets_its_own_rows(graph: Graph) -> None:
    text = "UNWIND range(1, $n) AS number RETURN number, $n AS n"

    def read(size: int) -> bool:
        rows = graph.read(text, n=size)
        return [row["number"] for row in rows] == list(range(1, size + 1)) and {row["n"] for row in rows} == {
            size
        }

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(1, 200)))


def test_a_write_that_waited_for_a_node_which_is_deleted_meanwhile_runs_again(
    graph: Graph, tenant: str
) -> None:
    graph.write(lambda tx: tx.run("CREATE (:Probe {tenant: $tenant})", tenant=tenant))
    deleted, runs = Event(), []

    def delete(tx: Transaction) -> None:
        tx.run("MATCH (n:Probe {tenant: $tenant}) DELETE n", tenant=tenant)
        deleted.set()
        time.sleep(1.0)  # until the other waits for the lock

    def change(tx: Transaction) -> int:
        runs.append(1)
        text = "MATCH (n:Probe {tenant: $tenant}) SET n:Probed REMOVE n:Probe RETURN count(n) AS count"
        return int(tx.run(text, tenant=tenant)[0]["count"])

    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(graph.write, delete)
        assert deleted.wait(10)
        assert graph.write_aside(change) == 0
        deleting.result()
    assert len(runs) > 1
