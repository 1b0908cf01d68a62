"""The use case of reports: each step from the first words to the last addendum, and the report as it is read.

A step reads the report, makes the next version of it, and has it written if nobody wrote another meanwhile.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from app.preconditions import Preconditions
from app.records.glance.words import each_in, study_uid
from app.records.read import RecordReader
from app.records.reporting.claims import ClaimedReadings
from app.records.reporting.content import ReportContent, require_signable, text_of
from app.records.reporting.critical import CriticalResult
from app.records.reporting.documents import (
    REPORT,
    ReportDraft,
    StudyFacts,
    facts_of,
    named_in,
    report_document,
)
from app.records.reporting.opening import WRITE, ReportOpening, StudyToReport, standing_report
from app.records.reporting.people import ReportPeople, ReportPerson, is_same_person
from app.records.reporting.results import CriticalResults
from app.records.reporting.states import ReportStep, after
from app.records.reporting.units import WriteReport
from app.records.reporting.written import WrittenReport, written
from app.records.search import RecordSearch
from app.records.write.conditions import Criteria
from app.records.write.receiving import prepare, receive
from app.records.write.terms import WritingTerms
from app.records.write.writing import noted
from graph.clock import instant
from graph.errors import Conflict, Forbidden, Gone, Invalid, NotFound, PreconditionFailed
from graph.keys import resource_key
from graph.resources.resources import Referred, ResourceStore
from graph.scope import AccessScope

_READ, _STUDY = "fhir.read", "ImagingStudy"
MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as one reads it: the version in hand, every version, and who was told of what.

    `study_uid` is empty where its study is not the reader's to see; `current` is the newest version.
    """

    shown: WrittenReport
    current: WrittenReport
    versions: tuple[WrittenReport, ...]
    results: tuple[CriticalResult, ...]
    study_uid: str


class Reporting:
    """Writes and shows reports of studies; `clock` tells the moment in µs."""

    def __init__(
        self,
        resources: ResourceStore,
        terms: WritingTerms,
        reader: RecordReader,
        search: RecordSearch,
        *,
        opening: ReportOpening,
        results: CriticalResults,
        claims: ClaimedReadings,
        clock: Callable[[], int],
    ) -> None:
        self._resources, self._terms = resources, terms
        self._reader, self._search = reader, search
        self._opening, self._results, self._claims = opening, results, claims
        self._clock = clock
        self._people = ReportPeople(reader)

    def open(self, scope: AccessScope, uid: str) -> StudyToReport:
        """A study as one begins or goes on to report it; raises `NotFound` where there is none to see."""
        scope.require(WRITE)
        return self._opening.open(scope, uid)

    def write(
        self, scope: AccessScope, uid: str, content: ReportContent, step: ReportStep, version: int | None
    ) -> WrittenReport:
        """Save or sign the report of a study; `version` is the one that was read, None where there was none.

        Whoever signs is done with the workitem of the study that they claimed at the worklist.

        Raises `NotFound`, `Invalid` with the section that is wrong, `Conflict` where its state forbids it,
        `AlreadyBegun` where there is one, `PreconditionFailed` where somebody wrote another version.
        """
        scope.require(WRITE)
        facts, begun = self._opening.begun(scope, uid)
        before = begun if version is not None else None
        if version is not None and before is None:
            raise Conflict(
                "the report was withdrawn meanwhile: what you send next begins another one", location="status"
            )
        report = self._taken(scope, step, facts, content, before, version=version)
        self._done(scope, step, uid, report)
        return report

    def save(
        self, scope: AccessScope, report_id: str, content: ReportContent, step: ReportStep, version: int
    ) -> WrittenReport:
        """Save or sign a report that is begun.

        Raises what `write` raises: `Conflict` for others', `PreconditionFailed` for another version.
        """
        before = self._ours(scope, report_id)
        report = self._taken(scope, step, self._facts(scope, before), content, before, version=version)
        self._done(scope, step, self._study_uid(scope, report), report)
        return report

    def correct(
        self, scope: AccessScope, report_id: str, content: ReportContent, version: int, reason: str
    ) -> WrittenReport:
        """Put other words in the place of signed ones, with the reason.

        Raises what `write` raises: `Invalid` without a reason, `Conflict` for what is not signed, or others',
        `PreconditionFailed` for another version.
        """
        reason = _required(reason, "reason")
        before = self._ours(scope, report_id)
        facts = self._facts(scope, before)
        return self._taken(scope, ReportStep.CORRECT, facts, content, before, version=version, change=reason)

    def append(
        self, scope: AccessScope, report_id: str, text: str, version: int, critical: str = ""
    ) -> WrittenReport:
        """Add words to a signed report, which stays as it is; raises what `write` raises.

        `critical` is what somebody must be told of at once, empty where nothing is. `Invalid` is raised for
        no words, `Conflict` for what is not signed, or others', `PreconditionFailed` for another version.
        """
        text, critical = _required(text, "text"), text_of(critical, "critical")
        before = self._ours(scope, report_id)
        content = replace(before.content, critical=critical or before.content.critical)
        facts = self._facts(scope, before)
        return self._taken(scope, ReportStep.APPEND, facts, content, before, version=version, change=text)

    def withdraw(self, scope: AccessScope, report_id: str, version: int, reason: str) -> WrittenReport:
        """Say that a report is none: a begun one is cancelled, a signed one was entered in error.

        Raises what `write` raises: `Invalid` without a reason, `Conflict` for what was withdrawn, or others',
        `PreconditionFailed` for another version.
        """
        reason = _required(reason, "reason")
        before = self._ours(scope, report_id)
        facts, step = self._facts(scope, before), ReportStep.WITHDRAW
        return self._taken(scope, step, facts, before.content, before, version=version, change=reason)

    def read(self, scope: AccessScope, report_id: str, version: int | None = None) -> ReportView:
        """A report with its versions and critical results; `version` is the one to be shown, None the newest.

        Raises `NotFound` where there is none to see, and `Gone`.
        """
        current = written(self._reader.current(scope, REPORT, report_id))
        shown = current
        if version is not None and version != current.version_id:
            shown = written(self._reader.version(scope, REPORT, report_id, version))
        return ReportView(
            shown,
            current,
            self._versions(scope, current),
            self._results.of(scope, current),
            self._study_uid(scope, current),
        )

    def _done(self, scope: AccessScope, step: ReportStep, study_uid: str, report: WrittenReport) -> None:
        if step is ReportStep.SIGN and study_uid:
            self._claims.complete(scope, study_uid, report)

    def _versions(self, scope: AccessScope, current: WrittenReport) -> tuple[WrittenReport, ...]:
        """The newest versions, the newest first."""
        key = resource_key(scope.tenant, REPORT, current.report_id)
        numbers = range(max(1, current.version_id - MOST_VERSIONS + 1), current.version_id)
        found = self._resources.versions(scope, [Referred(key, str(each)) for each in numbers])
        older = [written(each) for each in found if not each.deleted]
        return (current, *sorted(older, key=lambda each: -each.version_id))

    def _study_uid(self, scope: AccessScope, report: WrittenReport) -> str:
        named = [tuple(each.partition("/")[::2]) for each in report.studies[:1]]
        found = self._reader.named(scope, [(kind, name) for kind, name in named]) if named else {}
        return next((study_uid(orjson.loads(each.body)) or "" for each in found.values()), "")

    def _ours(self, scope: AccessScope, report_id: str) -> WrittenReport:
        """The report of an id, which is written here; raises `Conflict` for one that others wrote."""
        scope.require(WRITE)
        found = written(self._reader.current(scope, REPORT, report_id))
        if not found.is_ours:
            raise Conflict(
                "the report was written elsewhere, and is changed there", location="status", code="conflict"
            )
        return found

    def _facts(self, scope: AccessScope, report: WrittenReport) -> StudyFacts:
        """What the study of a report says now, or what it said when the report was written."""
        study = next(iter(report.studies), "")
        try:
            return self._opening.facts(scope, study.partition("/")[2])
        except (NotFound, Gone):
            document = report.document
            said = {**document, "id": study.partition("/")[2], "started": document.get("effectiveDateTime")}
            return facts_of({**said, "description": report.title})

    def _taken(
        self,
        scope: AccessScope,
        step: ReportStep,
        facts: StudyFacts,
        content: ReportContent,
        before: WrittenReport | None,
        *,
        version: int | None,
        change: str = "",
    ) -> WrittenReport:
        """The report after a step."""
        if before is not None and version != before.version_id:
            raise PreconditionFailed("somebody wrote another version meanwhile", location="If-Match")
        status = after(step, before.status if before else None)
        signed = step.signs or (before is not None and before.is_signed)
        who = self._people.signer(scope) if signed else self._people.who(scope)
        if before is not None and before.is_signed:
            _require_own(scope, who, before)
        if step.signs:
            require_signable(content)
        now = self._clock()
        orders = facts.orders
        facts, content = self._named(scope, facts, content, new=step is not ReportStep.WITHDRAW)
        draft = ReportDraft(
            content=content,
            facts=facts,
            status=status,
            who=who,
            moment=instant(now),
            signing=step.signs,
            before=before,
            change=change,
        )
        site = self._terms.at(scope)
        report_id = before.report_id if before else site.new_id()
        document = report_document(draft, report_id, scope.tenant)
        received = receive(orjson.dumps(document), REPORT)
        self._terms.require_met(scope, received.document)
        criteria = self._none_yet(scope, facts.study) if before is None else None
        unit = WriteReport(
            scope=scope,
            site=site,
            prepared=prepare(received, site, scope.tenant, report_id),
            demanded=Preconditions(None if before is None else frozenset({str(version)})),
            criteria=criteria,
            filed=step.signs,
            beside=self._results.following(scope, step, draft, document=document, orders=orders, now=now),
        )
        return written(noted(scope, self._resources.commit(scope, unit)).version)

    def _none_yet(self, scope: AccessScope, study: str) -> Criteria:
        return Criteria(REPORT, self._search.criteria(scope, REPORT, standing_report(study)))

    def _named(
        self, scope: AccessScope, facts: StudyFacts, content: ReportContent, *, new: bool
    ) -> tuple[StudyFacts, ReportContent]:
        """Facts and content that name only what the caller sees, and the priors in words.

        Raises `Invalid` for a prior that they do not see.
        """
        pairs = [(kind, name) for kind, _, name in (each.partition("/") for each in named_in(facts, content))]
        found = self._reader.named(scope, pairs) if pairs else {}
        seen = {f"{kind}/{name}": orjson.loads(each.body) for (kind, name), each in found.items()}
        for each in content.priors:
            if new and (each not in seen or not each.startswith(f"{_STUDY}/") or each == facts.study):
                raise Invalid("there is no such earlier study", location="priors")
        orders = tuple(each for each in facts.orders if each in seen)
        encounter = facts.encounter if facts.encounter in seen else ""
        if new and content.priors and not content.comparison:
            words = [_in_words(seen[each]) for each in content.priors]
            content = replace(content, comparison="\n".join(words))
        return replace(facts, orders=orders, encounter=encounter), content


def _require_own(scope: AccessScope, who: ReportPerson, signed: WrittenReport) -> None:
    """Require that a narrowed caller changes only what they signed; raises `Forbidden`."""
    signers = each_in(signed.document.get("resultsInterpreter"))
    if not scope.sees_all and not any(is_same_person(each, who.as_reference()) for each in signers):
        raise Forbidden("it was signed by somebody else, who may change it", code="forbidden")


def _in_words(study: Mapping[str, Any]) -> str:
    """How a report names an earlier study."""
    return ", ".join(
        filter(None, (str(study.get("description") or ""), str(study.get("started") or "")[:10]))
    )


def _required(text: str, name: str) -> str:
    found = text_of(text, name)
    if not found:
        raise Invalid("say it in some words", location=name)
    return found
