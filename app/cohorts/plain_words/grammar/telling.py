"""What has been read of a question so far: facts in their clauses, what waits for its fact, what is left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.doubts import ALONE, LATEST, LATEST_WAYS, LEFT_OUT, POSITIVE, SOFT
from app.cohorts.plain_words.grammar.facts import (
    Clause,
    ClauseEntry,
    Fact,
    PersonFact,
    Relative,
    ToldFact,
)
from app.cohorts.plain_words.grammar.times import AS_OF, TimeSaid
from app.cohorts.plain_words.scanning.signs import UNKNOWN, Sign

TIMED = [
    "condition",
    "drug",
    "lab",
    "procedure",
    "encounter",
    "vaccine",
    "allergen",
    "imaging",
    "report",
    "document",
    "dose",
    "state",
    "device",
    "row",
    "family",
    "word",
]
_PICKED = [each for each in TIMED if each != "device"]
_ONLY_FOR = {
    "level": ("lab",),
    "value": ("lab", "dose"),
    "contrast": ("imaging",),
    "described": ("imaging",),
    "maker": ("imaging", "device"),
    "lat": ("imaging",),
    "feature": ("imaging",),
    "sev": ("condition",),
    "clin": ("condition", "allergen"),
    "ver": ("condition", "allergen", "report", "word"),
    "rptstatus": ("report",),
    "status": ("drug", "procedure"),
    "newly": ("condition", "drug", "row", "procedure", "lab"),
    "current": ("condition", "drug", "state", "procedure", "encounter", "allergen", "row", "device"),
}
FOUND = ("condition", "word")
"""The kinds of things that pictures and their reports tell."""
MADE = ("imaging", "device")
"""The kinds of things of which a word says how they were made, which no code tells: `drug-eluting`."""
_INFECTIONS = ("A", "B", "U07", "J09", "J10", "J11")
_PLAIN = ("past", "linked", "later", "earlier", "listof")


@dataclass(slots=True)
class Attachment:
    """A window, and the facts that it was given to: the nearest ones."""

    sign: Sign
    to: list[ToldFact]


@dataclass(slots=True)
class Telling:
    """The state of reading one list of signs."""

    choices: Choices
    entries: list[ClauseEntry] = field(default_factory=list)
    unused: list[Sign] = field(default_factory=list)
    used: list[Sign] = field(default_factory=list)
    waiting: list[Sign] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    leading: list[tuple[int, Sign]] = field(
        default_factory=list
    )  # periods of whole sentences, by their number
    clause: Clause | None = None
    link: str = ""
    comma: bool = False
    sentence: int = 0
    section: str = ""
    awaited: Relative | None = None
    grouped: bool = False  # `or` stands before a word for patients, so that others are told of next
    fronted: list[Relative] = field(default_factory=list)
    excluding: bool = False
    mark: tuple[int, int] = (0, 0)
    denials: list[tuple[Clause, Sign]] = field(default_factory=list)
    report: Fact | None = None
    together: list[Sign] = field(default_factory=list)  # what says that the two things behind it are
    silent: Fact | None = None  # the report that does not tell what follows

    def open(self, *, denied: bool = False, role: str = "", sign: Sign | None = None) -> Clause:
        """Begin a clause."""
        if sign is not None:
            self.used.append(sign)
        self.clause = Clause(denied=denied, role=role, sign=sign, sentence=self.sentence)
        if denied and sign is not None:
            self.denials.append((self.clause, sign))
        return self.clause

    def hand_on(self, before: Clause, clause: Clause) -> None:
        """Let a clause carry the denials of the one before it, in which nothing stood."""
        self.denials = [(clause if each is before else each, sign) for each, sign in self.denials]

    def leave_denials(self) -> None:
        """Leave the denials of nothing: `diabetes not treated`."""
        for clause, sign in self.denials:
            if all(each.clause is not clause for each in self.entries):
                self.used = [each for each in self.used if each is not sign]
                self.unused.append(sign)
        self.denials = []

    def close(self) -> None:
        """End the clause."""
        self.clause = None

    def end_sentence(self) -> None:
        """End the sentence: nothing reaches beyond."""
        self.close()
        self.leave_waiting()
        left = [each.sign for each in self.fronted if not self.is_since(each)]
        self.used = [each for each in self.used if all(each is not one for one in left)]
        self.unused += left
        self.awaited, self.excluding, self.fronted = None, False, []
        self.link, self.comma, self.report = "", False, None
        self.sentence += 1
        self.set_mark()

    def is_since(self, relative: Relative) -> bool:
        """Whether a time since an event tells when that was: `more than 6 months after a stroke`."""
        said = relative.said.period
        length = {name: value for name, value in said.items() if name in ("within", "atLeast")}
        if relative.anchor is None or relative.said.loose or "after" not in said or not length:
            return False
        relative.anchor.windows.append(TimeSaid({**length, "before": AS_OF}))
        self.add(relative.anchor)
        return True

    def set_mark(self) -> None:
        """Remember where a part between commas begins."""
        self.mark = (len(self.entries), len(self.unused))

    def set_mark_at(self, place: int) -> None:
        """Let the part between commas begin at an entry."""
        self.mark = (place, len(self.unused))

    def has_part(self) -> bool:
        """Whether anything was read since the last comma."""
        entries, unused = self.mark
        return bool(self.entries[entries:] or self.unused[unused:] or self.waiting)

    def drop_part(self) -> None:
        """Take back what was read since the last comma: it was said to be no matter.

        A word that nobody knows stays unread: it may say of what stands behind, too.
        """
        entries, unused = self.mark
        self.used += [sign for entry in self.entries[entries:] for sign in entry.told.signs]
        left = self.unused[unused:]
        self.used += [each for each in left if each.kind != UNKNOWN]
        dropped = [each.clause for each in self.entries[entries:]]
        self.denials = [each for each in self.denials if all(each[0] is not one for one in dropped)]
        del self.entries[entries:]
        self.unused[unused:] = [each for each in left if each.kind == UNKNOWN]
        self.used += self.waiting
        self.waiting = []
        self.close()
        self.link, self.comma = "", False

    def leave_waiting(self) -> None:
        """What waits for a fact that does not come goes to the last one; else it is left."""
        waiting, self.waiting = self.waiting, []
        last = self.last_fact()
        for sign in waiting:
            if last is None or not self.give(last, sign):
                self.unused.append(sign)

    def join(self, link: str, sign: Sign) -> None:
        """Note what links the next fact to the last: `or` and `and` count more than a comma."""
        self.used.append(sign)
        if link == "comma":
            self.comma = True
            self.link = self.link or "comma"
            self.set_mark()
        elif link != "and" or self.link not in ("or", "but"):
            self.link = link

    def add(self, told: ToldFact, *, person: bool = False) -> ClauseEntry:
        """Add a fact to the clause that is open, or to one of its own."""
        clause = self.clause or self.open()
        entry = ClauseEntry(
            told,
            clause,
            link=self.link,
            comma=self.comma,
            person=person,
            excluded=self.section == "ex" or self.excluding,
            group=self.grouped,
        )
        self.grouped = False
        self.entries.append(entry)
        self.link, self.comma = "", False
        return entry

    def add_fact(self, fact: Fact) -> None:
        """Add a fact with all that waits for it; one that is awaited is no fact of its own."""
        if self.awaited is not None:
            self.awaited.anchor = fact
            self.awaited = None
            self.take_waiting(fact)
            return
        self.take_waiting(fact)
        fact.relatives += self.fronted
        self.fronted = []
        self.add(fact)

    def take_waiting(self, fact: Fact) -> None:
        """Give a fact what stands before it."""
        waiting, self.waiting = self.waiting, []
        for sign in waiting:
            if not self.give(fact, sign):
                self.waiting.append(sign)

    def in_clause(self) -> list[ClauseEntry]:
        """The entries of the clause that is open."""
        return [each for each in self.entries if each.clause is self.clause]

    def in_sentence(self, sentence: int | None = None) -> list[ClauseEntry]:
        """The entries of a sentence, by its number; None is the one that is being read."""
        home = self.sentence if sentence is None else sentence
        return [each for each in self.entries if each.clause.sentence == home]

    def facts_in_sentence(self) -> list[Fact]:
        """The facts, without what is said of persons, of the sentence that is being read."""
        return [each.told for each in self.in_sentence() if isinstance(each.told, Fact)]

    def take_findings(self, kinds: Sequence[str] = FOUND) -> tuple[list[Fact], bool]:
        """Take back the findings that were told last, in one clause; and whether they are denied."""
        words: list[Fact] = []
        clause: Clause | None = None
        while self.entries:
            entry = self.entries[-1]
            told = entry.told
            if not isinstance(told, Fact) or told.kind not in kinds or told.windows:
                break
            if entry.clause.sentence != self.sentence or (clause is not None and entry.clause is not clause):
                break
            clause = entry.clause
            words.insert(0, told)
            self.entries.pop()
            self.link, self.comma = entry.link, entry.comma
        self.close()
        self.denials = [each for each in self.denials if each[0] is not clause]
        return words, clause is not None and clause.denied

    def last_fact(self, kind: str = "") -> Fact | None:
        """The last fact of the sentence, of a kind where one is named."""
        for entry in reversed(self.entries):
            if entry.clause.sentence != self.sentence:
                return None
            if isinstance(entry.told, Fact) and (not kind or entry.told.kind == kind):
                return entry.told
        return None

    def give(self, fact: Fact, sign: Sign) -> bool:
        """Give a fact what is said of it; False where that cannot be said of such a fact."""
        kind = sign.kind
        if kind == "soft" and fact.kind in MADE:
            fact.signs.append(sign)
            return True
        if kind == "soft":
            self.choices.pick("soft", sign.start, SOFT, (LEFT_OUT,))
            self.used.append(sign)
            return True
        if kind in _PLAIN:
            self.used.append(sign)
            return True
        if kind == "current" and fact.kind == "lab":
            if not fact.pick and self.choices.pick("latest", sign.start, LATEST, LATEST_WAYS) == "last":
                fact.pick = "last"
            self.used.append(sign)
            return True
        if sign.symbol == "level:positive" and _is_infection(fact):
            self.choices.pick("positive", sign.start, POSITIVE, ALONE)
        elif fact.kind not in _ONLY_FOR.get(kind, (fact.kind,)) or not _given(fact, sign, kind):
            return False
        fact.signs.append(sign)
        return True


def _is_infection(fact: Fact) -> bool:
    """Whether a diagnosis is one that a test is positive for, by its codes of ICD-10."""
    return fact.kind == "condition" and any(
        "icd-10" in each.system and each.code.startswith(_INFECTIONS)
        for row in fact.rows
        for each in row.codings
    )


def _given(fact: Fact, sign: Sign, kind: str) -> bool:
    """Give a fact a sign of a kind; False where it takes none, or no further one."""
    put = _PUT.get(kind)
    if put is None or not _takes(fact, kind, sign):
        return False
    put(fact, sign)
    return True


def _takes(fact: Fact, kind: str, sign: Sign) -> bool:
    match kind:
        case "window" | "rel" | "gap":
            return fact.kind in TIMED
        case "number":
            return fact.kind in TIMED and fact.number is None
        case "described":
            return not _described(fact, sign)
        case "pick" | "ord" | "last":
            return fact.kind in _PICKED and not fact.pick
    return True


def _set_pick(fact: Fact, sign: Sign) -> None:
    names = {"last": "last", "pick": sign.detail}
    fact.pick = names.get(sign.kind, f"nth:{sign.detail}")


def _add_status(fact: Fact, sign: Sign) -> None:
    fact.statuses.setdefault(sign.kind, []).append(sign.detail)


def _set(name: str, told: Callable[[Sign], object]) -> Callable[[Fact, Sign], None]:
    return lambda fact, sign: setattr(fact, name, told(sign))


def _described(fact: Fact, sign: Sign) -> list[str]:
    return fact.series if sign.detail == "series" else fact.described


def _detail(sign: Sign) -> str:
    return sign.detail


def _value(sign: Sign) -> object:
    return sign.value


_PUT: Mapping[str, Callable[[Fact, Sign], None]] = {
    "window": lambda fact, sign: fact.windows.append(sign.value),
    "rel": lambda fact, sign: fact.relatives.append(Relative(sign.value, sign)),
    "number": _set("number", _value),
    "gap": _set("gap", _value),
    "day": _set("distinct", bool),
    **dict.fromkeys(("pick", "ord", "last"), _set_pick),
    **dict.fromkeys(("value", "range"), lambda fact, sign: fact.values.append(sign.value)),
    "level": _set("level", _detail),
    "contrast": _set("contrast", _detail),
    "described": lambda fact, sign: _described(fact, sign).append(sign.value),
    "maker": lambda fact, sign: fact.makers.append(sign.detail),
    "lat": _set("laterality", _detail),
    "feature": lambda fact, sign: fact.features.append(sign.value),
    **dict.fromkeys(("sev", "clin", "ver", "status", "rptstatus"), _add_status),
    "current": _set("current", bool),
    "newly": _set("newly", bool),
    **dict.fromkeys(("recent", "lastroll"), _set("recent", lambda sign: sign)),
}
"""What a fact is given by a sign of a kind."""


def person(kind: str, sign: Sign, value: str = "") -> PersonFact:
    """What a sign says of the patients themselves."""
    return PersonFact(kind, [sign], sign.value if kind == "age" else None, value)
