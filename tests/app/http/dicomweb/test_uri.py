"""WADO-URI: one instance by its query, as a file or as what it shows (PS3.18 chapter 9)."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import (
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    RLELossless,
)
from werkzeug.test import TestResponse

from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import DICOM, store
from tests.factories.dicom import (
    ct_instance,
    encapsulated_pdf,
    multi_frame_instance,
    presentation_state,
    report_instance,
    uid,
)

pytestmark = pytest.mark.usefixtures("renderers")

FRAMES = 4


@pytest.fixture(scope="module")
def services(gateway: Wiring) -> Wiring:
    """One gateway for the module: what is stored does no harm to who asks for something else."""
    return gateway


@pytest.fixture(scope="module")
def app(services: Wiring) -> Flask:
    return web_app(services, ("dicomweb",))


def stored(client: FlaskClient, as_role: AsRole, file: bytes) -> dict[str, str]:
    """Store a file; the query that names it."""
    assert store(client, as_role, file).status_code in (200, 202)
    header = dcmread(BytesIO(file), stop_before_pixels=True)
    return {
        "requestType": "WADO",
        "studyUID": header.StudyInstanceUID,
        "seriesUID": header.SeriesInstanceUID,
        "objectUID": header.SOPInstanceUID,
    }


def asked(
    client: FlaskClient, as_role: AsRole, query: dict[str, str], accept: str = "*/*", **more: str
) -> TestResponse:
    headers = as_role("clinician", Accept=accept)
    return client.get("/dicom-web/wado", headers=headers, query_string={**query, **more}, buffered=True)


def picture(answer: TestResponse) -> Image.Image:
    assert answer.status_code == 200, answer.data
    return Image.open(BytesIO(answer.data))


@pytest.fixture
def slice_of(client: FlaskClient, as_role: AsRole) -> dict[str, str]:
    """The query that names a stored slice of 20 rows and 30 columns."""
    return stored(client, as_role, ct_instance(rows=20, columns=30, study_uid=uid("uri", "slice")))


def test_an_image_is_a_jpeg_unless_something_else_is_asked_for(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    answer = asked(client, as_role, slice_of)

    assert answer.content_type == "image/jpeg"
    assert picture(answer).size == (30, 20)


def test_a_picture_comes_in_the_content_type_asked_for(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    for media_type in ("image/jpeg", "image/png", "image/gif", "image/jp2"):
        answer = asked(client, as_role, slice_of, contentType=media_type)

        assert answer.content_type == media_type
        assert picture(answer).size == (30, 20)


NEGOTIATED = (
    ("image/png", None, "image/png"),
    ("image/*;q=0.5, image/png", "image/gif", "image/gif"),
    ("image/png", "image/jpeg", "image/png"),  # the parameter asks for what the header does not take
    ("*/*", "image/tiff", "image/jpeg"),  # not offered: the default
    ("*/*", "image/jpeg;q=0.5,image/png", "image/png"),
    ("application/dicom", None, DICOM),
    ("application/dicom, image/*;q=0.5", None, DICOM),
)


def test_the_parameter_comes_before_the_header_as_far_as_that_takes_it(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    for accept, content_type, sent in NEGOTIATED:
        more = {} if content_type is None else {"contentType": content_type}

        answer = asked(client, as_role, slice_of, accept, **more)

        assert (answer.status_code, answer.mimetype) == (200, sent), (accept, content_type)


def test_what_nobody_takes_is_not_acceptable(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    assert asked(client, as_role, slice_of, "image/tiff", contentType="image/tiff").status_code == 406


def test_a_head_is_a_get_without_the_bytes(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    answer = client.head(
        "/dicom-web/wado",
        headers=as_role("clinician"),
        query_string={**slice_of, "contentType": DICOM},
        buffered=True,
    )

    assert (answer.status_code, answer.mimetype, answer.data) == (200, DICOM, b"")


def test_a_file_comes_in_explicit_little_endian_by_default(client: FlaskClient, as_role: AsRole) -> None:
    path = Path(str(get_testdata_file("MR_small_RLE.dcm")))
    query = stored(client, as_role, path.read_bytes())

    plain = dcmread(BytesIO(asked(client, as_role, query, contentType=DICOM).data))

    assert plain.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert (plain.pixel_array == dcmread(path).pixel_array).all()


def test_a_file_comes_in_the_transfer_syntax_asked_for(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    for syntax in (RLELossless, JPEG2000Lossless, HTJ2KLossless):
        answer = asked(client, as_role, slice_of, contentType=DICOM, transferSyntax=syntax)

        assert answer.content_type == f"{DICOM}; transfer-syntax={syntax}"
        assert dcmread(BytesIO(answer.data)).file_meta.TransferSyntaxUID == syntax


def test_any_transfer_syntax_is_the_stored_one(client: FlaskClient, as_role: AsRole) -> None:
    file = Path(str(get_testdata_file("MR_small_RLE.dcm"))).read_bytes()
    query = stored(client, as_role, file)

    whole = asked(client, as_role, query, contentType=DICOM, transferSyntax="*")
    in_type = asked(client, as_role, query, contentType=f"{DICOM}; transfer-syntax=*")

    assert whole.data[128:] == file[128:]
    assert in_type.data == whole.data
    assert whole.headers["ETag"] == in_type.headers["ETag"]


def test_pixels_that_were_lossy_stay_as_they_are_unless_another_syntax_is_named(
    client: FlaskClient, as_role: AsRole
) -> None:
    """The default has this exception (8.7.3)."""
    query = stored(client, as_role, Path(str(get_testdata_file("JPEG2000.dcm"))).read_bytes())

    answer = asked(client, as_role, query, contentType=DICOM)

    assert answer.status_code == 200
    assert dcmread(BytesIO(answer.data)).SOPInstanceUID == query["objectUID"]


def test_a_transfer_syntax_that_cannot_be_had_is_told_with_those_that_can(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    answer = asked(client, as_role, slice_of, contentType=DICOM, transferSyntax="1.2.840.10008.1.2.4.999")

    assert answer.status_code == 406
    assert JPEG2000Lossless in answer.get_json()["detail"]


WRONG: tuple[tuple[str, dict[str, str]], ...] = (
    ("requestType", {"requestType": "RADO"}),
    ("requestType", {"requestType": ""}),
    ("studyUID", {"studyUID": ""}),
    ("studyUID", {"studyUID": "a.b"}),
    ("objectUID", {"objectUID": "1." * 33 + "1"}),
    ("contentType", {"contentType": "application/dicom,image/jpeg"}),
    ("charset", {"charset": "latin1"}),
    ("anonymize", {"anonymize": "no"}),
    ("transferSyntax", {"contentType": DICOM, "transferSyntax": "jpeg"}),
    ("transferSyntax", {"transferSyntax": ExplicitVRLittleEndian}),
    ("frameNumber", {"frameNumber": "0"}),
    ("frameNumber", {"frameNumber": "1,2"}),
    ("frameNumber", {"frameNumber": "1"}),
    ("windowCenter", {"windowCenter": "40", "windowWidth": "400", "contentType": "application/dicom"}),
    ("rows", {"rows": "-1"}),
    ("columns", {"columns": "wide"}),
    ("region", {"region": "0,0,2,2"}),
    ("windowWidth", {"windowCenter": "40"}),
    ("windowCenter", {"windowWidth": "40"}),
    ("windowWidth", {"windowCenter": "40", "windowWidth": "0"}),
    ("imageQuality", {"imageQuality": "101"}),
    ("annotation", {"annotation": "%"}),
    ("presentationUID", {"presentationUID": "1.2.3"}),
    ("presentationSeriesUID", {"presentationUID": "1.2.3", "presentationSeriesUID": "x"}),
)


def test_a_parameter_that_cannot_be_is_named(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    for place, wrong in WRONG:
        answer = asked(client, as_role, slice_of, **wrong)

        assert (answer.status_code, answer.get_json()["location"]) == (400, [place]), wrong


def test_what_is_required_is_named_where_it_is_not_there(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    for missing in ("requestType", "studyUID", "seriesUID", "objectUID"):
        query = {name: value for name, value in slice_of.items() if name != missing}

        answer = asked(client, as_role, query)

        assert (answer.status_code, answer.get_json()["location"]) == (400, [missing])


def test_a_parameter_has_one_value(client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]) -> None:
    twice = [*slice_of.items(), ("frameNumber", "1"), ("frameNumber", "1")]

    answer = client.get("/dicom-web/wado", headers=as_role("clinician"), query_string=twice)

    assert (answer.status_code, answer.get_json()["location"]) == (400, ["frameNumber"])


def test_what_is_not_there_is_not_found(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    for name in ("studyUID", "seriesUID", "objectUID"):
        assert asked(client, as_role, slice_of, **{name: uid("nowhere")}).status_code == 404
    other = {"presentationUID": uid("no state"), "presentationSeriesUID": uid("no series")}
    answer = asked(client, as_role, slice_of, **other)
    assert (answer.status_code, answer.get_json()["location"]) == (400, ["presentationUID"])  # 9.5.2.3
    beside = asked(client, as_role, slice_of, frameNumber="1", **other)
    assert (beside.status_code, beside.get_json()["location"]) == (400, ["frameNumber"])


def test_nothing_is_said_to_be_anonymized_that_is_not(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    for content_type in (DICOM, "image/jpeg"):
        answer = asked(client, as_role, slice_of, contentType=content_type, anonymize="yes")

        assert (answer.status_code, answer.get_json()["location"]) == (406, ["anonymize"])


def test_parameters_that_are_unknown_are_passed_over(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    """8.3.2."""
    assert asked(client, as_role, slice_of, whatever="x", imageannotation="x").status_code == 200


def test_a_frame_is_shown_by_its_number_and_all_move_without_one(
    client: FlaskClient, as_role: AsRole
) -> None:
    query = stored(client, as_role, multi_frame_instance(frames=FRAMES))

    first = asked(client, as_role, query, contentType="image/png")
    last = asked(client, as_role, query, contentType="image/png", frameNumber=str(FRAMES))
    moving = asked(client, as_role, query, contentType="image/gif")
    still = asked(client, as_role, query, contentType="image/gif", frameNumber="2")

    assert picture(first).tobytes() != picture(last).tobytes()
    assert getattr(picture(moving), "n_frames", 1) == FRAMES
    assert getattr(picture(still), "n_frames", 1) == 1
    assert asked(client, as_role, query, frameNumber=str(FRAMES + 1)).status_code == 400


def test_a_picture_is_as_large_and_shows_as_much_as_was_asked_for(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    whole = picture(asked(client, as_role, slice_of, contentType="image/png"))
    fitted = asked(client, as_role, slice_of, contentType="image/png", rows="10", columns="30")
    quarter = asked(client, as_role, slice_of, contentType="image/png", region="0,0,0.5,0.5")

    assert picture(fitted).size == (15, 10)
    assert picture(quarter).size == (15, 10)
    assert picture(quarter).tobytes() == whole.crop((0, 0, 15, 10)).tobytes()


def test_a_window_shows_what_that_of_a_rendered_resource_shows(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    path = "studies/{studyUID}/series/{seriesUID}/instances/{objectUID}/rendered".format(**slice_of)
    window = {"windowCenter": "100", "windowWidth": "50"}

    by_query = asked(client, as_role, slice_of, contentType="image/png", **window)
    by_path = client.get(
        f"/dicom-web/{path}",
        headers=as_role("clinician", Accept="image/png"),
        query_string={"window": "100,50,linear"},
    )

    assert by_query.data == by_path.data


def test_an_annotation_that_is_unknown_is_told(
    client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]
) -> None:
    answer = asked(client, as_role, slice_of, annotation="patient,mood")

    assert answer.status_code == 200
    assert "mood" in answer.headers["Warning"]


def test_a_picture_is_drawn_under_a_presentation_state_of_its_own(
    client: FlaskClient, as_role: AsRole
) -> None:
    image = ct_instance(rows=8, columns=8, study_uid=uid("uri", "states"))
    query = stored(client, as_role, image)
    state = stored(client, as_role, presentation_state(image, window=(1000, 10)))
    named = {"presentationSeriesUID": state["seriesUID"], "presentationUID": state["objectUID"]}

    by_state = picture(asked(client, as_role, query, contentType="image/png", **named))
    by_window = picture(
        asked(client, as_role, query, contentType="image/png", windowCenter="1000", windowWidth="10")
    )
    of_state = picture(asked(client, as_role, state, contentType="image/png"))

    assert by_state.convert("L").tobytes() == by_window.convert("L").tobytes()
    assert of_state.convert("L").tobytes() == by_state.convert("L").tobytes()
    with_both = asked(client, as_role, query, windowCenter="1", windowWidth="1", **named)
    assert (with_both.status_code, with_both.get_json()["location"]) == (400, ["windowCenter"])


def test_a_presentation_state_of_another_picture_is_refused(client: FlaskClient, as_role: AsRole) -> None:
    image = ct_instance(rows=8, columns=8, study_uid=uid("uri", "states"))
    state = stored(client, as_role, presentation_state(image, window=(1000, 10)))
    query = stored(client, as_role, ct_instance(rows=8, columns=8, number=2, study_uid=state["studyUID"]))
    named = {"presentationSeriesUID": state["seriesUID"], "presentationUID": state["objectUID"]}

    answer = asked(client, as_role, query, **named)

    assert (answer.status_code, answer.get_json()["location"]) == (400, ["presentationUID"])


def test_a_report_is_read_as_a_page_or_as_text(client: FlaskClient, as_role: AsRole) -> None:
    query = stored(client, as_role, report_instance("No <fracture>."))

    page = asked(client, as_role, query)
    text = asked(client, as_role, query, contentType="text/plain")

    assert (page.mimetype, text.mimetype) == ("text/html", "text/plain")
    assert "No &lt;fracture&gt;." in page.get_data(as_text=True)
    assert "Finding: No <fracture>." in text.get_data(as_text=True)
    assert asked(client, as_role, query, frameNumber="1").status_code == 400


def test_a_document_comes_in_its_own_media_type(client: FlaskClient, as_role: AsRole) -> None:
    query = stored(client, as_role, encapsulated_pdf(b"%PDF-1.4 a page"))

    by_default = asked(client, as_role, query)
    named = asked(client, as_role, query, contentType="application/pdf")
    file = asked(client, as_role, query, contentType=DICOM)

    assert by_default.mimetype == named.mimetype == "application/pdf"
    assert by_default.data.startswith(b"%PDF-1.4 a page")
    assert file.mimetype == DICOM


def test_what_shows_nothing_comes_as_a_file(client: FlaskClient, as_role: AsRole) -> None:
    """No media type is the default of such an instance, so that any will do (8.7.7)."""
    query = stored(client, as_role, Path(str(get_testdata_file("rtplan.dcm"))).read_bytes())

    assert asked(client, as_role, query).mimetype == DICOM
    assert asked(client, as_role, query, "image/*").status_code == 406


def test_a_range_of_a_file(client: FlaskClient, as_role: AsRole, slice_of: dict[str, str]) -> None:
    answer = client.get(
        "/dicom-web/wado",
        headers=as_role("clinician", Range="bytes=128-131"),
        query_string={**slice_of, "contentType": DICOM},
    )

    assert (answer.status_code, answer.data) == (206, b"DICM")
