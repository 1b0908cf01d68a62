"""The worker signs how far the archive of the audit goes, an hour, and where something came."""

from threading import Event
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.audit.checkpoints import KEPT
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work.checkpoints import CheckpointJob
from app.work.doing import JobDoer
from graph.jobs.claims import ClaimStore
from graph.jobs.records import Wanted
from graph.session import Graph
from tests.app.conftest import AsRole

NOW = 1_700_000_000.0


@pytest.fixture
def work(services: Wiring, graph: Graph) -> Any:
    """Makes a checkpoint as the worker does; the lines of the log that say so."""
    scope = system_scope(services.sites.own.tenant)
    job = CheckpointJob(services.checkpoints, services.audit_folder, lambda: NOW)
    doer = JobDoer(ClaimStore(graph), (job,), scope)
    numbers = iter(range(100))

    def done() -> list[Any]:
        services.recorder.close()
        services.audit_mover.move()
        services.job_queue.ask(scope, Wanted(f"{job.name}-{next(numbers)}", job.name))
        with capture_logs() as lines:
            doer.do_due("worker", Event())
        return [line for line in lines if line["event"] == "audit checkpoint"]

    return done


def test_it_is_made_where_something_came_and_kept(
    services: Wiring, client: Any, as_role: AsRole, work: Any
) -> None:
    assert work() == []  # of an archive that is not there yet
    client.get("/fhir/Patient", headers=as_role("clinician"))
    (first,) = work()
    assert work() == []
    client.get("/fhir/Patient", headers=as_role("clinician"))
    (second,) = work()

    kept = (services.audit_folder / KEPT).read_text().split()
    assert kept == [first["signed"], second["signed"]]
    assert services.checkpoints.contradictions([services.checkpoints.read(each) for each in kept]) == []
    assert [services.checkpoints.read(each).place for each in kept] == [1, 2]
