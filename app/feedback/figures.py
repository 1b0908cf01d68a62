"""What readers are told of their own reads in numbers, and what who manages is told of all of them together.

What a reader is told is told to nobody else. Who manages is told cells of at least eleven readers and cases,
of quarters that are over (`statistics.managed`), and never whose they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from app.feedback.inbox import PERMISSION, STATUSES
from app.feedback.keeping import FeedbackRecord
from app.feedback.packets import OwnRead, Packet, own_read
from app.feedback.reads import FINAL, FinalRead
from app.feedback.reported import ReportedReads
from app.feedback.statistics import (
    Accuracy,
    CountedRead,
    ManagedStatistics,
    ReaderStatistics,
    Stratum,
    accuracy,
    managed,
    statistics_of,
)
from app.feedback.verdicts import JUDGING, ReadVerdict
from app.records.search import RecordSearch, TypeSearch
from app.security.scopes import on_behalf
from graph.errors import TooLarge
from graph.keys import resource_of
from graph.scope import AccessScope

TOTALS = "feedback.totals"
MOST_READS = 20_000
"""Reads of one reader that are counted."""
_REPORT = "DiagnosticReport"
_READ_BY = ("results-interpreter", "performer")
_AT_ONCE = 500
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What a reader is told: how many reads were counted, what came of them, and what may be estimated."""

    reads: int
    counted: ReaderStatistics
    accuracy: Mapping[Stratum, Accuracy]


class FeedbackFigures:
    """Counts reads and what became of them."""

    def __init__(self, kept: FeedbackRecord, search: RecordSearch, reads: ReportedReads) -> None:
        self._kept = kept
        self._search = search
        self._reads = reads

    def own(self, scope: AccessScope, now: int) -> OwnFigures:
        """The figures of the caller's own reads; raises `TooLarge` where they have more than `MOST_READS`.

        The reads are counted whoever may see them today: what was assigned yesterday was read, too.
        """
        scope.require(PERMISSION)
        found: dict[str, CountedRead] = {}
        for reader in sorted(map(resource_of, scope.readers or ())):
            gateway = on_behalf(scope, scope.subject)
            for each in self._read_by(gateway, reader, now):
                found[each.reference] = _counted(reader, own_read(each), each)
        for packet in self._kept.each(scope, STATUSES["all"]) if found else ():
            for own in packet.reads:
                if own.reference in found:
                    found[own.reference] = _followed(found[own.reference], own, packet)
        counted = list(found.values())
        strata = sorted({each.stratum for each in counted})
        return OwnFigures(
            len(counted),
            statistics_of(counted),
            {each: accuracy(one for one in counted if one.stratum == each) for each in strata},
        )

    def totals(self, scope: AccessScope, now: int) -> ManagedStatistics:
        """The figures of all readers together, as far as they may be told."""
        scope.require(TOTALS)
        reads = (
            _followed(_counted(packet.reader, own), own, packet)
            for packet in self._kept.each(on_behalf(scope, scope.subject), STATUSES["answered"])
            for own in packet.reads
        )
        return managed(reads, datetime.fromtimestamp(now / _SECOND, UTC).date())

    def _read_by(self, scope: AccessScope, reader: str, now: int) -> Iterator[FinalRead]:
        """The final reads of a reader, each once."""
        seen: set[str] = set()
        for parameter in _READ_BY:
            asked = ((parameter, reader), ("status", ",".join(sorted(FINAL))))
            where = self._search.understood(scope, _REPORT, asked).where
            after: tuple[object, ...] | None = None
            while True:
                wanted = TypeSearch(resource_type=_REPORT, where=where, count=_AT_ONCE)
                page = self._search.page(scope, wanted, after)
                fresh = [each for each in page.matches if each.key not in seen]
                seen.update(each.key for each in fresh)
                if len(seen) > MOST_READS:
                    raise TooLarge("more than %(most)s reads", code="too-costly", most=MOST_READS)
                yield from self._reads.of(scope, fresh, now).values()
                after = page.after
                if after is None:
                    break


def _counted(reader: str, own: OwnRead, read: FinalRead | None = None) -> CountedRead:
    """A read for counting; whether it found something is known of one that is at hand."""
    positive = None
    if read is not None and (read.meant or read.is_normal):
        positive = bool(read.meant)
    return CountedRead(reader, Stratum(own.modality, own.region), positive=positive)


def _followed(counted: CountedRead, own: OwnRead, packet: Packet) -> CountedRead:
    """The same with what came of it, by a packet that tells of it."""
    days = min((each.days for each in packet.standing if each.read == own.reference), default=None)
    if packet.answer is None:
        return replace(counted, days=days if counted.days is None else counted.days)
    verdict = ReadVerdict(packet.answer.verdict)
    return replace(
        counted,
        days=days if counted.days is None else counted.days,
        verdict=verdict,
        decided=date.fromisoformat(packet.answer.decided[:10]),
        truth=_truth(counted.positive, verdict),
    )


def _truth(positive: bool | None, verdict: ReadVerdict) -> bool | None:
    """Whether something was there; None where the verdict does not tell.

    Of a read that found something and differs from its outcome nobody knows whether there was nothing, or
    something else: its stratum is then not estimable, rather than estimated without its false alarms.
    """
    if positive is None or verdict not in JUDGING:
        return None
    if verdict is ReadVerdict.CONCORDANT:
        return positive
    return None if positive else True
