"""What one commit writes, as plain rows: the vocabulary between those who decide and the one who writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Properties: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ValueRows:
    """The search values and references of one resource, as rows (see `graph.schema.declarations`).

    terms: (key, system); texts: (key, folded, exact); spans: (key, low, high, system, code);
    edges: (target key, relationship type, element path).
    """

    terms: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str, str], ...] = ()
    spans: tuple[tuple[str, float | None, float | None, str, str], ...] = ()
    edges: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceWrite:
    """A new version of a resource. `values` None keeps the search values of the version before."""

    key: str
    resource_type: str
    resource_id: str
    version_id: int
    method: str
    body: bytes
    values: ValueRows | None
    compartment: tuple[str, ...] | None
    properties: Properties = field(default_factory=dict)
    snapshot: bool = False  # of a rendered resource: units of one commit share the version


@dataclass(frozen=True, slots=True)
class SeriesWrite:
    """A series, new or changed: `properties` are laid over what it has."""

    key: str
    study: str  # dicomKey
    properties: Properties


@dataclass(frozen=True, slots=True)
class InstanceWrite:
    """A new SOP instance under its series."""

    key: str
    series: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class InstanceRemoval:
    """An instance that leaves the index; what a tombstone must remember of it."""

    key: str
    tombstone: Properties


@dataclass(frozen=True, slots=True)
class ChangeWrite:
    """One entry of the DICOM change feed; its number is given by the commit, in the order of the list."""

    study_uid: str
    series_uid: str
    sop_uid: str
    partition: str
    action: str
    instance: str  # key


@dataclass(slots=True)
class Writes:
    """All that one unit, or a whole batch, writes; a unit that fails takes nothing with it."""

    resources: list[ResourceWrite] = field(default_factory=list)
    series: list[SeriesWrite] = field(default_factory=list)
    instances: list[InstanceWrite] = field(default_factory=list)
    removals: list[InstanceRemoval] = field(default_factory=list)
    empty_series: list[str] = field(default_factory=list)
    changes: list[ChangeWrite] = field(default_factory=list)
    entries: list[Properties] = field(default_factory=list)

    def extend(self, other: "Writes") -> None:
        """Take over the writes of a unit that was decided."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return any(getattr(self, name) for name in self.__slots__)
