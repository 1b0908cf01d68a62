"""A workitem as who reads pictures sees it: whose it is, what is asked, since when, and who has it."""

from dataclasses import dataclass
from enum import StrEnum

from app.records.studies.lines import StudyLine
from app.records.studies.reports import ReportLine


class ReadingHolder(StrEnum):
    """Who has a workitem, as the one sees it who looks."""

    BEGUN = "begun"  # the caller, who has claimed it
    ASSIGNED = "assigned"  # the caller, who is to do it
    NOBODY = "nobody"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLine:
    """A workitem; empty is what nobody says. Moments are in µs since the epoch, None where there is none.

    `study` is None where its pictures have not come, or are not the caller's to see; `earlier` counts the
    patient's earlier studies, None where nobody may count them; `report` is the newest of the study.
    """

    uid: str
    label: str
    state: str
    priority: str
    holder: ReadingHolder
    holder_names: tuple[str, ...] = ()
    patient_id: str = ""
    patient_names: tuple[str, ...] = ()
    patient_number: str = ""
    birth_date: str = ""
    study: StudyLine | None = None
    body_parts: tuple[str, ...] = ()
    waiting_since: int | None = None
    due: int | None = None
    ended: int | None = None
    cancel_asked: bool = False
    earlier: int | None = None
    report: ReportLine | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether its priority is HIGH, which is what others call STAT (PS3.3 C.30.2)."""
        return self.priority == "HIGH"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in ("SCHEDULED", "IN PROGRESS")

    @property
    def is_mine(self) -> bool:
        """Whether the caller has it."""
        return self.holder in (ReadingHolder.BEGUN, ReadingHolder.ASSIGNED)
