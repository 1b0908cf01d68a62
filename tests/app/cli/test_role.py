"""`hilum role` on a real graph: what it sets counts, and each command leaves an entry."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.security.roles import SHIPPED
from app.security.scopes import system_scope
from graph.accounts.role_store import RoleStore
from graph.session import Graph
from tests.app.cli.test_user import noted

Hilum = Callable[..., Result]


@pytest.fixture
def hilum(settings: dict[str, str]) -> Hilum:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env=settings)

    return run


def test_a_role_is_set_from_what_another_shows_listed_and_removed(hilum: Hilum, tmp_path: Path) -> None:
    form = tmp_path / "role.json"
    form.write_text(hilum("role", "show", "fhir-reader").output, encoding="utf-8")

    assert hilum("role", "set", "reader", "--file", str(form)).exit_code == 0

    shown = json.loads(hilum("role", "show", "reader").output)
    assert shown == json.loads(form.read_text(encoding="utf-8"))
    shown_lines = hilum("role", "list").output.splitlines()
    lines = [line.split() for line in shown_lines if line[:2].strip()]
    assert {line[0] for line in lines[1:]} == {*SHIPPED, "reader"}
    assert next(line for line in lines if line[0] == "reader")[1:] == [
        "here",
        "all",
        "identified",
        "fhir.read",
    ]
    assert hilum("role", "remove", "reader").exit_code == 0
    assert hilum("role", "show", "reader").exit_code == 1


def test_a_role_is_set_by_options(hilum: Hilum, graph: Graph, tenant: str) -> None:
    options = (
        "--action",
        "imaging.*",
        "--not-action",
        "imaging.delete",
        "--rows",
        "granted",
        "--rows",
        "own",
    )
    assert hilum("role", "set", "viewer", *options).exit_code == 0

    (role,) = RoleStore(graph).listed(system_scope(tenant))
    assert (role.actions, role.not_actions, set(role.rows)) == (
        {"imaging.*"},
        {"imaging.delete"},
        {"granted", "own"},
    )


@pytest.mark.parametrize(
    "options", [[], ["--action", "everything"], ["--action", "fhir.read", "--purpose", "BECAUSE"]]
)
def test_what_is_no_role_is_refused(hilum: Hilum, options: list[str]) -> None:
    result = hilum("role", "set", "reader", *options)

    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_an_account_is_added_in_such_a_role_and_in_none_other(hilum: Hilum) -> None:
    assert hilum("user", "add", "kim", "--role", "reader").exit_code == 1
    hilum("role", "set", "reader", "--action", "fhir.read")
    assert hilum("user", "add", "kim", "--role", "reader").exit_code == 0
    assert hilum("role", "remove", "reader").exit_code == 1


def test_the_last_who_manages_stays(hilum: Hilum) -> None:
    hilum("user", "add", "kim", "--role", "administrator")
    assert "nobody would be left" in hilum("user", "disable", "kim").output
    assert "nobody would be left" in hilum("user", "change", "kim", "--role", "clinician").output
    hilum("user", "add", "lee", "--role", "administrator")
    assert hilum("user", "disable", "kim").exit_code == 0


def test_every_command_leaves_an_entry(hilum: Hilum, tmp_path: Path) -> None:
    for arguments in (
        ("list",),
        ("show", "auditor"),
        ("set", "reader", "--action", "fhir.read"),
        ("remove", "reader"),
    ):
        hilum("role", *arguments)
    hilum("role", "remove", "reader")

    assert [(name, status) for name, _, status in noted(hilum, tmp_path)] == [
        ("role list", 200),
        ("role show", 200),
        ("role set", 200),
        ("role remove", 200),
        ("role remove", 404),
    ]
