"""What stands in a cell of CSV, in answers and in exports alike: each value can be read back from it."""

from typing import Any

from app.cohorts.answers.files.texts import plain

_OPENS_A_FORMULA = tuple("=+-@\t\r\n'＝＋－＠")  # spreadsheets read the wide ones as well


def cell(value: Any) -> str | int | float:
    """A value as a cell: nothing for none, numbers and texts as they are, else JSON."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return harmless(plain(value))


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that might be has an apostrophe before it."""
    return f"'{text}" if text.startswith(_OPENS_A_FORMULA) else text
