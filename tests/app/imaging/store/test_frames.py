import struct
import warnings
import zlib
from collections.abc import Callable
from itertools import accumulate, chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.encaps import generate_frames

from app.imaging.store.frames import byte_range, codestream, pixels
from app.imaging.store.inflating import inflated_ranges
from app.imaging.store.part10 import read_meta
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of
from tests.factories import dicom
from tests.factories.elements import (
    BIG,
    DEFLATED,
    JPEG,
    MPEG2,
    RLE,
    UNDEFINED,
    element,
    file_of,
    head,
    open_sequence,
    reading_of,
    text,
)
from tests.factories.elements import item as item_of
from tests.factories.real_files import real_file


def pieces(raw: bytes, **limits: int) -> list[bytes]:
    """What lies at the places of the frames, as it is read to be sent."""
    reading = reading_of(raw, **limits)
    places = list(struct.iter_unpack("<QQ", reading.frames))
    ranges = [byte_range(place) for place in places]
    if syntax_of(reading.transfer_syntax_uid).deflated:
        found = inflated_ranges(raw, read_meta(raw).start, ranges)
    else:
        found = [raw[offset : offset + length] for offset, length in ranges]
    return [pixels(piece, place) for piece, place in zip(found, places, strict=True)]


def test_a_native_frame_is_a_range_of_the_file() -> None:
    raw = dicom.multi_frame_instance(frames=4, sop_uid="1.2.3.4")
    assert pieces(raw) == dicom.raw_frames("1.2.3.4", 4)


def test_a_single_slice_is_one_frame() -> None:
    raw = dicom.large_ct_instance()
    (only,) = pieces(raw)
    assert raw.endswith(only)
    assert len(only) == 512 * 512 * 2


@pytest.mark.parametrize("offset_table", [True, False])
def test_a_frame_of_one_fragment_is_found_with_and_without_an_offset_table(offset_table: bool) -> None:
    raw = dicom.rle_instance(frames=3, offset_table=offset_table, sop_uid="1.2.3.4")
    assert pieces(raw) == [dicom.rle_frame(frame) for frame in dicom.raw_frames("1.2.3.4", 3)]


def test_a_single_frame_of_several_fragments_is_one_range() -> None:
    encoded = bytes(range(200)) * 10
    raw = dicom.encapsulated_instance([encoded], fragments_per_frame=4, offset_table=False)
    (piece,) = pieces(raw)
    assert piece.startswith(b"\xfe\xff\x00\xe0")
    assert codestream(piece) == encoded


def test_frames_of_several_fragments_are_told_apart_by_the_offset_table() -> None:
    encoded = [bytes([number]) * 2_000 for number in range(5)]
    raw = dicom.encapsulated_instance(encoded, fragments_per_frame=3, offset_table=True)
    assert [codestream(piece) for piece in pieces(raw)] == encoded


def test_frames_of_several_fragments_without_a_table_are_not_guessed() -> None:
    encoded = [bytes([number]) * 2_000 for number in range(5)]
    raw = dicom.encapsulated_instance(encoded, fragments_per_frame=3, offset_table=False)
    assert pieces(raw) == []


JPEG_2000 = b"\xff\x4f\xff\x51" + b"\x07" * 60 + b"\xff\x4f\xff\x51" * 9 + b"\xff\xd9"


@pytest.mark.parametrize("codestream_of_a_frame", [dicom.JPEG_16X16, JPEG_2000], ids=["JPEG", "JPEG 2000"])
@pytest.mark.parametrize("fragments", [2, 3, 7])
def test_frames_of_several_fragments_without_a_table_are_told_apart_by_their_codestreams(
    codestream_of_a_frame: bytes, fragments: int
) -> None:
    encoded = [codestream_of_a_frame] * 4
    raw = dicom.encapsulated_instance(encoded, fragments_per_frame=fragments, offset_table=False)
    assert [codestream(piece).rstrip(b"\0") for piece in pieces(raw)] == encoded


def test_a_table_that_does_not_fit_is_left_for_the_codestreams() -> None:
    half = len(JPEG_2000) // 2
    parts = [item_of(JPEG_2000[:half]), item_of(JPEG_2000[half:])] * 2
    table = item_of(struct.pack("<2L", 0, 6))
    raw = file_of(text(0x00280008, "IS", "2"), open_sequence(0x7FE00010, table, *parts, vr="OB"), syntax=JPEG)
    assert [codestream(piece) for piece in pieces(raw)] == [JPEG_2000] * 2


@pytest.mark.parametrize(
    "parts",
    [
        [JPEG_2000[:40], JPEG_2000[40:], JPEG_2000, JPEG_2000],
        [JPEG_2000[:40], JPEG_2000[40:-2], JPEG_2000],
        [JPEG_2000, JPEG_2000[:40], JPEG_2000[40:-2]],
        [b"  ", JPEG_2000[:40], JPEG_2000[40:]],
        [b"", b"", b""],
    ],
    ids=["more than frames", "no end between", "no end", "another beginning", "empty"],
)
def test_codestreams_that_are_not_as_many_as_the_frames_are_not_guessed(parts: list[bytes]) -> None:
    fragments = [item_of(part + bytes(len(part) % 2)) for part in parts]
    raw = file_of(
        text(0x00280008, "IS", "2"), open_sequence(0x7FE00010, item_of(), *fragments, vr="OB"), syntax=JPEG
    )
    assert pieces(raw) == []


def unended(*parts: bytes, frames: int) -> bytes:
    """Encapsulated pixel data that only the end of the file ends."""
    fragments = b"".join(map(item_of, (b"", *parts)))
    declared = text(0x00280008, "IS", str(frames))
    return file_of(declared, element(0x7FE00010, "OB", fragments, UNDEFINED), syntax=JPEG)


def test_frames_that_are_whole_need_no_last_delimiter() -> None:
    assert pieces(unended(b"ab", b"cd", frames=2)) == [b"ab", b"cd"]
    assert pieces(unended(b"ab", frames=1)) == [b"ab"]
    (piece,) = pieces(unended(JPEG_2000[:40], JPEG_2000[40:], frames=1))
    assert codestream(piece) == JPEG_2000


@pytest.mark.parametrize("parts", [[b"ab", b"cd"], [JPEG_2000[:40], JPEG_2000[40:-2]]])
def test_a_frame_that_may_be_cut_with_the_last_delimiter_is_refused(parts: list[bytes]) -> None:
    with pytest.raises(Refused, match="delimiter of the pixel data is missing"):
        pieces(unended(*parts, frames=1))


@pytest.mark.parametrize("wrong", [(0, 7, 9), (8, 0, 16), (0, 16, 16), (0, 0xFFFFFFF0, 5)])
def test_an_offset_table_that_does_not_fit_the_fragments_is_not_believed(wrong: tuple[int, ...]) -> None:
    fragments = [item_of(b"abcdefgh") for _ in range(5)]
    raw = file_of(
        text(0x00280008, "IS", "3"),
        open_sequence(0x7FE00010, item_of(struct.pack("<3L", *wrong)), *fragments, vr="OB"),
        syntax=RLE,
    )
    assert pieces(raw) == []


REAL = [
    "693_J2KI.dcm",
    "JPEG2000.dcm",
    "JPEG-lossy.dcm",
    "MR_small_RLE.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "color3d_jpeg_baseline.dcm",
    "emri_small_jpeg_2k_lossless.dcm",
    "emri_small_jpeg_ls_lossless.dcm",
    "emri_small_RLE.dcm",
    "examples_jpeg2k.dcm",
    "examples_ybr_color.dcm",
    "rtdose_rle.dcm",
]


@pytest.mark.parametrize("name", REAL)
def test_the_frames_of_a_real_file_are_those_that_pydicom_finds(name: str) -> None:
    path: Path = real_file(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path)
    expected = list(
        generate_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1)))
    )
    assert [codestream(piece) for piece in pieces(path.read_bytes())] == expected


def test_a_video_has_no_frames_to_point_at() -> None:
    raw = dicom.encapsulated_instance([b"video"], transfer_syntax=MPEG2, NumberOfFrames=500)
    assert syntax_of(MPEG2).video
    assert pieces(raw) == []


def test_a_deflated_frame_is_a_range_of_what_is_inflated() -> None:
    raw = dicom.multi_frame_instance(frames=300, sop_uid="1.2.3.4", transfer_syntax=DEFLATED)
    assert pieces(raw) == dicom.raw_frames("1.2.3.4", 300)


def test_inflated_ranges_come_as_they_are_asked_for() -> None:
    data = bytes(range(256)) * 2_000
    stream = zlib.compressobj(wbits=-15)
    deflated = b"head" + stream.compress(data) + stream.flush()
    ranges = [(500_000, 9), (3, 200_000), (65_530, 12), (3, 200_000), (511_999, 1), (7, 0), (511_999, 9)]
    assert inflated_ranges(deflated, 4, ranges) == [data[start : start + size] for start, size in ranges]


def test_fragments_in_a_deflated_file_have_no_places() -> None:
    stream = zlib.compressobj(wbits=-15)
    raw = file_of(open_sequence(0x7FE00010, item_of(), item_of(b"abcd"), vr="OB"))
    start = read_meta(raw).start
    assert pieces(head(DEFLATED) + stream.compress(raw[start:]) + stream.flush()) == []


def bit_frames(frames: int, rows: int, columns: int) -> tuple[bytes, list[list[int]]]:
    """Packed frames of single bits (PS3.5 8.1.1: the first is the lowest), and the bits of each."""
    size = rows * columns
    bits = [[int((number * size + place) % 3 == 0) for place in range(size)] for number in range(frames)]
    whole = sum(bit << place for place, bit in enumerate(chain.from_iterable(bits)))
    return whole.to_bytes((frames * size + 15) // 16 * 2, "little"), bits


def bit_file(frames: int, rows: int, columns: int, pixel_data: bytes, vr: str = "OB") -> bytes:
    return file_of(
        text(0x00280008, "IS", str(frames)),
        *(
            element(tag, "US", struct.pack("<H", number))
            for tag, number in (
                (0x00280002, 1),
                (0x00280010, rows),
                (0x00280011, columns),
                (0x00280100, 1),
            )
        ),
        element(0x7FE00010, vr, pixel_data),
    )


@given(st.integers(2, 9), st.integers(1, 9), st.integers(1, 9), st.sampled_from(["OB", "OW"]))
def test_frames_of_single_bits_begin_on_a_byte_each_when_they_are_sent(
    frames: int, rows: int, columns: int, vr: str
) -> None:
    packed, bits = bit_frames(frames, rows, columns)
    found = pieces(bit_file(frames, rows, columns, packed, vr))
    assert [
        [piece[place // 8] >> place % 8 & 1 for place in range(rows * columns)] for piece in found
    ] == bits
    assert {len(piece) for piece in found} == {(rows * columns + 7) // 8}


def test_real_frames_of_single_bits_that_fill_their_bytes_are_ranges() -> None:
    assert pieces(real_file("liver.dcm").read_bytes())


def test_single_bits_in_words_of_the_other_byte_order_are_not_guessed() -> None:
    raw = dicom.multi_frame_instance(
        frames=2, Rows=3, Columns=3, BitsAllocated=1, BitsStored=1, HighBit=0, transfer_syntax=BIG
    )
    assert reading_of(raw.replace(b"\x7f\xe0\x00\x10OB", b"\x7f\xe0\x00\x10OW")).frames == b""


def test_more_frames_than_the_table_may_hold_are_stored_without_one() -> None:
    assert pieces(dicom.multi_frame_instance(frames=4), frames=3) == []
    assert len(pieces(dicom.multi_frame_instance(frames=4), frames=4)) == 4


@pytest.mark.parametrize("make", [dicom.multi_frame_instance, dicom.rle_instance])
def test_a_number_of_frames_that_nobody_can_mean_is_refused(make: Callable[..., bytes]) -> None:
    with pytest.raises(Refused, match="does not hold"):
        pieces(make(frames=4, NumberOfFrames=2**31 - 1))


def told(raw: bytes) -> str:
    """The one thing that is said of a file that is stored."""
    (warning,) = reading_of(raw).warnings
    return warning.removeprefix("DICOM100: ")


def test_of_fewer_frames_than_declared_those_that_are_there_are_found() -> None:
    raw = dicom.multi_frame_instance(frames=4, NumberOfFrames=5, sop_uid="1.2.3.4")
    assert told(raw) == "(7fe0,0010) - The pixel data is shorter than its rows, columns and frames."
    assert pieces(raw) == dicom.raw_frames("1.2.3.4", 4)


def test_of_fewer_fragments_than_frames_none_is_guessed() -> None:
    raw = dicom.rle_instance(frames=4, NumberOfFrames=5)
    assert told(raw) == "(7fe0,0010) - The pixel data is shorter than its rows, columns and frames."
    assert pieces(raw) == []


@pytest.mark.parametrize("lacking", [2, 16, 18, 256])
def test_a_frame_that_lacks_no_more_than_a_row_is_still_one(lacking: int) -> None:
    whole = b"".join(dicom.raw_frames("1.2", 2))
    raw = dicom.multi_frame_instance(frames=2, PixelData=whole[:-lacking])
    lengths = [len(piece) for piece in pieces(raw)]
    assert lengths == ([256, 256 - lacking] if lacking <= 16 else [256])


@pytest.mark.parametrize("frames", [0, -1])
def test_a_number_of_frames_that_is_not_positive_is_one(frames: int) -> None:
    raw = dicom.multi_frame_instance(frames=1, NumberOfFrames=frames, sop_uid="1.2.3.4")
    assert told(raw) == "(0028,0008) - The number of frames is not positive; it is taken as one."
    assert pieces(raw) == dicom.raw_frames("1.2.3.4", 1)


@pytest.mark.parametrize("written", [b"1A", b"", b"x "])
def test_a_number_of_frames_that_is_no_number_is_one(written: bytes) -> None:
    shape = [element(tag, "US", struct.pack("<H", 2)) for tag in (0x00280010, 0x00280011)]
    bits = element(0x00280100, "US", struct.pack("<H", 8))
    pixel_data = element(0x7FE00010, "OB", b"abcd")
    assert pieces(file_of(text(0x00280008, "IS", written), *shape, bits, pixel_data)) == [b"abcd"]


def test_pixel_data_that_is_not_of_its_transfer_syntax_has_no_places() -> None:
    native = dicom.ct_instance().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")
    compressed = dicom.rle_instance().replace(b"1.2.840.10008.1.2.5\0", b"1.2.840.10008.1.2.1\0")
    for raw in (native, compressed):
        assert told(raw) == "(7fe0,0010) - The pixel data is not of the kind that its transfer syntax says."
        assert pieces(raw) == []


def test_subsampled_pixels_that_have_all_their_chroma_are_told_by_their_length() -> None:
    colour = {"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 0}
    for size in (768, 512):
        raw = dicom.multi_frame_instance(frames=2, PixelData=bytes(2 * size), **colour)
        assert [len(piece) for piece in pieces(raw)] == [size, size]


def extended(encoded: list[bytes], fragments_per_frame: int) -> bytes:
    """A clip whose frames an Extended Offset Table tells apart (PS3.3 C.7.6.3.1.8)."""
    size = -(-max(map(len, encoded)) // (2 * fragments_per_frame)) * 2
    cut = [[frame[at : at + size] for at in range(0, len(frame), size)] for frame in encoded]
    offsets = [0, *accumulate(sum(8 + len(part) for part in parts) for parts in cut)][:-1]
    table = element(0x7FE00001, "OV", struct.pack(f"<{len(offsets)}Q", *offsets))
    items = [item_of(part) for parts in cut for part in parts]
    pixel_data = open_sequence(0x7FE00010, item_of(), *items, vr="OB")
    return file_of(text(0x00280008, "IS", str(len(encoded))), table, pixel_data, syntax=JPEG)


def test_frames_of_several_fragments_are_told_apart_by_the_extended_offset_table() -> None:
    encoded = [bytes([number]) * 2_000 for number in range(1, 6)]
    assert [codestream(piece) for piece in pieces(extended(encoded, 3))] == encoded


JPEG_XL = b"\xff\x0a" + b"\x07" * 60


def test_frames_of_jpeg_xl_are_told_apart_by_their_beginnings() -> None:
    parts = [item_of(part) for part in (JPEG_XL[:40], JPEG_XL[40:], JPEG_XL[:20], JPEG_XL[20:])]
    pixel_data = open_sequence(0x7FE00010, item_of(), *parts, vr="OB")
    raw = file_of(text(0x00280008, "IS", "2"), pixel_data, syntax="1.2.840.10008.1.2.4.110")
    assert [codestream(piece) for piece in pieces(raw)] == [JPEG_XL] * 2


def test_empty_fragments_are_no_frames() -> None:
    pixel_data = open_sequence(0x7FE00010, item_of(), item_of(), item_of(b"ab"), item_of(b"cd"), vr="OB")
    assert pieces(file_of(text(0x00280008, "IS", "2"), pixel_data, syntax=RLE)) == [b"ab", b"cd"]


def test_a_report_has_no_frames() -> None:
    assert pieces(dicom.report_instance()) == []


def test_rows_of_another_representation_are_refused() -> None:
    pixels = element(0x7FE00010, "OW", bytes(8))
    with pytest.raises(Refused, match="not US"):
        pieces(file_of(element(0x00280010, "UL", struct.pack("<L", 2)), pixels))


def test_a_byte_that_pads_a_fragment_is_not_of_the_codestream() -> None:
    parts = item_of(b"abc") + b"\0" + item_of(b"de")
    raw = file_of(open_sequence(0x7FE00010, item_of(), parts, vr="OB"), syntax=JPEG)
    assert [codestream(piece) for piece in pieces(raw)] == [b"abcde"]


def test_an_incomplete_range_gives_what_is_there() -> None:
    assert codestream(b"\xfe\xff\x00\xe0\x08\0\0\0abc") == b"abc"
    assert codestream(b"\xff\xd8plain") == b"\xff\xd8plain"
