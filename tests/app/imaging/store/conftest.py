import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time_ns

import pytest

from app.blobs import BlobStore, new_blob_id
from app.imaging.store import Ingest
from graph.aggregates import AGGREGATES
from graph.commit import CommitterThread, Committing
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.imaging import ImagingStore
from tests.factories.scopes import scope_of


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    """A service that may store, in a tenant of its own."""
    return scope_of("service", tenant=tenant)


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[BlobStore]:
    store = BlobStore([tmp_path / "blobs"], floor=0)
    yield store
    store.close()


@pytest.fixture
def imaging(graph: Graph) -> Iterator[ImagingStore]:
    committer = CommitterThread(Committing(graph, AGGREGATES, lambda: time_ns() // 1_000))
    yield ImagingStore(graph, committer, Site("http://127.0.0.1:8042"))
    committer.close()


@pytest.fixture
def new_id() -> Callable[[], str]:
    return lambda: new_blob_id(time_ns() // 1_000_000, os.urandom(10))


@pytest.fixture
def ingest(blobs: BlobStore, imaging: ImagingStore, new_id: Callable[[], str]) -> Ingest:
    return Ingest(blobs, imaging, new_blob_id=new_id, today=lambda: "20260601")
