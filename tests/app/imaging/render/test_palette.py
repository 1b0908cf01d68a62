"""Palettes: read as pydicom reads them, whole and in segments."""

from struct import pack
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import ExplicitVRLittleEndian

from app.imaging.render.faults import Unrenderable
from app.imaging.render.lookup import Descriptor
from app.imaging.render.palette import expanded
from tests.factories.pixels import COLOURS, drawn, header_of, item_of, palette_header

RANDOM = numpy.random.default_rng(7)
VALUES = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)
DEEP = RANDOM.integers(0, 65536, (256, 3), dtype=numpy.uint16)
SHALLOW = RANDOM.integers(0, 256, (256, 3), dtype=numpy.uint8)


def far(ours: NDArray[Any], theirs: NDArray[Any]) -> float:
    """The largest difference in levels of a colour."""
    return float(numpy.abs(ours.astype(float) - theirs).max())


def test_entries_of_16_bits_are_read_as_pydicom_reads_them() -> None:
    header = palette_header(VALUES, DEEP)

    assert far(drawn(VALUES, header), apply_color_lut(VALUES, header) / 257) <= 0.51


def test_entries_of_eight_bits_are_read_packed_and_in_words() -> None:
    for entries in (SHALLOW, SHALLOW.astype("<u2")):
        ours = drawn(VALUES, palette_header(VALUES, entries, bits=8))

        assert numpy.array_equal(ours.reshape(256, 3), SHALLOW)


def test_bytes_that_are_called_words_of_16_bits_are_bytes() -> None:
    ours = drawn(VALUES, palette_header(VALUES, SHALLOW.astype("<u2"), bits=16))

    assert numpy.array_equal(ours.reshape(256, 3), SHALLOW)


def test_words_that_are_called_bytes_are_words() -> None:
    ours = drawn(VALUES, palette_header(VALUES, DEEP, bits=8))

    assert far(ours.reshape(256, 3), DEEP / 257) <= 0.51


@pytest.mark.parametrize("first", [-20, 0, 30])
def test_signed_values_are_looked_up_from_the_first(first: int) -> None:
    values = numpy.arange(-128, 128, dtype=numpy.int16).reshape(16, 16)
    header = palette_header(values, DEEP[:100], first=first)

    assert far(drawn(values, header), apply_color_lut(values, header) / 257) <= 0.51


def test_a_first_value_read_without_its_sign_is_a_negative_one() -> None:
    values = numpy.array([[-2, -1, 0]], numpy.int16)
    header = palette_header(values, DEEP[:3], first=-2)
    for colour in COLOURS:
        header.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [3, 65534, 16])

    assert far(drawn(values, header)[0], DEEP[:3] / 257) <= 0.51


def test_a_palette_of_65536_colours_is_written_as_of_none() -> None:
    values = numpy.array([[0, 256, 65535]], numpy.uint16)
    whole = numpy.repeat(numpy.arange(65536, dtype=numpy.uint16)[:, None], 3, axis=1)

    ours = drawn(values, palette_header(values, whole))

    assert far(ours[0, :, 0], numpy.array([0, 1, 255])) <= 0.51


def segmented(kind: str, *numbers: int) -> bytes:
    return pack(f"<{len(numbers)}{kind}", *numbers)


@pytest.mark.parametrize(("kind", "bits"), [("B", 8), ("H", 16)])
def test_segments_are_expanded_as_pydicom_does(kind: str, bits: int) -> None:
    """An offset is one of bytes (C.7.9.2.3); pydicom 3.0.2 counts words of 16 bits, so none is used there."""
    numbers = (0, 2, 10, 200, 1, 98, 4, 1, 100, 250)
    numbers += (2, 2, 4, 0, 0, 0) if kind == "B" else (1, 98, 4, 1, 100, 250)
    values = numpy.arange(256, dtype=numpy.uint16).reshape(16, 16)
    header = header_of(values, PhotometricInterpretation="PALETTE COLOR")
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for colour in COLOURS:
        header.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [398, 0, bits])
        header.add_new(f"Segmented{colour}PaletteColorLookupTableData", "OW", segmented(kind, *numbers))

    theirs = apply_color_lut(values, header)

    entries = expanded(segmented(kind, *numbers), Descriptor(398, 0, bits))
    assert far(entries[:256], theirs.reshape(-1, 3)[:, 0]) <= 1
    assert far(drawn(values, header), theirs) <= 1


def test_an_indirect_segment_names_others_by_their_place_in_bytes() -> None:
    numbers = (0, 2, 5, 9, 1, 2, 21, 1, 4, 1, 2, 2, 8, 0)  # the two segments from the fifth word on

    entries = expanded(segmented("H", *numbers), Descriptor(14, 0, 16))

    assert entries.tolist() == [5, 9, 15, 21, 16, 11, 6, 1, 11, 21, 16, 11, 6, 1]


@pytest.mark.parametrize(
    "numbers",
    [
        (1, 5, 10),
        (0, 1, 9, 1, 5),
        (0, 1, 9, 7, 5, 3),
        (0, 1, 9, 2, 1, 6, 0),
        (0, 1, 9, 2, 60000, 0, 0, 0),
        (0, 1, 9, 2, 1, 9999, 9),
    ],
)
def test_segments_that_lead_nowhere_are_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(Unrenderable):
        expanded(segmented("H", *numbers), Descriptor(65536, 0, 16))


def test_the_primary_path_of_an_enhanced_picture_is_looked_up_by_its_upper_bits() -> None:
    values = numpy.array([[0x000, 0x010, 0xFFF]], numpy.uint16)
    path = palette_header(values, SHALLOW, bits=8, DataPathID="PRIMARY", RGBLUTTransferFunction="TABLE")
    assigned = item_of(DataPathAssignment="PRIMARY_SINGLE", BitsMappedToColorLookupTable=8)
    keywords = {"DataFrameAssignmentSequence": [assigned], "BitsStored": 12}

    ours = drawn(values, EnhancedPaletteColorLookupTableSequence=[path], **keywords)
    assert numpy.array_equal(ours[0], SHALLOW[[0, 1, 255]])

    path.RGBLUTTransferFunction = "EQUAL_RGB"
    assert drawn(values, EnhancedPaletteColorLookupTableSequence=[path], **keywords).ndim == 2


def test_a_palette_that_is_missing_is_said() -> None:
    with pytest.raises(Unrenderable, match="palette is missing"):
        drawn(VALUES, PhotometricInterpretation="PALETTE COLOR")


def test_deep_values_have_no_palette() -> None:
    with pytest.raises(Unrenderable, match="16 bits"):
        drawn(VALUES.astype(numpy.uint32), palette_header(VALUES.astype(numpy.uint32), DEEP))


def test_entries_of_other_depths_are_spread_over_their_bits() -> None:
    values = numpy.array([[0, 1]], numpy.uint16)
    entries = numpy.array([[0, 512, 1023], [1023, 0, 256]], numpy.uint16)

    assert drawn(values, palette_header(values, entries, bits=10))[0].tolist() == [
        [0, 128, 255],
        [255, 0, 64],
    ]
