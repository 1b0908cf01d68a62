"""Decoded frames with the headers that describe them, drawn as a client would ask for them."""

from typing import Any

import numpy
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from app.imaging.render.description import FLOATING, PIXEL_DATA, Frame, PixelDescription, describe
from app.imaging.render.picture import draw
from app.imaging.render.wishes import Wish
from tests.factories.dicom import uid

COLOURS = ("Red", "Green", "Blue")


def item_of(**values: Any) -> Dataset:
    """A data set of these keywords."""
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def header_of(values: NDArray[Any], **keywords: Any) -> Dataset:
    """The header of a frame of these values; keywords replace what follows from them."""
    bits = values.dtype.itemsize * 8
    colour = values.ndim == 3
    header = item_of(
        Rows=values.shape[0],
        Columns=values.shape[1],
        SamplesPerPixel=values.shape[2] if colour else 1,
        PhotometricInterpretation="RGB" if colour else "MONOCHROME2",
        BitsAllocated=bits,
        PixelRepresentation=int(values.dtype.kind == "i"),
    )
    if values.dtype.kind == "f":
        setattr(header, "FloatPixelData" if bits == 32 else "DoubleFloatPixelData", b"")
    header.update(item_of(**keywords))
    header.BitsStored = keywords.get("BitsStored", bits)
    header.HighBit = keywords.get("HighBit", header.BitsStored - 1)
    return header


def described_by(header: Dataset) -> PixelDescription:
    """The description of the pixels of a header."""
    pixels = next((tag for tag in FLOATING if tag in header), PIXEL_DATA)
    return describe(header, ExplicitVRLittleEndian, pixels)


def drawn(
    values: NDArray[Any],
    header: Dataset | None = None,
    *,
    number: int = 1,
    wish: Wish | None = None,
    **keywords: Any,
) -> NDArray[numpy.uint8]:
    """The grey levels or colours that a frame is drawn in."""
    header = header or header_of(values, **keywords)
    described = described_by(header)
    frame = Frame(values, described.photometric)
    return draw(frame, described, header, number, wish or Wish()).values


def lookup_item(entries: list[int], *, first: int = 0, bits: int = 16, vr: str = "US") -> Dataset:
    """An item of a sequence of lookup tables, its data as words."""
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries) % 65536, first, bits])
    words = numpy.array(entries, "<u2")
    item.add_new("LUTData", vr, words.tobytes() if vr == "OW" else entries)
    return item


def palette_header(
    values: NDArray[Any], entries: NDArray[Any], *, first: int = 0, bits: int = 16, **keywords: Any
) -> Dataset:
    """The header of a palette picture; `entries` are the rows of its three tables, as written."""
    header = header_of(values, PhotometricInterpretation="PALETTE COLOR", **keywords)
    for channel, colour in enumerate(COLOURS):
        written = numpy.ascontiguousarray(entries[:, channel])
        descriptor = [len(written) % 65536, first, bits]
        vr = "SS" if values.dtype.kind == "i" else "US"
        header.add_new(f"{colour}PaletteColorLookupTableDescriptor", vr, descriptor)
        header.add_new(f"{colour}PaletteColorLookupTableData", "OW", written.tobytes())
    return header


def add_overlay(header: Dataset, marks: NDArray[Any], *, group: int = 0x6000, **elements: Any) -> None:
    """Add an overlay of these frames of marks to a header."""
    frames = marks.reshape(-1, *marks.shape[-2:])
    values: dict[int, tuple[str, Any]] = {
        0x0010: ("US", frames.shape[1]),
        0x0011: ("US", frames.shape[2]),
        0x0040: ("CS", elements.get("kind", "G")),
        0x0050: ("SS", elements.get("origin", [1, 1])),
        0x0100: ("US", 1),
        0x0102: ("US", 0),
        0x3000: ("OW", numpy.packbits(frames.reshape(-1), bitorder="little").tobytes()),
    }
    if len(frames) > 1:
        values |= {0x0015: ("IS", len(frames)), 0x0051: ("US", elements.get("first_frame", 1))}
    for element, (vr, value) in values.items():
        header.add_new((group, element), vr, value)


def source_slice(values: NDArray[Any]) -> Dataset:
    """A CT slice of these values that others refer to, with all that highdicom asks of one."""
    image = header_of(values, ImagePositionPatient=[0, 0, 0])
    image.update(
        item_of(
            SOPClassUID=CTImageStorage,
            SOPInstanceUID=uid("source"),
            StudyInstanceUID=uid("study"),
            SeriesInstanceUID=uid("series"),
            FrameOfReferenceUID=uid("frame of reference"),
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            PixelSpacing=[1, 1],
            SliceThickness=1,
            PatientID="P",
            PatientName="A^B",
            PatientBirthDate="",
            PatientSex="",
            StudyDate="20260101",
            StudyTime="",
            StudyID="",
            AccessionNumber="",
            ReferringPhysicianName="",
            Modality="CT",
            SeriesNumber=1,
            InstanceNumber=1,
            PositionReferenceIndicator="",
        )
    )
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.PixelData = values.tobytes()
    return image
