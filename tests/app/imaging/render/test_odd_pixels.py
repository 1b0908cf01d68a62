"""Pixels whose header, label or length is wrong, and that every reader can read nevertheless."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import imagecodecs
import numpy
import pytest
from numpy.typing import NDArray

from app.imaging.render.codestreams import Compression, compression_of
from app.imaging.render.decoders import decode
from app.imaging.render.description import Frame, describe
from app.imaging.render.faults import Unrenderable
from app.imaging.render.source import opened
from tests.factories.dicom import JPEG_16X16
from tests.factories.elements import reading_of
from tests.factories.odd_pixels import ODD_PIXELS
from tests.factories.pixels import described_by, header_of

RAMP = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)
STREAMS = {
    Compression.JPEG_LS: ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_encode(RAMP)),
    Compression.JPEG_LOSSLESS: ("1.2.840.10008.1.2.4.70", imagecodecs.jpeg8_encode(RAMP, lossless=True)),
    Compression.JPEG_2000: (
        "1.2.840.10008.1.2.4.90",
        imagecodecs.jpeg2k_encode(RAMP, level=0, codecformat="j2k", reversible=True),
    ),
    Compression.JPEG_XL: ("1.2.840.10008.1.2.4.110", imagecodecs.jpegxl_encode(RAMP, lossless=True)),
}
LABELS = [syntax for syntax, _ in STREAMS.values()] + ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.201"]


def first_frame(raw: bytes, tmp_path: Path) -> Frame:
    """The first frame of a file, as it is stored and read again."""
    reading = reading_of(raw)
    with TemporaryFile() as file:
        file.write(raw)
        file.flush()
        with opened(file, reading.transfer_syntax_uid, reading.frames, tmp_path) as source:
            return source.frame(1)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("compression", STREAMS, ids=[compression.name for compression in STREAMS])
def test_a_codestream_goes_to_the_decoder_of_what_it_says_that_it_is(
    compression: Compression, label: str
) -> None:
    stream = STREAMS[compression][1]
    assert compression_of(stream) is compression
    frame = decode(stream, described_by(header_of(RAMP)).with_syntax(label))
    assert numpy.array_equal(frame.values, RAMP)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"no codestream at all", RAMP.tobytes()])
def test_what_does_not_begin_as_a_codestream_says_nothing(data: bytes) -> None:
    assert compression_of(data) is None


def test_a_baseline_codestream_says_so() -> None:
    assert compression_of(JPEG_16X16) is Compression.JPEG


@pytest.mark.parametrize("written", ["0", "-3", "", b"1A"])
def test_a_number_of_frames_that_cannot_be_is_one(written: str | bytes) -> None:
    header = header_of(RAMP)
    header.add_new(0x00280008, "IS", None)
    header[0x00280008] = header[0x00280008].__class__(0x00280008, "LO", written)
    assert describe(header, "1.2.840.10008.1.2.1").frames == 1


@pytest.mark.parametrize("high_bit", [0, 8, 99])
def test_a_high_bit_that_cannot_be_is_that_of_the_bits_stored(high_bit: int) -> None:
    header = header_of(RAMP, BitsStored=4, HighBit=high_bit)
    assert described_by(header).high_bit == 3


@pytest.mark.parametrize(("lacking", "read"), [(1, True), (16, True), (17, False), (255, False)])
def test_a_frame_that_lacks_up_to_a_row_is_filled_with_zeros(lacking: int, read: bool) -> None:
    described, short = described_by(header_of(RAMP)), RAMP.tobytes()[:-lacking]
    if not read:
        with pytest.raises(Unrenderable, match="shorter"):
            decode(short, described)
        return
    assert decode(short, described).values.tobytes() == short + bytes(lacking)


@pytest.mark.parametrize("label", ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"])
def test_high_throughput_is_told_from_the_rest_of_jpeg_2000(label: str) -> None:
    stream = imagecodecs.htj2k_encode(RAMP)
    assert compression_of(stream) is Compression.HTJ2K
    frame = decode(stream, described_by(header_of(RAMP)).with_syntax(label))
    assert numpy.array_equal(frame.values, RAMP)


READ: dict[str, NDArray[Any]] = {
    "representations in a syntax without": RAMP,
    "no representations in a syntax of them": RAMP,
    "JPEG 2000 under the name of JPEG": RAMP,
    "JPEG 2000 with an extended offset table": RAMP,
    "JPEG XL frames in pieces": RAMP,
    "a number of frames that is none": RAMP,
    "no frames": RAMP,
    "longer": RAMP,
}


@pytest.mark.filterwarnings("ignore:Invalid value for VR IS")
@pytest.mark.parametrize("name", READ)
def test_a_file_that_leaves_no_doubt_is_read(name: str, tmp_path: Path) -> None:
    assert numpy.array_equal(first_frame(ODD_PIXELS[name](), tmp_path).values, READ[name])


def test_pixels_labelled_as_subsampled_that_have_all_their_chroma_are_taken_whole(tmp_path: Path) -> None:
    frame = first_frame(ODD_PIXELS["YBR_FULL_422 with all its chroma"](), tmp_path)
    assert frame.photometric == "YBR_FULL"
    assert numpy.array_equal(frame.values[..., 0], RAMP)
