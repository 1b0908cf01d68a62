"""Reads what English says of reports and of what stands in them."""

from app.cohorts.plain_words.grammar.clauses import FINDINGS, ClauseReader
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact, ToldFact
from app.cohorts.plain_words.grammar.things import kinds_of


class EnglishReportReader(ClauseReader):
    """Reads the reports of an English question."""

    def report_ahead(self, at: int) -> bool:
        """Whether a report, or pictures that are read, is what follows."""
        while (sign := self.sign(at)) is not None:
            if sign.kind == "section" and sign.detail in ("impression", "findings"):
                return True
            if sign.has("row") and (sign.has("row:DiagnosticReport") or "document" in kinds_of(sign)):
                return True
            pictures = {"modality", "site"} & set(kinds_of(sign))
            if not (pictures or sign.kind in ("contrast", "lat", "noun", "last", "pick", "recent", "linked")):
                return False
            at += 1
        return False

    def into_report(self, at: int) -> int:
        """`no evidence of embolism in the CT report`: what stands before is what it says."""
        self.told.used.append(self.signs[at])
        words, denied = self.told.take_findings()
        steps = self.steps()
        behind = at + 1
        while behind < len(self.signs):
            behind = steps.get(self.kind(behind), self.left)(behind)
            if self.told.report is not None:
                break
        report = self.told.report
        if report is not None:
            report.words = words
            report.signs += [sign for word in words for sign in word.signs]
            report.assertion = "negated" if denied else _suspected(words)
            self.told.report = None if words else report
        return behind

    def seen_on(self, at: int) -> bool:
        """Whether pictures follow that show the findings before them: `no hemorrhage on CT`."""
        last = self.told.entries[-1] if self.told.entries else None
        if self.told.report is not None or last is None or not self.told.in_clause():
            return False
        told = last.told
        shown = isinstance(told, Fact) and told.kind in ("condition", "word") and not told.windows
        return shown and last.clause is self.told.clause and self.things.pictures(at) is not None

    def into_pictures(self, at: int) -> int:
        """`no hemorrhage on CT`: what the reports of those pictures tell."""
        found = self.things.pictures(at + 1)
        if found is None:
            return self.left(at)
        pictures, behind = found
        words, denied = self.told.take_findings()
        report = Fact("report", (), [self.signs[at], *pictures.signs], of=pictures, words=words)
        report.signs += [sign for word in words for sign in word.signs]
        report.assertion = "negated" if denied else _suspected(words)
        self.told.add_fact(report)
        self.told.close()
        return behind

    def denied_in_report(self, at: int) -> bool:
        """Whether a finding is denied behind it: `metastasis denied in the report`."""
        last = self.told.entries[-1].told if self.told.entries else None
        found = isinstance(last, Fact) and last.kind in FINDINGS and self.touches(last, at)
        return found and self.kind(at + 1) in ("in", "on", "from", "by") and self.report_ahead(at + 2)

    def is_unsaid(self, report: Fact, at: int) -> bool:
        """Whether a denial is of a finding that a report does not tell: `nodule but not effusion`."""
        step = at + 1
        while self.kind(step) in ("role", "of") and self.kind(step + 1):
            step += 1
        ahead = self.sign(step)
        named = ahead is not None and any(each in kinds_of(ahead) for each in FINDINGS)
        if not named or not report.words or report.assertion == "negated":
            return False
        self.told.silent = report
        self.told.link, self.told.comma = "", False
        return True

    def section_of_report(self, at: int) -> int:
        """`impression`: the part of a report, or the report by it."""
        if self.signs[at].detail not in ("impression", "findings"):
            return self.section(at)
        if self.told.report is not None:
            self.told.report.section = self.signs[at].detail
            return self.used(at)
        return self.reported(at)

    def mention(self, at: int) -> int:
        """`showing`: what follows is told by a report; of pictures, by theirs."""
        sign = self.signs[at]
        if self.seen_on(at + 1):
            return self.into_pictures(at)
        if self.told.report is None:
            last = self.told.entries[-1].told if self.told.entries else None
            if (own := self.report_of(last)) is not None:
                self.told.report = own
                return self.used(at)
            if not isinstance(last, Fact) or last.kind != "imaging" or not self.told.in_clause():
                return self.used(at)
            entry = self.told.entries.pop()
            entry = self.listed_pictures(entry, last)
            report = Fact("report", (), [*last.signs, sign], of=last)
            self.told.link, self.told.comma = entry.link, entry.comma
            self.told.add_fact(report)
            self.told.report = report
        return self.used(at)

    def report_of(self, pictures: ToldFact | None) -> Fact | None:
        """The report that pictures are said to have, and nothing of what it tells: `reports of chest CT`."""
        reports = [
            each.told
            for each in self.told.in_sentence()
            if isinstance(each.told, Fact) and each.told.kind == "report" and each.told.of is pictures
        ]
        bare = pictures is not None and len(reports) == 1 and not reports[0].words and not reports[0].absent
        return reports[0] if bare else None

    def listed_pictures(self, entry: ClauseEntry, last: Fact) -> ClauseEntry:
        """Take back the pictures that `or` lists with the last: `CT or MRI of the abdomen showing a mass`."""
        while entry.link in ("or", "slash", "comma") and self.told.entries:
            before = self.told.entries[-1]
            told = before.told
            alike = isinstance(told, Fact) and told.kind == "imaging" and before.clause is entry.clause
            if not alike or not isinstance(told, Fact) or (told.sites and told.sites != last.sites):
                return entry
            last.modalities = [*told.modalities, *last.modalities]
            last.signs = [*told.signs, *last.signs]
            entry = self.told.entries.pop()
        return entry

    def describe(self, at: int) -> int:
        """`described as "…"`: the words of the description of a study or series."""
        behind = at + 1
        while self.kind(behind) in ("role", "cmp", "with", "of", "in", "colon", "as"):
            behind += 1
        quoted = self.sign(behind)
        if quoted is None or quoted.kind != "quoted":
            return self.left(at)
        fact = self.earlier_fact("imaging")
        if fact is None:
            fact = Fact("imaging", (), [])
            self.told.add_fact(fact)
        words = fact.series if self.signs[at].detail == "series" else fact.described
        words.append(quoted.value)
        fact.signs += self.signs[at : behind + 1]
        return behind + 1

    def quoted(self, at: int) -> int:
        """Words between quotation marks: those of a report."""
        sign = self.signs[at]
        if self.told.report is None:
            return self.left(at)
        self.told.report.words.append(Fact("quoted", (), [sign], quoted=sign.value))
        self.told.report.signs.append(sign)
        return at + 1

    def verification(self, at: int) -> int:
        """`suspected`: of a diagnosis, or of what a report tells."""
        report = self.told.report
        if report is not None and self.signs[at].detail == "suspected":
            if report.assertion == "negated":
                return self.used(at)  # `not suspicious for`
            return self.mark_report(report, at, "uncertain")
        return self.detail(at)


def _suspected(words: list[Fact]) -> str:
    return "uncertain" if any("suspected" in each.statuses.get("ver", ()) for each in words) else ""
