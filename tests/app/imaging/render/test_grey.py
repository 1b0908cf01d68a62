"""Grey levels: within one of what the formulas of the standard and pydicom say."""

from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut
from pydicom.uid import ExplicitVRLittleEndian

from app.imaging.render.windows import LINEAR_EXACT, GreyWindow
from app.imaging.render.wishes import Wish
from tests.factories.pixels import drawn, header_of, item_of, lookup_item

RAMP = numpy.arange(4096, dtype=numpy.uint16).reshape(64, 64)
SIGNED = numpy.arange(-2048, 2048, dtype=numpy.int16).reshape(64, 64)


def read_by_pydicom(values: NDArray[Any], header: Dataset, highest: float, lowest: float = 0) -> NDArray[Any]:
    """Its grey levels, where its output has this range."""
    shown = apply_voi_lut(apply_modality_lut(values, header), header).astype(float)
    return (shown - lowest) / (highest - lowest) * 255


def far(ours: NDArray[Any], theirs: NDArray[Any]) -> float:
    """The largest difference in grey levels."""
    return float(numpy.abs(ours.astype(float) - theirs).max())


@settings(deadline=None, max_examples=50)
@given(center=st.integers(-500, 3000), width=st.integers(1, 5000), intercept=st.integers(-1200, 100))
def test_a_ct_is_drawn_as_pydicom_reads_it(center: int, width: int, intercept: int) -> None:
    header = header_of(
        RAMP,
        BitsStored=12,
        RescaleSlope=1,
        RescaleIntercept=intercept,
        WindowCenter=center,
        WindowWidth=width,
    )

    assert far(drawn(RAMP, header), read_by_pydicom(RAMP, header, 4095 + intercept, intercept)) <= 0.51


def test_signed_values_keep_their_sign() -> None:
    ours = drawn(SIGNED, BitsStored=12, WindowCenter=0, WindowWidth=4096)

    assert ours[0, 0] == 0
    assert ours[-1, -1] == 255
    assert numpy.all(numpy.diff(ours.reshape(-1).astype(int)) >= 0)


def test_what_stands_above_the_stored_bits_is_not_shown() -> None:
    window = {"WindowCenter": 2048, "WindowWidth": 4096, "BitsStored": 12}

    assert numpy.array_equal(drawn(RAMP | 0xF000, **window), drawn(RAMP, **window))
    assert numpy.array_equal(
        drawn((SIGNED & 0x0FFF).astype(numpy.int16), BitsStored=12, WindowCenter=0, WindowWidth=4096),
        drawn(SIGNED, BitsStored=12, WindowCenter=0, WindowWidth=4096),
    )


def test_the_first_of_several_windows_is_shown() -> None:
    several = drawn(RAMP, BitsStored=12, WindowCenter=[100, 2000], WindowWidth=[50, 3000])

    assert numpy.array_equal(several, drawn(RAMP, BitsStored=12, WindowCenter=100, WindowWidth=50))


def test_a_window_that_is_asked_for_takes_the_place_of_the_headers() -> None:
    wish = Wish(window=GreyWindow(1000, 400, LINEAR_EXACT))

    ours = drawn(RAMP, wish=wish, BitsStored=12, WindowCenter=100, WindowWidth=50, RescaleIntercept=-1000)

    assert ours.reshape(-1)[[1800, 2000, 2200]].tolist() == [0, 128, 255]


def test_monochrome1_is_white_where_it_is_low() -> None:
    window = {"WindowCenter": 2048, "WindowWidth": 4096, "BitsStored": 12}
    plain = drawn(RAMP, **window)

    for keywords in (
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"},
    ):
        assert far(drawn(RAMP, **window, **keywords), 255.0 - plain) <= 1


@pytest.mark.parametrize("vr", ["US", "OW"])
def test_a_modality_lut_is_looked_up_from_its_first_value(vr: str) -> None:
    values = numpy.array([[-5, -3, -2, -1, 0, 9]], numpy.int16)
    item = lookup_item([10, 20, 40, 80], first=-3, bits=8, vr=vr)
    header = header_of(values, ModalityLUTSequence=[item], WindowCenter=50.5, WindowWidth=101)

    ours = drawn(values, header)

    expected = numpy.array([[10, 10, 20, 40, 80, 80]]) / 100 * 255
    assert far(ours, expected) <= 0.51


def test_a_first_value_read_without_its_sign_is_a_negative_one() -> None:
    values = numpy.array([[-3, -2, -1]], numpy.int16)
    item = lookup_item([0, 50, 100], bits=8)
    item.LUTDescriptor = [3, 65533, 8]

    ours = drawn(values, ModalityLUTSequence=[item], WindowCenter=50.5, WindowWidth=101)

    assert far(ours, numpy.array([[0, 127.5, 255]])) <= 0.51


@pytest.mark.parametrize("vr", ["US", "OW"])
def test_a_voi_lut_is_read_as_pydicom_reads_it(vr: str) -> None:
    entries = [int(4095 * (place / 999) ** 0.5) for place in range(1000)]
    header = header_of(
        RAMP, BitsStored=12, RescaleSlope=1, RescaleIntercept=-500, WindowCenter=7, WindowWidth=9
    )
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.VOILUTSequence = [lookup_item(entries, first=200, bits=12, vr=vr), lookup_item([1, 2])]

    measured = apply_voi_lut(RAMP.astype(numpy.int16) - 500, header)

    assert far(drawn(RAMP, header), measured / 4095 * 255) <= 0.51


def test_entries_of_eight_bits_may_be_packed() -> None:
    values = numpy.array([[0, 1, 2, 3]], numpy.uint8)
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [4, 0, 8])
    item.add_new("LUTData", "OW", bytes([255, 0, 128, 7]))

    assert drawn(values, VOILUTSequence=[item]).tolist() == [[255, 0, 128, 7]]


def test_eight_bits_without_a_window_are_shown_as_they_are() -> None:
    values = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)[4:9]

    assert numpy.array_equal(drawn(values), values)


def test_one_bit_is_black_or_white() -> None:
    assert drawn(numpy.array([[0, 1]], numpy.uint8), BitsAllocated=1, BitsStored=1).tolist() == [[0, 255]]


def test_more_bits_without_a_window_are_shown_from_the_lowest_to_the_highest() -> None:
    values = numpy.array([[100, 300, 500]], numpy.uint16)

    assert drawn(values, BitsStored=12, RescaleIntercept=-1024).tolist() == [[0, 128, 255]]


def test_padding_does_not_count_and_is_black() -> None:
    values = numpy.array([[100, 300, 500, 4000, 4090]], numpy.uint16)
    padding = {"PixelPaddingValue": 4090, "PixelPaddingRangeLimit": 4000}

    assert drawn(values, BitsStored=12, **padding).tolist() == [[0, 128, 255, 0, 0]]
    assert drawn(values, BitsStored=12, PixelPaddingValue=4090).tolist()[0][4] == 0


def test_all_frames_are_shown_alike_where_the_header_knows_their_range() -> None:
    values = numpy.array([[100, 300]], numpy.uint16)
    told = {"SmallestImagePixelValue": 100, "LargestImagePixelValue": 500, "BitsStored": 12}

    assert drawn(values, NumberOfFrames=2, **told).tolist() == [[0, 128]]
    assert drawn(values, **told).tolist() == [[0, 255]]
    assert drawn(values, NumberOfFrames=2, **told | {"LargestImagePixelValue": 200}).tolist() == [[0, 255]]


@pytest.mark.parametrize("kind", ["f4", "f8", "u4", "i4"])
def test_deep_values_are_shown_over_their_range(kind: str) -> None:
    values = numpy.array([[0, 1_000_000, 2_000_000]], kind)

    assert drawn(values).tolist() == [[0, 128, 255]]


def test_what_is_no_number_is_black() -> None:
    values = numpy.array([[-1, numpy.nan, 1, numpy.inf]], numpy.float32)

    assert drawn(values).tolist() == [[0, 0, 255, 255]]


@pytest.mark.parametrize("group", ["PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"])
def test_functional_groups_say_it_for_a_frame(group: str) -> None:
    values = numpy.array([[0, 100, 200]], numpy.uint16)
    rescale = item_of(RescaleSlope=2, RescaleIntercept=-100, RescaleType="US")
    window = item_of(WindowCenter=100, WindowWidth=400, VOILUTFunction="LINEAR_EXACT")
    macros = item_of(PixelValueTransformationSequence=[rescale], FrameVOILUTSequence=[window])
    other = item_of(FrameVOILUTSequence=[item_of(WindowCenter=9999, WindowWidth=1)])
    groups = [other, macros] if group.startswith("PerFrame") else [macros]
    header = header_of(values, BitsStored=12, NumberOfFrames=2, **{group: groups})

    assert drawn(values, header, number=2).tolist() == [[0, 128, 255]]


@pytest.mark.parametrize(
    "keywords",
    [
        {"RescaleSlope": 0, "RescaleIntercept": 0},
        {"WindowCenter": 3, "WindowWidth": 0},
        {"VOILUTSequence": [item_of(LUTDescriptor=[0, 1])]},
        {"VOILUTSequence": []},
        {"ModalityLUTSequence": [Dataset()]},
    ],
)
def test_what_cannot_be_applied_is_left_out(keywords: dict[str, Any]) -> None:
    assert drawn(numpy.array([[1, 2, 3]], numpy.uint16), BitsStored=12, **keywords).tolist() == [
        [0, 128, 255]
    ]


def test_a_modality_lut_without_a_window_is_shown_over_its_entries() -> None:
    values = numpy.array([[0, 1, 2]], numpy.uint16)

    assert drawn(values, ModalityLUTSequence=[lookup_item([100, 150, 200])]).tolist() == [[0, 128, 255]]


def test_a_frame_of_padding_alone_is_black() -> None:
    values = numpy.full((2, 2), 7, numpy.uint16)

    assert not drawn(values, PixelPaddingValue=7).any()
    assert not drawn(numpy.full((2, 2), numpy.nan, numpy.float32)).any()


def test_padding_of_floating_values_does_not_count() -> None:
    values = numpy.array([[-1e30, 1, 2, 3]], numpy.float32)

    assert drawn(values, FloatPixelPaddingValue=-1e30).tolist() == [[0, 0, 128, 255]]
