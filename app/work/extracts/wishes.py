"""What an extract is asked for, and how far it is, as both are kept with its job."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from app.deidentification.options import ProfileOption

EXTRACT = "extract"


class PictureFormat(StrEnum):
    """What becomes of pictures."""

    DICOM = "dicom"
    NIFTI = "nifti"
    NONE = "none"


class TableFormat(StrEnum):
    """What becomes of rows."""

    CSV = "csv"
    PARQUET = "parquet"
    NONE = "none"


class DestinationType(StrEnum):
    """Where files go: they wait to be fetched one by one, or as one, or are put into a folder."""

    DOWNLOAD = "download"
    ZIP = "zip"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractWish:
    """One extract: of the cohort of a question, under the names of a project.

    `asked_at` is the moment of the question in µs, `path` of a folder where that is the destination;
    `standing` who asked.
    """

    project: str
    question: Mapping[str, Any]
    asked_at: int
    what: PictureFormat = PictureFormat.DICOM
    tables: TableFormat = TableFormat.CSV
    options: frozenset[ProfileOption] = frozenset()
    deidentify: bool = True
    destination: DestinationType = DestinationType.ZIP
    path: str = ""
    standing: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> Mapping[str, Any]:
        """It as JSON."""
        return asdict(self) | {"options": sorted(self.options)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "ExtractWish":
        """The wish that was kept."""
        named = dict(kept)
        return cls(
            what=PictureFormat(named.pop("what")),
            tables=TableFormat(named.pop("tables")),
            options=frozenset(map(ProfileOption, named.pop("options"))),
            destination=DestinationType(named.pop("destination")),
            **named,
        )


class ExtractPhase(StrEnum):
    """What an extract does, one after the other."""

    COHORT = "cohort"
    PICTURES = "pictures"
    TABLES = "tables"
    DELIVERY = "delivery"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ExtractPlace:
    """How far an extract is.

    `after` is where the next page of the cohort begins. `study` is where the line of the study in hand
    begins, `series` and `instance` count what is done of its series and of the instances of the next. `sizes`
    are the bytes of what the job remembers, by name, and `counts` what it has done.
    """

    phase: ExtractPhase = ExtractPhase.COHORT
    after: tuple[Any, ...] | None = None
    study: int = 0
    series: int = 0
    instance: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def kept(self) -> Mapping[str, Any]:
        """It as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> "ExtractPlace":
        """The place that was kept; the beginning where none was."""
        if kept is None:
            return cls()
        after = kept["after"]
        named = {**kept, "phase": ExtractPhase(kept["phase"])}
        return cls(**{**named, "after": None if after is None else tuple(after)})

    def size(self, name: str) -> int:
        """How many bytes are remembered under a name."""
        return self.sizes.get(name, 0)

    def counted(self, **more: int) -> Mapping[str, int]:
        """The counts with more of some."""
        return {**self.counts, **{name: self.counts.get(name, 0) + count for name, count in more.items()}}
