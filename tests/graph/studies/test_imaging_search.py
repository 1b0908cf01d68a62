"""QIDO-RS shows studies that have pictures, of the addressed partition."""

from collections.abc import Iterator

import pytest

from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import CommitterThread, Committing
from graph.query.attributes import STUDY
from graph.query.expression import EVERYTHING, Page, Question
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.imaging import ImagingStore
from tests.factories.world_writer import write_world
from tests.factories.worlds import world


@pytest.fixture
def imaging(graph: Graph) -> Iterator[ImagingStore]:
    committer = CommitterThread(Committing(graph, AGGREGATES, now))
    yield ImagingStore(graph, committer, Site("http://localhost"))
    committer.close()


def test_a_study_that_was_only_announced_over_fhir_is_not_found(
    graph: Graph, imaging: ImagingStore, tenant: str
) -> None:
    write_world(graph, tenant, world(0))  # two of its ImagingStudies came over FHIR, without pictures
    for partition, uids in {"default": {0, 1, 3, 4, 6}, "other": {2, 5}}.items():
        scope = AccessScope(tenant, "someone", "clinician", "care", partition=partition)
        found = imaging.search(scope, Question(STUDY, EVERYTHING, Page(100)))
        assert {each.study["StudyInstanceUID"] for each in found} == {f"1.2.3.{uid}" for uid in uids}
