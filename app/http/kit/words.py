"""Texts of the code as pages show them: what is translated there, and refusals as sentences."""

import re

from graph.wording import marked

__all__ = ["as_sentence", "marked"]


_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*[,:]?(?: [!-~]|$)")
"""How a sentence begins that begins with a word: neither with a value nor with an identifier, which stay."""


def as_sentence(template: str, text: str) -> str:
    """What was wrong, as an error says it, as a sentence: it begins small there, and has no full stop."""
    first = text[:1].upper() if _WORD.match(template) else text[:1]
    return f"{first}{text[1:].removesuffix('.')}."
