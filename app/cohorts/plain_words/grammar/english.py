"""Reads English: cues come first, `without`, `taking`, and what they govern follows."""

from collections.abc import Mapping

from app.cohorts.plain_words.grammar.clauses import VISITS
from app.cohorts.plain_words.grammar.doubts import (
    ALONE,
    BARRED,
    BARRED_WAYS,
    DISEASE,
    HEADING,
    LEFT_OUT,
    SOFT,
    TOLD,
)
from app.cohorts.plain_words.grammar.english_pointing import EnglishPointingReader
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact
from app.cohorts.plain_words.grammar.sign_reader import ClauseStep
from app.cohorts.plain_words.grammar.telling import FOUND, person
from app.cohorts.plain_words.grammar.things import kinds_of
from app.cohorts.plain_words.lexicon.rows import LexiconKind
from app.cohorts.plain_words.scanning.signs import THING, Sign

_GOVERNING = ("dx", "suffer", "develop", "take", "rx", "undergo", "image", "test", "implant", "treat")
_PREPOSITIONS = ("with", "for", "in", "on", "from", "to", "of", "among", "as", "between", "than")
_SILENT = ("cal", "earlier", "listof", "poss", "example")
_DONE: Mapping[str, tuple[str, ...]] = {
    "test": ("lab",),
    "image": ("imaging",),
    "undergo": ("procedure", "imaging", "lab"),
    "take": ("drug",),
    "rx": ("drug",),
    "dx": ("condition",),
    "vacc": ("vaccine",),
}
"""What is done with which kinds of things."""
_SPECIAL = ("start", "stop", "allergy", "vacc", "family")


class EnglishReader(EnglishPointingReader):
    """Reads the clauses of an English question."""

    def steps(self) -> Mapping[str, ClauseStep]:
        """What is done at a sign, by its kind."""
        return {
            **super().steps(),
            **dict.fromkeys(_PREPOSITIONS, self.preposition),
            **dict.fromkeys(_SILENT, self.used),
            **dict.fromkeys(("pron", "who"), self.pronoun),
            "noreq": self.no_matter,
            **dict.fromkeys(("semi", "stop"), self.stop),
            "nomatter": self.whether_or_not,
            "both": self.both,
            "close": self.close_parenthesis,
            "onward": self.onward,
            "at": self.at_time,
            "have": self.have,
            "neg": self.denial,
            "negfor": self.negative_for,
            "thatis": self.that_is,
            "negpost": self.denied_behind,
            "excl": self.exception,
            "barred": self.barred,
            "subj": self.subject,
            "role": self.role,
            "kin": self.kin,
            "section": self.section_of_report,
            "quoted": self.quoted,
            "ver": self.verification,
            "rel": self.relative,
            "later": self.later,
            "sametime": self.together,
            "contrast": self.contrast,
            "range": self.late_value,
            "either": self.either,
            "least": self.least,
            "comma": self.comma,
            "level": self.level,
            "row": self.any_row,
        }

    # Cues

    def persons(self, kind: str, sign: Sign, value: str = "") -> ClauseEntry:
        """What is said of persons ends what a report tells."""
        if self.told.report is not None and self.told.report.words:
            self.told.report = None
            self.told.close()
        clause = self.told.clause
        if clause is not None and clause.either and not clause.denied and self.lists_next(clause):
            return self.told.add(person(kind, sign, value))
        return super().persons(kind, sign, value)

    def pronoun(self, at: int) -> int:
        """`who`, `that`: what follows is a clause of its own."""
        if self.told.in_clause() and self.told.report is None:
            self.told.close()
        return self.used(at)

    def have(self, at: int) -> int:
        """`had`: governs what follows where no other cue does."""
        if self.told.report is not None and self.told.awaited is None and self.told.in_clause():
            self.told.report = None
        if self.told.in_clause():
            self.told.open()
        return self.used(at)

    def denial(self, at: int) -> int:
        """`no`, `without`, `never`: denies what its clause lists."""
        sign = self.signs[at]
        report = self.told.report
        if report is not None and not report.words and not report.assertion:
            if self.says_mention(at + 1):
                self.told.silent = report
                return self.used(at)
            return self.mark_report(report, at, "negated")
        if report is not None and self.is_unsaid(report, at):
            return self.used(at)
        if self.denies_what_is_done(at) or self.denied_in_report(at):
            return self.denied_behind(at)
        if self.is_of_pictures(at):
            self.told.choices.pick("told", sign.start, TOLD, ALONE)
            return self.negative_for(at)
        clause = self.told.clause
        if clause is not None and not self.told.in_clause():
            clause.denied = not clause.denied
            self.told.used.append(sign)
            self.told.denials.append((clause, sign))
        else:
            self.told.open(denied=True, sign=sign)
        return at + 1

    def is_of_pictures(self, at: int) -> bool:
        """Whether a finding is denied right behind pictures: `CT head without bleed`."""
        last = self.told.entries[-1].told if self.told.entries else None
        ahead = self.sign(at + 1)
        pictures = isinstance(last, Fact) and last.kind == "imaging" and self.touches(last, at)
        return pictures and ahead is not None and set(kinds_of(ahead)[:1]) <= set(FOUND) and ahead.has(THING)

    def negative_for(self, at: int) -> int:
        """`CT negative for embolism`: what the report of the pictures denies; else a denial."""
        last = self.told.entries[-1].told if self.told.entries else None
        pictures = isinstance(last, Fact) and last.kind == "imaging" and self.told.in_clause()
        if self.told.report is not None or not pictures:
            ahead = self.sign(at + 1)
            tested = ahead is not None and "lab" in kinds_of(ahead)[:1]
            return self.left(at) if tested and self.kind(at) == "negfor" else self.denial(at)
        behind = self.mention(at)
        if self.told.report is not None:
            self.told.report.assertion = "negated"
        return behind

    def level(self, at: int) -> int:
        """`troponin positive chest pain`: of the test that it stands right behind, else as any detail."""
        fact = self.told.last_fact("lab")
        behind = fact is not None and self.touches(fact, at) and not fact.values and not fact.level
        if fact is not None and behind and self.told.give(fact, self.signs[at]):
            return at + 1
        return self.detail(at)

    def contrast(self, at: int) -> int:
        """`who got contrast`: pictures with it, where none are named."""
        last = self.told.last_fact("imaging")
        if last is not None and self.told.comma and not self.thing_follows(at + 1):
            for each in self.listed_with(last):
                if each.kind == "imaging" and not each.contrast:
                    self.told.give(each, self.signs[at])
            self.told.link, self.told.comma = "", False
            return at + 1
        given = self.kind(at - 1) == "role" and self.signs[at].detail == "yes"
        if not given or self.thing_follows(at + 1) or self.earlier_fact("imaging") is not None:
            return self.detail(at)
        return self.placed(Fact("imaging", (), [self.signs[at]], contrast="yes"), at + 1)

    def late_value(self, at: int) -> int:
        """`whose first HbA1c after starting metformin was below 7`: the value of the test before."""
        sign = self.signs[at]
        fact = self.told.last_fact("lab")
        awaited = fact is not None and not fact.values and not fact.level
        if fact is None or not awaited or sign.symbol not in ("range:n", "range:qu"):
            return self.left(at)
        fact.values.append(sign.value)
        fact.signs.append(sign)
        return at + 1

    def that_is(self, at: int) -> int:
        """`defined as`: what follows holds, too, whatever it lists."""
        self.told.close()
        self.told.link, self.told.comma = "", False
        return self.used(at)

    def denies_what_is_done(self, at: int) -> bool:
        """Whether what stands before was not done: `PSA not measured`, `metformin not prescribed`."""
        done = self.sign(at + 1)
        last = self.told.entries[-1].told if self.told.entries else None
        if done is None or done.kind != "role" or not isinstance(last, Fact) or self.thing_follows(at + 2):
            return False
        return last.kind in _DONE.get(done.detail, ())

    def exception(self, at: int) -> int:
        """`excluding`: all to the end of the sentence; `but not` in a report is of what it tells."""
        report = self.told.report
        if report is not None and self.is_unsaid(report, at):
            return self.used(at)
        last = self.told.entries[-1] if self.told.entries else None
        if last is not None and last.clause.denied and last.clause is self.told.clause:
            return self.left(at)  # `no cancer other than of the skin`: no condition says that
        self.told.used.append(self.signs[at])
        self.told.close()
        self.told.leave_waiting()
        self.told.report = None
        self.told.excluding = self.told.section != "ex"
        self.excepted = (self.signs[at], len(self.told.entries))
        self.told.link, self.told.comma = "", False
        return at + 1

    def barred(self, at: int) -> int:
        """`… may not take part`: all of the sentence so far is excluded; `PE excluded on CT` denies PE."""
        sign = self.signs[at]
        self.told.used.append(sign)
        if self.kind(at + 1) in ("on", "in", "from") and self.report_ahead(at + 2) and self.told.entries:
            entry = self.told.entries[-1]
            entry.clause = Clause(denied=True, sentence=entry.clause.sentence)
            return at + 1
        if not self.told.has_part():
            return self.exclusion(at)
        if self.kind(at + 1) == "colon":  # a heading, of which the rest tells more
            self.told.drop_part()
            self.told.choices.pick("heading", sign.start, HEADING, (LEFT_OUT,))
            self.told.used.append(self.signs[at + 1])
            return at + 2
        for entry in self.barred_entries(sign):
            entry.excluded = True
        self.told.end_sentence()
        return at + 1

    def barred_entries(self, sign: Sign) -> list[ClauseEntry]:
        """What `excluded` behind it excludes: the sentence, or only the part since the last comma."""
        entries = self.told.in_sentence()
        last, _ = self.told.mark
        part = self.told.entries[last:]
        if not part or len(part) == len(entries) or any(each.link in ("and", "or") for each in entries[1:]):
            return entries
        chosen = self.told.choices.pick("barred", sign.start, BARRED, BARRED_WAYS)
        return part if chosen == "part" else entries

    def denied_behind(self, at: int) -> int:
        """`levothyroxine-naive`: it denies the fact before it; `untreated latent tuberculosis` none."""
        if self.kind(at) == "negpost" and not self.told.in_clause():
            return self.untreated(at)
        if self.told.link and self.kind(at) == "negpost":
            return self.left(at)
        self.told.used.append(self.signs[at])
        if self.told.entries:
            entry = self.told.entries[-1]
            entry.clause = Clause(denied=True, sentence=entry.clause.sentence)
        self.told.close()
        return at + 1

    def untreated(self, at: int) -> int:
        """`untreated brain metastases`: said of what follows, and no record tells it."""
        if self.told.link or not self.thing_follows(at + 1):
            return self.left(at)
        self.told.choices.pick("soft", self.signs[at].start, SOFT, (LEFT_OUT,))
        return self.used(at)

    def subject(self, at: int) -> int:
        """`patients`: ends what stands before them."""
        if self.signs[at].detail == "user" and self.told.entries:
            told = self.told.entries[-1].told
            if isinstance(told, Fact):
                told.role = "take"
        if self.told.entries and self.touches_last(at):
            self.told.entries[-1].headed = True
        self.told.close()
        self.told.report = None
        self.told.grouped = self.told.link == "or"
        if self.told.link != "or":
            self.told.link, self.told.comma = "", False
        return self.used(at)

    def touches_last(self, at: int) -> bool:
        """Whether the last fact ends where a sign begins."""
        last = self.told.entries[-1].told
        return isinstance(last, Fact) and self.touches(last, at)

    def role(self, at: int) -> int:
        """A verb or its noun: it governs what follows, or says more of what stands before."""
        role = self.signs[at].detail
        awaited = self.told.awaited
        if (
            awaited is not None
            and role not in ("mention", "describe", "series")
            and not self.thing_follows(at + 1)
        ):
            return self.back(awaited, at)
        step = self.roles().get(role)
        if step is not None:
            return step(at)
        if role in _GOVERNING and self.thing_follows(at + 1) and not self.told.awaited:
            self.govern(role)
        elif role in ("develop", "suffer") and (self.told.link or not self.told.in_clause()):
            return self.infected(at)
        return self.used(at)

    def infected(self, at: int) -> int:
        """`vaccinated but later infected`: with what they were vaccinated against; else nothing is named."""
        vaccine = self.earlier_fact("vaccine")
        rows = tuple(row for row in vaccine.rows if row.kind is LexiconKind.CONDITION) if vaccine else ()
        if not rows:
            return self.left(at)
        self.told.choices.pick("disease", self.signs[at].start, DISEASE, ALONE)
        self.told.open()
        return self.placed(Fact("condition", rows, [self.signs[at]]), at + 1)

    def roles(self) -> Mapping[str, ClauseStep]:
        """What is done at a verb that does more than to govern."""
        return {
            "mention": self.mention,
            "describe": self.describe,
            "series": self.describe,
            **dict.fromkeys(VISITS, self.stay),
            **dict.fromkeys(_SPECIAL, self.special),
        }

    def govern(self, role: str) -> None:
        """Let a role govern what follows; a denial right before it stays."""
        self.told.report = None
        if self.told.clause is None or self.told.in_clause():
            self.told.open(role=role)
        else:
            self.told.clause.role = role

    def special(self, at: int) -> int:
        """A role that makes something else of what it governs, or of what stands before it."""
        sign = self.signs[at]
        role = sign.detail
        last = self.told.entries[-1].told if self.told.entries else None
        behind = self.told.entries and not self.thing_follows(at + 1)
        against = isinstance(last, Fact) and last.kind in ("condition", "vaccine") and self.touches(last, at)
        if behind and isinstance(last, Fact) and role == "vacc" and against:
            last.kind = "vaccine"
            last.signs.append(sign)
            return at + 1
        if self.told.awaited is not None:
            self.told.open(role=role, sign=sign)
            return at + 1
        self.govern(role)
        return self.used(at)

    def kin(self, at: int) -> int:
        """`mother with`: the family history of one relative."""
        self.govern(f"kin:{self.signs[at].detail}")
        return self.used(at)

    def stay(self, at: int) -> int:
        """`admitted`: a stay of its own, unless what follows names it."""
        sign = self.signs[at]
        ahead = self.sign(at + 1)
        if ahead is not None and "encounter" in kinds_of(ahead):
            self.govern(sign.detail)
            return self.used(at)
        clause = self.told.clause
        if clause is None or self.told.in_clause():
            self.told.open(role=sign.detail)
        fact = Fact("encounter", (), [sign], role=sign.detail)
        if self.told.awaited is not None:
            fact = self.earlier_fact("encounter") or fact
        self.told.add_fact(fact)
        return at + 1

    def either(self, at: int) -> int:
        """`at least one of`: any of what is listed."""
        ahead = self.sign(at + 1)
        if ahead is not None and (
            ahead.has("ent:encounter") or (ahead.kind == "role" and ahead.detail in VISITS)
        ):
            return self.used(at)  # `at least one admission` is how many, and of no list
        if self.told.clause is None or self.told.in_clause():
            self.told.open()
        if self.told.clause is not None:
            self.told.clause.either = True
        return self.listing(at)

    def least(self, at: int) -> int:
        """`at least two of the following`: so many of what is listed."""
        if self.told.clause is None or self.told.in_clause():
            self.told.open()
        if self.told.clause is not None:
            self.told.clause.least = self.signs[at].value.n
            self.told.clause.either = True
        return self.listing(at)

    def comma(self, at: int) -> int:
        """A comma; it ends a relative time."""
        self.told.awaited = None
        return self.link(at)
