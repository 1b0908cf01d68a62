"""Reads times that Korean tells by another event, which stands before them: 진단 후 90일 이내."""

from collections.abc import Sequence
from dataclasses import replace

from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.clauses import KINDS_BACK, ROW_KINDS, VISITS
from app.cohorts.plain_words.grammar.doubts import ALONE, ANY_ANCHOR, BOTH_ANCHORS, LISTED_ANCHORS, OPERATION
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact, PersonFact, Relative, ToldFact
from app.cohorts.plain_words.grammar.korean_reports import KoreanReportReader
from app.cohorts.plain_words.grammar.telling import TIMED
from app.cohorts.plain_words.grammar.things import kinds_of
from app.cohorts.plain_words.scanning.signs import THING, Sign

_DONE = ("procedure", "vaccine", "modality")
_CODED = ("condition", "drug", "procedure")


class KoreanTimeReader(KoreanReportReader):
    """Reads what a Korean question tells relative to another event."""

    def __init__(self, signs: Sequence[Sign], choices: Choices) -> None:
        super().__init__(signs, choices)
        self.further: list[Fact] = []  # anchors that are listed with the one that was found last
        self.joined = False  # whether `and` lists them
        self.then: PersonFact | None = None  # an age at what follows

    def relative(self, at: int) -> int:
        """진단 후 90일 이내: what stands before is the anchor, what follows is relative to it."""
        sign = self.signs[at]
        self.further, self.joined = [], False
        anchor = self.anchor(at)
        if anchor is None and self.are_together(at):
            self.told.together.append(sign)
            return self.used(at)
        if anchor is None:
            return self.unanchored(at)
        relatives = self.told_by(anchor, sign)
        if self.is_of_patients(at + 1) and all(self.told.is_since(each) for each in relatives):
            return self.used(at)
        self.told.used.append(sign)
        entries = self.told.in_clause() if self.told.clause else []
        facts = [each.told for each in entries if isinstance(each.told, Fact)]
        if not self.fact_ahead(at + 1) and facts:
            facts[-1].relatives += relatives
            facts[-1].signs.append(sign)
        else:
            if facts and self.follows_verb(at + 1):
                self.shut()
            self.told.fronted += relatives
        return at + 1

    def is_of_patients(self, at: int) -> bool:
        """Whether a time is said of patients, maybe by what they have: 5년 이상 지난 통풍 환자."""
        if self.kind(at) != "v" or self.signs[at].detail != "be.adn":
            return self.kind(at) == "subj"
        at += 1
        while (sign := self.sign(at)) is not None and sign.kind in ("ent", "age", "sex"):
            if sign.kind == "ent" and kinds_of(sign)[:1] not in (("condition",), ("state",)):
                return False
            at += 1
        return self.kind(at) == "subj"

    def told_by(self, anchor: Fact, sign: Sign) -> list[Relative]:
        """The times by an anchor: by any of those that `or` lists, by each of those that `and` does."""
        if self.joined:
            return [Relative(sign.value, sign, each) for each in (*self.further, anchor)]
        return [Relative(sign.value, sign, anchor, tuple(self.further))]

    def are_together(self, at: int) -> bool:
        """Whether things that happened at the same time follow: 같은 날 CT와 초음파를 찍은."""
        said = self.signs[at].value.period
        return said.get("same") in ("day", "encounter") and not self.told.in_clause()

    def follows_verb(self, at: int) -> bool:
        """Whether a verb, that says more of a thing behind it, is what comes first: 뒤 시행한 PET."""
        while (sign := self.sign(at)) is not None and sign.kind in ("role", "window"):
            at += 1
        return sign is not None and sign.kind in ("v", "vn") and self.modifies(at)

    def fact_ahead(self, at: int) -> bool:
        """Whether a thing follows before the verb that closes the clause."""
        while (sign := self.sign(at)) is not None:
            if sign.has(THING) or sign.kind == "row" or (sign.kind == "role" and sign.detail in VISITS):
                return True
            if sign.kind == "dead" or sign.detail.startswith("die."):
                return True
            if sign.kind in ("v", "vn") and self.modifies(at):
                return True
            if sign.kind in ("v", "vn", "subj", "stop"):
                return False
            at += 1
        return False

    def modifies(self, at: int) -> bool:
        """Whether a verb says more of a thing right behind it: 시작한 뒤 시행한 PET."""
        behind = self.sign(at + 1)
        named = behind is not None and (behind.has(THING) or behind.kind in ("row", "contrast", "lat"))
        return named and self.signs[at].detail.endswith(".adn")

    def anchor(self, at: int) -> Fact | None:
        """The event that a relative time follows; no fact of its own where it stands only for that."""
        role = self.role_said if self.kind(at - 1) == "role" else None
        entry = self.told.entries[-1] if self.told.entries else None
        near = entry is not None and isinstance(entry.told, Fact) and self.is_near(entry.told, at)
        self.role_said = None
        if near and entry is not None and role is not None and self.is_operated(entry, role):
            self.told.choices.pick("operation", role.start, OPERATION, ALONE)
            self.shut()
            return Fact("procedure", (), [role], role="undergo")
        if near and entry is not None and isinstance(entry.told, Fact):
            fact = entry.told
            self.take_anchor(entry)
            if role is not None:
                fact.role = role.detail
                self.settle_role(fact, role.detail)
            fact.relatives += self.told.fronted
            self.told.fronted = []
            return fact
        if role is not None and role.detail in KINDS_BACK:
            kinds = KINDS_BACK[role.detail]
            return self.earlier_fact(*kinds) or Fact(kinds[0], (), [role], role=role.detail)
        row = self.sign(at - 1)
        if row is not None and row.kind == "row":
            return self.earlier_fact(ROW_KINDS.get(row.detail, ""))
        return None

    def is_operated(self, entry: ClauseEntry, role: Sign) -> bool:
        """Whether a disease is what an operation was for: 갑상선암 수술 후."""
        told = entry.told
        return isinstance(told, Fact) and told.kind == "condition" and role.has("operation")

    def take_anchor(self, entry: ClauseEntry) -> None:
        """Take back what is an anchor, and what is listed with it: 수술 또는 심도자술 후."""
        self.told.entries.pop()
        self.joined = entry.link == "and"
        listed = self.listed_before(entry)
        first = listed[0] if listed else entry
        facts = [each.told for each in listed if isinstance(each.told, Fact)]
        ways = BOTH_ANCHORS if self.joined else ANY_ANCHOR
        if facts and self.told.choices.pick("anchors", first.told.start, LISTED_ANCHORS, ways) == "time":
            self.further = [] if not self.joined and _as_one(entry.told, facts) else facts
            self.told.entries = [each for each in self.told.entries if all(each is not one for one in listed)]
            entry = first
        self.told.link, self.told.comma = entry.link, entry.comma

    def listed_before(self, entry: ClauseEntry) -> list[ClauseEntry]:
        """The entries before one that are listed with it, of its kind and with nothing said of them."""
        found: list[ClauseEntry] = []
        last = entry
        while self.told.entries[len(found) :]:
            before = self.told.entries[-1 - len(found)]
            told = before.told
            links = ("or", "slash", "and", "comma") if found else ("or", "slash", "and")
            plain = isinstance(told, Fact) and not (told.values or told.windows or told.relatives)
            alike = isinstance(told, Fact) and isinstance(last.told, Fact) and told.kind == last.told.kind
            if last.link not in links or not plain or not alike or before.clause is not entry.clause:
                break
            found.insert(0, before)
            last = before
        return found

    def is_near(self, fact: Fact, at: int) -> bool:
        """Whether a fact stands right before a place, with nothing but its verb between."""
        between = at - 1
        while (sign := self.sign(between)) is not None:
            if any(sign is each for each in fact.signs):
                return True
            if sign.kind not in ("role", "v", "pick", "newly", "noun", "of", "past", "ver"):
                return False
            between -= 1
        return False

    def unanchored(self, at: int) -> int:
        """A relative time without its anchor."""
        said = self.signs[at].value.period
        return self.used(at) if set(said) <= {"before", "during"} and "during" not in said else self.left(at)

    def at_age(self, at: int) -> int:
        """50세 이상에서 대장내시경을 받은: the age that they had when it was done."""
        last = self.told.entries[-1].told if self.told.entries else None
        kind = self.done_ahead(at + 1)
        if self.kind(at - 1) == "age" and isinstance(last, PersonFact) and last.age is not None and kind:
            last.value = f"at:{kind}"
        return self.used(at)

    def at_time(self, at: int) -> int:
        """진단 당시 60세 이상: the age behind it is that of then."""
        before, entry = self.sign(at - 1), self.told.entries[-1:]
        if before is not None and before.kind == "role":
            self.ages_at = next(iter(KINDS_BACK.get(before.detail, ())), "")
        elif entry and isinstance(entry[0].told, Fact) and self.touches(entry[0].told, at):
            self.ages_at = entry[0].told.kind
        if not self.ages_at or not any(each.kind == "age" for each in self.signs[at:]):
            return self.left(at)
        return self.used(at)

    def age(self, at: int) -> int:
        """An age; one behind a time is that of then."""
        opened = self.told.clause is not None and bool(self.told.in_clause())
        behind = super().age(at)
        last = self.told.entries[-1].told
        if self.ages_at and isinstance(last, PersonFact):
            last.value, self.ages_at = f"at:{self.ages_at}", ""
        elif self.signs[at].value.at_event and not opened and isinstance(last, PersonFact):
            self.then = last
        return behind

    def placed(self, fact: Fact, behind: int) -> int:
        """Add a fact; an age before it is that of then: 50세 전에 뇌졸중이 온."""
        then, self.then = self.then, None
        if then is not None and then.age is not None and fact.kind in TIMED:
            then.at, then.age = fact, replace(then.age, at_event=False)
        return super().placed(fact, behind)

    def done_ahead(self, at: int) -> str:
        """The kind of the thing that follows and is done, not had; empty where there is none."""
        sign = self.sign(at)
        kind = next(iter(kinds_of(sign)), "") if sign is not None else ""
        while (sign := self.sign(at)) is not None and sign.kind not in ("subj", "stop", "comma"):
            if sign.kind == "v":
                done = kind in _DONE and sign.detail == "get.adn"
                said = self.kind(at - 1) == "role" and self.signs[at - 1].detail in KINDS_BACK
                return kind if (done or said) and sign.detail.endswith(".adn") else ""
            at += 1
        return ""


def _as_one(fact: ToldFact, others: Sequence[Fact]) -> bool:
    """Make one fact of several that are told by codes, 낙상 또는 두부외상; False where they cannot be one."""
    if not isinstance(fact, Fact) or fact.kind not in _CODED:
        return False
    if any(len(each.rows) != 1 and not each.union for each in (fact, *others)):
        return False
    fact.rows = tuple(dict.fromkeys(row for each in (*others, fact) for row in each.rows))
    fact.signs = [sign for each in (*others, fact) for sign in each.signs]
    fact.union = True
    return True
