"""Texts of the code as pages show them: what is translated there, and refusals as sentences."""

from graph.wording import marked

__all__ = ["as_sentence", "marked"]


def as_sentence(text: str) -> str:
    """What was wrong, as an error says it, as a sentence: it begins small there, and has no full stop."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."
