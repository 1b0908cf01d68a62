"""The composition root: from the configuration to the services, wired once per process.

Nothing here starts a thread or opens a connection before its first use, so the services may be built before a
server forks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from time import time_ns
from zoneinfo import ZoneInfo

from app.audit.recorder import AuditRecorder, open_recorder
from app.blobs import BlobStore, new_blob_id
from app.config import Config
from app.http.kit.paging import PageTokens
from app.imaging.store.limits import Limits
from app.imaging.store.store import Ingest
from app.records import Records
from app.records.write.drafts import Reading
from app.security.authenticator import Authenticator
from app.security.keys import SigningKey, signing_key
from app.security.provider import provider_verifier
from app.security.tokens import LocalVerifier, TokenIssuer
from graph.accounts.accounts import AccountStore
from graph.audit.entries import AuditStore
from graph.changes.changes import ChangeStore
from graph.clock import now
from graph.commit import Committer
from graph.errors import Unavailable
from graph.invariants import InvariantStore
from graph.local.folders import graph_folder
from graph.local.state import Neo4jAddress, local_address
from graph.resources.resources import ResourceStore
from graph.session import Graph
from graph.site import Settings
from graph.studies.imaging import ImagingStore
from graph.studies.removals import RemovalStore

_KEYS = "keys"
_BLOBS = "blobs"
AUDIT_FOLDER = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that the features need, each under its own name."""

    config: Config
    graph: Graph
    committer: Committer
    settings: Settings
    reading: Reading
    accounts: AccountStore
    issuer: TokenIssuer
    authenticator: Authenticator
    recorder: AuditRecorder
    page_tokens: PageTokens
    pseudonym_key: bytes
    blobs: BlobStore
    imaging: ImagingStore
    resources: ResourceStore
    changes: ChangeStore
    removals: RemovalStore
    invariants: InvariantStore
    audit: AuditStore
    ingest: Ingest
    records: Records

    def close(self) -> None:
        """Finish what waits, then close every connection."""
        self.committer.close()
        self.recorder.close()
        self.blobs.close()
        self.graph.close()


def graph_address(config: Config) -> Neo4jAddress:
    """Where the graph of this configuration is; raises `Unavailable` when there is none yet."""
    if config.neo4j_uri:
        return Neo4jAddress(config.neo4j_uri, config.neo4j_user, config.neo4j_password)
    found = local_address(graph_folder(config.home))
    if found is None:
        raise Unavailable("there is no local graph here yet: `hilum graph start` or `hilum up` makes it")
    return found


def open_services(config: Config) -> Services:
    """Wire the services of one process."""
    where = graph_address(config)
    graph = Graph.connect(where.uri, where.user, where.password, config.neo4j_database)
    return services_on(config, graph)


def services_on(config: Config, graph: Graph) -> Services:
    """Wire the services on a graph that is there already."""
    key = signing_key(config.home / _KEYS)
    committer = Committer(graph, now)
    settings = Settings(config.base_url, config.patient_id_system, ZoneInfo(config.zone))
    reading = Reading(ZoneInfo(config.zone), f"{config.base_url}/fhir")
    accounts = AccountStore(graph)
    blobs = BlobStore([config.home / _BLOBS], floor=config.disk_floor, in_flight=config.in_flight)
    imaging = ImagingStore(graph, committer, settings)
    resources = ResourceStore(graph, committer, settings)
    return Services(
        config=config,
        graph=graph,
        committer=committer,
        settings=settings,
        reading=reading,
        accounts=accounts,
        issuer=TokenIssuer(key, config.base_url, config.token_seconds),
        authenticator=_authenticator(config, key, accounts),
        recorder=open_recorder(config, config.home / AUDIT_FOLDER),
        page_tokens=PageTokens(key.derive("pages"), config.page_token_seconds),
        pseudonym_key=key.derive("pseudonyms"),
        blobs=blobs,
        imaging=imaging,
        resources=resources,
        changes=ChangeStore(graph),
        removals=RemovalStore(graph),
        invariants=InvariantStore(graph),
        audit=AuditStore(graph),
        ingest=_ingest(config, blobs, imaging),
        records=Records(resources, settings, reading),
    )


def services_from_env(environ: Mapping[str, str]) -> Services:
    """Wire the services from the environment."""
    return open_services(Config.from_env(environ))


def _authenticator(config: Config, key: SigningKey, accounts: AccountStore) -> Authenticator:
    verifiers = [LocalVerifier(key, config.base_url), provider_verifier(config)]
    return Authenticator([each for each in verifiers if each is not None], accounts, config.tenant)


def _ingest(config: Config, blobs: BlobStore, imaging: ImagingStore) -> Ingest:
    zone = ZoneInfo(config.zone)
    return Ingest(
        blobs,
        imaging,
        new_blob_id=lambda: new_blob_id(time_ns() // 1_000_000, token_bytes(10)),
        today=lambda: datetime.now(zone).strftime("%Y%m%d"),
        limits=Limits(file_bytes=config.part_size),
    )
