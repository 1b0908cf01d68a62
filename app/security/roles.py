"""The roles that are shipped, and what a role may do: its permissions, as far as its view leaves them.

A tenant's own roles stand in the graph; one of the name of a shipped role takes its place.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from app.security.policy import COUNTED, PERMISSIONS, TELLING_WHOSE
from graph.accounts.records import Account
from graph.accounts.roles import AccessRole, RoleView, role_from

MANAGE = "administration.manage"
ADMINISTRATOR, SUPERUSER = "administrator", "superuser"


def _shipped() -> Mapping[str, AccessRole]:
    text = files("app.security").joinpath("roles.json").read_text("utf-8")
    return {each.name: each for each in map(role_from, json.loads(text))}


SHIPPED: Mapping[str, AccessRole] = _shipped()
"""The roles of this release, by name."""

MANAGING = frozenset(name for name, role in SHIPPED.items() if role.allows(MANAGE))
"""Those of them that manage."""


def held_by(account: Account) -> frozenset[str]:
    """What an account may do in its role; nothing where that is none of ours."""
    role = account.own_role or SHIPPED.get(account.role)
    return permissions_of(role) if role else frozenset()


@lru_cache(maxsize=1_024)
def permissions_of(role: AccessRole) -> frozenset[str]:
    """What a role may do."""
    return shown_in(role.view, filter(role.allows, PERMISSIONS))


def shown_in(view: RoleView, permissions: Iterable[str]) -> frozenset[str]:
    """What is left of permissions in a view: where nobody is shown, nothing that tells whose a record is."""
    held = frozenset(permissions)
    if view is RoleView.IDENTIFIED:
        return held
    if view is RoleView.COUNTS:
        held = frozenset(COUNTED.get(each, each) for each in held)
    return held - TELLING_WHOSE
