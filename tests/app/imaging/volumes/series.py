"""Series of slices whose place and values are known: each value is told by its place."""

from collections.abc import Iterator
from typing import Any

import numpy
from pydicom import Dataset
from pydicom.uid import UID

from tests.factories.dicom import ct_instance, part10, uid
from tests.factories.pixels import item_of

ROWS, COLUMNS, SLICES = 12, 16, 6
SPACING, STEP = (0.75, 0.5), 2.0
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_ANGLE = numpy.deg2rad(25)
OBLIQUE = (float(numpy.cos(_ANGLE)), float(numpy.sin(_ANGLE)), 0.0, 0.0, 0.0, -1.0)


def values(number: int) -> numpy.ndarray[Any, numpy.dtype[numpy.uint16]]:
    """The stored values of a slice, each of them once in the series."""
    count = ROWS * COLUMNS
    return numpy.arange(number * count, (number + 1) * count, dtype=numpy.uint16).reshape(ROWS, COLUMNS)


def normal_of(directions: tuple[float, ...]) -> numpy.ndarray[Any, Any]:
    return numpy.cross(directions[:3], directions[3:])


def slices(
    *, directions: tuple[float, ...] = AXIAL, numbers: Any = range(SLICES), shear: float = 0.0, **more: Any
) -> Iterator[bytes]:
    """The slices of a series of these directions, by their numbers; sheared by mm from one to the next."""
    normal = normal_of(directions)
    for place, number in enumerate(numbers):
        position = numpy.array([-20.0, 30.0, 5.0]) + normal * STEP * number
        position = position + numpy.array(directions[3:]) * shear * number
        attributes: dict[str, Any] = {
            "ImagePositionPatient": [round(float(each), 6) for each in position],
            "ImageOrientationPatient": [round(each, 10) for each in directions],
            "PixelSpacing": list(SPACING),
            "SliceThickness": STEP,
            "RescaleSlope": 1,
            "RescaleIntercept": -1024,
            "RescaleType": "HU",
            "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
            "FrameOfReferenceUID": uid("frame of reference"),
            "AcquisitionNumber": 1,
        } | {name: value(place) if callable(value) else value for name, value in more.items()}
        yield ct_instance(
            rows=ROWS,
            columns=COLUMNS,
            number=place + 1,
            sop_uid=uid("slice", number, place),
            PixelData=values(number).tobytes(),
            **attributes,
        )


def enhanced(slope: float = 2.0, intercept: float = -1000.0) -> bytes:
    """An enhanced CT of all slices, whose rescale is said once for all frames."""
    plain = item_of(RescaleSlope=slope, RescaleIntercept=intercept, RescaleType="HU")
    shared = item_of(
        PixelMeasuresSequence=[item_of(PixelSpacing=list(SPACING), SliceThickness=STEP)],
        PlaneOrientationSequence=[item_of(ImageOrientationPatient=[round(each, 10) for each in OBLIQUE])],
        PixelValueTransformationSequence=[plain],
        CTImageFrameTypeSequence=[item_of(FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])],
    )
    normal = normal_of(OBLIQUE)
    frames = []
    for number in range(SLICES):
        position = numpy.array([-20.0, 30.0, 5.0]) + normal * STEP * number
        content = item_of(StackID="1", InStackPositionNumber=number + 1, DimensionIndexValues=[1, number + 1])
        frames.append(
            item_of(
                PlanePositionSequence=[
                    item_of(ImagePositionPatient=[round(float(each), 6) for each in position])
                ],
                FrameContentSequence=[content],
            )
        )
    dataset = Dataset()
    dataset.update(
        item_of(
            SOPClassUID=UID("1.2.840.10008.5.1.4.1.1.2.1"),
            SOPInstanceUID=uid("enhanced"),
            StudyInstanceUID=uid("study of enhanced"),
            SeriesInstanceUID=uid("series of enhanced"),
            PatientID="E1",
            PatientName="Enhanced^One",
            Modality="CT",
            Manufacturer="Hilum",
            InstanceNumber=1,
            ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
            Rows=ROWS,
            Columns=COLUMNS,
            NumberOfFrames=SLICES,
            SamplesPerPixel=1,
            PhotometricInterpretation="MONOCHROME2",
            BitsAllocated=16,
            BitsStored=16,
            HighBit=15,
            PixelRepresentation=0,
            FrameOfReferenceUID=uid("frame of reference"),
            SharedFunctionalGroupsSequence=[shared],
            PerFrameFunctionalGroupsSequence=frames,
            PixelData=b"".join(values(number).tobytes() for number in range(SLICES)),
        )
    )
    return part10(dataset)
