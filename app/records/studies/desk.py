"""The use case behind the pages of studies: finds them, and puts together what a page says of one."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from app.imaging.search import ImagingSearch, MatchOrder, SearchRequest
from app.records.people import PatientFinder, PatientSummary, parted_hangul
from app.records.search import RecordSearch, TypeSearch, sorts_of
from app.records.studies.lines import SeriesLine, StudyLine, series_line, study_line
from app.records.studies.reports import ReportLine, ReportOf, report_line
from app.records.studies.tasks import OPEN_STATUSES, SHOWN_APART, TaskLine, task_line
from graph.errors import Gone, Invalid, NotFound
from graph.query.attributes import BY_KEYWORD, SERIES, STUDY, Attribute
from graph.query.expression import Related, Term, Whole
from graph.scope import AccessScope

PICTURES, RECORD = "imaging.read", "fhir.read"
MOST_OF_PATIENT = 100
MOST_OF_PATIENTS = 1_000
MOST_SERIES = 200
_MOST_REPORTS, _STUDIES_AT_ONCE = 25, 40
_MOST_FOUND = 25
_REPORT, _TASK = "DiagnosticReport", "Task"
_BY_DATE = (
    MatchOrder(BY_KEYWORD["StudyDate"], descending=True),
    MatchOrder(BY_KEYWORD["StudyTime"], descending=True),
)
_ONE_UID = re.compile(r"[0-9.]{1,64}")
_KNOWN_BY = ("AccessionNumber", "PatientID", "PatientName")
_NAME, _UID = BY_KEYWORD["PatientName"], BY_KEYWORD["StudyInstanceUID"]


class StudyDesk:
    """Finds and shows studies, under the rights of who looks."""

    def __init__(self, imaging: ImagingSearch, records: RecordSearch, people: PatientFinder) -> None:
        self._imaging = imaging
        self._records = records
        self._people = people

    def find(
        self, scope: AccessScope, text: str, patients: Collection[PatientSummary] = ()
    ) -> tuple[StudyLine, ...]:
        """The first studies of that accession number, or of somebody of that number or name.

        Those of `patients` who were found by the text come with them.
        """
        scope.require(PICTURES)
        found: dict[str, StudyLine] = {}
        for key in _keys_of(text.strip()):
            asked = SearchRequest(level=STUDY, keys=(key,), fuzzy=True, order=_BY_DATE, limit=_MOST_FOUND)
            try:
                page = self._imaging.search(scope, asked)
            except Invalid:
                continue  # no number and no name, but something else
            found |= {line.uid: line for line in map(study_line, page.matches)}
        if patients:
            named = ",".join(each.patient_id for each in patients)
            found |= {line.uid: line for line in self.of_patient(scope, named)}
        return tuple(found.values())[:_MOST_FOUND]

    def lately(self, scope: AccessScope, limit: int) -> tuple[StudyLine, ...]:
        """The newest studies."""
        asked = SearchRequest(level=STUDY, order=_BY_DATE, limit=limit)
        return tuple(map(study_line, self._imaging.search(scope, asked).matches))

    def of_patient(self, scope: AccessScope, patient_id: str) -> tuple[StudyLine, ...]:
        """The studies of a patient, the newest first; of several whose ids are joined by commas."""
        scope.require(PICTURES)
        where = self._records.understood(scope, STUDY, (("patient", patient_id),)).where
        page = self._imaging.matching(scope, STUDY, where, MOST_OF_PATIENT, *_BY_DATE)
        return tuple(map(study_line, page.matches))

    def of_patients(self, scope: AccessScope, patient_ids: Sequence[str]) -> tuple[StudyLine, ...]:
        """The studies of several patients, the newest first, `MOST_OF_PATIENTS` at most."""
        scope.require(PICTURES)
        where = self._records.understood(scope, STUDY, (("patient", ",".join(patient_ids)),)).where
        page = self._imaging.matching(scope, STUDY, where, MOST_OF_PATIENTS, *_BY_DATE)
        return tuple(map(study_line, page.matches))

    def of_uids(self, scope: AccessScope, uids: Collection[str]) -> tuple[StudyLine, ...]:
        """Those of these studies that are there to see, the newest first."""
        where = Term(_UID.field, tuple(sorted(uids)))
        page = self._imaging.matching(scope, STUDY, where, len(uids), *_BY_DATE)
        return tuple(map(study_line, page.matches))

    def body_parts(self, scope: AccessScope, uids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The parts of the body that the series of studies show, by the UIDs of the studies."""
        where = Related(Whole(STUDY), Term(_UID.field, tuple(sorted(uids))))
        found: dict[str, dict[str, None]] = {}
        for each in self._imaging.matching(scope, SERIES, where, MOST_OF_PATIENTS).matches:
            if part := series_line(each).body_part:
                found.setdefault(study_line(each).uid, {})[part] = None
        return {uid: tuple(parts) for uid, parts in found.items()}

    def one(self, scope: AccessScope, uid: str) -> StudyLine:
        """The study of that UID; raises `NotFound` where there is none to see."""
        scope.require(PICTURES)
        if not _ONE_UID.fullmatch(uid):  # a list or a pattern would find others
            raise NotFound("there is no such study")
        asked = SearchRequest(level=STUDY, study=uid, limit=1)
        try:
            found = self._imaging.search(scope, asked).matches
        except Invalid:
            found = ()
        if not found:
            raise NotFound("there is no such study")
        return study_line(found[0])

    def whose(self, scope: AccessScope, study: StudyLine) -> PatientSummary | None:
        """Whose study it is; None where the caller reads no record, or the study has no patient there."""
        if RECORD not in scope.permissions or not study.patient_id:
            return None
        try:
            return self._people.one(scope, study.patient_id)
        except (NotFound, Gone):
            return None

    def series_of(self, scope: AccessScope, uid: str) -> tuple[SeriesLine, ...]:
        """The series of a study by their numbers."""
        scope.require(PICTURES)
        asked = SearchRequest(level=SERIES, study=uid, limit=MOST_SERIES)
        found = map(series_line, self._imaging.search(scope, asked).matches)
        return tuple(sorted(found, key=lambda each: (_number(each.number), each.uid)))

    def reports(self, scope: AccessScope, studies: Collection[StudyLine]) -> tuple[ReportLine, ...]:
        """The reports of these studies, the newest first; of many they are asked for some at a time."""
        named, found = [each.reference for each in studies], dict[str, ReportLine]()
        for start in range(0, len(named), _STUDIES_AT_ONCE):
            some = named[start : start + _STUDIES_AT_ONCE]
            limit = _MOST_REPORTS * len(some)
            lines = self._reports(scope, (("imagingStudy", ",".join(some)),), limit)
            found |= {each.report_id: each for each in lines}
        return tuple(sorted(found.values(), key=lambda each: each.issued, reverse=True))

    def reports_lately(self, scope: AccessScope, limit: int) -> tuple[ReportOf, ...]:
        """The newest reports of studies, each with whom it is about."""
        reports = self._reports(scope, (("imagingStudy:missing", "false"),), limit)
        people = self._people.each(scope, {each.patient_id for each in reports if each.patient_id})
        return tuple(ReportOf(each, people.get(each.patient_id)) for each in reports)

    def unread(self, scope: AccessScope, looked_at: int) -> tuple[StudyLine, ...]:
        """Those of the newest studies of which nobody has reported: `looked_at` is how many are asked."""
        studies = self.lately(scope, looked_at)
        read = {name for each in self.reports(scope, studies) if each.is_final for name in each.studies}
        return tuple(each for each in studies if each.reference not in read)

    def assigned(self, scope: AccessScope, limit: int) -> tuple[TaskLine, ...]:
        """What the caller was asked to do and has not done, the latest first."""
        scope.require(RECORD)
        if not scope.actors:
            return ()
        owner = ",".join(sorted(scope.actors))
        criteria = (("owner", owner), ("status", OPEN_STATUSES), ("code:not", ",".join(SHOWN_APART)))
        known = self._records.understood(scope, _TASK, criteria)
        asked = TypeSearch(
            resource_type=_TASK,
            where=known.where,
            count=limit,
            sort=sorts_of(_TASK, "-authored-on", known.find),
        )
        return tuple(map(task_line, self._records.page(scope, asked, None).matches))

    def _reports(
        self, scope: AccessScope, criteria: tuple[tuple[str, str], ...], limit: int
    ) -> tuple[ReportLine, ...]:
        known = self._records.understood(scope, _REPORT, criteria)
        asked = TypeSearch(
            resource_type=_REPORT,
            where=known.where,
            count=limit,
            sort=sorts_of(_REPORT, "-issued", known.find),
        )
        return tuple(map(report_line, self._records.page(scope, asked, None).matches))


def _keys_of(text: str) -> Iterator[tuple[Attribute, str]]:
    """The matching keys that a text may be, a Korean name without a space also in its parts."""
    if text:
        yield from ((BY_KEYWORD[keyword], text) for keyword in _KNOWN_BY)
        yield from ((_NAME, f"{family} {given}") for family, given in parted_hangul(text))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 1 << 31
