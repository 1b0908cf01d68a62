"""Pairs final reads with what tells how they turned out, each pair with a reason and a confidence.

The confidence is what is left of the strongest tie (`ties.py`) after the time between the two, raised
where both are of one encounter; it lies between 0 and 1, and what stays under `LEAST` is not said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.feedback.citing import Citations
from app.feedback.clinical import clinical_outcomes
from app.feedback.outcomes import (
    OutcomeKind,
    ReadOutcome,
    addenda,
    imaging_outcomes,
    is_addendum,
    is_of_screening,
)
from app.feedback.places import same_place
from app.feedback.reads import Earlier, FinalRead, final_reads
from app.feedback.reasons import because, reason_of
from app.feedback.ties import (
    DAY,
    FOREVER,
    STRENGTH,
    Tie,
    Tied,
    are_apart,
    clinical_ties,
    imaging_ties,
    strongest,
)
from app.records.glance.chart import PatientChart
from app.records.glance.regions import are_paired, overlap
from graph.wording import Phrase

LEAST = 0.5
"""Under which confidence nothing is said."""
WINDOW = 731 * DAY
"""How long after a read something may tell how it turned out: 24 months."""
_SAME_STAY = 1.15
_SCREENED = 0.75
_TOGETHER = 90 * DAY
"""Between tissue and the operation that goes with it."""
_VERY_PLACE = 0.85
_FARTHEST = 0.2  # what a cited read's pictures share at least with what cites it
_ROUND = 3


@dataclass(frozen=True, slots=True)
class OutcomeMatch:
    """A read and what tells how it turned out.

    `reason` and `because` are told to who read it; `place` and `sides` are where in the body it is about;
    `days` lie between.
    """

    read: FinalRead
    outcome: ReadOutcome
    tie: Tie
    place: frozenset[str]
    sides: frozenset[str]
    days: int
    confidence: float
    reason: Phrase
    because: Phrase


def matches(chart: PatientChart, earlier: Earlier | None = None) -> tuple[OutcomeMatch, ...]:
    """Every pair of a final read and an outcome of it in a chart, in the order of reads and then of time.

    `earlier` are the versions before the current one of reports; without them an addendum is known by its
    status.
    """
    told = final_reads(chart, earlier or {})
    if not told:
        return ()
    reads = tuple(each for each in told if not is_addendum(chart, each, told))
    found = [*_added(chart, told, reads, earlier or {}), *_reread(reads), *_later(chart, reads)]
    found.sort(key=lambda each: (each.read.at, each.read.reference, each.outcome.at, each.outcome.reference))
    return tuple(found)


def _added(
    chart: PatientChart, told: Sequence[FinalRead], reads: Sequence[FinalRead], earlier: Earlier
) -> Iterator[OutcomeMatch]:
    by_reference = {each.reference: each for each in reads}
    for outcome in addenda(chart, told, earlier):
        for name in sorted(outcome.of & by_reference.keys()):
            if outcome.at - by_reference[name].at <= WINDOW:
                yield _of_the_exam(by_reference[name], outcome)


def _reread(reads: Sequence[FinalRead]) -> Iterator[OutcomeMatch]:
    """The second reads of the same pictures by somebody else."""
    for outcome in imaging_outcomes(reads, OutcomeKind.SECOND_READ):
        for read in reads:
            other = outcome.read
            if other is None or other is read or not read.is_of_exam(other) or not _is_after(read, other):
                continue
            if _is_by_another(read, other) and overlap(read.regions, other.regions) >= _FARTHEST:
                yield _of_the_exam(read, outcome)


def _is_after(read: FinalRead, other: FinalRead) -> bool:
    return (read.issued, read.reference) < (
        other.issued,
        other.reference,
    ) and other.issued - read.issued <= WINDOW


def _is_by_another(read: FinalRead, other: FinalRead) -> bool:
    if read.readers or other.readers:
        return not set(read.readers) & set(other.readers)
    return bool(read.organisations and other.organisations and not read.organisations & other.organisations)


def _of_the_exam(read: FinalRead, outcome: ReadOutcome) -> OutcomeMatch:
    """The match of a read with what was said of the very same pictures."""
    main = next(
        (
            mine
            for theirs in outcome.meant
            for mine in read.meant
            if same_place(mine.regions or read.regions, theirs.regions or outcome.regions) >= LEAST
        ),
        next(iter(read.meant), None),
    )
    news = next((each.regions for each in outcome.meant if each.regions), frozenset[str]())
    place = (main.regions if main else news) or read.regions
    tied = Tied(Tie.SAME_EXAM, STRENGTH[Tie.SAME_EXAM], FOREVER, place, main)
    return _match(read, outcome, tied, tied.strength)


def _later(chart: PatientChart, reads: Sequence[FinalRead]) -> Iterator[OutcomeMatch]:
    """The matches with what was found later: in tissue, in operations, at discharge, in other pictures."""
    citations, clinical = Citations(chart), clinical_outcomes(chart)
    pictures = imaging_outcomes(reads, OutcomeKind.FOLLOW_UP_IMAGING)
    found = [
        match
        for outcome in (*clinical, *pictures)
        for read in reads
        if _is_in_time(read, outcome) and (match := _judged(citations, read, outcome))
    ]
    yield from found
    yield from _joined(found, clinical)


def _joined(found: Sequence[OutcomeMatch], clinical: Sequence[ReadOutcome]) -> Iterator[OutcomeMatch]:
    """The matches of operations that say no disease, where tissue of the very place tells of the read."""
    known = {(each.read.reference, each.outcome.reference) for each in found}
    nameless = [each for each in clinical if each.kind is OutcomeKind.SURGERY and not each.says_what_for]
    tissue = [each for each in found if each.outcome.kind is OutcomeKind.PATHOLOGY]
    for operation in nameless:
        for match in tissue:
            pair = (match.read.reference, operation.reference)
            if pair in known or not _goes_with(operation, match) or not _is_in_time(match.read, operation):
                continue
            known.add(pair)
            tied = Tied(Tie.JOINED, STRENGTH[Tie.JOINED], FOREVER, match.place)
            yield _match(match.read, operation, tied, min(tied.strength, match.confidence))


def _goes_with(operation: ReadOutcome, tissue: OutcomeMatch) -> bool:
    """Whether an operation was done where, and about when, tissue was found."""
    where = tissue.outcome.regions or tissue.place
    return (
        abs(operation.at - tissue.outcome.at) <= _TOGETHER
        and same_place(where, operation.regions) >= _VERY_PLACE
        and not are_apart(tissue.sides, operation.sides)
    )


def _is_in_time(read: FinalRead, outcome: ReadOutcome) -> bool:
    other = outcome.read
    if other is not None and (other.at <= read.at or read.is_of_exam(other)):
        return False
    return outcome.until >= read.at and outcome.at - read.at <= WINDOW


def _judged(citations: Citations, read: FinalRead, outcome: ReadOutcome) -> OutcomeMatch | None:
    """The match of a read with a later outcome; None where the two have little to do with one another."""
    later = outcome.kind is OutcomeKind.FOLLOW_UP_IMAGING
    ties = list((imaging_ties if later else clinical_ties)(read, outcome))
    if _may_be_cited(read, outcome) and citations.cites(outcome, read):
        place = ties[0].place if ties else outcome.regions or read.regions
        finding = ties[0].finding if ties else None
        ties.append(Tied(Tie.CITED, STRENGTH[Tie.CITED], FOREVER, place, finding))
    found = strongest(ties, (outcome.at - read.at) / DAY)
    if found is None:
        return None
    tied, strength = found
    if outcome.is_screening and tied.tie is not Tie.CITED and not is_of_screening(read.label):
        strength *= _SCREENED
    if read.encounter and read.encounter == outcome.encounter:
        strength *= _SAME_STAY
    return _match(read, outcome, tied, strength) if strength >= LEAST else None


def _may_be_cited(read: FinalRead, outcome: ReadOutcome) -> bool:
    """Whether nothing speaks against a citation: neither the side nor the place."""
    if are_paired(read.regions) and are_apart(read.sides, outcome.sides):
        return False
    mine = frozenset(side for each in read.meant for side in each.sides)
    if outcome.kind is not OutcomeKind.FOLLOW_UP_IMAGING and are_apart(mine, outcome.sides):
        return False
    known = bool(read.regions and outcome.regions)
    return (
        not known
        or max(overlap(read.regions, outcome.regions), same_place(read.regions, outcome.regions)) > 0
    )


def _match(read: FinalRead, outcome: ReadOutcome, tied: Tied, strength: float) -> OutcomeMatch:
    days = max(0, outcome.at // DAY - read.at // DAY)  # of the calendar, as one counts them
    words = tied.finding.words if tied.finding else ""
    shown = outcome.regions & tied.place or tied.place or outcome.regions
    sides = outcome.sides or (tied.finding.sides if tied.finding else frozenset())
    return OutcomeMatch(
        read,
        outcome,
        tied.tie,
        tied.place,
        sides,
        days,
        round(min(strength, 0.99), _ROUND),
        reason_of(outcome.kind, shown, sides, days, read.label),
        because(tied.tie, words),
    )


def by_kind(found: Sequence[OutcomeMatch]) -> Mapping[OutcomeKind, tuple[OutcomeMatch, ...]]:
    """Matches by what tells: every kind, of which there may be none."""
    return {kind: tuple(each for each in found if each.outcome.kind is kind) for kind in OutcomeKind}
