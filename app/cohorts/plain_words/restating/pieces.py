"""Pieces of restatements: what stands between marks or brackets, numbers with units, names."""

from typing import Any

from app.cohorts.plain_words.restating.templates import AND, Template, parts


class NotRestated(ValueError):
    """A text that no tree is restated by."""


def detailed(text: str) -> tuple[str, list[str]]:
    """What stands before the last bracket, and what is told in it.

    Raises `NotRestated` where the bracket is never opened.
    """
    if not text.endswith(")"):
        return text, []
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if not depth:
            return text[:at].rstrip(), list(parts(text[at + 1 : -1], AND))
    raise NotRestated(text)


def filled(template: Template, language: str, place: str, text: str) -> Template:
    """A template one place of which is filled."""
    filled = (template.ko if language == "ko" else template.en).replace(f"{{{place}}}", text)
    return Template(filled, filled)


def is_whole(text: str) -> bool:
    """Whether all brackets of a text are closed, and none that it did not open."""
    depth = 0
    for char in text:
        depth += (char == "[") - (char == "]")
        if depth < 0:
            return False
    return not depth


def inside(text: str) -> str:
    """What stands between quotation marks or those of codes.

    Raises `NotRestated` where the text is in none.
    """
    if text[:1] + text[1:][-1:] not in ("“”", "⟨⟩"):
        raise NotRestated(text)
    return text[1:-1]


def raw(text: str) -> Any:
    """A text between quotation marks, or a number.

    Raises `ValueError` where it is neither.
    """
    return inside(text) if text.startswith("“") else number(text)


def number(text: str) -> int | float:
    """A number as JSON writes it.

    Raises `ValueError` where the text is none.
    """
    return float(text) if "." in text or "e" in text.lower() else int(text)


def measured(text: str) -> tuple[int | float, str]:
    """A number and its unit, empty where it has none.

    Raises `ValueError` where the text begins with no number.
    """
    digits, _, unit = text.partition(" ")
    return number(digits), unit


def is_name(text: str) -> bool:
    """Whether a text may be the name of an event."""
    return text[:1].isalpha() and text.isascii() and " " not in text
