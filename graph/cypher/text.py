"""Ways to match text, as conditions on one stored value (PS3.4 C.2.2.2; FHIR R4 search.html#string).

Stored values are folded, and so is what is asked, except for EXACT. Values and questions are cut to the same
length, so a prefix of 200 characters finds what goes on after it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fhir_profiles.folding import LONGEST, fold
from graph.cypher.writing import Writing
from graph.query.attribute_forms import folded_as
from graph.query.attributes import BY_KEYWORD
from graph.query.expression import Kind, Layout, Match, Text

WORD_SEPARATORS = " ^=,-"
_WILDCARDS = re.compile(r"[*?]")
_WORDS = re.compile(f"[{re.escape(WORD_SEPARATORS)}]+")


@dataclass(frozen=True, slots=True)
class TextColumns:
    """Where the folded and the exact form of the value are read."""

    folded: str
    exact: str


def matching(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    """The conditions that a value meets when it matches."""
    return MATCHES[leaf.match](writing, columns, leaf)


def asked(leaf: Text) -> str:
    """What is asked, folded as the stored values are."""
    if leaf.field.kind is Kind.TERM:  # codes are compared as they are written
        return leaf.value
    if leaf.field.layout is Layout.PROPERTY:
        return folded_as(BY_KEYWORD[leaf.field.name], leaf.value)
    return fold(leaf.value)


def literal_prefix(leaf: Text) -> str:
    """What the folded value starts with when it matches: `""` where nothing is known."""
    if leaf.match in (Match.EXACT, Match.EQUALS, Match.PREFIX):
        return asked(leaf)
    return _WILDCARDS.split(asked(leaf))[0] if leaf.match is Match.LIKE else ""


def like_regex(folded: str) -> str:
    """The Java regular expression of a wildcard pattern."""
    return f"(?s){wildcard_regex(folded)}"


def wildcard_regex(folded: str, character: str = ".") -> str:
    """A part of a Java regular expression: a wildcard pattern, of which each wildcard stands for `character`.

    It never backtracks into what it has matched. Each run between two stars is of fixed length, so the first
    place where it fits is as good as any: atomic groups take it, and the time grows with the length of the
    text, not with a power of it.
    """
    first, *others = ("".join(_one(each, character) for each in run) for run in folded.split("*"))
    if not others:
        return first
    inner = "".join(f"(?>{character}*?{run})" for run in others[:-1] if run)
    return f"{first}{inner}{character}*{others[-1]}"


def words(folded: str) -> list[str]:
    """The words of a folded text."""
    return [word for word in _WORDS.split(folded) if word]


def _one(asked: str, character: str) -> str:
    return character if asked == "?" else re.escape(asked)


def _exact(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    exact = f"{columns.exact} = {writing.value(leaf.value[:LONGEST])}"
    return [f"{columns.folded} = {writing.value(asked(leaf))}", exact]


def _equals(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    return [f"{columns.folded} = {writing.value(asked(leaf))}"]


def _prefix(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    return [f"{columns.folded} STARTS WITH {writing.value(asked(leaf))}"]


def _suffix(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    return [f"{columns.folded} ENDS WITH {writing.value(asked(leaf))}"]


def _contains(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    return [f"{columns.folded} CONTAINS {writing.value(asked(leaf))}"]


def _like(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    prefix = writing.value(_WILDCARDS.split(asked(leaf))[0])
    regex = writing.value(like_regex(asked(leaf)))
    return [f"{columns.folded} STARTS WITH {prefix}", f"{columns.folded} =~ {regex}"]


def _words(writing: Writing, columns: TextColumns, leaf: Text) -> list[str]:
    """Every word asked begins some word of the value."""
    every = writing.value(words(asked(leaf)))
    separators = writing.named("separators", list(WORD_SEPARATORS))
    begins = f"{columns.folded} STARTS WITH word"
    follows = f"any(mark IN {separators} WHERE {columns.folded} CONTAINS mark + word)"
    return [f"all(word IN {every} WHERE {begins} OR {follows})"]


MATCHES: Mapping[Match, Callable[[Writing, TextColumns, Text], list[str]]] = {
    Match.EXACT: _exact,
    Match.PREFIX: _prefix,
    Match.CONTAINS: _contains,
    Match.SUFFIX: _suffix,
    Match.LIKE: _like,
    Match.EQUALS: _equals,
    Match.WORDS: _words,
}
