"""The job that brings concepts in: asked for by what is behind, done by any worker, once."""

from threading import Event

import orjson

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work.concepts import ConceptLoad, concept_lane
from app.work.doing import JobDoer
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobWindow
from graph.jobs.records import JobState
from tests.app.terminology.test_loading import SMALL, system


def test_a_commit_of_a_code_system_starts_the_job_and_it_is_done_once(services: Wiring, tenant: str) -> None:
    scope = system_scope(tenant)
    lane = concept_lane(services.terminology.loader, services.job_queue, scope)
    lane.work(Event())
    assert services.jobs.page(scope, JobWindow(limit=10)) == []

    services.records.create(scope, "CodeSystem", orjson.dumps(system(SMALL, 30)))
    for _ in range(2):
        lane.work(Event())
    doer = JobDoer(ClaimStore(services.graph), (ConceptLoad(services.terminology.loader),), scope)
    doer.do_due("a worker", Event())
    lane.work(Event())

    (job,) = services.jobs.page(scope, JobWindow(limit=10))
    assert (job.kind, job.state, job.result) == ("concepts", JobState.SUCCEEDED, {"written": 30})
    assert services.terminology.loader.behind(scope) == []
