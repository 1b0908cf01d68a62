"""`hilum user`: who may ask, in which role, and which rows a role of granted rows sees."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from app.cli.access import commanded
from app.security.client_secrets import new_secret
from app.security.passwords import hash_password
from graph.accounts.accounts import MANAGE, RESEARCH, AccountStore, Granted
from graph.clock import now
from graph.errors import Invalid
from graph.keys import resource_key
from graph.scope import AccessScope

_UID = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_PERSON = re.compile(r"(?:Patient|Practitioner|PractitionerRole|RelatedPerson)/[A-Za-z0-9.-]{1,64}")
_LONGEST_UID = 64
_MICROSECONDS = 1_000_000


@click.group()
def user() -> None:
    """Manage users, service clients and what they may see."""


@user.command("list")
def list_users() -> None:
    """Show every account with its role and its grants."""
    table = Table("name", "role", "state", "secret", "grants", box=None)
    with commanded("user list", "R", MANAGE) as (wiring, scope):
        for line in wiring.accounts.listed(scope):
            state = "disabled" if line.disabled else "enabled"
            secret = "yes" if line.has_secret else ""
            table.add_row(line.name, line.role, state, secret, "\n".join(line.grants))
    Console(highlight=False, soft_wrap=True).print(table)


@user.command()
@click.argument("name")
@click.option("--role", required=True, help="One of `hilum role list`.")
@click.option("--secret", "with_secret", is_flag=True, help="Make a client secret, shown once.")
def add(name: str, role: str, with_secret: bool) -> None:
    """Add the account NAME; `oidc:SUBJECT` stands for a person of the outside provider."""
    secret = new_secret() if with_secret else None
    with commanded("user add", "C", MANAGE, account=name, role=role) as (wiring, scope):
        wiring.administration.add(scope, name, role, secret, now())
    click.echo(f"added {name} as {role}")
    if secret:
        click.echo(f"client secret, not shown again: {secret}")


@user.command()
@click.argument("name")
@click.option("--role", help="One of `hilum role list`.")
@click.option("--fhir-user", help="Patient/ID of whose own record it is, or Practitioner/ID of whose work.")
@click.option("--department", "departments", multiple=True, help="Organization/ID or CareTeam/ID.")
def change(name: str, role: str | None, fhir_user: str | None, departments: tuple[str, ...]) -> None:
    """Change what the account NAME is: its role, the person it stands for, its departments."""
    with commanded("user change", "U", MANAGE, account=name, role=role) as (wiring, scope):
        line = wiring.administration.user(scope, name)
        form = {
            "role": role or line.role,
            "disabled": line.disabled,
            "fhirUser": fhir_user or line.fhir_user,
            "departments": [*(departments or line.departments)],
        }
        wiring.administration.put_user(scope, name, form, now())
    click.echo(f"changed {name}")


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Disable an account; its tokens stop working within two seconds."""
    with commanded("user disable", "U", MANAGE, account=name) as (wiring, scope):
        wiring.accounts.switch(scope, name, disabled=True)
    click.echo(f"disabled {name}")


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Enable an account again."""
    with commanded("user enable", "U", MANAGE, account=name) as (wiring, scope):
        wiring.accounts.switch(scope, name, disabled=False)
    click.echo(f"enabled {name}")


@user.command()
@click.argument("name")
@click.option("--fhir-user", help="Who it is in the record, as Practitioner/7.")
@click.password_option(help="Asked for when it is not given.")
def password(name: str, fhir_user: str | None, password: str) -> None:
    """Give the account NAME a password, which it signs in with where an app asks."""
    with commanded("user password", "U", MANAGE, account=name, person=fhir_user) as (wiring, scope):
        if fhir_user and not _PERSON.fullmatch(fhir_user):
            raise Invalid("--fhir-user takes a Patient, Practitioner, PractitionerRole or RelatedPerson")
        wiring.people.set_password(scope, name, hash_password(password, name), now())
        if fhir_user:
            wiring.people.set_fhir_user(scope, name, fhir_user)
    click.echo(f"{name} has a password")


@user.command("reset-second-factor")
@click.argument("name")
def reset_second_factor(name: str) -> None:
    """Take the second factor of NAME away, who has lost it, and sign NAME out at every browser."""
    with commanded("user reset-second-factor", "D", MANAGE, account=name) as (wiring, scope):
        wiring.second_factors.reset(scope, name, now())
    click.echo(f"{name} has no second factor any more")


@user.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    """Sign NAME out at every browser."""
    with commanded("user sign-out", "D", MANAGE, account=name) as (wiring, scope):
        ended = wiring.browser_sessions.end_all(scope, name, now())
    click.echo(f"ended {ended} browser sessions of {name}")


def _granted_options(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--patient", help="The id of a Patient."),
        click.option("--study", help="A Study Instance UID."),
        click.option("--research", is_flag=True, help="A researcher may see who the patients are."),
    )
    return reduce(lambda wrapped, option: option(wrapped), reversed(options), command)


def _granted(patient: str | None, study: str | None, research: bool) -> Granted:
    if study and (len(study) > _LONGEST_UID or not _UID.fullmatch(study)):
        raise Invalid("--study takes a Study Instance UID")
    return Granted(patient, study, RESEARCH if research else None)


def _moment(text: str) -> int:
    """The moment that a text with an offset names, in µs; raises `Invalid`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid("--until takes a date and time with an offset")
    return int(found.timestamp() * _MICROSECONDS)


@contextmanager
def _granting(
    command: str, name: str, patient: str | None, study: str | None, research: bool
) -> Iterator[tuple[AccountStore, AccessScope, Granted]]:
    """The accounts, for one grant that is given or taken back; its entry concerns the patient."""
    purpose = RESEARCH if research else None
    named = {"account": name, "patient": patient, "study": study, "purpose": purpose}
    with commanded(f"user {command}", "U", MANAGE, **named) as (wiring, scope):
        granted = _granted(patient, study, research)
        if patient:
            scope.concerns((resource_key(scope.tenant, "Patient", patient),))
        yield wiring.accounts, scope, granted


@user.command()
@click.argument("name")
@_granted_options
@click.option("--until", help="When it ends, as 2027-01-31T18:00:00+01:00; without it, never.")
def grant(name: str, patient: str | None, study: str | None, research: bool, until: str | None) -> None:
    """Give NAME a patient, a study or the purpose of research, for good or for a time."""
    with _granting("grant", name, patient, study, research) as (accounts, scope, granted):
        ending = replace(granted, until=_moment(until)) if until else granted
        accounts.grant(scope, name, ending, now())
    click.echo(f"granted to {name}")


@user.command()
@click.argument("name")
@_granted_options
def revoke(name: str, patient: str | None, study: str | None, research: bool) -> None:
    """Take a grant of NAME back; it stops working within two seconds."""
    with _granting("revoke", name, patient, study, research) as (accounts, scope, granted):
        accounts.revoke(scope, name, granted)
    click.echo(f"revoked from {name}")
