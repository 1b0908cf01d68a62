"""A question as it is compared: one form for the many ways to write a letter, with its place in the text.

Compatibility forms become plain ones (NFKC), case is folded, superscripts keep that they are exponents
(`10⁹` is `10^9`). What is compared is a list of units: a Korean syllable, a run of Latin letters in its
stem, a run of digits, or a single sign. Spaces, hyphens and apostrophes are none, so `CA-125` is `CA 125`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.cohorts.plain_words.scanning.stems import stem

_SUPERSCRIPTS = {char: digit for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_MARKS = {chr(first + at): at + 1 for first, size in ((0x2460, 20), (0x2776, 10)) for at in range(size)}
"""The numbers in circles that mark the items of lists."""
_LETTERS = "가나다라마바사아자차"
_LETTER = re.compile(rf"(?<![\w가-힣])([{_LETTERS}])(?=[.)]\s?)")
_KIND = r"(?:제\s?)?\d형|[a-eA-E]형"
_KINDS = re.compile(
    rf"({_KIND})(?=\s?(?:,|/|또는|혹은|및|과|이나|이거나)\s?(?:{_KIND})\s?(당뇨병|당뇨|간염\s?백신|간염|독감|인플루엔자))"
)
_PART = (
    r"(?:고관절|슬관절|무릎관절|무릎|견관절|주관절|족관절|대동맥판막?|승모판막?|삼첨판막?|폐동맥판막?|"
    r"척추|대퇴골|상완골|요골|쇄골|경골)"
)
_PARTS = re.compile(
    rf"({_PART})(?=\s?(?:,|;|/|또는|혹은|및|과|와|이나|나)\s?{_PART}\s?((?:인공관절\s?)?(?:부분|전)?치환술|골절))"
)
_SAME = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－ー", "-"),
        **dict.fromkeys("‘’‛ʼ`´′", "'"),
        **dict.fromkeys("“”„‟″「」『』《》", '"'),
        **dict.fromkeys("～〜∼˜", "~"),
        **dict.fromkeys("、，", ","),
        **dict.fromkeys("·•‧∙・ㆍ●○■□▪◦◆", ";"),
        **dict.fromkeys("×✕✖⨯", "x"),
        **dict.fromkeys("≦⩽≤", "≤"),
        **dict.fromkeys("≧⩾≥", "≥"),
        **dict.fromkeys("\u200b\u200c\u200d\ufeff\u2060", " "),
    }
)
_UNIT = re.compile(r"[가-힣]|[a-zα-ωÀ-ɏ]+|\d+|[^\s\w]|_|\w")
_QUOTED = re.compile(r"(?<!\S)'([^'\n]{2,120})'(?=[\s.,;:?!)가-힣]|$)")
_PLURAL = re.compile(r"\b([A-Z][A-Z0-9]+)s\b")  # CTs, SSRIs
_ABSENT = re.compile(r"\(-\)")  # dysphagia (-)
_APART = frozenset("-'")
HANGUL = re.compile(r"[가-힣]")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text that is folded character by character; `places` lead back into the one that was asked.

    `cased` is the same with its capitals, for what matches only as it is written.
    """

    asked: str
    text: str
    cased: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text stands in the one that was asked."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


@dataclass(frozen=True, slots=True)
class TextUnit:
    """One unit of a folded text: its form to be compared, and from where to where it reaches.

    `spaced` says that white space or the beginning stands before it, `apart` that a hyphen or `'` does.
    """

    form: str
    start: int
    end: int
    spaced: bool
    apart: bool = False

    @property
    def is_hangul(self) -> bool:
        """Whether it is a Korean syllable."""
        return HANGUL.match(self.form) is not None


def folded(asked: str) -> FoldedText:
    """Fold a text."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(unicodedata.normalize("NFC", asked) if _is_apart(asked) else asked):
        for each in _plain(char, chars[-1] if chars else ""):
            chars.append(each)
            places.append(place)
    _number_letters(chars)
    _share_names(chars, places)
    signed = _ABSENT.sub("(⊖)", "".join(chars))
    cased = _PLURAL.sub(r"\1 ", _QUOTED.sub(r'"\1"', signed))
    text = "".join(char.lower() if len(char.lower()) == 1 else char for char in cased)
    return FoldedText(asked, text, cased, (*places, len(asked)))


def _number_letters(chars: list[str]) -> None:
    """Put numbers for the letters that mark the items of a list: 가. 나. 다."""
    if len(chars) != len("".join(chars)):
        return
    found = list(_LETTER.finditer("".join(chars)))
    if not {"가", "나"} <= {each[1] for each in found}:
        return
    for each in found:
        chars[each.start()] = str(_LETTERS.index(each[1]) + 1)[-1]


def _share_names(chars: list[str], places: list[int]) -> None:
    """Tell the name that a list shares behind each of it: 1형 또는 2형 당뇨병, 고관절 또는 슬관절 치환술."""
    for shared in (_KINDS, _PARTS):
        for each in reversed(list(shared.finditer("".join(chars)))):
            chars[each.end(1) : each.end(1)] = each[2]
            places[each.end(1) : each.end(1)] = [places[each.end(1) - 1]] * len(each[2])


def _is_apart(asked: str) -> bool:
    """Whether Korean syllables are written as their letters, as some file systems and phones do."""
    return any("\u1100" <= char <= "\u11ff" for char in asked)


def _plain(char: str, before: str) -> str:
    if char in _MARKS:
        return f"{' ' if before else ''}{_MARKS[char]}) "
    if char in _SUPERSCRIPTS:
        return f"^{_SUPERSCRIPTS[char]}" if before.isdigit() else str(_SUPERSCRIPTS[char])
    return unicodedata.normalize("NFKC", char.translate(_SAME)).translate(_SAME)


def text_units(text: str) -> Iterator[TextUnit]:
    """The units of a folded text in their order."""
    spaced, apart, last = True, False, 0
    for found in _UNIT.finditer(text):
        spaced = spaced or found.start() > last
        last = found.end()
        if found[0] in _APART:
            apart = True
            continue
        if not (apart and found[0] == "s" and text[found.start() - 1] == "'"):  # the patient's
            yield TextUnit(stem(found[0]), found.start(), found.end(), spaced, apart)
        spaced = apart = False


def forms_of(name: str) -> tuple[str, ...]:
    """The forms of the units of a name, by which it is found in a text."""
    return tuple(unit.form for unit in text_units(folded(name).text))
