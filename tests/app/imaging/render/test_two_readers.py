"""Every decoder agrees with a second code base, and every encoder with a decoder of somebody else.

Ours are those of imagecodecs (libjpeg-turbo, CharLS, OpenJPEG, OpenJPH, libjxl) and our own native reader.
The others are GDCM, pylibjpeg-openjpeg (OpenJPEG's own HTJ2K) and pydicom.
"""

import warnings
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import UID

from app.imaging.render.decoders import decode
from app.imaging.render.description import Frame, PixelDescription, describe
from app.imaging.render.encoders import ENCODINGS, after, encode
from app.imaging.render.faults import Unrenderable
from app.imaging.render.native import of_words
from tests.app.imaging.render.another_reader import SECOND_READER, AnotherReader

EXPLICIT = "1.2.840.10008.1.2.1"
JPEG_XL = "1.2.840.10008.1.2.4.110"
CONVERTED = "1.2.840.10008.1.2.4.50"  # two inverse cosine transforms and two conversions differ a little
FEWEST = 3  # that GDCM survives
SHAPES = ((64, 130), (33, 34), (3, 5), (1, 1))
SMALL = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 9), (9, 1))
GREY = ((8, 8), (8, 5), (16, 8), (16, 10), (16, 12), (16, 16), (32, 32))
REAL = tuple(path.name for path in sorted(Path(str(get_testdata_file("CT_small.dcm"))).parent.glob("*.dcm")))


def described(
    rows: int, columns: int, *, samples: int = 1, allocated: int = 16, stored: int = 16, signed: bool = False
) -> PixelDescription:
    return PixelDescription(
        rows=rows,
        columns=columns,
        samples=samples,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=stored - 1,
        signed=signed,
        photometric="RGB" if samples == 3 else "MONOCHROME2",
        planar=False,
        frames=1,
        transfer_syntax_uid=EXPLICIT,
    )


def ramp(pixels: PixelDescription) -> NDArray[Any]:
    """Values that reach both ends of what is stored, smooth enough for lossy codecs."""
    low = -(1 << pixels.bits_stored - 1) if pixels.signed else 0
    span = (1 << pixels.bits_stored) - 1
    count = pixels.rows * pixels.columns * pixels.samples
    shares = numpy.linspace(0, 1, count).reshape(pixels.shape)
    values: NDArray[Any] = numpy.round(low + shares * span).astype(pixels.dtype)
    return values


@pytest.fixture
def another() -> Iterator[AnotherReader]:
    """Somebody else's decoders."""
    reader = AnotherReader()
    yield reader
    reader.close()


@pytest.mark.parametrize("uid", sorted(set(SECOND_READER) & set(ENCODINGS)))
def test_what_is_encoded_is_read_alike_by_somebody_else(uid: str, another: AnotherReader) -> None:
    read = 0
    for shape, (allocated, stored), signed in product(SHAPES, GREY, (False, True)):
        pixels = described(*shape, allocated=allocated, stored=stored, signed=signed)
        read += read_alike(pixels, uid, another)
    for shape, allocated in product(SHAPES, (8, 16)):
        pixels = described(*shape, samples=3, allocated=allocated, stored=allocated)
        read += read_alike(pixels, uid, another)
    assert read >= FEWEST


def read_alike(pixels: PixelDescription, uid: str, another: AnotherReader) -> bool:
    """Whether the encoder takes such pixels and somebody else reads them, which is then what we read."""
    frame = Frame(ramp(pixels), pixels.photometric)
    try:
        data = encode(frame, pixels, uid)
    except Unrenderable:
        return False
    written = after(frame, pixels, uid)
    ours, theirs = decode(data, written).values, another.read(data, written)
    lossy = ENCODINGS[uid].method is not None
    assert lossy or numpy.array_equal(ours, frame.values), (pixels, uid)
    if theirs is None:
        return False
    difference = ours.astype(float) - theirs.astype(float).reshape(ours.shape)
    most = 3 if uid == CONVERTED else 1 if lossy else 0
    assert numpy.abs(difference).max() <= most, (pixels, uid)
    return True


@pytest.mark.parametrize("uid", sorted(each for each, row in ENCODINGS.items() if row.method is None))
def test_no_picture_is_too_small_for_a_syntax_that_loses_nothing(uid: str) -> None:
    """Noise, whose codestream is longer than its pixels."""
    noise = numpy.random.default_rng(7)
    for shape, (allocated, stored), samples in product(SMALL, ((8, 8), (16, 8), (16, 12), (16, 16)), (1, 3)):
        pixels = described(*shape, samples=samples, allocated=allocated, stored=stored)
        values = noise.integers(0, 1 << stored, pixels.shape).astype(pixels.dtype)

        data = encode(Frame(values, pixels.photometric), pixels, uid)

        assert numpy.array_equal(decode(data, pixels.with_syntax(uid)).values, values), (pixels, uid)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stored", [8, 12, 16])
def test_jpeg_xl_comes_back_exactly(shape: tuple[int, int], stored: int) -> None:
    """No second reader of JPEG XL is at hand: what is written losslessly is at least what it was."""
    pixels = described(*shape, allocated=8 if stored == 8 else 16, stored=stored)
    values = ramp(pixels)

    data = encode(Frame(values, "MONOCHROME2"), pixels, JPEG_XL)

    assert numpy.array_equal(decode(data, pixels.with_syntax(JPEG_XL)).values, values)


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_read_as_pydicom_reads_it(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(str(get_testdata_file(name)), force=True)
        read = read_by_pydicom(dataset)
        if read is None:
            return
        pixels = describe(dataset, str(dataset.file_meta.TransferSyntaxUID))
        ours = decode(first_frame(dataset, pixels), pixels)
    theirs = read[0] if pixels.frames > 1 else read
    converted = ours.photometric != pixels.photometric
    difference = ours.values.astype(float) - theirs.astype(float)
    assert numpy.abs(difference).max() <= (2 if converted else 0)


def read_by_pydicom(dataset: Dataset) -> NDArray[Any] | None:
    """The pixels as pydicom reads them, compressed colour as RGB; None where it cannot."""
    try:
        converted = dataset.file_meta.TransferSyntaxUID.is_encapsulated
        return pixel_array(dataset, raw=not converted)
    except (AttributeError, RuntimeError, ValueError):
        return None


def first_frame(dataset: Dataset, pixels: PixelDescription) -> bytes:
    syntax = UID(pixels.transfer_syntax_uid)
    if syntax.is_encapsulated:
        return next(iter(generate_frames(dataset.PixelData, number_of_frames=pixels.frames)))
    in_words = not syntax.is_little_endian and dataset["PixelData"].VR == "OW" and pixels.bits_allocated == 8
    return of_words(dataset.PixelData) if in_words else bytes(dataset.PixelData)
