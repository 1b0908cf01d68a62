"""The window of FHIR and what answers its requests later, made of the parts of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

from app.admission import job_facts
from app.http.fhir.late_answers import performing
from app.http.fhir.router import EntryRouter
from app.http.fhir.table import FhirUses, fhir_table
from app.records.graphql.executing import GraphqlReader
from app.records.graphql.searches import GraphqlSearches
from app.records.search.system import SystemSearch
from app.security.scopes import system_scope
from app.security.standing import Standing
from app.wiring.bulk import bulk_files
from app.wiring.process import Wiring
from app.wiring.record_operations import record_uses
from app.work.answers.answering import AnswerJob
from app.work.answers.answers import LateAnswers
from graph.clock import now
from graph.scope import AccessScope


def fhir_uses(wiring: Wiring) -> FhirUses:
    """What the window of FHIR calls."""
    return FhirUses(
        reader=wiring.reader,
        search=wiring.record_search,
        system=SystemSearch(wiring.record_search, wiring.resources),
        history=wiring.history,
        identities=wiring.identities,
        records=wiring.records,
        patching=wiring.patching,
        bundles=wiring.bundles,
        graphql=GraphqlReader(wiring.reader, GraphqlSearches(wiring.record_search, wiring.page_tokens)),
        audit=wiring.audit_reader,
        audit_search=wiring.audit_search,
        disclosures=wiring.disclosures,
        terminology=wiring.terminology.uses,
        uses=record_uses(wiring),
        validation=wiring.validation,
        tokens=wiring.page_tokens,
        sites=wiring.sites,
        own_parameters=partial(wiring.added_parameters.told, system_scope(wiring.sites.own.tenant)),
    )


def late_answers(wiring: Wiring) -> LateAnswers:
    """The use case of requests that are answered later; answers expire with the files of bulk jobs."""
    return LateAnswers(wiring.job_queue, wiring.jobs, bulk_files(wiring))


def answer_job(wiring: Wiring) -> AnswerJob:
    """The job that answers them, each as an access of who asked, with an entry of its own in the audit."""
    router = EntryRouter(fhir_table(fhir_uses(wiring)).interactions)

    @contextmanager
    def opened(scope: AccessScope, job_id: str) -> Iterator[AccessScope]:
        facts = job_facts(AnswerJob.name, job_id, "R", request_id=uuid4().hex, received=now())
        with wiring.admission.access(scope, facts, ("fhir.read",)) as admitted:
            yield admitted

    return AnswerJob(
        performing(router, wiring.sites),
        bulk_files(wiring),
        Standing(wiring.accounts, wiring.authorizations),
        opened,
    )
