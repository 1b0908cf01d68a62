"""Reads what English lists: `A, B or both`, `with or without`, `at least one of`, exceptions of nothing."""

from itertools import takewhile

from app.cohorts.plain_words.grammar.english_times import EnglishTimeReader
from app.cohorts.plain_words.grammar.facts import Clause, Fact
from app.cohorts.plain_words.scanning.signs import Sign

_DATED = ("window", "age", "value", "range", "date", "year", "n", "cal")
_IN_LISTS = ("ent", "noun", "comma", "or", "and", "soft", "past", "sev", "weak", "open", "close", "value")
_OPTIONAL = ("ent", "row", "noun", "soft", "past", "sev", "weak", "slash", "of", "current")
"""What says nothing behind `with or without`."""


def _is_listed(sign: Sign) -> bool:
    return sign.kind in _IN_LISTS


class EnglishListReader(EnglishTimeReader):
    """Reads how an English question lists things."""

    excepted: tuple[Sign, int] | None = None  # the last exception, and how many facts stood before it
    before_parenthesis = 0  # how many facts stand before the last parenthesis

    def lists_next(self, clause: Clause) -> bool:
        """Whether what is said of persons is one of a list: `at least one of: age over 65, diabetes`."""
        return clause.listed or self.told.link == "or" or not self.told.in_clause()

    def listing(self, at: int) -> int:
        """What a list is led by, with the colon behind it."""
        if self.kind(at + 1) != "colon":
            return self.used(at)
        if self.told.clause is not None:
            self.told.clause.listed = True
        self.told.used.append(self.signs[at + 1])
        return self.used(at) + 1

    def whether_or_not(self, at: int) -> int:
        """`with or without nephropathy`: what follows says nothing, up to what else is told."""
        behind = at + 1
        while self.kind(behind) in _OPTIONAL or (
            self.kind(behind) == "or" and self.thing_follows(behind + 1)
        ):
            behind += 1
        if behind == at + 1:
            return self.no_matter(at)
        if self.kind(behind) == "and" and self.thing_follows(behind + 1):
            return self.left(at)  # `with or without A and B`: nobody knows whether B counts
        self.told.used += self.signs[at:behind]
        return behind

    def both(self, at: int) -> int:
        """`A, B, or both`: any of them; of `but not both` no condition is made."""
        last = self.told.entries[-1] if self.told.entries else None
        if self.told.link == "or" and last is not None and last.link and not self.thing_follows(at + 1):
            last.link, self.told.link, self.told.comma = "or", "", False
            return self.used(at)
        denied = self.kind(at - 1) in ("neg", "excl")
        return self.left(at) if denied or self.told.link == "or" else self.used(at)

    def open_parenthesis(self, at: int) -> int:
        """A parenthesis, that says more of what stands before it."""
        self.before_parenthesis = len(self.told.entries)
        return self.used(at)

    def close_parenthesis(self, at: int) -> int:
        """Its end; in a list nobody knows what it is of: `heart failure (LVEF < 40 %) or gout`."""
        inside = self.told.entries[self.before_parenthesis :]
        listed = any(isinstance(each.told, Fact) and each.told.kind == "lab" for each in inside)
        ahead = [each.kind for each in takewhile(_is_listed, self.signs[at + 1 :])]
        goes_on = ahead[:1] == ["or"] or (ahead[:1] == ["comma"] and "or" in ahead)
        return self.left(at) if listed and goes_on and self.before_parenthesis else self.used(at)

    def onward(self, at: int) -> int:
        """`2020 and after`: of a date; elsewhere it is of nothing, `before and after surgery`."""
        return self.used(at) if self.kind(at - 1) in _DATED else self.left(at)

    def says_mention(self, at: int) -> bool:
        """Whether it is not mentioned, which is not that it is denied: `reports that do not mention`."""
        return self.sign(at) is not None and self.signs[at].detail == "mention" and self.kind(at) == "role"

    def exclusion(self, at: int) -> int:
        """`Ineligible: …`, `Excluded if …`: nothing stands before it, so it is of what follows."""
        if self.kind(at + 1) == "colon":
            self.told.used = [each for each in self.told.used if each is not self.signs[at]]
            return self.section(at)
        self.told.excluding = self.told.section != "ex"
        self.excepted = (self.signs[at], len(self.told.entries))
        return at + 1

    def stop(self, at: int) -> int:
        """The end of a sentence; an exception of nothing in it is left."""
        self.leave_exception()
        return super().stop(at)

    def end(self) -> None:
        """End the last sentence, and leave an exception of nothing in it."""
        self.leave_exception()
        super().end()

    def leave_exception(self) -> None:
        """Leave an exception of which nothing was read: `unless well controlled`."""
        if self.excepted is not None and self.told.excluding:
            sign, read = self.excepted
            if len(self.told.entries) <= read and all(each is not sign for each in self.told.unused):
                self.told.used = [each for each in self.told.used if each is not sign]
                self.told.unused.append(sign)
        self.excepted = None
