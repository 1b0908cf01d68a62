"""A population as the files of an import: its commits, by a process for each half of it."""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import cycle, pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from app.security.scopes import system_scope
from bench.bulk.commits import Commits
from bench.bulk.pictures import PictureReader
from bench.bulk.rows import GraphSheets
from bench.bulk.sheets import NodeSheet
from bench.bulk.stencils import Stencils
from bench.bulk.units import MakeEndpoint
from bench.population.charts import chart
from bench.population.people import Person, Resource
from bench.population.shared import shared
from bench.population.studies import Study
from graph.commit import Counter, Unit
from graph.resources.states import ResourceState
from graph.schema.migrate import MIGRATIONS
from graph.site import Site
from graph.studies.storing import StoreInstances

WORKERS = 2
_RESERVED = 16  # ids, for nodes that are written in the end
_A_PERSON = 100_000  # µs: ten people a second, as the stamps say
_BETWEEN = 1_000  # µs, between the chart, the pictures and the reports of one person


@dataclass(frozen=True, slots=True)
class Population:
    """So many people of a seed, for one site; the last was written at `until` (µs since the epoch)."""

    people: int
    seed: int
    site: Site
    until: int

    def moment(self, number: int) -> int:
        """When the person of a number began to be written."""
        return self.until - _A_PERSON * (self.people + 1 - number)


@dataclass(frozen=True, slots=True)
class Staged:
    """The files of nodes by their labels (header, lines), and of edges."""

    nodes: tuple[tuple[str, Path, Path], ...]
    edges: tuple[tuple[str, Path], ...]
    references: tuple[Path, ...]

    def __add__(self, other: "Staged") -> "Staged":
        """The files of both."""
        return Staged(self.nodes + other.nodes, self.edges + other.edges, self.references + other.references)


@dataclass(frozen=True, slots=True)
class _Common:
    """What is nobody's, once it is written: the ids of its nodes by key, and its Endpoint."""

    nodes: Mapping[str, int] = field(default_factory=dict)
    states: tuple[ResourceState, ...] = ()


@dataclass(frozen=True, slots=True)
class _Share:
    """What one process writes: the people, and where it begins to count counters and ids of nodes."""

    prefix: str
    numbers: range = range(0)
    counts: Mapping[Counter, int] = field(default_factory=dict)
    first: int = 0
    step: int = 1


def stage(folder: Path, population: Population, say: Callable[[str], None]) -> Staged:
    """Write the files of a population to an empty folder."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        halves = _halves(population.people)
        began = time.perf_counter()
        sizes = list(pool.map(_counted, [population] * len(halves), halves))
        say(f"counted in {time.perf_counter() - began:.0f} s: {dict(sum(sizes, Tally()))}")
        writer = _Writer(folder, population, _Share("common-"), _Common())
        common = writer.common()
        counts, first, shares = Tally(writer.counts), writer.next_id + _RESERVED, []
        for place, numbers in enumerate(halves):
            share = _Share(f"{place}-", numbers, dict(counts), first + place, WORKERS)
            shares.append(share)
            counts += sizes[place]
        began = time.perf_counter()
        todo = [pool.submit(_write, folder, population, share, common) for share in shares]
        staged = [each.result() for each in todo]
        say(f"wrote the files in {time.perf_counter() - began:.0f} s")
        writer.single(counts)
        return sum(staged, writer.finish())


def _halves(people: int) -> list[range]:
    """The numbers of the people, from 1, in parts of the same size."""
    bounds = [1 + people * place // WORKERS for place in range(WORKERS + 1)]
    return [range(low, high) for low, high in pairwise(bounds)]


def _counted(population: Population, numbers: range) -> Tally[Counter]:
    """What the commits of these people draw of each counter."""
    drawn: Tally[Counter] = Tally()
    for number in numbers:
        made = chart(population.seed, number)
        reports = made.reports({each.uid: "" for each in made.studies})
        resources = len(made.resources) + len(made.studies) + len(reports)
        drawn[Counter.VERSION] += resources
        drawn[Counter.SERIAL] += resources + sum(len(each.series) for each in made.studies)
        drawn[Counter.SEQUENCE] += sum(each.pictures for each in made.studies)
    return drawn


def _write(folder: Path, population: Population, share: _Share, common: _Common) -> Staged:
    """Write the people of a share, in a process of its own."""
    writer = _Writer(folder, population, share, common)
    for number in share.numbers:
        writer.person(number)
    return writer.finish()


class _Writer:
    """Writes people, each in three commits: the chart, the pictures, the reports."""

    def __init__(self, folder: Path, population: Population, share: _Share, common: _Common) -> None:
        self._population = population
        self._tenant = population.site.tenant
        self._scope = system_scope(self._tenant)
        self._site = replace(population.site, new_id=self._new_id)
        self._now = population.moment(0)
        self._ids: Iterator[str] = iter(())
        self._commits = Commits(self._tenant, self._clock, share.counts, common.states)
        self._sheets = GraphSheets(
            folder, share.prefix, first=share.first, step=share.step, common=common.nodes
        )
        self._stencils = Stencils(self._commits, self._sheets, self._scope, self._site)
        self._pictures = PictureReader()

    @property
    def counts(self) -> Mapping[Counter, int]:
        """The counters after what was written."""
        return self._commits.ledger.counts

    @property
    def next_id(self) -> int:
        """The id that the next node gets."""
        return self._sheets.next_id

    def common(self) -> _Common:
        """Write what is nobody's."""
        made = MakeEndpoint(self._scope, self._site)
        self._add(shared())
        self._commit([made])
        return _Common(dict(self._sheets.known), (self._commits.state(made.key),))

    def person(self, number: int) -> None:
        """Write one person."""
        made = chart(self._population.seed, number)
        who = made.person
        self._now = self._population.moment(number)
        self._sheets.begin_person()
        self._add(made.resources)
        if made.studies:
            self._commits.begin_person(made.resources)
            self._now += _BETWEEN
            self._commit(self._stores(who, made.studies))
            self._add(made.reports(study_ids(who, made.studies)))

    def _stores(self, who: Person, studies: Sequence[Study]) -> list[StoreInstances]:
        """The storing of studies, which get the ids of `study_ids`."""
        self._ids = cycle(study_ids(who, studies).values())  # units may decide more than once
        read = [self._pictures.rows(who, each, self._now // 1_000) for each in studies]
        return [StoreInstances(self._scope, rows, self._site) for rows in read]

    def single(self, counts: Mapping[Counter, int]) -> None:
        """Write the nodes that there is one of: the tenant's counters, and the version of the schema."""
        last = self._population.until
        ledger = replace(
            self._commits.ledger, counts={each: counts.get(each, 0) for each in Counter}, clock=last
        )
        self._sheets.single("Counter", {"key": self._tenant, "lockedAt": last, **ledger.properties()})
        self._sheets.single("Schema", {"name": "hilum", "version": len(MIGRATIONS)})

    def finish(self) -> Staged:
        """Finish the files."""
        self._sheets.close()
        edges = tuple((name, lines.path) for name, lines in self._sheets.edges.items())
        nodes = tuple(map(_closed, self._sheets.nodes))
        return Staged(nodes, edges, (self._sheets.references.path,))

    def _add(self, resources: Sequence[Resource]) -> None:
        """Write resources."""
        self._now += _BETWEEN
        for each in resources:
            self._stencils.write(each)

    def _commit(self, units: Sequence[Unit[Any]]) -> None:
        for rows in self._commits.commit(units):
            self._sheets.write(rows)

    def _clock(self) -> int:
        return self._now

    def _new_id(self) -> str:
        return next(self._ids)


def study_ids(who: Person, studies: Sequence[Study]) -> dict[str, str]:
    """The ids that the ImagingStudies of a person get, by Study Instance UID."""
    return {each.uid: who.id(15, each.number) for each in studies}


def _closed(sheet: NodeSheet) -> tuple[str, Path, Path]:
    return (sheet.labels, *sheet.close())
