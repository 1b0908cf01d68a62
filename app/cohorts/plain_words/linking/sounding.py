"""Korean spellings of foreign names by their sound: 메트포르민 is metformin, without any dictionary.

Hangul becomes its letters and these Latin ones; what Korean spelling cannot tell apart (l and r, p, f and ph,
b and v, t and th) is folded, and names are compared by their consonants first. Two drugs that sound alike are
never taken for one another: whoever is not far ahead of all others is no match.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

_FIRST, _VOWELS, _FINALS = 0xAC00, 21, 28
_INITIAL = ["k", "k", "n", "t", "t", "l", "m", "p", "p", "s", "s", "", "z", "z", "z", "k", "t", "p", "h"]
_VOWEL = [
    "a",
    "e",
    "ia",
    "ie",
    "o",
    "e",
    "io",
    "ie",
    "o",
    "ua",
    "ue",
    "ue",
    "io",
    "u",
    "uo",
    "ue",
    "ui",
    "iu",
    "",
    "i",
    "i",
]
_FINAL = [
    "",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "n",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
_FOLDS = tuple(
    (each.partition(">")[0], each.partition(">")[2])
    for each in [
        "ph>p",
        "chl>kl",
        "chr>kl",
        "ch>k",
        "ck>k",
        "th>t",
        "qu>ku",
        "q>k",
        "x>ks",
        "sch>s",
        "sce>se",
        "sci>si",
        "rh>l",
        "wh>u",
        "gh>k",
        "ce>se",
        "ci>si",
        "cy>si",
        "ge>ze",
        "gi>zi",
        "gy>zi",
        "ae>e",
        "oe>e",
        "ea>i",
        "ou>u",
        "c>k",
        "g>k",
        "d>t",
        "b>p",
        "v>p",
        "f>p",
        "r>l",
        "j>z",
        "y>i",
        "w>u",
    ]
)
_VOWELS_LATIN = "aeiou"
LEAST_SCORE, LEAST_LEAD = 0.95, 0.06
_SHORTEST = 4  # letters of a name that may be told by its sound


class Sounded(NamedTuple):
    """A name that a spelling sounds like, and how much: 1 is all."""

    name: str
    score: float


def latin(text: str) -> str:
    """Hangul as Latin letters by sound; anything else stays."""
    return "".join(map(_syllable, text))


def _syllable(char: str) -> str:
    code = ord(char) - _FIRST
    if not 0 <= code < 11_172:  # noqa: PLR2004 - the syllables of Unicode
        return char
    first, rest = divmod(code, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    return _INITIAL[first] + _VOWEL[vowel] + (_FINAL[final] if final < len(_FINAL) else "")


@lru_cache(maxsize=16_384)
def folded_sound(name: str) -> str:
    """A Latin name in letters that Korean spelling keeps apart, doubled ones once."""
    text = name.lower()
    for pattern, instead in _FOLDS:
        text = text.replace(pattern, instead)
    return _once(text)


def _once(text: str) -> str:
    """The letters of a text; of equal ones in a row the first."""
    letters = [char for char in text if char.isalpha()]
    return "".join(char for at, char in enumerate(letters) if at == 0 or char != letters[at - 1])


def skeleton(sound: str) -> str:
    """The consonants of a sound; `eu` between them, which Korean adds, goes with the vowels."""
    return "".join(char for char in sound if char not in _VOWELS_LATIN)


def likeness(spelling: str, name: str) -> float:
    """How much a Korean spelling sounds like a Latin name: by consonants 0.6, by all letters 0.4."""
    one, other = _once(latin(spelling)), folded_sound(name)
    bones = Levenshtein.normalized_similarity(skeleton(one), skeleton(other))
    return 0.6 * bones + 0.4 * Levenshtein.normalized_similarity(one, other)


def sounding_like(
    spelling: str, names: Iterable[str], confusable: Mapping[str, frozenset[str]]
) -> list[Sounded]:
    """The names that a spelling may be: one that is far ahead of all others, or several near one another.

    `confusable` are names that look alike and are different drugs: where one is near, those are near, too.
    """
    if len(latin(spelling)) < _SHORTEST:
        return []
    scored = sorted(
        (Sounded(name, likeness(spelling, name)) for name in names if len(name) >= _SHORTEST),
        key=lambda each: (-each.score, each.name),
    )
    if not scored or scored[0].score < LEAST_SCORE:
        return []
    near = [each for each in scored if scored[0].score - each.score < LEAST_LEAD]
    alike = {other for each in near for other in confusable.get(each.name, ())}
    return near + [each for each in scored if each.name in alike and each not in near]
