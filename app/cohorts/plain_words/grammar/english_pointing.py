"""Reads English words that point at what was told before: `the most recent one`, `only`, `or not`."""

from collections.abc import Mapping
from dataclasses import replace

from app.cohorts.plain_words.grammar.doubts import ALONE, HEADING, LEFT_OUT, ONLY, SINCE, SINCE_WAYS
from app.cohorts.plain_words.grammar.english_lists import EnglishListReader
from app.cohorts.plain_words.grammar.facts import Fact, Relative
from app.cohorts.plain_words.grammar.requests import PRECEDING
from app.cohorts.plain_words.grammar.sign_reader import ClauseStep
from app.cohorts.plain_words.grammar.things import kinds_of, rows_as
from app.cohorts.plain_words.grammar.times import EVENT, TimeSaid
from app.cohorts.plain_words.grammar.wordings import AGAIN
from app.cohorts.plain_words.scanning.signs import Sign

_IN_HEADINGS = ("heading", "noun", "ent", "soft", "row", "dim")
_PICKS = ("pick", "last", "ord")
_COMPARED = ("range:n", "range:qu", "value")
_LEADS_TO_DENIAL = ("comma", "and", "but", "semi", "with", "have", "weak", "pron")
_DENIALS = ("neg", "excl")
_HAPPENED = ("imaging", "procedure", "encounter", "drug", "vaccine")
_BEFORE_VALUES = ("of", "noun", "at", "with", "have", "role")
_POINTED_AT = (
    "lab",
    "imaging",
    "procedure",
    "drug",
    "encounter",
    "condition",
    "vaccine",
    "report",
    "document",
)


class EnglishPointingReader(EnglishListReader):
    """Reads what an English question points back at."""

    heading_from = 0  # where what was not understood of the first sentence begins

    def steps(self) -> Mapping[str, ClauseStep]:
        """What is done at a sign, by its kind."""
        return {
            **super().steps(),
            **dict.fromkeys(_PICKS, self.picked),
            "only": self.only,
            "ornot": self.or_not,
            "feature": self.feature,
            "samething": self.same_thing,
            "against": self.against,
            "again": self.again,
            "window": self.window,
            "colon": self.colon,
            "value": self.value,
            "open": self.open_parenthesis,
        }

    def picked(self, at: int) -> int:
        """`whose first HbA1c was over 9 and most recent one below 7`: of the same test again."""
        sign = self.signs[at]
        fact = self.told.last_fact()
        told = fact is not None and fact.kind == "lab" and bool(fact.values or fact.level)
        again = sign.has(AGAIN) or (told and self.kind(at + 1) in ("range", "value", "level"))
        if fact is None or not again or fact.kind not in _POINTED_AT:
            return self.left(at) if sign.has(AGAIN) else self.detail(at)
        self.told.waiting.append(replace(sign, symbols=sign.symbols[:1]))
        copied = Fact(
            fact.kind, fact.rows, [sign], resource=fact.resource, union=fact.union, short=fact.short
        )
        copied.modalities, copied.sites = list(fact.modalities), list(fact.sites)
        return self.placed(copied, at + 1)

    def only(self, at: int) -> int:
        """`X-ray only, never CT or MR`: what else is left out is said behind it."""
        if self.kind(at - 1) == "window":
            return self.used(at)
        if self.is_denied_behind(at):
            self.told.choices.pick("only", self.signs[at].start, ONLY, ALONE)
            return self.used(at)
        return super().only(at)

    def is_denied_behind(self, at: int) -> bool:
        """Whether the next link behind a word, and behind one thing at most, leads to a denial."""
        behind = at + 1
        if not self.told.entries or self.kind(behind) not in (*_LEADS_TO_DENIAL, *_DENIALS):
            found = self.things.thing(behind)
            if found is None:
                return False
            behind = found[1]
        while self.kind(behind) in _LEADS_TO_DENIAL:
            behind += 1
        return self.kind(behind) in _DENIALS and self.thing_follows(behind + 1)

    def or_not(self, at: int) -> int:
        """`over 200 with a statin or not`: only what the last cue leads to says nothing."""
        part = self.told.entries[self.told.mark[0] :]
        own = [each for each in part if each.clause is self.told.clause]
        if own and len(own) < len(part) and not self.told.link:
            self.told.set_mark_at(len(self.told.entries) - len(own))
        return self.no_matter(at)

    def same_thing(self, at: int) -> int:
        """`a father with the same cancer`: the diagnosis that was told last."""
        fact = self.earlier_fact("condition")
        if fact is None:
            return self.left(at)
        return self.placed(Fact("condition", fact.rows, [self.signs[at]], union=fact.union), at + 1)

    def against(self, at: int) -> int:
        """`vaccinated against influenza but not against hepatitis B`: the verb goes on."""
        if not any(each.detail == "vacc" for each in self.signs[:at] if each.kind == "role"):
            return self.left(at)
        if self.told.clause is None or self.told.in_clause():
            self.told.open()
        if self.told.clause is not None:
            self.told.clause.role = "vacc"
        return self.used(at)

    def again(self, at: int) -> int:
        """`transfused again within 48 hours of …`: after what is told by; elsewhere nobody knows when."""
        fact = self.told.last_fact()
        if self.kind(at + 1) == "window" and fact is not None and fact.windows and self.told.link:
            sign = self.signs[at + 1]
            self.told.add(replace(fact, signs=[self.signs[at], sign], windows=[sign.value]))
            return at + 2
        return self.used(at) if any(each.kind == "rel" for each in self.signs[at:]) else self.left(at)

    def value(self, at: int) -> int:
        """A value; behind a result that a time is told by it is that one's: `after a PSA above 10`."""
        anchor = self.anchor_behind(at)
        if anchor is None:
            return super().value(at)
        anchor.values.append(self.signs[at].value)
        anchor.signs.append(self.signs[at])
        return at + 1

    def anchor_behind(self, at: int) -> Fact | None:
        """The result without a value that a time is told by, right before a place; None where none is."""
        while self.kind(at - 1) in _BEFORE_VALUES:
            at -= 1
        last = self.told.entries[-1].told if self.told.entries else None
        anchor = last.relatives[-1].anchor if last is not None and last.relatives else None
        bare = anchor is not None and anchor.kind == "lab" and not anchor.values and not anchor.level
        return anchor if bare and anchor is not None and self.touches(anchor, at) else None

    def open_parenthesis(self, at: int) -> int:
        """A parenthesis; one that says a name again adds nothing: `PE (pulmonary embolism)`."""
        last = self.told.last_fact()
        inside = self.sign(at + 1)
        again = last is not None and inside is not None and self.kind(at + 2) == "close"
        if again and last is not None and inside is not None and self.touches(last, at):
            rows = {row.id for row in rows_as(inside, last.kind)}
            if rows & {row.id for row in last.rows}:
                last.rows = tuple(row for row in last.rows if row.id in rows)
                last.short = False
                self.told.used += self.signs[at : at + 3]
                return at + 3
        return super().open_parenthesis(at)

    def window(self, at: int) -> int:
        """A period; one that a comma or colon parts from all that follows is of all of it."""
        sign = self.signs[at]
        leads = not self.told.in_sentence() and not self.told.waiting and not self.told.excluding
        if leads and self.kind(at + 1) in ("comma", "colon") and self.thing_is_ahead(at + 2):
            self.told.leading.append((self.told.sentence, sign))
            self.told.used += self.signs[at : at + 2]
            return at + 2
        if self.counts_back(sign):
            return self.used(at)
        last = self.told.entries[-1].told if self.told.entries else None
        relative = last.relatives[-1] if last is not None and last.relatives else None
        anchor = relative.anchor if relative is not None and "during" in relative.said.period else None
        if anchor is not None and sign.value.loose == "lasting" and self.touches(anchor, at):
            anchor.windows.append(sign.value)  # `while on a thiazide for a month`
            anchor.signs.append(sign)
            return at + 1
        return super().window(at)

    def thing_is_ahead(self, at: int) -> bool:
        """Whether anything is told in the rest of the sentence."""
        rest = self.signs[at:]
        end = next((place for place, each in enumerate(rest) if each.kind in ("stop", "semi")), len(rest))
        return any(each.has("ent") or each.kind in ("row", "role", "dead") for each in rest[:end])

    def counts_back(self, sign: Sign) -> bool:
        """Whether a period is that before what was told first: `CT with CRP > 50 in the preceding day`."""
        facts = self.told.facts_in_sentence()
        said = sign.value.period
        last = facts[-1].relatives[-1] if facts and facts[-1].relatives else None
        if last is not None and set(last.said.period) == {"after"} and self.is_preceding(sign):
            last.said = TimeSaid({"within": said["within"], "after": EVENT})
            return True
        if (
            not self.is_preceding(sign)
            or not facts[1:]
            or facts[-2].kind not in _HAPPENED
            or facts[-1].windows
        ):
            return False
        if self.told.choices.pick("since", sign.start, SINCE, SINCE_WAYS) != "event":
            return False
        before = TimeSaid({"within": said["within"], "before": EVENT})
        facts[-1].relatives.append(Relative(before, sign, facts[-2]))
        return True

    def is_preceding(self, sign: Sign) -> bool:
        """Whether a period is told to precede something: `in the preceding 48 hours`."""
        within = set(sign.value.period) == {"within", "before"}
        return within and any(each.has(PRECEDING) for each in sign.parts)

    def colon(self, at: int) -> int:
        """A colon; a heading stands before it that is not understood: `Renal cohort: eGFR below 60`."""
        entries, unused = self.told.in_sentence(), self.told.unused[self.heading_from :]
        plain = all(each.kind in _IN_HEADINGS for each in unused)
        first = not any(each.kind == "colon" for each in self.signs[:at])
        if first and unused and plain and len(entries) <= 1 and self.thing_is_ahead(at + 1):
            self.told.choices.pick("heading", self.signs[at].start, HEADING, (LEFT_OUT,))
            self.told.set_mark_at(len(self.told.entries) - len(entries))
            self.told.drop_part()
            self.told.used += unused
            self.told.unused = self.told.unused[: self.heading_from]
        return self.used(at)

    def wanted(self, sign: Sign) -> str:
        """The kind that a name must be of; what is measured is a test: `low vitamin D`, `folate below 3`."""
        if "lab" in kinds_of(sign) and not (self.told.clause and self.told.clause.role):
            at = next(place for place, each in enumerate(self.signs) if each is sign)
            if self.kind(at + 1) == "value" or any(each.kind == "level" for each in self.told.waiting):
                return "lab"
        return super().wanted(sign)

    def placed(self, fact: Fact, behind: int) -> int:
        """Add a fact; pictures right behind a report are what it is of: `reports of chest CTs in 2025`."""
        report = self.told.report
        place = next((at for at, each in enumerate(self.signs) if fact.signs and each is fact.signs[0]), 0)
        bare = report is not None and not report.words and not report.absent and report.of is None
        if fact.kind != "imaging" or not bare or report is None or self.kind(place - 1) != "of":
            return super().placed(fact, behind)
        if not self.touches(report, place - 1) or self.told.awaited is not None:
            return super().placed(fact, behind)
        report.of, report.belongs, self.told.report = fact, True, None
        return super().placed(fact, behind)
