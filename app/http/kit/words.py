"""Texts of the code as pages show them: what is translated there, and refusals as sentences."""


def marked(text: str) -> str:
    """Return a text as it is; whoever collects texts for the catalogues looks for this name."""
    return text


def as_sentence(text: str) -> str:
    """What was wrong, as an error says it, as a sentence: it begins small there, and has no full stop."""
    return f"{text[:1].upper()}{text[1:]}."
