"""Instances of four gigabytes, as long as a native value can be, in bounded memory."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import pytest
import requests
from pydicom import dcmread

from tests.app.serving import ServedGateway
from tests.factories.dicom import ct_instance

pytestmark = pytest.mark.slow

MEGABYTE = 1 << 20
SIDE, FRAMES = 1_024, 2_047
FRAME = SIDE * SIDE * 2  # bytes
MOST = 256 * MEGABYTE  # that a worker has in memory
PIECE = bytes(range(256)) * 4_096
ITEM, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"
JPEG_2000, RELATED = (
    "1.2.840.10008.1.2.4.90",
    'multipart/related; type="application/dicom+json"; boundary=part',
)


def head(syntax: str = "1.2.840.10008.1.2.1") -> bytes:
    """A file up to its pixel data."""
    attributes: dict[str, Any] = {"Rows": SIDE, "Columns": SIDE, "NumberOfFrames": FRAMES, "PixelData": None}
    return ct_instance(transfer_syntax=syntax, **attributes)


def frame() -> Iterator[bytes]:
    for _ in range(FRAME // len(PIECE)):
        yield PIECE


def native() -> Iterator[bytes]:
    yield head() + b"\xe0\x7f\x10\0OW\0\0" + pack("<L", FRAME * FRAMES)
    for _ in range(FRAMES):
        yield from frame()


def encapsulated() -> Iterator[bytes]:
    yield head(JPEG_2000) + b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff" + ITEM + bytes(4)
    for _ in range(FRAMES):
        yield ITEM + pack("<L", FRAME)
        yield from frame()
    yield END


def apart() -> Iterator[bytes]:
    """Metadata, and the pixels as one part of bulk data behind it."""
    dataset = dcmread(BytesIO(head())).to_json_dict()
    dataset["7FE00010"] = {"vr": "OW", "BulkDataURI": "pixels"}
    yield b"--part\r\nContent-Type: application/dicom+json\r\n\r\n" + json.dumps([dataset]).encode()
    yield b"\r\n--part\r\nContent-Type: application/octet-stream\r\nContent-Location: pixels\r\n\r\n"
    for _ in range(FRAMES):
        yield from frame()
    yield b"\r\n--part--"


SENT = {"native": native, "encapsulated": encapsulated, "apart": apart}


@pytest.mark.parametrize("name", SENT)
def test_it_is_stored_and_read_back_in_bounded_memory(served: ServedGateway, name: str) -> None:
    content_type = RELATED if name == "apart" else "application/dicom"
    before = max(map(peak_of, served.workers))
    with served.session() as client:
        address = f"{served.dicomweb}/studies"
        answer = client.put(address, data=SENT[name](), headers={"Content-Type": content_type}, timeout=600)
        assert answer.status_code == 200, answer.text
        (stored,) = answer.json()["00081199"]["Value"]
        instance = stored["00081190"]["Value"][0]

        assert read(client, f"{instance}/frames/{FRAMES}", "application/octet-stream; transfer-syntax=*") == (
            digest_of(frame())
        )
        if name == "native":
            assert client.get(f"{instance}/frames/{FRAMES}/rendered", timeout=60).status_code == 200
        if name != "apart":
            whole = read(client, instance, "application/dicom; transfer-syntax=*")
            assert whole == digest_of(SENT[name]())
        assert client.delete(instance, timeout=60).status_code == 204

    assert max(map(peak_of, served.workers)) < MOST, before


def read(client: requests.Session, address: str, accept: str) -> str:
    """The digest of an answer, as it comes."""
    with client.get(address, headers={"Accept": accept}, stream=True, timeout=600) as answer:
        assert answer.status_code == 200, answer.text
        return digest_of(answer.iter_content(MEGABYTE))


def digest_of(chunks: Iterator[bytes]) -> str:
    found = sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def peak_of(pid: int) -> int:
    """The most memory that a process has had, mapped files included."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) << 10
