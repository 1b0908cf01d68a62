"""The DICOM makers: what they say they make is what a reader finds."""

from collections.abc import Callable
from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.encaps import generate_frames
from pydicom.uid import JPEGBaseline8Bit, RLELossless

from tests.factories import dicom

MAKERS: tuple[Callable[..., bytes], ...] = (
    dicom.ct_instance,
    dicom.mr_instance,
    dicom.multi_frame_instance,
    dicom.rle_instance,
    dicom.jpeg_instance,
    dicom.secondary_capture,
    dicom.report_instance,
)


@pytest.mark.parametrize("make", MAKERS)
def test_a_maker_repeats_itself_and_makes_readable_files(make: Callable[..., bytes]) -> None:
    written = make(patient_id="7", StudyDate="20260304", AccessionNumber=None)

    assert written == make(patient_id="7", StudyDate="20260304", AccessionNumber=None)
    dataset = dcmread(BytesIO(written))
    assert (dataset.PatientID, dataset.StudyDate) == ("7", "20260304")
    assert "AccessionNumber" not in dataset
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID


def test_instances_of_one_patient_differ_and_share_a_study() -> None:
    datasets = [dcmread(BytesIO(make())) for make in MAKERS]

    assert len({dataset.SOPInstanceUID for dataset in datasets}) == len(MAKERS)
    assert len({dataset.StudyInstanceUID for dataset in datasets}) == 1


@pytest.mark.parametrize("syntax", dicom.SYNTAXES)
def test_a_slice_is_written_in_each_uncompressed_syntax(syntax: str) -> None:
    dataset = dcmread(BytesIO(dicom.ct_instance(transfer_syntax=syntax)))

    assert dataset.file_meta.TransferSyntaxUID == syntax
    assert len(dataset.PixelData) == 512


def test_an_rle_clip_decodes_to_its_raw_frames() -> None:
    dataset = dcmread(BytesIO(dicom.rle_instance(frames=3)))

    assert dataset.file_meta.TransferSyntaxUID == RLELossless
    decoded = [frame.tobytes() for frame in dataset.pixel_array]
    assert decoded == dicom.raw_frames(dataset.SOPInstanceUID, 3)


@pytest.mark.parametrize("offset_table", [True, False])
def test_a_jpeg_clip_holds_one_jpeg_a_frame(offset_table: bool) -> None:
    dataset = dcmread(BytesIO(dicom.jpeg_instance(frames=2, offset_table=offset_table)))

    assert dataset.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    frames = list(generate_frames(dataset.PixelData, number_of_frames=2))
    assert frames == [dicom.JPEG_16X16] * 2


def test_the_large_slice_holds_half_a_megabyte() -> None:
    assert 524_288 < len(dicom.large_ct_instance()) < 530_000
