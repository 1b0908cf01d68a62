"""The worklist of the sample data: what is to be read, for whom, and what was read; and who may read it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from app.imaging.search import ImagingSearch, SearchRequest
from app.imaging.worklist import Worklist
from app.imaging.worklist.holding import HeldWorkitems
from app.imaging.worklist.moments import date_time
from app.imaging.worklist.readings import code_item, reading_of
from app.samples.department import READER
from app.samples.naming import study_uid, uid
from app.security.administration import Administration
from fhir_profiles.mapping.workitem_attributes import tag_of
from graph.errors import Conflict
from graph.query.attributes import STUDY
from graph.scope import AccessScope

_MINUTE, _HOUR = 60, 3_600
_MICROSECONDS = 1_000_000
_ROLE = "teleradiologist"
_LABEL = "ProcedureStepLabel"


@dataclass(frozen=True, slots=True)
class SampleRead:
    """A study that is to be read: the key of its patient, its place among theirs, and how it is asked for.

    `waiting` are the seconds since it was asked for, `due` those until it is expected, 0 where nobody says.
    """

    key: str
    place: int
    priority: str
    waiting: int
    due: int = 0
    label: str = ""
    assigned: bool = False  # to the reader of the sample data
    done: bool = False


WORKLIST = (
    SampleRead("read-01", 2, "HIGH", waiting=35 * _MINUTE, due=25 * _MINUTE),
    SampleRead("read-02", 2, "MEDIUM", waiting=2 * _HOUR, due=6 * _HOUR, assigned=True),
    SampleRead("read-03", 2, "MEDIUM", waiting=4 * _HOUR, due=2 * _HOUR),
    SampleRead("osteo-01", 11, "MEDIUM", waiting=20 * _HOUR, label="Second opinion before the tumour board"),
    SampleRead("osteo-05", 1, "LOW", waiting=50 * _HOUR),
    SampleRead("osteo-04", 1, "MEDIUM", waiting=26 * _HOUR, assigned=True, done=True),
)
GRANTED = tuple(dict.fromkeys((*(each.key for each in WORKLIST), "read-04")))
"""The patients whom the reader may see."""


class SampleReading:
    """Puts what is to be read on the worklist; `demo` says whether there is an account of the reader.

    `begun` and `ended` hold workitems as of the times when what is done was begun and ended.
    """

    def __init__(
        self,
        worklist: Worklist,
        imaging: ImagingSearch,
        administration: Administration,
        *,
        begun: HeldWorkitems,
        ended: HeldWorkitems,
        demo: bool,
    ) -> None:
        self._worklist = worklist
        self._imaging = imaging
        self._administration = administration
        self._begun = begun
        self._ended = ended
        self._demo = demo

    def ask(
        self, scope: AccessScope, seed: int, now: int, zone: tzinfo, as_reader: Callable[[str], AccessScope]
    ) -> None:
        """Make the workitems that are not there yet, and the account of their reader; `now` in µs."""
        for asked in WORKLIST:
            study = study_uid(seed, asked.key, asked.place)
            found = self._imaging.search(scope, SearchRequest(level=STUDY, study=study, limit=1)).matches
            own = uid(study, "workitem")
            with suppress(Conflict):  # it is there since an earlier load
                self._worklist.create(scope, _data_set(asked, found[0].study, now, zone), own)
                if asked.done:
                    reader = as_reader(READER)
                    self._begun.claim(reader, own)
                    self._ended.complete(reader, own)
        if self._demo:
            self._admit(scope, now)

    def _admit(self, scope: AccessScope, now: int) -> None:
        """Let the reader of the sample data see whom they are to read."""
        terms = {"role": _ROLE, "disabled": False, "fhirUser": f"Practitioner/{READER}", "departments": []}
        self._administration.put_user(scope, READER, terms, now)
        for key in GRANTED:
            self._administration.grant(scope, READER, {"patient": key}, now)


def _data_set(asked: SampleRead, study: Mapping[str, Any], now: int, zone: tzinfo) -> dict[str, Any]:
    def at(seconds: int) -> str:
        return date_time(now + seconds * _MICROSECONDS, zone)

    found = reading_of(study, at(-asked.waiting), asked.priority)
    if asked.label:
        found[tag_of(_LABEL)] = {"vr": "LO", "Value": [asked.label]}
    if asked.due:
        found[tag_of("ExpectedCompletionDateTime")] = {"vr": "DT", "Value": [at(asked.due)]}
    if asked.assigned:
        who = {
            tag_of("HumanPerformerCodeSequence"): {
                "vr": "SQ",
                "Value": [code_item(READER, "99HILUM", READER)],
            }
        }
        found[tag_of("ScheduledHumanPerformersSequence")] = {"vr": "SQ", "Value": [who]}
    return found
