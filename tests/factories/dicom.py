"""Small valid DICOM Part 10 files (PS3.10), built in memory and deterministic in their arguments.

Every maker takes `patient_id`, `study_uid`, `series_uid`, `sop_uid`, `number` (instance number) and DICOM
keywords: a value replaces the default, None leaves the attribute out:
`ct_instance(patient_id="7", StudyDate="20260102", AccessionNumber=None)`. UIDs left out follow from the
patient, the study and the number, so instances of one patient share a study and a series.
"""

import base64
from array import array
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from math import sin
from random import Random
from sys import byteorder
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    GrayscaleSoftcopyPresentationStateStorage,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    MRImageStorage,
    RLELossless,
    SecondaryCaptureImageStorage,
    UltrasoundMultiFrameImageStorage,
)

HALF_A_MEGABYTE = 512  # rows and columns of a 16-bit slice of 524,288 bytes
SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
JPEG_16X16 = base64.b64decode(  # a whole JPEG baseline file: 16 x 16, one component, eight bits
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO"
    "UlNSMj5aYVpQYEpRUk//wAALCAAQABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABgD/xAAYEAACAwAAAAAAAAAAAAAAAAAABAUh"
    "Mf/aAAgBAQAAPwAnHoZQnj0Moo9DKE8ehlH/2Q=="
)


def uid(*parts: object) -> str:
    """A UID that is always the same for the same parts (PS3.5 B.2: 2.25 and a 128-bit number)."""
    digest = sha256("/".join(map(str, parts)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def ct_instance(
    *,
    rows: int = 16,
    columns: int | None = None,
    transfer_syntax: str = ExplicitVRLittleEndian,
    **arguments: Any,
) -> bytes:
    """One CT slice: 16-bit pixels, uncompressed, about 1.2 kB at the default size."""
    dataset = _identified(CTImageStorage, "CT", arguments)
    _pixels(dataset, rows, columns or rows, bits=16)
    dataset.PixelData = _noise(dataset.SOPInstanceUID, rows * (columns or rows) * 2)
    dataset["PixelData"].VR = "OW"
    dataset.update(_keywords(SliceThickness="1.5", KVP="120", BodyPartExamined="CHEST"))
    return part10(dataset, transfer_syntax, **arguments)


def large_ct_instance(**arguments: Any) -> bytes:
    """A CT slice of ordinary size: 512 x 512 pixels, half a megabyte."""
    return ct_instance(rows=HALF_A_MEGABYTE, **arguments)


def smooth_instance(*, rows: int, **arguments: Any) -> bytes:
    """A CT slice of waves with a little noise, which codecs compress as they do pictures of people."""
    sides = range(rows)
    waves = [round(900 * (2 + sin(each / 40))) for each in sides]
    noise = Random(rows)
    pixels = array("H", (waves[y] + waves[x] + noise.randrange(64) for y in sides for x in sides))
    if byteorder == "big":
        pixels.byteswap()
    return ct_instance(rows=rows, BitsStored=12, HighBit=11, PixelData=pixels.tobytes(), **arguments)


def ct_study(instances: int = 3, *, patient_id: str = "P1", **arguments: Any) -> Iterator[bytes]:
    """The slices of one series, numbered from 1."""
    for number in range(1, instances + 1):
        yield ct_instance(patient_id=patient_id, number=number, **arguments)


def mr_instance(*, transfer_syntax: str = ExplicitVRLittleEndian, **arguments: Any) -> bytes:
    """One MR slice of 16 x 16 pixels, uncompressed."""
    dataset = _identified(MRImageStorage, "MR", arguments)
    _pixels(dataset, 16, 16, bits=16)
    dataset.PixelData = _noise(dataset.SOPInstanceUID, 512)
    dataset["PixelData"].VR = "OW"
    return part10(dataset, transfer_syntax, **arguments)


def multi_frame_instance(
    *,
    frames: int = 3,
    transfer_syntax: str = ExplicitVRLittleEndian,
    **arguments: Any,
) -> bytes:
    """An ultrasound clip: 8-bit frames of 16 x 16 pixels, uncompressed."""
    dataset = _identified(UltrasoundMultiFrameImageStorage, "US", arguments)
    _pixels(dataset, 16, 16, bits=8)
    _clip(dataset, frames)
    dataset.PixelData = b"".join(raw_frames(dataset.SOPInstanceUID, frames))
    return part10(dataset, transfer_syntax, **arguments)


def rle_instance(*, frames: int = 1, offset_table: bool = True, **arguments: Any) -> bytes:
    """An ultrasound clip compressed by RLE (PS3.5 annex G), one fragment a frame."""
    sop_uid = arguments.setdefault("sop_uid", uid("rle", frames, *sorted(map(str, arguments.items()))))
    encoded = [rle_frame(frame) for frame in raw_frames(sop_uid, frames)]
    return encapsulated_instance(encoded, transfer_syntax=RLELossless, offset_table=offset_table, **arguments)


def jpeg_instance(*, frames: int = 1, offset_table: bool = True, **arguments: Any) -> bytes:
    """An ultrasound clip compressed by JPEG baseline (PS3.5 A.4.1), one fragment a frame."""
    return encapsulated_instance([JPEG_16X16] * frames, offset_table=offset_table, **arguments)


def encapsulated_instance(
    encoded: Sequence[bytes],
    *,
    transfer_syntax: str = JPEGBaseline8Bit,
    offset_table: bool = True,
    fragments_per_frame: int = 1,
    **arguments: Any,
) -> bytes:
    """A clip of frames that are compressed already (PS3.5 A.4), with or without a basic offset table."""
    dataset = _identified(UltrasoundMultiFrameImageStorage, "US", arguments, transfer_syntax)
    _pixels(dataset, 16, 16, bits=8)
    _clip(dataset, len(encoded))
    dataset.PixelData = encapsulate(
        list(encoded), fragments_per_frame=fragments_per_frame, has_bot=offset_table
    )
    dataset["PixelData"].is_undefined_length = True
    return part10(dataset, transfer_syntax, **arguments)


def secondary_capture(*, transfer_syntax: str = ExplicitVRLittleEndian, **arguments: Any) -> bytes:
    """A colour picture of 16 x 16 pixels (RGB by pixel)."""
    dataset = _identified(SecondaryCaptureImageStorage, "OT", arguments)
    _pixels(dataset, 16, 16, bits=8)
    dataset.update(_keywords(SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0))
    dataset.PixelData = _noise(dataset.SOPInstanceUID, 768)
    return part10(dataset, transfer_syntax, **arguments)


def report_instance(
    text: str = "No fracture.",
    *,
    transfer_syntax: str = ExplicitVRLittleEndian,
    **arguments: Any,
) -> bytes:
    """A Basic Text SR (PS3.3 A.35.1) of one text item: an instance without pixels."""
    sop_class = "1.2.840.10008.5.1.4.1.1.88.11"
    dataset = _identified(sop_class, "SR", arguments)
    item = Dataset()
    item.update(_keywords(RelationshipType="CONTAINS", ValueType="TEXT", TextValue=text))
    item.ConceptNameCodeSequence = [_code("121071", "DCM", "Finding")]
    dataset.update(
        _keywords(ValueType="CONTAINER", ContinuityOfContent="SEPARATE", CompletionFlag="COMPLETE")
    )
    dataset.VerificationFlag = "UNVERIFIED"
    dataset.ConceptNameCodeSequence = [_code("18748-4", "LN", "Diagnostic imaging report")]
    dataset.ContentSequence = [item]
    return part10(dataset, transfer_syntax, **arguments)


def encapsulated_pdf(document: bytes, **arguments: Any) -> bytes:
    """An encapsulated PDF (PS3.3 A.45.1): an instance whose document is of a media type of its own."""
    dataset = _identified(EncapsulatedPDFStorage, "DOC", arguments)
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    return part10(dataset, **arguments)


def presentation_state(image: bytes, *, window: tuple[float, float], **arguments: Any) -> bytes:
    """A grayscale softcopy presentation state (PS3.3 A.33.1) that shows an image in a window."""
    shown = dcmread(BytesIO(image), stop_before_pixels=True)
    arguments |= {"patient_id": shown.PatientID, "study_uid": shown.StudyInstanceUID}
    dataset = _identified(GrayscaleSoftcopyPresentationStateStorage, "PR", arguments)
    reference, series, voi, area = Dataset(), Dataset(), Dataset(), Dataset()
    reference.update(
        _keywords(ReferencedSOPClassUID=shown.SOPClassUID, ReferencedSOPInstanceUID=shown.SOPInstanceUID)
    )
    series.SeriesInstanceUID = shown.SeriesInstanceUID
    series.ReferencedImageSequence = [reference]
    voi.update(_keywords(WindowCenter=window[0], WindowWidth=window[1]))
    area.update(
        _keywords(
            DisplayedAreaTopLeftHandCorner=[1, 1],
            DisplayedAreaBottomRightHandCorner=[shown.Columns, shown.Rows],
            PresentationSizeMode="SCALE TO FIT",
            PresentationPixelAspectRatio=[1, 1],
        )
    )
    dataset.ReferencedSeriesSequence = [series]
    dataset.SoftcopyVOILUTSequence = [voi]
    dataset.DisplayedAreaSelectionSequence = [area]
    dataset.PresentationLUTShape = "IDENTITY"
    return part10(dataset, **arguments)


def part10(dataset: Dataset, transfer_syntax: str = ExplicitVRLittleEndian, **attributes: Any) -> bytes:
    """Write a dataset as a Part 10 file; `attributes` replace (or with None remove) elements first."""
    for keyword, value in attributes.items():
        if value is not None:
            setattr(dataset, keyword, value)
        elif keyword in dataset:
            delattr(dataset, keyword)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", SecondaryCaptureImageStorage)
    meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", uid("none"))
    meta.TransferSyntaxUID = UID(transfer_syntax)
    dataset.file_meta = meta
    written = BytesIO()
    dcmwrite(written, dataset, enforce_file_format=True)
    return written.getvalue()


def raw_frames(sop_uid: str, frames: int) -> list[bytes]:
    """The 8-bit frames of 16 x 16 pixels that the clip of this UID holds when it is decoded."""
    return [_noise(f"{sop_uid}/{frame}", 256) for frame in range(frames)]


def rle_frame(pixels: bytes) -> bytes:
    """One segment of RLE in literal runs (PS3.5 G.3): valid, and no smaller than it was."""
    runs = (pixels[start : start + 128] for start in range(0, len(pixels), 128))
    segment = b"".join(bytes([len(run) - 1]) + run for run in runs)
    header = (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(56)
    return header + segment + bytes(len(segment) % 2)


def _identified(sop_class: str, modality: str, arguments: dict[str, Any], variant: str = "") -> Dataset:
    """A dataset of the identity that `arguments` hold, which are taken out of them."""
    patient_id = arguments.pop("patient_id", "P1")
    number = arguments.pop("number", 1)
    study_uid = arguments.pop("study_uid", None) or uid("study", patient_id)
    series_uid = arguments.pop("series_uid", None) or uid("series", study_uid, modality)
    sop_uid = arguments.pop("sop_uid", None) or uid("instance", series_uid, number, variant)
    dataset = _keywords(SOPClassUID=sop_class, SOPInstanceUID=sop_uid)
    dataset.update(_keywords(StudyInstanceUID=study_uid, SeriesInstanceUID=series_uid))
    dataset.Modality = modality
    dataset.update(_keywords(SeriesNumber=1, InstanceNumber=number, StudyID="1"))
    dataset.update(_keywords(StudyDate="20260102", StudyTime="101500", AccessionNumber="A1"))
    dataset.update(_keywords(StudyDescription="Study", SeriesDescription="Series"))
    dataset.update(_keywords(ReferringPhysicianName="Referrer^One", Manufacturer="Hilum"))
    dataset.PatientID = patient_id
    dataset.update(_keywords(PatientName="Test^Patient", PatientBirthDate="19700203", PatientSex="F"))
    return dataset


def _pixels(dataset: Dataset, rows: int, columns: int, *, bits: int) -> None:
    dataset.update(_keywords(SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2"))
    dataset.update(_keywords(Rows=rows, Columns=columns, PixelRepresentation=0))
    dataset.update(_keywords(BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1))


def _clip(dataset: Dataset, frames: int) -> None:
    dataset.update(_keywords(NumberOfFrames=frames, FrameTime="40"))


def _keywords(**values: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    return _keywords(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def _noise(seed: object, length: int) -> bytes:
    return Random(str(seed)).randbytes(length)
