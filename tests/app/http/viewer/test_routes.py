"""`/viewer` opens what its caller sees, and gives browsers the viewer's files as they stand."""

import gzip
import json
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from pydicom import dcmread
from werkzeug.test import EnvironBuilder

from app.http.kit.headers import VIEWER_HEADERS
from app.http.viewer.files import ViewerFiles
from app.http.viewer.published import for_anywhere, is_served
from app.http.viewer.settings import ViewerMode, viewer_config, viewer_page
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.errors import NotFound
from tests.app.conftest import AsRole
from tests.app.http.sessions.conftest import Browser, signed_up
from tests.factories import viewer_studies
from tests.factories.dicom import uid

ID = "00000000-0000-4000-8000-000000000000"
SCRIPT = b"console.log('a viewer');" * 50


@pytest.fixture
def files(tmp_path: Path) -> ViewerFiles:
    """A folder as `deploy/viewer.py` leaves it."""
    folder = tmp_path / "viewer"
    (folder / "fonts").mkdir(parents=True)
    (folder / "app.bundle.0123456789abcdef.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "app.bundle.css.gz").write_bytes(gzip.compress(b"body {}"))
    (folder / "fonts" / "0123456789abcdef.woff2").write_bytes(b"wOF2")
    (tmp_path / "secret").write_text("of somebody else")
    return ViewerFiles(folder)


def asking(**headers: str) -> Request:
    return Request(EnvironBuilder(headers=headers).get_environ())


def test_who_unpacks_is_given_what_is_packed(files: ViewerFiles) -> None:
    packed = files.answer("app.bundle.0123456789abcdef.js", asking(**{"Accept-Encoding": "gzip"}))
    plain = files.answer("app.bundle.0123456789abcdef.js", asking())

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == SCRIPT
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Type"].startswith("text/javascript")
    assert {*packed.vary} == {*plain.vary} == {"Accept-Encoding"}


def test_what_is_named_by_its_digest_is_kept_and_the_rest_asked_for_again(files: ViewerFiles) -> None:
    kept = files.answer("fonts/0123456789abcdef.woff2", asking())
    style = files.answer("app.bundle.css", asking())

    assert "immutable" in kept.headers["Cache-Control"]
    assert style.headers["Cache-Control"] == "no-cache"
    again = files.answer("app.bundle.css", asking(**{"If-None-Match": style.headers["ETag"]}))
    assert again.status_code == 304


@pytest.mark.parametrize(
    "name", ["../secret", "fonts/../../secret", "fonts", "", "app.bundle.css.gz", "a\0b"]
)
def test_nothing_but_its_files_is_given(files: ViewerFiles, name: str) -> None:
    with pytest.raises(NotFound):
        files.answer(name, asking())


def test_its_scripts_are_found_beside_each_other_wherever_they_are(files: ViewerFiles) -> None:
    script = for_anywhere("app.bundle.0.js", b'/* */ __webpack_require__.p = "/";')

    assert b'"/"' not in script
    assert b"self.PUBLIC_URL" in script
    assert for_anywhere("app.bundle.css", b"a{src:url(/a.woff2)}") == b"a{src:url(a.woff2)}"
    assert for_anywhere("a.wasm", b"url(/") == b"url(/"
    assert [name for name in ("a.js", "a.js.map", "ort/x.wasm", "sw.js") if is_served(name)] == ["a.js"]
    assert files.start == "app.bundle.0123456789abcdef.js"


@pytest.mark.parametrize("base", ["", "/hilum"])
def test_its_settings_lead_to_this_gateway_alone(base: str) -> None:
    text = viewer_config(base, "/dicom-web")

    begin, end = (
        text.index("window.config = {") + len("window.config = "),
        text.index(";\nwindow.config.http"),
    )
    (source,) = json.loads(text[begin:end])["dataSources"]
    assert {source["configuration"][root] for root in ("qidoRoot", "wadoRoot", "wadoUriRoot")} == {
        f"{base}/dicom-web"
    }
    assert "http:" not in text and "https:" not in text
    assert f'src="{base}/viewer/start.js"' in viewer_page(base, "start.js")


@pytest.fixture
def reader(app: Flask, services: Wiring) -> Browser:
    """The browser of a clinician who is signed in."""
    signed_up(services, "kim")
    browser = Browser(app)
    browser.sign_in("kim")
    return browser


def stored(app: Flask, as_role: AsRole, files: list[bytes]) -> str:
    """Store a study; its UID."""
    for file in files:
        headers = as_role("service", Content_Type="application/dicom")
        assert app.test_client().post("/dicom-web/studies", data=file, headers=headers).status_code == 200
    return str(dcmread(BytesIO(files[0]), stop_before_pixels=True).StudyInstanceUID)


def where(browser: Browser, *studies: str) -> str:
    """Where a browser that opens studies is led."""
    answer = browser.client.get("/viewer", query_string={"StudyInstanceUIDs": ",".join(studies)})
    assert answer.status_code == 303
    return answer.headers["Location"].partition("/viewer/")[2]


def test_a_study_opens_in_the_mode_of_its_pictures(app: Flask, as_role: AsRole, reader: Browser) -> None:
    sliced = stored(app, as_role, viewer_studies.slices(uid("viewer", "sliced")))
    slide = stored(app, as_role, viewer_studies.slide(uid("viewer", "slide")))

    assert where(reader, sliced) == f"viewer?StudyInstanceUIDs={sliced}"
    assert where(reader, slide) == f"microscopy?StudyInstanceUIDs={slide}"
    assert where(reader, sliced, slide) == (
        f"viewer?StudyInstanceUIDs={sliced},{slide}&hangingProtocolId=@ohif/hpCompare"
    )


def test_a_series_is_shown_first(app: Flask, as_role: AsRole, reader: Browser) -> None:
    study = stored(app, as_role, viewer_studies.slices(uid("viewer", "first")))
    asked = {"StudyInstanceUIDs": study, "SeriesInstanceUID": "1.2.3"}

    answer = reader.client.get("/viewer", query_string=asked)
    refused = reader.client.get("/viewer", query_string={**asked, "SeriesInstanceUID": "x"})

    assert answer.headers["Location"].endswith(f"={study}&initialSeriesInstanceUID=1.2.3")
    assert refused.status_code == 400


@pytest.mark.parametrize("mode", ViewerMode)
def test_each_mode_begins_with_the_one_page(reader: Browser, mode: str) -> None:
    answer = reader.client.get(f"/viewer/{mode}?StudyInstanceUIDs=1.2.3")

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert {name: answer.headers[name] for name in VIEWER_HEADERS} == VIEWER_HEADERS


@pytest.mark.parametrize(
    "studies", [[], ["x"], ["1.2.3", ""], ["1." * 40 + "1"], [f"1.{n}" for n in range(1, 6)]]
)
def test_what_names_no_studies_is_refused_with_a_page(reader: Browser, studies: list[str]) -> None:
    answer = reader.client.get("/viewer", query_string={"StudyInstanceUIDs": ",".join(studies)})

    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "StudyInstanceUIDs" in answer.text


def test_what_is_hidden_is_what_never_was(app: Flask, as_role: AsRole, services: Wiring) -> None:
    study = stored(app, as_role, viewer_studies.slices(uid("viewer", "hidden")))
    signed_up(services, "lee", "teleradiologist")
    browser = Browser(app)
    browser.sign_in("lee")

    hidden, absent = (
        browser.client.get(f"/viewer?StudyInstanceUIDs={each}", headers={"X-Request-Id": ID})
        for each in (study, uid("never"))
    )

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.text.replace(study, "") == absent.text.replace(uid("never"), "")


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/viewer?StudyInstanceUIDs=1.2.3", headers={"Accept": "text/html"})

    assert answer.status_code == 303
    assert "/auth/sign-in" in answer.headers["Location"]
    assert "StudyInstanceUIDs" in answer.headers["Location"]


def test_a_gateway_without_the_viewer_says_so(
    services: Wiring, reader: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HILUM_CACHE", str(tmp_path))
    bare = Browser(web_app(services))
    bare.sign_in("kim")

    answer = bare.client.get("/viewer/viewer?StudyInstanceUIDs=1.2.3")

    assert (answer.status_code, answer.mimetype) == (503, "text/html")
