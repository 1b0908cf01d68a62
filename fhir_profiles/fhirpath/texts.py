"""The functions of strings (FHIRPath 5.6)."""

import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape, unescape
from typing import Any

from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import BeyondBudget, NotEvaluable
from fhir_profiles.fhirpath.gathering import Function, ItemList, single, whole

_LONGEST = 1_000_000
"""Characters of a text that an expression makes."""
_MOST_PATTERNS = 256


def text_of(items: ItemList) -> str | None:
    """The only item as a text; None where there is none.

    Raises `NotEvaluable` for several items, or one that is no text.
    """
    value = single(items)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or hasattr(value, "parts"):  # a number or a moment becomes one by itself
        return str(value)
    raise NotEvaluable("a function of strings was called on something else")


def _strings(least: int, most: int, run: Callable[..., Any]) -> Function:
    """A function of a text and texts: nothing where one of them is missing."""

    def called(environment: Environment, items: ItemList, *arguments: ItemList) -> ItemList:
        told = [text_of(items), *(text_of(each) for each in arguments)]
        if None in told:
            return []
        found = run(*told)
        if isinstance(found, str):
            _charge(environment, found)
        return list(found) if isinstance(found, list) else [] if found is None else [found]

    return Function(called, least, most)


def _charge(environment: Environment, text: str) -> None:
    if len(text) > _LONGEST:
        raise BeyondBudget
    environment.spend(len(text) >> 6)


def _index_of(text: str, part: str) -> int:
    return text.find(part)


def _replace(
    environment: Environment, items: ItemList, pattern: ItemList, substitution: ItemList
) -> ItemList:
    text, old, new = text_of(items), text_of(pattern), text_of(substitution)
    if text is None or old is None or new is None:
        return []
    if (text.count(old) + 1) * len(new) > _LONGEST:
        raise BeyondBudget
    found = text.replace(old, new)
    _charge(environment, found)
    return [found]


def _substring(
    environment: Environment, items: ItemList, start: ItemList, length: ItemList | None = None
) -> ItemList:
    text, first = text_of(items), whole(start)
    if text is None or first is None or not 0 <= first < len(text):
        return []
    count = whole(length) if length is not None else None
    return [text[first:] if count is None else text[first : first + max(count, 0)]]


def _matches(environment: Environment, items: ItemList, pattern: ItemList) -> ItemList:
    text, regex = text_of(items), text_of(pattern)
    if text is None or regex is None:
        return []
    return [_searching(environment, regex, text).search(text) is not None]


def _matches_full(environment: Environment, items: ItemList, pattern: ItemList) -> ItemList:
    text, regex = text_of(items), text_of(pattern)
    if text is None or regex is None:
        return []
    return [_searching(environment, regex, text).fullmatch(text) is not None]


def _replace_matches(
    environment: Environment, items: ItemList, pattern: ItemList, substitution: ItemList
) -> ItemList:
    text, regex, new = text_of(items), text_of(pattern), text_of(substitution)
    if text is None or regex is None or new is None:
        return []
    if (len(text) + 1) * (len(new) + 1) > _LONGEST:
        raise BeyondBudget
    # `$1` is a group of what was found, as in the standard's example; a backslash is itself.
    template = re.sub(r"\$(\d{1,2})", r"\\g<\1>", new.replace("\\", "\\\\"))
    try:
        found = _searching(environment, regex, text).sub(template, text)
    except (re.error, IndexError) as error:
        raise NotEvaluable("the substitution of replaceMatches names no group") from error
    _charge(environment, found)
    return [found]


def _searching(environment: Environment, regex: str, text: str) -> re.Pattern[str]:
    """A compiled pattern, at the price of what it can take on this text at the worst."""
    pattern, loops = _pattern(regex)
    if environment.wary:
        environment.spend(min((len(text) + 1) ** loops, 10**9) >> 4)
    return pattern


@lru_cache(maxsize=_MOST_PATTERNS)
def _pattern(regex: str) -> tuple[re.Pattern[str], int]:
    """A pattern, and the power of a text's length that bounds its search; high where loops stand in loops."""
    try:
        pattern = re.compile(regex, re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise NotEvaluable("the pattern is no regular expression") from error
    return pattern, 1 + _loops(regex)


_LOOP = re.compile(r"(?<!\\)(?:\\\\)*[*+]|\{\d*,\d*\}|(?<!\()\?")
_NESTED = re.compile(r"\)(?:[*+]|\{\d)")
_EXPONENTIAL = 30


def _loops(regex: str) -> int:
    """How many parts of a pattern can take a varying length; what repeats a group counts as without bound."""
    bare = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "x", re.sub(r"\\\\", "", regex))
    return _EXPONENTIAL if _NESTED.search(bare) else len(_LOOP.findall(bare))


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _join(environment: Environment, items: ItemList, separator: ItemList | None = None) -> ItemList:
    glue = text_of(separator) if separator is not None else ""
    parts = [text_of([each]) or "" for each in items]
    if sum(map(len, parts)) + len(parts) * len(glue or "") > _LONGEST:
        raise BeyondBudget
    environment.spend(len(parts))
    return [(glue or "").join(parts)] if items else []


_ENCODERS: Mapping[str, Callable[[str], str]] = {
    "hex": lambda text: text.encode().hex(),
    "base64": lambda text: b64encode(text.encode()).decode(),
    "urlbase64": lambda text: urlsafe_b64encode(text.encode()).decode(),
}
_DECODERS: Mapping[str, Callable[[str], str]] = {
    "hex": lambda text: bytes.fromhex(text).decode(),
    "base64": lambda text: b64decode(text, validate=True).decode(),
    "urlbase64": lambda text: urlsafe_b64decode(text).decode(),
}


def _decode(text: str, form: str) -> str | None:
    try:
        return _DECODERS[form](text) if form in _DECODERS else None
    except ValueError:
        return None


FUNCTIONS: Mapping[str, Function] = {
    "contains": _strings(1, 1, lambda text, part: part in text),
    "decode": _strings(1, 1, _decode),
    "encode": _strings(1, 1, lambda text, form: _ENCODERS[form](text) if form in _ENCODERS else None),
    "endsWith": _strings(1, 1, str.endswith),
    "escape": _strings(1, 1, lambda text, target: escape(text) if target == "html" else None),
    "indexOf": _strings(1, 1, _index_of),
    "join": Function(_join, 0, 1),
    "lastIndexOf": _strings(1, 1, str.rfind),
    "length": _strings(0, 0, len),
    "lower": _strings(0, 0, str.lower),
    "matches": Function(_matches, 1, 1),
    "matchesFull": Function(_matches_full, 1, 1),
    "replace": Function(_replace, 2, 2),
    "replaceMatches": Function(_replace_matches, 2, 2),
    "split": _strings(1, 1, _split),
    "startsWith": _strings(1, 1, str.startswith),
    "substring": Function(_substring, 1, 2),
    "toChars": _strings(0, 0, list),
    "trim": _strings(0, 0, str.strip),
    "unescape": _strings(1, 1, lambda text, target: unescape(text) if target == "html" else None),
    "upper": _strings(0, 0, str.upper),
}
"""By name."""
