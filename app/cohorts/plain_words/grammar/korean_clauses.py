"""Korean clauses: what they list stands before the verb that closes them and gives out what waits."""

from collections.abc import Sequence

from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.clauses import BEGUN, VISITS, ClauseReader
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact, PersonFact
from app.cohorts.plain_words.grammar.settling import TOO
from app.cohorts.plain_words.grammar.telling import TIMED, Attachment
from app.cohorts.plain_words.scanning.signs import THING, Sign


class KoreanClauseReader(ClauseReader):
    """Opens and closes the clauses of a Korean question."""

    def __init__(self, signs: Sequence[Sign], choices: Choices) -> None:
        super().__init__(signs, choices)
        self.role_said: Sign | None = None
        self.negated: Sign | None = None
        self.latest: list[Fact] = []  # what a report was said to tell last, beside other things
        self.held: list[Fact] = []  # what a report was said to tell so far
        self.unsaid: Fact | None = None  # a report that does not mention what it was asked for
        self.narrowed: tuple[Sign, int] | None = None  # what excludes, and how many facts stood before it
        self.ages_at = ""  # the kind of what happened when an age that follows is meant
        self.windows: list[Sign] = []
        self.part = 0  # where the entries begin that stand since the last comma
        self.closed: list[ClauseEntry] = []  # the entries of the clause that was closed last

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
        """Leave what excludes part of what is denied, 피부암을 제외한 암이 없는: no condition says that."""
        if self.narrowed is None or not scope:
            return
        sign, behind = self.narrowed
        if self.told.entries[behind:] == scope and not scope[0].link:
            self.told.used = [each for each in self.told.used if each is not sign]
            self.told.unused.append(sign)

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
        alone = self.kind(at - 1) == "comma" and self.kind(at + 1) in ("", "comma", "stop", "out")
        if alone and entry is not None and isinstance(entry.told, Fact) and entry.told.kind in TIMED:
            self.give_window(sign, [entry.told])
        else:
            self.give_earlier_windows()
            self.told.waiting.append(sign)
        return at + 1

    def give_earlier_windows(self) -> None:
        """Give a list the period before it, where another one follows: 2주 내 A, 8주 내 B."""
        entries = self.told.in_clause() if self.told.clause else []
        facts = [each.told for each in entries if isinstance(each.told, Fact) and not each.told.windows]
        waiting = [each for each in self.told.waiting if each.kind == "window"]
        if facts and waiting:
            for each in waiting:
                self.give_window(each, facts)
            self.told.waiting = [each for each in self.told.waiting if each.kind != "window"]

    def comma(self, at: int) -> int:
        """A comma: what follows is another part."""
        entries = self.told.in_clause() if self.told.clause else []
        done = entries and isinstance(entries[-1].told, Fact) and (entries[-1].told.values or self.role_said)
        if done or self.kind(at - 1) in ("role", "current", "value", "ver", "level"):
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
        self.shut()
        return self.stop(at)

    def end(self) -> None:
        """End the last clause and sentence."""
        self.shut()
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
