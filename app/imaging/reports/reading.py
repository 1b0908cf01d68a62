"""Which instances are structured reports, and what one says as plain data, bounded in items and depth."""

from typing import Any

import structlog
from pydicom import Dataset, dcmread

from app.imaging.attributes import Attributes
from app.imaging.codes import CodedValue, coded
from app.imaging.reports.content import ContentItem
from fhir_profiles.mapping.report_content import ReportItem, StructuredReport
from fhir_profiles.mapping.reports import told_of
from graph.records import TranscriptPart
from graph.studies.transcripts import parts_of

MOST_ITEMS = 20_000
DEEPEST = 24
_CLASSES = "1.2.840.10008.5.1.4.1.1.88."  # PS3.4 B.5: every report, and key object selections
_HEADER = (
    "AccessionNumber",
    "CompletionFlag",
    "ContentDate",
    "ContentTime",
    "PreliminaryFlag",
    "SOPClassUID",
    "TimezoneOffsetFromUTC",
    "VerificationFlag",
)
_PLAIN = {
    "PNAME": "PersonName",
    "UIDREF": "UID",
    "DATE": "Date",
    "TIME": "Time",
    "DATETIME": "DateTime",
}
_log = structlog.get_logger(__name__)


def is_report(sop_class_uid: str) -> bool:
    """Whether instances of a class hold a content tree."""
    return sop_class_uid.startswith(_CLASSES)


def transcript_of(file: Any, sop_uid: str) -> list[TranscriptPart]:
    """What FHIR tells of the report of an open file; nothing where it cannot be read, or has no content."""
    try:
        report = _report(dcmread(file, force=True), sop_uid)
        return list(parts_of(told_of(report))) if report else []
    except Exception as error:  # pydicom raises what it likes; the instance itself is stored all the same
        _log.warning("the content of a report could not be read", error=type(error).__name__)
        return []


def _report(document: Dataset, sop_uid: str) -> StructuredReport | None:
    said = Attributes(document)
    if not said.items("ContentSequence"):
        return None
    reader = _Reader()
    root = reader.read(ContentItem(said), 0)
    observers = said.items("VerifyingObserverSequence")[:MOST_ITEMS]
    return StructuredReport(
        sop_uid=sop_uid,
        root=root,
        attributes={keyword: found for keyword in _HEADER if (found := said.text(keyword))},
        verifiers=tuple(name for each in observers if (name := each.text("VerifyingObserverName"))),
        cut=reader.cut,
    )


class _Reader:
    """Reads items until there were too many."""

    def __init__(self) -> None:
        self._left = MOST_ITEMS
        self.cut = False

    def read(self, item: ContentItem, depth: int) -> ReportItem:
        """One item with those in it."""
        kind, measured = item.kind, item.number()
        return ReportItem(
            kind=kind,
            relationship=item.relationship,
            name=_today(item.name),
            value=item.text() if kind == "TEXT" else item.said.text(_PLAIN.get(kind, "TextValue")),
            number=measured.value if measured else "",
            unit=_today(measured.unit) if measured else ("", "", ""),
            why_none=_today(item.why_no_number()),
            concept=_today(item.code()),
            objects=tuple(item.objects()),
            within=tuple(self._within(item, depth)),
        )

    def _within(self, item: ContentItem, depth: int) -> list[ReportItem]:
        found: list[ReportItem] = []
        for child in item.children():
            if self._left == 0 or depth == DEEPEST:
                self.cut = True
                break
            self._left -= 1
            found.append(self.read(child, depth + 1))
        return found


def _today(code: CodedValue) -> CodedValue:
    return coded(*code) or ("", "", "")
