"""The history of a resource, of a type and of everything."""

from app.records.history.history import HistoryPage, HistoryRequest, RecordHistory

__all__ = ["HistoryPage", "HistoryRequest", "RecordHistory"]
