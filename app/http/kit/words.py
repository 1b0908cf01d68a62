"""Texts of the code as pages show them: what is translated there, and refusals as sentences."""

from graph.wording import marked

__all__ = ["OF_FORMS", "as_sentence", "marked"]

OF_FORMS = (
    marked("Missing data for required field."),
    marked("Field may not be null."),
    marked("Unknown field."),
    marked("Invalid input type."),
    marked("Not a valid string."),
    marked("Not a valid integer."),
    marked("Not a valid number."),
    marked("Not a valid boolean."),
    marked("Not a valid list."),
    marked("Not a valid datetime."),
)
"""What marshmallow says of a field that is not as its schema has it."""


def as_sentence(text: str) -> str:
    """What was wrong, as an error says it, as a sentence: it begins small there, and has no full stop."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."
