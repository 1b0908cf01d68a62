"""Metadata and bulk data as parts of their own (PS3.18 10.5.1.4): JSON and XML, put together to files."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.encaps import generate_frames
from werkzeug.test import TestResponse

from app.imaging.native_model import write_native
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import FAILED, REASON, STORED
from tests.factories.dicom import (
    JPEG_16X16,
    ct_instance,
    jpeg_instance,
    multi_frame_instance,
    report_instance,
    secondary_capture,
    uid,
)

Json = dict[str, Any]
Bulk = Sequence[tuple[str, str, bytes]]  # Content-Location, Content-Type, bytes
JSON, XML, OCTETS = "application/dicom+json", "application/dicom+xml", "application/octet-stream"
COMMENTS = "00741048"


def described(file: bytes, threshold: int = 0) -> tuple[Json, list[tuple[str, str, bytes]]]:
    """The metadata of a file, and its bulk data as parts."""
    bulk: list[tuple[str, str, bytes]] = []

    def apart(element: Any) -> str:
        bulk.append((f"bulk/{len(bulk)}", OCTETS, element.value))
        return bulk[-1][0]

    dataset = dcmread(BytesIO(file))
    found = dataset.to_json_dict(bulk_data_threshold=threshold, bulk_data_element_handler=apart)
    return found, bulk


def send(
    client: FlaskClient, as_role: AsRole, datasets: Sequence[Any], bulk: Bulk = (), kind: str = JSON
) -> TestResponse:
    """Store metadata with bulk data behind it."""
    metadata = [json.dumps(list(datasets)).encode()] if kind == JSON else list(map(write_native, datasets))
    parts = [(f"Content-Type: {kind}", each) for each in metadata]
    parts += [(f"Content-Type: {media}\r\nContent-Location: {place}", raw) for place, media, raw in bulk]
    return send_parts(client, as_role, parts, kind)


def send_parts(
    client: FlaskClient, as_role: AsRole, parts: Sequence[tuple[str, bytes]], kind: str = JSON
) -> TestResponse:
    body = b"".join(b"--part\r\n%s\r\n\r\n%s\r\n" % (head.encode(), raw) for head, raw in parts) + b"--part--"
    content_type = f'multipart/related; type="{kind}"; boundary=part'
    return client.post("/dicom-web/studies", data=body, headers=as_role("service", Content_Type=content_type))


def stored(client: FlaskClient, as_role: AsRole, answer: TestResponse) -> Dataset:
    """The one file that was stored."""
    assert answer.status_code == 200, answer.data
    (told,) = answer.json[STORED]["Value"]  # type: ignore[index]
    path = told["00081190"]["Value"][0].partition("/dicom-web")[2]
    headers = as_role("service", Accept="application/dicom; transfer-syntax=*")
    file = client.get(f"/dicom-web{path}", headers=headers, buffered=True)
    return dcmread(BytesIO(file.data))


def reason(answer: TestResponse) -> tuple[int, list[int], str]:
    (failed,) = answer.json[FAILED]["Value"]  # type: ignore[index]
    (comment,) = failed[COMMENTS]["Value"]
    return answer.status_code, failed[REASON]["Value"], comment["00000902"]["Value"][0]


FILES = {
    "ct": ct_instance(),
    "clip": multi_frame_instance(),
    "colour": secondary_capture(),
    "report": report_instance("Kein Bruch, größtenteils", SpecificCharacterSet="ISO_IR 100"),
    "names": ct_instance(SpecificCharacterSet="ISO_IR 192", PatientName="Yamada^Tarou=山田^太郎"),
    "numbers": ct_instance(ImagePositionPatient=["0.50", "-1e3", "7"], WindowCenter=["1", "2"]),
}


@pytest.mark.parametrize("kind", [JSON, XML])
@pytest.mark.parametrize("name", sorted(FILES))
def test_what_comes_apart_is_the_same_instance(
    client: FlaskClient, as_role: AsRole, name: str, kind: str
) -> None:
    whole = dcmread(BytesIO(FILES[name]))
    dataset, bulk = described(FILES[name])

    found = stored(client, as_role, send(client, as_role, [dataset], bulk, kind))

    if name == "report":  # text beyond ASCII is written as UTF-8, and says so
        assert found.SpecificCharacterSet == "ISO_IR 192"
        whole.SpecificCharacterSet = "ISO_IR 192"
    assert found.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert found.file_meta.MediaStorageSOPInstanceUID == whole.SOPInstanceUID
    assert found.to_json_dict() == whole.to_json_dict()


def test_bulk_data_may_stand_inline(client: FlaskClient, as_role: AsRole) -> None:
    dataset, bulk = described(ct_instance(), threshold=1 << 20)

    found = stored(client, as_role, send(client, as_role, [dataset]))

    assert (bulk, found.PixelData) == ([], dcmread(BytesIO(ct_instance())).PixelData)


@pytest.mark.parametrize("media_type", [JSON, XML])
def test_metadata_alone_needs_no_multipart(client: FlaskClient, as_role: AsRole, media_type: str) -> None:
    dataset, _ = described(report_instance())
    body = json.dumps([dataset]).encode() if media_type == JSON else write_native(dataset)
    headers = as_role("service", Content_Type=media_type)

    assert client.post("/dicom-web/studies", data=body, headers=headers).status_code == 200


def test_the_parts_may_come_in_any_order_and_several_instances_share_one_metadata(
    client: FlaskClient, as_role: AsRole
) -> None:
    (first, bulk), (second, _) = described(ct_instance(number=1)), described(ct_instance(number=2))
    place, media, raw = bulk[0]
    parts = [
        (f"Content-Location: {place}\r\nContent-Type: {media}", raw),
        (f"Content-Type: {JSON}", json.dumps([first, second]).encode()),
    ]

    answer = send_parts(client, as_role, parts)

    assert (answer.status_code, len(answer.json[STORED]["Value"])) == (200, 2)  # type: ignore[index]


@pytest.mark.parametrize(
    ("media_type", "syntax"),
    [
        ("image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.50"),
        ("image/jpeg", "1.2.840.10008.1.2.4.50"),
        ("image/jls", "1.2.840.10008.1.2.4.80"),
        ("image/jp2", "1.2.840.10008.1.2.4.90"),
        ("image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.202"),
        ("video/mp4", "1.2.840.10008.1.2.4.102"),
        ("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.5", "1.2.840.10008.1.2.5"),
    ],
)
def test_compressed_pixels_are_encapsulated_in_their_syntax(
    client: FlaskClient, as_role: AsRole, media_type: str, syntax: str
) -> None:
    dataset, _ = described(jpeg_instance())
    dataset["7FE00010"] = {"vr": "OB", "BulkDataURI": "frame"}

    found = stored(client, as_role, send(client, as_role, [dataset], [("frame", media_type, JPEG_16X16)]))

    (frame,) = generate_frames(found.PixelData, number_of_frames=1)
    assert (found.file_meta.TransferSyntaxUID, frame) == (syntax, JPEG_16X16 + b"\0" * (len(JPEG_16X16) % 2))


def test_several_parts_of_one_place_are_its_frames(client: FlaskClient, as_role: AsRole) -> None:
    dataset, _ = described(jpeg_instance(frames=3))
    dataset["7FE00010"] = {"vr": "OB", "BulkDataURI": "frames"}
    frames = [("frames", "image/jpeg", JPEG_16X16 + bytes(number)) for number in range(3)]

    found = stored(client, as_role, send(client, as_role, [dataset], frames))

    read = list(generate_frames(found.PixelData, number_of_frames=3))
    assert [each.rstrip(b"\0") for each in read] == [JPEG_16X16] * 3
    path = (
        f"studies/{found.StudyInstanceUID}/series/{found.SeriesInstanceUID}/instances/{found.SOPInstanceUID}"
    )
    one = client.get(f"/dicom-web/{path}/frames/2", headers=as_role("clinician", Accept="image/*"))
    assert one.status_code == 200


def test_a_photograph_says_itself_what_its_picture_is(client: FlaskClient, as_role: AsRole) -> None:
    """The Image Pixel Description Macro may be left out (10.5.2)."""
    dataset, _ = described(secondary_capture())
    for tag in [each for each in dataset if each.startswith("0028")]:
        del dataset[tag]
    dataset["7FE00010"] = {"vr": "OB", "BulkDataURI": "photo"}

    found = stored(client, as_role, send(client, as_role, [dataset], [("photo", "image/jpeg", JPEG_16X16)]))

    assert (found.Rows, found.Columns, found.SamplesPerPixel, found.BitsAllocated) == (16, 16, 1, 8)
    assert found.PhotometricInterpretation == "MONOCHROME2"


def photograph(values: NDArray[Any], kind: str = "PNG", **how: Any) -> bytes:
    Image.fromarray(values).save(file := BytesIO(), kind, **how)
    return file.getvalue()


def photographed(client: FlaskClient, as_role: AsRole, *parts: bytes, kind: str = "png") -> TestResponse:
    """Store a secondary capture whose pixels come as photographs, and that says nothing right of them."""
    dataset, _ = described(secondary_capture(sop_uid=uid("photograph", *parts)))
    for tag in [each for each in dataset if each.startswith("0028") and each != "00280004"]:
        del dataset[tag]
    dataset["7FE00010"] = {"vr": "OB", "BulkDataURI": "photo"}
    return send(client, as_role, [dataset], [("photo", f"image/{kind}", each) for each in parts])


RNG = numpy.random.default_rng(5)
GREY, DEEP = RNG.integers(0, 256, (5, 7), numpy.uint8), RNG.integers(0, 1 << 16, (5, 7), numpy.uint16)
COLOUR, CLEAR = RNG.integers(0, 256, (5, 7, 3), numpy.uint8), RNG.integers(0, 256, (5, 7, 4), numpy.uint8)


@pytest.mark.usefixtures("renderers")
@pytest.mark.parametrize("values", [GREY, DEEP, COLOUR, CLEAR], ids=["grey", "16 bits", "colour", "clear"])
def test_a_photograph_that_no_transfer_syntax_keeps_becomes_plain_pixels(
    client: FlaskClient, as_role: AsRole, values: NDArray[Any]
) -> None:
    """Table 10.5.2-1: Transform."""
    found = stored(client, as_role, photographed(client, as_role, photograph(values)))

    assert found.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert found.PhotometricInterpretation == ("MONOCHROME2" if values.ndim == 2 else "RGB")
    assert numpy.array_equal(found.pixel_array, values[..., :3] if values.ndim == 3 else values)


@pytest.mark.usefixtures("renderers")
def test_photographs_that_move_become_frames(client: FlaskClient, as_role: AsRole) -> None:
    several = [Image.fromarray(each) for each in (COLOUR // 128 * 255, 255 - COLOUR // 128 * 255)]
    several[0].save(file := BytesIO(), "GIF", save_all=True, append_images=several[1:], duration=100)
    moving = stored(client, as_role, photographed(client, as_role, file.getvalue(), kind="gif"))
    parts = stored(client, as_role, photographed(client, as_role, photograph(GREY), photograph(255 - GREY)))

    assert (moving.NumberOfFrames, moving.pixel_array.shape) == (2, (2, 5, 7, 3))
    assert numpy.array_equal(moving.pixel_array[1], numpy.asarray(several[1]))
    assert numpy.array_equal(parts.pixel_array, [GREY, 255 - GREY])


@pytest.mark.usefixtures("renderers")
def test_photographs_that_cannot_be_read_are_refused(client: FlaskClient, as_role: AsRole) -> None:
    for parts in ((b"no photograph",), (photograph(GREY)[:60],), (photograph(GREY), photograph(COLOUR))):
        status, reasons, comment = reason(photographed(client, as_role, *parts))
        assert (status, reasons) == (409, [43264])
        assert "hotograph" in comment


UNREADABLE: Mapping[str, Any] = {
    "no object": 7,
    "no attribute": {"nonsense": {"vr": "LO"}},
    "no entry": {"00080018": 5},
    "no representation": {"00080018": {"Value": ["1.2"]}},
    "a wrong representation": {"00080018": {"vr": "XX"}},
    "too large a number": {"00280010": {"vr": "US", "Value": [70_000]}},
    "no number": {"00280010": {"vr": "US", "Value": ["many"]}},
    "a null number": {"00280010": {"vr": "US", "Value": [None]}},
    "no text": {"00100020": {"vr": "LO", "Value": [5]}},
    "no name": {"00100010": {"vr": "PN", "Value": [7]}},
    "no base64": {"7FE00010": {"vr": "OW", "InlineBinary": "?"}},
    "no bulk data": {"7FE00010": {"vr": "OW", "BulkDataURI": "nowhere"}},
    "an address that is none": {"7FE00010": {"vr": "OW", "BulkDataURI": {}}},
    "no bulk data inside": {
        "00081140": {"vr": "SQ", "Value": [{"00291001": {"vr": "OB", "BulkDataURI": "x"}}]}
    },
    "no item": {"00081140": {"vr": "SQ", "Value": [3]}},
    "no list": {"00081140": {"vr": "SQ", "Value": 3}},
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_metadata_that_cannot_be_written_is_refused_and_named(
    client: FlaskClient, as_role: AsRole, name: str
) -> None:
    wrong = UNREADABLE[name]
    dataset = {**described(report_instance())[0], **wrong} if isinstance(wrong, dict) else wrong

    status, reasons, comment = reason(send(client, as_role, [dataset]))

    assert (status, reasons) == (409, [43264])
    assert comment


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([(f"Content-Type: {JSON}", b"[")], 400),
        ([(f"Content-Type: {JSON}", b'[{"a": NaN}]')], 400),
        ([(f"Content-Type: {XML}", b"<x/>")], 400),
        ([(f"Content-Type: {XML}", b"<!DOCTYPE x []><NativeDicomModel/>")], 400),
        ([(f"Content-Type: {OCTETS}", b"x")], 400),
        ([(f"Content-Type: {JSON}", b"[]")], 400),
        ([(f"Content-Type: {JSON}", b"[" + b" " * (11 << 20) + b"]")], 413),
    ],
    ids=["cut", "no number", "no model", "a document type", "no place", "no instance", "too large"],
)
def test_a_body_that_is_no_metadata_is_told_so(
    client: FlaskClient, as_role: AsRole, parts: list[tuple[str, bytes]], status: int
) -> None:
    assert send_parts(client, as_role, parts).status_code == status


def test_bulk_data_leaves_nothing_behind(client: FlaskClient, as_role: AsRole, tmp_path: Any) -> None:
    dataset, bulk = described(ct_instance())
    send(client, as_role, [dataset], bulk)
    send(client, as_role, [{**dataset, "00080018": {"vr": "UI"}}], bulk)

    blobs = tmp_path / "home" / "blobs"
    kept = [each for each in blobs.rglob("*") if each.is_file() and each.name != "lock"]
    assert len(kept) == 1
