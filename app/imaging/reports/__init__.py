"""Structured reports: the reader of their content, for those who show it and for what FHIR tells of it."""

from app.imaging.reports.content import ContentItem, code_of
from app.imaging.reports.reading import is_report, transcript_of

__all__ = ["ContentItem", "code_of", "is_report", "transcript_of"]
