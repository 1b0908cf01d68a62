"""Reading one resource: its current version, an older one, and what was just written."""

from app.records.read.pictured import PicturedStudy, StudyAddresses
from app.records.read.read import RecordReader

__all__ = ["PicturedStudy", "RecordReader", "StudyAddresses"]
