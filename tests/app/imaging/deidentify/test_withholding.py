"""Which instances are not given out, and what is taken out of the frames of those that are."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread

from app.deidentification.options import ProfileOption
from app.imaging.deidentify import Withheld, require_clean
from app.imaging.deidentify.codestreams import pixels_alone
from tests.app.imaging.deidentify.conftest import Written
from tests.factories.dicom import JPEG_16X16, ct_instance, encapsulated_pdf
from tests.factories.pixels import item_of

CT, MR, DX, US, SC, MG = (f"1.2.840.10008.5.1.4.1.1.{each}" for each in ("2", "4", "1.1", "6.1", "7", "1.2"))
EXPLICIT, MPEG4 = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.102"
PRIMARY = ["ORIGINAL", "PRIMARY"]
NONE: frozenset[ProfileOption] = frozenset()


def header(sop_class: str, **more: Any) -> Any:
    return item_of(SOPClassUID=sop_class, Rows=4, Columns=4, **{"ImageType": PRIMARY, **more})


@pytest.mark.parametrize(
    "given_out",
    [
        header(CT, Modality="CT"),
        header(MR, Modality="MR", BurnedInAnnotation="NO"),
        header(DX, Modality="DX", BurnedInAnnotation="NO"),
        header(MG, Modality="MG", BurnedInAnnotation="NO"),
        header(CT, Modality="CT", ImageType=["DERIVED", "SECONDARY"], BurnedInAnnotation="NO"),
        item_of(SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR"),
    ],
)
def test_what_shows_measured_values_or_is_declared_clean_is_given_out(given_out: Any) -> None:
    require_clean(given_out, EXPLICIT, NONE)


@pytest.mark.parametrize(
    "kept_back",
    [
        header(CT, Modality="CT", BurnedInAnnotation="YES"),
        header(CT, Modality="CT", ImageType=["DERIVED", "SECONDARY"]),
        header(DX, Modality="DX"),
        header(US, Modality="US", BurnedInAnnotation="NO"),
        header(SC, Modality="CT", BurnedInAnnotation="NO"),
        header(MR, Modality="OT"),
    ],
)
def test_what_may_have_text_in_its_pixels_is_kept_back(kept_back: Any) -> None:
    with pytest.raises(Withheld, match="text about the patient"):
        require_clean(kept_back, EXPLICIT, NONE)


def test_documents_videos_and_private_classes_are_kept_back(written: Written) -> None:
    with pytest.raises(Withheld, match="document"):
        written(encapsulated_pdf(b"%PDF-1.7 of Quillfeather"))
    with pytest.raises(Withheld, match="video"):
        require_clean(header(MR, Modality="MR"), MPEG4, NONE)
    with pytest.raises(Withheld, match="SOP class"):
        require_clean(header("1.3.12.2.1107.5.9.1"), EXPLICIT, NONE)


def test_an_overlay_in_the_cells_keeps_a_picture_back(written: Written) -> None:
    with pytest.raises(Withheld, match="overlay"):
        written(_with_overlay())


def _with_overlay() -> bytes:
    dataset = dcmread(BytesIO(ct_instance(ImageType=PRIMARY)))
    for tag, vr, value in ((0x60000010, "US", 16), (0x60000011, "US", 16), (0x60000102, "US", 12)):
        dataset.add_new(tag, vr, value)
    target = BytesIO()
    dataset.save_as(target)
    return target.getvalue()


def test_faces_are_kept_back_where_asked() -> None:
    face = header(MR, Modality="MR", RecognizableVisualFeatures="YES")

    require_clean(face, EXPLICIT, NONE)
    with pytest.raises(Withheld, match="recognized"):
        require_clean(face, EXPLICIT, frozenset({ProfileOption.CLEAN_RECOGNIZABLE_VISUAL_FEATURES}))


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


@given(
    st.lists(st.tuples(st.sampled_from([0xE0, 0xE1, 0xEE, 0xE8, 0xFE]), st.binary(max_size=40)), max_size=6)
)
def test_nothing_beside_the_picture_is_left_in_a_jpeg(aside: list[tuple[int, bytes]]) -> None:
    marked = [(marker, b"Quillfeather" + content) for marker, content in aside]
    planted = JPEG_16X16[:2] + b"".join(segment(*each) for each in marked) + JPEG_16X16[2:] + b"Quillfeather"

    assert b"Quillfeather" not in pixels_alone(planted)
    assert pixels_alone(planted) == pixels_alone(JPEG_16X16)


def test_how_colours_are_coded_stays_in_a_jpeg() -> None:
    adobe = b"Adobe\0\x64\0\0\0\0\1"
    planted = JPEG_16X16[:2] + segment(0xEE, adobe + b"Quillfeather") + JPEG_16X16[2:]

    assert segment(0xEE, adobe) in pixels_alone(planted)
    assert b"Quillfeather" not in pixels_alone(planted)


def test_comments_are_left_out_of_a_codestream_of_jpeg_2000() -> None:
    size = segment(0x51, bytes(38))
    comment = segment(0x64, b"\0\1Quillfeather")
    tiles = b"\xff\x90\0\x0a" + bytes(8) + b"\xff\x93pixels\xff\xd9"

    assert pixels_alone(b"\xff\x4f" + size + comment + tiles) == b"\xff\x4f" + size + tiles


@pytest.mark.parametrize("frame", [b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\0\0\0\x0cJXL rest"])
def test_a_codestream_that_cannot_be_looked_through_is_kept_back(frame: bytes) -> None:
    with pytest.raises(Withheld):
        pixels_alone(frame)


def test_other_frames_stay_as_they_are() -> None:
    assert pixels_alone(b"\2\0\0\0rle") == b"\2\0\0\0rle"
