"""Reads what Korean excludes: the part before the word that excludes, or a part of what is denied."""

from app.cohorts.plain_words.grammar.facts import ClauseEntry
from app.cohorts.plain_words.grammar.korean_clauses import LINKS, Narrowing
from app.cohorts.plain_words.grammar.korean_times import KoreanTimeReader


class KoreanExceptionReader(KoreanTimeReader):
    """Reads what is excluded in a Korean question."""

    def exception(self, at: int) -> int:
        """제외: it excludes the part before it."""
        sign = self.signs[at]
        if self.kind(at + 1) == "colon":
            return self.section(at)
        self.told.used.append(sign)
        if self.in_brackets(at):
            return at + 1
        behind = at + 1
        link = ""
        if self.kind(behind) in ("v", "vn"):
            self.told.used.append(self.signs[behind])
            link = LINKS.get(self.signs[behind].detail.partition(".")[2], "")
            behind += 1
        entries = self.told.in_clause() if self.told.clause else []
        self.shut()
        scope = self.reach(entries, last_only=False) or self.excluded()
        within = bool(scope) and all(each.excluded for each in scope)
        for each in scope:
            each.excluded = True
        self.narrowed = None if link else Narrowing(sign, len(self.told.entries), tuple(scope))
        if within and self.narrowed is not None:
            self.barred.append(self.narrowed)
        if link:
            self.told.link = "and"
        return behind

    def in_brackets(self, at: int) -> bool:
        """Whether what stands in brackets is left out of what stands before them: 암(피부암 제외)."""
        first = next((n for n in range(at, -1, -1) if self.kind(n) in ("open", "close")), -1)
        if self.kind(first) != "open" or self.kind(at + 1) != "close":
            return False
        start = self.signs[first].start
        inner = [each for each in self.told.entries if each.told.start >= start]
        before = [each for each in self.told.entries if each.told.start < start][-1:]
        if not inner or not before or inner[0].told.kind != before[0].told.kind:
            return False
        self.told.entries = [each for each in self.told.entries if all(each is not one for one in inner)]
        self.bracketed.append((before[0], inner))
        self.told.link, self.told.comma = "", False
        return True

    def excluded(self) -> list[ClauseEntry]:
        """The entries of the clause that was closed last, and of those that are linked to it."""
        if not self.told.entries:
            return []
        place = len(self.told.entries) - 1
        clause = self.told.entries[place].clause
        while place > 0:
            entry, behind = self.told.entries[place], self.told.entries[place + 1 :]
            apart = entry.clause is not clause and behind[0].link not in ("and", "or")
            if apart and (behind[0].comma or not all(each.person for each in behind)):
                return behind
            clause = entry.clause
            place -= 1
        first = self.told.entries[0]
        same = first.clause is clause or (
            len(self.told.entries) > 1 and self.told.entries[1].link in ("and", "or")
        )
        return self.told.entries[0:] if same else self.told.entries[1:]
