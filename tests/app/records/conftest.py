"""The use case of writing, on the graph of the run."""

from collections.abc import Iterator
from datetime import UTC

import pytest

from app.records import Records
from app.records.write.drafts import Reading
from graph.clock import now
from graph.commit import Committer
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Settings
from tests.factories.scopes import scope_of

SETTINGS = Settings("http://hilum.test")


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("clinician", tenant=tenant)


@pytest.fixture
def resources(graph: Graph) -> Iterator[ResourceStore]:
    committer = Committer(graph, now)
    yield ResourceStore(graph, committer, SETTINGS)
    committer.close()


@pytest.fixture
def records(resources: ResourceStore) -> Records:
    return Records(resources, SETTINGS, Reading(UTC, "http://hilum.test/fhir"))
