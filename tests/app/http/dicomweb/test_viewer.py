"""OHIF, unmodified, in a real browser: its list and its viewer bear every optional element missing."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pydicom import dcmread

from tests.app.conftest import AsRole
from tests.browsing.chromium import chromium
from tests.browsing.ohif import ohif_over
from tests.factories.dicom import ct_instance, uid

pytestmark = pytest.mark.slow

# What OHIF reads of a study, of a series or of an instance, and a file may lack or leave empty (PS3.3 A.3).
OPTIONAL = (
    "PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID",
    "StudyDescription", "ReferringPhysicianName", "Modality", "SeriesDescription", "SeriesNumber",
    "SeriesDate", "SeriesTime", "InstanceNumber", "BodyPartExamined", "FrameOfReferenceUID", "SliceThickness",
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "WindowCenter", "WindowWidth",
)  # fmt: skip
_PATIENCE = 30_000  # milliseconds


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def viewer(app: Flask) -> Iterator[str]:
    with ohif_over(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, viewer: str, as_role: AsRole) -> Iterator[Page]:
    context = browser.new_context(
        base_url=viewer, viewport={"width": 1600, "height": 1200}, extra_http_headers=as_role("clinician")
    )
    opened = context.new_page()
    opened.set_default_timeout(_PATIENCE)
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

    page.goto("/?resultsPerPage=100")

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
