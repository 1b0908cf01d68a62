"""The use case of writing, on the graph of the run."""

from collections.abc import Iterator

import pytest

from app.records import Records
from app.records.bundles.writing import BundleWriter
from app.records.search import SearchContexts
from app.records.validate import ProfileLibrary
from app.records.write.patching import Patching
from app.records.write.terms import WritingTerms
from app.site import Sites
from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import CommitterThread, Committing
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.rendering import StudyRenderer
from tests.factories.scopes import scope_of

SETTINGS = Site("http://hilum.test")


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("clinician", tenant=tenant)


@pytest.fixture
def resources(graph: Graph) -> Iterator[ResourceStore]:
    committer = CommitterThread(Committing(graph, AGGREGATES, now))
    yield ResourceStore(graph, committer, StudyRenderer(graph, SETTINGS))
    committer.close()


@pytest.fixture
def profiles(resources: ResourceStore) -> ProfileLibrary:
    return ProfileLibrary(resources, Sites(SETTINGS))


@pytest.fixture
def terms(profiles: ProfileLibrary) -> WritingTerms:
    return WritingTerms(SETTINGS, profiles)


@pytest.fixture
def writer(resources: ResourceStore, terms: WritingTerms) -> BundleWriter:
    contexts = SearchContexts(Sites(SETTINGS), resources)
    return BundleWriter(resources, terms, Patching(resources, terms), contexts)


@pytest.fixture
def records(resources: ResourceStore, terms: WritingTerms) -> Records:
    return Records(resources, terms)
