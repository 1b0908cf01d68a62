"""The use case of who reads: takes a workitem, has its priors beside, gives it back or is done with it."""

from dataclasses import dataclass

from app.imaging.search import ImagingSearch, SearchRequest
from app.imaging.worklist.holding import HeldWorkitems
from app.records.glance import PatientGlances
from app.records.glance.priors import RELEVANT
from app.records.reading_room.lines import ReadingHolder, ReadingLine
from app.records.reading_room.room import ReadingRoom
from app.records.studies import StudyDesk, StudyLine
from graph.errors import Conflict, Gone, NotFound, TooLarge
from graph.query.attributes import STUDY
from graph.scope import AccessScope

MOST_PRIORS = 8
_RECORD = "fhir.read"


@dataclass(frozen=True, slots=True)
class PriorStudy:
    """An earlier study of the patient, whether it is worth opening, and what was concluded of it."""

    study: StudyLine
    relevant: bool = False
    impression: str = ""


@dataclass(frozen=True, slots=True)
class OpenedReading:
    """A workitem with its priors, the most relevant first, and why the examination was asked for."""

    line: ReadingLine
    priors: tuple[PriorStudy, ...] = ()
    reason: str = ""

    @property
    def beside(self) -> tuple[str, ...]:
        """The UIDs of what is opened together: the study, and the first prior that is worth it."""
        first = next((each.study.uid for each in self.priors if each.relevant), None)
        own = self.line.study
        return (own.uid, *((first,) if first else ())) if own else ()


class ReadingDesk:
    """What somebody does about what there is to read."""

    def __init__(
        self,
        room: ReadingRoom,
        held: HeldWorkitems,
        glances: PatientGlances,
        studies: StudyDesk,
        imaging: ImagingSearch,
    ) -> None:
        self._room = room
        self._held = held
        self._glances = glances
        self._studies = studies
        self._imaging = imaging

    def look(self, scope: AccessScope, uid: str, now: int) -> OpenedReading:
        """A workitem with its priors, as it is, claimed or not; `now` in µs. Raises `NotFound`."""
        line = self._room.one(scope, uid)
        if line.study is None:
            return OpenedReading(line)
        ranked, reason = self._ranked(scope, line, now)
        earlier = (
            _earlier(self._studies.of_patient(scope, line.patient_id), line.study) if line.patient_id else ()
        )
        found = sorted(
            (PriorStudy(each, *ranked.get(each.uid, (False, ""))) for each in earlier),
            key=lambda prior: (
                list(ranked).index(prior.study.uid) if prior.study.uid in ranked else len(ranked)
            ),
        )
        return OpenedReading(line, tuple(found[:MOST_PRIORS]), reason)

    def begin(self, scope: AccessScope, uid: str) -> ReadingLine:
        """Claim a workitem that nobody has claimed; what the caller has claimed stays theirs.

        Raises `NotFound`, `Conflict` where somebody else has claimed it or it has ended.
        """
        line = self._room.one(scope, uid)
        if line.holder is ReadingHolder.BEGUN and line.is_open:
            return line
        self._held.claim(scope, uid)
        return self._room.one(scope, uid)

    def take_up(self, scope: AccessScope, study: str) -> str:
        """Make a workitem of a study that nobody asked to be read, claim it, and return its UID.

        Raises `NotFound`, `Conflict` where somebody was asked or took it up.
        """
        earlier = self._room.of_study(scope, study)
        if any(each.is_open for each in earlier):
            raise Conflict("somebody was asked to read this study already", code="conflict")
        found = self._imaging.search(scope, SearchRequest(level=STUDY, study=study, limit=1)).matches
        if not found:
            raise NotFound("there is no such study")
        return self._held.take_up(scope, found[0].study, len(earlier))

    def complete(self, scope: AccessScope, uid: str) -> None:
        """Be done with a workitem; raises what `HeldWorkitems.complete` raises."""
        self._held.complete(scope, uid)

    def give_back(self, scope: AccessScope, uid: str) -> None:
        """Give a workitem back; raises what `HeldWorkitems.give_back` raises."""
        self._held.give_back(scope, uid)

    def _ranked(
        self, scope: AccessScope, line: ReadingLine, now: int
    ) -> tuple[dict[str, tuple[bool, str]], str]:
        """Of each prior, the first ranked first, whether it is relevant and its impression; and the reason.

        Nothing where the caller reads no record of the patient, or there is too much of it.
        """
        if _RECORD not in scope.permissions or not line.patient_id or line.study is None:
            return {}, ""
        try:
            glance = self._glances.glance(scope, line.patient_id, now, line.study.study_id)
        except (NotFound, Gone, TooLarge):
            return {}, ""
        told = {each["uid"]: each for each in glance["priors"] if each.get("uid")}
        ranked = {uid: (each["score"] >= RELEVANT, each["impression"] or "") for uid, each in told.items()}
        return ranked, str((glance["reason"] or {}).get("text") or "")


def _earlier(studies: tuple[StudyLine, ...], own: StudyLine) -> tuple[StudyLine, ...]:
    return tuple(
        each for each in studies if each.uid != own.uid and (each.date, each.time) <= (own.date, own.time)
    )
