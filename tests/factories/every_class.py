"""A small instance of every storage SOP class that pydicom knows, with the kind of content its name says."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy
from pydicom import Dataset
from pydicom._uid_dict import UID_dictionary

from tests.factories.dicom import part10, uid
from tests.factories.pixels import item_of

_SIDE = 8
_NO_INSTANCES = ("Commitment", "Directory")
_WITHOUT_PIXELS = ("Presentation State", "Raw Data", "Spectroscopy")
_SEVERAL = (
    "Multi-frame",
    "Enhanced",
    "Volume",
    "Tomosynthesis",
    "3D",
    "Segmentation",
    "Tomography",
    "Whole Slide",
)


def storage_classes() -> dict[str, str]:
    """The names of the storage SOP classes by their UIDs."""
    return {
        class_uid: str(entry[0])
        for class_uid, entry in UID_dictionary.items()
        if entry[1] == "SOP Class"
        and "Storage" in entry[0]
        and not any(each in entry[0] for each in _NO_INSTANCES)
    }


def instance_of_class(class_uid: str, name: str, **more: Any) -> bytes:
    """A file of a SOP class."""
    dataset = item_of(
        SOPClassUID=class_uid,
        SOPInstanceUID=uid("class", class_uid),
        StudyInstanceUID=uid("study of classes"),
        SeriesInstanceUID=uid("series of class", class_uid),
        PatientID="CLASSES",
        PatientName="Every^Class",
        Modality="OT",
        InstanceNumber=1,
    )
    for words, content in _CONTENT:
        if any(word in name for word in words) and not any(word in name for word in _WITHOUT_PIXELS):
            dataset.update(content(name))
            break
    return part10(dataset, **more)


def every_class() -> Iterator[tuple[str, bytes]]:
    """A name and a file of each."""
    for class_uid, name in storage_classes().items():
        yield name, instance_of_class(class_uid, name)


def _picture(name: str) -> Dataset:
    """A grey or coloured picture, of two frames where the class has several."""
    colour = any(word in name for word in ("Color", "VL ", "Photograph", "Endoscopic"))
    frames = 2 if any(word in name for word in _SEVERAL) else 1
    single_bit = "Single Bit" in name
    bits = 1 if single_bit else 8 if colour or "Byte" in name or "Ultrasound" in name else 16
    samples = 3 if colour else 1
    count = _SIDE * _SIDE * samples * frames
    picture = item_of(
        Rows=_SIDE,
        Columns=_SIDE,
        SamplesPerPixel=samples,
        PhotometricInterpretation="RGB" if colour else "MONOCHROME2",
        BitsAllocated=bits,
        BitsStored=bits,
        HighBit=bits - 1,
        PixelRepresentation=0,
        PixelData=numpy.arange(
            count * bits // 8 // (2 if bits == 16 else 1), dtype=f"<u{max(bits, 8) // 8}"
        ).tobytes(),
    )
    if colour:
        picture.PlanarConfiguration = 0
    if frames > 1:
        picture.NumberOfFrames = frames
    return picture


def _floating(_: str) -> Dataset:
    values = numpy.linspace(-1, 1, _SIDE * _SIDE, dtype="<f4")
    return item_of(
        Rows=_SIDE,
        Columns=_SIDE,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        BitsAllocated=32,
        FloatPixelData=values.tobytes(),
    )


def _waveform(_: str) -> Dataset:
    channel = item_of(WaveformBitsStored=16, ChannelSourceSequence=[item_of(CodeMeaning="Lead I")])
    group = item_of(
        WaveformOriginality="ORIGINAL",
        NumberOfWaveformChannels=1,
        NumberOfWaveformSamples=100,
        SamplingFrequency=500,
        ChannelDefinitionSequence=[channel],
        WaveformBitsAllocated=16,
        WaveformSampleInterpretation="SS",
    )
    group.add_new(0x54001010, "OW", bytes(200))
    return item_of(WaveformSequence=[group])


def _report(_: str) -> Dataset:
    title = item_of(CodeValue="121071", CodingSchemeDesignator="DCM", CodeMeaning="Finding")
    text = item_of(
        RelationshipType="CONTAINS", ValueType="TEXT", TextValue="Nothing.", ConceptNameCodeSequence=[title]
    )
    return item_of(
        ValueType="CONTAINER",
        ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[title],
        ContentSequence=[text],
    )


def _document(name: str) -> Dataset:
    kinds = {
        "PDF": "application/pdf",
        "CDA": "text/XML",
        "STL": "model/stl",
        "OBJ": "model/obj",
        "MTL": "model/mtl",
    }
    kind = next(media for word, media in kinds.items() if word in name)
    return item_of(MIMETypeOfEncapsulatedDocument=kind, EncapsulatedDocument=b"%PDF-1.4 as it were ")


def _surface(_: str) -> Dataset:
    points = item_of(NumberOfSurfacePoints=2)
    points.add_new(0x00660016, "OF", bytes(24))
    return item_of(SurfaceSequence=[item_of(SurfacePointsSequence=[points])])


def _numbers(_: str) -> Dataset:
    """The vectors of spectra and tracks."""
    dataset = item_of(Rows=1, Columns=1)
    dataset.add_new(0x56000020, "OF", bytes(64))
    return dataset


_DOCUMENTS = {
    "PDF": "application/pdf",
    "CDA": "text/XML",
    "STL": "model/stl",
    "OBJ": "model/obj",
    "MTL": "model/mtl",
}
_CONTENT: tuple[tuple[tuple[str, ...], Callable[[str], Dataset]], ...] = (
    (("Parametric Map",), _floating),
    (("Waveform Storage",), _waveform),
    (("SR Storage", "Key Object", "Procedure Log", "Report"), _report),
    (("Encapsulated",), _document),
    (("Surface",), _surface),
    (("Tractography",), _numbers),
    (("Image", "Segmentation", "Dose Storage", "Volume", "Map Storage", "DICOS", "Perimetry"), _picture),
)
