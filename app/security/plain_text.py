"""Texts that people type and others read: nothing in them is unseen, or turns around how the rest is read."""

import re

from marshmallow import ValidationError

from graph.errors import Invalid
from graph.wording import marked

_BIDI = r"\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates (UAX 9)
_UNSEEN = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_BIDI}]")
_BREAKS = re.compile(r"[\t\n\r]")
NOT_PLAIN = marked("no control characters, and none that turn the direction of writing around")
TOO_LONG = marked("at most %(most)s characters")


def plain_lines(text: str) -> None:
    """Check a text of lines, of a form; raises `ValidationError`."""
    if _UNSEEN.search(text):
        raise ValidationError(NOT_PLAIN)


def plain_line(text: str) -> None:
    """Check a text of one line, of a form; raises `ValidationError`."""
    if _UNSEEN.search(text) or _BREAKS.search(text):
        raise ValidationError(NOT_PLAIN)


def require_plain_line(text: str, most: int, place: str) -> None:
    """Raise `Invalid` with its place unless a text is one line of at most `most` plain characters."""
    if len(text) > most:
        raise Invalid(TOO_LONG, location=place, most=most)
    if _UNSEEN.search(text) or _BREAKS.search(text):
        raise Invalid(NOT_PLAIN, location=place)
