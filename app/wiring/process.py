"""The parts of one process, each made when it is first asked for: a process role makes what it needs.

Nothing here starts a thread or opens a connection before its first use, so the parts may be made before a
server forks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from secrets import token_bytes
from time import time, time_ns

from app.admission import Admission
from app.audit.alerts import Alerts
from app.audit.asking import AuditReader
from app.audit.checkpoints import Checkpoints
from app.audit.proving import AuditTrail
from app.blobs import new_blob_id
from app.checking import Checks
from app.cohorts.answering import Cohorts
from app.config import Config
from app.imaging.assembly import Assemblies
from app.imaging.changes import ChangeFeed
from app.imaging.delete import ImagingDeletion, ImagingRestoration
from app.imaging.render.derived import DerivedStore
from app.imaging.render.renderers import Renderers
from app.imaging.retrieve import BulkRetrieval, ImagingRendering, ImagingRetrieval
from app.imaging.search import ImagingSearch
from app.imaging.store import Ingest, Limits
from app.paging import PageTokens
from app.processes.readiness import Readiness
from app.processes.renderer import renderer_address
from app.records import Records
from app.records.audited import AuditSearch, Disclosures
from app.records.bundles.bundles import Bundles
from app.records.bundles.writing import BundleWriter
from app.records.history import RecordHistory
from app.records.identities import PatientIdentities
from app.records.packages.loading import DefinitionWriting
from app.records.packages.profiles import ProfileLoading
from app.records.parameters import ParameterIndexer
from app.records.read import RecordReader
from app.records.search import IncludeSearch, RecordSearch, SearchContexts
from app.records.validate import ProfileLibrary, RecordValidation
from app.records.write.patching import Patching
from app.records.write.terms import WritingTerms
from app.security.account_tokens import AccountTokens
from app.security.administration import Administration
from app.security.authenticator import Authenticator
from app.security.authorization.origins import AppOrigins
from app.security.authorization.registry import Clients
from app.security.authorization.signing_in import SignIn
from app.security.break_glass import BreakGlass
from app.security.browser_sessions import BrowserSessions, SessionHandle, SessionLimits
from app.security.consents import Consents
from app.security.demo import DemoUsers
from app.security.guesses import Guesses
from app.security.providers import provider_verifiers
from app.security.second_factors import SecondFactors
from app.security.tokens import LocalVerifier, TokenIssuer, Verifier
from app.wiring.stores import Stores
from app.wiring.terminology import TerminologyWiring
from app.work.operations import Operations
from app.work.purging import Purging
from graph.accounts.break_glass import BreakGlassStore
from graph.changes.changes import ChangeStore
from graph.edition import Edition
from graph.errors import Unavailable
from graph.invariants import InvariantStore
from graph.local.folders import graph_folder
from graph.local.state import Neo4jAddress, local_address
from graph.parameters.parameters import ParameterStore
from graph.resources.consents import ConsentStore
from graph.resources.references import ReferenceStore
from graph.scope import AccessScope
from graph.session import Graph
from graph.tellings.tellings import TellingStore

_DERIVED = "derived"  # the folder of the home folder


class Wiring(Stores):
    """The parts of one process on a graph, each made when it is first asked for, and then kept."""

    # Who asks

    @cached_property
    def issuer(self) -> TokenIssuer:
        return TokenIssuer(self.key, self.config.base_url, self.config.token_seconds)

    @cached_property
    def account_tokens(self) -> AccountTokens:
        return AccountTokens(self.accounts, self.issuer, self.sites.own.tenant)

    @cached_property
    def guesses(self) -> Guesses:
        return Guesses(self.sign_in_folder / "guesses.db", time)

    @cached_property
    def administration(self) -> Administration:
        return Administration(self.accounts, self.roles)

    @cached_property
    def break_glass(self) -> BreakGlass:
        return BreakGlass(BreakGlassStore(self.graph, self.changing_rights))

    @cached_property
    def demo(self) -> DemoUsers:
        return DemoUsers(self.accounts, self.issuer, self.sites.own.tenant, on=self.config.demo)

    @cached_property
    def authenticator(self) -> Authenticator:
        own: Verifier = LocalVerifier(self.key, self.config.base_url)
        verifiers = (own, *provider_verifiers(self.config))
        return Authenticator(
            verifiers,
            self.accounts,
            self.sites.own.tenant,
            authorizations=self.authorizations,
            sessions=self.browser_sessions,
            edition=self.rights_edition.current,
        )

    @cached_property
    def browser_sessions(self) -> BrowserSessions:
        limits = SessionLimits(self.config.session_idle_seconds, self.config.session_seconds)
        tenant, edition = self.sites.own.tenant, self.rights_edition.current
        return BrowserSessions(self.sessions, limits, tenant, edition)

    @cached_property
    def second_factors(self) -> SecondFactors:
        return SecondFactors(
            self.factors,
            self.accounts,
            self.guesses,
            self.second_factor_key,
            self.sites.own.tenant,
            always=self.config.second_factor,
        )

    @cached_property
    def sign_in(self) -> SignIn:
        return SignIn(self.people, self._account_rights, self.guesses, self.sites.own.tenant)

    def _account_rights(self, name: str, roles: tuple[str, ...]) -> AccessScope:
        """What an account may do now, without what patients' consents keep from it."""
        return self.consents.applied(self.authenticator.of_account(name, roles))

    def browser_rights(self, handle: SessionHandle) -> AccessScope:
        """The same of whoever is signed in at a browser."""
        return self.consents.applied(self.authenticator(handle))

    @cached_property
    def clients(self) -> Clients:
        return Clients(self.registered_clients, self.accounts, self.config.key_origins)

    @cached_property
    def app_origins(self) -> AppOrigins:
        """The origins of the apps that are registered, whose scripts may read answers."""
        return AppOrigins(self.registered_clients, self.sites.own.tenant)

    @cached_property
    def admission(self) -> Admission:
        return Admission(self.authenticator, self.recorder, self.consents.applied)

    @cached_property
    def consents(self) -> Consents:
        return Consents(ConsentStore(self.graph), edition=self.consents_edition.current)

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
    def cohorts(self) -> Cohorts:
        return Cohorts(
            self.resources,
            ReferenceStore(self.graph),
            self.terminology.concepts,
            TellingStore(self.graph),
            tokens=self.page_tokens,
            pseudonym_key=self.key.derive("pseudonyms"),
            sites=self.sites,
        )

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


def graph_address(config: Config) -> Neo4jAddress:
    """Where the graph of this configuration is; raises `Unavailable` when there is none yet."""
    if config.neo4j_uri:
        return Neo4jAddress(config.neo4j_uri, config.neo4j_user, _password(config))
    found = local_address(graph_folder(config.home))
    if found is None:
        raise Unavailable("there is no local graph here yet: `hilum graph start` or `hilum up` makes it")
    return found


def _password(config: Config) -> str:
    if config.neo4j_password_file is None:
        return config.neo4j_password
    try:
        return config.neo4j_password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise Unavailable("the file that NEO4J_PASSWORD_FILE names cannot be read") from None


def graph_of(config: Config) -> Graph:
    """The graph of this configuration, of which nothing is asked yet; raises `Unavailable`."""
    where = graph_address(config)
    own = Edition(graph_folder(config.home)) if not config.neo4j_uri else None
    return Graph.connect(where.uri, where.user, where.password, config.neo4j_database, edition=own)


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
