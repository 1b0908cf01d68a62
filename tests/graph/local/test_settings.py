"""The Neo4j of this machine is for this machine alone, and runs nothing that was added to it."""

from pathlib import Path

import pytest

from graph.local.settings import GraphMemory, collector, configuration


def settings() -> dict[str, str]:
    lines = configuration(Path("/somewhere"), 20_000, GraphMemory()).splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_it_listens_to_this_machine_and_over_bolt_only() -> None:
    told = settings()

    assert told["server.default_listen_address"] == "127.0.0.1"
    assert told["server.bolt.listen_address"] == "127.0.0.1:20000"
    assert (told["server.http.enabled"], told["server.https.enabled"]) == ("false", "false")


def test_it_tells_nobody_of_its_use_and_lets_no_procedure_out_of_its_bounds() -> None:
    told = settings()

    assert (told["dbms.usage_report.enabled"], told["client.allow_telemetry"]) == ("false", "false")
    assert not [name for name in told if "procedures" in name or "auth_enabled" in name]


@pytest.mark.parametrize(("heap", "told"), [("768m", True), ("4g", True), ("4097m", False), ("64g", False)])
def test_a_small_heap_is_collected_in_parallel_and_a_large_one_beside_the_work(heap: str, told: bool) -> None:
    assert ("-XX:+UseParallelGC" in collector(heap)) is told
