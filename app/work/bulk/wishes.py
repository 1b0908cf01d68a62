"""What a bulk export is asked for, as it is kept with its job."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fhir_profiles.definitions.registry import RESOURCE_TYPES, in_patient_compartment, is_shared
from graph.resources.bulk import BulkQuestion

EXPORT = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish:
    """One export: of everything (`system`), of patients, or of the members of a Group.

    `patients` are keys, None where any will do; `types` empty means every type; `filters` holds the queries
    that resources of a type must satisfy, any one of them; `elements` are the only ones that are written, as
    `id` or `Patient.name`, empty for all; `since` and `until` are in µs since the epoch.
    `request` is the address that was asked; `standing` who asked.
    """

    request: str
    until: int
    level: str = "system"
    patients: tuple[str, ...] | None = None
    types: tuple[str, ...] = ()
    since: int | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elements: tuple[str, ...] = ()
    standing: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> Mapping[str, Any]:
        """It as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "ExportWish":
        """The wish that was kept."""
        named = dict(kept)
        patients = named.pop("patients")
        filters = {kind: tuple(queries) for kind, queries in named.pop("filters").items()}
        return cls(
            **{**named, "types": tuple(named["types"]), "elements": tuple(named["elements"])},
            patients=None if patients is None else tuple(patients),
            filters=filters,
        )

    def kinds(self) -> tuple[str, ...]:
        """The types that are looked through, in their order."""
        return tuple(kind for kind in sorted(self.types or RESOURCE_TYPES) if self._has(kind))

    def _has(self, kind: str) -> bool:
        """Whether there can be any of a type: what is there for all comes with what refers to it."""
        return self.level == "system" or in_patient_compartment(kind) or is_shared(kind) or bool(self.types)

    def elements_of(self, kind: str) -> frozenset[str] | None:
        """The names of the elements of a type that are written; None for all."""
        named = (each.rpartition(".") for each in self.elements)
        return frozenset(name for of, _, name in named if of in ("", kind)) or None

    def question(self, kind: str) -> BulkQuestion:
        """What is asked of one type."""
        bounds = {} if self.since is None else {"since": self.since}
        level = self.level if in_patient_compartment(kind) else "system"
        return BulkQuestion(kind=kind, level=level, patients=self.patients, until=self.until, **bounds)

    def is_beside(self, kind: str) -> bool:
        """Whether resources of a type are exported as far as those about patients refer to them."""
        return self.level != "system" and not in_patient_compartment(kind)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export: `section` is `output` or `deleted`, `size` in bytes, `count` of lines."""

    section: str
    kind: str
    name: str
    size: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class ExportPlace:
    """How far an export is: the number of the type in hand, the place in it, and the files as they are."""

    kind: int = 0
    after: int = 0
    limit: int = 0
    files: tuple[ExportFile, ...] = ()

    def kept(self) -> Mapping[str, Any]:
        """It as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> "ExportPlace":
        """The place that was kept; the beginning where none was."""
        if kept is None:
            return cls()
        files = tuple(ExportFile(**each) for each in kept["files"])
        return cls(kept["kind"], kept["after"], kept["limit"], files)

    @property
    def written(self) -> int:
        """How many resources were written."""
        return sum(each.count for each in self.files)

    @property
    def bytes(self) -> int:
        """How many bytes were written."""
        return sum(each.size for each in self.files)

    def of_section(self, section: str) -> Iterator[ExportFile]:
        """The files of a section that hold anything."""
        return (each for each in self.files if each.section == section and each.count)
