"""Person names in a key: any of the three component groups, or each at its place.

PS3.5 6.2.1 gives a name an alphabetic, an ideographic and a phonetic group, joined by `=`. A key without `=`
matches where some group does; a key with it asks each group that it gives. Wildcards stay within a group. The
folded whole of the name decides; what finds it is the index of a group.

Fuzzy matching asks words: each begins some word of the group, or where the key has carets, of the component
at its place. A group without carets is one component, whatever the key thinks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graph.cypher.text import wildcard_regex
from graph.cypher.writing import Writing
from graph.query.attribute_forms import (
    COMPONENT_SEPARATOR,
    GROUP_SEPARATOR,
    components_property,
    folded_components,
    folded_groups,
    folded_property,
    group_properties,
)
from graph.query.attributes import BY_KEYWORD
from graph.query.expression import Layout, Match, Text

_WILDCARDS = re.compile(r"[*?]")
_CHARACTER = "[^=]"
_GROUPS_BEFORE = f"(?:{_CHARACTER}*+=){{0,2}}"
_GROUPS_AFTER = "(?:=.*)?"
_OF_COMPONENT = "[^=^]"
_MARKS = " ,.'-"  # behind which a word begins
_NO_WORD = re.compile(r"[ ^,.'-]+")


def asks_groups(leaf: Text) -> bool:
    """Whether the leaf asks the component groups of a DICOM name, and not its whole text."""
    if leaf.field.layout is not Layout.PROPERTY or leaf.match not in _BY_GROUPS:
        return False
    return BY_KEYWORD[leaf.field.name].is_name


_BY_GROUPS = frozenset({Match.EQUALS, Match.LIKE, Match.WORDS})


def searched_name(variable: str, leaf: Text) -> str:
    """The name that `group_regex` is for: with its carets where words are asked of it."""
    folded = f"{variable}.{folded_property(leaf.field.name)}"
    if leaf.match is not Match.WORDS:
        return folded
    return f"coalesce({variable}.{components_property(leaf.field.name)}, {folded})"


def group_regex(leaf: Text) -> str:
    """The Java regular expression of the folded names in which the groups match."""
    asked = _Asked.of(leaf)
    groups = GROUP_SEPARATOR.join(asked.regex(group) for group in asked.groups)
    return f"(?s){_GROUPS_BEFORE if asked.anywhere else ''}{groups}{_GROUPS_AFTER}"


def group_prefix(leaf: Text) -> str:
    """What a group of every matching name begins with; `""` where nothing is known."""
    asked = _Asked.of(leaf)
    return asked.prefixes[asked.known]


def group_seeks(writing: Writing, leaf: Text) -> list[tuple[str, str]]:
    """The indexed properties that matching names are found by, each with what it must be; one is enough."""
    asked, name = _Asked.of(leaf), leaf.field.name
    places = (folded_property(name), *group_properties(name))
    prefix = writing.value(asked.prefixes[asked.known])
    if not asked.anywhere:
        return [(places[asked.known], f"STARTS WITH {prefix}")]
    if asked.match is Match.LIKE:
        return [(place, f"STARTS WITH {prefix}") for place in places]
    first_of_several = writing.value(asked.groups[0] + GROUP_SEPARATOR)
    return [*((place, f"= {prefix}") for place in places), (places[0], f"STARTS WITH {first_of_several}")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The folded groups of a key: each at its place, or one that may stand anywhere."""

    groups: tuple[str, ...]
    anywhere: bool
    match: Match

    @classmethod
    def of(cls, leaf: Text) -> "_Asked":
        """Read a key; groups at its end that every name meets ask nothing."""
        with_components = leaf.match is Match.WORDS
        groups = (
            folded_components(leaf.value).split(GROUP_SEPARATOR)
            if with_components
            else folded_groups(leaf.value)
        )
        anywhere = len(groups) == 1
        while len(groups) > 1 and not groups[-1].strip("*"):
            groups.pop()
        return cls(tuple(groups), anywhere, leaf.match)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What each group begins with in every match."""
        if self.match is Match.EQUALS:
            return self.groups
        if self.match is Match.WORDS:
            return ("",) * len(self.groups)
        return tuple(_WILDCARDS.split(group)[0] for group in self.groups)

    @property
    def known(self) -> int:
        """The place of the first group whose beginning is known; else the first."""
        return next((at for at, prefix in enumerate(self.prefixes) if prefix), 0)

    def regex(self, group: str) -> str:
        """A group as a part of a Java regular expression; an empty one among several is any."""
        if not group and not self.anywhere:
            return f"{_CHARACTER}*"
        return _REGEXES[self.match](group)


def _words(group: str) -> str:
    """A group in which each word begins a word, at the place of its component where there are carets."""
    anywhere = _beginning(group, _CHARACTER, f"{_MARKS}^")
    components = group.rstrip(COMPONENT_SEPARATOR).split(COMPONENT_SEPARATOR)
    if len(components) == 1:
        return anywhere
    placed = r"\^".join(_beginning(each, _OF_COMPONENT, _MARKS) for each in components)
    return f"(?:{placed}(?:\\^{_CHARACTER}*)?|(?={_OF_COMPONENT}*(?:=|$)){anywhere})"


def _beginning(text: str, character: str, marks: str) -> str:
    """Characters of which each word of a text begins at the start or behind a mark."""
    behind = f"(?:{character}*[{re.escape(marks)}])?"
    words = (re.escape(word) for word in _NO_WORD.split(text) if word)
    return "".join(f"(?={behind}{word})" for word in words) + f"{character}*"


_REGEXES: Mapping[Match, Callable[[str], str]] = {
    Match.EQUALS: re.escape,
    Match.LIKE: lambda group: wildcard_regex(group, _CHARACTER),
    Match.WORDS: _words,
}
