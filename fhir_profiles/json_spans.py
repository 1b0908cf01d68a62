"""Where the values of a JSON text lie, so that a part can be replaced or kept without writing the rest anew.

The text must be valid JSON already (`documents.parse` has read it): nothing is checked a second time.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from json import JSONDecoder
from typing import NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?', re.DOTALL)
_LONGEST_MEMBER = 100  # characters of a name, with the colon behind it, that are looked at
_MEMBER = re.compile(r'"([^"]*)"\s*:\s*\Z')
_skip = JSONDecoder(strict=False).raw_decode


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A part of a text: [start, end) in characters."""

    start: int
    end: int


def members(text: str, start: int) -> Iterator[tuple[str, TextSpan]]:
    """The members of the object that begins at `start` (its brace): name and span of each value."""
    position = _after_space(text, start + 1)
    while text[position] != "}":
        name, position = _skip(text, position)
        value = _after_space(text, _after_space(text, position) + 1)
        _, end = _skip(text, value)
        yield name, TextSpan(value, end)
        position = _next(text, end)


class WholeMember(NamedTuple):
    """A member of an object: its name, the span from the name on, and that of its value."""

    name: str
    whole: TextSpan
    value: TextSpan


def whole_members(text: str, start: int) -> Iterator[WholeMember]:
    """The members of the object that begins at `start`, with where each begins."""
    begin = _after_space(text, start + 1)
    for name, value in members(text, start):
        yield WholeMember(name, TextSpan(begin, value.end), value)
        begin = _next(text, value.end)


def items(text: str, start: int) -> Iterator[TextSpan]:
    """The items of the array that begins at `start` (its bracket)."""
    position = _after_space(text, start + 1)
    while text[position] != "]":
        _, end = _skip(text, position)
        yield TextSpan(position, end)
        position = _next(text, end)


def members_of_items(text: str, start: int, array: str, name: str) -> Iterator[TextSpan | None]:
    """The member `name` of each item of an array that is the member `array` of the object at `start`.

    None for an item without one. The text is read once, which for a Bundle is a third of reading the array,
    its items and their members one after the other.
    """
    position = _after_space(text, start + 1)
    while text[position] != "}":
        key, position = _skip(text, position)
        value = _after_space(text, _after_space(text, position) + 1)
        if key == array and text[value] == "[":
            end = yield from _member_of_each(text, value, name)
        else:
            _, end = _skip(text, value)
        position = _next(text, end)


def _member_of_each(text: str, start: int, name: str) -> Generator[TextSpan | None, None, int]:
    """The same of the array that begins at `start`; return its end."""
    position = _after_space(text, start + 1)
    while text[position] != "]":
        if text[position] == "{":
            found, end = _member(text, position, name)
        else:
            found, (_, end) = None, _skip(text, position)
        yield found
        position = _next(text, end)
    return position + 1


def _member(text: str, start: int, name: str) -> tuple[TextSpan | None, int]:
    """The value of a member of the object that begins at `start`, and the end of the object."""
    found = None
    position = _after_space(text, start + 1)
    while text[position] != "}":
        key, position = _skip(text, position)
        value = _after_space(text, _after_space(text, position) + 1)
        _, end = _skip(text, value)
        if key == name:
            found = TextSpan(value, end)
        position = _next(text, end)
    return found, position + 1


def whole_values(text: str, value: str) -> list[tuple[str, TextSpan]] | None:
    """The members whose whole value is a string, in a text without a backslash, with the string's span.

    None where it stands anywhere else, too: as an item of an array or as a part of a string.
    """
    quoted = f'"{value}"'
    if text.count(value) != text.count(quoted):
        return None
    found: list[tuple[str, TextSpan]] = []
    at = text.find(quoted)
    while at >= 0:
        member = _MEMBER.search(text, max(0, at - _LONGEST_MEMBER), at)
        if member is None:
            return None
        found.append((member[1], TextSpan(at, at + len(quoted))))
        at = text.find(quoted, at + 1)
    return found


class StringValue(NamedTuple):
    """A string of a text: the member that it, or its array, is a value of, and its span with the quotes."""

    member: str
    start: int
    end: int


def texts(text: str) -> Iterator[StringValue]:
    """Yield every string value."""
    member = ""
    for match in _STRING.finditer(text):
        if match[2]:
            member = match[1] if "\\" not in match[1] else _skip(f'"{match[1]}"', 0)[0]
        else:
            yield StringValue(member, match.start(), match.end())


def first(text: str) -> int:
    """Where the document begins, after its white space."""
    return _after_space(text, 0)


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _next(text: str, end: int) -> int:
    """From the end of a value to the next one, or to the closing bracket."""
    position = _after_space(text, end)
    return _after_space(text, position + 1) if text[position] == "," else position
