"""Commits without a graph: units decide as they do in a committer, and what would be written is kept.

What they look at is what this writer knows of the person in hand, and of what belongs to all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from bench.population.people import Resource
from graph.aggregates import AGGREGATES
from graph.commit import Counter, Ledger, Numbers, Shelves, Unit
from graph.commit.group import Group, Memory
from graph.keys import resource_key
from graph.query.expression import Field, Kind
from graph.query.rows import code_key
from graph.resources.following import MERGED
from graph.resources.states import (
    CARRIERS,
    ORDERS,
    RESOURCES,
    Candidate,
    CarriedOrder,
    ResourceState,
    candidate,
)
from graph.session import Graph

Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""What a commit writes, by the name of the part."""


@dataclass(slots=True)
class _Caught:
    """What stands where a graph would: it knows nothing more, and keeps what is written."""

    rows: list[Rows] = field(default_factory=list)

    def run(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """Answer a statement of the engine of commits; raises `NotImplementedError` for any other."""
        commit = parameters.get("commit")
        if commit is None:
            raise NotImplementedError(f"a unit reads what is not known here: {text}")
        went = "batch" in commit
        if went:
            self.rows.append(commit["batch"])
        return [{"went": went, "counter": {}, **{name: [] for name in commit["keys"]}}]


class Commits:
    """Commits of one tenant, one after the other, numbered on from `counts`; `clock` is in µs.

    `common` are resources that were committed before, and that every unit may look at.
    """

    def __init__(
        self,
        tenant: str,
        clock: Callable[[], int],
        counts: Mapping[Counter, int],
        common: Iterable[ResourceState],
    ) -> None:
        self._tenant, self._clock = tenant, clock
        self._memory = Memory(tenant, Ledger(tenant, counts={each: counts.get(each, 0) for each in Counter}))
        self._caught = _Caught()
        self._common = {each.key: each for each in common}

    @property
    def ledger(self) -> Ledger:
        """The counters as the last commit left them."""
        if self._memory.ledger is None:
            raise RuntimeError("a commit was lost, though nobody else commits")
        return self._memory.ledger

    @property
    def changes(self) -> int:
        """The last change of the feed."""
        return self.ledger.counts[Counter.SEQUENCE]

    def draw(self) -> Numbers:
        """The numbers of a new resource that is written elsewhere."""
        ledger = self.ledger
        ledger.clock = max(self._clock(), ledger.clock + 1)
        return ledger.draw((Counter.SERIAL, Counter.VERSION))

    def commit(self, units: Sequence[Unit[Any]]) -> Iterator[Rows]:
        """Commit units in their order, and yield what each commit writes; raises what a unit fails with."""
        waiting = list(units)
        while waiting:
            graph = cast(Graph, self._caught)
            outcomes = Group(graph, AGGREGATES, self._memory, waiting, self._clock).commit()
            for outcome in outcomes:
                if outcome.error is not None:
                    raise outcome.error
            del waiting[: len(outcomes)]
            yield from self._caught.rows
            self._caught.rows.clear()

    def begin_person(self, resources: Iterable[Resource]) -> None:
        """Know of a person what their pictures look at: who has the numbers that they carry."""
        carriers: dict[str, tuple[Candidate, ...]] = {}
        orders: dict[str, tuple[CarriedOrder, ...]] = {}
        for each in resources:
            kind = each["resourceType"]
            key = resource_key(self._tenant, kind, each["id"])
            for number in each.get("identifier", ()) if kind in ("Patient", "ServiceRequest") else ():
                term = code_key(self._tenant, Field(kind, "identifier", Kind.TERM), number["value"])
                if kind == "Patient":
                    carriers[term] = (candidate(key, number["system"], each),)
                else:
                    orders[term] = (CarriedOrder(key, (self._patient(each),)),)
        self._memory.shelves = Shelves(
            {
                RESOURCES.name: dict(self._common),
                MERGED.name: {self._tenant: MERGED.value(())},
                CARRIERS.name: dict(carriers),
                ORDERS.name: dict(orders),
            }
        )

    def state(self, key: str) -> ResourceState:
        """What the next units see of a resource that was committed."""
        found = self._memory.shelves.get(RESOURCES, key)
        if found is None:
            raise RuntimeError(f"{key} was not committed")
        return found

    def _patient(self, resource: Resource) -> str:
        return resource_key(self._tenant, *resource["subject"]["reference"].split("/"))
