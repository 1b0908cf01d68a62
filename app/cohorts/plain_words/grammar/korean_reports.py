"""Reads what Korean says of reports: what they tell stands before them."""

from app.cohorts.plain_words.grammar.doubts import ALONE, TOLD
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact
from app.cohorts.plain_words.grammar.korean_clauses import KoreanClauseReader
from app.cohorts.plain_words.grammar.korean_wordings import READ
from app.cohorts.plain_words.grammar.settling import WORDING
from app.cohorts.plain_words.grammar.telling import FOUND
from app.cohorts.plain_words.grammar.things import kinds_of
from app.cohorts.plain_words.scanning.signs import Sign

_SEEN = ("exist", "show", "occur")
_MADE = ("image.adn", "get.adn", "do.adn", "become.adn")
_MENTIONED = (*FOUND, "procedure", "device")
"""The kinds of things that a report may mention."""


class KoreanReportReader(KoreanClauseReader):
    """Reads the reports of a Korean question."""

    def section(self, at: int) -> int:
        """A section of criteria, or of a report."""
        if self.signs[at].kind == "section" and self.signs[at].detail in ("impression", "findings"):
            if self.told.report is not None:
                self.told.report.section = self.signs[at].detail
                return self.used(at)
            return self.reported(at)
        self.shut()
        return super().section(at)

    def mention(self, at: int) -> int:
        """언급된: what a report tells stands before."""
        self.told.used.append(self.signs[at])
        report = self.told.report
        if report is None and self.signs[at].has(READ):
            self.read_in(self.told.in_clause() if self.told.clause else self.closed)
            return at + 1
        if report is None and not self.row_ahead(at + 1):
            for each in self.told.in_clause() if self.told.clause else self.closed:
                if isinstance(each.told, Fact) and not each.told.role:
                    each.told.role = "mention"
        goes_on = self.kind(at + 1) in ("v", "vn", "noun", "ver") or self.row_ahead(at + 1)
        if report is not None and not goes_on:
            self.end_report("")
        elif report is None and self.row_ahead(at + 1):
            self.into_report(self.told.in_clause() if self.told.clause else self.closed)
        return at + 1

    def row_ahead(self, at: int) -> bool:
        """Whether a report follows, maybe behind verbs and what it is of."""
        while (sign := self.sign(at)) is not None:
            if "row:DiagnosticReport" in sign.symbols or "document" in kinds_of(sign):
                return True
            if not (
                sign.kind in ("v", "vn", "role", "ver", "contrast", "lat", "window")
                or {"site", "modality"} & set(kinds_of(sign))
            ):
                return False
            at += 1
        return False

    def into_report(self, entries: list[ClauseEntry]) -> None:
        """The findings that were told just now are those of the report that follows."""
        if entries and isinstance(entries[-1].told, Fact) and entries[-1].told.kind in _MENTIONED:
            words, denied = self.told.take_findings(_MENTIONED)
            signs = [sign for word in words for sign in word.signs]
            report = Fact("report", (), signs, words=words)
            if self.told.link == "and":
                self.mark_told()
            self.take_mentioned(report, denied=denied)
            suspected = any("suspected" in each.statuses.get("ver", ()) for each in words)
            report.assertion = (
                "negated" if denied and report.words == words else "uncertain" if suspected else ""
            )
            self.told.add_fact(report)
            self.told.report = report

    def read_in(self, entries: list[ClauseEntry]) -> None:
        """What was told just now, and when, is what a report tells: 지난달 폐렴 의심으로 판독된."""
        facts = [each.told for each in entries if isinstance(each.told, Fact)]
        windows = list({id(one): one for each in facts for one in each.windows}.values())
        for each in facts:
            each.windows = []
        self.into_report(entries)
        report = self.told.report
        if report is None:
            return
        report.windows += windows
        for attached in self.told.attachments:
            if any(one is each for one in attached.to for each in facts):
                attached.to = [report]

    def mark_told(self) -> None:
        """Mark the finding before, which `and` links to those of a report: 결절이 있고 흉수는 없는 판독문."""
        last = self.told.entries[-1] if self.told.entries else None
        if last is None or not isinstance(last.told, Fact) or last.clause.sentence != self.told.sentence:
            return
        plain = not (last.told.role or last.told.windows or last.told.statuses or last.told.relatives)
        if last.told.kind in ("condition", "word") and plain:
            self.told.choices.pick("told", last.told.start, TOLD, ALONE)
            last.told.role = "mention"
            self.told.link = last.link

    def take_mentioned(self, report: Fact, *, denied: bool) -> None:
        """Take what was mentioned before in the sentence: 폐결절은 언급하지만 기흉은 언급하지 않은 판독문."""
        before = [
            each
            for each in self.told.entries
            if isinstance(each.told, Fact) and each.told.role == "mention" and each.told.kind in _MENTIONED
        ]
        if not before:
            return
        said = [each.told for each in before if isinstance(each.told, Fact) and not each.clause.denied]
        unsaid = [each.told for each in before if isinstance(each.told, Fact) and each.clause.denied]
        self.latest = [] if denied else list(report.words)
        report.absent = unsaid + (report.words if denied else [])
        report.words = said + self.latest
        report.signs += [sign for each in (*said, *unsaid) for sign in each.signs]
        self.told.entries = [each for each in self.told.entries if all(each is not one for one in before)]

    def reported(self, at: int) -> int:
        """A report; one whose findings stand before it is told already."""
        if self.told.report is None and self.suspected_before(at):
            self.read_in(self.told.in_clause())
        if self.told.report is not None:
            self.told.report.signs.append(self.signs[at])
            return at + 1
        pictures = self.pictures_before(at)
        first = next((n for n, sign in enumerate(self.signs) if pictures and sign is pictures.signs[0]), at)
        entries = self.told.in_clause() if self.told.clause else []
        told = self.kind(first - 1) in ("v", "vn") or self.kind(first - 2) in ("v", "vn")
        before = [each for each in self.told.entries if each.told is not pictures][-1:]
        if told and before and isinstance(before[0].told, Fact) and before[0].told.words:
            return self.belongs_to(before[0].told, pictures, at)
        told = told or (self.kind(first - 1) == "role" and self.signs[first - 1].detail == "mention")
        if told and self.closed and all(each.told is pictures for each in entries):
            if pictures is not None:
                entry = self.told.entries.pop()
                self.told.link, self.told.comma = entry.link, entry.comma
            self.into_report(self.closed)
            report = self.told.report
            if report is not None:
                report.of = pictures
                report.signs += [*(pictures.signs if pictures else ()), self.signs[at]]
                self.told.report = None
                return at + 1
            if pictures is not None:
                self.told.add(pictures)
        return super().reported(at)

    def suspected_before(self, at: int) -> bool:
        """Whether a finding is suspected right before a report: 폐렴 의심 판독."""
        before = self.sign(at - 1)
        last = self.told.entries[-1].told if self.told.entries and self.told.clause else None
        suspected = before is not None and before.symbol == "ver:suspected"
        return suspected and isinstance(last, Fact) and self.touches(last, at) and last.kind in FOUND

    def belongs_to(self, report: Fact, pictures: Fact | None, at: int) -> int:
        """A word for a report behind what it tells: it is that one, of the pictures before it."""
        if pictures is not None:
            entry = self.told.entries.pop()
            self.told.link, self.told.comma = entry.link, entry.comma
            report.of = report.of or pictures
            report.signs += pictures.signs
        report.signs.append(self.signs[at])
        return at + 1

    def row(self, at: int) -> int:
        """Any of a type of record; a word for pictures behind some, CT로 찍은 검사, says no more."""
        entry = self.told.entries[-1] if self.told.entries else None
        last = entry.told if entry is not None else None
        verb = self.sign(at - 1)
        made = verb is not None and verb.kind == "v" and verb.detail in _MADE
        if made and isinstance(last, Fact) and last.kind == "imaging" and self.is_pictures(at):
            last.signs.append(self.signs[at])
            return at + 1
        return super().row(at)

    def is_pictures(self, at: int) -> bool:
        """Whether a word for any pictures stands at a place."""
        return self.signs[at].detail == "ImagingStudy"

    def pictures_before(self, at: int) -> Fact | None:
        """The pictures that stand right before a place; None where none do."""
        last = self.told.entries[-1].told if self.told.entries else None
        return last if isinstance(last, Fact) and last.kind == "imaging" and self.touches(last, at) else None

    def shown_in(self, at: int) -> int:
        """CT에서: what follows is what the report of those pictures tells; else it is used up."""
        pictures = self.pictures_before(at)
        if pictures is None or self.told.report is not None or not self.finding_ahead(at + 1):
            return self.used(at)
        entry = self.told.entries.pop()
        self.told.link, self.told.comma = entry.link, entry.comma
        report = Fact("report", (), [*pictures.signs, self.signs[at]], of=pictures)
        self.told.add_fact(report)
        self.told.report = report
        return at + 1

    def placed(self, fact: Fact, behind: int) -> int:
        """Add a fact; pictures behind what they show, 골절 소견이 없는 X선, by what their reports tell."""
        place = next((at for at, sign in enumerate(self.signs) if fact.signs and sign is fact.signs[0]), 0)
        verb = self.kind(place - 1) in ("v", "vn") and self.signs[place - 1].detail.endswith(".adn")
        seen = verb and self.is_finding(place - 2) and self.told.report is None
        if fact.kind == "imaging" and self.is_read(place):
            told = self.told.entries[-1].told
            if isinstance(told, Fact) and told.kind == "report":
                told.of = fact
                told.signs += fact.signs
                return behind
        if fact.kind == "imaging" and seen and self.shows_condition(self.closed):
            self.into_report(self.closed)
            report = self.told.report
            if report is not None:
                report.of = fact
                report.signs += fact.signs
                self.told.report = None
                return behind
        return super().placed(fact, behind)

    def is_read(self, at: int) -> bool:
        """Whether 판독된 stands right before a place, and a report that tells what stands before that."""
        verb, told = self.sign(at - 1), self.sign(at - 2)
        if verb is None or told is None or not verb.detail.endswith(".adn"):
            return False
        return told.has(READ) and bool(self.told.entries)

    def is_finding(self, at: int) -> bool:
        """Whether 소견 stands at a place, as a noun or as what tells it."""
        return self.kind(at) == "noun" or (self.kind(at) == "role" and self.signs[at].detail == "mention")

    def shows_condition(self, entries: list[ClauseEntry]) -> bool:
        """Whether what was told last is one diagnosis, and nothing more of it."""
        told = [each.told for each in entries]
        plain = all(isinstance(each, Fact) and each.kind in FOUND and not each.windows for each in told)
        last = self.told.entries[-1].told if self.told.entries else None
        return bool(told) and plain and last is told[-1]

    def finding_ahead(self, at: int) -> bool:
        """Whether findings follow, and a verb that says that they are seen or not."""
        found = False
        while (sign := self.sign(at)) is not None and sign.kind not in ("v", "vn"):
            named = bool(set(FOUND) & set(kinds_of(sign)))
            between = sign.kind in ("and", "or", "comma", "soft", "noun", "lat", "sev", "ver")
            if not (named or between or (sign.kind == "role" and sign.detail == "mention" and found)):
                return False
            found = found or named
            at += 1
        return found and (sign is None or self.is_seen(at))

    def is_seen(self, at: int) -> bool:
        """Whether a verb says that something is there: 있는, 보이는, 발견된."""
        mentioned = self.kind(at - 1) == "role" and self.signs[at - 1].detail == "mention"
        return mentioned or self.signs[at].detail.partition(".")[0] in _SEEN

    def said_in_report(self, sign: Sign, denied: bool) -> bool:
        """What a verb says of the findings of a report; False where it is of something else."""
        report = self.told.report
        if report is None or not report.words:
            return False
        report.signs.append(sign)
        fresh = self.latest or [each for each in report.words if all(each is not one for one in self.held)]
        if denied and (self.held or self.latest or self.goes_on_telling(sign)):
            report.absent += fresh
            report.words = [each for each in report.words if all(each is not one for one in fresh)]
        elif denied and self.is_mentioned(sign):
            self.unsaid, report.words, report.absent = report, [], [*report.absent, *fresh]
        elif denied:
            report.assertion = "negated"
        self.held = list(report.words)
        return True

    def is_mentioned(self, verb: Sign) -> bool:
        """Whether a verb stands behind 언급, 이라는 말: a report without it denies nothing."""
        at = next((place for place, each in enumerate(self.signs) if each is verb), 0)
        return at > 0 and self.signs[at - 1].has(WORDING)

    def goes_on_telling(self, verb: Sign) -> bool:
        """Whether a report tells more behind a verb: 결절은 있지만 종괴는 없는."""
        at = next((place for place, each in enumerate(self.signs) if each is verb), 0)
        goes_on = verb.detail.endswith((".and", ".tho")) and self.finding_ahead(at + 1)
        following = self.sign(at + 1)
        if not goes_on or following is None or self.row_ahead(at + 2):
            return False
        return "word" in kinds_of(following) or verb.detail.endswith(".tho")

    def end_report(self, link: str) -> None:
        """End what a report tells."""
        report = self.told.report
        if report is not None and not report.words and report.absent and report is not self.unsaid:
            report.words, report.absent, report.assertion = report.absent, [], "negated"
        self.held = []
        self.shut(link)
        self.told.report = None

    def verification(self, at: int) -> int:
        """의심: of a diagnosis, or of what a report tells."""
        report = self.told.report
        if report is not None and self.signs[at].detail == "suspected":
            return self.mark_report(report, at, "uncertain")
        entries = self.told.in_clause() if self.told.clause else []
        last = entries[-1].told if entries else None
        if isinstance(last, Fact) and self.told.give(last, self.signs[at]):
            return at + 1
        return self.detail(at)

    def quoted(self, at: int) -> int:
        """Words between quotation marks: those of a report, or of a description."""
        sign = self.signs[at]
        fact = self.earlier_fact("imaging")
        if (
            self.told.report is None
            and any(
                self.kind(at + step) == "role" and self.signs[at + step].detail == "describe"
                for step in (-1, 1)
                if self.sign(at + step)
            )
            and fact
        ):
            fact.described.append(sign.value)
            return at + 1
        if self.told.report is None and self.row_ahead(at + 1):
            self.told.add_fact(Fact("report", (), [sign]))
            last = self.told.entries[-1].told
            self.told.report = last if isinstance(last, Fact) else None
        if self.told.report is None:
            return self.left(at)
        self.told.report.words.append(Fact("quoted", (), [sign], quoted=sign.value))
        self.told.report.signs.append(sign)
        return at + 1
