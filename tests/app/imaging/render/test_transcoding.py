"""Whole instances in other transfer syntaxes: what is not the pixels' own stays, and stays right."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from app.imaging.render.description import Frame
from app.imaging.render.faults import Unrenderable
from app.imaging.render.source import OpenInstance, opened
from app.imaging.render.transcoding import transcode
from app.imaging.store.limits import Limits
from app.imaging.store.reading import Terms, read_file
from tests.factories.dicom import ct_instance, rle_instance

EXPLICIT, IMPLICIT, RLE = str(ExplicitVRLittleEndian), str(ImplicitVRLittleEndian), str(RLELossless)
JPEG_2000, JPEG_LS = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80"
Open = Callable[[bytes], OpenInstance]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Open]:
    """Opens the bytes of a file as a renderer has it."""
    with ExitStack() as stack:

        def source(file: bytes) -> OpenInstance:
            held = stack.enter_context(TemporaryFile())
            held.write(file)
            held.flush()
            read = read_file(held.fileno(), Terms(Limits(), "20260102"), tmp_path)
            return stack.enter_context(opened(held, read.transfer_syntax_uid, read.frames, tmp_path))

        yield source


def written(source: OpenInstance, uid: str) -> Dataset:
    target = BytesIO()
    transcode(source, uid, target, lambda _: None)
    target.seek(0)
    return dcmread(target)


def sixteen(syntax: str, pixels: bytes, **attributes: Any) -> bytes:
    """A picture of 16 x 16 cells of 16 bits."""
    return ct_instance(transfer_syntax=syntax, rows=16, PixelData=pixels, **attributes)


@pytest.mark.parametrize("uid", [EXPLICIT, RLE, JPEG_LS, JPEG_2000])
def test_what_is_remembered_of_an_instance_is_not_what_it_became(opening: Open, uid: str) -> None:
    colours = numpy.random.default_rng(1).integers(0, 256, (16, 16, 3)).astype(numpy.uint8)
    planes = colours.transpose(2, 0, 1).tobytes()
    attributes = {"PhotometricInterpretation": "RGB", "PlanarConfiguration": 1, "SamplesPerPixel": 3}
    eight = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    source = opening(sixteen(EXPLICIT, planes, **attributes, **eight))

    first = written(source, uid).pixel_array if uid != EXPLICIT else None
    written(source, uid)

    said = source.header.attributes
    assert (said.PlanarConfiguration, said.PhotometricInterpretation) == (1, "RGB")
    assert (source.frame(1).values == colours).all()
    assert first is None or (first == colours).all()


class Counting(OpenInstance):
    """Notes which frames are decoded."""

    def frame(self, number: int) -> Frame:
        decoded.append(number)
        return super().frame(number)


decoded: list[int] = []


@pytest.mark.parametrize("uid", [EXPLICIT, JPEG_LS])
def test_each_frame_is_decoded_once(opening: Open, uid: str) -> None:
    several = opening(rle_instance(frames=3))
    counting = Counting(several.data, several.header, several.transfer_syntax_uid, several.table)
    noted: list[int] = []
    decoded.clear()

    transcode(counting, uid, target := BytesIO(), noted.append)

    assert (decoded, noted) == ([1, 2, 3], [1, 2, 3])
    target.seek(0)
    assert dcmread(target).pixel_array.shape == (3, 16, 16)


def test_native_cells_are_copied_with_all_that_is_in_them(opening: Open) -> None:
    cells = numpy.random.default_rng(2).integers(0, 65_536, (16, 16)).astype("<u2")
    high = {"BitsStored": 12, "HighBit": 15, "PixelRepresentation": 0}

    for stored, asked in ((IMPLICIT, EXPLICIT), (EXPLICIT, IMPLICIT), (str(ExplicitVRBigEndian), EXPLICIT)):
        big = stored == str(ExplicitVRBigEndian)
        pixels = cells.byteswap().tobytes() if big else cells.tobytes()
        found = written(opening(sixteen(stored, pixels, **high)), asked)
        assert (found.PixelData, found.HighBit) == (cells.tobytes(), 15)

    packed = written(opening(sixteen(IMPLICIT, cells.tobytes(), **high)), RLE)
    assert packed.HighBit == 11
    assert (packed.pixel_array == cells >> 4).all()


def test_frames_that_share_bytes_are_copied_as_one(opening: Open) -> None:
    bits = bytes(range(1, 15))
    one = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "NumberOfFrames": 3, "Rows": 7, "Columns": 5}

    found = written(opening(sixteen(EXPLICIT, bits, PixelRepresentation=0, **one)), IMPLICIT)

    assert found.PixelData == bits


def test_an_overlay_within_the_cells_is_kept_or_the_instance_is_refused(opening: Open) -> None:
    cells = numpy.full((16, 16), 0x8123, "<u2").tobytes()
    source = opening(sixteen(IMPLICIT, cells, BitsStored=12, HighBit=11, PixelRepresentation=0))
    source.header.attributes.add_new(0x60000010, "US", 16)

    assert written(source, EXPLICIT).PixelData == cells
    with pytest.raises(Unrenderable, match="overlay"):
        written(source, JPEG_2000)


def test_words_of_a_big_endian_file_are_little_endian_ones_elsewhere(opening: Open) -> None:
    words, floats = numpy.arange(64, dtype="<u2"), numpy.array([1.5, -2.25], "<f4")
    inner = Dataset()
    inner.add_new("LUTDescriptor", "US", [64, 0, 16])
    inner.add_new("LUTData", "OW", words.byteswap().tobytes())
    more = Dataset()
    more.add_new("RedPaletteColorLookupTableData", "OW", words.byteswap().tobytes())
    more.add_new("VectorGridData", "OF", floats.byteswap().tobytes())
    more.add_new("VOILUTSequence", "SQ", [inner])
    source = opening(sixteen(str(ExplicitVRBigEndian), bytes(512)))
    source.header.attributes.update(more)

    for uid in (EXPLICIT, IMPLICIT, RLE):
        found = written(source, uid)
        assert found.RedPaletteColorLookupTableData == words.tobytes()
        assert found.VectorGridData == floats.tobytes()
        assert found.VOILUTSequence[0].LUTData == words.tobytes()


def test_offsets_of_the_fragments_that_were_are_left_out(opening: Open) -> None:
    source = opening(sixteen(EXPLICIT, bytes(512)))
    source.header.attributes.add_new(0x7FE00001, "OV", bytes(8))
    source.header.attributes.add_new(0x7FE00002, "OV", bytes(8))

    for uid in (IMPLICIT, RLE, JPEG_LS):
        found = written(source, uid)
        assert 0x7FE00001 not in found and 0x7FE00002 not in found
