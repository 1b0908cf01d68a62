"""The steps of the DICOM service's tutorial for Python, asked as it asks them."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pydicom import dcmread
from urllib3.filepost import choose_boundary, encode_multipart_formdata
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import parts_of
from tests.factories.dicom import secondary_capture, uid

STUDY, SERIES = uid("tutorial"), uid("series of the tutorial")
SHAPES = ("red triangle", "green square", "blue circle")
JSON = "application/dicom+json"
STUDIES = "/dicom-web/studies"
OF_STUDY = f"{STUDIES}/{STUDY}"
OF_SERIES = f"{OF_STUDY}/series/{SERIES}"


def instance_of(shape: str) -> str:
    return f"{OF_SERIES}/instances/{uid(shape)}"


def file_of(shape: str) -> bytes:
    return secondary_capture(study_uid=STUDY, series_uid=SERIES, sop_uid=uid(shape), PatientName="Tut^Orial")


def encode_multipart_related(*files: bytes) -> tuple[bytes, str]:
    """A body as the tutorial makes it: that of a form, under another name and without a type."""
    boundary = choose_boundary()
    fields = [(f"file{number}", ("dicomfile", raw, "application/dicom")) for number, raw in enumerate(files)]
    body, _ = encode_multipart_formdata(fields, boundary)
    return body, f"multipart/related; boundary={boundary}"


class Tutorial:
    """Asks with the headers of the tutorial."""

    def __init__(self, client: FlaskClient, as_role: AsRole) -> None:
        self._client, self._headers = client, as_role("superuser")

    def get(self, path: str, accept: str = JSON, **parameters: str) -> TestResponse:
        answer = self._client.get(path, query_string=parameters, headers={**self._headers, "Accept": accept})
        answer.get_data()
        answer.close()  # the server of a real gateway does
        return answer

    def post(self, path: str, body: bytes, content_type: str) -> TestResponse:
        headers = {**self._headers, "Accept": JSON, "Content-Type": content_type}
        return self._client.post(path, data=body, headers=headers)

    def delete(self, path: str) -> int:
        return self._client.delete(path, headers=self._headers).status_code


@pytest.fixture
def tutorial(client: FlaskClient, as_role: AsRole) -> Tutorial:
    """The client after the storing part of the tutorial."""
    asking = Tutorial(client, as_role)
    red, green, blue = map(file_of, SHAPES)
    assert asking.get(STUDIES).status_code == 204
    assert asking.post(STUDIES, *encode_multipart_related(red)).status_code == 200
    assert asking.post(OF_STUDY, *encode_multipart_related(green)).status_code == 200
    assert asking.post(STUDIES, blue, "application/dicom").status_code == 200
    return asking


def test_what_was_stored_is_retrieved(tutorial: Tutorial) -> None:
    several = 'multipart/related; type="application/dicom"; transfer-syntax=*'
    for path in (OF_STUDY, OF_SERIES):
        got = [dcmread(BytesIO(part)).SOPInstanceUID for part in parts_of(tutorial.get(path, several))]
        assert sorted(got) == sorted(map(uid, SHAPES))
    one = tutorial.get(instance_of("red triangle"), "application/dicom; transfer-syntax=*")
    assert one.data == file_of("red triangle")


@pytest.mark.parametrize("path", [OF_STUDY, OF_SERIES, instance_of("red triangle")])
def test_metadata_is_retrieved(tutorial: Tutorial, path: str) -> None:
    got = tutorial.get(f"{path}/metadata")
    assert got.status_code == 200
    assert {each["0020000D"]["Value"][0] for each in got.json} == {STUDY}


@pytest.mark.parametrize(
    "accept",
    [
        'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1',
        'multipart/related; type="application/octet-stream"; transfer-syntax=*',
        "application/octet-stream; transfer-syntax=*",
    ],
)
def test_a_frame_is_retrieved(tutorial: Tutorial, accept: str) -> None:
    got = tutorial.get(f"{instance_of('red triangle')}/frames/1", accept)
    body = parts_of(got)[0] if got.mimetype.startswith("multipart") else got.data
    assert body == dcmread(BytesIO(file_of("red triangle"))).PixelData


@pytest.mark.parametrize(
    ("path", "parameters", "found"),
    [
        (STUDIES, {"StudyInstanceUID": STUDY}, 1),
        ("/dicom-web/series", {"SeriesInstanceUID": SERIES}, 1),
        (f"{OF_STUDY}/series", {"SeriesInstanceUID": SERIES}, 1),
        ("/dicom-web/instances", {"SOPInstanceUID": uid("red triangle")}, 1),
        (f"{OF_STUDY}/instances", {"SOPInstanceUID": uid("red triangle")}, 1),
        (f"{OF_SERIES}/instances", {"SOPInstanceUID": uid("red triangle")}, 1),
        (f"{OF_SERIES}/instances", {}, len(SHAPES)),
    ],
)
def test_it_is_found(tutorial: Tutorial, path: str, parameters: dict[str, str], found: int) -> None:
    assert len(tutorial.get(path, **parameters).json) == found


def test_it_is_deleted_piece_by_piece(tutorial: Tutorial) -> None:
    assert tutorial.delete(instance_of("red triangle")) == 204
    assert tutorial.delete(instance_of("red triangle")) == 404
    assert tutorial.delete(OF_SERIES) == 204
    assert tutorial.post(STUDIES, *encode_multipart_related(*map(file_of, SHAPES))).status_code == 200
    assert tutorial.delete(OF_STUDY) == 204
    assert tutorial.get(STUDIES).status_code == 204
