"""Instances, series, studies and frames in other transfer syntaxes than the stored ones (PS3.18 8.7.3)."""

import re
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy
import pytest
from flask.testing import FlaskClient
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array
from pydicom.uid import UID
from werkzeug.test import TestResponse

from app.imaging.render.targets import EXPLICIT_LITTLE, WHOLE_TARGETS
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import parts_of, store
from tests.factories.dicom import ct_instance, report_instance, rle_instance, smooth_instance, uid

pytestmark = pytest.mark.usefixtures("renderers")

JPEG_2000, JPEG_LS, RLE = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5"
BASELINE = "1.2.840.10008.1.2.4.50"
READ_BY_PYDICOM = tuple(each for each in WHOLE_TARGETS if each != "1.2.840.10008.1.2.4.110")


def path_of(file: bytes) -> str:
    header = dcmread(BytesIO(file), stop_before_pixels=True)
    return (
        f"/dicom-web/studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}"
        f"/instances/{header.SOPInstanceUID}"
    )


def stored(client: FlaskClient, as_role: AsRole, file: bytes) -> str:
    assert store(client, as_role, file).status_code in (200, 202)
    return path_of(file)


def real(name: str) -> bytes:
    return Path(str(get_testdata_file(name, download=False))).read_bytes()


def asked(client: FlaskClient, as_role: AsRole, path: str, accept: str) -> TestResponse:
    answer = client.get(path, headers=as_role("clinician", Accept=accept))
    answer.get_data()
    answer.close()  # the server of a real gateway does
    return answer


def syntaxes(answer: TestResponse) -> list[str]:
    """What the parts of an answer say that they are."""
    return [found.decode() for found in re.findall(rb"transfer-syntax=([0-9.]+)", answer.data)]


def parts(syntax: str = "") -> str:
    named = f"; transfer-syntax={syntax}" if syntax else ""
    return f'multipart/related; type="application/dicom"{named}'


@pytest.mark.parametrize("target", READ_BY_PYDICOM)
@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small_bigendian.dcm", "SC_rgb_rle.dcm", "MR_small_jp2klossless.dcm"]
)
def test_an_instance_comes_in_the_syntax_that_is_named_with_the_same_pixels(
    client: FlaskClient, as_role: AsRole, name: str, target: str
) -> None:
    file = real(name)
    path = stored(client, as_role, file)

    answer = asked(client, as_role, path, f"application/dicom; transfer-syntax={target}")

    assert answer.status_code == 200, answer.data
    made, was = dcmread(BytesIO(answer.data)), dcmread(BytesIO(file))
    assert made.file_meta.TransferSyntaxUID == target
    assert made.SOPInstanceUID == was.SOPInstanceUID
    assert numpy.array_equal(pixel_array(made), pixel_array(was))
    assert answer.content_type == f"application/dicom; transfer-syntax={target}"


def test_everything_but_the_pixels_stays(client: FlaskClient, as_role: AsRole) -> None:
    file = real("CT_small.dcm")

    answer = asked(
        client, as_role, stored(client, as_role, file), f"application/dicom; transfer-syntax={RLE}"
    )

    made, was = dcmread(BytesIO(answer.data)), dcmread(BytesIO(file))
    for each in (made, was):
        del each.PixelData
    del was[0xFFFCFFFC]  # trailing padding
    assert made == was


def test_who_names_no_syntax_gets_explicit_little_endian(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, rle_instance())

    for accept in ("application/dicom", parts()):
        assert syntaxes_of(asked(client, as_role, path, accept)) == [EXPLICIT_LITTLE]
    for accept in ("*/*", parts("*"), "application/dicom; transfer-syntax=*"):
        assert syntaxes_of(asked(client, as_role, path, accept)) == [RLE]


def syntaxes_of(answer: TestResponse) -> list[str]:
    """The syntaxes that the files of an answer are in, which they are said to be in, too."""
    files = parts_of(answer) if answer.mimetype == "multipart/related" else [answer.get_data()]
    found = [str(dcmread(BytesIO(file)).file_meta.TransferSyntaxUID) for file in files]
    said = (
        syntaxes(answer)
        if answer.mimetype == "multipart/related"
        else [answer.mimetype_params["transfer-syntax"]]
    )
    assert said == found
    return found


def test_weights_decide_between_syntaxes(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, ct_instance())
    accept = f"{parts(JPEG_2000)}; q=0.5, {parts(JPEG_LS)}; q=0.9, {parts(EXPLICIT_LITTLE)}; q=0.1"

    assert syntaxes_of(asked(client, as_role, path, accept)) == [JPEG_LS]


def test_a_study_comes_in_one_syntax_and_a_report_in_it_as_it_is(
    client: FlaskClient, as_role: AsRole
) -> None:
    study = uid("transcoded")
    for number in range(3):
        store(client, as_role, ct_instance(study_uid=study, sop_uid=uid("slice", number), number=number))
    store(client, as_role, report_instance(study_uid=study, series_uid=uid("report")))

    answer = asked(client, as_role, f"/dicom-web/studies/{study}", parts(JPEG_2000))

    assert sorted(syntaxes_of(answer)) == sorted([JPEG_2000] * 3 + [EXPLICIT_LITTLE])


def test_a_damaged_picture_of_a_study_comes_as_it_is_stored(client: FlaskClient, as_role: AsRole) -> None:
    study = uid("damaged")
    store(client, as_role, ct_instance(study_uid=study, sop_uid=uid("whole"), patient_id="P1"))
    damaged = rle_instance(study_uid=study, sop_uid=uid("cut"), series_uid=uid("other")).replace(
        b"\x01\0\0\0\x40\0\0\0", b"\x10\0\0\0\x40\0\0\0"
    )
    path = stored(client, as_role, damaged)

    whole = asked(client, as_role, f"/dicom-web/studies/{study}", parts(JPEG_2000))
    alone = asked(client, as_role, path, parts(JPEG_2000))

    assert set(syntaxes_of(whole)) == {JPEG_2000, RLE}
    assert alone.status_code == 406
    assert "frame 1" in alone.get_data(as_text=True)


def test_nothing_is_given_out_whole_with_a_loss(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, ct_instance())

    assert asked(client, as_role, path, parts(BASELINE)).status_code == 406


def test_a_report_is_written_anew_where_it_is_asked_for_in_another_syntax(
    client: FlaskClient, as_role: AsRole
) -> None:
    file = report_instance()
    path = stored(client, as_role, file)

    answer = asked(client, as_role, path, "application/dicom; transfer-syntax=1.2.840.10008.1.2")

    assert dcmread(BytesIO(answer.data)) == dcmread(BytesIO(file))
    assert dcmread(BytesIO(answer.data)).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2"


@pytest.mark.parametrize(
    ("accept", "media_type", "syntax"),
    [
        ("application/octet-stream", "application/octet-stream", EXPLICIT_LITTLE),
        ("image/jp2", "image/jp2", JPEG_2000),
        ("image/jls", "image/jls", JPEG_LS),
        ("image/x-jls", "image/x-jls", JPEG_LS),
        ("image/dicom-rle", "image/dicom-rle", RLE),
        ("image/jpeg", "image/jpeg", "1.2.840.10008.1.2.4.70"),
        ("image/jphc", "image/jphc", "1.2.840.10008.1.2.4.201"),
        ("image/jhc", "image/jhc", "1.2.840.10008.1.2.4.201"),
        ("image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202", "image/jphc", "1.2.840.10008.1.2.4.202"),
        ("image/jxl", "image/jxl", "1.2.840.10008.1.2.4.110"),
        (f"image/jpeg; transfer-syntax={BASELINE}", "image/jpeg", BASELINE),
    ],
)
def test_a_frame_comes_in_the_form_that_is_asked_for(
    client: FlaskClient, as_role: AsRole, accept: str, media_type: str, syntax: str
) -> None:
    path = stored(client, as_role, real("SC_rgb_rle.dcm") if syntax == BASELINE else ct_instance())

    answer = asked(client, as_role, f"{path}/frames/1", accept)

    assert (answer.status_code, answer.mimetype) == (200, media_type), answer.data
    assert UID(answer.mimetype_params["transfer-syntax"]) == syntax


def test_what_cannot_be_had_in_the_first_form_comes_in_the_next(client: FlaskClient, as_role: AsRole) -> None:
    path = stored(client, as_role, ct_instance())
    accept = f"image/jpeg; transfer-syntax={BASELINE}, application/octet-stream; q=0.5"

    answer = asked(client, as_role, f"{path}/frames/1", accept)

    assert answer.mimetype == "application/octet-stream"


def test_the_first_tenth_of_a_frame_is_a_quarter_of_its_size_exactly(
    client: FlaskClient, as_role: AsRole
) -> None:
    path = stored(client, as_role, smooth_instance(rows=512))
    whole = asked(client, as_role, f"{path}/frames/1", "image/jphc").data
    headers = as_role("clinician", Accept="image/jphc", Range=f"bytes=0-{len(whole) // 10 - 1}")

    answer = client.get(f"{path}/frames/1", headers=headers)

    assert answer.status_code == 206
    assert len(answer.data) == len(whole) // 10
    first = imagecodecs.htj2k_decode(answer.data, skipres=2, resilient=True)
    assert numpy.array_equal(first, imagecodecs.htj2k_decode(whole, skipres=2))
