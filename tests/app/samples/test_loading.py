"""Loading goes through the gateway's own use cases, refuses nothing, and may be repeated.

Afterwards the sample question has the answer that is written down beside it.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.config import Config
from app.samples import Loaded, Samples
from app.samples.answer import Expected, expected, question
from app.samples.case import Verdict
from app.samples.cases import CASES
from app.samples.reading import WORKLIST
from app.samples.referrals import REFERRED
from app.wiring import Wiring
from app.wiring.samples import sample_loader
from app.wiring.web import web_app
from graph.clock import now
from graph.session import Graph

AS_OF, SEED, GENERATED = date(2026, 11, 22), 7, 2
SAMPLES = Samples(AS_OF, seed=SEED, patients=GENERATED)
COUNTS = """
MATCH (r:Resource) WHERE r.kind STARTS WITH $tenant AND NOT r.deleted
RETURN r.kind AS kind, count(*) AS n
"""


@pytest.fixture(scope="module")
def services(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    home: Path = tmp_path_factory.mktemp("home")
    config = Config.from_env({"HILUM_HOME": str(home), "HILUM_TENANT": f"t{uuid4().hex[:12]}"})
    opened = Wiring(config, graph)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def steps() -> list[tuple[int, int]]:
    """What the progress bar was told."""
    return []


@pytest.fixture(scope="module")
def loaded(services: Wiring, steps: list[tuple[int, int]]) -> Loaded:
    return sample_loader(services).load(lambda done, total: steps.append((done, total)), SAMPLES)


def counts(services: Wiring) -> dict[str, int]:
    """How many resources of each type the tenant holds."""
    rows = services.graph.read(COUNTS, tenant=f"{services.sites.own.tenant}|")
    return {row["kind"].partition("|")[2]: row["n"] for row in rows}


def test_every_picture_is_stored(loaded: Loaded) -> None:
    assert loaded.refused == ()
    assert loaded.stored == SAMPLES.image_count()


def test_progress_rises_to_the_end(loaded: Loaded, steps: list[tuple[int, int]]) -> None:
    assert steps[-1] == (sum(SAMPLES.bundle_count()) + loaded.stored,) * 2
    assert all(before[0] < after[0] for before, after in pairwise(steps))


def test_every_study_joins_the_chart_of_its_patient(services: Wiring, loaded: Loaded) -> None:
    found = counts(services)

    assert loaded.bundles == sum(SAMPLES.bundle_count())
    assert found["Patient"] == len(CASES) + GENERATED
    assert found["ImagingStudy"] == sum(len(case.studies) for case in CASES) + len(REFERRED)
    assert found["Task"] == len(WORKLIST)  # nobody has to look at a disagreement


def test_loading_again_changes_nothing(services: Wiring, loaded: Loaded) -> None:
    before = counts(services)

    again = sample_loader(services).load(lambda _done, _total: None, SAMPLES)

    assert (again.stored, again.refused) == (0, ())
    assert counts(services) == before
    assert loaded.stored > 0


def test_the_demo_teleradiologist_has_something_to_read(services: Wiring, loaded: Loaded) -> None:
    client = web_app(services).test_client()
    headers = {"Authorization": f"Bearer {services.demo.token('teleradiologist', now())}"}

    def lines(part: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get(f"/worklist/lines?show={part}", headers=headers).get_json()[
            "lines"
        ]
        return found

    waiting = lines("to-read")
    assert [each["priority"] for each in waiting] == ["HIGH", "MEDIUM", "MEDIUM", "MEDIUM", "LOW"]
    assert [each["holder"] for each in waiting] == ["nobody", "assigned", "nobody", "nobody", "nobody"]
    assert [each["report"] for each in waiting[:3]] == [None, None, None]
    assert waiting[0]["earlier"] == 1
    (done,) = lines("done")
    assert (done["state"], done["report"]) == ("COMPLETED", "final")
    assert lines("others") == []


@pytest.fixture(scope="module")
def answer(services: Wiring, loaded: Loaded) -> dict[str, Any]:
    client = web_app(services).test_client()
    token = services.demo.tokens(now())["clinician"]
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
