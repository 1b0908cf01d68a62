"""A process makes the parts that it needs, each once, and closes what it made."""

from pathlib import Path

import pytest

from app.cohorts.plain_words.proposing.service import OutsideWords
from app.config import Config
from app.security.keys import ID_TOKEN_FILE
from app.wiring import Wiring, graph_address
from app.wiring.cohorts import outside_words
from app.wiring.web import WINDOWS, web_app
from app.wiring.working import worker
from graph.errors import Unavailable
from graph.session import Graph


def made(wiring: Wiring) -> set[str]:
    """The names of the parts that were made."""
    return set(vars(wiring)) - {"config", "graph", "sites"}


def test_a_worker_makes_what_its_jobs_call_and_no_window(config: Config, graph: Graph) -> None:
    wiring = Wiring(config, graph)

    worker(wiring)

    assert {"blobs", "derived", "removals", "jobs", "job_queue", "waker", "audit_mover"} <= made(wiring)
    assert "ingest" in made(wiring)  # it stores the objects of signed reports
    assert "cohorts" in made(wiring)  # it hands them over
    assert not made(wiring) & {"saved_cohorts", "rendering", "glances", "feed", "checks"}
    wiring.close()


def test_the_password_of_the_graph_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    named = {"NEO4J_URI": "bolt://graph:7687", "NEO4J_PASSWORD_FILE": str(secret)}

    assert graph_address(Config.from_env(named)).password == "hunter2"
    secret.unlink()
    with pytest.raises(Unavailable):
        graph_address(Config.from_env(named))


def test_a_command_about_accounts_makes_the_accounts_only(config: Config, graph: Graph) -> None:
    wiring = Wiring(config, graph)

    assert wiring.accounts is wiring.accounts

    assert made(wiring) == {"accounts"}
    assert {each.name for each in (config.home / "keys").iterdir()} == {ID_TOKEN_FILE}, "as it was given"
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


def test_what_the_first_question_in_plain_words_waits_for_is_made_ready_ahead(
    config: Config, graph: Graph
) -> None:
    wiring = Wiring(config, graph)
    wiring.asking.make_ready()

    assert wiring.asking.words.of(config.tenant)
    wiring.close()


def test_a_service_outside_proposes_only_where_the_settings_name_one(config: Config) -> None:
    assert outside_words(config) is None

    named = Config.from_env({"HILUM_ASK_URL": "https://llm.example/v1", "HILUM_ASK_MODEL": "small"})

    assert outside_words(named) == OutsideWords("https://llm.example/v1", "small")
