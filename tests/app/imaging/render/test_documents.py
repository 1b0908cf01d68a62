"""Structured reports: what their content items say, and what is left out of those that have no end."""

from io import BytesIO
from typing import Any

import pytest
from pydicom import Dataset, dcmread

from app.imaging.render import documents
from app.imaging.render.documents import report_html, report_text
from app.imaging.render.faults import Unrenderable
from tests.factories.dicom import report_instance
from tests.factories.pixels import item_of


def code(meaning: str, value: str = "1", scheme: str = "99X") -> list[Dataset]:
    return [item_of(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]


def content(kind: str, name: str, **values: Any) -> Dataset:
    return item_of(ValueType=kind, ConceptNameCodeSequence=code(name), **values)


def report(*items: Dataset, **values: Any) -> Dataset:
    return content("CONTAINER", "Chest report", ContentSequence=list(items), **values)


def told(*items: Dataset) -> list[str]:
    """The lines of the content."""
    return report_text(report(*items)).split("\n\n", 1)[1].splitlines()


def test_a_stored_report_is_read() -> None:
    text = report_text(dcmread(BytesIO(report_instance("No fracture.\r\nNo effusion."))))

    assert text.splitlines()[:3] == ["Diagnostic imaging report", "Patient: Test Patient", "Patient ID: P1"]
    assert text.endswith("Finding: No fracture.\n  No effusion.\n")


def test_values_are_told_by_their_kind() -> None:
    units = item_of(CodeValue="mm", CodingSchemeDesignator="UCUM", CodeMeaning="millimeter")
    measured = item_of(NumericValue="12.5", MeasurementUnitsCodeSequence=[units])
    ratio = item_of(NumericValue="3", MeasurementUnitsCodeSequence=code("no units", "1", "UCUM"))
    image = item_of(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        ReferencedSOPInstanceUID="1.2.3",
        ReferencedFrameNumber=[1, 4],
    )

    assert told(
        content("CODE", "Finding", ConceptCodeSequence=code("Nodule", "27925004", "SCT")),
        content("NUM", "Diameter", MeasuredValueSequence=[measured]),
        content("NUM", "Count", MeasuredValueSequence=[ratio]),
        content("NUM", "Volume", NumericValueQualifierCodeSequence=code("Not measured")),
        content("NUM", "Mass", MeasuredValueSequence=[]),
        content("PNAME", "Observer", PersonName="Kim^Ha^^Dr"),
        content("DATE", "Day", Date="20260102"),
        content("UIDREF", "Series", UID="1.2.9"),
        content("IMAGE", "Seen on", ReferencedSOPSequence=[image]),
        content("SCOORD", "Outline", GraphicType="POLYLINE", GraphicData=[1.0, 2.0, 3.0, 4.0]),
        content("SCOORD3D", "Place", GraphicType="POINT", GraphicData=[1.0, 2.0, 3.0]),
        content("TCOORD", "Beat", TemporalRangeType="POINT", ReferencedTimeOffsets=["1.5"]),
        item_of(RelationshipType="INFERRED FROM", ReferencedContentItemIdentifier=[1, 2]),
        content("NEW", "Later kind"),
    ) == [
        "Finding: Nodule (27925004, SCT)",
        "Diameter: 12.5 mm",
        "Count: 3",
        "Volume: Not measured",
        "Mass: no value",
        "Observer: Kim Ha Dr",
        "Day: 20260102",
        "Series: 1.2.9",
        "Seen on: CT Image Storage 1.2.3, frames 1, 4",
        "Outline: POLYLINE, 2 points",
        "Place: POINT, 1 point",
        "Beat: POINT 1.5",
        "see item 1.2",
        "Later kind",
    ]


def test_containers_hold_what_is_under_them() -> None:
    inner = content("CONTAINER", "Lungs", ContentSequence=[content("TEXT", "Finding", TextValue="Clear")])

    assert told(inner, content("TEXT", "Summary", TextValue="Well")) == [
        "Lungs",
        "  Finding: Clear",
        "Summary: Well",
    ]
    page = report_html(report(inner))
    assert "<h1>Chest report</h1>" in page
    assert "<h2>Lungs</h2>" in page
    assert "<b>Finding</b>: Clear" in page


def test_nothing_in_a_report_is_taken_for_html() -> None:
    evil = "<script>alert(1)</script>&"
    finding = content("TEXT", evil, TextValue=evil)
    page = report_html(report(finding, PatientName=evil, PatientID=evil, StudyDescription=evil))

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page


def test_codes_without_a_meaning_are_told_themselves() -> None:
    long = item_of(LongCodeValue="1234567890123456789", CodingSchemeDesignator="SCT")

    assert told(content("CODE", "Finding", ConceptCodeSequence=[long])) == [
        "Finding: (1234567890123456789, SCT)"
    ]


def test_depth_is_bounded() -> None:
    item = content("TEXT", "Deepest", TextValue="x")
    for level in range(100):
        item = content("CONTAINER", f"Level {level}", ContentSequence=[item])

    lines = told(item)

    assert len(lines) == documents.DEEPEST + 1
    assert lines[-1].strip() == "The report is longer; what follows is left out."


def test_length_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_ITEMS", 5)
    assert len(told(*(content("TEXT", "A", TextValue="b") for _ in range(9)))) == 6

    monkeypatch.setattr(documents, "MOST_LETTERS", 10)
    assert told(*(content("TEXT", "A", TextValue="b" * 4) for _ in range(4))) == [
        "A: bbbb",
        "A: bbbb",
        "The report is longer; what follows is left out.",
    ]


def test_a_report_without_content_is_refused() -> None:
    for empty in (Dataset(), report()):
        with pytest.raises(Unrenderable, match="no content"):
            report_text(empty)
