"""WADO-RS over HTTP: what comes back is what went in."""

import pytest
from flask.testing import FlaskClient
from pydicom import examples
from pydicom.data import get_testdata_file

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import ANY_SYNTAX, DICOM, FRAMES, parts_of, store
from tests.factories.dicom import ct_instance, rle_instance
from tests.factories.rows import uid

PREAMBLE = 128
REAL = (
    "CT_small.dcm",
    "MR_small_RLE.dcm",
    "JPEG2000.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "image_dfl.dcm",
    "reportsi.dcm",
)


def stored(client: FlaskClient, as_role: AsRole, count: int = 3) -> tuple[str, str, list[str], list[bytes]]:
    """A series of small CTs: its UIDs and its files."""
    study, series, sops = uid(), uid(), [uid() for _ in range(count)]
    files = [ct_instance(study_uid=study, series_uid=series, sop_uid=sop) for sop in sops]
    for file in files:
        assert store(client, as_role, file).status_code == 200
    return study, series, sops, files


def zeroed(file: bytes) -> bytes:
    """The file as it is kept: its preamble in zeros."""
    return bytes(PREAMBLE) + file[PREAMBLE:]


def test_a_study_comes_back_byte_for_byte(client: FlaskClient, as_role: AsRole) -> None:
    study, _, _, files = stored(client, as_role)

    answer = client.get(f"/dicom-web/studies/{study}", headers=as_role("clinician", Accept=ANY_SYNTAX))

    assert answer.status_code == 200
    assert parts_of(answer) == [zeroed(file) for file in files]
    assert answer.content_length == len(answer.data)


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_comes_back_alone(client: FlaskClient, as_role: AsRole, name: str) -> None:
    with open(str(get_testdata_file(name, download=False)), "rb") as source:  # noqa: PTH123 - pydicom names it
        file = source.read()
    place = store(client, as_role, file).json["00081199"]["Value"][0]["00081190"]["Value"][0]  # type: ignore[index]
    path = "/dicom-web" + place.partition("/dicom-web")[2]

    answer = client.get(path, headers=as_role("clinician", Accept=f"{DICOM}; transfer-syntax=*"))

    assert answer.mimetype == DICOM
    assert answer.data == zeroed(file)
    answer.close()  # the server of a real gateway does


def test_another_transfer_syntax_than_the_stored_one_is_not_acceptable(
    client: FlaskClient, as_role: AsRole
) -> None:
    study, *_ = stored(client, as_role, 1)
    wanted = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90'

    answer = client.get(f"/dicom-web/studies/{study}", headers=as_role("clinician", Accept=wanted))

    assert answer.status_code == 406


def test_metadata_is_an_array_of_the_instances(client: FlaskClient, as_role: AsRole) -> None:
    study, series, sops, _ = stored(client, as_role)

    answer = client.get(f"/dicom-web/studies/{study}/series/{series}/metadata", headers=as_role("clinician"))
    again = client.get(
        f"/dicom-web/studies/{study}/series/{series}/metadata",
        headers=as_role("clinician", If_None_Match=answer.headers["ETag"]),
    )

    assert [each["00080018"]["Value"][0] for each in answer.json] == sops  # type: ignore[union-attr]
    assert again.status_code == 304


def test_frames_of_a_native_image_are_its_pixels(client: FlaskClient, as_role: AsRole) -> None:
    dataset = examples.ct
    with open(str(get_testdata_file("CT_small.dcm", download=False)), "rb") as source:  # noqa: PTH123
        store(client, as_role, source.read())
    path = (
        f"/dicom-web/studies/{dataset.StudyInstanceUID}/series/{dataset.SeriesInstanceUID}"
        f"/instances/{dataset.SOPInstanceUID}/frames/1"
    )

    answer = client.get(path, headers=as_role("clinician", Accept=FRAMES))
    alone = client.get(path, headers=as_role("clinician", Accept="application/octet-stream"))

    assert parts_of(answer) == [dataset.PixelData]
    assert alone.data == dataset.PixelData


@pytest.mark.parametrize(
    ("numbers", "status"),
    [("0", 400), ("-1", 400), ("1,x", 400), ("2147483648", 400), ("2", 404), ("1", 200)],
)
def test_frame_numbers_count_from_one(
    client: FlaskClient, as_role: AsRole, numbers: str, status: int
) -> None:
    study, series, sops, _ = stored(client, as_role, 1)
    path = f"/dicom-web/studies/{study}/series/{series}/instances/{sops[0]}/frames/{numbers}"

    assert client.get(path, headers=as_role("clinician", Accept=FRAMES)).status_code == status


def test_compressed_frames_do_not_pass_for_pixels(client: FlaskClient, as_role: AsRole) -> None:
    study, series, sop = uid(), uid(), uid()
    store(client, as_role, rle_instance(study_uid=study, series_uid=series, sop_uid=sop))
    path = f"/dicom-web/studies/{study}/series/{series}/instances/{sop}/frames/1"

    raw = client.get(path, headers=as_role("clinician", Accept="application/octet-stream"))
    as_stored = client.get(path, headers=as_role("clinician", Accept=FRAMES))

    assert (raw.status_code, as_stored.status_code) == (406, 200)


@pytest.mark.parametrize(
    "path", ["studies/1.2/../x", "studies/%2e%2e", "studies/1.2..3", f"studies/1.{'2' * 70}"]
)
def test_a_path_without_a_uid_is_refused(client: FlaskClient, as_role: AsRole, path: str) -> None:
    answer = client.get(f"/dicom-web/{path}", headers=as_role("clinician"))

    assert answer.status_code in (400, 404)


def test_what_was_deleted_is_gone_from_every_window(client: FlaskClient, as_role: AsRole) -> None:
    study, *_ = stored(client, as_role)

    first = client.delete(f"/dicom-web/studies/{study}", headers=as_role("service"))
    second = client.delete(f"/dicom-web/studies/{study}", headers=as_role("service"))

    assert (first.status_code, second.status_code) == (204, 404)
    assert client.get(f"/dicom-web/studies/{study}/metadata", headers=as_role("clinician")).status_code == 404
    assert client.get("/dicom-web/studies", headers=as_role("clinician")).status_code == 204
