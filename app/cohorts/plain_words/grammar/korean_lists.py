"""Reads Korean lists of which one, or so many, are enough, and those that are no matter."""

from app.cohorts.plain_words.grammar.clauses import KINDS_BACK
from app.cohorts.plain_words.grammar.facts import Clause
from app.cohorts.plain_words.grammar.korean_exceptions import KoreanExceptionReader

_LINKS = ("comma", "or", "slash", "and")


class KoreanListReader(KoreanExceptionReader):
    """Reads what is said of the list before it: 중 하나, 중 2개 이상, 여부 무관."""

    def either(self, at: int) -> int:
        """중 하나 이상: any of what is listed before it, or behind a colon."""
        if self.kind(at + 1) == "colon":
            clause = self.told.open()
            clause.either = clause.listed = True
            self.told.used.append(self.signs[at + 1])
            return self.used(at) + 1
        if self.told.clause is not None:
            self.take_parts(at)
            self.told.clause.either = bool(self.told.in_clause())
            self.share_place()
        return self.used(at)

    def least(self, at: int) -> int:
        """중 2개 이상: so many of what is listed before it, or behind a colon."""
        clause = self.told.clause or self.told.open()
        clause.least, clause.either = self.signs[at].value.n, True
        if self.kind(at + 1) == "colon":
            clause.listed = True
            self.told.used.append(self.signs[at + 1])
            return self.used(at) + 1
        self.take_parts(at)
        return self.used(at)

    def take_parts(self, at: int) -> None:
        """Take the parts of a list that commas closed, and leave what the verb behind is not of."""
        clause = self.told.clause
        if clause is None or not self.told.in_clause():
            return
        for before, entry in zip(self.told.entries[-2::-1], self.told.entries[::-1], strict=False):
            parted = any(before.clause is each for each in self.parted)
            if before.clause is clause:
                continue
            if entry.clause is not clause or entry.link not in _LINKS or not parted:
                break
            before.clause = clause
        self.leave_others(at)

    def share_place(self) -> None:
        """Link pictures of a list by `or`, so that what is said of one is of all: 두부 CT, MRI 중 하나."""
        entries = self.told.in_clause()
        if all(each.told.kind == "imaging" for each in entries):
            for each in entries[1:]:
                each.link = "or" if each.link == "comma" else each.link

    def leave_others(self, at: int) -> None:
        """Give what stands before a list a clause of its own: 당뇨병, 와파린, 헤파린 중 하나를 복용 중인."""
        kinds = self.kinds_governed(at + 1)
        entries = self.told.in_clause()
        size = next((n for n, each in enumerate(reversed(entries)) if each.told.kind not in kinds), 0)
        if size > 1:
            for each in entries[:-size]:
                each.clause = Clause(sentence=each.clause.sentence)

    def kinds_governed(self, at: int) -> tuple[str, ...]:
        """The kinds of things that the verb behind a place is of; none where it says none."""
        while (sign := self.sign(at)) is not None and sign.kind in ("role", "only", "current", "newly"):
            if sign.kind == "role":
                return KINDS_BACK.get(sign.detail, ())
            at += 1
        return ()

    def no_matter(self, at: int) -> int:
        """흡연 여부와 관계없이: the last thing says nothing, and those that are listed with it."""
        entries = self.told.in_clause() if self.told.clause else []
        if entries:
            first = next(place for place, each in enumerate(self.told.entries) if each is entries[0])
            place = len(self.told.entries) - 1
            while place > first and self.is_listed(place):
                place -= 1
            self.told.mark = (place, self.told.mark[1])
        elif self.kind(at - 1) != "subj" and self.told.mark[0] < self.headed:
            self.told.mark = (self.headed, self.told.mark[1])
        return super().no_matter(at)

    def is_listed(self, place: int) -> bool:
        """Whether an entry is listed with the one before it, and of its kind."""
        before, entry = self.told.entries[place - 1 : place + 1]
        linked = entry.link in ("and", "or", "slash", "comma")
        return linked and (entry.link != "comma" or before.told.kind == entry.told.kind)
