"""Reads signs one by one: what joins, ends, details and counts alike in both languages, and persons."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact, PersonFact, Relative
from app.cohorts.plain_words.grammar.headings import end_heading, heads_exclusion
from app.cohorts.plain_words.grammar.telling import Telling, person
from app.cohorts.plain_words.grammar.things import ThingReader, says_only
from app.cohorts.plain_words.scanning.signs import THING, Sign

ClauseStep: TypeAlias = Callable[[int], int]
"""Reads on from a place among the signs; returns the place behind what it has read."""
_JOINS = ("and", "or", "but", "slash", "plus")
_SILENT = (
    "weak",
    "j",
    "polite",
    "past",
    "linked",
    "open",
    "close",
    "both",
    "this",
    "times",
    "bymaker",
    "recipient",
)
_STATES = ("sev", "clin", "rptstatus", "status", "newly", "current", "recent", "lastroll")
_DETAILS = (
    "soft",
    "pick",
    "ord",
    "last",
    "number",
    "gap",
    "day",
    "contrast",
    "maker",
    "lat",
    "feature",
    "described",
    *_STATES,
)
_BEFORE_THINGS = frozenset((*_DETAILS, "past", "level", "ver", "linked", "role", "noun", "of", "weak")) - {
    "rptstatus",
    "status",
}


class SignReader:
    """Reads a list of signs into a `Telling`; a language says what its cues and verbs do."""

    def __init__(self, signs: Sequence[Sign], choices: Choices) -> None:
        self.signs = signs
        self.things = ThingReader(signs)
        self.told = Telling(choices)

    def steps(self) -> Mapping[str, ClauseStep]:
        """What is done at a sign, by its kind."""
        return {
            **dict.fromkeys(_JOINS, self.link),
            **dict.fromkeys(_SILENT, self.used),
            **dict.fromkeys(_DETAILS, self.detail),
            **dict.fromkeys(("dead", "alive"), self.death),
            "sex": self.sex,
            "age": self.age,
            "noun": self.noun,
            "only": self.only,
        }

    def read(self) -> Telling:
        """Read all signs."""
        steps = self.steps()
        at = 0
        while at < len(self.signs):
            at = steps.get(self.signs[at].kind, self.left)(at)
        self.end()
        return self.told

    def end(self) -> None:
        """End the last sentence."""
        self.told.end_sentence()
        self.told.leave_denials()

    def sign(self, at: int) -> Sign | None:
        """The sign at a place; None beyond the ends."""
        return self.signs[at] if 0 <= at < len(self.signs) else None

    def kind(self, at: int) -> str:
        """The kind of the sign at a place; empty beyond the ends."""
        sign = self.sign(at)
        return sign.kind if sign else ""

    # Signs that are used up or left

    def left(self, at: int) -> int:
        """A sign that is not understood here."""
        self.told.unused.append(self.signs[at])
        return at + 1

    def used(self, at: int) -> int:
        """A sign that adds nothing."""
        self.told.used.append(self.signs[at])
        return at + 1

    def no_matter(self, at: int) -> int:
        """`… or not`, `stage not required`, 무관: the part before it says nothing."""
        self.told.drop_part()
        return self.used(at)

    # Links and ends

    def link(self, at: int) -> int:
        """`and`, `or`, a comma, a slash."""
        kind = {"slash": "or", "plus": "and"}.get(self.kind(at), self.kind(at))
        self.told.join(kind, self.signs[at])
        return at + 1

    def stop(self, at: int) -> int:
        """The end of a sentence, or what separates as strongly."""
        self.told.used.append(self.signs[at])
        self.told.end_sentence()
        return at + 1

    def section(self, at: int) -> int:
        """`Inclusion:`, `제외 기준:`; what stood before in the sentence may be of its heading."""
        sign = self.signs[at]
        heads = self.kind(at + 1) == "colon"
        if heads:
            end_heading(self.told, sign)
        self.told.end_sentence()
        self.told.section = "ex" if heads_exclusion(sign) else sign.detail
        self.told.used += self.signs[at : at + 2] if heads else [sign]
        self.told.end_sentence()
        return at + 2 if heads else at + 1

    def noun(self, at: int) -> int:
        """A noun that only says what the thing beside it is; one that says more is left."""
        beside = (self.sign(at - 1), self.sign(at + 1))
        return (
            self.used(at)
            if any(each and says_only(self.signs[at], each) for each in beside)
            else self.left(at)
        )

    def only(self, at: int) -> int:
        """`only`: beside a person it says nothing; elsewhere nobody knows what it leaves out."""
        beside = (self.kind(at - 1), self.kind(at + 1))
        return self.used(at) if {"sex", "age", "subj"} & set(beside) else self.left(at)

    # Persons

    def sex(self, at: int) -> int:
        """A word for women, men or both."""
        sign = self.signs[at]
        if sign.detail == "both":
            return self.used(at)
        self.persons("sex", sign, sign.detail)
        return at + 1

    def age(self, at: int) -> int:
        """An age; one that is meant at an event waits for it."""
        self.persons("age", self.signs[at])
        return at + 1

    def death(self, at: int) -> int:
        """Whether they are dead."""
        sign = self.signs[at]
        dead = sign.kind == "dead"
        self.persons("deceased", sign, "true" if dead else "false")
        return at + 1

    def persons(self, kind: str, sign: Sign, value: str = "") -> ClauseEntry:
        """Add what is said of persons, denied where a denial stands right before it."""
        clause = self.told.clause
        fresh = clause is not None and not self.told.in_clause()
        denied = bool(clause and fresh and clause.denied)
        opened = self.told.open(denied=denied)
        if clause is not None and denied:
            self.told.hand_on(clause, opened)
        self.told.grouped = self.told.grouped or self.is_another_group(kind)
        entry = self.told.add(person(kind, sign, value), person=kind in ("sex", "age"))
        if kind == "deceased":
            self.take_windows(entry)
        else:
            self.told.close()
        return entry

    def is_another_group(self, kind: str) -> bool:
        """Whether persons of another kind are told of behind what the first have: `or adults with COPD`."""
        same = self.told.in_sentence()
        first = any(isinstance(each.told, PersonFact) and each.told.kind == kind for each in same)
        return self.told.link == "or" and first and any(not each.person for each in same)

    def take_windows(self, entry: ClauseEntry) -> None:
        """Give a death the windows that wait."""
        told = entry.told
        if isinstance(told, PersonFact):
            if told.value == "true":
                told.relatives += self.told.fronted
                self.told.fronted = []
            for sign in [each for each in self.told.waiting if each.kind == "window"]:
                told.windows.append(sign.value)
                told.signs.append(sign)
                self.told.waiting.remove(sign)

    # Details

    def detail(self, at: int) -> int:
        """Something said of a thing: of the next one where one follows at once, else of the last."""
        sign = self.signs[at]
        ahead = at + 2 if sign.kind == "current" and self.kind(at + 1) == "on" else at + 1
        if not self.thing_follows(ahead):
            for entry in reversed(self.told.in_clause() or self.told.entries[-1:]):
                if isinstance(entry.told, Fact) and self.told.give(entry.told, sign):
                    return at + 1
        self.told.waiting.append(sign)
        return at + 1

    def thing_follows(self, at: int) -> bool:
        """Whether a thing follows with nothing between that begins something else."""
        while (sign := self.sign(at)) is not None:
            if sign.has(THING) or sign.kind in ("row", "section"):
                return True
            if sign.kind not in _BEFORE_THINGS:
                return False
            at += 1
        return False

    def touches(self, fact: Fact, at: int) -> bool:
        """Whether a fact ends where a sign begins."""
        before = self.sign(at - 1)
        return before is not None and any(before is each for each in fact.signs)

    def earlier_fact(self, *kinds: str, but: Relative | None = None) -> Fact | None:
        """The last fact of some kind that was told, in whatever sentence, and is not relative by `but`."""
        for entry in reversed(self.told.entries):
            fact = entry.told
            if isinstance(fact, Fact) and fact.kind in kinds and but not in fact.relatives:
                return fact
        return None
