"""How the values of a query string are parted, and what a backslash keeps (FHIR R4 search.html#escaping)."""

import re


def split_values(text: str) -> list[str]:
    """The alternatives of a value: parted by commas that are not escaped; each is still escaped."""
    return parted(text, ",")


def unescaped(text: str) -> str:
    """The value that a client meant: `\\,` `\\|` `\\$` and `\\\\` are the characters themselves."""
    return re.sub(r"\\([,|$\\])", r"\1", text)


def split_on(text: str, mark: str) -> list[str]:
    """The parts of a token or quantity, unescaped."""
    return [unescaped(each) for each in parted(text, mark)]


def parted(text: str, mark: str) -> list[str]:
    """The parts between the marks that are not escaped, as they are written.

    A backslash escapes whatever follows it, another one too. It takes as long as the text is, whatever is in
    it.
    """
    if "\\" not in text:
        return text.split(mark)
    parts, start = [], 0
    for found in re.finditer(rf"\\.|{re.escape(mark)}", text, re.DOTALL):
        if found[0] == mark:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]
