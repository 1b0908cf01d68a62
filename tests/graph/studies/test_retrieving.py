"""What retrieval reads is remembered between writes, and never differs from what the graph says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.commit import Committer
from graph.edition import Edition
from graph.errors import NotFound
from graph.local.state import Neo4jAddress
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.imaging import ImagingStore
from tests.factories.graphs import NotedGraph
from tests.factories.rows import instance_row, uid
from tests.factories.scopes import scope_of

SITE = Site("http://hilum.test")


@pytest.fixture
def counted(noted: NotedGraph, committer: Committer) -> ImagingStore:
    return ImagingStore(noted, committer, SITE)


@pytest.fixture
def viewer(neo4j_address: Neo4jAddress, committer: Committer, run_folder: Path) -> Iterator[ImagingStore]:
    """The store of another process than that of the committer."""
    where = neo4j_address
    graph = Graph.connect(where.uri, where.user, where.password, edition=Edition(run_folder))
    yield ImagingStore(graph, committer, SITE)
    graph.close()


@pytest.fixture
def plain(neo4j_address: Neo4jAddress, committer: Committer) -> Iterator[ImagingStore]:
    """A store that remembers nothing."""
    where = neo4j_address
    graph = Graph.connect(where.uri, where.user, where.password)
    yield ImagingStore(graph, committer, SITE)
    graph.close()


@pytest.fixture
def service(tenant: str) -> AccessScope:
    return scope_of("service", tenant=tenant)


def stored(imaging: ImagingStore, scope: AccessScope, count: int, **facts: Any) -> list[str]:
    rows = [instance_row(**facts) for _ in range(count)]
    imaging.store(scope, rows)
    return [row.sop_uid for row in rows]


def of_series(imaging: ImagingStore, scope: AccessScope, sop: str) -> str:
    (found,) = imaging.instances(scope, "1.2.3", "1.2.3.1", sop, frames=True)
    ((_, metadata),) = imaging.metadata(scope, "1.2.3", "1.2.3.1", sop)
    assert metadata
    return found.sop_uid


def test_the_second_picture_of_a_series_brings_the_others(
    counted: ImagingStore, noted: NotedGraph, service: AccessScope
) -> None:
    sops = stored(counted, service, 20)

    assert [of_series(counted, service, sop) for sop in sops] == sops
    assert [of_series(counted, service, sop) for sop in sops] == sops

    assert len(noted.texts) == 4  # first and second of the series, of places and of metadata


def test_a_picture_that_arrives_is_there_for_every_process(
    viewer: ImagingStore, plain: ImagingStore, service: AccessScope
) -> None:
    sops = stored(viewer, service, 3)
    assert [of_series(viewer, service, sop) for sop in sops] == sops

    (late,) = stored(viewer, service, 1)

    assert of_series(viewer, service, late) == late


def test_a_picture_that_was_deleted_is_gone_at_once(viewer: ImagingStore, service: AccessScope) -> None:
    sops = stored(viewer, service, 3)
    assert [of_series(viewer, service, sop) for sop in sops] == sops

    viewer.delete(service, "1.2.3", "1.2.3.1", sops[1])

    with pytest.raises(NotFound):
        of_series(viewer, service, sops[1])
    assert of_series(viewer, service, sops[2]) == sops[2]


def test_a_picture_that_never_was_is_not_found_among_the_remembered(
    viewer: ImagingStore, service: AccessScope
) -> None:
    sops = stored(viewer, service, 3)
    assert [of_series(viewer, service, sop) for sop in sops] == sops
    with pytest.raises(NotFound):
        of_series(viewer, service, uid())


def test_what_one_may_see_is_not_remembered_for_another(viewer: ImagingStore, service: AccessScope) -> None:
    sops = stored(viewer, service, 3)
    assert [of_series(viewer, service, sop) for sop in sops] == sops

    nobody = replace(scope_of("teleradiologist", tenant=service.tenant), patients=frozenset())

    for sop in sops:
        with pytest.raises(NotFound):
            of_series(viewer, nobody, sop)


def test_a_long_frame_table_is_read_by_itself_and_then_remembered(
    counted: ImagingStore, noted: NotedGraph, service: AccessScope
) -> None:
    row = instance_row()
    table = bytes(range(16)) * 100
    row = replace(row, frames=table, instance={**row.instance, "NumberOfFrames": 100})
    counted.store(service, [row])

    for _ in range(3):
        (found,) = counted.instances(service, "1.2.3", "1.2.3.1", row.sop_uid, frames=True)
        assert found.frames == table

    assert len(noted.texts) == 2


STEP = st.tuples(st.sampled_from(("store", "delete", "read", "read")), st.integers(0, 5))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=25))
def test_whatever_is_written_between_it_is_what_the_graph_says(
    viewer: ImagingStore, plain: ImagingStore, service: AccessScope, steps: list[tuple[str, int]]
) -> None:
    series = {"study_uid": uid(), "series_uid": uid()}
    sops = [uid() for _ in range(6)]

    def seen(imaging: ImagingStore, sop: str) -> object:
        try:
            return imaging.instances(service, series["study_uid"], series["series_uid"], sop, frames=True)
        except NotFound:
            return None

    for what, number in steps:
        if what == "store":
            viewer.store(service, [instance_row(**series, sop_uid=sops[number])])
        elif what == "delete" and seen(plain, sops[number]):
            viewer.delete(service, *series.values(), sops[number])
        else:
            assert seen(viewer, sops[number]) == seen(plain, sops[number])
