"""Taking resources in by the thousand, each under the id that it brings."""

from app.records.importing.importing import LineOutcome, LineState, RecordImport
from app.records.importing.lines import Lines
from app.records.importing.loading import LoadedLine, RecordLoading

__all__ = ["LineOutcome", "LineState", "Lines", "LoadedLine", "RecordImport", "RecordLoading"]
