"""A process makes the parts that it needs, each once, and closes what it made."""

from app.config import Config
from app.wiring import Wiring
from app.wiring.web import WINDOWS, web_app
from app.wiring.working import worker
from graph.session import Graph


def made(wiring: Wiring) -> set[str]:
    """The names of the parts that were made."""
    return set(vars(wiring)) - {"config", "graph", "sites"}


def test_a_worker_makes_no_commits_and_records_no_accesses(config: Config, graph: Graph) -> None:
    wiring = Wiring(config, graph)

    worker(wiring)

    assert made(wiring) == {"blobs", "removals", "jobs", "job_queue", "waker", "audit"}
    wiring.close()


def test_a_command_about_accounts_makes_the_accounts_only(config: Config, graph: Graph) -> None:
    wiring = Wiring(config, graph)

    assert wiring.accounts is wiring.accounts

    assert made(wiring) == {"accounts"}
    assert not (config.home / "keys").exists()
    wiring.close()


def test_a_window_makes_what_it_calls(config: Config, graph: Graph) -> None:
    wiring = Wiring(config, graph)

    web_app(wiring, ["cohorts"])

    assert "cohorts" in made(wiring)
    assert not made(wiring) & {"ingest", "records", "reader", "retrieval", "checks"}
    wiring.close()


def test_the_web_has_every_window(config: Config, graph: Graph) -> None:
    wiring = Wiring(config, graph)

    assert set(web_app(wiring).blueprints) >= set(WINDOWS)
    wiring.close()


def test_the_graph_was_brought_and_stays_open(config: Config, graph: Graph) -> None:
    wiring = Wiring(config, graph)
    wiring.committer  # noqa: B018 - makes it
    wiring.close()

    graph.ping()
