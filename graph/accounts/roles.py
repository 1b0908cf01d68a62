"""What a role is: what it may do, whose rows that reaches, and how they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graph.keys import ABSENT, join
from graph.scope import AccessScope

ANY = "*"


class RowSource(StrEnum):
    """Where the rows come from that a role sees; a role of no source sees what is there for all, and no more.

    `all` are those of the tenant; `granted` were granted one by one, for good or for a time; `own` are those
    of the Patient whom the account is bound to; `assigned` the studies of open Tasks and ServiceRequests of
    the Practitioner whom it is bound to; `department` the patients of its Organizations and CareTeams.
    """

    ALL = "all"
    GRANTED = "granted"
    OWN = "own"
    ASSIGNED = "assigned"
    DEPARTMENT = "department"


class RoleView(StrEnum):
    """How a role is shown what it sees: as it is, without saying who it is, or as counts."""

    IDENTIFIED = "identified"
    DEIDENTIFIED = "deidentified"
    COUNTS = "counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRole:
    """A role of callers.

    `actions` are permissions, where `imaging.*` names those of a family and `*` all; `not_actions` are taken
    from them, whatever else names them. `purpose` is a code of v3-PurposeOfUse. `writable` are the types of
    resources that it may write over FHIR; None means every type. `labels` are the codes of the delicate
    security labels that it sees; None means all of them. `second_factor`: who has it needs one to sign in.
    """

    name: str
    description: str
    purpose: str
    actions: frozenset[str]
    not_actions: frozenset[str] = frozenset()
    rows: frozenset[RowSource] = frozenset()
    view: RoleView = RoleView.IDENTIFIED
    writable: frozenset[str] | None = None
    labels: frozenset[str] | None = None
    second_factor: bool = False

    @property
    def sees_all(self) -> bool:
        """Whether every row of the tenant is its to see."""
        return RowSource.ALL in self.rows

    def allows(self, permission: str) -> bool:
        """Whether it holds a permission, which nothing has taken from it."""
        return _names(self.actions, permission) and not _names(self.not_actions, permission)


def family(permission: str) -> str:
    """What names a permission together with the others of its family: `imaging.*`."""
    return f"{permission.partition('.')[0]}.{ANY}"


def _names(patterns: frozenset[str], permission: str) -> bool:
    return not patterns.isdisjoint((permission, family(permission), ANY))


def role_key(scope: AccessScope, name: str) -> str:
    """Key of a role of the tenant; of "" what all of them begin with."""
    return join(scope.tenant, ABSENT, "role", name)


def role_from(properties: Mapping[str, Any]) -> AccessRole:
    """The role that a JSON object or the properties of a node say, whose form was checked."""
    writable, labels = properties.get("writable"), properties.get("labels")
    return AccessRole(
        name=properties["name"],
        description=properties["description"],
        purpose=properties["purpose"],
        actions=frozenset(properties["actions"]),
        not_actions=frozenset(properties.get("notActions", ())),
        rows=frozenset(map(RowSource, properties["rows"])),
        view=RoleView(properties.get("view", RoleView.IDENTIFIED)),
        writable=None if writable is None else frozenset(writable),
        labels=None if labels is None else frozenset(labels),
        second_factor=bool(properties.get("secondFactor")),
    )


def role_document(role: AccessRole) -> dict[str, Any]:
    """A role as the JSON object that describes it."""
    return {
        "name": role.name,
        "description": role.description,
        "purpose": role.purpose,
        "actions": sorted(role.actions),
        "notActions": sorted(role.not_actions),
        "rows": sorted(role.rows),
        "view": str(role.view),
        "writable": None if role.writable is None else sorted(role.writable),
        "labels": None if role.labels is None else sorted(role.labels),
        "secondFactor": role.second_factor,
    }
