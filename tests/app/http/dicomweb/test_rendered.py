"""Rendered resources and thumbnails: pictures at every level (PS3.18 10.4.1.1.3, 10.4.1.1.4)."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy
import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import parts_of, store
from tests.factories.dicom import (
    ct_instance,
    encapsulated_pdf,
    multi_frame_instance,
    presentation_state,
    report_instance,
    uid,
)

pytestmark = pytest.mark.usefixtures("renderers")

SLICES = 3
FRAMES = 4


@pytest.fixture
def series(client: FlaskClient, as_role: AsRole) -> str:
    """A series of small slices; the path of it."""
    study, series = uid("rendered", "study"), uid("rendered", "series")
    for number in range(SLICES):
        file = ct_instance(study_uid=study, series_uid=series, sop_uid=uid("rendered", number), number=number)
        assert store(client, as_role, file).status_code == 200
    return f"/dicom-web/studies/{study}/series/{series}"


@pytest.fixture
def clip(client: FlaskClient, as_role: AsRole) -> str:
    """An instance of several frames; the path of it."""
    return stored(client, as_role, multi_frame_instance(frames=FRAMES))


def stored(client: FlaskClient, as_role: AsRole, file: bytes) -> str:
    assert store(client, as_role, file).status_code in (200, 202)
    header = dcmread(BytesIO(file))
    return (
        f"/dicom-web/studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}"
        f"/instances/{header.SOPInstanceUID}"
    )


def seen(client: FlaskClient, as_role: AsRole, path: str, accept: str = "*/*", **query: str) -> TestResponse:
    headers: Mapping[str, str] = as_role("clinician", Accept=accept)
    return client.get(path, headers=headers, query_string=query)


def picture(answer: TestResponse) -> Image.Image:
    assert answer.status_code == 200, answer.data
    return Image.open(BytesIO(answer.data))


def test_an_instance_is_a_jpeg_unless_something_else_is_asked_for(
    client: FlaskClient, as_role: AsRole
) -> None:
    path = stored(client, as_role, ct_instance(rows=20, columns=30))

    answer = seen(client, as_role, f"{path}/rendered")

    assert answer.content_type == "image/jpeg"
    assert picture(answer).size == (30, 20)


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/gif", "image/webp", "image/jp2"])
def test_a_picture_comes_in_the_media_type_asked_for(
    client: FlaskClient, as_role: AsRole, media_type: str
) -> None:
    path = stored(client, as_role, ct_instance())

    answer = seen(client, as_role, f"{path}/rendered", media_type)

    assert answer.content_type == media_type
    assert picture(answer).size == (16, 16)


def test_a_real_slice_is_shown_in_the_window_asked_for(client: FlaskClient, as_role: AsRole) -> None:
    path = str(get_testdata_file("CT_small.dcm"))
    stored_at = stored(client, as_role, Path(path).read_bytes())

    shown = picture(seen(client, as_role, f"{stored_at}/rendered", "image/png", window="40,400,linear"))

    header = dcmread(path)
    hounsfield = header.pixel_array * float(header.RescaleSlope) + float(header.RescaleIntercept)
    wanted = ((hounsfield - 39.5) / 399 + 0.5).clip(0, 1) * 255
    assert numpy.abs(numpy.asarray(shown, float) - wanted).max() <= 1


def test_a_frame_of_several_is_shown_by_its_number(client: FlaskClient, as_role: AsRole, clip: str) -> None:
    first = seen(client, as_role, f"{clip}/frames/1/rendered", "image/png")
    last = seen(client, as_role, f"{clip}/frames/{FRAMES}/rendered", "image/png")

    assert picture(first).tobytes() != picture(last).tobytes()
    assert seen(client, as_role, f"{clip}/rendered", "image/png").data == first.data
    assert seen(client, as_role, f"{clip}/frames/{FRAMES + 1}/rendered").status_code == 404


def test_frames_move_in_a_gif(client: FlaskClient, as_role: AsRole, clip: str) -> None:
    whole = picture(seen(client, as_role, f"{clip}/rendered", "image/gif"))
    some = picture(seen(client, as_role, f"{clip}/frames/1,3/rendered", "image/gif"))

    assert getattr(whole, "n_frames", 1) == FRAMES
    assert getattr(some, "n_frames", 1) == 2


def test_several_frames_come_as_a_part_each(client: FlaskClient, as_role: AsRole, clip: str) -> None:
    answer = seen(client, as_role, f"{clip}/frames/2,4/rendered", 'multipart/related; type="image/png"')

    assert answer.mimetype == "multipart/related"
    assert [Image.open(BytesIO(part)).size for part in parts_of(answer)] == [(16, 16)] * 2


def test_a_series_comes_as_a_part_for_each_instance(
    client: FlaskClient, as_role: AsRole, series: str
) -> None:
    study = series.partition("/series")[0]
    for path in (series, study):
        answer = seen(client, as_role, f"{path}/rendered")

        assert answer.mimetype_params["type"] == "image/jpeg"
        assert len(parts_of(answer)) == SLICES
        assert b"Content-Location: http" in answer.data


def test_several_pictures_do_not_come_in_one(client: FlaskClient, as_role: AsRole, series: str) -> None:
    assert seen(client, as_role, f"{series}/rendered", "image/jpeg").status_code == 406


def test_a_thumbnail_is_one_small_picture_at_every_level(
    client: FlaskClient, as_role: AsRole, series: str
) -> None:
    study, instance = series.partition("/series")[0], f"{series}/instances/{uid('rendered', 0)}"
    for path in (study, series, instance, f"{instance}/frames/1"):
        shown = picture(seen(client, as_role, f"{path}/thumbnail", viewport="8,8"))

        assert shown.format == "JPEG"
        assert shown.size == (8, 8)


def test_the_thumbnail_of_several_frames_is_one_of_the_middle_that_shows_something(
    client: FlaskClient, as_role: AsRole, clip: str
) -> None:
    def small(path: str) -> bytes:
        return picture(seen(client, as_role, path, "image/png")).tobytes()

    assert small(f"{clip}/thumbnail") == small(f"{clip}/frames/3/thumbnail")
    header = dcmread(BytesIO(multi_frame_instance(frames=FRAMES, sop_uid="2.25.77")))
    first, second = header.PixelData[:256], header.PixelData[256:512]
    for frames, shown in (((first, second, bytes(256), first), 2), ((first, bytes(256), bytes(256)), 1)):
        header.PixelData, header.NumberOfFrames = b"".join(frames), len(frames)
        header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = f"2.25.{len(frames)}"
        header.save_as(written := BytesIO())
        path = stored(client, as_role, written.getvalue())
        assert small(f"{path}/thumbnail") == small(f"{path}/frames/{shown}/thumbnail")


def test_a_picture_fits_into_its_viewport(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, ct_instance(rows=64, columns=32))

    assert picture(seen(client, as_role, f"{path}/rendered", viewport="16,16")).size == (8, 16)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"quality": "0"}, "quality"),
        ({"quality": "good"}, "quality"),
        ({"viewport": "10"}, "viewport"),
        ({"viewport": "999999,1"}, "viewport"),
        ({"window": "40,400"}, "window"),
        ({"window": "40,0,linear"}, "window"),
        ({"iccprofile": "mine"}, "iccprofile"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(
    client: FlaskClient, as_role: AsRole, query: dict[str, str], place: str
) -> None:
    path = stored(client, as_role, ct_instance())

    answer = seen(client, as_role, f"{path}/rendered", **query)

    assert answer.status_code == 400
    assert place in answer.get_data(as_text=True)


def test_what_has_no_pixels_has_no_picture(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, report_instance())

    assert seen(client, as_role, f"{path}/rendered", "image/jpeg").status_code == 406
    assert seen(client, as_role, f"{path}/thumbnail").status_code == 404


def test_a_report_is_read_as_a_page_or_as_text(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, report_instance("No <fracture>."))

    page = seen(client, as_role, f"{path}/rendered")
    text = seen(client, as_role, f"{path}/rendered", "text/plain")

    assert (page.mimetype, text.mimetype) == ("text/html", "text/plain")
    assert "No &lt;fracture&gt;." in page.get_data(as_text=True)
    assert "Finding: No <fracture>." in text.get_data(as_text=True)


def test_a_document_is_shown_as_what_it_is(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, encapsulated_pdf(b"%PDF-1.4 a page"))

    answer = seen(client, as_role, f"{path}/rendered", "application/pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-1.4 a page")


def test_a_presentation_state_shows_what_it_refers_to(client: FlaskClient, as_role: AsRole) -> None:
    image = ct_instance(rows=8, columns=8)
    shown = stored(client, as_role, image)
    path = stored(client, as_role, presentation_state(image, window=(1000, 10)))

    by_state = picture(seen(client, as_role, f"{path}/rendered", "image/png"))
    by_window = picture(seen(client, as_role, f"{shown}/rendered", "image/png", window="1000,10,linear"))

    assert by_state.size == by_window.size
    assert by_state.convert("L").tobytes() == by_window.convert("L").tobytes()
    with_both = seen(client, as_role, f"{path}/rendered", window="1000,10,linear")
    assert (with_both.status_code, with_both.get_json()["location"]) == (400, ["window"])


def test_a_state_whose_images_are_gone_shows_nothing(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, presentation_state(ct_instance(), window=(1000, 10)))

    assert seen(client, as_role, f"{path}/rendered").status_code == 404


def test_a_media_type_that_is_not_made_is_not_acceptable(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, ct_instance())

    assert seen(client, as_role, f"{path}/rendered", "image/tiff").status_code == 406


def test_pixels_that_no_decoder_reads_are_told_by_their_frame(client: FlaskClient, as_role: AsRole) -> None:
    header = dcmread(str(get_testdata_file("JPEG2000.dcm")))
    damaged = bytearray(Path(str(get_testdata_file("JPEG2000.dcm"))).read_bytes())
    start = damaged.find(b"\xff\x4f\xff\x51")
    damaged[start + 8 : start + 12] = (header.Columns + 1).to_bytes(4, "big")
    path = stored(client, as_role, bytes(damaged))

    answer = seen(client, as_role, f"{path}/rendered")

    assert answer.status_code == 406
    assert "frame 1" in answer.get_data(as_text=True)


def test_a_picture_is_made_once(client: FlaskClient, as_role: AsRole, clip: str) -> None:
    first = seen(client, as_role, f"{clip}/rendered")

    assert seen(client, as_role, f"{clip}/rendered").data == first.data
