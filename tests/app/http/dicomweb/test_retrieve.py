"""WADO-RS over HTTP: what comes back is what went in."""

import re
from io import BytesIO

import numpy
import pytest
from flask.testing import FlaskClient
from pydicom import dcmread, examples
from pydicom.data import get_testdata_file
from pydicom.uid import RLELossless
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import ANY_SYNTAX, DICOM, FRAMES, parts_of, store
from tests.factories.dicom import (
    JPEG_16X16,
    ct_instance,
    encapsulated_instance,
    multi_frame_instance,
    raw_frames,
    rle_instance,
)
from tests.factories.elements import DEFLATED
from tests.factories.rows import uid

pytestmark = pytest.mark.usefixtures("renderers")

PREAMBLE = 128
ANY_FRAMES = 'multipart/related; type="*/*"; transfer-syntax=*, multipart/related; transfer-syntax=*'
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


@pytest.mark.parametrize(
    ("below", "wanted", "media_type"),
    [
        ("", "application/dicom; transfer-syntax=*", "application/dicom"),
        ("", 'multipart/related; type="application/dicom"; transfer-syntax=*', "multipart/related"),
        ("/metadata", "application/json", "application/json"),
        ("/frames/1", "application/octet-stream", "application/octet-stream"),
    ],
)
def test_a_media_type_in_the_address_comes_before_the_header(
    client: FlaskClient, as_role: AsRole, below: str, wanted: str, media_type: str
) -> None:
    study, series, sops, _ = stored(client, as_role, 1)
    path = f"/dicom-web/studies/{study}/series/{series}/instances/{sops[0]}{below}"
    browser = as_role("clinician", Accept="text/html, application/xhtml+xml, */*;q=0.8")
    answer = client.get(path, query_string={"accept": wanted}, headers=browser)

    assert (answer.status_code, answer.mimetype) == (200, media_type)
    answer.close()  # the server of a real gateway does


def test_a_range_of_an_instance_is_a_part_of_its_file(client: FlaskClient, as_role: AsRole) -> None:
    study, series, sops, files = stored(client, as_role, 1)
    path = f"/dicom-web/studies/{study}/series/{series}/instances/{sops[0]}"
    alone = f"{DICOM}; transfer-syntax=*"
    whole = client.get(path, headers=as_role("clinician", Accept=alone))
    tag = whole.headers["ETag"]
    whole.close()  # the server of a real gateway does
    part = client.get(path, headers=as_role("clinician", Accept=alone, Range="bytes=128-131", If_Range=tag))
    known = client.get(path, headers=as_role("clinician", Accept=alone, If_None_Match=tag))
    beyond = client.get(path, headers=as_role("clinician", Accept=alone, Range="bytes=999999-"))

    assert (part.status_code, part.data) == (206, b"DICM")
    assert part.headers["Content-Range"] == f"bytes 128-131/{len(files[0])}"
    assert known.status_code == 304
    assert (beyond.status_code, beyond.mimetype) == (416, "application/problem+json")


def test_a_transfer_syntax_that_nothing_is_written_in_is_not_acceptable(
    client: FlaskClient, as_role: AsRole
) -> None:
    study, *_ = stored(client, as_role, 1)
    wanted = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.100'

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


def test_the_tag_of_metadata_changes_with_them_and_counts_nothing(
    client: FlaskClient, as_role: AsRole
) -> None:
    study, *_ = stored(client, as_role, 1)
    path = f"/dicom-web/studies/{study}/metadata"
    tags = [client.get(path, headers=as_role("clinician")).headers["ETag"]]
    store(client, as_role, ct_instance(study_uid="1.2.77"))
    tags.append(client.get(path, headers=as_role("clinician")).headers["ETag"])
    store(client, as_role, ct_instance(study_uid=study, number=9))
    tags.append(client.get(path, headers=as_role("clinician")).headers["ETag"])

    assert tags[0] == tags[1] != tags[2]
    assert all(re.fullmatch(r'"[0-9a-f]{32}"', each) for each in tags)


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


def frames_of(client: FlaskClient, as_role: AsRole, file: bytes, numbers: str) -> list[bytes]:
    """Store a file, and ask for frames of it."""
    place = store(client, as_role, file).json["00081199"]["Value"][0]["00081190"]["Value"][0]  # type: ignore[index]
    path = f"/dicom-web{place.partition('/dicom-web')[2]}/frames/{numbers}"
    answer = client.get(path, headers=as_role("clinician", Accept=ANY_FRAMES))
    assert answer.status_code == 200
    return parts_of(answer)


def test_frames_of_a_deflated_file_are_its_pixels(client: FlaskClient, as_role: AsRole) -> None:
    sop = uid()
    file = multi_frame_instance(frames=20, sop_uid=sop, transfer_syntax=DEFLATED)

    found = frames_of(client, as_role, file, "20,1,7,7")

    raw = raw_frames(sop, 20)
    assert found == [raw[19], raw[0], raw[6], raw[6]]


def test_frames_of_single_bits_that_share_bytes_begin_on_a_byte_each(
    client: FlaskClient, as_role: AsRole
) -> None:
    packed = 0b110_000_001 | 0b000_111_010 << 9
    file = multi_frame_instance(
        frames=2,
        Rows=3,
        Columns=3,
        BitsAllocated=1,
        BitsStored=1,
        HighBit=0,
        PixelData=packed.to_bytes(4, "little"),
    )

    assert frames_of(client, as_role, file, "1,2") == [b"\x81\x01", b"\x3a\x00"]


def test_frames_in_fragments_without_an_offset_table_are_told_apart(
    client: FlaskClient, as_role: AsRole
) -> None:
    file = encapsulated_instance([JPEG_16X16] * 3, fragments_per_frame=2, offset_table=False)

    found = frames_of(client, as_role, file, "1,3")

    assert [frame.rstrip(b"\0") for frame in found] == [JPEG_16X16] * 2


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
    file = rle_instance(study_uid=study, series_uid=series, sop_uid=sop)
    store(client, as_role, file)
    path = f"/dicom-web/studies/{study}/series/{series}/instances/{sop}/frames/1"

    pixels = client.get(path, headers=as_role("clinician", Accept="application/octet-stream"))
    as_stored = client.get(path, headers=as_role("clinician", Accept=FRAMES))

    assert pixels.data == dcmread(BytesIO(file)).pixel_array.tobytes()
    assert (named_syntax(pixels), named_syntax(as_stored)) == (EXPLICIT, RLELossless)


EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
OCTETS = "application/octet-stream"


def frame_of(client: FlaskClient, as_role: AsRole, file: bytes, accept: str | None) -> TestResponse:
    """The first frame of a file, which is stored once, as it is asked for."""
    dataset = dcmread(BytesIO(file), stop_before_pixels=True)
    path = (
        f"/dicom-web/studies/{dataset.StudyInstanceUID}/series/{dataset.SeriesInstanceUID}"
        f"/instances/{dataset.SOPInstanceUID}"
    )
    if client.get(f"{path}/metadata", headers=as_role("clinician")).status_code == 404:
        store(client, as_role, file)
    more = {"Accept": accept} if accept else {}
    return client.get(f"{path}/frames/1", headers=as_role("clinician", **more))


def named_syntax(answer: TestResponse) -> str:
    """The transfer syntax that a frame is said to be in, by its part or by the answer."""
    found = re.search(rb"transfer-syntax=([0-9.]+)", str(answer.content_type).encode() + b" " + answer.data)
    return found[1].decode() if found else ""


def with_syntax(syntax: str, name: str = OCTETS) -> str:
    return f'multipart/related; type="{name}"; transfer-syntax={syntax}'


@pytest.mark.parametrize(
    ("accept", "named"),
    [
        (None, EXPLICIT),
        (OCTETS, EXPLICIT),
        ('multipart/related; type="*/*"', EXPLICIT),
        (with_syntax(EXPLICIT), EXPLICIT),
        (with_syntax(IMPLICIT), IMPLICIT),
        (with_syntax("*"), EXPLICIT),
    ],
)
def test_pixels_of_an_implicit_file_are_those_of_an_explicit_one(
    client: FlaskClient, as_role: AsRole, accept: str | None, named: str
) -> None:
    file = ct_instance(transfer_syntax=IMPLICIT)

    answer = frame_of(client, as_role, file, accept)

    assert answer.status_code == 200
    assert named_syntax(answer) == named
    assert dcmread(BytesIO(file)).PixelData in answer.data


@pytest.mark.parametrize(
    ("accept", "named"),
    [
        (None, EXPLICIT),
        (OCTETS, EXPLICIT),
        (f'multipart/related; type="{OCTETS}"', EXPLICIT),
        ('multipart/related; type="*/*"', EXPLICIT),
        (with_syntax(EXPLICIT), EXPLICIT),
        (with_syntax(BIG), BIG),
        (with_syntax("*"), BIG),
    ],
)
def test_big_endian_pixels_do_not_pass_for_little_endian_ones(
    client: FlaskClient, as_role: AsRole, accept: str | None, named: str
) -> None:
    with open(str(get_testdata_file("MR_small_bigendian.dcm", download=False)), "rb") as source:  # noqa: PTH123
        file = source.read()

    answer = frame_of(client, as_role, file, accept)

    stored_bytes = dcmread(BytesIO(file)).PixelData
    little = numpy.frombuffer(stored_bytes, ">u2").astype("<u2").tobytes()
    assert named_syntax(answer) == named
    bodies = parts_of(answer) if answer.mimetype == "multipart/related" else [answer.data]
    assert bodies == [stored_bytes if named == BIG else little]


@pytest.mark.parametrize(
    ("syntax", "image"),
    [
        ("1.2.840.10008.1.2.4.50", "image/jpeg"),
        ("1.2.840.10008.1.2.4.80", "image/jls"),
        ("1.2.840.10008.1.2.4.90", "image/jp2"),
        ("1.2.840.10008.1.2.4.92", "image/jpx"),
        ("1.2.840.10008.1.2.4.93", "image/jpx"),
        ("1.2.840.10008.1.2.4.201", "image/jphc"),
    ],
)
def test_compressed_frames_come_in_their_own_media_type(
    client: FlaskClient, as_role: AsRole, syntax: str, image: str
) -> None:
    file = encapsulated_instance([b"\xff\xd8frame\xff\xd9\0"], transfer_syntax=syntax)
    related = "multipart/related"
    accepted = (
        *(image, "image/*", "*/*", related, with_syntax(syntax, image)),
        *(f'{related}; type="{each}"' for each in (image, "image/*", "*/*")),
    )

    assert {frame_type(client, as_role, file, each) for each in accepted} == {image}
    assert frame_type(client, as_role, file, "image/png") is None
    assert frame_type(client, as_role, file, OCTETS) is None


def frame_type(client: FlaskClient, as_role: AsRole, file: bytes, accept: str) -> str | None:
    """The media type in which the frame of a file comes; None where it is not acceptable."""
    answer = frame_of(client, as_role, file, accept)
    if answer.status_code == 406:
        return None
    return answer.mimetype_params["type"] if answer.mimetype == "multipart/related" else answer.mimetype


def test_frames_without_a_media_type_go_to_who_takes_any(client: FlaskClient, as_role: AsRole) -> None:
    file = encapsulated_instance([b"frames"], transfer_syntax="1.2.840.10008.1.2.4.52")

    assert frame_type(client, as_role, file, 'multipart/related; type="*/*"') == OCTETS
    assert frame_type(client, as_role, file, OCTETS) is None


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
