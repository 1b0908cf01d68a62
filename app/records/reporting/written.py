"""A report as the record has it: what a DiagnosticReport says of its sections, its changes and its authors.

Of reports that others wrote, the sections are read from their words. Whatever a document says, nothing here
raises: what cannot be read is empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.glance.report_text import report_text
from app.records.glance.words import each_in, references_in, wording_of
from app.records.reporting.content import SECTIONS, ReportCode, ReportContent
from app.records.reporting.states import SIGNED, ReportStatus, status_of
from graph.records import ResourceVersion

WRITTEN = {"system": "urn:hilum:origin", "code": "reporting", "display": "Written and signed in Hilum"}
"""The tag of a report that is written here."""
_EXTENSION = "urn:hilum:StructureDefinition:report-"
SECTION, COMPARISON, CRITICAL, ADDENDUM = (
    f"{_EXTENSION}{name}" for name in ("section", "comparison", "critical", "addendum")
)
UIDS, OID = "urn:dicom:uid", "urn:oid:"


@dataclass(frozen=True, slots=True)
class ReportAddendum:
    """A change after the signature: `appended` with the words that were added, `amended` with the reason."""

    kind: str
    author: str
    moment: str
    text: str


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """One version of a report; `objects` are the UIDs of the DICOM objects that were made of it."""

    report_id: str
    version_id: int
    updated: int
    status: ReportStatus
    content: ReportContent
    addenda: tuple[ReportAddendum, ...]
    document: Mapping[str, Any]

    @property
    def is_ours(self) -> bool:
        """Whether it is written here."""
        tags = each_in((self.document.get("meta") or {}).get("tag"))
        return any((each.get("system"), each.get("code")) == _OUR_TAG for each in tags)

    @property
    def is_signed(self) -> bool:
        """Whether somebody stands for it."""
        return self.status in SIGNED

    @property
    def objects(self) -> tuple[str, ...]:
        """The UIDs of the DICOM objects of it, in the order of the signatures."""
        told = each_in(self.document.get("identifier"))
        values = (str(each.get("value", "")) for each in told if each.get("system") == UIDS)
        return tuple(each.removeprefix(OID) for each in values)

    @property
    def authors(self) -> tuple[str, ...]:
        """Who wrote it, by name."""
        return _displays(self.document.get("performer"))

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signed it, by name, in the order of signing."""
        return _displays(self.document.get("resultsInterpreter"))

    @property
    def issued(self) -> str:
        """When this version was written, as FHIR says it."""
        return str(self.document.get("issued") or "")

    @property
    def title(self) -> str:
        """What it is called."""
        return wording_of(self.document.get("code"))

    @property
    def studies(self) -> tuple[str, ...]:
        """The studies that it is of, as `ImagingStudy/7`."""
        return references_in(self.document.get("imagingStudy"))

    @property
    def patient_id(self) -> str:
        """The id of whom it is about; empty where it does not say."""
        about = next(iter(references_in(self.document.get("subject"))), "")
        return about.removeprefix("Patient/") if about.startswith("Patient/") else ""


_OUR_TAG = (WRITTEN["system"], WRITTEN["code"])


def written(version: ResourceVersion) -> WrittenReport:
    """The report of a version of a DiagnosticReport."""
    document: Mapping[str, Any] = orjson.loads(version.body)
    return WrittenReport(
        version.resource_id,
        version.version_id,
        version.last_updated,
        status_of(document.get("status")),
        _content(document),
        tuple(_addenda(document)),
        document,
    )


def _content(document: Mapping[str, Any]) -> ReportContent:
    texts = _sections(document)
    if not texts:
        told = report_text(document, {})._asdict()
        body = told.pop("body")
        texts = told if any(told.values()) else {"findings": body}
    codes = each_in(document.get("conclusionCode"))
    return ReportContent(
        **{name: texts.get(name, "") for name in SECTIONS},
        priors=tuple(
            reference
            for each in _extensions(document, COMPARISON)
            for reference in references_in(each.get("valueReference"))
        ),
        codes=tuple(
            ReportCode(*(str(coding.get(name, "")) for name in ReportCode._fields))
            for each in codes
            for coding in each_in(each.get("coding"))
        ),
        critical=next((str(each.get("valueString", "")) for each in _extensions(document, CRITICAL)), ""),
    )


def _sections(document: Mapping[str, Any]) -> dict[str, str]:
    """The sections that extensions say, by name."""
    told = (_parts(each) for each in _extensions(document, SECTION))
    return {str(each.get("kind")): str(each.get("text", "")) for each in told if each.get("kind") in SECTIONS}


def _addenda(document: Mapping[str, Any]) -> Iterator[ReportAddendum]:
    for each in _extensions(document, ADDENDUM):
        parts = _parts(each)
        author = next(iter(_displays(parts.get("author"))), "")
        yield ReportAddendum(
            str(parts.get("kind", "")), author, str(parts.get("moment", "")), str(parts.get("text", ""))
        )


def _extensions(holder: Mapping[str, Any], url: str) -> Iterator[Mapping[str, Any]]:
    return (each for each in each_in(holder.get("extension")) if each.get("url") == url)


def _parts(extension: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the extensions in an extension, by their names."""
    return {
        str(each.get("url")): next((value for name, value in each.items() if name.startswith("value")), None)
        for each in each_in(extension.get("extension"))
    }


def _displays(references: Any) -> tuple[str, ...]:
    told = (str(each.get("display") or each.get("reference") or "") for each in each_in(references))
    return tuple(filter(None, told))
