"""What retrieval reads: where the bytes of instances lie, and their metadata.

A viewer asks for the pictures of a series one after the other. The first is read alone, since it may be the
only one; the second brings the whole series, which is then remembered until something is written.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.errors import NotFound
from graph.keys import study_key
from graph.records import StoredInstance
from graph.scope import AccessScope
from graph.session import Graph
from graph.visibility import judged_column, seen

# One row holds all: the driver reads a row in two calls of the system, and a study has hundreds.
_INSTANCES = f"""
MATCH (s:ImagingStudy {{dicomKey: $study}})
WHERE s.managed = true AND s.deleted = false AND {seen("s")}
MATCH (s)-[:HAS_SERIES]->(x:Series)-[:HAS_INSTANCE]->(i:Instance)
WHERE ($series IS NULL OR x.SeriesInstanceUID = $series) AND ($sop IS NULL OR i.SOPInstanceUID = $sop)
WITH s, x, i ORDER BY x.serial, i.serial LIMIT $most
WITH s, collect([{{columns}}]) AS instances
RETURN instances, coalesce(s.compartment, []) + s.key AS whose
"""
_ONE_INSTANCE = (
    f"{_INSTANCES.rstrip()}, {judged_column('s')} AS judged"  # of more, who hides them is asked first
)
_STORED = """i.SOPInstanceUID, x.SeriesInstanceUID, i.SOPClassUID, i.TransferSyntaxUID,
i.blobId, i.size, i.digest, coalesce(i.NumberOfFrames, 1), i.sequence"""
_TABLE = "coalesce(i.frames, $nothing)"
_SHORT_TABLE = f"CASE WHEN coalesce(i.NumberOfFrames, 1) <= 16 THEN {_TABLE} END"
_NONE = "no such study, series or instance"
_ALL = 2**62
_ROW = 1000  # bytes that a row takes in memory without its bytes
_LARGEST_SERIES = 3 << 20  # bytes that are read for the sake of one instance


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is read of an instance, its SOPInstanceUID first, and of how many for the sake of one."""

    text: str
    most: int = 4000


_PLACE = _Columns(f"{_STORED}, null")
_PLACE_AND_TABLE = _Columns(f"{_STORED}, {_TABLE}")
_PLACE_AND_SHORT_TABLE = _Columns(f"{_STORED}, {_SHORT_TABLE}")
_METADATA = _Columns("i.SOPInstanceUID, i.sequence, i.metadata", most=1000)


@dataclass(frozen=True, slots=True)
class _Named:
    """What is asked for: a study, one of its series, or one instance of that."""

    study: str
    series: str | None = None
    sop: str | None = None


@dataclass(frozen=True, slots=True)
class _Instances:
    """The rows of instances of one study, and whose they are: keys of the patients and of the study."""

    rows: Sequence[Sequence[Any]]
    whose: tuple[str, ...]

    @property
    def weight(self) -> int:
        return _weight(self.rows)


class Retrieving:
    """Reads instances of one graph under the rights of a caller."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def instances(
        self, scope: AccessScope, study: str, series: str | None, sop: str | None, *, frames: bool
    ) -> list[StoredInstance]:
        """The instances that these UIDs name, in the order of storing; with their frame tables or without.

        Raises `NotFound` where none is seen.
        """
        named = _Named(study, series, sop)
        if series is None or sop is None:
            return [
                _stored(study, row)
                for row in _noted(scope, self._find(scope, named, _PLACE_AND_TABLE if frames else _PLACE))
            ]
        found = _stored(study, self._one(scope, named, _PLACE_AND_SHORT_TABLE))
        if frames and found.frames is None:
            return [_stored(study, row) for row in self._recalled(scope, named, _PLACE_AND_TABLE)]
        return [found]

    def metadata(
        self, scope: AccessScope, study: str, series: str | None, sop: str | None
    ) -> list[tuple[int, bytes]]:
        """(sequence, zlib-compressed DICOM JSON object) of each instance; raises `NotFound`."""
        named = _Named(study, series, sop)
        one = series is not None and sop is not None
        rows = [self._one(scope, named, _METADATA)] if one else self._recalled(scope, named, _METADATA)
        return [(sequence, metadata) for _, sequence, metadata in rows]

    def _one(self, scope: AccessScope, named: _Named, columns: _Columns) -> Sequence[Any]:
        """The row of one instance: the first that is asked of its series by itself, the second with all."""
        series = replace(named, sop=None)
        (first,) = self._recalled(scope, named, columns, asked=("first", series, columns))
        if first[0] == named.sop:
            return first
        others = self._series(scope, series, columns)
        if not others:
            return self._recalled(scope, named, columns)[0]
        if named.sop not in others:
            raise NotFound(_NONE)
        return others[named.sop]

    def _series(
        self, scope: AccessScope, series: _Named, columns: _Columns
    ) -> Mapping[str | None, Sequence[Any]]:
        """The rows of a series by SOPInstanceUID; none where they are too many to be read for one's sake."""

        def find() -> dict[str | None, Sequence[Any]]:
            rows = self._find(scope, series, columns, columns.most + 1).rows
            fits = len(rows) <= columns.most and _weight(rows) <= _LARGEST_SERIES
            return {row[0]: row for row in rows} if fits else {}

        asked = ("series", series, columns)
        return self._graph.recalled(scope, asked, find, lambda rows: _weight(rows.values()))

    def _recalled(
        self, scope: AccessScope, named: _Named, columns: _Columns, *, asked: Hashable = None
    ) -> Sequence[Sequence[Any]]:
        found = self._graph.recalled(
            scope,
            asked or (named, columns),
            lambda: self._find(scope, named, columns),
            lambda found: found.weight,
        )
        return _noted(scope, found)

    def _find(self, scope: AccessScope, named: _Named, columns: _Columns, most: int = _ALL) -> _Instances:
        text = _INSTANCES if named.sop is None else _ONE_INSTANCE
        found = self._graph.read_seen(
            scope,
            text.replace("{columns}", columns.text),
            study=study_key(scope.tenant, scope.partition, named.study),
            series=named.series,
            sop=named.sop,
            nothing=b"",
            most=most,
        )
        if not found:
            raise NotFound(_NONE)
        return _Instances(found[0]["instances"], tuple(found[0]["whose"]))


def _noted(scope: AccessScope, found: _Instances) -> Sequence[Sequence[Any]]:
    scope.concerns(found.whose)
    return found.rows


def _stored(study: str, row: Sequence[Any]) -> StoredInstance:
    sop, series, *rest = row
    return StoredInstance(study, series, sop, *rest)


def _weight(rows: Iterable[Sequence[Any]]) -> int:
    return sum(_ROW + len(row[-1] or b"") for row in rows)
