"""Who may take a cohort away, what of it, and what becomes of an export whose asker may no longer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.audit.asking import AuditWindow
from app.deidentification.options import TELLING
from app.security.demo import demo_name
from app.security.policy import PSEUDONYMOUS
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.extracts import extract_files, extract_kinds, extracts
from app.work.doing import JobDoer
from app.work.extracts.extracting import ExtractJob, require_export
from app.work.extracts.sources import QuestionSource
from app.work.extracts.wishes import ExtractWish
from graph.accounts.accounts import RESEARCH, Granted
from graph.clock import now
from graph.errors import Forbidden, NotFound
from graph.jobs.claims import ClaimStore
from graph.jobs.records import JobState
from graph.keys import resource_key
from graph.local.process import wait_until
from graph.session import Graph
from tests.app.conftest import signing_in
from tests.app.work.extracts.conftest import MRNS, QUESTION, Exporter, study_of
from tests.factories.scopes import scope_of

Work = Callable[[], object]
GRANTED = Granted(purpose=RESEARCH)


@pytest.fixture
def researcher(stocked: Wiring, client: FlaskClient) -> Exporter:
    return Exporter(client, signing_in(stocked)("researcher"))


@contextmanager
def granted(stocked: Wiring, researcher: Exporter) -> Iterator[None]:
    """Grant the purpose of research to a researcher within the block."""
    scope = system_scope(stocked.sites.own.tenant)
    stocked.accounts.grant(scope, demo_name("researcher"), GRANTED, now())
    try:
        assert wait_until(lambda: researcher.list().status_code == 200, 30)  # remembered for seconds
        yield
    finally:
        with suppress(NotFound):
            stocked.accounts.revoke(scope, demo_name("researcher"), GRANTED)


@pytest.mark.parametrize(
    "role", ["clinician", "fhir-exporter", "dicom-data-owner", "teleradiologist", "auditor"]
)
def test_who_has_not_the_permission_exports_nothing(stocked: Wiring, client: FlaskClient, role: str) -> None:
    somebody = Exporter(client, signing_in(stocked)(role))

    assert somebody.ask().status_code == 403
    assert somebody.list().status_code == 403


def test_a_researcher_exports_while_the_purpose_is_granted(
    stocked: Wiring, researcher: Exporter, work: Work
) -> None:
    assert researcher.ask().status_code == 403
    with granted(stocked, researcher):
        export_id = researcher.asked()
        work()
        assert researcher.told(export_id)["status"] == "succeeded"
        assert researcher.unzipped(export_id)

        identified = researcher.ask(deidentify=False)

    assert identified.status_code == 403
    assert wait_until(lambda: researcher.get(export_id).status_code == 403, 30)


def test_a_right_that_is_taken_away_ends_the_export_and_leaves_no_file(
    stocked: Wiring, researcher: Exporter, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = system_scope(stocked.sites.own.tenant)
    steps: list[str] = []
    step = ExtractJob._step

    def stepping(job: ExtractJob, hand: object, place: object) -> object:
        made = step(job, hand, place)  # type: ignore[arg-type]
        if not steps:
            stocked.accounts.revoke(scope, demo_name("researcher"), GRANTED)
        steps.append(str(made.phase))
        return made

    monkeypatch.setattr(ExtractJob, "_step", stepping)
    with granted(stocked, researcher):
        export_id = researcher.asked()
        JobDoer(ClaimStore(graph), extract_kinds(stocked), scope).do_due("worker", Event())

    job = stocked.jobs.find(scope, export_id)
    assert (job.state, job.error, len(steps)) == (JobState.FAILED, "forbidden", 1)
    assert not extract_files(stocked).exists(export_id)


def test_an_export_is_of_who_asked_for_it(
    stocked: Wiring, owner: Exporter, client: FlaskClient, work: Work
) -> None:
    export_id = owner.asked(what="none")
    work()
    other = scope_of("superuser", tenant=stocked.sites.own.tenant, subject="somebody-else")
    stranger = Exporter(client, signing_in(stocked)("researcher"))
    with granted(stocked, stranger):
        for path in (export_id, f"{export_id}/files", f"{export_id}/errors", f"{export_id}/files/export.zip"):
            assert stranger.get(path).status_code == 404, path
        assert stranger.end(export_id).status_code == 404
        listed = stranger.list().get_json()["exports"]

    assert export_id not in {each["id"] for each in listed}
    assert extracts(stocked).find(other, export_id).id == export_id  # who manages reaches those of others
    assert owner.told(export_id)["status"] == "succeeded"


def test_who_sees_pseudonyms_takes_nothing_away_that_is_not_de_identified() -> None:
    told = replace(scope_of("superuser"), purpose=PSEUDONYMOUS)

    def wish(**more: Any) -> ExtractWish:
        return ExtractWish(project="x", question={}, asked_at=0, **more)

    require_export(told, wish())
    with pytest.raises(Forbidden, match="de-identified only"):
        require_export(told, wish(deidentify=False))
    for option in TELLING:
        with pytest.raises(Forbidden, match="no dates, UIDs or institutions"):
            require_export(told, wish(options=frozenset({option})))


def test_few_patients_are_withheld_from_who_sees_pseudonyms(stocked: Wiring) -> None:
    told = replace(scope_of("superuser", tenant=stocked.sites.own.tenant), purpose=PSEUDONYMOUS)
    wish = ExtractWish(project="x", question={**QUESTION, "asOf": "2026-12-31"}, asked_at=now())

    page = QuestionSource(stocked.cohorts).page(told, wish, None)

    assert (page.patients, page.studies, dict(page.rows)["ct"]) == ([], {}, [])


def test_records_as_they_are_go_to_who_may_read_them(owner: Exporter, work: Work) -> None:
    export_id = owner.asked(deidentify=False)
    work()
    files = owner.unzipped(export_id)

    names = {name for name in files if name.startswith("dicom/")}
    assert len(names) == 6  # of screens, too
    assert {name.split("/")[1:3][0] for name in names} == {"p0", "p1"}
    assert {name.split("/")[2] for name in names} == {study_of(each) for each in MRNS}
    assert b"Quillfeather" in files["tables/patients.csv"]


def test_the_audit_says_whose_records_were_taken_away(owner: Exporter, stocked: Wiring, work: Work) -> None:
    export_id = owner.asked()
    work()
    stocked.recorder.close()
    stocked.audit_mover.move()

    reader, auditor = stocked.audit_reader, scope_of("auditor", tenant=stocked.sites.own.tenant)
    keys = [resource_key(auditor.tenant, "Patient", each) for each in ("p0", "p1", "p9")]
    told = [reader.entries(auditor, AuditWindow(limit=500, concerned=[[key]])) for key in keys]
    steps = [[each for each in entries if export_id in str(each)] for entries in told]
    assert [bool(each) for each in steps] == [True, True, False]
    assert {each["method"] for each in (*steps[0], *steps[1])} == {"JOB"}
