"""How closely an outcome is tied to what a read says: by which finding, how strongly, and for how long.

A finding on the other side, in another place, or of a disease that the read's could not have turned out to be
ties nothing. Every number is in a table.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from app.feedback.disease_words import DiseaseFamily, Persistence
from app.feedback.diseases import turns_out
from app.feedback.findings import ReadFinding, says_normal
from app.feedback.outcomes import OutcomeKind, OutcomeTopic, ReadOutcome
from app.feedback.places import same_place
from app.feedback.reads import FinalRead
from app.records.glance.modalities import affinity
from app.records.glance.recommendations import Recommendation
from app.records.glance.regions import are_paired, overlap

_F, _P = DiseaseFamily, Persistence
DAY = 86_400_000_000


class Tie(StrEnum):
    """By what an outcome is tied to a read."""

    CITED = "cited"
    SAME_EXAM = "same-exam"
    FOUND = "found"
    DENIED = "denied"
    ASKED = "asked"
    NORMAL = "normal"
    PLACE = "place"
    JOINED = "joined"


class Tied(NamedTuple):
    """One tie: how strong it is at once, after how many days it is half as strong, and where it is about.

    `finding` is that of the read, None where the tie is not by one.
    """

    tie: Tie
    strength: float
    half_life: float
    place: frozenset[str]
    finding: ReadFinding | None = None


STRENGTH: Mapping[Tie, float] = {
    Tie.SAME_EXAM: 0.98,
    Tie.CITED: 0.97,
    Tie.FOUND: 0.95,
    Tie.DENIED: 0.85,
    Tie.ASKED: 0.85,
    Tie.NORMAL: 0.75,  # of a read that says so of the whole
    Tie.PLACE: 0.62,
    Tie.JOINED: 0.8,
}
FOREVER = 1e9
_PARTLY_NORMAL = 0.65  # of one that denies some things, and says nothing of the rest
_SEEN: Mapping[Persistence, float] = {_P.ACUTE: 45, _P.LASTING: 300, _P.CHRONIC: 900}
_MISSED: Mapping[Persistence, float] = {_P.ACUTE: 28, _P.LASTING: 60, _P.CHRONIC: 800}
_SEEN_AGAIN: Mapping[Persistence, float] = {_P.ACUTE: 180, _P.LASTING: 700, _P.CHRONIC: 1_500}
_MISSED_THEN: Mapping[Persistence, float] = {_P.ACUTE: 30, _P.LASTING: 120, _P.CHRONIC: 700}
"""The days after which a tie is half as strong: by a finding and what is told of it elsewhere, by what was
denied or not seen; and the same of later pictures, which see a thing again for longer."""
_ORDER = tuple(_P)
_NEAR, _WELL_NEAR = 0.6, 0.85
_NOWHERE = 0.85  # of an outcome that names no place
_NOWHERE_FOR = 120
_TISSUE = 0.75  # tissue of the very place tells of what was seen there, whatever it is called
_EXAM_NEAR = 0.5
_SURE = 0.75
_ALIKE = 0.8  # of what later pictures show, which have words of their own for it
_GUESSED = 0.9
_TELLS_NOTHING = frozenset({_F.SYSTEMIC, _F.AIRWAYS})
_NO_TISSUE = frozenset({_F.HEART, _F.AIR, _F.CLOT})
_FROM_FLUID = re.compile(r"fluid|effusion|ascit|pleura|peritone|흉수|복수|체액|흉막|복막", re.IGNORECASE)
_ASKED_FOR = frozenset({_F.FRACTURE, _F.HEMORRHAGE, _F.CLOT, _F.INFARCT, _F.TUMOR, _F.LESION, _F.ANEURYSM})
"""What a report denies because it was asked, and not because reports do."""
_HIDDEN = frozenset({"polyp", "gastric ulcer", "colitis", "thyroiditis"})
"""What pictures do not show, so that one that is normal missed nothing."""
_CHANGE = re.compile(
    r"\b(?:stable|unchanged|interval (?:change|improv\w+|increase|decrease|growth)|resol(?:ved|ution|ving)"
    r"|improv\w+|decreas\w+|increas\w+|progress\w+|regress\w+|healed|healing|union)\b"
    r"|변화\s*(?:는|가)?\s*없|변화\s*없이|호전|감소|증가|악화|소실|유합|커[졌짐]|작아",
    re.IGNORECASE,
)
_ASKED_EARLY, _ASKED_LATE = 0.3, 3.0


def are_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of sides are of different ones."""
    return bool(one and other) and not one & other


def clinical_ties(read: FinalRead, outcome: ReadOutcome) -> Iterator[Tied]:
    """The ties of a read with what was found in tissue, operated on, or diagnosed at discharge."""
    for finding in read.findings:
        if are_apart(finding.sides, outcome.all_sides):
            continue
        for topic in outcome.topics:
            if found := _by_finding(read, finding, outcome, topic):
                yield found
    if are_apart(read.sides if are_paired(read.regions) else frozenset(), outcome.all_sides):
        return
    if outcome.kind is OutcomeKind.PATHOLOGY:
        yield from _by_advice(read, outcome)
    if not read.meant:
        yield from _by_place(read, outcome)
    noted = outcome.is_of_tissue and same_place(read.noted, outcome.regions) >= _WELL_NEAR
    if noted and not are_apart(read.sides | _sides_meant(read), outcome.all_sides):
        yield Tied(Tie.PLACE, STRENGTH[Tie.PLACE], _SEEN[_P.LASTING], outcome.regions)


def _sides_meant(read: FinalRead) -> frozenset[str]:
    return frozenset(side for each in read.meant for side in each.sides)


def _by_finding(
    read: FinalRead, finding: ReadFinding, outcome: ReadOutcome, topic: OutcomeTopic
) -> Tied | None:
    where = finding.regions
    near = same_place(where, topic.regions) if where and topic.regions else _NOWHERE
    if near < _NEAR or topic.family in _TELLS_NOTHING:
        return None
    alike = _alike(finding, outcome, topic, near)
    nowhere = not topic.regions
    if nowhere and (alike < STRENGTH[Tie.ASKED] or _is_said_at_large(finding, outcome, topic)):
        return None
    if not finding.is_placed and alike < _GUESSED and same_place(where, topic.regions) < 1:
        return None
    if outcome.kind is OutcomeKind.DISCHARGE_DIAGNOSIS:
        alike *= alike  # a diagnosis has words of its own, and need not be guessed from what it may have been
    share = alike * (1.0 if near >= _WELL_NEAR or nowhere else near)
    share = share * _NOWHERE if nowhere else share
    persistence = topic.persistence if topic.family else finding.disease.persistence
    place = where if not topic.regions else topic.regions
    if finding.is_meant:
        half_life = min(_SEEN[persistence], _NOWHERE_FOR if nowhere else FOREVER)
        return Tied(Tie.FOUND, STRENGTH[Tie.FOUND] * share, half_life, where or place, finding)
    missed = topic.name == finding.disease.name or (alike >= _SURE and not read.meant)
    if not missed or nowhere:
        return None
    return Tied(Tie.DENIED, STRENGTH[Tie.DENIED] * share, _MISSED[persistence], where or place, finding)


def _is_of_tissue(family: DiseaseFamily, outcome: ReadOutcome) -> bool:
    """Whether tissue tells of a finding whatever that is called; of fluid, where it is taken from fluid."""
    if family is _F.FLUID:
        return bool(_FROM_FLUID.search(outcome.text) or _FROM_FLUID.search(outcome.label))
    return family not in _TELLS_NOTHING and family not in _NO_TISSUE


def _is_said_at_large(finding: ReadFinding, outcome: ReadOutcome, topic: OutcomeTopic) -> bool:
    """Whether a diagnosis names neither a place nor the very disease that was found."""
    return outcome.kind is OutcomeKind.DISCHARGE_DIAGNOSIS and topic.name != finding.disease.name


def _alike(finding: ReadFinding, outcome: ReadOutcome, topic: OutcomeTopic, near: float) -> float:
    """How far a finding may have turned out to be what an outcome is about."""
    own = finding.disease
    if topic.family is not None and topic.name == own.name:
        return 1.0
    alike = turns_out(own.family, topic.family) if topic.family else 0.0
    told = finding.is_placed and _is_of_tissue(own.family, outcome)
    if outcome.is_of_tissue and finding.is_meant and told and near >= _WELL_NEAR:
        return max(alike, _TISSUE)
    return alike


def _by_advice(read: FinalRead, outcome: ReadOutcome) -> Iterator[Tied]:
    """The tie of tissue with a read that asked for it."""
    here = (each for each in read.meant if _is_near(each.regions, outcome.regions))
    if are_apart(frozenset(side for each in here for side in each.sides), outcome.all_sides):
        return
    for each in read.recommendations:
        if each.procedures:
            where = each.regions or _found_at(read)
            near = same_place(where, outcome.regions) if where and outcome.regions else _NOWHERE
            if near >= _NEAR:
                yield Tied(Tie.ASKED, STRENGTH[Tie.ASKED] * max(near, _NOWHERE), _SEEN[_P.LASTING], where)


def _found_at(read: FinalRead) -> frozenset[str]:
    return frozenset(region for each in read.meant for region in each.regions) or read.regions


def _is_near(where: frozenset[str], there: frozenset[str]) -> bool:
    return not (where and there) or same_place(where, there) >= _NEAR


def _by_place(read: FinalRead, outcome: ReadOutcome) -> Iterator[Tied]:
    """The ties of a read that found nothing, or nothing that is understood, with what its pictures show."""
    if not (read.regions and outcome.regions) or same_place(read.regions, outcome.regions) < _WELL_NEAR:
        return
    by, strength = _nothing_found(read)
    for topic in outcome.topics:
        if (
            topic.family in _TELLS_NOTHING
            or topic.name in _HIDDEN
            or (topic.family is None and by is Tie.NORMAL)
        ):
            continue
        yield Tied(by, strength, _MISSED[topic.persistence], outcome.regions)


def _nothing_found(read: FinalRead) -> tuple[Tie, float]:
    """How a read that found nothing is tied to what its pictures show."""
    if not read.is_normal:
        return Tie.PLACE, STRENGTH[Tie.PLACE]
    return Tie.NORMAL, STRENGTH[Tie.NORMAL] if says_normal(read.text.first) else _PARTLY_NORMAL


def imaging_ties(read: FinalRead, outcome: ReadOutcome) -> Iterator[Tied]:
    """The ties of a read with later pictures of the same place."""
    later = outcome.read
    if later is None or (are_paired(read.regions) and are_apart(read.sides, later.sides)):
        return
    shared = overlap(read.regions, later.regions)
    if shared < _EXAM_NEAR and not _meet(read, later):
        return
    for finding in read.findings:
        for other in later.findings:
            if found := _seen_again(read, finding, later, other):
                yield found
    alike = shared >= _WELL_NEAR and affinity(read.modalities, later.modalities) >= _SURE
    if read.meant and alike and not later.findings and _CHANGE.search(outcome.text):
        where = read.meant[0].regions or read.regions
        yield Tied(Tie.FOUND, _SURE, _SEEN_AGAIN[read.meant[0].disease.persistence], where, read.meant[0])
    if not read.meant:
        yield from _news(read, later)
    yield from _as_asked(read, later, shared)


def _meet(read: FinalRead, later: FinalRead) -> bool:
    """Whether two reads have findings in one place, whatever their pictures are of."""
    mine = frozenset(region for each in read.meant for region in each.regions)
    theirs = frozenset(region for each in later.findings for region in each.regions)
    return same_place(mine, theirs) >= _WELL_NEAR


def _seen_again(read: FinalRead, finding: ReadFinding, later: FinalRead, other: ReadFinding) -> Tied | None:
    where, there = finding.regions, other.regions
    if same_place(where, there) < _NEAR or are_apart(finding.sides, other.sides):
        return None
    same = finding.disease.name == other.disease.name
    alike = 1.0 if same else turns_out(finding.disease.family, other.disease.family)
    if alike < _ALIKE or (not same and alike < 1 and not (finding.is_meant and other.is_meant)):
        return None
    persistence = _ORDER[min(map(_ORDER.index, (finding.disease.persistence, other.disease.persistence)))]
    if finding.is_meant:
        return Tied(Tie.FOUND, STRENGTH[Tie.FOUND] * alike, _SEEN_AGAIN[persistence], where, finding)
    if not other.is_meant or (read.meant and not _is_denied_outright(read, finding, same=same)):
        return None
    return Tied(Tie.DENIED, STRENGTH[Tie.DENIED] * alike, _MISSED_THEN[persistence], where, finding)


def _is_denied_outright(read: FinalRead, finding: ReadFinding, *, same: bool) -> bool:
    """Whether a read that found other things denies this one for more than form's sake."""
    return same and (are_paired(read.regions) or finding.disease.family in _ASKED_FOR)


def _news(read: FinalRead, later: FinalRead) -> Iterator[Tied]:
    """The ties of a read that found nothing with what later pictures of the very place find."""
    by, strength = _nothing_found(read)
    sides = read.sides or frozenset(side for each in read.findings for side in each.sides)
    for other in later.meant:
        there = other.regions
        near = same_place(read.regions, there) >= _WELL_NEAR and not are_apart(sides, other.sides)
        if near and other.disease.family not in _TELLS_NOTHING:
            yield Tied(by, strength, _MISSED_THEN[other.disease.persistence], there)


def _as_asked(read: FinalRead, later: FinalRead, shared: float) -> Iterator[Tied]:
    """The ties of a read with later pictures that it asked for, about the time that it named."""
    days = (later.at - read.at) / DAY
    if are_apart(_sides_meant(read), frozenset(side for each in later.findings for side in each.sides)):
        return
    for each in read.recommendations:
        if not each.procedures and shared >= _NEAR and _is_kind(each, later) and _is_time(each, days):
            yield Tied(Tie.ASKED, STRENGTH[Tie.ASKED], FOREVER, each.regions or read.regions)


def _is_kind(advice: Recommendation, later: FinalRead) -> bool:
    placed = not advice.regions or overlap(advice.regions, later.regions) >= _EXAM_NEAR
    return placed and bool(advice.modalities & later.modalities)


def _is_time(advice: Recommendation, days: float) -> bool:
    if advice.delay is None:
        return days <= _NOWHERE_FOR
    return advice.delay.low * _ASKED_EARLY <= days <= max(advice.delay.high * _ASKED_LATE, 30)


def strongest(ties: Iterable[Tied], days: float) -> tuple[Tied, float] | None:
    """The tie that is strongest after so many days, and how strong it is; None where there is none."""
    weighed = [(each.strength * 0.5 ** (max(days, 0.0) / each.half_life), place, each)
               for place, each in enumerate(ties)]  # fmt: skip
    if not weighed:
        return None
    strength, _, found = max(weighed, key=lambda one: (one[0], -one[1]))
    return found, strength
