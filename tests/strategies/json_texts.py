"""JSON texts as clients write them: any order of members, white space, escapes and spellings of numbers."""

import json

from hypothesis import strategies as st

SPACE = st.text(" \t\n\r", max_size=3)
NUMBERS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?\Z")
CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
IDS = st.from_regex(r'\A"[A-Za-z0-9.:-]{1,20}"\Z')
WORDS = st.text(CHARACTERS, max_size=12)


@st.composite
def strings(draw: st.DrawFn, values: st.SearchStrategy[str] = WORDS) -> str:
    """A quoted string, escaped as little or as much as may be."""
    return json.dumps(draw(values), ensure_ascii=draw(st.booleans()))


@st.composite
def _wrapped(draw: st.DrawFn, parts: list[str], brackets: str) -> str:
    spaced = (f"{draw(SPACE)}{part}{draw(SPACE)}" for part in parts)
    return brackets[0] + (",".join(spaced) or draw(SPACE)) + brackets[1]


@st.composite
def objects(draw: st.DrawFn, values: st.SearchStrategy[str], members: dict[str, str] | None = None) -> str:
    """An object of any members, with `members` (name to JSON text) among them."""
    named = draw(st.dictionaries(WORDS, values, max_size=4)) | (members or {})
    names = draw(st.permutations(list(named)))
    pairs = [f"{json.dumps(name)}{draw(SPACE)}:{draw(SPACE)}{named[name]}" for name in names]
    return draw(_wrapped(pairs, "{}"))


def _containers(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arrays = st.lists(values, max_size=4).flatmap(lambda parts: _wrapped(parts, "[]"))
    return arrays | objects(values)


VALUES = st.recursive(
    NUMBERS | strings() | st.sampled_from(["true", "false", "null"]), _containers, max_leaves=12
)


@st.composite
def resources(draw: st.DrawFn, complete: bool = False) -> str:
    """A resource's text: with an id and a stamped meta, anywhere in it, where complete; else sometimes."""
    some = st.just(True) if complete else st.booleans()
    members: dict[str, str] = {}
    if draw(st.booleans()):
        members["resourceType"] = '"Patient"'
    if draw(some):
        members["id"] = draw(IDS)
    if draw(some):
        stamps = {name: draw(IDS) for name in _STAMPS if draw(some)}
        members["meta"] = draw(objects(VALUES, stamps))
    return draw(SPACE) + draw(objects(VALUES, members)) + draw(SPACE)


_STAMPS = ["versionId", "lastUpdated"]
