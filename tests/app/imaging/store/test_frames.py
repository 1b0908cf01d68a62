import struct
import warnings
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.encaps import generate_frames

from app.imaging.store.frames import codestream
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of
from tests.factories import dicom
from tests.factories.elements import MPEG2, RLE, element, file_of, open_sequence, reading_of, text
from tests.factories.elements import item as item_of
from tests.factories.real_files import real_file


def pieces(raw: bytes, **limits: int) -> list[bytes]:
    table = reading_of(raw, **limits).frames
    return [raw[offset : offset + length] for offset, length in struct.iter_unpack("<QQ", table)]


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


def test_deflated_frames_have_no_place_in_the_file() -> None:
    assert pieces(dicom.ct_instance(transfer_syntax="1.2.840.10008.1.2.1.99")) == []


def test_frames_of_single_bits_that_share_bytes_are_not_pointed_at() -> None:
    assert pieces(real_file("liver.dcm").read_bytes())
    raw = dicom.multi_frame_instance(frames=2, Rows=3, Columns=3, BitsAllocated=1, BitsStored=1, HighBit=0)
    assert pieces(raw) == []


def test_more_frames_than_the_table_may_hold_are_stored_without_one() -> None:
    assert pieces(dicom.multi_frame_instance(frames=4), frames=3) == []
    assert len(pieces(dicom.multi_frame_instance(frames=4), frames=4)) == 4


@pytest.mark.parametrize("frames", [5, 2**31 - 1, 0, -1])
def test_frames_that_the_pixel_data_cannot_hold_are_refused(frames: int) -> None:
    with pytest.raises(Refused):
        pieces(dicom.multi_frame_instance(frames=4, NumberOfFrames=frames))
    with pytest.raises(Refused):
        pieces(dicom.rle_instance(frames=4, NumberOfFrames=frames))


def test_a_report_has_no_frames() -> None:
    assert pieces(dicom.report_instance()) == []


def test_rows_of_another_representation_are_refused() -> None:
    pixels = element(0x7FE00010, "OW", bytes(8))
    with pytest.raises(Refused, match="not US"):
        pieces(file_of(element(0x00280010, "UL", struct.pack("<L", 2)), pixels))


def test_an_incomplete_range_gives_what_is_there() -> None:
    assert codestream(b"\xfe\xff\x00\xe0\x08\0\0\0abc") == b"abc"
    assert codestream(b"\xff\xd8plain") == b"\xff\xd8plain"
