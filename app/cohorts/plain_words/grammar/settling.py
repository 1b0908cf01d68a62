"""What a sign says that may say several things: a table tells which reading is kept between what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.scanning.folding import HANGUL
from app.cohorts.plain_words.scanning.signs import THING, Sign
from app.cohorts.plain_words.words.tables import rows_of

_ANY, _START, _END = "-", "^", "$"
ABBREVIATED = "abbr"
TOO, _TOO = "too", "도"
WORDING = "wording"  # a report says it in so many words
_WORDINGS = ("언급", "기재", "기술", "서술", "명시", "단어", "말", "문구", "표현")
MARKED, _PARTS = "marked", ("를", "을", "은", "는", "이", "가")  # a part of its own of the sentence
_ONLY, _HAVING = "만", ("v:image", "v:exist", "v:do", "v:get", "v:have", "role:undergo", "role:image")
_REQUIRED = ("v:exist.", "v:lack.", "v:be.", "v:notbe.", "v:not.", "v:have.")
_MEASURE = "measure"
_NUMBERS = ("n", "qa", "qt", "qu")
_BEHIND_NAMES = {"ge": "gt", "le": "lt"}
_PERSONS = "환자"
_ADNOMINAL = ("한", "된", "받은", "있는", "하는", "되는", "없는")


@dataclass(frozen=True, slots=True)
class Settlement:
    """Readings that stand together, which of them are kept, and between what."""

    together: tuple[str, ...]
    kept: tuple[str, ...]
    before: tuple[str, ...]
    behind: tuple[str, ...]

    def holds(self, sign: Sign, before: Sign | None, behind: Sign | None) -> bool:
        """Whether it is about this sign here."""
        if not all(_is(sign, each) for each in self.together):
            return False
        return _stands(self.before, before, _START) and _stands(self.behind, behind, _END)


@cache
def _settlements() -> tuple[Settlement, ...]:
    return tuple(Settlement(*(tuple(cell.split()) for cell in row)) for row in rows_of("settling", 4))


def _is(sign: Sign, name: str) -> bool:
    """Whether one of its readings is of a kind, such a reading, or such a verb whatever its ending."""
    return any(_reads(each, name) for each in sign.symbols)


def _reads(symbol: str, name: str) -> bool:
    return symbol == name or symbol.partition(":")[0] == name or symbol.partition(".")[0] == name


def _stands(wanted: tuple[str, ...], sign: Sign | None, nothing: str) -> bool:
    if wanted == (_ANY,):
        return True
    if sign is None:
        return nothing in wanted
    return any(_is(sign, each) for each in wanted)


def _apart(signs: Sequence[Sign], cased: str) -> Iterator[Sign]:
    """The signs; what a Korean name ends with, `입원한`, `당뇨병 환자`, is a sign of its own behind it."""
    before: Sign | None = None
    for sign, behind in zip(signs, [*signs[1:], None], strict=True):
        if sign.kind == ABBREVIATED:
            yield from _two(sign)
            continue
        if (linked := _link_before_number(sign, before, behind, cased)) is not None:
            yield from linked
            continue
        yield sign
        before = sign
        if sign.has(THING) and cased[sign.start : sign.end].endswith(_ADNOMINAL):
            yield Sign(("v:be.adn",), sign.end - 1, sign.end)
        elif sign.has(THING) and cased[sign.start : sign.end].endswith(_PERSONS):
            yield Sign(("subj",), sign.end - len(_PERSONS), sign.end)


def _leaves_out(sign: Sign, before: Sign, behind: Sign, cased: str) -> bool:
    """Whether 만 stands between pictures and a verb: CT만 찍은, which leaves others out."""
    return (
        cased[sign.start : sign.end] == _ONLY
        and (before.has("ent:modality") or before.has("noun:imaging"))
        and any(_is(behind, each) for each in _HAVING)
    )


def _link_before_number(
    sign: Sign, before: Sign | None, behind: Sign | None, cased: str
) -> tuple[Sign, Sign] | None:
    """`asthma or over 65`, `over 18 and under 65`: a link, and what is said of the number behind it."""
    link, _, said = cased[sign.start : sign.end].lower().partition(" ")
    op = _BEHIND_NAMES.get(sign.detail_of("sfx") or "")
    if op is None or before is None or behind is None or not said:
        return None
    wanted = {"or": (THING,), "and": _NUMBERS}.get(link, ())
    if not any(before.has(each) for each in wanted) or not any(behind.has(each) for each in _NUMBERS):
        return None
    middle = sign.start + len(link)
    return Sign((link,), sign.start, middle), Sign((f"cmp:{op}",), middle + 1, sign.end)


def settled(scanned: Sequence[Sign], cased: str) -> list[Sign]:
    """The signs, each with the readings that it may have where it stands."""
    signs = list(_apart(scanned, cased))
    found: list[Sign] = []
    for at, each in enumerate(signs):
        sign = each
        behind = signs[at + 1] if at + 1 < len(signs) else None
        if found and sign.has("j"):
            found[-1] = _marked(found[-1], cased[sign.start : sign.end])
        if found and behind is not None and _leaves_out(sign, found[-1], behind, cased):
            sign = sign.read_as("only")
        elif sign.has("role:mention") and cased[sign.start : sign.end].removesuffix("가").endswith(_WORDINGS):
            sign = sign.read_as(*sign.symbols, WORDING)
        if _is_required(signs[at : at + 3], cased):
            sign = sign.read_as(*(each.replace(".fut", ".nom") for each in sign.symbols))
        if sign.has(_MEASURE) and behind is not None and behind.has("j"):
            behind = signs[at + 2] if at + 2 < len(signs) else behind  # 시리즈가 3개 이상인
        found.append(_one(_capital(_named(sign, cased), cased), found[-1] if found else None, behind))
    return found


def _is_required(signs: Sequence[Sign], cased: str) -> bool:
    """Whether a criterion asks for it, 없을 것, and nobody foretells it: 없을 것 같은."""
    verb, *behind = signs
    said = any(each.startswith(_REQUIRED) and each.endswith(".fut") for each in verb.symbols)
    thing = bool(behind) and cased[behind[0].start : behind[0].end] == "것"
    return said and thing and not (behind[1:] and (behind[1].has("j") or behind[1].has("v")))


def _named(sign: Sign, cased: str) -> Sign:
    """A name in Latin letters among Korean ones is no English word: PET."""
    if len(sign.symbols) == 1 or not (sign.has(THING) and sign.has("no")) or not HANGUL.search(cased):
        return sign
    if not cased[sign.start : sign.end].isascii():
        return sign
    return sign.read_as(*(each for each in sign.symbols if each.partition(":")[0] != "no"))


def _marked(sign: Sign, particle: str) -> Sign:
    """A sign with what the particle behind it says of it."""
    if particle == _TOO and sign.has(THING):
        return sign.read_as(*sign.symbols, TOO)
    return sign.read_as(*sign.symbols, MARKED) if particle in _PARTS else sign


def _two(sign: Sign) -> Iterator[Sign]:
    """A part of the body and a modality, where one word says both: CXR."""
    rows = Lexicon.shipped().rows
    middle = sign.start + 1
    for kind, name, start, end in zip(
        ("site", "modality"), sign.detail.split("+"), (sign.start, middle), (middle, sign.end), strict=True
    ):
        yield Sign((f"{THING}:{kind}",), start, end, (rows[name],))


def _capital(sign: Sign, cased: str) -> Sign:
    """A name that is a plain word, too, is one in capitals only."""
    is_name = cased[sign.start : sign.end].isupper()
    plain = sign.has("weak") or (is_name and sign.has("no"))
    if len(sign.symbols) == 1 or not sign.has(THING) or not plain:
        return sign
    kept = tuple(each for each in sign.symbols if (each.partition(":")[0] == THING) is is_name)
    return sign.read_as(*kept)


def _one(sign: Sign, before: Sign | None, behind: Sign | None) -> Sign:
    sign = _verb(sign, behind)
    for _ in range(len(sign.symbols)):
        if len(sign.symbols) == 1:
            return sign
        for each in _settlements():
            if each.holds(sign, before, behind):
                kept = tuple(one for one in sign.symbols if any(_reads(one, name) for name in each.kept))
                if kept and kept != sign.symbols:
                    sign = sign.read_as(*kept)
                    break
        else:
            return sign
    return sign


def _verb(sign: Sign, behind: Sign | None) -> Sign:
    """An ending that closes a sentence does so at its end only; `크나` goes on otherwise."""
    verbs = [each for each in sign.symbols if each.startswith("v:")]
    if len(verbs) <= 1:
        return sign
    last = behind is None or behind.has("stop")
    kept = next((each for each in verbs if each.endswith(".fin") is last), verbs[0])
    return sign.read_as(*(each for each in sign.symbols if each == kept or not each.startswith("v:")))
