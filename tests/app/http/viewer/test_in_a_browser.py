"""The viewer in a browser, signed in as one does: it opens what is stored, and bears what a file lacks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import imagecodecs
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from pydicom import dcmread

from app.config import Config
from app.samples.phantoms.studies import RECIPES
from app.wiring import Wiring
from graph.local.server import free_port
from tests.app.conftest import AsRole
from tests.app.http.authorization.apps import PASSWORD
from tests.app.http.sessions.conftest import signed_up
from tests.app.samples.phantoms.conftest import taken_by
from tests.browsing.chromium import chromium
from tests.browsing.packages import NpmPackage, unpacked
from tests.browsing.serving import serving
from tests.factories import viewer_studies
from tests.factories.dicom import ct_instance, uid

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("renderers")]

# What OHIF reads of a study, of a series or of an instance, and a file may lack or leave empty (PS3.3 A.3).
OPTIONAL = (
    "PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID",
    "StudyDescription", "ReferringPhysicianName", "Modality", "SeriesDescription", "SeriesNumber",
    "SeriesDate", "SeriesTime", "InstanceNumber", "BodyPartExamined", "FrameOfReferenceUID", "SliceThickness",
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "WindowCenter", "WindowWidth",
)  # fmt: skip
_PATIENCE = 30_000  # milliseconds
FEWEST_COLOURS = 8  # of a picture; of the viewer's own dark panels less
CHROMA = 40  # between the channels of a colour that is no grey
ABORTED = ("net::ERR_ABORTED",)  # the viewer no longer wants what it asked for


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def config(config: Config) -> Config:
    """A gateway that knows at which address browsers find it."""
    return replace(config, base_url=f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def page(browser: Browser, app: Flask, config: Config, services: Wiring) -> Iterator[Page]:
    """A page of somebody who is signed in, over a gateway that is served."""
    signed_up(services, "kim")
    context = browser.new_context(base_url=config.base_url, viewport={"width": 1600, "height": 1200})
    with serving(app, config.base_url):
        opened = context.new_page()
        opened.set_default_timeout(_PATIENCE)
        opened.goto("/auth/sign-in")
        opened.get_by_label("Name").fill("kim")
        opened.get_by_label("Password").fill(PASSWORD)
        opened.get_by_role("button", name="Sign in").click()
        expect(opened.get_by_role("heading", name="Today")).to_be_visible()
        yield opened
        context.close()


def study_of(patient_id: str) -> str:
    return uid("viewer", patient_id)


def stored(app: Flask, as_role: AsRole, **arguments: str | None) -> str:
    """Store a picture; gives its study."""
    study = study_of(str(arguments["patient_id"]))
    file = ct_instance(study_uid=study, **arguments)
    headers = as_role("service", Content_Type="application/dicom")
    answer = app.test_client().post("/dicom-web/studies", data=file, headers=headers)
    assert answer.status_code == 200
    return str(dcmread(BytesIO(file)).StudyInstanceUID)


LIST = "/viewer/?resultsPerPage=100"


def with_list(page: Page) -> None:
    """Have the viewer show its list of studies, in whose place there are pages of ours."""

    def settings(route: Route) -> None:
        text = route.fetch().text().replace('"showStudyList": false', '"showStudyList": true')
        route.fulfill(body=text, content_type="text/javascript")

    def begun(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/viewer/?", "/viewer/viewer?")))

    page.route("**/app-config.js", settings)
    page.route("**/viewer/?*", begun)


def failures(page: Page) -> list[str]:
    """What the page throws from now on."""
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    return thrown


@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
def test_its_list_shows_every_study_whatever_one_lacks(
    app: Flask, page: Page, as_role: AsRole, value: str | None
) -> None:
    stored(app, as_role, patient_id="WHOLE")
    for keyword in OPTIONAL:
        stored(app, as_role, patient_id=f"NO{keyword.upper()}"[:60], **{keyword: value})
    thrown = failures(page)
    with_list(page)

    page.goto(LIST)

    for patient_id in ("WHOLE", *(f"NO{keyword.upper()}" for keyword in OPTIONAL)):
        expect(page.get_by_text(patient_id, exact=True).first).to_be_visible()
    assert not thrown


@pytest.mark.parametrize("keyword", OPTIONAL)
def test_it_opens_a_study_that_lacks_one(app: Flask, page: Page, as_role: AsRole, keyword: str) -> None:
    study = stored(app, as_role, patient_id="LACKING", **{keyword: None})
    thrown = failures(page)

    with page.expect_response(lambda answer: "/frames/1" in answer.url) as fetched:
        page.goto(f"/viewer?StudyInstanceUIDs={study}")

    assert fetched.value.status == 200
    expect(page.get_by_role("img", name="info-series").first).to_be_visible()  # its series is listed
    expect(page.locator("canvas").first).to_be_visible()
    assert not thrown


CLIENT = NpmPackage(
    "dicomweb-client", "0.11.3", "cda90aae5843f974beaeaf9c191f238209e18b28a932b10af575df6d7320d891"
)
WITH_CLIENT = """async ([method, options]) => {
  const api = new DICOMwebClient.api.DICOMwebClient({ url: location.origin + "/dicom-web" });
  const got = await api[method](options);
  const hex = each => Array.from(new Uint8Array(each), byte => byte.toString(16).padStart(2, "0")).join("");
  const all = [got].flat();
  return all[0] instanceof ArrayBuffer ? all.map(hex) : all;
}"""
JPEG_2000 = "1.2.840.10008.1.2.4.90"


def test_the_client_of_javascript_retrieves_what_it_can_ask_for(
    app: Flask, page: Page, as_role: AsRole
) -> None:
    (file,) = viewer_studies.clip(study_of("client"))
    failed = opened(page, app, as_role, [file])
    clip = dcmread(BytesIO(file))
    where = {
        "studyInstanceUID": clip.StudyInstanceUID,
        "seriesInstanceUID": clip.SeriesInstanceUID,
        "sopInstanceUID": clip.SOPInstanceUID,
    }
    page.evaluate(
        (unpacked(CLIENT) / "build/dicomweb-client.js").read_text()
    )  # no script of a page is let in

    def got(method: str, **options: Any) -> Any:
        return page.evaluate(WITH_CLIENT, [method, where | options])

    def image(media_type: str, syntax: str | None = None) -> list[dict[str, str]]:
        return [{"mediaType": media_type, **({"transferSyntaxUID": syntax} if syntax else {})}]

    assert [each["0020000D"]["Value"] for each in got("searchForStudies")] == [[clip.StudyInstanceUID]]
    (document,) = got("retrieveStudyMetadata")
    size = clip.Rows * clip.Columns * 3
    assert bytes.fromhex("".join(got("retrieveInstanceFrames", frameNumbers=[1, 3]))) == (
        clip.PixelData[:size] + clip.PixelData[2 * size :]
    )
    (wavelet,) = got("retrieveInstanceFrames", frameNumbers=[2], mediaTypes=image("image/jp2", JPEG_2000))
    assert imagecodecs.jpeg2k_decode(bytes.fromhex(wavelet)).tobytes() == clip.PixelData[size : 2 * size]
    for method, options in (
        ("retrieveInstanceRendered", {"mediaTypes": image("image/png")}),
        ("retrieveInstanceFramesRendered", {"frameNumbers": [2], "mediaTypes": image("image/jpeg")}),
        ("retrieveInstanceFramesThumbnail", {"frameNumbers": [2], "mediaTypes": image("image/jpeg")}),
    ):
        assert (
            Image.open(BytesIO(bytes.fromhex(got(method, **options)[0]))).getpixel((32, 32))[2] < CHROMA * 2
        )
    (pixels,) = got("retrieveBulkData", BulkDataURI=document["7FE00010"]["BulkDataURI"])
    assert bytes.fromhex(pixels) == clip.PixelData
    (whole,) = got("retrieveInstance")
    assert dcmread(BytesIO(bytes.fromhex(whole))).PixelData == clip.PixelData
    assert not failed


SHOWN: dict[str, Callable[[str], list[bytes]]] = {
    "CT": viewer_studies.slices,
    "MR": viewer_studies.mr_slices,
    "US clip": viewer_studies.clip,
    "whole slide": viewer_studies.slide,
}
BESIDE = {"SEG": viewer_studies.segmented, "RTSTRUCT": viewer_studies.contoured}
# Of the sample data.
PHANTOMS = ("chest with progress", "knee with tumour", "thigh with tumour", "heart", "breasts")


def opened(page: Page, app: Flask, as_role: AsRole, files: list[bytes]) -> list[str]:
    """Open the study of these files; gives what fails from then on."""
    for file in files:
        headers = as_role("service", Content_Type="application/dicom")
        assert app.test_client().post("/dicom-web/studies", data=file, headers=headers).status_code == 200
    failed = failures(page)
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.on("requestfailed", lambda asked: failed.append(asked.url) if asked.failure not in ABORTED else None)
    study = dcmread(BytesIO(files[0]), stop_before_pixels=True).StudyInstanceUID
    page.goto(f"/viewer?StudyInstanceUIDs={study}")
    return failed


def colours(page: Page) -> list[tuple[int, int, int]]:
    """The colours of the middle of what is shown."""
    shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
    width, height = shown.size
    middle = shown.crop((width // 3, height // 3, 2 * width // 3, 2 * height // 3))
    return [colour for _, colour in middle.getcolors(1 << 24) or ()]


def overlaid(page: Page) -> bool:
    """Whether something lies in colour over a grey picture."""
    return sum(max(colour) - min(colour) > CHROMA for colour in colours(page)) > FEWEST_COLOURS


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(_PATIENCE // 500):
        if holds():
            return
        page.wait_for_timeout(500)
    raise AssertionError("it never came about")


@pytest.mark.parametrize("name", SHOWN)
def test_it_shows_the_picture_of_a_study(app: Flask, page: Page, as_role: AsRole, name: str) -> None:
    failed = opened(page, app, as_role, SHOWN[name](study_of(name)))

    until(page, lambda: len(colours(page)) > FEWEST_COLOURS)
    assert not failed


@pytest.mark.parametrize("modality", BESIDE)
def test_it_shows_what_stands_beside_pictures(app: Flask, page: Page, as_role: AsRole, modality: str) -> None:
    failed = opened(page, app, as_role, BESIDE[modality](study_of(modality)))
    until(page, lambda: len(colours(page)) > FEWEST_COLOURS and not overlaid(page))

    page.get_by_text(modality, exact=True).first.dblclick()

    until(page, lambda: overlaid(page))
    assert not failed


@pytest.mark.parametrize("name", PHANTOMS)
def test_it_shows_the_phantoms(app: Flask, page: Page, as_role: AsRole, name: str) -> None:
    failed = opened(page, app, as_role, list(RECIPES[name].files(taken_by(name))))

    until(page, lambda: len(colours(page)) > FEWEST_COLOURS)
    assert not failed


def test_it_shows_a_report(app: Flask, page: Page, as_role: AsRole) -> None:
    failed = opened(page, app, as_role, viewer_studies.reported(study_of("SR")))

    expect(page.get_by_text("No fracture is seen.")).to_be_visible()
    assert not failed


def test_it_fetches_a_document(app: Flask, page: Page, as_role: AsRole) -> None:
    with page.expect_response(lambda answer: "/bulkdata/" in answer.url) as fetched:
        failed = opened(page, app, as_role, viewer_studies.printed(study_of("PDF")))

    assert fetched.value.status == 200
    shown = page.locator("object")
    expect(shown).to_have_attribute("data", re.compile("^blob:"))
    text = shown.evaluate("shown => fetch(shown.data).then(answer => answer.text())")
    assert text.rstrip("\0").encode() == viewer_studies.PDF
    assert not failed


def test_a_prior_hangs_beside(app: Flask, page: Page, as_role: AsRole) -> None:
    studies = []
    for name, make in (("now", viewer_studies.slices), ("before", viewer_studies.mr_slices)):
        files = make(study_of(name))
        failed = opened(page, app, as_role, files)
        studies.append(str(dcmread(BytesIO(files[0]), stop_before_pixels=True).StudyInstanceUID))

    page.goto(f"/viewer?StudyInstanceUIDs={','.join(studies)}")

    expect(page.locator("canvas")).to_have_count(2)
    assert not failed


def test_it_may_share_memory_and_asks_nobody_else(
    app: Flask, page: Page, as_role: AsRole, config: Config
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    opened(page, app, as_role, viewer_studies.slices(study_of("alone")))
    until(page, lambda: len(colours(page)) > FEWEST_COLOURS)

    assert page.evaluate("crossOriginIsolated")
    assert [each for each in asked if not each.startswith((config.base_url, "blob:", "data:"))] == []
