"""The use cases and jobs of bulk data, made of the parts of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from app.admission import job_facts
from app.records.importing import RecordImport, RecordLoading
from app.security.standing import Standing
from app.wiring.process import Wiring
from app.work.bulk.auditing import ExportedAudit
from app.work.bulk.expiry import BulkExpiry
from app.work.bulk.exporting import BulkExport, StepAccess
from app.work.bulk.exports import Exports
from app.work.bulk.fetching import Fetching
from app.work.bulk.files import BulkFiles
from app.work.bulk.importing import BulkImport
from app.work.bulk.imports import Imports
from app.work.kinds import JobKind
from graph.clock import now
from graph.resources.bulk import BulkStore
from graph.scope import AccessScope

_FOLDER = "bulk"  # of the home folder


def bulk_files(wiring: Wiring) -> BulkFiles:
    """The files of bulk jobs."""
    return BulkFiles(wiring.config.home / _FOLDER, wiring.config.disk_floor)


def exports(wiring: Wiring) -> Exports:
    """The use case of exports."""
    return Exports(
        queue=wiring.job_queue,
        jobs=wiring.jobs,
        reader=wiring.reader,
        search=wiring.record_search,
        files=bulk_files(wiring),
        kept=wiring.config.bulk_seconds,
    )


def imports(wiring: Wiring) -> Imports:
    """The use case of imports."""
    return Imports(
        queue=wiring.job_queue,
        jobs=wiring.jobs,
        files=bulk_files(wiring),
        allows=_fetching(wiring).allows,
        kept=wiring.config.bulk_seconds,
    )


def record_import(wiring: Wiring) -> RecordImport:
    """The use case that takes resources in by the thousand."""
    return RecordImport(wiring.resources, wiring.writing_terms)


def record_loading(wiring: Wiring) -> RecordLoading:
    """The use case that loads files of resources."""
    return RecordLoading(record_import(wiring), wiring.bundle_writer, wiring.config.fhir_bundle)


def bulk_kinds(wiring: Wiring) -> tuple[JobKind, ...]:
    """The jobs of bulk data."""
    files, standing = bulk_files(wiring), Standing(wiring.accounts, wiring.authorizations)
    return (
        BulkExport(
            bulk=BulkStore(wiring.graph),
            resources=wiring.resources,
            search=wiring.record_search,
            audit=ExportedAudit(wiring.audit_reader),
            files=files,
            standing=standing,
            access=_access(wiring, BulkExport.name, "R", "fhir.read"),
        ),
        BulkImport(
            records=record_import(wiring),
            files=files,
            standing=standing,
            access=_access(wiring, BulkImport.name, "C", "fhir.write"),
            fetch=_fetching(wiring).fetch,
            longest=wiring.config.fhir_bundle,
        ),
        BulkExpiry(files, wiring.config.bulk_seconds),
    )


def _fetching(wiring: Wiring) -> Fetching:
    return Fetching(frozenset(wiring.config.import_origins), wiring.config.request_size)


def _access(wiring: Wiring, kind: str, action: str, permission: str) -> StepAccess:
    """Each step of a job is an access of who asked for it, with an entry of its own in the audit."""

    @contextmanager
    def opened(scope: AccessScope, job_id: str) -> Iterator[AccessScope]:
        facts = job_facts(kind, job_id, action, request_id=uuid4().hex, received=now())
        with wiring.admission.access(scope, facts, (permission, "fhir.bulk")) as admitted:
            yield admitted

    return opened
