"""`hilum user` and `hilum token` on a real graph: what they make is believed, and stops when undone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.audit.reading import read_spool
from app.cli import main
from app.cli.user import user
from app.security.authenticator import Authenticator
from app.security.client_secrets import is_secret_of
from app.security.keys import audit_key, signing_key
from app.security.passwords import is_password_of
from app.security.scopes import system_scope
from app.security.tokens import InvalidToken, LocalVerifier
from graph.accounts.accounts import AccountStore
from graph.accounts.passwords import PersonStore
from graph.accounts.second_factors import SecondFactorStore
from graph.session import Graph
from tests.graph.accounts.test_accounts import STUDY, place_patient, place_study

Hilum = Callable[..., Result]
BASE = "http://127.0.0.1:8042"


@pytest.fixture
def hilum(settings: dict[str, str]) -> Hilum:
    def run(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env=settings | more)

    return run


@pytest.fixture
def authenticator(hilum: Hilum, graph: Graph, tenant: str, tmp_path: Path) -> Authenticator:
    verifier = LocalVerifier(signing_key(tmp_path / "keys"), BASE)
    return Authenticator([verifier], AccountStore(graph), tenant)


def test_an_account_is_added_listed_and_not_added_twice(hilum: Hilum) -> None:
    assert hilum("user", "add", "kim", "--role", "clinician").exit_code == 0
    assert hilum("user", "add", "kim", "--role", "clinician").exit_code == 1
    (line,) = (each for each in hilum("user", "list").output.splitlines() if "kim" in each)
    assert line.split() == ["kim", "clinician", "enabled"]


def test_a_secret_is_shown_once_and_kept_as_a_hash(hilum: Hilum, graph: Graph, tenant: str) -> None:
    shown = hilum("user", "add", "archive", "--role", "service", "--secret").output
    secret = shown.strip().rpartition(" ")[2]
    account = AccountStore(graph).find(system_scope(tenant), "archive")
    assert account is not None
    assert is_secret_of(account.secret_hash, secret)
    assert secret not in hilum("user", "list").output


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "-x", "né"])
def test_a_name_that_nobody_could_type_is_refused(hilum: Hilum, name: str) -> None:
    assert hilum("user", "add", "--role", "clinician", "--", name).exit_code == 1


def test_grants_reach_the_scope_and_leave_it(
    hilum: Hilum, authenticator: Authenticator, graph: Graph, tenant: str
) -> None:
    patient, study = place_patient(graph, tenant, "p1"), place_study(graph, tenant, "s1")
    hilum("user", "add", "kim", "--role", "teleradiologist")
    assert hilum("user", "grant", "kim", "--patient", "p1").exit_code == 0
    assert hilum("user", "grant", "kim", "--study", STUDY).exit_code == 0
    scope = authenticator(f"Bearer {hilum('token', 'kim').output.strip()}")
    assert (scope.patients, scope.studies) == ({patient}, {study})
    assert hilum("user", "revoke", "kim", "--patient", "p1").exit_code == 0
    assert patient not in hilum("user", "list").output


@pytest.mark.parametrize("options", [[], ["--study", "../etc"], ["--patient", "p1", "--research"]])
def test_a_grant_of_nothing_or_of_two_things_is_refused(hilum: Hilum, options: list[str]) -> None:
    hilum("user", "add", "kim", "--role", "teleradiologist")
    result = hilum("user", "grant", "kim", *options)
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_a_disabled_account_gets_no_token_and_its_old_one_is_not_believed(
    hilum: Hilum, authenticator: Authenticator
) -> None:
    hilum("user", "add", "kim", "--role", "clinician")
    old = hilum("token", "kim").output.strip()
    assert hilum("user", "disable", "kim").exit_code == 0
    assert hilum("token", "kim").exit_code == 1
    with pytest.raises(InvalidToken):
        authenticator(f"Bearer {old}")
    assert hilum("user", "enable", "kim").exit_code == 0
    assert hilum("token", "kim").exit_code == 0


def test_in_demo_mode_a_role_has_a_token(hilum: Hilum, authenticator: Authenticator) -> None:
    assert authenticator(f"Bearer {hilum('token', 'researcher').output.strip()}").role == "researcher"
    assert hilum("token", "researcher", HILUM_DEMO="no").exit_code == 1


def test_a_token_can_be_narrow(hilum: Hilum, authenticator: Authenticator) -> None:
    hilum("user", "add", "kim", "--role", "clinician")
    made = hilum("token", "kim", "--scope", "fhir.read", "--seconds", "60").output.strip()
    assert authenticator(f"Bearer {made}").permissions == {"fhir.read"}


def test_a_password_is_long_and_of_somebody(hilum: Hilum, graph: Graph, tenant: str) -> None:
    hilum("user", "add", "kim", "--role", "clinician")

    assert hilum("user", "password", "kim", "--password", "short").exit_code == 1
    assert hilum("user", "password", "lee", "--password", "a password of some length").exit_code == 1
    wrong = hilum(
        "user", "password", "kim", "--password", "a password of some length", "--fhir-user", "Device/1"
    )
    assert wrong.exit_code == 1
    assert hilum("user", "password", "kim", "--password", "a password of some length").exit_code == 0
    found = PersonStore(graph).find(system_scope(tenant), "kim")
    assert found is not None
    assert is_password_of(found.password_hash, "a password of some length")


def noted(hilum: Hilum, tmp_path: Path) -> list[tuple[str, str, int]]:
    """The command, the account that it names, and its outcome, of each entry."""
    lines = list(read_spool(tmp_path / "audit", audit_key(tmp_path / "keys")))
    status = {each["id"]: each["status"] for each in lines if each["kind"] == "outcome"}
    begun = [each for each in lines if each["kind"] == "access"]
    return [(each["interaction"], each["entities"].get("account", ""), status[each["id"]]) for each in begun]


def enrol(graph: Graph, tenant: str) -> None:
    """Give the account a second factor."""
    SecondFactorStore(graph).enrol(system_scope(tenant), "kim", "sealed", step=0, codes=[], now=1)


COMMANDS = {
    "add": ("kim", "--role", "teleradiologist"),
    "change": ("kim", "--role", "clinician"),
    "disable": ("kim",),
    "enable": ("kim",),
    "grant": ("kim", "--study", "1.2.3"),
    "revoke": ("kim", "--study", "1.2.3"),
    "password": ("kim", "--password", "a password of some length", "--fhir-user", "Practitioner/7"),
    "reset-second-factor": ("kim",),
    "sign-out": ("kim",),
    "list": (),
}


def test_every_command_of_users_is_tried_below() -> None:
    assert set(COMMANDS) == set(user.commands)


def test_every_command_of_users_grants_and_tokens_leaves_an_entry(
    hilum: Hilum, graph: Graph, tenant: str, tmp_path: Path
) -> None:
    for command, arguments in COMMANDS.items():
        if command == "reset-second-factor":
            enrol(graph, tenant)
        assert hilum("user", command, *arguments).exit_code == 0
    assert hilum("token", "kim").exit_code == 0

    expected = [
        (f"user {name}", arguments[0] if arguments else "", 200) for name, arguments in COMMANDS.items()
    ]
    assert noted(hilum, tmp_path) == [*expected, ("token", "kim", 200)]


def test_a_command_that_is_refused_leaves_one_too(hilum: Hilum, tmp_path: Path) -> None:
    hilum("user", "grant", "nobody", "--study", "1.2.3")
    hilum("user", "add", "a b", "--role", "clinician")
    hilum("token", "nobody")

    assert noted(hilum, tmp_path) == [
        ("user grant", "nobody", 404),
        ("user add", "a b", 400),
        ("token", "nobody", 404),
    ]


def test_the_entry_of_a_grant_names_the_patient_and_is_found_by_the_patient(
    hilum: Hilum, graph: Graph, tenant: str
) -> None:
    place_patient(graph, tenant, "7")
    hilum("user", "add", "kim", "--role", "teleradiologist")
    hilum("user", "grant", "kim", "--patient", "7")

    shown = hilum("audit", "--patient", "7").output.splitlines()
    assert next(line for line in shown if "grant" in line).split()[-3:-1] == ["user", "grant"]
    assert not [line for line in shown if "user add" in line]


def test_who_has_lost_a_second_factor_is_helped_on_the_machine(
    hilum: Hilum, graph: Graph, tenant: str
) -> None:
    hilum("user", "add", "kim", "--role", "clinician")
    assert "no second factor" in hilum("user", "reset-second-factor", "kim").output
    enrol(graph, tenant)

    assert hilum("user", "reset-second-factor", "kim").exit_code == 0
    assert SecondFactorStore(graph).find(system_scope(tenant), "kim") is None


def test_somebody_is_signed_out_everywhere_on_the_machine(hilum: Hilum) -> None:
    hilum("user", "add", "kim", "--role", "clinician")

    assert hilum("user", "sign-out", "kim").output == "ended 0 browser sessions of kim\n"
    assert hilum("user", "sign-out", "nobody").exit_code == 1
