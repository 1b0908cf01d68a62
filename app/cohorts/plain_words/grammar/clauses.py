"""Reads what means the same in both languages: values, times, things, and what reports tell of them."""

from collections.abc import Mapping

from app.cohorts.plain_words.grammar.by_sex import BY_SEX
from app.cohorts.plain_words.grammar.doubts import ALONE, OPERATION
from app.cohorts.plain_words.grammar.facts import Clause, ClauseEntry, Fact, PersonFact
from app.cohorts.plain_words.grammar.renaming import ANY_OPERATION
from app.cohorts.plain_words.grammar.sign_reader import ClauseStep, SignReader
from app.cohorts.plain_words.grammar.telling import TIMED, Attachment
from app.cohorts.plain_words.grammar.things import kinds_of, rows_as
from app.cohorts.plain_words.scanning.signs import THING, Sign

ROW_KINDS: Mapping[str, str] = {
    "MedicationRequest": "drug",
    "Observation": "lab",
    "Condition": "condition",
    "Procedure": "procedure",
    "Encounter": "encounter",
    "AllergyIntolerance": "allergen",
    "Immunization": "vaccine",
    "DiagnosticReport": "report",
    "DocumentReference": "document",
    "ImagingStudy": "imaging",
    "Device": "device",
}
"""The kind of thing that rows of a type are."""
KINDS_BACK: Mapping[str, tuple[str, ...]] = {
    "dx": ("condition",),
    "suffer": ("condition",),
    "develop": ("condition",),
    "take": ("drug",),
    "rx": ("drug",),
    "start": ("drug", "procedure"),
    "stop": ("drug", "procedure"),
    "undergo": ("procedure",),
    "treat": ("drug", "procedure"),
    "image": ("imaging",),
    "vacc": ("vaccine",),
    "test": ("lab",),
}
"""The kinds of facts that a bare word such as `diagnosis` leads back to."""
VISITS = ("admit", "readmit", "discharge", "visit")
_GOVERNED: Mapping[str, tuple[str, ...]] = {
    "family": ("condition", "state", "word", "family"),
    "kin": ("condition", "state", "word", "family"),
    "allergy": ("allergen", "drug", "condition", "device", "procedure", "word"),
}
"""The kinds of things that some roles are of."""
BEGUN = ("drug", "procedure", "vaccine", "device", "encounter")
_ORDERED = ("pick", "ord", "last", "number")
FINDINGS = ("condition", "word", "state", "procedure", "device")


class ClauseReader(SignReader):
    """Reads the things of a question and what is said of them."""

    def steps(self) -> Mapping[str, ClauseStep]:
        """What is done at a sign, by its kind."""
        return {**super().steps(), "value": self.value, BY_SEX: self.by_sex, THING: self.thing}

    def value(self, at: int) -> int:
        """A value of a test: of the last one, and of those that are listed with it."""
        sign = self.signs[at]
        fact = self.told.last_fact("lab") or self.told.last_fact("dose")
        if fact is None:
            return self.left(at)
        if fact.values and self.told.link not in ("or", "comma", "slash"):
            return self.left(at)
        listed = [fact] if fact.values else self.listed_with(fact, bare=True)
        for each in listed:
            each.values.append(sign.value)
            each.signs.append(sign)
        self.told.link, self.told.comma = "", False
        return at + 1

    def by_sex(self, at: int) -> int:
        """A value for each sex, of the last test."""
        fact = self.told.last_fact("lab")
        if fact is None or fact.values or fact.by_sex or not self.signs[at].value:
            return self.left(at)
        fact.by_sex = self.signs[at].value
        fact.signs.append(self.signs[at])
        self.told.link, self.told.comma = "", False
        return at + 1

    def listed_with(self, fact: Fact, *, bare: bool = False) -> list[Fact]:
        """A fact and those before it in one list; with `bare` of its kind and without value."""
        found: list[Fact] = []
        entries = [each for each in self.told.entries if isinstance(each.told, Fact)]
        place = next((at for at, each in enumerate(entries) if each.told is fact), None)
        if place is None:
            return [fact]
        while place >= 0:
            entry = entries[place]
            one = entry.told
            if not isinstance(one, Fact) or (found and entry.clause is not entries[place + 1].clause):
                break
            if found and bare and (one.kind != fact.kind or one.values or one.level):
                break
            found.append(one)
            if entry.link not in ("or", "and", "comma", "slash"):
                break
            place -= 1
        return found

    # Times

    def window(self, at: int) -> int:
        """A period: of the last fact and of those that are listed with it; else of what follows."""
        sign = self.signs[at]
        entry = self.told.entries[-1] if self.told.entries else None
        if entry is not None and isinstance(entry.told, Fact) and entry.told.kind == "device":
            entry = next((each for each in reversed(self.told.entries[:-1]) if self.is_done(each)), entry)
        if entry is None or entry.clause.sentence != self.told.sentence or not self.takes_time(entry):
            self.told.waiting.append(sign)
            return at + 1
        told = entry.told
        if isinstance(told, PersonFact):
            told.windows.append(sign.value)
            told.signs.append(sign)
        else:
            given = [each for each in self.listed_with(told) if not each.windows and each.kind in TIMED] or [
                told
            ]
            for each in given:
                each.windows.append(sign.value)
                each.signs.append(sign)
            self.told.attachments.append(Attachment(sign, list(given)))
        return at + 1

    def is_done(self, entry: ClauseEntry) -> bool:
        """Whether an entry of this sentence is a procedure: a device beside it has no date of its own."""
        told = entry.told
        same = entry.clause.sentence == self.told.sentence
        return same and isinstance(told, Fact) and told.kind == "procedure"

    def takes_time(self, entry: ClauseEntry) -> bool:
        """Whether what an entry tells happened at some time."""
        told = entry.told
        if isinstance(told, PersonFact):
            return told.kind == "deceased" and told.value == "true"
        return told.kind in TIMED

    # Things

    def thing(self, at: int) -> int:
        """A thing that is named."""
        sign = self.signs[at]
        report = self.told.report
        if report is not None and set(FINDINGS) & set(kinds_of(sign)):
            return self.finding(report, at)
        if self.is_judgement(at):
            return self.left(at)
        if any(row.id == "radiology-report" for row in rows_as(sign, "document")):
            return self.reported(at)
        found = self.things.thing(at, self.wanted(sign))
        if found is None:
            return self.left(at)
        fact, behind = found
        return self.placed(fact, behind)

    def is_judgement(self, at: int) -> bool:
        """Whether a word for a report says how something came out that has none here: 심초음파는 정상인."""
        last = self.told.entries[-1].told if self.told.entries else None
        done = isinstance(last, Fact) and last.kind in ("procedure", "lab", "device")
        return (
            kinds_of(self.signs[at]) == ("word",)
            and done
            and isinstance(last, Fact)
            and self.touches(last, at)
        )

    def wanted(self, sign: Sign) -> str:
        """The kind that a name must be of by the cue before it; empty where any will do."""
        role = self.told.clause.role if self.told.clause else ""
        kinds = kinds_of(sign)
        if role == "allergy":
            return next((each for each in ("allergen", "drug", "condition") if each in kinds), "")
        if role in ("take", "rx", "start", "stop"):
            return next((each for each in ("drug", "vaccine", "procedure") if each in kinds), "")
        if role == "vacc":
            return next((each for each in ("vaccine", "condition") if each in kinds), "")
        return ""

    def placed(self, fact: Fact, behind: int) -> int:
        """Add a fact by what stands behind it and which cue governs it; return the place behind."""
        if self.goes_with_stay(fact):
            return behind
        self.leave_role(fact)
        clause = self.told.clause
        fact.role = fact.role or (clause.role if clause else "")
        if self.kind(behind) == "noun" and "noun:allergy" in self.signs[behind].symbols:
            behind = self.as_allergy(fact, behind)
        elif fact.role == "allergy":
            fact.kind = "allergen"
        if (
            fact.kind == "condition"
            and self.kind(behind) == "noun"
            and "noun:vaccine" in self.signs[behind].symbols
        ):
            fact.signs.append(self.signs[behind])
            behind += 1
            fact.kind = "vaccine"
        elif fact.kind == "condition" and fact.role == "vacc":
            fact.kind = "vaccine"
        if fact.role in ("family",) or fact.role.startswith("kin"):
            fact.relation = fact.role.partition(":")[2]
            fact.kind = "family"
        if fact.role == "start" and not fact.pick and fact.kind in BEGUN:
            fact.pick = "first"
        held = (
            [each for each in self.told.waiting if each.kind in _ORDERED]
            if self.leads_to_stay(fact, behind)
            else []
        )
        self.told.waiting = [each for each in self.told.waiting if all(each is not one for one in held)]
        self.told.add_fact(fact)
        self.told.waiting += held
        if fact.kind == "allergen":
            self.share_allergy(fact)
        return behind

    def share_allergy(self, fact: Fact) -> None:
        """`penicillin or cephalosporin allergy`: an allergy to each of the list."""
        for each in self.listed_with(fact):
            if each.kind == "drug" and not each.role:
                each.rows = rows_as(each.signs[0], "allergen") or each.rows
                each.kind = "allergen"

    def leave_role(self, fact: Fact) -> None:
        """Begin a clause of its own for what a role is not of: `family history of gout and a mammogram`."""
        clause = self.told.clause
        kinds = _GOVERNED.get(clause.role.partition(":")[0], ()) if clause else ()
        if clause is None or not kinds or fact.kind in kinds or self.told.awaited is not None:
            return
        if self.told.in_clause():
            self.told.clause = Clause(denied=clause.denied, sentence=clause.sentence)

    def leads_to_stay(self, fact: Fact, behind: int) -> bool:
        """Whether a diagnosis only says what a stay behind it is for: `second heart failure admission`."""
        sign = self.sign(behind)
        if fact.kind != "condition" or sign is None:
            return False
        return "encounter" in kinds_of(sign) or (sign.kind == "role" and sign.detail in VISITS)

    def goes_with_stay(self, fact: Fact) -> bool:
        """Whether a stay is the one that is named right before it, 중환자실 입원; then it is told already."""
        last = self.told.entries[-1].told if self.told.entries else None
        if fact.kind != "encounter" or not isinstance(last, Fact) or last.kind != "encounter":
            return False
        place = next((at for at, sign in enumerate(self.signs) if sign is fact.signs[0]), 0)
        if not self.touches(last, place):
            return False
        last.signs += fact.signs
        return True

    def as_allergy(self, fact: Fact, behind: int) -> int:
        """`penicillin allergy`: what it is to, by its name as an allergen where it has one."""
        sign = fact.signs[0]
        fact.rows = rows_as(sign, "allergen") or fact.rows
        fact.kind = "allergen"
        fact.signs.append(self.signs[behind])
        return behind + 1

    def row(self, at: int) -> int:
        """Any of a type of record: a report, an operation, a prescription."""
        sign = self.signs[at]
        if "ent:document" in sign.symbols or sign.detail == "DiagnosticReport":
            return self.reported(at)
        resource = sign.detail
        if sign.has(ANY_OPERATION):
            self.told.choices.pick("operation", sign.start, OPERATION, ALONE)
        fact = Fact(ROW_KINDS[resource], (), [sign], resource=resource)
        return self.placed(fact, at + 1)

    def feature(self, at: int) -> int:
        """`CTDIvol above 20 mGy`: a dose with no pictures beside it is told by itself."""
        sign = self.signs[at]
        pictures = any("modality" in kinds_of(each) for each in self.signs) or any(
            each.has("row:ImagingStudy") for each in self.signs
        )
        if pictures or not sign.value.is_dose:
            return self.detail(at)
        return self.placed(Fact("dose", (), [sign], features=[sign.value]), at + 1)

    # Reports

    def reported(self, at: int) -> int:
        """A report: of the pictures right before it; what follows is what it says."""
        sign = self.signs[at]
        fact = Fact("report", (), [sign])
        last = self.told.entries[-1] if self.told.entries else None
        behind = last is not None and self.told.awaited is None
        if (
            last
            and behind
            and isinstance(last.told, Fact)
            and last.told.kind == "imaging"
            and self.touches(last.told, at)
        ):
            fact.of = last.told
            fact.signs = [*last.told.signs, sign]
            self.told.entries.pop()
            self.told.link, self.told.comma = last.link, last.comma
            if self.told.clause is None:
                self.told.clause = last.clause
        if sign.kind == "section":
            fact.section = sign.detail
        self.told.add_fact(fact)
        self.told.report = fact
        return at + 1

    def finding(self, report: Fact, at: int) -> int:
        """A thing that a report tells."""
        sign = self.signs[at]
        kind = next(each for each in FINDINGS if each in kinds_of(sign))
        fact = Fact(kind, rows_as(sign, kind), [sign])
        (report.absent if self.told.silent is report else report.words).append(fact)
        report.signs.append(sign)
        if self.told.link in ("and",) and len(report.words) > 1:
            report.words_joined = "all"
        self.told.link, self.told.comma = "", False
        behind = at + 1
        while self.kind(behind) == "noun":
            report.signs.append(self.signs[behind])
            behind += 1
        return behind

    def mark_report(self, report: Fact, at: int, assertion: str) -> int:
        """What is said of the findings of a report: that they are denied or suspected."""
        report.assertion = assertion
        report.signs.append(self.signs[at])
        return at + 1
