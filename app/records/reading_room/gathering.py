"""What is known of workitems beside what they say: study, report, earlier studies, who has them.

All of a list is asked together, a statement a kind, under the rights of who looks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import tzinfo
from typing import Any

import orjson

from app.records.people.names import names_of, names_of_dicom
from app.records.reading_room.lines import ReadingHolder, ReadingLine
from app.records.search import RecordSearch, TypeSearch
from app.records.studies import ReportLine, StudyDesk, StudyLine
from app.site import Sites
from fhir_profiles.mapping.workitem_attributes import listed, said, within
from fhir_profiles.mapping.workitem_task import TaskLinks, studies
from graph.query.moments import moment_of
from graph.scope import AccessScope
from graph.workitems.states import UpsState
from graph.workitems.workitems import StoredWorkitem

_PICTURES, _RECORD = "imaging.read", "fhir.read"
_PRACTITIONER = "Practitioner"
_PERFORMERS = "ScheduledHumanPerformersSequence"
_ACTUAL = ("UnifiedProcedureStepPerformedProcedureSequence", "ActualHumanPerformersSequence")
_MOST_NAMED = 4


class LineGatherer:
    """Makes lines of workitems."""

    def __init__(self, records: RecordSearch, desk: StudyDesk, sites: Sites) -> None:
        self._records = records
        self._desk = desk
        self._sites = sites

    def lines(self, scope: AccessScope, found: Sequence[StoredWorkitem]) -> tuple[ReadingLine, ...]:
        """The lines of workitems, in their order."""
        if not found:
            return ()
        told = [(each.dataset, each.links) for each in found]
        known = self._studies(scope, {uid for dataset, _ in told for uid in studies(dataset)[:_MOST_NAMED]})
        shown = [_study_of(dataset, links, known) for dataset, links in told]
        there = list({each.uid: each for each in shown if each}.values())
        parts = self._desk.body_parts(scope, [each.uid for each in there]) if there else {}
        reports = self._reports(scope, there)
        earlier = self._earlier(scope, there)
        owners = self._owners(scope, {links.owner for _, links in told if links.owner})
        zone = self._sites.of(scope).zone
        return tuple(
            _line(
                scope,
                dataset,
                links,
                zone=zone,
                study=study,
                body_parts=parts.get(study.uid, ()) if study else (),
                report=reports.get(study.reference) if study else None,
                earlier=earlier(study) if study else None,
                owners=owners,
            )
            for (dataset, links), study in zip(told, shown, strict=True)
        )

    def _studies(self, scope: AccessScope, uids: Collection[str]) -> Mapping[str, StudyLine]:
        """The studies of these UIDs that the caller sees."""
        if _PICTURES not in scope.permissions or not uids:
            return {}
        return {each.uid: each for each in self._desk.of_uids(scope, uids)}

    def _reports(self, scope: AccessScope, there: Collection[StudyLine]) -> Mapping[str, ReportLine]:
        """The report of each study that counts, by the study: the newest, a final one before others."""
        if _RECORD not in scope.permissions:
            return {}
        counting: dict[str, ReportLine] = {}
        for report in self._desk.reports(scope, there):
            for study in report.studies:
                if study not in counting or (report.is_final and not counting[study].is_final):
                    counting[study] = report
        return counting

    def _earlier(self, scope: AccessScope, there: Collection[StudyLine]) -> Callable[[StudyLine], int | None]:
        """How many earlier studies the patient of one has."""
        patients = sorted({each.patient_id for each in there if each.patient_id})
        all_of = self._desk.of_patients(scope, patients) if patients else ()

        def count(study: StudyLine) -> int | None:
            if not study.patient_id:
                return None
            own, moment = study.uid, (study.date, study.time)
            return sum(
                each.uid != own and (each.date, each.time) <= moment
                for each in all_of
                if each.patient_id == study.patient_id
            )

        return count

    def _owners(self, scope: AccessScope, references: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The names of who has workitems, by the references to them."""
        ids = sorted(each.partition("/")[2] for each in references if each.startswith(f"{_PRACTITIONER}/"))
        if not ids or _RECORD not in scope.permissions:
            return {}
        where = self._records.understood(scope, _PRACTITIONER, (("_id", ",".join(ids)),)).where
        page = self._records.page(
            scope, TypeSearch(resource_type=_PRACTITIONER, where=where, count=len(ids)), None
        )
        return {
            f"{_PRACTITIONER}/{each.resource_id}": names_of(orjson.loads(each.body)) for each in page.matches
        }


def _study_of(
    dataset: Mapping[str, Any], links: TaskLinks, known: Mapping[str, StudyLine]
) -> StudyLine | None:
    """The study that a workitem is about: the one that it is tied to, else one of its patient's."""
    named = [known[uid] for uid in studies(dataset) if uid in known]
    tied = (each for each in named if each.reference == links.study)
    patient = (links.patient or "").partition("/")[2]
    came_later = (each for each in named if links.study is None and each.patient_id == patient != "")
    return next(tied, None) or next(came_later, None)


def _line(
    scope: AccessScope,
    dataset: Mapping[str, Any],
    links: TaskLinks,
    *,
    zone: tzinfo,
    study: StudyLine | None,
    body_parts: tuple[str, ...],
    report: ReportLine | None,
    earlier: int | None,
    owners: Mapping[str, tuple[str, ...]],
) -> ReadingLine:
    def at(keyword: str) -> int | None:
        found = moment_of(said(dataset, keyword), zone)
        return found[0] if found else None

    state = said(dataset, "ProcedureStepState")
    return ReadingLine(
        uid=said(dataset, "SOPInstanceUID"),
        label=said(dataset, "ProcedureStepLabel"),
        state=state,
        priority=said(dataset, "ScheduledProcedureStepPriority"),
        holder=_holder(scope, dataset, links),
        holder_names=owners.get(links.owner or "", ()) or _named(dataset),
        patient_id=(links.patient or "").partition("/")[2],
        patient_names=study.patient_names if study else names_of_dicom(said(dataset, "PatientName")),
        patient_number=(study.patient_number if study else "") or said(dataset, "PatientID"),
        birth_date=(study.birth_date if study else "") or said(dataset, "PatientBirthDate"),
        study=study,
        body_parts=body_parts,
        waiting_since=at("ScheduledProcedureStepStartDateTime"),
        due=at("ExpectedCompletionDateTime"),
        ended=at("ScheduledProcedureStepModificationDateTime") if UpsState(state).is_final else None,
        cancel_asked=links.cancel_asked,
        earlier=earlier,
        report=report,
    )


def _holder(scope: AccessScope, dataset: Mapping[str, Any], links: TaskLinks) -> ReadingHolder:
    claimed = said(dataset, "ProcedureStepState") != UpsState.SCHEDULED
    if links.owner in scope.actors:
        return ReadingHolder.BEGUN if claimed else ReadingHolder.ASSIGNED
    has_one = claimed or links.owner or listed(dataset, _PERFORMERS)
    return ReadingHolder.OTHER if has_one else ReadingHolder.NOBODY


def _named(dataset: Mapping[str, Any]) -> tuple[str, ...]:
    """Who does it, or is to do it, by the names that the workitem says."""
    for path in (_ACTUAL, (_PERFORMERS,)):
        for item in within(dataset, path):
            if found := names_of_dicom(said(item, "HumanPerformerName")):
                return found
    return ()
