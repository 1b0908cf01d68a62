"""Bulk data over HTTP: every value that the metadata names is there, to the byte, whole or in ranges."""

from collections.abc import Iterator
from struct import pack
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import parts_of, store
from tests.factories.dicom import (
    JPEG_16X16,
    SYNTAXES,
    ct_instance,
    encapsulated_instance,
    jpeg_instance,
    report_instance,
    uid,
)
from tests.factories.elements import BIG, MPEG2, element, implicit, item

OCTETS = "application/octet-stream"
PARTS = f'multipart/related; type="{OCTETS}"'
PDF = b"%PDF-1.7" + b"x" * 193  # of an odd length
PALETTE, OVERLAY, PROFILE, WAVEFORM = bytes(range(256)) * 2, b"\x01\x80" * 100, b"acsp" * 50, b"\1\2" * 300


def _item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def rich_instance(transfer_syntax: str, **named: Any) -> bytes:
    """A picture with bulk data of every kind, at the top and in sequences."""
    private = Dataset()
    private.add_new(0x00290010, "LO", "ACME")
    private.add_new(0x00291001, "OB", bytes(200))
    path = _item(ICCProfile=PROFILE)
    wave = _item(WaveformBitsAllocated=16, WaveformSampleInterpretation="SS", WaveformData=WAVEFORM)
    wave["WaveformData"].VR = "OW"
    return ct_instance(
        transfer_syntax=transfer_syntax,
        RedPaletteColorLookupTableData=PALETTE,
        OpticalPathSequence=Sequence([Dataset(), path]),
        WaveformSequence=Sequence([wave]),
        ReferencedStudySequence=Sequence([private]),
        EncapsulatedDocument=PDF + b"\0",
        EncapsulatedDocumentLength=len(PDF),
        MIMETypeOfEncapsulatedDocument="application/pdf",
        **named,
    )


def address_of(answer: TestResponse) -> str:
    """The path of the first stored instance."""
    place: str = answer.json["00081199"]["Value"][0]["00081190"]["Value"][0]  # type: ignore[index]
    return "/dicom-web" + place.partition("/dicom-web")[2]


def bulk_of(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(path, address) of every value that metadata names."""
    for tag, entry in document.items():
        if "BulkDataURI" in entry:
            yield tag, entry["BulkDataURI"]
        if entry["vr"] == "SQ":
            for number, each in enumerate(entry.get("Value", []), 1):
                for path, address in bulk_of(each):
                    yield f"{tag}/{number}/{path}", address


def turned(words: bytes) -> bytes:
    """Words of two bytes in the other order."""
    return bytes(each for at in range(0, len(words), 2) for each in (words[at + 1], words[at]))


def local(address: str) -> str:
    assert address.startswith("http://127.0.0.1:8042/dicom-web/")
    return "/dicom-web" + address.partition("/dicom-web")[2]


@pytest.fixture
def rich(client: FlaskClient, as_role: AsRole) -> str:
    return address_of(store(client, as_role, rich_instance(SYNTAXES[1])))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_value_that_the_metadata_names_is_there_in_little_endian_order(
    client: FlaskClient, as_role: AsRole, syntax: str
) -> None:
    path = address_of(store(client, as_role, rich_instance(syntax, sop_uid=uid("rich", syntax))))
    (document,) = client.get(f"{path}/metadata", headers=as_role("clinician")).json  # type: ignore[misc]
    found = {
        each: client.get(local(address), headers=as_role("clinician", Accept=OCTETS))
        for each, address in bulk_of(document)
    }

    frame = client.get(
        f"{path}/frames/1", headers=as_role("clinician", Accept=f"{OCTETS}; transfer-syntax=*")
    )
    in_words = turned if syntax == BIG else bytes  # pydicom writes the bytes as they are given
    assert {each: answer.data for each, answer in found.items()} == {
        "00081110/1/00291001": bytes(200),
        "00281201": in_words(PALETTE),
        "00420011": PDF,
        "00480105/2/00282000": PROFILE,
        "54000100/1/54001010": in_words(WAVEFORM),
        "7FE00010": in_words(frame.data),
    }
    assert all(answer.content_length == len(answer.data) for answer in found.values())
    assert all(answer.headers["Accept-Ranges"] == "bytes" for answer in found.values())


def test_a_value_comes_as_a_part_with_its_address(client: FlaskClient, as_role: AsRole, rich: str) -> None:
    answer = client.get(f"{rich}/bulkdata/00281201", headers=as_role("clinician", Accept=PARTS))

    assert answer.mimetype == "multipart/related"
    assert parts_of(answer) == [PALETTE]
    assert f"Content-Location: http://127.0.0.1:8042{rich}/bulkdata/00281201".encode() in answer.data
    assert answer.content_length == len(answer.data)


DOCUMENT = ("application/pdf", "application/*", 'multipart/related; type="application/pdf"')


def test_a_document_comes_in_its_own_media_type(client: FlaskClient, as_role: AsRole, rich: str) -> None:
    for accept in DOCUMENT:
        answer = client.get(f"{rich}/bulkdata/00420011", headers=as_role("clinician", Accept=accept))

        assert answer.status_code == 200
        assert (parts_of(answer) if "multipart" in accept else [answer.data]) == [PDF]
        assert "application/pdf" in answer.content_type


RANGES: dict[str, tuple[int, str | None, bytes | None]] = {
    "bytes=0-9": (206, "bytes 0-9/512", PALETTE[:10]),
    "bytes=500-": (206, "bytes 500-511/512", PALETTE[500:]),
    "bytes=-3": (206, "bytes 509-511/512", PALETTE[-3:]),
    "bytes=3-9999": (206, "bytes 3-511/512", PALETTE[3:]),
    "bytes=-9999": (206, "bytes 0-511/512", PALETTE),
    "bytes=512-": (416, "bytes */512", None),
    "bytes=-0": (416, "bytes */512", None),
    "bytes=9-0": (200, None, PALETTE),
    "bytes=0-1,4-5": (200, None, PALETTE),
    "lines=0-1": (200, None, PALETTE),
    "bytes=-": (200, None, PALETTE),
}


def test_a_range_of_a_value(client: FlaskClient, as_role: AsRole, rich: str) -> None:
    for wanted, expected in RANGES.items():
        headers = as_role("clinician", Accept=OCTETS, Range=wanted)
        answer = client.get(f"{rich}/bulkdata/00281201", headers=headers)
        body = None if answer.status_code == 416 else answer.data
        assert (answer.status_code, answer.headers.get("Content-Range"), body) == expected, wanted


def test_a_range_of_turned_words_is_one_of_what_is_sent(client: FlaskClient, as_role: AsRole) -> None:
    path = address_of(store(client, as_role, rich_instance("1.2.840.10008.1.2.2")))
    whole = client.get(f"{path}/bulkdata/00281201", headers=as_role("clinician", Accept=OCTETS)).data

    for start, end in ((1, 4), (2, 3), (0, 512), (511, 512)):
        wanted = f"bytes={start}-{end - 1}"
        headers = as_role("clinician", Accept=OCTETS, Range=wanted)
        assert client.get(f"{path}/bulkdata/00281201", headers=headers).data == whole[start:end]


def test_a_range_holds_only_for_the_value_that_the_client_has(
    client: FlaskClient, as_role: AsRole, rich: str
) -> None:
    path = f"{rich}/bulkdata/00281201"
    first = client.get(path, headers=as_role("clinician", Accept=OCTETS))
    ours = as_role("clinician", Accept=OCTETS, Range="bytes=0-1", If_Range=first.headers["ETag"])
    others = as_role("clinician", Accept=OCTETS, Range="bytes=0-1", If_Range='"other"')
    known = as_role("clinician", Accept=OCTETS, If_None_Match=first.headers["ETag"])

    assert client.get(path, headers=ours).status_code == 206
    assert client.get(path, headers=others).data == PALETTE
    assert client.get(path, headers=known).status_code == 304


def test_a_client_that_takes_anything_and_asks_for_a_range_gets_it(
    client: FlaskClient, as_role: AsRole, rich: str
) -> None:
    headers = as_role("clinician", Accept="*/*", Range="bytes=0-1")
    assert client.get(f"{rich}/bulkdata/00281201", headers=headers).status_code == 206


def test_a_head_is_a_get_without_the_bytes(client: FlaskClient, as_role: AsRole, rich: str) -> None:
    for below in ("", "/metadata", "/bulkdata", "/pixeldata", "/bulkdata/00281201", "/frames/1"):
        for accept in ("*/*", OCTETS, "application/dicom"):
            headers = as_role("clinician", Accept=accept)
            head, got = (client.open(rich + below, method=each, headers=headers) for each in ("HEAD", "GET"))
            assert head.status_code == got.status_code
            assert head.content_length in (got.content_length, None)
            assert head.data == b""
            assert head.headers.get("ETag") == got.headers.get("ETag")
            head.close()
            got.close()


NOWHERE = (
    "0028120",
    "00281201/1",
    "00480105/1/00282000",
    "00480105/3/00282000",
    "00480105/0/00282000",
    "00480105",
    "7FE00010/1/00282000",
    "../metadata",
    "7FE00010%00",
    "/".join(["00480105/1"] * 200) + "/00282000",
)


def test_a_path_that_leads_to_no_value_is_not_found(client: FlaskClient, as_role: AsRole, rich: str) -> None:
    headers = as_role("clinician", Accept=OCTETS)
    for path in NOWHERE:
        assert client.get(f"{rich}/bulkdata/{path}", headers=headers).status_code == 404, path


def test_any_value_is_there_by_its_path(client: FlaskClient, as_role: AsRole, rich: str) -> None:
    headers = as_role("clinician", Accept=OCTETS)
    assert client.get(f"{rich}/bulkdata/00280011", headers=headers).data == b"\x10\0"


def test_all_bulk_data_of_a_resource_come_with_their_addresses(
    client: FlaskClient, as_role: AsRole, rich: str
) -> None:
    study = rich.partition("/series")[0]
    series = rich.partition("/instances")[0]
    (document,) = client.get(f"{rich}/metadata", headers=as_role("clinician")).json  # type: ignore[misc]
    addresses = [address for _, address in bulk_of(document)]
    for resource in (study, series, rich):
        answer = client.get(f"{resource}/bulkdata", headers=as_role("clinician", Accept=PARTS))
        lines = [line for line in answer.data.split(b"\r\n") if line.startswith(b"Content-Location: ")]
        assert [line.partition(b" ")[2].decode() for line in lines] == addresses
        assert len(parts_of(answer)) == len(addresses)
        # The resource itself, asked for in the media type of bulk data (PS3.18 B.10).
        itself = client.get(resource, headers=as_role("clinician", Accept=PARTS))
        assert parts_of(itself) == parts_of(answer)


def test_pixel_data_are_those_of_the_instance_alone(client: FlaskClient, as_role: AsRole, rich: str) -> None:
    answer = client.get(f"{rich}/pixeldata", headers=as_role("clinician", Accept=PARTS))
    frame = client.get(f"{rich}/frames/1", headers=as_role("clinician", Accept=PARTS))
    assert parts_of(answer) == parts_of(frame)


def test_what_has_no_bulk_data_has_none_to_give(client: FlaskClient, as_role: AsRole) -> None:
    path = address_of(store(client, as_role, report_instance()))
    for below in ("bulkdata", "pixeldata"):
        assert client.get(f"{path}/{below}", headers=as_role("clinician", Accept=PARTS)).status_code == 404


@pytest.mark.usefixtures("renderers")
@pytest.mark.parametrize("frames", [1, 3])
def test_compressed_pixels_come_frame_by_frame_in_their_media_type(
    client: FlaskClient, as_role: AsRole, frames: int
) -> None:
    path = address_of(store(client, as_role, jpeg_instance(frames=frames)))
    for below in ("bulkdata/7FE00010", "bulkdata", "pixeldata"):
        check_frames(client, as_role, f"{path}/{below}", frames)


def check_frames(client: FlaskClient, as_role: AsRole, path: str, frames: int) -> None:
    jpeg = client.get(path, headers=as_role("clinician", Accept='multipart/related; type="image/jpeg"'))
    pixels = client.get(path, headers=as_role("clinician", Accept=PARTS))

    assert [part.rstrip(b"\0") for part in parts_of(jpeg)] == [JPEG_16X16] * frames
    assert jpeg.data.count(b"Content-Type: image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50") == frames
    assert jpeg.data.count(b"/bulkdata/7FE00010\r\n") == frames
    assert [len(part) for part in parts_of(pixels)] == [16 * 16 * frames]
    assert b"Content-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1\r\n" in pixels.data


def test_one_compressed_frame_comes_alone_and_in_ranges(client: FlaskClient, as_role: AsRole) -> None:
    path = address_of(store(client, as_role, jpeg_instance()))
    for below in ("bulkdata/7FE00010", "frames/1"):
        headers = as_role("clinician", Accept="image/jpeg", Range="bytes=0-1")
        answer = client.get(f"{path}/{below}", headers=headers)
        assert (answer.status_code, answer.data) == (206, b"\xff\xd8")


def test_a_video_comes_as_one(client: FlaskClient, as_role: AsRole) -> None:
    stream = [b"\0\0\1\xb3" + bytes(60), bytes(64)]
    path = address_of(store(client, as_role, encapsulated_instance(stream, transfer_syntax=MPEG2)))
    answer = client.get(f"{path}/bulkdata/7FE00010", headers=as_role("clinician", Accept="video/*"))
    assert (answer.status_code, answer.data) == (200, b"".join(stream))
    assert answer.mimetype == "video/mpeg2"


def test_a_compressed_icon_is_bulk_data_and_no_pixel_data(client: FlaskClient, as_role: AsRole) -> None:
    fragments = item() + item(JPEG_16X16 + b"\0" * (len(JPEG_16X16) % 2)) + implicit(0xFFFEE0DD)
    icon = element(0x7FE00010, "OB", fragments, 0xFFFFFFFF)
    sequence = element(0x00880200, "SQ", item(icon))
    file = jpeg_instance(sop_uid="1.2.826.1")
    at = file.index(pack("<HH", 0x7FE0, 0x0010))
    path = address_of(store(client, as_role, file[:at] + sequence + file[at:]))
    accept = 'multipart/related; type="image/jpeg"'

    icon_alone = client.get(
        f"{path}/bulkdata/00880200/1/7FE00010", headers=as_role("clinician", Accept="image/jpeg")
    )
    bulk = client.get(f"{path}/bulkdata", headers=as_role("clinician", Accept=accept))
    pixels = client.get(f"{path}/pixeldata", headers=as_role("clinician", Accept=accept))

    assert icon_alone.data.rstrip(b"\0") == JPEG_16X16
    assert (len(parts_of(bulk)), len(parts_of(pixels))) == (2, 1)


@pytest.mark.parametrize("name", ["text/html", "a/b\r\nX-Y: z"])
def test_the_media_type_of_a_document_is_not_trusted(client: FlaskClient, as_role: AsRole, name: str) -> None:
    file = ct_instance(EncapsulatedDocument=bytes(200), MIMETypeOfEncapsulatedDocument=name)
    path = address_of(store(client, as_role, file))
    answer = client.get(
        f"{path}/bulkdata/00420011", headers=as_role("clinician", Accept="*/*", Range="bytes=0-")
    )

    assert answer.mimetype == ("text/html" if name == "text/html" else OCTETS)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
