"""What readers may learn: matches that are about one thing in the body, one lesson for each reader concerned.

Matches belong to one lesson where they are about one place and share a read or what tells of it, and where
the later pictures of one are the read of the other: so each reader of a chain is told, and told once,
whatever evidence comes later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.feedback.matching import OutcomeMatch, matches
from app.feedback.outcomes import OutcomeKind
from app.feedback.places import same_place
from app.feedback.reads import Earlier, FinalRead
from app.feedback.ties import are_apart
from app.records.glance.chart import PatientChart
from app.records.glance.report_text import WordChange, differences

_ONE = 0.6
_KNOWN_BY_READING = frozenset({OutcomeKind.FOLLOW_UP_IMAGING, OutcomeKind.SECOND_READ})
_CALLED: Mapping[str, str] = {
    "CHEST": "LUNG",
    "BRONCHUS": "LUNG",
    "HEAD": "BRAIN",
    "AXILLA": "BREAST",
    "URETER": "KIDNEY",
    "TIBIA": "LOWERLEG",
    "FEMUR": "HIP",
}
"""Regions that one lesson may be called by, by the name that is kept."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """How one thing in a patient turned out, for one of its readers.

    `key` names it, and stays when evidence comes later. `reads` are the reader's own, `evidence` what
    tells of them, both in the order of time.
    """

    key: str
    reader: str
    reads: tuple[FinalRead, ...]
    evidence: tuple[OutcomeMatch, ...]

    @property
    def first(self) -> OutcomeMatch:
        """The evidence that is told first: the surest one."""
        return max(self.evidence, key=lambda each: each.confidence)

    @property
    def days(self) -> int:
        """The days from the read to what tells of it, of the surest evidence."""
        return self.first.days

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """Who says how it turned out, each once."""
        return tuple(dict.fromkeys(who for each in self.evidence for who in each.outcome.by))


def lessons(chart: PatientChart, earlier: Earlier | None = None) -> tuple[Lesson, ...]:
    """The lessons of a chart, one for each reader and thing, in the order of their first reads.

    `earlier` are the versions before the current one of reports.
    """
    found = [each for group in _groups(matches(chart, earlier)) for each in _of_group(group)]
    return tuple(sorted(_once(found), key=lambda each: (each.reads[0].at, each.key)))


def read_beside(match: OutcomeMatch) -> tuple[WordChange, ...]:
    """What the outcome says beside the read's impression, word by word."""
    return differences(match.read.text.first, match.outcome.text)


def _groups(found: Sequence[OutcomeMatch]) -> Iterator[list[OutcomeMatch]]:
    """Matches of one lesson each, in their order."""
    parents = list(range(len(found)))

    def root(place: int) -> int:
        while parents[place] != place:
            place = parents[place]
        return place

    for one, other in _meeting(found):
        if _is_one_thing(found[one], found[other]):
            parents[max(root(one), root(other))] = min(root(one), root(other))
    groups: dict[int, list[OutcomeMatch]] = {}
    for place, match in enumerate(found):
        groups.setdefault(root(place), []).append(match)
    yield from groups.values()


def _meeting(found: Sequence[OutcomeMatch]) -> Iterator[tuple[int, int]]:
    """Pairs of matches that share a resource, by their numbers; of those about one place the first."""
    named: dict[str, dict[tuple[frozenset[str], frozenset[str]], int]] = {}
    for number, match in enumerate(found):
        for reference in (match.read.reference, match.outcome.reference):
            kept = named.setdefault(reference, {})
            for other in kept.values():
                yield other, number
            kept.setdefault((match.place, match.sides), number)


def _is_one_thing(one: OutcomeMatch, other: OutcomeMatch) -> bool:
    if are_apart(one.sides, other.sides):
        return False
    return not (one.place and other.place) or same_place(one.place, other.place) >= _ONE


def _of_group(group: Sequence[OutcomeMatch]) -> Iterator[Lesson]:
    for reader in sorted({who for match in group for who in match.read.readers}):
        own = [match for match in group if reader in match.read.readers]
        if all(_is_known_to(reader, match) for match in own):
            continue
        reads = {match.read.reference: match.read for match in own}
        first = min(own, key=lambda each: (each.read.at, each.read.reference, each.outcome.at))
        key = f"{reader}|{first.read.reference}|{_called(first)}"
        evidence = tuple(
            sorted(own, key=lambda each: (each.outcome.at, each.outcome.reference, each.read.at))
        )
        yield Lesson(key, reader, tuple(reads.values()), evidence)


def _is_known_to(reader: str, match: OutcomeMatch) -> bool:
    """Whether a reader knows an outcome, as they read it themselves."""
    return match.outcome.kind in _KNOWN_BY_READING and reader in match.outcome.by


def _called(match: OutcomeMatch) -> str:
    """The name of the place that a match is about, the narrowest one: for one place always the same."""

    def width(region: str) -> int:
        return sum(same_place(frozenset((region,)), frozenset((other,))) > _ONE for other in match.place)

    narrow = sorted(match.place, key=lambda each: (width(each), each))
    return _CALLED.get(narrow[0], narrow[0]) if narrow else "-"


def _once(found: Iterable[Lesson]) -> Iterator[Lesson]:
    """Lessons of one key together: what two groups of one reader's read are about in one place."""
    kept: dict[str, Lesson] = {}
    for each in found:
        before = kept.get(each.key)
        if before is None:
            kept[each.key] = each
            continue
        reads = {read.reference: read for read in (*before.reads, *each.reads)}
        kept[each.key] = Lesson(
            each.key, each.reader, tuple(reads.values()), (*before.evidence, *each.evidence)
        )
    yield from kept.values()
