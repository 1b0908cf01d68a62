"""Tells readers how their reads turned out: looks through charts that changed, and keeps what is new."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

import structlog

from app.feedback.keeping import FeedbackRecord, provenance
from app.feedback.lessons import Lesson, lessons
from app.feedback.matching import OutcomeMatch
from app.feedback.packets import ANSWERED, LONGEST, OPEN, Evidence, Packet, own_read
from app.feedback.reads import CHANGED
from app.feedback.withdrawing import EvidenceWithdrawals
from app.records.glance.chart import ChartItem, PatientChart
from app.records.glance.reading import ChartReader
from app.security.scopes import reader_scope
from graph.clock import instant
from graph.errors import PreconditionFailed, TooLarge
from graph.keys import key_of_reference
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

_TELLING = ("DiagnosticReport", "Procedure", "Condition", "Encounter")
FOLLOWED = (*_TELLING, "Patient", "Consent")
"""What is followed: what may tell how a read turned out, whose it is (a merge), and who may be told."""
_IN_CHARTS = (*_TELLING, "ImagingStudy", "ServiceRequest", "Specimen")
_MATCHING = {
    "type": {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                "code": "assembler",
            }
        ]
    },
    "who": {"display": "Hilum, matching of outcomes, 1"},
}
"""The agent of what was matched: the release of the rules is told with it."""
_TRIES = 5
_log = structlog.get_logger("hilum.feedback")


class LessonNotices:
    """Keeps a packet for each reader whom something concerns; `consents` applies what patients deny them."""

    def __init__(
        self,
        charts: ChartReader,
        resources: ResourceStore,
        kept: FeedbackRecord,
        withdrawals: EvidenceWithdrawals,
        consents: Callable[[AccessScope], AccessScope],
    ) -> None:
        self._charts = charts
        self._resources = resources
        self._kept = kept
        self._consents = consents
        self._withdrawals = withdrawals

    def notice(self, scope: AccessScope, patients: Collection[str], now: int) -> frozenset[str]:
        """Look through the charts of patients, by their keys; return the readers who were told something new.

        A chart that is too large to be looked through is left out. What was told is not told again.
        """
        charts = list(self._looked_through(scope, list(patients), now))
        known = self._kept.about(scope, [each.reference for chart in charts for each in _reports(chart)])
        told: set[str] = set()
        for chart in charts:
            found = lessons(chart, self._charts.earlier(scope, _amended(chart)))
            told.update(each.reader for each in found if self._tells(scope, each, known, now))
        self._withdrawals.withdraw(scope, known, now)
        return frozenset(told)

    def _looked_through(
        self, scope: AccessScope, patients: Sequence[str], now: int
    ) -> Iterator[PatientChart]:
        try:
            yield from self._charts.charts(scope, patients, _IN_CHARTS, now).values()
        except TooLarge:
            if len(patients) == 1:
                _log.warning("a chart is too large to be looked through for feedback")
                return
            for each in patients:
                yield from self._looked_through(scope, [each], now)

    def _tells(self, scope: AccessScope, lesson: Lesson, known: Sequence[Packet], now: int) -> bool:
        """Keep what is new in a lesson for its reader; False where there is nothing that they may be told."""
        if not lesson.reader.startswith("Practitioner/"):  # a role of nobody who is there
            return False
        evidence: tuple[Evidence, ...] | None = None
        reports = {each.reference for each in lesson.reads}
        for _ in range(_TRIES):
            own = [each for each in known if each.reader == lesson.reader and reports & each.reports]
            if not _news(lesson, own):
                return False
            if evidence is None:
                evidence = tuple(map(_evidence, self._shown(scope, lesson)))
            packet = _packet(lesson, own, evidence, instant(now))
            if packet is None:
                return False
            source = provenance(
                packet, packet.modified, _MATCHING, [each.reference for each in packet.evidence]
            )
            try:
                self._kept.write(scope, packet, ("", source))
            except PreconditionFailed:  # its reader has answered it meanwhile
                known = self._kept.about(scope, reports)
                continue
            return True
        return False

    def _shown(self, scope: AccessScope, lesson: Lesson) -> list[OutcomeMatch]:
        """The evidence that consents and labels do not keep from its reader."""
        reader = self._consents(reader_scope(scope.tenant, lesson.reader))
        keys = {
            each.outcome.reference: key_of_reference(scope.tenant, each.outcome.reference)
            for each in lesson.evidence
        }
        seen = {each.key for each in self._resources.bodies(reader, list(keys.values()))}
        return [each for each in lesson.evidence if keys[each.outcome.reference] in seen]


def _told(own: Sequence[Packet]) -> frozenset[tuple[str, str]]:
    return frozenset[tuple[str, str]]().union(*(each.told for each in own))


def _news(lesson: Lesson, own: Sequence[Packet]) -> bool:
    """Whether a lesson has evidence that its reader has not been told."""
    return not {(each.read.reference, each.outcome.reference) for each in lesson.evidence} <= _told(own)


def _packet(
    lesson: Lesson, own: Sequence[Packet], evidence: Sequence[Evidence], moment: str
) -> Packet | None:
    """The packet with what its reader has not been told yet; None where they may be told nothing new."""
    told = _told(own)
    new = tuple(each for each in evidence if (each.read, each.reference) not in told)
    if not new:
        return None
    pairs = {(each.read, each.reference) for each in evidence}
    name = sha256(lesson.key.encode()).hexdigest()
    before = next((each for each in own if each.lesson == name or pairs & each.told), None)
    if before is None:
        return Packet(
            packet_id="",
            reader=lesson.reader,
            lesson=name,
            reads=tuple(map(own_read, lesson.reads)),
            evidence=new,
            authored=moment,
            modified=moment,
        )
    more = tuple(own_read(each) for each in lesson.reads if each.reference not in before.reports)
    return replace(
        before,
        reads=(*before.reads, *more),
        evidence=(*before.evidence, *new),
        modified=moment,
        status=_status(before, new),
    )


def _status(before: Packet, new: Sequence[Evidence]) -> str:
    """An answered packet is open again where something of another kind came since, which tells more."""
    known = {each.kind for each in before.standing}
    return ANSWERED if before.status == ANSWERED and {each.kind for each in new} <= known else OPEN


def _reports(chart: PatientChart) -> Iterable[ChartItem]:
    return (each for each in chart.items if each.kind == "DiagnosticReport")


def _amended(chart: PatientChart) -> Iterable[ChartItem]:
    """The reports whose earlier versions say what was read first."""
    return (
        each
        for each in chart.of("DiagnosticReport")
        if each.version_id > 1 and each.body.get("status") in CHANGED
    )


def _evidence(match: OutcomeMatch) -> Evidence:
    outcome = match.outcome
    return Evidence(
        kind=outcome.kind.value,
        reference=outcome.reference,
        read=match.read.reference,
        label=outcome.label,
        at=instant(outcome.at),
        said=outcome.text.strip()[:LONGEST] if outcome.is_written else "",
        place=tuple(sorted(match.place)),
        sides=tuple(sorted(match.sides)),
        days=match.days,
        exam=str(match.reason.values["exam"]),
        tie=match.tie.value,
        finding=str(match.because.values["finding"]),
        confidence=match.confidence,
        by=outcome.by,
    )
