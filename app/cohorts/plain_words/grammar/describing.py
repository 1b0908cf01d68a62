"""Finds what descriptions of pictures are said to hold: 시리즈 설명에 FLAIR가 들어간 MRI."""

from collections.abc import Sequence

from app.cohorts.plain_words.scanning.signs import Sign

DESCRIBED = "described"
_WHERE = {"role:describe": "study", "role:series": "series"}
_PARTICLES = ("에", "에는", "에서", "이", "가", "은", "는", "을", "를", "로", "으로", "란에")
_QUOTING = ("라고", "이라고", "라는", "이라는")
_PARTING = ("comma", "stop", "semi", "colon", "open", "close", "and", "or")
_HOLDING = ("role:mention", "v:take", "v:exist", "v:be", "v:become", "v:write", "v:do", "v:occur")
_LONGEST = 6
_CONTAINS = "role:mention"
_WORDS = ("unknown", "soft", "ent", "n", "noun", "contrast")


def described(signs: Sequence[Sign], cased: str) -> list[Sign]:
    """The signs, with one for each description, its words and the verb that says that it holds them."""
    found: list[Sign] = []
    at = 0
    while at < len(signs):
        made = _described_at(signs, at, cased) or _described_behind(signs, at, cased)
        found.append(made[0] if made else signs[at])
        at = made[1] if made else at + 1
    return found


def _described_at(signs: Sequence[Sign], at: int, cased: str) -> tuple[Sign, int] | None:
    """What is said of a description from a place on, and the place behind; None where nothing is."""
    where = next((_WHERE[each] for each in signs[at].symbols if each in _WHERE), "")
    first = _behind_particles(signs, at + 1, cased)
    last = first
    while last < len(signs) and last - first < _LONGEST and _is_word(signs[last], cased):
        last += 1
    behind = _behind_particles(signs, last, cased)
    end = behind
    while end < len(signs) and any(_holds(signs[end], each) for each in _HOLDING):
        end += 1
    if not where or not last > first or not end > behind:
        return None
    words = cased[signs[first].start : signs[last - 1].end].strip("\"' ")
    return Sign((f"{DESCRIBED}:{where}",), signs[at].start, signs[end - 1].end, words), end


def _described_behind(signs: Sequence[Sign], at: int, cased: str) -> tuple[Sign, int] | None:
    """`series description containing FLAIR`: English tells the words last, with no marks around them."""
    where = next((_WHERE[each] for each in signs[at].symbols if each in _WHERE), "")
    first = at + 1
    while first < len(signs) and (signs[first].kind == "weak" or signs[first].has(_CONTAINS)):
        first += 1
    last = first
    while last < len(signs) and signs[last].kind in _WORDS and not signs[last].has("v"):
        last += 1
    if not where or not last > first or not any(each.has(_CONTAINS) for each in signs[at:first]):
        return None
    words = cased[signs[first].start : signs[last - 1].end]
    return Sign((f"{DESCRIBED}:{where}",), signs[at].start, signs[last - 1].end, words), last


def _behind_particles(signs: Sequence[Sign], at: int, cased: str) -> int:
    while at < len(signs) and cased[signs[at].start : signs[at].end] in (*_PARTICLES, *_QUOTING):
        at += 1
    return at


def _is_word(sign: Sign, cased: str) -> bool:
    """Whether a sign may be a word of a description."""
    if sign.kind == "quoted":
        return True
    apart = sign.kind in _PARTING or cased[sign.start : sign.end] in (*_PARTICLES, *_QUOTING)
    return not apart and not any(_holds(sign, each) for each in _HOLDING)


def _holds(sign: Sign, name: str) -> bool:
    return any(each == name or each.partition(".")[0] == name for each in sign.symbols)
