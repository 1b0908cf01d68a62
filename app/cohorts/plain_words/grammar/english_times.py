"""Reads times that English tells by another event: `within 30 days after`, `later`, `at diagnosis`."""

from collections.abc import Mapping
from dataclasses import replace

from app.cohorts.plain_words.grammar.clauses import BEGUN, KINDS_BACK, ROW_KINDS, VISITS
from app.cohorts.plain_words.grammar.doubts import (
    ALONE,
    DEATHS,
    EARLIER,
    LATER,
    LISTED_ANCHORS,
    LISTED_WAYS,
    PRECEDED,
    SINCE,
    SINCE_WAYS,
    WINDOW,
)
from app.cohorts.plain_words.grammar.english_reports import EnglishReportReader
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact, PersonFact, Relative, ToldFact
from app.cohorts.plain_words.grammar.telling import TIMED
from app.cohorts.plain_words.grammar.things import PICTURES, kinds_of
from app.cohorts.plain_words.grammar.times import EVENT, TimeSaid
from app.cohorts.plain_words.scanning.signs import THING, Sign

_BOUNDARIES = ("comma", "semi", "stop", "and", "or", "but", "pron", "neg", "excl", "close", "")
_COUNTED_ON = ("dx", "start", "admit", "discharge", "visit", "develop", "stop")
_TIMES = ("number", "day", "times", "many")
_BESIDE_TAKEN = ("soft", "past", "current", "sev", "weak", "level", "ver", "newly")
_HAPPENED = ("imaging", "procedure", "encounter", "drug", "vaccine", "report")
_BACK: Mapping[str, tuple[str, ...]] = {
    **KINDS_BACK,
    **dict.fromkeys(("admit", "discharge", "visit"), ("encounter",)),
}


class EnglishTimeReader(EnglishReportReader):
    """Reads what an English question tells relative to another event."""

    def preposition(self, at: int) -> int:
        """`with`, `for`, `in`: a cue of a clause of its own, or one that leads into a report."""
        sign = self.signs[at]
        if sign.kind in ("in", "on", "from", "at") and self.report_ahead(at + 1):
            return self.into_report(at)
        if sign.kind in ("on", "in") and self.seen_on(at + 1):
            return self.into_pictures(at)
        if sign.kind == "with" and self.shows_word(at):
            return self.mention(at)
        if self.says_nothing(sign):
            return self.used(at)
        if self.told.in_clause() or self.told.clause is None:
            role = "take" if sign.kind == "on" and self.is_taken(at + 1) else ""
            self.told.open(role=role, sign=sign)
        else:
            self.told.used.append(sign)
            if sign.kind == "on" and not self.told.clause.role and self.is_taken(at + 1):
                self.told.clause.role = "take"
        return at + 1

    def is_taken(self, at: int) -> bool:
        """Whether what stands behind `on` may be taken: no diagnosis, and no number of times."""
        ahead = next((each for each in self.signs[at:] if each.kind not in _BESIDE_TAKEN), None)
        return ahead is None or (kinds_of(ahead)[:1] != ("condition",) and ahead.kind not in _TIMES)

    def says_nothing(self, sign: Sign) -> bool:
        """Whether a cue only leads from what stands before it to what follows."""
        clause = self.told.clause
        if (
            sign.kind == "on"
            and clause is not None
            and clause.role in ("start", "stop")
            and not self.told.in_clause()
        ):
            return True
        if sign.kind == "of" or (self.told.report is not None and sign.kind in ("with", "of", "as")):
            return True
        return self.told.awaited is not None or self.goes_on(sign)

    def shows_word(self, at: int) -> bool:
        """Whether what only reports tell stands behind pictures: `CXR with cardiomegaly`."""
        last = self.told.entries[-1].told if self.told.entries else None
        pictures = isinstance(last, Fact) and last.kind == "imaging" and self.touches(last, at)
        ahead = self.sign(at + 1)
        return pictures and ahead is not None and kinds_of(ahead)[:1] == ("word",)

    def goes_on(self, sign: Sign) -> bool:
        """Whether a cue only says again what governs its list: `allergic to A or to B`."""
        clause = self.told.clause
        governs = clause is not None and (clause.role in ("allergy", "vacc", "family") or clause.denied)
        also = ("on",) if clause is not None and clause.denied and self.told.link == "or" else ()
        return governs and sign.kind in ("to", "of", "for", *also) and self.told.link in ("or", "and")

    def relative(self, at: int) -> int:
        """`within 30 days after`: what follows is the anchor."""
        sign = self.signs[at]
        entries = self.told.in_clause() or [
            each for each in self.told.entries[-1:] if each.clause.sentence == self.told.sentence
        ]
        if not self.anchor_follows(at + 1):
            return self.unanchored(at)
        relative = Relative(self.counted_on(sign.value, at + 1), sign)
        last = entries[-1].told if entries else None
        if isinstance(last, Fact):
            for each in self.told_alike(last):
                each.relatives.append(relative)
                each.signs.append(sign)
        elif isinstance(last, PersonFact) and not _is_death(last) and (fact := self.told.last_fact()):
            fact.relatives.append(relative)
            fact.signs.append(sign)
        elif isinstance(last, PersonFact):
            if not _is_death(last):
                return self.left(at)
            last.relatives.append(relative)
            last.signs.append(sign)
        else:
            self.told.fronted.append(relative)
            self.told.used.append(sign)
        self.told.awaited = relative
        self.told.close()
        return at + 1

    def placed(self, fact: Fact, behind: int) -> int:
        """Add a fact; one that `or` lists with an anchor is one, too: `after surgery or catheterization`."""
        last = self.listed_anchor(fact)
        if (
            last is None
            or self.told.choices.pick("anchors", fact.start, LISTED_ANCHORS, LISTED_WAYS) == "fact"
        ):
            return super().placed(fact, behind)
        self.told.take_waiting(fact)
        relative = last.told.relatives[-1]
        if relative.anchor is not None and fact.kind in BEGUN:
            fact.pick = fact.pick or relative.anchor.pick
        self.told.clause = last.clause
        listed = [
            each.told
            for each in self.told.entries
            if isinstance(each.told, Fact) and relative in each.told.relatives
        ]
        for each in listed:
            *before, _ = each.relatives
            self.told.link = "or"
            self.told.add(replace(each, relatives=[*before, Relative(relative.said, relative.sign, fact)]))
        self.told.close()
        return behind

    def listed_anchor(self, fact: Fact) -> ClauseEntry | None:
        """What is told by an anchor that `or` lists a fact of its kind behind; None where there is none."""
        last = self.told.entries[-1] if self.told.entries else None
        told = last.told if last is not None else None
        if self.told.link != "or" or self.told.comma or not isinstance(told, Fact) or not told.relatives:
            return None
        anchor = told.relatives[-1].anchor
        place = next((at for at, sign in enumerate(self.signs) if fact.signs and sign is fact.signs[0]), 0)
        while place > 0 and self.kind(place - 1) in ("past", "soft", "role", "or"):
            place -= 1
        listed = anchor is not None and anchor.kind == fact.kind and self.touches(anchor, place)
        return last if listed and self.told.awaited is None else None

    def told_alike(self, fact: Fact) -> list[Fact]:
        """A fact and those of its list that happened with it: of `and` only those of its kind."""
        listed = self.listed_with(fact)
        links = [each.link for each in self.told.entries if each.told in listed[:-1] or each.told is fact]
        if set(links) <= {"or", "slash"}:
            return listed
        return [*self.denied_before(listed[-1]), *(each for each in listed if each.kind == fact.kind)]

    def denied_before(self, fact: Fact) -> list[Fact]:
        """What is denied with a fact of its kind right before it: `neither a CT nor an MRI after surgery`."""
        entries = self.told.in_sentence()
        place = next((at for at, each in enumerate(entries) if each.told is fact), 0)
        one, other = entries[place - 1 : place + 1] if place else (None, None)
        if one is None or other is None or not isinstance(one.told, Fact):
            return []
        both = one.clause.denied and other.clause.denied and one.clause is not other.clause
        alike = one.told.kind == fact.kind and not one.told.windows and not one.told.relatives
        return [one.told] if both and alike and not other.link else []

    def counted_on(self, said: TimeSaid, at: int) -> TimeSaid:
        """`within 3 days of diagnosis` is after it, unless somebody chooses otherwise."""
        sign = self.sign(at)
        counted = sign is not None and (
            (sign.kind == "role" and sign.detail in _COUNTED_ON)
            or sign.has("ent:encounter")
            or (self.kind(at + 1) == "role" and self.signs[at + 1].detail == "dx")
        )
        if said.loose == "around" and self.kind(at) in ("past", "last"):  # `within 2 days of an earlier one`
            return TimeSaid({"within": said.period["within"], "after": said.period["around"]})
        return TimeSaid(said.period, loose="on") if counted and said.loose == "around" else said

    def anchor_follows(self, at: int) -> bool:
        """Whether something that happened follows."""
        while (sign := self.sign(at)) is not None:
            if sign.has(THING) or sign.kind in ("row", "role", "dead"):
                return True
            if sign.kind in _BOUNDARIES and sign.kind not in ("pron",):
                return False
            at += 1
        return False

    def unanchored(self, at: int) -> int:
        """A relative time without its anchor: `no prescription before`."""
        said = self.signs[at].value.period
        if set(said) == {"before"}:
            return self.came_before(at)
        if set(said) == {"after"}:
            return self.later(at)
        return self.of_earlier(at)

    def came_before(self, at: int) -> int:
        """`insulin, and no metformin before that`: before what was told first; `CT before and MRI after`."""
        if any(each.kind == "rel" for each in self.signs[at + 1 :]):
            return self.left(at)
        facts = self.told.facts_in_sentence()
        sign = self.signs[at]
        if facts[1:] and facts[-1].rows == facts[-2].rows:
            return self.left(at)
        if facts[1:] and self.told.choices.pick("before", sign.start, LATER, PRECEDED) == "before":
            facts[-1].relatives.append(Relative(sign.value, sign, facts[-2]))
        return self.used(at)

    def of_earlier(self, at: int) -> int:
        """`MRI despite eGFR < 30 in the week before`: before what was told before that."""
        facts = self.told.facts_in_sentence()
        if len(facts) < len(("that", "this")) or facts[-2].kind not in _HAPPENED:
            return self.left(at)
        sign = self.signs[at]
        self.told.choices.pick("earlier", sign.start, EARLIER, ALONE)
        facts[-1].relatives.append(Relative(sign.value, sign, facts[-2]))
        return self.used(at)

    def later(self, at: int) -> int:
        """`who later developed`: after what was told before."""
        last = self.told.last_fact()
        if last is None:
            return self.used(at)
        if not self.anything_follows(at + 1):
            return self.came_later(at)
        self.told.fronted.append(_after(last, self.signs[at]))
        self.told.link = self.told.link or "and"
        return self.used(at)

    def anything_follows(self, at: int) -> bool:
        """Whether a thing, a death or a stay follows in the sentence."""
        while (sign := self.sign(at)) is not None and sign.kind not in ("stop", "semi"):
            said = sign.kind == "role" and sign.detail in (*VISITS, "develop", "suffer")
            if said or sign.has(THING) or sign.kind in ("row", "dead"):
                return True
            at += 1
        return False

    def came_later(self, at: int) -> int:
        """`… who were started on B afterwards`: the last fact is after the one before it."""
        facts = self.told.facts_in_sentence()
        if not facts[1:]:
            return self.left(at)
        *_, earlier, last = facts
        last.relatives.append(_after(earlier, self.signs[at]))
        return self.used(at)

    def together(self, at: int) -> int:
        """`X and Y on the same day`: the last is at the time of the one before it."""
        facts = self.told.facts_in_sentence()
        if not facts[1:]:
            return self.left(at)
        sign = self.signs[at]
        said = TimeSaid({"same": sign.detail, "as": EVENT})
        facts[-1].relatives.append(Relative(said, sign, facts[-2]))
        return self.used(at)

    def window(self, at: int) -> int:
        """A period; `and then an MRI within two weeks` tells how long after what stands before."""
        sign = self.signs[at]
        last = self.told.entries[-1].told if self.told.entries else None
        later = [each for each in last.relatives if each.said.loose == "later"] if last else []
        if self.is_of_death(at) or self.is_denied_time(at):
            return at + 1
        if set(sign.value.period) == {"within", "before"} and not _is_rolling(sign):
            if later:
                later[-1].said = TimeSaid({"within": sign.value.period["within"], "after": EVENT})
                return self.used(at)
            if last is not None and self.is_since_anchor(last, at):
                return self.used(at)
        return super().window(at)

    def is_denied_time(self, at: int) -> bool:
        """Whether a period alone is denied: `a stroke, but not within the last 3 months`."""
        denied = self.kind(at - 1) in ("neg", "excl")
        last = self.told.last_fact()
        if not denied or last is None or last.kind not in TIMED or self.anything_follows(at + 1):
            return False
        sign = self.signs[at]
        if self.kind(at - 1) == "neg" and not (self.told.clause and self.told.clause.denied):
            return False
        copied = replace(last, signs=[sign], windows=[sign.value], relatives=list(last.relatives))
        self.told.link, self.told.comma = "", False
        if self.kind(at - 1) == "neg":
            self.told.link = "but"
        self.told.add(copied)
        return True

    def is_of_death(self, at: int) -> bool:
        """Whether a period behind what somebody died of is that of the death: `died of sepsis in 2025`."""
        told = self.told.in_sentence()[-2:]
        dead, cause = (told[0].told, told[1]) if told[1:] else (None, None)
        if (
            not isinstance(dead, PersonFact)
            or not _is_death(dead)
            or dead.windows
            or cause is None
            or cause.link
        ):
            return False
        sign = self.signs[at]
        if self.told.choices.pick("died", sign.start, WINDOW, DEATHS) != "death":
            return False
        dead.windows.append(sign.value)
        dead.signs.append(sign)
        return True

    def is_since_anchor(self, told: ToldFact, at: int) -> bool:
        """Whether a length behind an anchor is that since it: `embolism after surgery, within 3 months`."""
        relative = told.relatives[-1] if told.relatives else None
        if (
            relative is None
            or set(relative.said.period) not in ({"before"}, {"after"})
            or relative.said.loose
        ):
            return False
        sign = self.signs[at]
        if self.told.choices.pick("since", sign.start, SINCE, SINCE_WAYS) != "event":
            return False
        (side,) = relative.said.period
        relative.said = TimeSaid({"within": sign.value.period["within"], side: EVENT})
        return True

    def back(self, relative: Relative, at: int) -> int:
        """`after the diagnosis`: the one that was told of."""
        sign = self.signs[at]
        kinds = _BACK.get(sign.detail, ())
        anchor = self.earlier_fact(*kinds, but=relative)
        if anchor is None and kinds:
            anchor = Fact(kinds[0], (), [sign], role=sign.detail)
        if anchor is None:
            return self.left(at)
        relative.anchor, self.told.awaited = anchor, None
        return self.used(at)

    def any_row(self, at: int) -> int:
        """A type of record; as an anchor, the one that was told of."""
        if self.told.awaited is not None:
            kind = ROW_KINDS.get(self.signs[at].detail, "")
            own = self.told.awaited
            found = self.earlier_fact(kind, but=own)
            if found is not None:
                own.anchor, self.told.awaited = found, None
                return self.used(at)
        return self.row(at)

    def at_time(self, at: int) -> int:
        """`at diagnosis` behind an age: the age at that time."""
        last = self.told.entries[-1].told if self.told.entries else None
        ahead = self.sign(at + 1)
        if isinstance(last, PersonFact) and last.age is not None and ahead is not None:
            kinds = _BACK.get(ahead.detail, ()) if ahead.kind == "role" else kinds_of(ahead)[:1]
            if ahead.kind == "row":
                kinds = (ROW_KINDS[ahead.detail],)
            if kinds:
                last.value = f"at:{PICTURES.get(kinds[0], kinds[0])}"
                last.signs += [self.signs[at], ahead]
                named = ahead.kind != "role" or self.thing_follows(at + 2)
                last.age = replace(last.age, ahead=named)
                if not named:
                    return at + 2
                self.told.used.append(self.signs[at])
                self.told.open(role=ahead.detail if ahead.kind == "role" else "")
                return at + (2 if ahead.kind == "role" else 1)
        return self.preposition(at)


def _is_rolling(window: Sign) -> bool:
    """Whether a period is said to end on the day of the question: `within the last two weeks`."""
    return any(each.kind in ("lastroll", "last", "past", "ago") for each in window.parts)


def _is_death(told: PersonFact) -> bool:
    return told.kind == "deceased" and told.value == "true"


def _after(fact: Fact, sign: Sign) -> Relative:
    said = sign.value if isinstance(sign.value, TimeSaid) else None
    return Relative(said or TimeSaid({"after": EVENT}, loose="later"), sign, fact)
