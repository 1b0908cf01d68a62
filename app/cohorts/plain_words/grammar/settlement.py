"""Settles what reaches over several facts once all are read: ages at events, stays, lists, periods."""

from collections.abc import Sequence
from itertools import pairwise

from app.cohorts.plain_words.grammar.choices import Alternative, Bilingual
from app.cohorts.plain_words.grammar.clauses import VISITS
from app.cohorts.plain_words.grammar.doubts import (
    ONE_OF,
    REASON,
    REASONS,
    SINCE,
    SINCE_WAYS,
    SITES,
    SITES_OF,
    WINDOW,
)
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact, PersonFact, Relative
from app.cohorts.plain_words.grammar.lists import end_lists, head_of, settle_levels
from app.cohorts.plain_words.grammar.telling import TIMED, Attachment, Telling
from app.cohorts.plain_words.grammar.times import EVENT, TimeSaid
from app.cohorts.plain_words.scanning.signs import Sign

_MOST_OTHERS = 3
_DONE_ONCE = ("condition", "lab", "procedure", "imaging", "encounter", "vaccine", "report")
_LISTED = ("and", "or", "comma", "slash")
_LASTING = ("condition", "state", "word", "allergen", "family")
_DONE_AT_ONCE = ("imaging", "procedure", "drug", "vaccine")


def settle_ages(told: Telling) -> None:
    """Find the event of an age that is said of one; drop `adults` beside an age in numbers."""
    aged = [
        (each, each.told, each.told.age)
        for each in told.entries
        if isinstance(each.told, PersonFact) and each.told.age is not None
    ]
    exact = {entry.clause.sentence for entry, _, age in aged if not age.loose}
    for entry, person, age in aged:
        if age.loose and entry.clause.sentence in exact:
            told.entries.remove(entry)
            told.used += person.signs
        elif age.at_event or person.value.startswith("at:"):
            person.at = _nearest(told, entry, person.value.removeprefix("at:"), ahead=age.ahead)


def _nearest(told: Telling, entry: ClauseEntry, kind: str, *, ahead: bool) -> Fact | None:
    """The fact nearest to an entry that happened at some time; those before it first, or those `ahead`."""
    place = told.entries.index(entry)
    before, behind = told.entries[place - 1 :: -1] if place else [], told.entries[place + 1 :]
    order = [*behind, *before] if ahead else [*before, *behind]
    facts = [each.told for each in order if isinstance(each.told, Fact) and each.told.kind in TIMED]
    if kind:
        facts = [each for each in facts if each.kind == kind] or [Fact(kind, (), list(entry.told.signs))]
    return facts[0] if facts else None


def settle_stays(told: Telling, signs: Sequence[Sign]) -> None:
    """What somebody was admitted with: a period behind it is that of the stay; it may be its reason."""
    for entry in list(told.entries):
        stay = entry.told
        if not isinstance(stay, Fact) or stay.kind != "encounter" or not (stay.rows or stay.role in VISITS):
            continue
        reasons = _reasons(told, entry, signs)
        if not reasons or entry.clause.denied or entry.excluded:
            continue
        facts = [each.told for each in reasons if isinstance(each.told, Fact)]
        _take_times(told, stay, facts, same=reasons[-1].clause is entry.clause)
        if told.choices.pick("reason", stay.start, REASON, REASONS) == "reason":
            stay.reasons = facts
            for reason in reasons:
                told.entries.remove(reason)


def _take_times(told: Telling, stay: Fact, facts: Sequence[Fact], *, same: bool) -> None:
    """Give a stay the times of what it was for, those by other events only in the `same` clause."""
    if not stay.windows:
        stay.windows = list(facts[-1].windows)
        for each in facts:
            each.windows = []
        for attached in told.attachments:
            if any(one is each for one in attached.to for each in facts):
                attached.to = [stay]
    if same:
        stay.relatives = stay.relatives or [_of_another(each, stay) for each in facts[-1].relatives]
        stay.recent = stay.recent or facts[0].recent
        for each in facts:
            each.relatives, each.recent = [], None


def _of_another(relative: Relative, stay: Fact) -> Relative:
    """A time relative to a stay that is not the one that is told by it: `admitted … after discharge`."""
    if relative.anchor is not stay:
        return relative
    return Relative(relative.said, relative.sign, Fact("encounter", (), [relative.sign], role="admit"))


def _reasons(told: Telling, entry: ClauseEntry, signs: Sequence[Sign]) -> list[ClauseEntry]:
    """The diagnoses of the clause of a stay, or right behind it with no word for patients between."""
    same = [each for each in told.entries if _is_condition(each) and each.clause is entry.clause]
    place = told.entries.index(entry)
    behind = told.entries[place + 1 : place + 2]
    if same or not behind or not _is_condition(behind[0]) or behind[0].link or behind[0].clause.denied:
        return same
    between = (entry.told.signs[-1].end, behind[0].told.signs[0].start)
    inner = [each for each in signs if between[0] <= each.start < between[1]]
    return [] if any(each.kind in ("subj", "pron") for each in inner) else list(behind)


def _is_condition(entry: ClauseEntry) -> bool:
    return isinstance(entry.told, Fact) and entry.told.kind == "condition"


def settle_deaths(told: Telling) -> None:
    """`sepsis patients who died within 28 days`: after that, unless a period is said to end today."""
    for entry in told.entries:
        dead = entry.told
        if not isinstance(dead, PersonFact) or dead.kind != "deceased" or dead.relatives:
            continue
        signs = [each for each in dead.signs if each.kind == "window" and is_bare_length(each)]
        others = told.in_sentence(entry.clause.sentence)
        facts = [each.told for each in others if isinstance(each.told, Fact) and each.told.kind in TIMED]
        if not signs or not facts or entry.clause.denied:
            continue
        if told.choices.pick("since", signs[0].start, SINCE, SINCE_WAYS) == "event":
            after = TimeSaid({"within": signs[0].value.period["within"], "after": EVENT})
            dead.relatives.append(Relative(after, signs[0], facts[-1]))
            dead.windows = [each for each in dead.windows if each is not signs[0].value]


def is_bare_length(window: Sign) -> bool:
    """Whether a period is a length alone: `within 28 days`."""
    rolling = any(each.kind in ("lastroll", "last", "past", "recent", "ago", "asof") for each in window.parts)
    inner = any(one.kind == "asof" for each in window.parts for one in each.parts)
    return not rolling and not inner and set(window.value.period) == {"within", "before"}


def settle_readmissions(told: Telling) -> None:
    """`readmitted within 30 days`: so long after a stay, and not before the day of the question."""
    for attached in told.attachments:
        rolling = any(each.kind in ("lastroll", "last", "past", "recent") for each in attached.sign.parts)
        said = attached.sign.value
        if rolling or set(said.period) != {"within", "before"}:
            continue
        for fact in _readmitted(told, attached):
            if fact.role == "readmit" and not fact.relatives:
                stay = Fact("encounter", (), list(fact.signs), role="admit")
                after = TimeSaid({"within": said.period["within"], "after": EVENT})
                fact.relatives.append(Relative(after, attached.sign, stay))
                for each in (fact, *attached.to):
                    each.windows = [one for one in each.windows if one is not said]


def _readmitted(told: Telling, attached: Attachment) -> list[Fact]:
    """The facts of a period, and the stay whose reason they are: `readmitted with heart failure`."""
    facts = [each for each in attached.to if isinstance(each, Fact)]
    for before, entry in pairwise(told.entries):
        if facts and entry.told is facts[0] and not entry.link and isinstance(before.told, Fact):
            facts.append(before.told)
    return facts


def settle_denied_times(told: Telling) -> None:
    """`no colonoscopy for over 5 years`: none in those years, not one before them."""
    for entry in told.entries:
        fact = entry.told
        if not entry.clause.denied or not isinstance(fact, Fact) or fact.kind not in _DONE_ONCE:
            continue
        fact.windows = [_within(each) for each in fact.windows]


def _within(said: TimeSaid) -> TimeSaid:
    if set(said.period) != {"atLeast", "before"}:
        return said
    return TimeSaid({"within": said.period["atLeast"], "before": said.period["before"]})


def settle_lists(told: Telling) -> None:
    """What is said of one of several in a list is said of all: `ultrasound or CT of the abdomen`."""
    entries = told.entries
    settle_levels(told.entries)
    _share_sites(told)
    end_lists(entries)
    for at in range(len(entries) - 1, 0, -1):
        one, other = entries[at - 1], entries[at]
        if other.link not in ("or", "slash") or one.clause is not other.clause:
            continue
        first, second = one.told, other.told
        if not isinstance(first, Fact) or not isinstance(second, Fact) or first.kind != second.kind:
            continue
        _share(told, first, second)
        if first.kind == "imaging" and _differ_in_modality_only(first, second):
            first.modalities += [each for each in second.modalities if each not in first.modalities]
            first.signs += second.signs
            for attached in told.attachments:
                attached.to = [first if each is second else each for each in attached.to]
            del entries[at]


def settle_current(told: Telling) -> None:
    """What is taken now of a list of drugs is all of it: `currently on A, B or C`."""
    run: list[Fact] = []
    clause: Clause | None = None
    for entry in told.entries:
        fact = entry.told
        if not isinstance(fact, Fact) or fact.kind != "drug":
            run = []
            continue
        same = run and entry.link in _LISTED and entry.clause is clause
        run, clause = [*run, fact] if same else [fact], entry.clause
        if any(each.current for each in run):
            for each in run:
                each.current = True


def _share_sites(told: Telling) -> None:
    """`a CT and an MRI of the brain`: of the brain both, unless somebody chooses otherwise."""
    for one, other in reversed(list(pairwise(told.entries))):
        first, second = one.told, other.told
        if other.link not in ("and", "comma") or not isinstance(first, Fact) or not isinstance(second, Fact):
            continue
        bare = first.kind == second.kind == "imaging" and not first.sites and _is_site_last(second)
        if bare and told.choices.pick("sites", second.start, SITES, SITES_OF) == "both":
            first.sites, first.laterality = list(second.sites), second.laterality


def _is_site_last(pictures: Fact) -> bool:
    """Whether the part of the body stands behind the modality."""
    sites = [each.start for each in pictures.signs if each.has("ent:site")]
    modalities = [each.start for each in pictures.signs if each.has("ent:modality")]
    return bool(sites and modalities) and min(sites) > min(modalities)


def _share(told: Telling, one: Fact, other: Fact) -> None:
    other.recent = other.recent or one.recent
    ahead = [each for each in one.signs if each.kind == "window" and each.start > one.start]
    only = (
        bool(ahead)
        and not other.windows
        and told.choices.pick("shared", other.start, WINDOW, ONE_OF) == "one"
    )
    for first, second in ((one, other), (other, one)):
        first.relatives = first.relatives or list(second.relatives)
        if not (only and first is other):
            first.windows = first.windows or list(second.windows)
        first.sites = first.sites or list(second.sites)
        first.laterality = first.laterality or second.laterality
        first.number = first.number or second.number
        if first.kind == "lab":
            first.pick = first.pick or second.pick
        if not first.values and not first.level:
            first.values, first.level = list(second.values), second.level


def _differ_in_modality_only(one: Fact, other: Fact) -> bool:
    return _told(one) == _told(other)


def _told(fact: Fact) -> tuple[object, ...]:
    return (
        fact.sites,
        fact.contrast,
        fact.laterality,
        fact.makers,
        fact.features,
        fact.windows,
        fact.relatives,
        fact.number,
        fact.pick,
        fact.described,
    )


def settle_windows(told: Telling) -> None:
    """A period may be meant for other facts of its sentence than the nearest."""
    for attached in told.attachments:
        others = _others(told, attached)
        if not others:
            _settle_among(told, attached)
            continue
        ways = [Alternative("nearest", named(attached.to))]
        ways += [Alternative(f"other-{at}", named([each])) for at, each in enumerate(others)]
        ways.append(Alternative("all", Bilingual("all of them", "모두")))
        head = head_of(told.entries, attached.to, attached.sign.start, others)
        if head is not None:
            ways.insert(0, ways.pop(head + 1))
        leads = _leads_results(told, attached, others) or _is_method(told, attached, others)
        if leads or _are_neither(told, attached, others):
            ways.insert(0, ways.pop())
        chosen = told.choices.pick("window", attached.sign.start, WINDOW, ways)
        if chosen.startswith("other-"):
            _move(attached, [others[int(chosen[6:])]], keep=False)
        elif chosen == "all":
            _move(attached, others, keep=True)


def _leads_results(told: Telling, attached: Attachment, others: Sequence[Fact]) -> bool:
    """Whether a period leads results, or what is done: `최근 3일 체온 38도 초과이고 WBC 15,000 초과`."""
    facts = [*(each for each in attached.to if isinstance(each, Fact)), *others]
    leads = all(
        attached.sign.start < sign.start for each in facts for sign in each.signs if sign is not attached.sign
    )
    one_kind = len({each.kind for each in facts}) == 1 and facts[0].kind in _DONE_AT_ONCE
    return leads and (one_kind or all(each.kind == "lab" and (each.values or each.level) for each in facts))


def _are_neither(told: Telling, attached: Attachment, others: Sequence[Fact]) -> bool:
    """Whether a period is of two that are denied at once: `neither CT nor MRI in the past year`."""
    last = next((each for each in told.entries if each.told is attached.to[0]), None)
    other = next((each for each in told.entries if each.told is others[0]), None)
    if last is None or other is None or len(others) + len(attached.to) > len(("A", "B")):
        return False
    apart = last.clause is not other.clause and not last.link
    return last.clause.denied and other.clause.denied and apart


def _is_method(told: Telling, attached: Attachment, others: Sequence[Fact]) -> bool:
    """Whether what has the period is how the one result was found: `LVEF below 40 % by echocardiography`."""
    place = next((at for at, each in enumerate(told.entries) if each.told is attached.to[0]), 0)
    entry = told.entries[place]
    found = isinstance(entry.told, Fact) and entry.told.kind in ("procedure", "imaging") and not entry.link
    return (
        found
        and place > 0
        and len(others) == 1
        and told.entries[place - 1].told is others[0]
        and bool(others[0].values or others[0].level)
    )


def _settle_among(told: Telling, attached: Attachment) -> None:
    """A period of several things of different kinds may be meant for one of them."""
    facts = [each for each in attached.to if isinstance(each, Fact)]
    if len({each.kind for each in facts}) <= 1 and not _are_apart(told, facts):
        return
    ways = [Alternative("all", named(facts))]
    ways += [Alternative(f"only-{at}", named([each])) for at, each in enumerate(facts)]
    happened = [at for at, each in enumerate(facts) if each.kind not in _LASTING]
    if len(happened) == 1 and _stand_loosely(told, facts):
        ways.insert(0, ways.pop(happened[0] + 1))
    chosen = told.choices.pick("window", attached.sign.start, WINDOW, ways)
    if chosen.startswith("only-"):
        kept = facts[int(chosen[5:])]
        for each in facts:
            if each is not kept:
                each.windows = [one for one in each.windows if one is not attached.sign.value]


def _are_apart(told: Telling, facts: Sequence[Fact]) -> bool:
    """Whether a period behind `A and B` may be meant for B alone."""
    entries = [each for each in told.entries if any(each.told is one for one in facts)]
    return len(entries) == len(("A", "B")) and entries[1].link == "and" and not entries[0].clause.denied


def _stand_loosely(told: Telling, facts: Sequence[Fact]) -> bool:
    """Whether a diagnosis that nobody says when it was made stands beside something that happened."""
    entries = [each for each in told.entries if any(each.told is one for one in facts)]
    made = any(each.kind in _LASTING and each.role in ("dx", "develop", "suffer") for each in facts)
    return not made and all(each.link in ("", "comma") for each in entries[1:])


def _others(told: Telling, attached: Attachment) -> list[Fact]:
    home = next((each.clause.sentence for each in told.entries if each.told is attached.to[0]), None)
    found = [
        each.told
        for each in told.entries
        if isinstance(each.told, Fact)
        and each.clause.sentence == home
        and each.told.kind in TIMED
        and not each.told.windows
        and not each.told.relatives
    ]
    return [each for each in found if all(each is not one for one in attached.to)][:_MOST_OTHERS]


def _move(attached: Attachment, to: Sequence[Fact], *, keep: bool) -> None:
    value = attached.sign.value
    if not keep:
        for each in attached.to:
            if isinstance(each, Fact):
                each.windows = [one for one in each.windows if one is not value]
    for fact in to:
        fact.windows.append(value)


def named(facts: Sequence[object]) -> Bilingual:
    """What facts are called."""
    names = [each for each in facts if isinstance(each, Fact)]
    en = " and ".join(each.rows[0].en[0] if each.rows else each.kind for each in names)
    ko = ", ".join(each.rows[0].ko[0] if each.rows else each.kind for each in names)
    return Bilingual(en or "what stands nearest", ko or "가장 가까운 것")
