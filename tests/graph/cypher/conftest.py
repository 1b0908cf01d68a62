"""Random worlds in the graph, each written once per run, and what is asked of them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest

from graph.local.locks import awaited
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.world_writer import happened, write_world
from tests.factories.worlds import world
from tests.reader.answers import Reader
from tests.reader.rows import Row, rows_of
from tests.strategies.trees import WORLDS, Asked


@cache
def rows(seed: int) -> list[Row]:
    """The rows of a world."""
    return rows_of(world(seed), happened)


def reader(asked: Asked) -> Reader:
    """The plain reader of a question, with the rights of its caller."""
    return Reader(rows(asked.seed), asked.partition, asked.patients, asked.studies)


def scope_of(asked: Asked, tenant: str) -> AccessScope:
    """The rights of the caller of a question in a tenant."""
    return AccessScope(
        tenant,
        "someone",
        "any",
        "test",
        partition=asked.partition,
        patients=None if asked.patients is None else keyed(tenant, asked.patients),
        studies=keyed(tenant, asked.studies),
    )


def keyed(tenant: str, names: frozenset[str]) -> frozenset[str]:
    """The keys of resources named `Type/id`."""
    return frozenset(f"{tenant}|-|{name.replace('/', '|')}" for name in names)


@dataclass
class Worlds:
    """The worlds of one run, each under a tenant of its own."""

    graph: Graph
    tenants: list[str]

    def scope(self, asked: Asked) -> AccessScope:
        """The rights of the caller of a question."""
        return scope_of(asked, self.tenants[asked.seed])


@pytest.fixture(scope="session")
def worlds(graph: Graph, run_folder: Path) -> Worlds:
    """Random worlds in the graph: the worker that comes first writes them, the others read their tenants."""
    written = run_folder / "worlds.json"
    with awaited(run_folder / "worlds.lock"):
        if not written.exists():
            tenants = [_written(graph, seed) for seed in range(WORLDS)]
            written.write_text(json.dumps(tenants), encoding="utf-8")
    return Worlds(graph, json.loads(written.read_text(encoding="utf-8")))


def _written(graph: Graph, seed: int) -> str:
    """Write a world, and give its tenant."""
    tenant = f"w{uuid4().hex[:12]}"
    write_world(graph, tenant, world(seed))
    return tenant
