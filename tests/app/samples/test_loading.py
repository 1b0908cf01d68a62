"""Loading goes through the gateway's own use cases, refuses nothing, and may be repeated."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest

from app.config import Config
from app.samples import Loaded, Samples, load_samples
from app.samples.cases import CASES
from app.samples.referrals import REFERRED
from app.wiring import Services, services_on
from graph.session import Graph

GENERATED = 1
SAMPLES = Samples(date(2026, 11, 22), seed=5, patients=GENERATED)
COUNTS = """
MATCH (r:Resource) WHERE r.kind STARTS WITH $tenant AND NOT r.deleted
RETURN r.kind AS kind, count(*) AS n
"""


@pytest.fixture(scope="module")
def services(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home: Path = tmp_path_factory.mktemp("home")
    config = Config.from_env({"HILUM_HOME": str(home), "HILUM_TENANT": f"t{uuid4().hex[:12]}"})
    opened = services_on(config, graph)
    yield opened
    opened.committer.close()
    opened.recorder.close()
    opened.blobs.close()


@pytest.fixture(scope="module")
def steps() -> list[tuple[int, int]]:
    """What the progress bar was told."""
    return []


@pytest.fixture(scope="module")
def loaded(services: Services, steps: list[tuple[int, int]]) -> Loaded:
    return load_samples(services, lambda done, total: steps.append((done, total)), SAMPLES)


def counts(services: Services) -> dict[str, int]:
    """How many resources of each type the tenant holds."""
    rows = services.graph.read(COUNTS, tenant=f"{services.config.tenant}|")
    return {row["kind"].partition("|")[2]: row["n"] for row in rows}


def test_every_picture_is_stored(loaded: Loaded) -> None:
    assert loaded.refused == ()
    assert loaded.stored == SAMPLES.image_count()


def test_progress_rises_to_the_end(loaded: Loaded, steps: list[tuple[int, int]]) -> None:
    assert steps[-1] == (sum(SAMPLES.bundle_count()) + loaded.stored,) * 2
    assert all(before[0] < after[0] for before, after in pairwise(steps))


def test_every_study_joins_the_chart_of_its_patient(services: Services, loaded: Loaded) -> None:
    found = counts(services)

    assert loaded.bundles == sum(SAMPLES.bundle_count())
    assert found["Patient"] == len(CASES) + GENERATED
    assert found["ImagingStudy"] == sum(len(case.studies) for case in CASES) + len(REFERRED)
    assert "Task" not in found  # nobody has to look at a disagreement


def test_loading_again_changes_nothing(services: Services, loaded: Loaded) -> None:
    before = counts(services)

    again = load_samples(services, lambda _done, _total: None, SAMPLES)

    assert (again.stored, again.refused) == (0, ())
    assert counts(services) == before
    assert loaded.stored > 0
