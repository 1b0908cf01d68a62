"""Structured reports: the reader of their content, for those who show it and for what FHIR tells of it, and
the writer of those that are made of a report of the record."""

from app.imaging.reports.content import ContentItem, code_of
from app.imaging.reports.reading import is_report, transcript_of
from app.imaging.reports.writing import ReportObject, report_file

__all__ = ["ContentItem", "ReportObject", "code_of", "is_report", "report_file", "transcript_of"]
