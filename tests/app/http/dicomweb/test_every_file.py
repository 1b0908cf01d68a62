"""Every file at hand, real and odd: stored or refused with a reason, and every question about it answered.

`DICOM_FILES` names a folder of further ones.
"""

import json
import os
import warnings
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset
from pydicom.pixels import iter_pixels
from pydicom.uid import ExplicitVRLittleEndian
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import ANY_SYNTAX, FAILED, FRAMES, STORED, parts_of, store
from tests.factories.every_class import every_class
from tests.factories.odd_pixels import ODD_PIXELS
from tests.factories.real_files import real_files

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("renderers")]

PREAMBLE = 128
WHOLE = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5")
NATIVE = 'multipart/related; type="application/octet-stream"'
PIXELS_OF = {32: "FloatPixelData", 64: "DoubleFloatPixelData"}
LOSSY_JPEG = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")
KINDS = ("bulkdata", "metadata", "rendered", "thumbnail", "frames")
FINE = (200, 206)
SAID = (400, 404, 406)
ADDRESS = "00081190"


class Asking:
    """Asks everything about one instance, and notes what should not be."""

    def __init__(self, client: FlaskClient, as_role: AsRole) -> None:
        self._client, self._as_role = client, as_role
        self.faults: list[str] = []
        self.answers = Counter[str]()

    def file(self, name: str, raw: bytes) -> None:
        """Store a file, ask for everything, and delete it: another one may be of the same instance."""
        answer = store(self._client, self._as_role, raw)
        self.answers[f"store {answer.status_code}"] += 1
        if answer.status_code not in (200, 202):
            reason = (answer.json or {}).get(FAILED)
            if answer.status_code != 409 or not reason:
                self.faults.append(f"{name}: store {answer.status_code} {answer.data[:200]!r}")
            elif os.environ.get("DICOM_FILES"):
                print(f"{name}: refused {json.dumps(reason)[-200:]}")
            return
        place = str(answer.json[STORED]["Value"][0][ADDRESS]["Value"][0])
        path = place[place.index("/dicom-web") :]
        self._bytes(name, path, raw)
        document = self._metadata(name, path)
        if any(tag in document for tag in ("7FE00010", "7FE00008", "7FE00009")):
            self._pixels(name, path, raw, document)
        self._bulk(name, path, document)
        self.ask(name, f"{path}/rendered", "text/html, application/pdf, image/jpeg;q=0.5")
        gone = self._client.delete(path, headers=self._as_role("service"))
        assert gone.status_code == 204

    def ask(self, name: str, path: str, accept: str) -> TestResponse:
        """One question: 200, or a refusal that says why."""
        answer = self._client.get(path, headers=self._as_role("clinician", Accept=accept))
        answer.get_data()
        answer.close()
        kind = next((each for each in KINDS if each in path), "instance")
        self.answers[f"{kind} {answer.status_code}"] += 1
        if answer.status_code not in FINE and (answer.status_code not in SAID or not answer.data):
            self.faults.append(f"{name}: {path[-60:]} {accept} {answer.status_code} {answer.data[:200]!r}")
        return answer

    def _bytes(self, name: str, path: str, raw: bytes) -> None:
        answer = self.ask(name, path, ANY_SYNTAX)
        (back,) = parts_of(answer)
        if back[PREAMBLE:] != raw[PREAMBLE:] and not back.endswith(raw):
            self.faults.append(f"{name}: other bytes came back")

    def _metadata(self, name: str, path: str) -> Any:
        (document,) = json.loads(self.ask(name, f"{path}/metadata", "application/dicom+json").data)
        xml = self.ask(name, f"{path}/metadata", 'multipart/related; type="application/dicom+xml"')
        if xml.status_code != 200:
            self.faults.append(f"{name}: no XML")
        return document

    def _pixels(self, name: str, path: str, raw: bytes, document: Any) -> None:
        frames = document.get("00280008", {}).get("Value", [1])[0]
        for number in {1, frames if isinstance(frames, int) and frames > 0 else 1}:
            self.ask(name, f"{path}/frames/{number}", FRAMES)
            native = self.ask(
                name, f"{path}/frames/{number}", 'multipart/related; type="application/octet-stream"'
            )
            if number == 1:
                self._compare(name, native, raw)
            for media_type in ("image/jpeg", "image/png"):
                drawn = self.ask(name, f"{path}/frames/{number}/rendered", media_type)
                if drawn.status_code == 200 and native.status_code != 200:
                    self.faults.append(f"{name}: drawn, and no frame {native.data[:100]!r}")
        self.ask(name, f"{path}/thumbnail", "image/jpeg")
        for syntax in WHOLE:
            accept = f'multipart/related; type="application/dicom"; transfer-syntax={syntax}'
            self.ask(name, path, accept)

    def _compare(self, name: str, answer: TestResponse, raw: bytes) -> None:
        """Hold the first frame to what pydicom reads of it."""
        theirs = first_frame(read(raw))
        if theirs is None:
            return
        if answer.status_code != 200:
            self.faults.append(f"{name}: pydicom reads it, and {answer.data[:160]!r}")
            return
        (ours,) = parts_of(answer)
        if not same_pixels(theirs, ours, raw):
            self.faults.append(f"{name}: pixels differ {theirs.dtype} {theirs.shape} {len(ours)}")

    def _bulk(self, name: str, path: str, document: Any) -> None:
        for address in list(addresses(document))[:20]:
            self.ask(name, address[address.index("/dicom-web") :], "*/*")


def addresses(document: Any) -> Iterator[str]:
    """The BulkDataURIs of a DICOM JSON object, those of items included."""
    for entry in document.values():
        if "BulkDataURI" in entry:
            yield entry["BulkDataURI"]
        elif entry["vr"] == "SQ":
            for item in entry.get("Value", []):
                yield from addresses(item)


def read(raw: bytes, **how: bool) -> FileDataset:
    """A file as pydicom reads it, whatever it has to say of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dcmread(BytesIO(raw), force=True, **how)


def first_frame(dataset: Dataset) -> NDArray[Any] | None:
    """The stored values of the first frame as pydicom reads them; None where it does not.

    Colour that JPEG has lost is what it is on a screen.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return next(iter_pixels(dataset, raw=dataset.file_meta.TransferSyntaxUID not in LOSSY_JPEG))
        except Exception:
            return None


def same_pixels(theirs: NDArray[Any], ours: bytes, raw: bytes) -> bool:
    """Whether native bytes of a frame are the values that pydicom reads of the file, by plane or by pixel."""
    alone = read(raw, stop_before_pixels=True)
    if alone.file_meta.TransferSyntaxUID.is_encapsulated and alone.SamplesPerPixel > 1:
        alone.PhotometricInterpretation = "RGB"
    alone.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    alone.NumberOfFrames = 1
    setattr(alone, PIXELS_OF.get(alone.BitsAllocated if "HighBit" not in alone else 0, "PixelData"), ours)
    for planar in {0, alone.get("PlanarConfiguration", 0)}:
        alone.PlanarConfiguration = planar
        values = first_frame(alone)
        if values is not None and numpy.array_equal(values, theirs):
            return True
    return False


def check(asking: Asking) -> None:
    """Fail with everything that should not be."""
    print(dict(asking.answers))
    assert not asking.faults, "\n".join(asking.faults)


@pytest.fixture
def asking(client: FlaskClient, as_role: AsRole) -> Asking:
    return Asking(client, as_role)


def test_an_instance_of_every_class_is_stored_and_given_out(asking: Asking) -> None:
    for name, raw in every_class():
        asking.file(name, raw)
    check(asking)


def test_odd_pixels_are_given_out_or_refused_with_a_reason(asking: Asking) -> None:
    for name, make in ODD_PIXELS.items():
        asking.file(name, make())
    check(asking)


def test_every_real_file_is_given_out_or_refused_with_a_reason(asking: Asking) -> None:
    for path in real_files():
        asking.file(path.name, path.read_bytes())
    check(asking)


@pytest.mark.skipif("DICOM_FILES" not in os.environ, reason="no folder of further files")
def test_further_files_are_given_out_or_refused_with_a_reason(asking: Asking) -> None:
    for path in sorted(Path(os.environ["DICOM_FILES"]).rglob("*")):
        if path.is_file():
            asking.file(path.name, path.read_bytes())
    check(asking)
