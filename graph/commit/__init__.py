"""Group commit under the tenant's change counter: the only way anything of a tenant is written (ADR 0002)."""

from graph.commit.committer import Committer, Unit
from graph.commit.state import Reads, ResourceState, State
from graph.commit.writes import (
    ChangeWrite,
    InstanceRemoval,
    InstanceWrite,
    ResourceWrite,
    SeriesWrite,
    ValueRows,
    Writes,
)

__all__ = [
    "ChangeWrite",
    "Committer",
    "InstanceRemoval",
    "InstanceWrite",
    "Reads",
    "ResourceState",
    "ResourceWrite",
    "SeriesWrite",
    "State",
    "Unit",
    "ValueRows",
    "Writes",
]
