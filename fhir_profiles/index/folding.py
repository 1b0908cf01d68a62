"""Folding of text for comparison: no accents, no case, single spaces (FHIR R4 search.html#string)."""

from unicodedata import combining, normalize

LONGEST = 200


def fold(text: str) -> str:
    """Return the form of a text that two spellings of it share, cut to `LONGEST` characters.

    Only marks that combine are dropped: Hangul and other scripts are composed again and stay as they are.
    """
    if text.isascii():
        return " ".join(text.lower().split())[:LONGEST]
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    bare = "".join(each for each in decomposed if not combining(each))
    return " ".join(normalize("NFC", bare).split())[:LONGEST]
