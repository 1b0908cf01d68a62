"""The parts of one process, each made when it is first asked for: a process role makes what it needs.

Nothing here starts a thread or opens a connection before its first use, so the parts may be made before a
server forks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from secrets import token_bytes
from time import time_ns
from urllib.parse import urlsplit

from app.audit.alerts import Alerts
from app.audit.asking import AuditReader
from app.audit.checkpoints import Checkpoints
from app.audit.proving import AuditTrail
from app.blobs import new_blob_id
from app.checking import Checks
from app.cohorts.answers.answering import Cohorts
from app.cohorts.plain_words.asking import PlainWords
from app.cohorts.saved.saved_cohorts import SavedCohorts
from app.config import Config
from app.http.kit.handover import Handover
from app.imaging.assembly import Assemblies
from app.imaging.changes import ChangeFeed
from app.imaging.delete import ImagingDeletion, ImagingRestoration
from app.imaging.render.derived import DerivedStore
from app.imaging.render.renderers import Renderers
from app.imaging.retrieve import BulkRetrieval, ImagingRendering, ImagingRetrieval
from app.imaging.search import ImagingSearch
from app.imaging.store import Ingest, Limits
from app.imaging.worklist import Worklist
from app.imaging.worklist.holding import HeldWorkitems
from app.imaging.worklist.subscribing import WorklistSubscriptions
from app.paging import PageTokens
from app.processes.events import events_address
from app.processes.readiness import Readiness
from app.processes.renderer import renderer_address
from app.records import Records
from app.records.audited import AuditSearch, Disclosures
from app.records.bundles.bundles import Bundles
from app.records.bundles.writing import BundleWriter
from app.records.casts import CastAnnouncer, CastHub, CastListening
from app.records.casts.sight import CastSight
from app.records.glance import ChartReader, PatientGlances
from app.records.history import RecordHistory
from app.records.identities import PatientIdentities
from app.records.packages.loading import DefinitionWriting
from app.records.packages.profiles import ProfileLoading
from app.records.parameters import ParameterIndexer
from app.records.people import PatientFinder
from app.records.read import RecordReader
from app.records.search import IncludeSearch, RecordSearch, SearchContexts
from app.records.studies import StudyDesk
from app.records.validate import ProfileLibrary, RecordValidation
from app.records.write.patching import Patching
from app.records.write.terms import WritingTerms
from app.security.cast_scopes import CastTopics
from app.security.standing import Standing
from app.wiring.callers import Callers
from app.wiring.cohorts import CohortWiring, outside_words
from app.wiring.connecting import graph_of
from app.wiring.terminology import TerminologyWiring
from app.work.operations import Operations
from app.work.purging import Purging
from app.work.waking import Topic
from graph.casts.casts import CastStore
from graph.changes.changes import ChangeStore
from graph.clock import now
from graph.invariants import InvariantStore
from graph.marks.read_marks import ReadMarkStore
from graph.parameters.parameters import ParameterStore
from graph.resources.compartments import CompartmentStore

_DERIVED = "derived"  # the folder of the home folder


class Wiring(Callers):
    """The parts of one process on a graph, each made when it is first asked for, and then kept."""

    @cached_property
    def page_tokens(self) -> PageTokens:
        return PageTokens(self.key.derive("pages"), self.config.page_token_seconds)

    # Use cases on pictures

    @cached_property
    def file_limits(self) -> Limits:
        """What one file may cost."""
        return Limits(file_bytes=self.config.part_size, inline_binary=self.config.inline_binary)

    def _today(self) -> str:
        return datetime.now(self.sites.own.zone).strftime("%Y%m%d")

    @cached_property
    def ingest(self) -> Ingest:
        return Ingest(
            self.blobs,
            self.imaging,
            new_blob_id=_blob_id,
            today=self._today,
            limits=self.file_limits,
        )

    @cached_property
    def assemblies(self) -> Assemblies:
        config = self.config
        return Assemblies(
            self.blobs, _blob_id, self.renderers, longest=config.part_size, most=config.request_size
        )

    @cached_property
    def imaging_search(self) -> ImagingSearch:
        return ImagingSearch(self.imaging, self.sites)

    @cached_property
    def retrieval(self) -> ImagingRetrieval:
        return ImagingRetrieval(self.imaging, self.blobs, tag_key=self.key.derive("tags"))

    @cached_property
    def renderers(self) -> Renderers:
        return Renderers(renderer_address(self.config), self.config.render_seconds)

    @cached_property
    def derived(self) -> DerivedStore:
        return DerivedStore(self.config.home / _DERIVED, self.config.derived)

    @cached_property
    def rendering(self) -> ImagingRendering:
        return ImagingRendering(self.retrieval, self.renderers, self.derived)

    @cached_property
    def bulk(self) -> BulkRetrieval:
        return BulkRetrieval(self.retrieval, self.blobs, self.file_limits)

    @cached_property
    def deletion(self) -> ImagingDeletion:
        return ImagingDeletion(self.imaging)

    @cached_property
    def restoration(self) -> ImagingRestoration:
        return ImagingRestoration(
            self.imaging,
            self.removals,
            self.blobs,
            limits=self.file_limits,
            today=self._today,
            grace=self.config.restore_seconds,
        )

    @cached_property
    def worklist(self) -> Worklist:
        return Worklist(self.workitems, self.sites, now)

    @cached_property
    def claim_secret(self) -> bytes:
        """What the keys of claims at pages are made of."""
        return self.key.derive("claims of workitems")

    @cached_property
    def held_workitems(self) -> HeldWorkitems:
        return HeldWorkitems(self.workitems, self.sites, now, self.claim_secret)

    @cached_property
    def subscriptions(self) -> WorklistSubscriptions:
        return WorklistSubscriptions(self.workitems, self.subscription_store, self.sites)

    @cached_property
    def handover(self) -> Handover:
        """How this process hands connections over that stay open."""
        own = urlsplit(self.config.base_url)
        origins = {f"{own.scheme}://{own.netloc}", *self.config.cors_origins}
        return Handover(events_address(self.config), frozenset(origins))

    @cached_property
    def purging(self) -> Purging:
        return Purging(self.job_queue)

    @cached_property
    def feed(self) -> ChangeFeed:
        return ChangeFeed(ChangeStore(self.graph))

    # Use cases on the record

    @cached_property
    def writing_terms(self) -> WritingTerms:
        return WritingTerms(self.sites.own, self.profiles, self.added_parameters)

    @cached_property
    def records(self) -> Records:
        return Records(self.resources, self.writing_terms)

    @cached_property
    def parameter_indexer(self) -> ParameterIndexer:
        return ParameterIndexer(ParameterStore(self.graph), self.sites.own)

    @cached_property
    def bundle_writer(self) -> BundleWriter:
        return BundleWriter(self.resources, self.writing_terms, self.patching, self.search_contexts)

    @cached_property
    def patching(self) -> Patching:
        return Patching(self.resources, self.writing_terms)

    @cached_property
    def reader(self) -> RecordReader:
        return RecordReader(self.resources)

    @cached_property
    def record_search(self) -> RecordSearch:
        return RecordSearch(self.resources, IncludeSearch(self.resources), self.search_contexts)

    @cached_property
    def search_contexts(self) -> SearchContexts:
        codes, added = self.terminology.code_sets, self.added_parameters
        return SearchContexts(self.sites, self.resources, codes, added)

    @cached_property
    def chart_reader(self) -> ChartReader:
        return ChartReader(CompartmentStore(self.graph), self.resources, self.sites)

    @cached_property
    def glances(self) -> PatientGlances:
        return PatientGlances(self.chart_reader, ReadMarkStore(self.graph))

    # What applications of one person share

    @cached_property
    def cast_topics(self) -> CastTopics:
        return CastTopics(self.key.derive("topics of FHIRcast"))

    @cached_property
    def casts(self) -> CastStore:
        return CastStore(self.graph)

    @cached_property
    def cast_hub(self) -> CastHub:
        wake = partial(self.waker.wake, Topic.CASTS)
        return CastHub(self.casts, self.cast_topics, CastSight(self.reader), now, wake)

    @cached_property
    def cast_listening(self) -> CastListening:
        standing = Standing(self.accounts, self.authorizations)
        return CastListening(self.casts, standing, CastSight(self.reader), self.consents.applied, now)

    @cached_property
    def cast_announcer(self) -> CastAnnouncer:
        return CastAnnouncer(self.cast_hub, self.reader, self.studies, now)

    @cached_property
    def people_finder(self) -> PatientFinder:
        return PatientFinder(self.record_search, self.reader, self.audit_reader)

    @cached_property
    def studies(self) -> StudyDesk:
        """What pages say of studies."""
        return StudyDesk(self.imaging_search, self.record_search, self.people_finder)

    @cached_property
    def history(self) -> RecordHistory:
        return RecordHistory(self.resources)

    @cached_property
    def identities(self) -> PatientIdentities:
        return PatientIdentities(self.resources, self.writing_terms)

    @cached_property
    def profiles(self) -> ProfileLibrary:
        """The profiles of this process's tenants."""
        return ProfileLibrary(self.resources, self.sites)

    @cached_property
    def profile_loading(self) -> ProfileLoading:
        writing = DefinitionWriting(self.records, self.terminology.definitions, versioned=False)
        return ProfileLoading(writing, self.profiles, self.record_search)

    @cached_property
    def validation(self) -> RecordValidation:
        return RecordValidation(self.resources, self.profiles)

    @cached_property
    def audit_reader(self) -> AuditReader:
        return AuditReader(self.audit, self.sites)

    @cached_property
    def audit_trail(self) -> AuditTrail:
        return AuditTrail(self.audit_folder, self.audit_key, self.audit_heads)

    @cached_property
    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self.audit_trail, self.key, self.config.base_url)

    @cached_property
    def alert_uses(self) -> Alerts:
        return Alerts(self.alerts, self.sites.own.tenant)

    @cached_property
    def audit_search(self) -> AuditSearch:
        return AuditSearch(self.audit_reader, self.sites)

    @cached_property
    def disclosures(self) -> Disclosures:
        return Disclosures(self.audit_reader, self.sites)

    @cached_property
    def bundles(self) -> Bundles:
        return Bundles(self.bundle_writer)

    @cached_property
    def asking(self) -> CohortWiring:
        """What cohorts are asked and answered by."""
        return CohortWiring(
            self.graph,
            self.resources,
            self.terminology.concepts,
            self.sites,
            tokens=self.page_tokens,
            pseudonym_key=partial(self.key.derive, "pseudonyms"),
            outside=outside_words(self.config),
        )

    @cached_property
    def cohorts(self) -> Cohorts:
        return self.asking.cohorts

    @cached_property
    def plain_words(self) -> PlainWords:
        return self.asking.plain_words

    @cached_property
    def saved_cohorts(self) -> SavedCohorts:
        return self.asking.saved

    @cached_property
    def terminology(self) -> TerminologyWiring:
        return TerminologyWiring(self.graph, self.resources)

    # What an operator asks

    @cached_property
    def operations(self) -> Operations:
        return Operations(self.jobs)

    @cached_property
    def readiness(self) -> Readiness:
        return Readiness(self.graph, self.blobs, self.config.home)

    @cached_property
    def checks(self) -> Checks:
        return Checks(
            self.removals,
            InvariantStore(self.graph),
            self.blobs,
            home=self.config.home,
            audit=self.audit_trail,
            tenant=self.sites.own.tenant,
            grace=self.config.orphan_seconds,
        )


def _blob_id() -> str:
    return new_blob_id(time_ns() // 1_000_000, token_bytes(10))


@contextmanager
def wired(config: Config) -> Iterator[Wiring]:
    """The parts of a process that ends with the block."""
    graph = graph_of(config)
    wiring = Wiring(config, graph)
    try:
        yield wiring
    finally:
        wiring.close()
        graph.close()
