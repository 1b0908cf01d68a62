"""Pictures of the pages for the documentation, taken in a browser on the sample data.

    make test ARGS="-m slow tests/app/http/pages/test_images.py"

writes docs/images anew; each page is held to be free of errors meanwhile, and asks nobody but the gateway.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from app.config import Config
from app.http.kit.preferences import COOKIE
from app.samples import Samples
from app.wiring import Wiring
from app.wiring.samples import sample_loader
from app.wiring.web import web_app
from graph.local.server import free_port
from graph.session import Graph
from tests.app.conftest import signing_in
from tests.app.http.authorization.apps import PASSWORD
from tests.app.http.sessions.conftest import signed_up
from tests.architecture.source import ROOT
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving
from tests.factories.keys import keyed
from tests.throw_away import renderers_of

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("renderers")]

FOLDER = ROOT / "docs" / "images"
WHO_IS_TOLD = "OSTEO-01"
_PATIENCE = 60_000  # milliseconds
_COLOURS = 64
_PICTURES_COME = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: which page, as whom, and how; `path` may name `{patient}`, `{study}` and `{prior}`.

    `words` are asked on the page of cohorts before it is taken.
    """

    name: str
    path: str
    role: str | None = "clinician"
    language: str = "en"
    theme: str = "light"
    width: int = 1440
    height: int = 900
    whole: bool = False
    waits: int = 500
    words: str = ""


_OVERVIEW = "/patients/{patient}/overview"
_ASKED = (
    "all medications prescribed, with all CT scan documents and associated radiology reports, for every "
    "patient over 45 diagnosed with osteosarcoma within the last two years"
)
_ASKED_IN_KOREAN = (
    "지난 2년 동안 골육종 진단을 받은 45세 이상 환자를 위한 모든 CT 검사 문서 및 관련 방사선 보고서로 "
    "처방된 모든 약물을 알려주세요."
)
SHOTS = (
    Shot(name="front", path="/", role=None),
    Shot(name="sign-in", path="/auth/sign-in", role=None, height=700),
    Shot(name="home-clinician", path="/home"),
    Shot(name="home-radiologist", path="/home", role="teleradiologist", theme="dark"),
    Shot(name="home-administrator", path="/home", role="administrator"),
    Shot(name="home-researcher", path="/home", role="researcher", height=700),
    Shot(name="cohorts", path="/cohorts", role="researcher", whole=True, words=_ASKED),
    Shot(
        name="cohorts-korean",
        path="/cohorts",
        role="researcher",
        whole=True,
        words=_ASKED_IN_KOREAN,
        language="ko",
        theme="dark",
    ),
    Shot(name="search", path="/search?q=kim"),
    Shot(name="patient", path="/patients/{patient}", whole=True),
    Shot(name="overview", path=_OVERVIEW, whole=True),
    Shot(name="overview-top", path=_OVERVIEW),
    Shot(name="overview-dark", path=_OVERVIEW, theme="dark", height=1400),
    Shot(name="overview-korean", path=_OVERVIEW, language="ko", height=1400),
    Shot(name="overview-phone", path=_OVERVIEW, width=390, height=844),
    Shot(name="study", path="/studies/{study}", height=1100),
    Shot(name="report", path="/studies/{study}/report", height=1250),
    Shot(name="viewer", path="/viewer?StudyInstanceUIDs={study}", waits=_PICTURES_COME),
    Shot(name="viewer-prior", path="/viewer?StudyInstanceUIDs={study},{prior}", waits=_PICTURES_COME),
    Shot(name="role", path="/manage/roles/clinician", role="administrator", height=1100),
    Shot(name="users", path="/manage/users", role="administrator"),
    Shot(name="audit", path="/manage/audit", role="auditor"),
    Shot(name="health", path="/manage/health", role="administrator"),
)


@pytest.fixture(scope="module")
def gateway(
    graph: Graph, tmp_path_factory: pytest.TempPathFactory, run_folder: Path, renderers: None
) -> Iterator[Wiring]:
    """A gateway with the sample data, and somebody of each role."""
    settings = {
        "HILUM_HOME": str(keyed(tmp_path_factory.mktemp("home"))),
        "HILUM_TENANT": f"t{uuid4().hex[:12]}",
        "HILUM_RENDERER": str(renderers_of(run_folder) / "renderer.sock"),
        "HILUM_BASE_URL": f"http://127.0.0.1:{free_port()}",
    }
    wired = Wiring(Config.from_env(settings), graph)
    sample_loader(wired).load(lambda done, total: None, Samples(date.today()))
    for role in {shot.role for shot in SHOTS if shot.role}:
        signed_up(wired, role, role)
    yield wired
    wired.close()


@pytest.fixture(scope="module")
def base(gateway: Wiring) -> Iterator[str]:
    with serving(web_app(gateway), gateway.config.base_url) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def places(gateway: Wiring) -> dict[str, str]:
    """The patient who is told fully, the newest study of the chest, and the one before."""
    client = web_app(gateway).test_client()
    signed = signing_in(gateway)("clinician")
    (patient,) = client.get(f"/fhir/Patient?identifier={WHO_IS_TOLD}", headers=signed).json["entry"]
    query = {"PatientID": WHO_IS_TOLD, "ModalitiesInStudy": "CT", "StudyDescription": "*chest*"}
    studies = client.get("/dicom-web/studies", query_string=query, headers=signed).json
    newest, before = sorted(studies, key=lambda each: each["00080020"]["Value"], reverse=True)[:2]
    return {
        "patient": patient["resource"]["id"],
        "study": newest["0020000D"]["Value"][0],
        "prior": before["0020000D"]["Value"][0],
    }


def signed_in(page: Page, base: str, shot: Shot) -> None:
    """Sign the role of a picture in, and choose how pages look."""
    page.set_default_timeout(_PATIENCE)
    if shot.role is not None:
        page.goto("/auth/sign-in")
        page.get_by_label("Name").fill(shot.role)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/home")
    page.context.add_cookies([{"name": COOKIE, "value": f"{shot.language}.{shot.theme}", "url": base}])


def is_elsewhere(address: str, base: str) -> bool:
    return not address.startswith((base, "data:", "blob:"))


def written(picture: bytes, name: str) -> None:
    """Keep a picture in few colours: a page has few."""
    FOLDER.mkdir(exist_ok=True)
    shown = Image.open(BytesIO(picture)).convert("RGB").quantize(_COLOURS)
    shown.save(FOLDER / f"{name}.png", optimize=True)


@pytest.mark.parametrize("shot", SHOTS, ids=[shot.name for shot in SHOTS])
def test_a_page_is_shown_without_an_error(
    browser: Browser, base: str, places: dict[str, str], shot: Shot
) -> None:
    context = browser.new_context(base_url=base, viewport={"width": shot.width, "height": shot.height})
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: wrong.append(asked.url) if is_elsewhere(asked.url, base) else None)
    signed_in(page, base, shot)

    page.goto(shot.path.format(**places))
    if shot.words:
        page.locator("#cohort[data-ready] [name=words]").fill(shot.words)
        page.locator("[name=words]").press("Enter")
        page.locator('[data-part="understood"] .badge').wait_for()
        said = page.locator('[data-part="count"]:not([aria-busy])')
        said.wait_for(state="attached", timeout=_PATIENCE)
    page.wait_for_timeout(shot.waits)

    written(page.screenshot(full_page=shot.whole, timeout=_PATIENCE), shot.name)
    context.close()
    assert wrong == [], "\n".join(wrong)
