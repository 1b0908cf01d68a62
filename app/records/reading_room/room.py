"""The use case of the worklist page: workitems that the caller sees, with what is known of each, in order."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.imaging.worklist.walking import NEWEST_FIRST
from app.records.reading_room.gathering import LineGatherer
from app.records.reading_room.lines import ReadingHolder, ReadingLine
from app.records.reading_room.order import in_order
from app.records.search import RecordSearch
from app.records.studies import StudyDesk, StudyLine
from graph.budget import CREDIT, spend
from graph.errors import NotFound
from graph.query.expression import All, Expression, Page, Question, Sort, Term
from graph.query.prices import QUESTION, price
from graph.query.rows import TASK
from graph.scope import AccessScope
from graph.workitems.search_keys import KEYS
from graph.workitems.states import UpsState
from graph.workitems.workitems import StoredWorkitem, WorkitemStore

READ = "workitem.read"
MOST_OF_PRIORITY, MOST_DONE, LOOKED_AT = 100, 25, 48
"""Workitems of each priority, ended ones, and newest studies that are looked at."""
_PICTURES, _RECORD = "imaging.read", "fhir.read"
_STATE = KEYS["ProcedureStepState",].field
_PRIORITY = KEYS["ScheduledProcedureStepPriority",].field
_LONGEST_WAITING = (Sort(KEYS["ScheduledProcedureStepStartDateTime",].field),)
_CHANGED_LAST = (
    Sort(KEYS["ScheduledProcedureStepModificationDateTime",].field, descending=True),
    *NEWEST_FIRST,
)
_OPEN = Term(_STATE, (UpsState.SCHEDULED, UpsState.IN_PROGRESS))
_DONE = Term(_STATE, (UpsState.COMPLETED,))
_PRIORITIES = ("HIGH", "MEDIUM", "LOW")


class WorklistPart(StrEnum):
    """Which part of the worklist is shown."""

    TO_READ = "to-read"
    MINE = "mine"
    NOBODYS = "nobodys"
    OTHERS = "others"
    UNASKED = "unasked"
    DONE = "done"


_OF_HOLDERS = {
    WorklistPart.TO_READ: (ReadingHolder.BEGUN, ReadingHolder.ASSIGNED, ReadingHolder.NOBODY),
    WorklistPart.MINE: (ReadingHolder.BEGUN, ReadingHolder.ASSIGNED),
    WorklistPart.NOBODYS: (ReadingHolder.NOBODY,),
    WorklistPart.OTHERS: (ReadingHolder.OTHER,),
}


@dataclass(frozen=True, slots=True)
class ReadingList:
    """What is open, in order; what is done, the last one first; and studies that nobody asked to read.

    `unasked` is None where the caller may not tell: without the record nobody knows what has a report. `cut`:
    of some priority there is more than is listed.
    """

    open: tuple[ReadingLine, ...]
    done: tuple[ReadingLine, ...] = ()
    unasked: tuple[StudyLine, ...] | None = None
    cut: bool = False

    def of(self, shown: WorklistPart) -> tuple[ReadingLine, ...]:
        """The lines of a part; of `UNASKED` none."""
        if shown is WorklistPart.DONE:
            return self.done
        return tuple(each for each in self.open if each.holder in _OF_HOLDERS.get(shown, ()))

    @property
    def urgent(self) -> int:
        """How many urgent ones wait for the caller, or for anybody."""
        return sum(each.is_urgent for each in self.of(WorklistPart.TO_READ))


class ReadingRoom:
    """Lists what there is to read."""

    def __init__(
        self, workitems: WorkitemStore, records: RecordSearch, studies: StudyDesk, gatherer: LineGatherer
    ) -> None:
        self._workitems = workitems
        self._records = records
        self._studies = studies
        self._gatherer = gatherer

    def open(self, scope: AccessScope) -> ReadingList:
        """What is open: of each priority those that wait longest, and all that the caller has."""
        scope.require(READ)
        found: dict[str, StoredWorkitem] = {}
        cut = False
        for where in self._questions(scope):
            rows = self._asked(scope, where, _LONGEST_WAITING, MOST_OF_PRIORITY + 1)
            cut = cut or len(rows) > MOST_OF_PRIORITY
            found |= {each.whose[-1]: each for each in rows[:MOST_OF_PRIORITY]}
        return ReadingList(in_order(self._gatherer.lines(scope, tuple(found.values()))), cut=cut)

    def listed(self, scope: AccessScope) -> ReadingList:
        """All of the worklist that a page shows."""
        work = self.open(scope)
        ended = self._asked(scope, All((_DONE,)), _CHANGED_LAST, MOST_DONE)
        done = self._gatherer.lines(scope, ended)
        return ReadingList(work.open, done, self._unasked(scope, work.open), work.cut)

    def one(self, scope: AccessScope, uid: str) -> ReadingLine:
        """One workitem; raises `NotFound`."""
        scope.require(READ)
        found = self._workitems.retrieve(scope, uid)
        return self._gatherer.lines(scope, (found,))[0]

    def of_study(self, scope: AccessScope, study: str) -> tuple[ReadingLine, ...]:
        """The workitems of a study, whatever became of them, the newest first; `MOST_DONE` at most."""
        scope.require(READ)
        asked = Term(KEYS["StudyInstanceUID",].field, (study,))
        return self._gatherer.lines(scope, self._asked(scope, All((asked,)), NEWEST_FIRST, MOST_DONE))

    def _questions(self, scope: AccessScope) -> Iterator[Expression]:
        """What is asked for what is open: each priority by itself, so that none crowds out another."""
        yield from (All((_OPEN, Term(_PRIORITY, (each,)))) for each in _PRIORITIES)
        if scope.actors:
            owners = (("owner", ",".join(sorted(scope.actors))),)
            yield All((_OPEN, self._records.understood(scope, TASK, owners).where))

    def _asked(
        self, scope: AccessScope, where: Expression, sort: tuple[Sort, ...], limit: int
    ) -> Sequence[StoredWorkitem]:
        spend(QUESTION + price(where), CREDIT)
        rows = self._workitems.search(scope, Question(TASK, where, Page(limit, sort=sort)))
        scope.concerns(key for each in rows for key in each.whose)
        return rows

    def _unasked(self, scope: AccessScope, work: Iterable[ReadingLine]) -> tuple[StudyLine, ...] | None:
        """The newest studies that have no report that somebody stands for, and no workitem that is open."""
        if not {_PICTURES, _RECORD} <= scope.permissions:
            return None
        asked: Collection[str] = {each.study.uid for each in work if each.study}
        return tuple(each for each in self._studies.unread(scope, LOOKED_AT) if each.uid not in asked)


def study_of(line: ReadingLine) -> StudyLine:
    """The study of a line; raises `NotFound` where it has none to see."""
    if line.study is None:
        raise NotFound("the pictures of this workitem are not there")
    return line.study
