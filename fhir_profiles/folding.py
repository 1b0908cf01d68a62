"""Folding of text for comparison: no accents, strokes or case, single spaces (FHIR R4 search.html#string)."""

from unicodedata import combining, normalize

LONGEST = 200
_LETTERS = "øo đd ħh łl ŧt ƀb ƶz ǥg ȼc ɇe ɉj ɍr ɏy ɨi ɵo ʉu ƚl ᵽp ⱥa ⱦt ꝁk ꞡg ꞣk ꞥn ꞧr ꞩs ðd þth æae œoe ıi"
_PLAIN = str.maketrans({pair[0]: pair[1:] for pair in _LETTERS.split()})
"""What Unicode does not decompose, and people write without: the stroke, the ligature, the lost dot."""


def fold(text: str) -> str:
    """Return the form of a text that two spellings of it share, cut to `LONGEST` characters.

    Only marks that combine, strokes and ligatures go: Hangul and other scripts are composed again and stay.
    """
    if text.isascii():
        return " ".join(text.lower().split())[:LONGEST]
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    bare = "".join(each for each in decomposed if not combining(each)).translate(_PLAIN)
    return " ".join(normalize("NFC", bare).split())[:LONGEST]
