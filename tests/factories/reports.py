"""Structured reports as devices write them: measurements, doses, findings of computers, key images."""

from io import BytesIO
from typing import Any

from pydicom import Dataset, dcmread

from tests.factories.dicom import part10, report_instance
from tests.factories.pixels import item_of

ENHANCED, COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.88.33"
KEY_OBJECTS, MAMMOGRAPHY_CAD = "1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.5.1.4.1.1.88.50"
DOSE = "1.2.840.10008.5.1.4.1.1.88.67"
Name = tuple[str, str, str]
METHOD = ("370129005", "SCT", "Measurement Method")
SITE = ("363698007", "SCT", "Finding Site")
TRACKING_UID = ("112040", "DCM", "Tracking Unique Identifier")
CT = "1.2.840.10008.5.1.4.1.1.2"


def coded(value: str, scheme: str, meaning: str) -> list[Dataset]:
    """A code sequence of one item."""
    return [item_of(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]


def content(kind: str, name: Name, *within: Dataset, how: str = "CONTAINS", **values: Any) -> Dataset:
    """A content item with what stands in it."""
    item = item_of(RelationshipType=how, ValueType=kind, ConceptNameCodeSequence=coded(*name), **values)
    if within:
        item.ContentSequence = list(within)
    return item


def number(
    name: Name,
    value: str,
    unit: Name = ("mm", "UCUM", "millimeter"),
    *within: Dataset,
) -> Dataset:
    """A NUM."""
    measured = item_of(NumericValue=value, MeasurementUnitsCodeSequence=coded(*unit))
    return content("NUM", name, *within, MeasuredValueSequence=[measured])


def code(name: Name, value: Name, *within: Dataset, how: str = "CONTAINS") -> Dataset:
    """A CODE."""
    return content("CODE", name, *within, how=how, ConceptCodeSequence=coded(*value))


def said(name: Name, value: str, *within: Dataset, how: str = "CONTAINS") -> Dataset:
    """A TEXT."""
    return content("TEXT", name, *within, how=how, TextValue=value)


def seen_on(sop_uid: str, how: str = "CONTAINS", sop_class: str = CT) -> Dataset:
    """An IMAGE."""
    named = item_of(ReferencedSOPClassUID=sop_class, ReferencedSOPInstanceUID=sop_uid)
    return content("IMAGE", ("121191", "DCM", "Referenced image"), how=how, ReferencedSOPSequence=[named])


def report_of(title: Name, *items: Dataset, sop_class: str = COMPREHENSIVE, **attributes: Any) -> bytes:
    """A report of these items; `attributes` as those of the makers in `tests/factories/dicom.py`."""
    dataset = dcmread(BytesIO(report_instance(**attributes)))
    dataset.SOPClassUID = sop_class
    dataset.ConceptNameCodeSequence = coded(*title)
    dataset.ContentSequence = list(items)
    dataset.ContentDate, dataset.ContentTime = "20260103", "090000"
    return part10(dataset)


def measurement_report(diameter: str = "12.50", **attributes: Any) -> bytes:
    """A measurement report (TID 1500) of one lesion that is followed, with its diameter and its kind."""
    right = code(("272741003", "SCT", "Laterality"), ("24028007", "SCT", "Right"), how="HAS CONCEPT MOD")
    group = content(
        "CONTAINER",
        ("125007", "DCM", "Measurement Group"),
        said(("112039", "DCM", "Tracking Identifier"), "Lesion 1", how="HAS OBS CONTEXT"),
        content("UIDREF", TRACKING_UID, how="HAS OBS CONTEXT", UID="1.2.77"),
        code(("121071", "DCM", "Finding"), ("27925004", "SCT", "Nodule")),
        code(SITE, ("39607008", "SCT", "Lung"), right, how="HAS CONCEPT MOD"),
        number(
            ("81827009", "SCT", "Diameter"),
            diameter,
            ("mm", "UCUM", "millimeter"),
            code(METHOD, ("112190", "DCM", "Manual"), how="HAS CONCEPT MOD"),
            code(("121401", "DCM", "Derivation"), ("56851009", "SCT", "Maximum"), how="HAS CONCEPT MOD"),
            seen_on("1.2.88", how="INFERRED FROM"),
        ),
    )
    imaging = content("CONTAINER", ("126010", "DCM", "Imaging Measurements"), group)
    named = ("121008", "DCM", "Person Observer Name")
    observer = content("PNAME", named, how="HAS OBS CONTEXT", PersonName="Kim^Ha")
    impression = said(("121073", "DCM", "Impression"), "Growing nodule.")
    title = ("126000", "DCM", "Imaging Measurement Report")
    return report_of(title, observer, imaging, impression, **attributes)


def dose_report(**attributes: Any) -> bytes:
    """A CT dose report (TID 10011): the sum, and one acquisition."""
    dlp = ("113838", "DCM", "CT Dose Length Product Total")
    total = content(
        "CONTAINER",
        ("113811", "DCM", "CT Accumulated Dose Data"),
        number(dlp, "412.7", ("mGy.cm", "UCUM", "mGy.cm")),
    )
    inner = content(
        "CONTAINER",
        ("113829", "DCM", "CT Dose"),
        number(("113830", "DCM", "Mean CTDIvol"), "9.1", ("mGy", "UCUM", "mGy")),
    )
    event = content(
        "CONTAINER",
        ("113819", "DCM", "CT Acquisition"),
        code(("113820", "DCM", "CT Acquisition Type"), ("P5-08001", "SRT", "Spiral Acquisition")),
        inner,
    )
    observer = said(("121013", "DCM", "Device Observer Name"), "CT1", how="HAS OBS CONTEXT")
    title = ("113701", "DCM", "X-Ray Radiation Dose Report")
    return report_of(title, observer, total, event, sop_class=DOSE, **attributes)


def cad_report(**attributes: Any) -> bytes:
    """A mammography CAD report (TID 4000) of one cluster of calcifications."""
    finding = code(
        ("111059", "DCM", "Single Image Finding"),
        ("F-01775", "SRT", "Calcification Cluster"),
        number(("111012", "DCM", "Certainty of Finding"), "87", ("%", "UCUM", "percent")),
        seen_on("1.2.99", how="INFERRED FROM"),
    )
    image = content("CONTAINER", ("111034", "DCM", "Individual Impression/Recommendation"), finding)
    title = ("111036", "DCM", "Mammography CAD Report")
    return report_of(title, image, sop_class=MAMMOGRAPHY_CAD, **attributes)


def key_objects(**attributes: Any) -> bytes:
    """A key object selection (TID 2010) of two images."""
    title = ("113000", "DCM", "Of Interest")
    note = said(("113012", "DCM", "Key Object Description"), "See the nodule")
    return report_of(title, note, seen_on("1.2.5"), seen_on("1.2.6"), sop_class=KEY_OBJECTS, **attributes)
