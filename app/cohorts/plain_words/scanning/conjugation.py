"""The forms that a Korean verb takes in a question, each with what its ending does to its clause."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

_FIRST, _VOWELS, _FINALS = 0xAC00, 21, 28
_N, _L, _M, _B, _SS = 4, 8, 16, 17, 20  # the place of a final consonant in a syllable


class VerbEnding(StrEnum):
    """What the ending of a verb does: how its clause goes on."""

    ADNOMINAL = "adn"  # it says something of the noun that follows
    FUTURE = "fut"  # the same, of what is to come
    AND = "and"
    OR = "or"
    DENIED = "ji"  # the form that a denial follows
    NOUN = "nom"
    FINAL = "fin"
    THOUGH = "tho"


class VerbForm(NamedTuple):
    """A written form and its ending."""

    text: str
    ending: VerbEnding


_PLAIN = {  # behind the stem, whatever its last sound
    VerbEnding.AND: ("고", "고서", "고도", "기에", "는데", "지만", "는데도", "고는", "되"),
    VerbEnding.OR: ("거나", "든지", "든", "거나 또는"),
    VerbEnding.DENIED: ("지", "지는", "지도", "진"),
    VerbEnding.ADNOMINAL: ("는", "던"),
    VerbEnding.FINAL: (
        "다",
        "나",
        "나요",
        "니",
        "는지",
        "는가",
        "냐",
        "습니까",
        "습니다",
        "네",
        "는다",
        "죠",
        "지요",
        "다고",
        "는다고",
        "냐고",
    ),
    VerbEnding.NOUN: ("기", "기가", "는 것", "는 경우"),
}
_AFTER_A = {
    VerbEnding.AND: ("", "서", "야"),
    VerbEnding.THOUGH: ("도",),
    VerbEnding.FINAL: ("요",),
}
_PAST = {
    VerbEnding.ADNOMINAL: ("던",),
    VerbEnding.AND: ("고", "으며", "으면서", "지만", "는데", "으나", "는데도", "다가"),
    VerbEnding.OR: ("거나", "든지"),
    VerbEnding.FINAL: (
        "다",
        "나",
        "나요",
        "습니까",
        "습니다",
        "는지",
        "어",
        "어요",
        "니",
        "음",
        "냐",
        "는가",
        "다고",
    ),
    VerbEnding.NOUN: ("음", "음에도", "을"),
}


def forms(stem: str, before_a: tuple[str, ...], kind: str) -> Iterator[VerbForm]:
    """The forms of a verb (kind v), an adjective (a) or the copula (c): its stem, and it before 어."""
    skipped = {"는", "는다", "는다고"} if kind != "v" and stem not in ("있", "없") else set()
    for ending, tails in _PLAIN.items():
        yield from (VerbForm(_joined(stem, tail), ending) for tail in tails if tail not in skipped)
    yield from _by_sound(stem, kind)
    for base in before_a:
        for ending, tails in _AFTER_A.items():
            yield from (VerbForm(base + tail, ending) for tail in tails)
        past = with_final(base, _SS)
        for ending, tails in _PAST.items():
            yield from (VerbForm(past + tail, ending) for tail in tails)


def _joined(stem: str, tail: str) -> str:
    """A stem that ends with ㄹ loses it before ㄴ and ㅅ: 사는, 사니."""
    return (with_final(stem, 0) if final_of(stem) == _L and tail[0] in "나냐는니네습" else stem) + tail


def _by_sound(stem: str, kind: str) -> Iterator[VerbForm]:
    """The endings that differ with the last sound of the stem."""
    closed = final_of(stem) not in (0, _L)
    bare = with_final(stem, 0) if final_of(stem) == _L else stem
    if closed:
        past, future, noun = f"{stem}은", f"{stem}을", f"{stem}음"
    else:
        past, future = with_final(bare, _N), with_final(bare, _L)
        noun = (
            f"{stem[:-1]}{'삶' if stem[-1:] == '살' else stem[-1:] + 'ㅁ'}"
            if bare != stem
            else with_final(stem, _M)
        )
        yield VerbForm(with_final(bare, _B) + "니다", VerbEnding.FINAL)
        yield VerbForm(with_final(bare, _B) + "니까", VerbEnding.FINAL)
        if kind == "v":
            yield from (VerbForm(with_final(bare, _N) + tail, VerbEnding.FINAL) for tail in ("다", "다고"))
    yield VerbForm(past, VerbEnding.ADNOMINAL)
    yield VerbForm(future, VerbEnding.FUTURE)
    for tail in ("", "에도", "에도 불구하고"):
        yield VerbForm(noun + tail, VerbEnding.THOUGH if tail else VerbEnding.NOUN)
    if kind != "v":
        yield from (VerbForm(past + tail, VerbEnding.AND) for tail in ("데", "데도"))
        yield from (VerbForm(past + tail, VerbEnding.FINAL) for tail in ("가", "가요", "지"))
    link = "으" if closed else ""
    for tail in ("며", "면서", "면서도", "나"):
        yield VerbForm(stem + link + tail, VerbEnding.AND)
    for tail in ("면", "면은"):
        yield VerbForm(stem + link + tail, VerbEnding.AND)


def final_of(text: str) -> int:
    """The place of the final consonant of the last syllable; 0 where it has none."""
    return (ord(text[-1]) - _FIRST) % _FINALS


def with_final(text: str, final: int) -> str:
    """A text whose last syllable ends with another consonant, or with none (0)."""
    code = ord(text[-1]) - _FIRST
    return text[:-1] + chr(_FIRST + code - code % _FINALS + final)
