"""Studies as pages show them: found, listed, with their series, their reports and their neighbours."""

from app.records.studies.desk import StudyDesk
from app.records.studies.lines import SeriesLine, StudyLine
from app.records.studies.reports import ReportLine
from app.records.studies.tasks import TaskLine

__all__ = ["ReportLine", "SeriesLine", "StudyDesk", "StudyLine", "TaskLine"]
