"""Korean clauses: what they list stands before the verb that closes them and gives out what waits."""

from collections.abc import Sequence
from typing import NamedTuple

from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.clauses import BEGUN, VISITS, ClauseReader
from app.cohorts.plain_words.grammar.doubts import SINCE, SINCE_WAYS
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact, PersonFact, Relative
from app.cohorts.plain_words.grammar.settlement import is_bare_length
from app.cohorts.plain_words.grammar.settling import TOO
from app.cohorts.plain_words.grammar.telling import TIMED, Attachment
from app.cohorts.plain_words.grammar.times import EVENT, TimeSaid
from app.cohorts.plain_words.scanning.signs import THING, Sign

LINKS = {"and": "and", "or": "or", "tho": "and"}
"""How the ending of a verb links what follows."""


class Narrowing(NamedTuple):
    """What excludes, how many facts stood before it, and which it excludes."""

    sign: Sign
    behind: int
    entries: tuple[ClauseEntry, ...]


_NARROWED = ("condition", "drug", "procedure")
_DONE = ("procedure", "imaging", "encounter", "vaccine")
_DONE_BY = ("dx", "develop", "start", "rx")
_LASTING = ("be", "exist", "have", "same", "not")
"""Verbs of what lasts: nothing follows so long behind 당뇨병이 있고."""


class KoreanClauseReader(ClauseReader):
    """Opens and closes the clauses of a Korean question."""

    def __init__(self, signs: Sequence[Sign], choices: Choices) -> None:
        super().__init__(signs, choices)
        self.role_said: Sign | None = None
        self.negated: Sign | None = None
        self.latest: list[Fact] = []  # what a report was said to tell last, beside other things
        self.held: list[Fact] = []  # what a report was said to tell so far
        self.unsaid: Fact | None = None  # a report that does not mention what it was asked for
        self.narrowed: Narrowing | None = None
        self.barred: list[Narrowing] = []  # what a criterion for exclusion does not exclude
        self.bracketed: list[tuple[ClauseEntry, list[ClauseEntry]]] = []  # 암(피부암 제외): what stands there
        self.ages_at = ""  # the kind of what happened when an age that follows is meant
        self.windows: list[Sign] = []
        self.parted: list[Clause] = []  # clauses that a comma closed
        self.headed = 0  # where the entries begin that stand behind the last word for patients
        self.part = 0  # where the entries begin that stand since the last comma
        self.closed: list[ClauseEntry] = []  # the entries of the clause that was closed last

    def takes_negation(self) -> bool:
        """Whether a denial waits for its verb, which it has now: 안 찍은, 미복용."""
        waiting, self.negated = self.negated, None
        if waiting is not None:
            self.told.used.append(waiting)
        return waiting is not None

    def leave_negated(self) -> None:
        """Leave a denial whose verb did not come: nobody knows what it denies."""
        if self.negated is not None:
            self.told.unused.append(self.negated)
            self.negated = None

    def thing_follows(self, at: int) -> bool:
        """Whether a thing follows at once; a stay is one, though it is said by a verb."""
        while (sign := self.sign(at)) is not None:
            if sign.kind == "role" and sign.detail in VISITS:
                return True
            if sign.kind in ("role", "v", "vn", "comma", "and", "or", "subj", "stop"):
                return False
            if sign.has(THING) or sign.kind in ("row", "section"):
                return True
            at += 1
        return False

    def shut(self, link: str = "", *, denied: bool = False, last_only: bool = False) -> None:
        """Close the clause: deny what it lists, give it what still waits, and go on with a link."""
        entries = self.told.in_clause() if self.told.clause else []
        if denied and entries:
            self.deny(entries, last_only=last_only)
        self.give_waiting(entries)
        if entries:
            self.closed = entries
        self.told.close()
        self.role_said = None
        if link:
            self.told.link = link

    def give_waiting(self, entries: list[ClauseEntry]) -> None:
        """Give the facts of a clause what waits: the windows to all of them, the rest to the last."""
        facts = [each.told for each in entries if isinstance(each.told, Fact)]
        waiting, self.told.waiting = self.told.waiting, []
        for sign in waiting:
            timed = _timed(facts)
            if sign.kind == "window" and timed:
                self.give_window(sign, timed)
            elif not any(self.told.give(each, sign) for each in reversed(facts)):
                self.told.waiting.append(sign)
        if facts and self.told.fronted:
            for each in _listed(entries):
                each.relatives += self.told.fronted
            self.told.fronted = []

    def give_window(self, sign: Sign, facts: list[Fact]) -> None:
        """Give a window to facts, and remember that it may have been meant for others."""
        for each in facts:
            each.windows.append(sign.value)
            each.signs.append(sign)
        self.told.attachments.append(Attachment(sign, list(facts)))

    def deny(self, entries: list[ClauseEntry], *, last_only: bool) -> None:
        """Deny the entries of a clause: all that `and` or `or` lists, and what commas list of one kind."""
        scope = self.reach(entries, last_only=last_only)
        self.leave_narrowed(scope)
        denied = Clause(denied=True, sentence=self.told.sentence, whole=True)
        if scope and scope[0].clause.either:
            denied.either = True
        for place, each in enumerate(scope):
            each.clause = denied
            if place and not each.link:
                each.link = "or"

    def leave_narrowed(self, scope: list[ClauseEntry]) -> None:
        """Tell what is denied without what is excluded of it, 피부암을 제외한 암이 없는; else leave it."""
        if self.narrowed is None or not scope:
            return
        sign, behind = self.narrowed.sign, self.narrowed.behind
        if self.told.entries[behind:] != scope or scope[0].link:
            return
        if not self.leave_out(scope, self.narrowed.entries):
            self.told.used = [each for each in self.told.used if each is not sign]
            self.told.unused.append(sign)

    def leave_out(self, scope: Sequence[ClauseEntry], entries: Sequence[ClauseEntry]) -> bool:
        """Take entries for what one before or behind them is told without; False where that is not one."""
        told = scope[0].told
        others = [each.told for each in entries if isinstance(each.told, Fact)]
        plain = [each for each in others if not (each.windows or each.relatives or each.values)]
        if not isinstance(told, Fact) or scope[1:] or not plain or len(plain) != len(entries):
            return False
        if told.kind not in _NARROWED or any(each.kind != told.kind for each in plain):
            return False
        told.without += plain
        self.told.entries = [each for each in self.told.entries if all(each is not one for one in entries)]
        return True

    def reach(self, entries: list[ClauseEntry], *, last_only: bool) -> list[ClauseEntry]:
        """The entries at the end that one denial reaches."""
        scope: list[ClauseEntry] = []
        joined = any(each.link in ("or", "and") for each in entries)
        for place, entry in reversed(list(enumerate(entries))):
            if scope and not _alike(entry, scope[0]) and scope[0].link != "or":
                break
            scope.insert(0, entry)
            both = _is_said_too(entry) and place > 0 and _is_said_too(entries[place - 1])
            if both and not entry.link:
                continue  # 당뇨병도 고혈압도 없는
            if not entry.link or (entry.link == "comma" and not joined and last_only):
                break
        return scope

    def add_window(self, at: int) -> int:
        """A period: it waits for what follows in its clause, or belongs to what stands before a comma."""
        sign = self.signs[at]
        entry = self.told.entries[-1] if self.told.entries else None
        if entry is not None and isinstance(entry.told, Fact) and self.comes_then(entry, at):
            return self.used(at)
        since = self.kind(at - 1) == "sincepart"  # 시작한 지 3개월 이상 된
        alone = self.kind(at - 1) == "comma" and self.kind(at + 1) in ("", "comma", "stop", "out")
        alone = alone or since
        if alone and entry is not None and isinstance(entry.told, Fact) and entry.told.kind in TIMED:
            self.give_window(sign, [entry.told])
        else:
            self.give_earlier_windows()
            self.told.waiting.append(sign)
        return at + 1

    def comes_then(self, entry: ClauseEntry, at: int) -> bool:
        """Whether a length behind what was done is that since then: CT를 찍고 6주 이내에 MRI를 찍은."""
        sign, verb = self.signs[at], self.sign(at - 1)
        fact = entry.told
        if verb is None or verb.kind != "v" or not verb.detail.endswith((".and", ".tho")):
            return False
        done = isinstance(fact, Fact) and (fact.kind in _DONE or fact.role in _DONE_BY)
        said = verb.detail.partition(".")[0] not in _LASTING and not entry.clause.denied
        if not done or not said or not is_bare_length(sign) or not self.happens(at + 1):
            return False
        if self.told.choices.pick("since", sign.start, SINCE, SINCE_WAYS) != "event":
            return False
        after = TimeSaid({"within": sign.value.period["within"], "after": EVENT})
        self.told.fronted.append(Relative(after, sign, fact if isinstance(fact, Fact) else None))
        return True

    def happens(self, at: int) -> bool:
        """Whether something that happened or somebody's death follows in the sentence."""
        while (sign := self.sign(at)) is not None and sign.kind not in ("stop", "semi", "subj"):
            stays = sign.kind == "role" and sign.detail in VISITS
            if stays or sign.has(THING) or sign.kind in ("row", "dead") or sign.detail.startswith("die."):
                return True
            at += 1
        return False

    def give_earlier_windows(self) -> None:
        """Give a list the period before it, where another one follows: 2주 내 A, 8주 내 B."""
        entries = self.told.in_clause() if self.told.clause else []
        facts = [each.told for each in entries if isinstance(each.told, Fact) and not each.told.windows]
        waiting = [each for each in self.told.waiting if each.kind == "window"]
        if facts and waiting:
            for each in waiting:
                self.give_window(each, facts)
            self.told.waiting = [each for each in self.told.waiting if each.kind != "window"]

    def give_own_windows(self, entries: list[ClauseEntry]) -> None:
        """Give a part of a list the period before it where others have theirs: 2주 내 A, 8주 내 B, C."""
        last = self.told.entries[self.part :]
        facts = [each.told for each in last if isinstance(each.told, Fact) and not each.told.windows]
        before = [each for each in self.told.in_sentence() if all(each is not one for one in last)]
        own = any(isinstance(each.told, Fact) and _has_window(each.told) for each in before)
        waiting = [each for each in self.told.waiting if each.kind == "window"]
        if own and facts and waiting and all(any(one is each for one in entries) for each in last):
            for each in waiting:
                self.give_window(each, facts)
            self.told.waiting = [each for each in self.told.waiting if each.kind != "window"]

    def comma(self, at: int) -> int:
        """A comma: what follows is another part."""
        self.leave_negated()
        entries = self.told.in_clause() if self.told.clause else []
        self.give_own_windows(entries)
        done = entries and isinstance(entries[-1].told, Fact) and (entries[-1].told.values or self.role_said)
        listed = self.told.clause is not None and self.told.clause.listed
        if not listed and (done or self.kind(at - 1) in ("role", "current", "value", "ver", "level")):
            self.parted += [self.told.clause] if self.told.clause is not None else []
            self.shut()
        self.part = len(self.told.entries)
        return self.link(at)

    def settle_role(self, fact: Fact, role: str) -> None:
        """What a role makes of a fact: an allergy, a vaccination, a family history, a first time."""
        if role == "allergy" and fact.kind in ("drug", "condition", "allergen"):
            fact.kind = "allergen"
        elif role == "vacc" and fact.kind in ("condition", "vaccine"):
            fact.kind = "vaccine"
        elif role == "family" and fact.kind in ("condition", "state", "word"):
            fact.kind = "family"
        elif role == "start" and not fact.pick and fact.kind in BEGUN:
            fact.pick = "first"

    def placed(self, fact: Fact, behind: int) -> int:
        """Add a fact; the windows of its clause are its own, too."""
        windows = [each for each in self.told.waiting if each.kind == "window"]
        self.told.waiting = [each for each in self.told.waiting if each.kind != "window"]
        behind = super().placed(fact, behind)
        self.told.waiting += windows
        return behind

    def ended(self, at: int) -> int:
        """The end of a sentence."""
        self.leave_negated()
        self.shut()
        return self.stop(at)

    def end(self) -> None:
        """End the last clause and sentence; what stands in brackets is left out of what is denied."""
        self.leave_negated()
        self.shut()
        for narrowing in self.barred:
            behind = self.told.entries[narrowing.behind : narrowing.behind + 1]
            if not behind or not behind[0].excluded or not self.leave_out(behind, narrowing.entries):
                self.told.used = [one for one in self.told.used if one is not narrowing.sign]
                self.told.unused.append(narrowing.sign)
        for entry, others in self.bracketed:
            if (entry.clause.denied or entry.excluded) and self.leave_out([entry], others):
                continue
            place = next((at for at, each in enumerate(self.told.entries) if each is entry), -1) + 1
            self.told.entries[place:place] = others
            for each in others:
                each.excluded = True
        super().end()


def _timed(facts: Sequence[Fact]) -> list[Fact]:
    """The facts that a period is given to: those that have none yet; devices, which have no date, last."""
    timed = [each for each in facts if each.kind in TIMED]
    dated = [each for each in timed if each.kind != "device"] or timed
    return [each for each in dated if not _has_window(each)] or dated


def _has_window(fact: Fact) -> bool:
    return any(each.kind == "window" for each in fact.signs)


def _listed(entries: Sequence[ClauseEntry]) -> list[Fact]:
    """The first fact of a clause, and those that are listed with it."""
    found: list[Fact] = []
    for each in entries:
        if isinstance(each.told, Fact) and (not found or each.link in ("and", "or", "comma", "slash")):
            found.append(each.told)
        elif found:
            break
    return found


def _is_said_too(entry: ClauseEntry) -> bool:
    """Whether 도 stands behind a thing: with another of the kind, both are meant."""
    return any(each.has(TOO) for each in entry.told.signs)


def _alike(one: ClauseEntry, other: ClauseEntry) -> bool:
    """Whether two entries are of one kind, so that a list may hold both."""
    if isinstance(one.told, PersonFact) or isinstance(other.told, PersonFact):
        return False
    same = one.told.kind == other.told.kind or {one.told.kind, other.told.kind} <= {
        "condition",
        "state",
        "word",
    }
    return same and bool(one.told.values) == bool(other.told.values)
