"""Which roles see a study: all that there are, or those that are granted, assigned or opened to somebody."""

from dataclasses import dataclass

from app.security.roles import SHIPPED, permissions_of
from app.security.scopes import system_scope
from graph.accounts.role_store import RoleStore

_PICTURES = "imaging.read"


@dataclass(frozen=True, slots=True)
class SeeingRole:
    """A role that reads pictures; `everything`: of everybody, else of whom somebody gave it."""

    name: str
    everything: bool


class Audience:
    """Tells which roles see pictures of a tenant; it names no person."""

    def __init__(self, roles: RoleStore, tenant: str) -> None:
        self._roles = roles
        self._system = system_scope(tenant)

    def of_pictures(self) -> tuple[SeeingRole, ...]:
        """The roles that read pictures, those that read all first."""
        own = {role.name: role for role in self._roles.listed(self._system)}
        reading = [
            SeeingRole(role.name, role.sees_all)
            for role in {**SHIPPED, **own}.values()
            if _PICTURES in permissions_of(role)
        ]
        return tuple(sorted(reading, key=lambda each: (not each.everything, each.name)))
