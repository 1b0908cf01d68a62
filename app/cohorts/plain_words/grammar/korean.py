"""Reads Korean: what a verb governs stands before it, and its ending says how the sentence goes on."""

from collections.abc import Mapping

from app.cohorts.plain_words.grammar.anchoring import METHOD
from app.cohorts.plain_words.grammar.clauses import VISITS
from app.cohorts.plain_words.grammar.doubts import ALONE, ONLY, OPERATION
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact
from app.cohorts.plain_words.grammar.korean_clauses import LINKS
from app.cohorts.plain_words.grammar.korean_lists import KoreanListReader
from app.cohorts.plain_words.grammar.sign_reader import ClauseStep
from app.cohorts.plain_words.grammar.telling import person
from app.cohorts.plain_words.grammar.things import kinds_of
from app.cohorts.plain_words.scanning.signs import Sign

_GETTING = ("be", "do", "become", "get", "exist", "have", "come", "insert", "same", "exclude", "not")
_KNOWN = frozenset((*_GETTING, "suffer", "take", "image", "show", "occur", "die", "live", "write", "know"))
"""What verbs mean that are understood; of any other nobody knows what it says."""
_COMPARED = {
    "high": "high",
    "big": "high",
    "rise": "high",
    "low": "low",
    "small": "low",
    "fall": "low",
}
_MOVED = ("rise", "fall")
_ROLES_OF_VERBS = {"suffer": "suffer", "take": "take", "image": "image", "occur": "develop"}
_SILENT = ("of", "from", "with", "for", "colon", "to", "sincepart", "exp", "josa", "as", "listof")


class KoreanReader(KoreanListReader):
    """Reads the clauses of a Korean question."""

    def steps(self) -> Mapping[str, ClauseStep]:
        """What is done at a sign, by its kind."""
        return {
            **super().steps(),
            **dict.fromkeys(_SILENT, self.used),
            **dict.fromkeys(("v", "vn"), self.verb),
            **dict.fromkeys(("excl", "barred"), self.exception),
            **dict.fromkeys(("semi", "stop"), self.ended),
            "and": self.join,
            "neg": self.denial,
            "negpost": self.denied_behind,
            "subj": self.subject,
            "among": self.among,
            "role": self.role,
            "kin": self.kin,
            "section": self.section,
            "quoted": self.quoted,
            "ver": self.verification,
            "rel": self.relative,
            "in": self.within,
            "at": self.at_time,
            "either": self.either,
            "least": self.least,
            "noreq": self.no_matter,
            "comma": self.comma,
            "level": self.level,
            "window": self.add_window,
            "row": self.row,
            "feature": self.feature,
            "ahead": self.ahead,
        }

    def detail(self, at: int) -> int:
        """Something said of a thing; 현재 before an age says nothing."""
        bare = self.signs[at].kind == "current" and self.kind(at + 1) in ("age", "sex")
        return self.used(at) if bare else super().detail(at)

    # Verbs

    def verb(self, at: int) -> int:
        """A verb: it closes its clause."""
        sign = self.signs[at]
        denied = sign.kind == "vn"
        meaning, _, ending = sign.detail.partition(".")
        test = self.told.last_fact("lab")
        compared = test is not None and not (meaning in _MOVED and (test.values or test.level))
        known = meaning in _KNOWN or (meaning in _COMPARED and compared)
        (self.told.used if known else self.told.unused).append(sign)
        if self.takes_negation():
            denied = not denied
        if ending == "fut" and meaning not in ("be",):
            self.told.unused.append(sign)
        if self.told.report is not None and self.said_in_report(sign, denied):
            if ending not in ("fin", "nom") and not self.goes_on_telling(sign):
                self.end_report(LINKS.get(ending, ""))
            return at + 1
        if meaning == "come":
            self.come(sign)
        listless = not (self.told.clause and self.told.in_clause()) or self.links_ahead(at)
        if denied and listless and meaning not in ("die", "live"):
            return self.denied_bare(at, meaning)
        if meaning in ("die", "live"):
            self.persons("deceased", sign, "true" if meaning == "die" else "false").clause.denied = denied
            self.told.close()
            return at + 1
        self.govern(meaning, sign)
        self.shut(LINKS.get(ending, ""), denied=denied, last_only=ending in ("nom", "fin"))
        return at + 1

    def come(self, sign: Sign) -> None:
        """자주 오는: how often they came, where no stay is named."""
        entries = self.told.in_clause() if self.told.clause else []
        named = any(isinstance(each.told, Fact) and each.told.kind == "encounter" for each in entries)
        if not named and any(each.kind == "number" for each in self.told.waiting):
            self.told.add_fact(Fact("encounter", (), [sign], role="visit"))

    def within(self, at: int) -> int:
        """에서: of pictures that show something, or of an age."""
        last = self.told.entries[-1].told if self.told.entries else None
        ahead = self.sign(at + 1)
        done = isinstance(last, Fact) and last.kind in ("procedure", "imaging") and self.touches(last, at)
        if done and isinstance(last, Fact) and ahead is not None and "lab" in kinds_of(ahead):
            last.role = METHOD
        return self.shown_in(at) if self.pictures_before(at) is not None else self.at_age(at)

    def join(self, at: int) -> int:
        """와, 그리고; 와 함께 stands apart from a list of which one is enough: A와 함께 B, C 중 하나."""
        kinds = ("either", "least", "v", "vn", "subj")
        ahead = next((each.kind for each in self.signs[at:] if each.kind in kinds), "")
        if self.signs[at].detail == "with" and ahead in ("either", "least"):
            self.shut("and")
            return self.used(at)
        return self.link(at)

    def only(self, at: int) -> int:
        """만: it adds nothing where what else there might be is denied: CT만 찍고 MRI는 찍지 않은."""
        denied = any(each.kind in ("vn", "neg", "negpost", "excl") for each in self.signs[at + 2 :])
        if self.kind(at - 1) == "either":  # 중 하나만
            self.told.choices.pick("only", self.signs[at].start, ONLY, ALONE)
            return self.used(at)
        harmless = self.kind(at - 1) in ("window", "row")  # 올해만 세 번 입원한, 판독문만 모아줘
        return self.used(at) if denied or harmless else super().only(at)

    def links_ahead(self, at: int) -> bool:
        """Whether `또는` stands between the last thing and a verb: 활동성 결핵 또는 치료받지 않은."""
        return self.told.link in ("and", "or") and self.kind(at - 1) != "subj"

    def denied_bare(self, at: int, meaning: str) -> int:
        """A denied verb that lists nothing: 당뇨병 환자가 아닌; else nobody knows what is denied."""
        sign = self.signs[at]
        never = (
            meaning == "exist" and self.closed and self.kind(at - 1) == "v" and _has_value(self.closed[-1])
        )
        if never or (meaning == "be" and self.closed and self.kind(at - 1) == "subj"):
            self.deny(self.closed, last_only=False)
        else:
            self.told.used = [each for each in self.told.used if each is not sign]
            self.told.unused.append(sign)
        self.shut(LINKS.get(sign.detail.partition(".")[2], ""))
        return at + 1

    def govern(self, meaning: str, sign: Sign) -> None:
        """Give the facts of the clause the role that its verb says."""
        role = self.role_said.detail if self.role_said else _ROLES_OF_VERBS.get(meaning, "")
        entries = self.told.in_clause() if self.told.clause else []
        for entry in entries:
            told = entry.told
            if isinstance(told, Fact):
                told.role = told.role or role
                self.settle_role(told, role)
                if meaning in _COMPARED and told.kind == "lab" and not told.values and not told.level:
                    told.level = _COMPARED[meaning]

    def role(self, at: int) -> int:
        """A noun of a verb: 진단, 복용, 입원; what it does is done when its clause closes."""
        role = self.signs[at].detail
        if role == "mention":
            return self.mention(at)
        if role in ("describe", "series") and "quoted" not in (self.kind(at - 1), self.kind(at + 1)):
            return self.left(at)
        if role in VISITS:
            return self.stay(at)
        fact = self.told_by_role(at)
        return self.placed(fact, at + 1) if fact is not None else self.governing(at)

    def told_by_role(self, at: int) -> Fact | None:
        """What a noun of a verb tells by itself, any allergy or operation; None where it tells nothing."""
        sign = self.signs[at]
        if sign.detail == "allergy" and not self.told.in_clause() and self.kind(at + 1) in ("v", "vn"):
            return Fact("allergen", (), [sign], resource="AllergyIntolerance")
        operated = sign.has("operation") and self.is_any_operation(at)
        return Fact("procedure", (), [sign]) if operated else None

    def governing(self, at: int) -> int:
        """A noun of a verb that says what is done with what stands before it."""
        sign = self.signs[at]
        self.told.used.append(sign)
        if sign.detail in ("family",) and not self.told.in_clause():
            self.told.open(role="family")
            return at + 1
        self.role_said = sign
        entries = self.told.in_clause() if self.told.clause else []
        for entry in entries:
            if isinstance(entry.told, Fact):
                self.settle_role(entry.told, sign.detail)
        denied = self.negated is not None and self.negated is self.sign(at - 1)
        if denied and self.kind(at + 1) not in ("v", "vn", "subj", "current", "noun"):
            self.govern("", sign)
            if not entries:
                self.leave_negated()  # 미치료 고혈압
            self.shut(denied=self.takes_negation())  # 스타틴 미복용 당뇨 환자
        elif self.kind(at + 1) in ("", "comma", "stop", "semi", "excl", "current"):
            self.govern("", sign)
        return at + 1

    def is_any_operation(self, at: int) -> bool:
        """Whether 수술 names no more than that there was one: 수술을 받은 환자, 수술과 항암치료."""
        listed = self.told.in_clause() if self.told.clause is not None else []
        diseases = all(isinstance(each.told, Fact) and each.told.kind == "condition" for each in listed)
        done = self.kind(at + 1) == "v" and self.signs[at + 1].detail.partition(".")[0] in ("get", "do")
        if listed and diseases and done:
            self.told.choices.pick("operation", self.signs[at].start, OPERATION, ALONE)
            return True
        return not listed and self.kind(at + 1) in ("v", "vn", "and", "or", "comma")

    def stay(self, at: int) -> int:
        """입원: a stay of its own, unless the clause names it already."""
        sign = self.signs[at]
        entries = self.told.in_clause() if self.told.clause else []
        named = next(
            (each.told for each in entries if isinstance(each.told, Fact) and each.told.kind == "encounter"),
            None,
        )
        if named is not None:
            named.signs.append(sign)
            return at + 1
        self.placed(Fact("encounter", (), [sign], role=sign.detail), at + 1)
        return at + 1

    def kin(self, at: int) -> int:
        """어머니가: the family history of one relative."""
        self.told.open(role=f"kin:{self.signs[at].detail}")
        return self.used(at)

    def subject(self, at: int) -> int:
        """환자: what stands before says something of them."""
        sign = self.signs[at]
        detail = sign.detail
        if detail == "allergy":
            self.govern_as("allergy")
        elif detail == "user":
            self.govern_as("take")
        denied = self.takes_negation()
        held = self.leading_windows() if self.is_given_to(at) else []
        self.told.waiting = [each for each in self.told.waiting if all(each is not one for one in held)]
        self.shut(denied=denied)
        self.told.waiting += held
        self.headed = len(self.told.entries)
        self.told.report = None
        if self.told.link != "or":
            self.told.link, self.told.comma = "", False
        return self.used(at)

    def leading_windows(self) -> list[Sign]:
        """The periods that wait and stand before all that the clause tells."""
        first = min((each.told.start for each in self.told.in_clause()), default=0)
        return [each for each in self.told.waiting if each.kind == "window" and each.start < first]

    def is_given_to(self, at: int) -> bool:
        """Whether something that was done to them follows at once: 환자에게 시행한 CT, 환자의 CT."""
        if self.role_said is not None or self.told.clause is None:
            return False
        if self.kind(at + 1) == "role":
            verb = self.sign(at + 2)
            done = verb is not None and verb.kind == "v" and verb.detail.endswith(".adn")
            return done and self.thing_follows(at + 3)
        return self.are_pictures(at + 2 if self.kind(at + 1) == "of" else at + 1)

    def are_pictures(self, at: int) -> bool:
        """Whether pictures stand at a place: 2022년 이후 흑색종 환자의 흉부 CT."""
        while (sign := self.sign(at)) is not None:
            kinds = kinds_of(sign)
            if "modality" in kinds:
                return True
            if "site" not in kinds and sign.kind not in ("contrast", "lat", "maker", "feature"):
                return False
            at += 1
        return False

    def govern_as(self, role: str) -> None:
        """Give the facts of the clause a role."""
        for entry in self.told.in_clause() if self.told.clause else []:
            if isinstance(entry.told, Fact):
                entry.told.role = role
                self.settle_role(entry.told, role)

    def among(self, at: int) -> int:
        """중: of those that were told of."""
        self.shut()
        return self.used(at)

    def denial(self, at: int) -> int:
        """안, 못, 미: it denies the verb that follows."""
        self.leave_negated()
        self.negated = self.signs[at]
        return at + 1

    def denied_behind(self, at: int) -> int:
        """없이: it denies what stands before it."""
        self.told.used.append(self.signs[at])
        if self.told.report is not None:
            self.told.report.assertion = "negated"
        else:
            self.shut("and", denied=True)
        return at + 1

    def ahead(self, at: int) -> int:
        """먼저: it says no more than `before` does, and alone nobody knows before what."""
        last = self.told.entries[-1].told if self.told.entries else None
        relatives = [*self.told.fronted, *(last.relatives if last is not None else ())]
        return self.used(at) if any("before" in each.said.period for each in relatives) else self.left(at)

    def persons(self, kind: str, sign: Sign, value: str = "") -> ClauseEntry:
        """What is said of persons; it may be one of a list: 다음 중 하나 이상: 65세 초과, 당뇨병."""
        clause = self.told.clause
        if clause is not None and clause.listed:
            return self.told.add(person(kind, sign, value))
        return super().persons(kind, sign, value)

    def level(self, at: int) -> int:
        """상승, 비정상: of the test before it, else of the one behind."""
        sign = self.signs[at]
        fact = self.told.last_fact("lab")
        if fact is not None and not fact.level and not fact.values:
            for each in self.listed_with(fact, bare=True):
                self.told.give(each, sign)
            return at + 1
        return self.detail(at)


def _has_value(entry: ClauseEntry) -> bool:
    """Whether an entry is a result that is compared: 2를 넘은 적이 없는."""
    return isinstance(entry.told, Fact) and bool(entry.told.values)
