"""Files in which a name, a number, a date and a UID stand in every place where DICOM can hold one."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pydicom import Dataset, dcmread
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.encaps import encapsulate
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from app.imaging.deidentify.allowed import TECHNICAL
from tests.factories.dicom import JPEG_16X16, ct_instance, part10, uid

NAME, WORD, NUMBER = "Quillfeather^Ottoline", "Quillfeather", "8273645"
DATE, UNIQUE = "20190417", "1.2.826.0.1.3680043.9.7777.8273645.1"
TOKENS = (b"quillfeather", b"ottoline", NUMBER.encode(), DATE.encode(), b"2019-04-17", UNIQUE.encode())
_TEXT = {"LO": 64, "SH": 16, "ST": 1024, "LT": 1024, "UT": 1024, "UC": 1024}
_VALUES: dict[str, Any] = {
    "PN": NAME,
    "DA": DATE,
    "DT": f"{DATE}101112",
    "TM": "101112",
    "UI": UNIQUE,
    "AS": "045Y",
    "AE": "QUILLFEATHER",
    "CS": "OTTOLINE",
    "IS": NUMBER,
    "UR": f"urn:{WORD}:{NUMBER}",
    "OB": WORD.encode() + b"  ",
    "UN": WORD.encode() + b"  ",
    **{vr: f"{WORD} {NUMBER}"[:length] for vr, length in _TEXT.items()},
}
_KEPT_GROUPS = frozenset({0x0000, 0x0002, 0x0004, 0x7FE0, 0xFFFC})
_OF_PIXELS = 0x0028
_OF_CODES = frozenset({"CodeValue", "LongCodeValue", "URNCodeValue", "CodeMeaning"})
_NOT_PLANTED = frozenset(
    {
        *("SpecificCharacterSet", "SOPClassUID", "Modality", "ImageType", "BurnedInAnnotation"),
        *("DeidentificationMethod", "PatientIdentityRemoved", "CodingSchemeDesignator"),
        *("RecognizableVisualFeatures", "EncapsulatedDocument", "StudyInstanceUID", "SeriesInstanceUID"),
        *("SOPInstanceUID", "QueryRetrieveLevel"),
    }
)


def plantable() -> Iterator[tuple[int, str, str]]:
    """Tag, VR and keyword of each attribute of the dictionary that can hold one of them.

    Names of machines and methods are left out: they are what stays, and are planted by themselves.
    """
    for tag, (vrs, _, _, _, keyword) in sorted(DicomDictionary.items()):
        vr = vrs.split(" or ")[0]
        group = tag >> 16
        if vr not in _VALUES or group in _KEPT_GROUPS or keyword in _NOT_PLANTED or keyword in TECHNICAL:
            continue
        if not keyword or (group == _OF_PIXELS and vr in ("CS", "IS")):
            continue
        yield tag, vr, keyword


def planted_everywhere(**more: Any) -> bytes:
    """A CT slice with all attributes that can hold a name, number, date or UID, at the top and in an item."""
    dataset = dcmread(BytesIO(ct_instance(patient_id=NUMBER, AccessionNumber=NUMBER, PatientName=NAME)))
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    item, code = Dataset(), Dataset()
    for tag, vr, keyword in plantable():
        for each in (dataset, code) if keyword in _OF_CODES else (dataset, code, item):
            each[tag] = DataElement(tag, vr, _VALUES[vr])
    deep = Dataset()
    deep.ConceptNameCodeSequence = [code]
    deep.PlanePositionSequence = [item]
    dataset.RequestAttributesSequence = [item]
    dataset.SharedFunctionalGroupsSequence = [deep]
    _add_code(dataset)
    _add_overlay(dataset)
    _add_private(dataset)
    return _with_meta(part10(dataset, **more))


def _add_code(dataset: Dataset) -> None:
    """Codes of a standard with another meaning, and one of a site."""
    known, own = Dataset(), Dataset()
    known.CodeValue, known.CodingSchemeDesignator, known.CodeMeaning = "51185008", "SCT", NAME
    own.CodeValue, own.CodingSchemeDesignator, own.CodeMeaning = NUMBER, "99SITE", WORD
    dataset.AnatomicRegionSequence = [known]
    dataset.ProcedureCodeSequence = [own]


def _add_overlay(dataset: Dataset) -> None:
    for tag, vr, value in (
        (0x60000010, "US", 16),
        (0x60000011, "US", 16),
        (0x60000022, "LO", WORD),
        (0x60000040, "CS", "G"),
        (0x60001500, "LO", NAME),
        (0x60003000, "OW", (WORD.encode() * 4)[:32]),
        (0x60004000, "LT", NAME),
        (0x50000030, "SH", WORD),
        (0x50003000, "OW", WORD.encode()),
    ):
        dataset.add_new(tag, vr, value)


def _add_private(dataset: Dataset) -> None:
    """Private attributes: safe ones, one of them with a name in it, and others."""
    dataset.add_new(0x00091010, "LO", WORD)
    block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "1000")
    block.add_new(0x0D, "CS", "OTTOLINE")
    block.add_new(0x50, "LO", NAME)
    other = dataset.private_block(0x0029, WORD, create=True)
    other.add_new(0x10, "OB", NAME.encode())
    nested = Dataset()
    nested.PatientName = NAME
    other.add_new(0x11, "SQ", [nested])


def _with_meta(file: bytes) -> bytes:
    """The file with a preamble and file meta information that name somebody."""
    dataset = dcmread(BytesIO(file))
    meta = dataset.file_meta
    meta.SourceApplicationEntityTitle = "QUILLFEATHER"
    meta.SendingApplicationEntityTitle = "OTTOLINE"
    meta.ReceivingApplicationEntityTitle = NUMBER
    meta.PrivateInformationCreatorUID = UNIQUE
    meta.PrivateInformation = WORD.encode() + b"  "
    meta.ImplementationVersionName = WORD
    meta.add_new(Tag(0x0002, 0x0026), "UR", f"https://{WORD}.example")
    target = BytesIO()
    dataset.preamble = WORD.encode().ljust(128, b"\0")
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def planted_report() -> bytes:
    """A structured report whose items of every type name somebody."""
    dataset = dcmread(BytesIO(ct_instance(patient_id=NUMBER, PatientName=NAME)))
    for keyword in ("PixelData", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation"):
        delattr(dataset, keyword)
    dataset.SOPClassUID, dataset.Modality = "1.2.840.10008.5.1.4.1.1.88.33", "SR"
    dataset.ContentSequence = [
        _item("TEXT", TextValue=f"Nodule of {WORD}, {NUMBER}, seen on 2019-04-17"),
        _item("PNAME", PersonName=NAME),
        _item("DATE", Date=DATE),
        _item("DATETIME", DateTime=f"{DATE}101112"),
        _item("UIDREF", UID=UNIQUE),
        _item("CODE", ConceptCodeSequence=[_code(NUMBER, "99SITE", NAME)]),
        _item("NUM", MeasuredValueSequence=[_measured("12.5")]),
        _item("CONTAINER", ContentSequence=[_item("TEXT", TextValue=NAME)]),
    ]
    dataset.VerifyingObserverSequence = [_observer()]
    return part10(dataset)


def _observer() -> Dataset:
    item = Dataset()
    item.VerifyingObserverName, item.VerifyingOrganization = NAME, WORD
    item.VerificationDateTime = f"{DATE}101112"
    item.VerifyingObserverIdentificationCodeSequence = [_code(NUMBER, "99SITE", NAME)]
    return item


def _item(value_type: str, **values: Any) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", value_type
    item.ConceptNameCodeSequence = [_code("121071", "DCM", f"Finding of {WORD}")]
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _measured(value: str) -> Dataset:
    item = Dataset()
    item.NumericValue = value
    item.MeasurementUnitsCodeSequence = [_code("mm", "UCUM", "mm")]
    return item


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def planted_graphics() -> bytes:
    """A presentation state with text, geometry and layers that name somebody."""
    dataset = dcmread(BytesIO(ct_instance(patient_id=NUMBER, PatientName=NAME)))
    for keyword in ("PixelData", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation"):
        delattr(dataset, keyword)
    dataset.SOPClassUID, dataset.Modality = "1.2.840.10008.5.1.4.1.1.11.1", "PR"
    text, line, annotation = Dataset(), Dataset(), Dataset()
    text.UnformattedTextValue = f"{NAME} {NUMBER}"
    line.GraphicAnnotationUnits, line.GraphicDimensions, line.NumberOfGraphicPoints = "PIXEL", 2, 2
    line.GraphicData, line.GraphicType, line.GraphicFilled = [1.0, 1.0, 5.0, 5.0], "POLYLINE", "N"
    annotation.GraphicLayer = "LAYER"
    annotation.TextObjectSequence, annotation.GraphicObjectSequence = [text], [line]
    dataset.GraphicAnnotationSequence = [annotation]
    dataset.ContentCreatorName = NAME
    return part10(dataset)


def planted_jpeg() -> bytes:
    """A CT slice as a JPEG in whose segments somebody is named."""
    comment = b"\xff\xfe" + (len(NAME) + 2).to_bytes(2, "big") + NAME.encode()
    exif = b"Exif\0\0" + NAME.encode()
    application = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    frame = JPEG_16X16[:2] + application + comment + JPEG_16X16[2:] + WORD.encode()
    dataset = dcmread(BytesIO(ct_instance(patient_id="P2", sop_uid=uid("planted jpeg"))))
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2)])
    dataset["PixelData"].is_undefined_length = True
    return part10(dataset, str(JPEGBaseline8Bit))


EXPLICIT = str(ExplicitVRLittleEndian)
