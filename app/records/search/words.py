"""`_text` and `_content`: words of the narrative or of the whole resource (FHIR R4 search.html#text).

`(bone or liver) and "metastatic disease" not benign`: words, phrases in quotes, `and`, `or`, `not` and
brackets, in any case; words side by side must all be there, `hepat*` begins a word. What is made of it is a
query of Lucene in which each word of a client stands in quotes, so that none of its signs means anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import Invalid
from graph.query.expression import Expression, Worded

FIELDS = {"_text": "narrative", "_content": "content"}
_TOKEN = re.compile(r'\s*(?:"(?P<phrase>[^"]*)"|(?P<mark>[()])|(?P<word>[^\s()"]+))')
_MOST_WORDS = 64
_DEEPEST = 16
_CJK = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# What the analyzer leaves out, in a text and in a question: a question of these alone asks nothing.
_LEFT_OUT = frozenset(
    """a and are as at be but by for if in into is it no not of on or s such t that the their then there these
    they this to was will with www""".split()  # noqa: SIM905 - a list of words, to be read as one
)


def worded(resource_type: str, name: str, values: Sequence[str]) -> Expression:
    """Return the condition that a text has one of some wordings.

    Raises `Invalid` for one that holds no word, or brackets that do not close.
    """
    found = [_Reading(FIELDS[name], name, list(_tokens(name, value))).read() for value in values]
    return Worded(resource_type, " ".join(f"({each})" for each in found))


def _tokens(name: str, text: str) -> list[tuple[str, str]]:
    found = [(each.lastgroup or "", each[each.lastgroup or 0]) for each in _TOKEN.finditer(text)]
    if len(found) > _MOST_WORDS:
        raise Invalid(f"more than {_MOST_WORDS} words", location=name, code="too-costly")
    if text.count('"') % 2:
        raise Invalid("a phrase has no end", location=name)
    return found


@dataclass(slots=True)
class _Reading:
    """Reads one wording by descent: what is joined by `or` holds what is side by side."""

    field: str
    name: str
    tokens: list[tuple[str, str]]
    place: int = 0
    depth: int = 0

    def read(self) -> str:
        found = self._either()
        if self.place < len(self.tokens):
            raise Invalid("a bracket closes that was not opened", location=self.name)
        if found is None:
            raise Invalid("there is no word in it that could be looked for", location=self.name)
        return found

    def _either(self) -> str | None:
        found = [self._together()]
        while self._takes("or"):
            found.append(self._together())
        parts = [f"({each})" for each in found if each is not None]
        return " ".join(parts) if parts else None

    def _together(self) -> str | None:
        parts: list[str] = []
        while (
            self.place < len(self.tokens) and not self._is("or") and self.tokens[self.place] != ("mark", ")")
        ):
            denied = False
            while self._takes("and") or self._takes("not"):
                denied = self._was("not") or denied
            if (found := self._one()) is not None:
                parts.append(f"{'-' if denied else '+'}{found}")
        if parts and all(each.startswith("-") for each in parts):
            parts.insert(0, "*:*")
        return " ".join(parts) if parts else None

    def _ends(self) -> bool:
        """Whether nothing more stands side by side here."""
        over = self.place >= len(self.tokens) or self.tokens[self.place] == ("mark", ")")
        return over or self._is("or")

    def _one(self) -> str | None:
        if self.place >= len(self.tokens):
            return None
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind != "mark":
            return self._written(kind, text)
        if text == ")":
            raise Invalid("a bracket closes that was not opened", location=self.name)
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Invalid("brackets in too many brackets", location=self.name, code="too-costly")
        found = self._either()
        if self.place >= len(self.tokens) or self.tokens[self.place] != ("mark", ")"):
            raise Invalid("a bracket is not closed", location=self.name)
        self.place += 1
        self.depth -= 1
        return None if found is None else f"({found})"

    def _written(self, kind: str, text: str) -> str | None:
        """A word or phrase in the syntax of Lucene; None where nothing is left of it to look for."""
        begins = kind == "word" and text.endswith("*") and text[:-1].isalnum()
        if begins or (len(text) == 1 and _CJK.match(text)):  # pairs of such characters are what is indexed
            return f"{self.field}:{text.rstrip('*').lower()}*"
        words = re.findall(r"\w+", text)
        if not any(word.lower() not in _LEFT_OUT and any(map(str.isalnum, word)) for word in words):
            return None
        quoted = text.replace("\\", " ").replace('"', " ")
        return f'{self.field}:"{quoted}"'

    def _is(self, word: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place] == ("word", self._as_written(word))

    def _as_written(self, word: str) -> str:
        """The next token's text where it is this word in any case, else the word itself."""
        text = self.tokens[self.place][1]
        return text if text.lower() == word else word

    def _takes(self, word: str) -> bool:
        taken = self._is(word)
        self.place += taken
        return taken

    def _was(self, word: str) -> bool:
        return self.tokens[self.place - 1][1].lower() == word
