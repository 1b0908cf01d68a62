"""A report in a line: whose it is, of when, how far it got, and what it concludes."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.people import PatientSummary
from graph.records import ResourceVersion

FINAL = frozenset({"final", "amended", "corrected", "appended"})
"""Statuses of a report that somebody stands for."""

_PLAIN = "text/plain"
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report; empty is what it does not say.

    `studies` are references to its ImagingStudies, `text` is its whole text where it holds one itself.
    """

    report_id: str
    patient_id: str
    title: str
    status: str
    issued: str
    conclusion: str
    studies: tuple[str, ...]
    text: str

    @property
    def is_final(self) -> bool:
        """Whether somebody stands for it."""
        return self.status in FINAL


@dataclass(frozen=True, slots=True)
class ReportOf:
    """A report, and the patient whom it is about; None where there is none to see."""

    report: ReportLine
    patient: PatientSummary | None


def report_line(version: ResourceVersion) -> ReportLine:
    """The line of a DiagnosticReport."""
    document: Mapping[str, Any] = orjson.loads(version.body)
    studies = (str(each.get("reference", "")) for each in document.get("imagingStudy") or ())
    patient = str((document.get("subject") or {}).get("reference", ""))
    return ReportLine(
        version.resource_id,
        patient.removeprefix("Patient/") if patient.startswith("Patient/") else "",
        _words(document.get("code") or {}),
        str(document.get("status", "")),
        str(document.get("issued") or document.get("effectiveDateTime") or ""),
        str(document.get("conclusion", "")),
        tuple(filter(None, studies)),
        next(filter(None, map(_text, document.get("presentedForm") or ())), ""),
    )


def _text(attachment: Mapping[str, Any]) -> str:
    """The words of an attachment that holds plain text; empty for every other."""
    if not str(attachment.get("contentType", "")).startswith(_PLAIN):
        return ""
    try:
        return b64decode(str(attachment.get("data", "")), validate=True)[:_LONGEST].decode("utf-8", "replace")
    except ValueError:
        return ""


def _words(concept: Mapping[str, Any]) -> str:
    texts = (concept.get("text"), *(each.get("display") for each in concept.get("coding") or ()))
    return str(next(filter(None, texts), ""))
