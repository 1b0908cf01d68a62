"""The sample question over the sample data has the answer that is written down beside it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.config import Config
from app.http.factory import create_app
from app.samples import Samples, load_samples
from app.samples.answer import Expected, expected, question
from app.samples.case import Verdict
from app.security.demo import demo_tokens
from app.wiring import Services, services_on
from graph.clock import now
from graph.session import Graph

AS_OF = date(2026, 11, 22)
SEED = 7


@pytest.fixture(scope="module")
def services(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home: Path = tmp_path_factory.mktemp("home")
    opened = services_on(
        Config.from_env({"HILUM_HOME": str(home), "HILUM_TENANT": f"t{uuid4().hex[:12]}"}), graph
    )
    load_samples(opened, lambda done, total: None, Samples(AS_OF, seed=SEED, patients=2))
    yield opened
    opened.committer.close()
    opened.recorder.close()
    opened.blobs.close()


@pytest.fixture(scope="module")
def answer(services: Services) -> dict[str, Any]:
    client = create_app(services.config, services).test_client()
    token = demo_tokens(services, now())["clinician"]
    answered = client.post(
        "/cohorts/query", json=question(AS_OF), headers={"Authorization": f"Bearer {token}"}
    )
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.get_json()
    return found


@pytest.fixture(scope="module")
def cases() -> tuple[Expected, ...]:
    return expected(SEED)


def test_every_patient_has_the_verdict_that_is_written_down(
    answer: dict[str, Any], cases: tuple[Expected, ...]
) -> None:
    verdicts = {each["reference"]: each["verdict"] for each in answer["patients"]}
    listed = [each for each in cases if each.verdict is not Verdict.EXCLUDED]

    assert verdicts == {each.patient: str(each.verdict) for each in listed}
    assert answer["counts"] == {"matched": 8, "unknown": 2}


def test_the_rows_are_those_of_the_patients_who_match(
    answer: dict[str, Any], cases: tuple[Expected, ...]
) -> None:
    assert {row["reference"] for row in answer["rows"]["rx"]} == {
        name for each in cases for name in each.medications
    }
    assert {row["reference"] for row in answer["rows"]["doc"]} == {
        name for each in cases for name in each.documents
    }
    assert {row["studyInstanceUID"] for row in answer["rows"]["ct"]} == {
        uid for each in cases for uid in each.ct_studies
    }
    assert {row["reference"] for row in answer["rows"]["rep"]} == {
        link.report for each in cases for link in each.links
    }


def test_each_report_is_linked_to_its_study_in_the_way_it_says(
    answer: dict[str, Any], cases: tuple[Expected, ...]
) -> None:
    uids = {row["reference"]: row["studyInstanceUID"] for row in answer["rows"]["ct"]}

    links = {(each["from"], uids[each["to"]], each["via"]) for each in answer["links"]}

    assert links == {(link.report, link.study_uid, str(link.via)) for each in cases for link in each.links}
    assert len(answer["links"]) == len(links)


def test_every_row_says_what_was_prescribed(answer: dict[str, Any]) -> None:
    assert all(row["code"] and row["display"] and row["authoredOn"] for row in answer["rows"]["rx"])
