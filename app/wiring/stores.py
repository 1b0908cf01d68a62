"""What one process has of the disk and of the graph, each part made when it is first asked for.

Nothing here starts a thread or opens a connection before its first use, so the parts may be made before a
server forks.
"""

from collections.abc import Collection
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path

from app.audit.alerting import AuditWatch
from app.audit.mover import AuditMover
from app.audit.recorder import AuditRecorder, open_recorder
from app.audit.rules import alert_rules
from app.blobs import BlobStore
from app.config import Config
from app.records.parameters import AddedParameters
from app.security.keys import (
    IdTokenKey,
    SigningKey,
    audit_key,
    id_token_key,
    pseudonym_key,
    second_factor_key,
    signing_key,
)
from app.security.roles import MANAGING
from app.site import Sites, sites_of
from app.work.queue import JobQueue
from app.work.waking import Topic, Waker
from graph.accounts.accounts import AccountStore
from graph.accounts.browser_sessions import BrowserSessionStore
from graph.accounts.passwords import PersonStore
from graph.accounts.role_store import RoleStore
from graph.accounts.second_factors import SecondFactorStore
from graph.aggregates import AGGREGATES
from graph.audit.alerts import AlertStore
from graph.audit.entries import AuditStore
from graph.audit.heads import AuditHeadStore
from graph.authorization.authorizations import AuthorizationStore
from graph.authorization.clients import ClientStore
from graph.clock import now
from graph.commit import Committer, CommitterThread, Committing
from graph.commit.remote import RemoteCommitter
from graph.edition import Edition
from graph.jobs.jobs import JobStore
from graph.parameters.parameters import ParameterStore
from graph.resources.consents import is_consent
from graph.resources.resources import ResourceStore
from graph.session import Graph
from graph.studies.imaging import ImagingStore
from graph.studies.removals import RemovalStore
from graph.studies.rendering import StudyRenderer
from graph.workitems.subscriptions import SubscriptionStore
from graph.workitems.workitems import WorkitemStore

_KEYS, _BLOBS, _AUDIT = "keys", "blobs", "audit"  # folders of the home folder


class Stores:
    """What a process keeps things in: folders of its home, and the stores of its graph."""

    def __init__(self, config: Config, graph: Graph) -> None:
        self.config = config
        self.graph = graph
        self.sites: Sites = sites_of(config)

    def close(self) -> None:
        """Finish what waits and close what was made; the graph stays open, since it was brought."""
        for name in ("asking", "committer", "recorder", "blobs", "rights_edition", "consents_edition"):
            if name in vars(self):
                vars(self)[name].close()

    # What lies on the disk beside the graph

    @cached_property
    def key(self) -> SigningKey:
        """The secret key of the gateway; made on the first start."""
        return signing_key(self.config.home / _KEYS)

    @cached_property
    def audit_key(self) -> bytes:
        """The secret under which audit lines are chained; made on the first start."""
        return audit_key(self.config.home / _KEYS)

    @cached_property
    def second_factor_key(self) -> bytes:
        """The secret under which those of second factors are sealed; made on the first start."""
        return second_factor_key(self.config.home / _KEYS)

    @cached_property
    def pseudonym_key(self) -> bytes:
        """The secret that the pseudonyms of projects are made of; made on the first start."""
        return pseudonym_key(self.config.home / _KEYS)

    @cached_property
    def blobs(self) -> BlobStore:
        config = self.config
        return BlobStore([config.home / _BLOBS], floor=config.disk_floor, in_flight=config.in_flight)

    @property
    def audit_folder(self) -> Path:
        """Where entries lie until they are moved into the graph."""
        return self.config.home / _AUDIT

    @cached_property
    def recorder(self) -> AuditRecorder:
        closed = partial(self.waker.wake, Topic.AUDIT)
        return open_recorder(self.config, self.audit_folder, self.sites.own.tenant, closed)

    @cached_property
    def audit_mover(self) -> AuditMover:
        """Moves what lies there into the graph and the archive."""
        watch = AuditWatch(self.alerts, alert_rules(self.config.alert_rules), self.sites.own.zone)
        return AuditMover(self.audit_folder, self.audit, self.audit_heads, self.audit_key, watch.look)

    @cached_property
    def waker(self) -> Waker:
        """Wakes the workers of this machine."""
        return Waker(self.config.home)

    # Stores of the graph

    @cached_property
    def committing(self) -> Committing:
        return Committing(self.graph, AGGREGATES, now, self._committed)

    def _committed(self, changed: Collection[str]) -> None:
        """Tell of a commit: of Consents all processes of the home folder, and who follows the feed of all."""
        if any(map(is_consent, changed)):
            self.consents_edition.change()
        self.waker.changed()

    @cached_property
    def committer(self) -> Committer:
        """The machine's one committer where this process was told of it, else a thread of its own."""
        if self.config.committer:
            return RemoteCommitter(self.config.committer)
        return CommitterThread(self.committing)

    @cached_property
    def added_parameters(self) -> AddedParameters:
        return AddedParameters(ParameterStore(self.graph))

    @cached_property
    def imaging(self) -> ImagingStore:
        return ImagingStore(self.graph, self.committer, self.sites.own, self.added_parameters.of)

    @cached_property
    def resources(self) -> ResourceStore:
        return ResourceStore(self.graph, self.committer, StudyRenderer(self.graph, self.sites.own))

    @cached_property
    def workitems(self) -> WorkitemStore:
        return WorkitemStore(self.graph, self.committer, self.sites.own, self.added_parameters.of)

    @cached_property
    def subscription_store(self) -> SubscriptionStore:
        return SubscriptionStore(self.graph)

    @cached_property
    def accounts(self) -> AccountStore:
        return AccountStore(self.graph, MANAGING, self.changing_rights)

    @cached_property
    def roles(self) -> RoleStore:
        """The tenant's own roles."""
        return RoleStore(self.graph, MANAGING, self.changing_rights)

    @cached_property
    def rights_edition(self) -> Edition:
        """Changes whenever this machine changes what rights are made of."""
        return self._edition()

    @cached_property
    def consents_edition(self) -> Edition:
        """Changes whenever this machine commits a Consent."""
        return self._edition("consents")

    def _edition(self, *name: str) -> Edition:
        self.sign_in_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Edition(self.sign_in_folder, *name)

    def changing_rights(self) -> AbstractContextManager[None]:
        """Around what changes rights: all processes of the home folder look them up anew."""
        return self.rights_edition.changing()

    @property
    def sign_in_folder(self) -> Path:
        """Where what is known of sign-ins lies, for all processes of the home folder."""
        return self.config.home / "sign-in"

    @cached_property
    def people(self) -> PersonStore:
        return PersonStore(self.graph, self.changing_rights)

    @cached_property
    def sessions(self) -> BrowserSessionStore:
        return BrowserSessionStore(self.graph, self.changing_rights)

    @cached_property
    def factors(self) -> SecondFactorStore:
        return SecondFactorStore(self.graph, self.changing_rights)

    @cached_property
    def registered_clients(self) -> ClientStore:
        return ClientStore(self.graph)

    @cached_property
    def authorizations(self) -> AuthorizationStore:
        return AuthorizationStore(self.graph)

    @cached_property
    def id_token_key(self) -> IdTokenKey:
        """The key that id tokens are signed with; made on the first start."""
        return id_token_key(self.config.home / _KEYS)

    @cached_property
    def removals(self) -> RemovalStore:
        return RemovalStore(self.graph)

    @cached_property
    def audit(self) -> AuditStore:
        return AuditStore(self.graph)

    @cached_property
    def alerts(self) -> AlertStore:
        return AlertStore(self.graph)

    @cached_property
    def audit_heads(self) -> AuditHeadStore:
        return AuditHeadStore(self.graph)

    @cached_property
    def jobs(self) -> JobStore:
        return JobStore(self.graph)

    @cached_property
    def job_queue(self) -> JobQueue:
        return JobQueue(self.jobs, self.waker)
