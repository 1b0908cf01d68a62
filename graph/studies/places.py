"""Where a picture stands: the keys of its partition, study, series and instance, made once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from graph.keys import instance_key, partition_key, series_key, study_key
from graph.records import InstanceRow
from graph.scope import AccessScope

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Place:
    """The keys of one instance and of what is above it."""

    partition: str
    study: str
    series: str
    instance: str


@dataclass(frozen=True, slots=True)
class Arriving:
    """An instance on its way into the graph, at its place."""

    row: InstanceRow
    place: Place


def placed(scope: AccessScope, row: InstanceRow) -> Arriving:
    """The row at its place in the partition of the scope."""
    where = (scope.tenant, scope.partition, row.study_uid)
    place = Place(
        partition=partition_key(scope.tenant, scope.partition),
        study=study_key(*where),
        series=series_key(*where, row.series_uid),
        instance=instance_key(*where, row.series_uid, row.sop_uid),
    )
    return Arriving(row, place)


def grouped(things: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    """The things by their keys, in the order of their coming."""
    groups: dict[str, list[Thing]] = {}
    for each in things:
        groups.setdefault(key(each), []).append(each)
    return groups
