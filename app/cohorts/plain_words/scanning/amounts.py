"""Numbers in a question, with the unit behind them: digits or words, one number or two ends of a range."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from app.cohorts.plain_words.words.tables import rows_of

_ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_KOREAN = {
    **dict(
        zip(["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"], range(1, 11), strict=True)
    ),
    **dict(zip(["하나", "둘", "셋", "넷"], range(1, 5), strict=True)),
    **{
        "석": 3,
        "넉": 4,
        "서": 3,
        "너": 4,
        "열두": 12,
        "열한": 11,
        "스무": 20,
        "스물": 20,
        "서른": 30,
        "마흔": 40,
    },
    **{"쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "열다섯": 15, "열여덟": 18, "열아홉": 19},
}
_MULTIPLIERS = {"만": 10_000, "천": 1_000, "백만": 1_000_000, "억": 100_000_000, "백": 100}
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")
_NEGATIVE = re.compile(r"(?<![\w)\]])-\s?(?=\d)")
_WORDS = re.compile(
    rf"(?:({'|'.join(_TENS)})(?:[\s-]({'|'.join(_ENGLISH[1:10])}))?|({'|'.join(_ENGLISH)}))(?![a-z])"
)
_HANGUL_NUMBER = re.compile("|".join(sorted(_KOREAN, key=len, reverse=True)))
_MULTIPLIED = re.compile(r"\s?(백만|천만|만|천|억)(?![가-힣])|(백만|만|천)(?=\s?(?:개|/|명|회|건|이|초|미))")
_AND_THOUSANDS = re.compile(r"\s?(\d)\s?천(?![가-힣]{2})")  # 1만 5천
_LINK = re.compile(r"\s*(?:-|~|–|to(?=\s*\d)|through(?=\s*\d)|thru(?=\s*\d))\s*")
YEARS = (1900, 2100)
_NOT_OF_CELLS = r"(?![\s-]?(?:cell|score|wave|lympho))"  # women over 50, T-score below -2.5
_ONE = re.compile(r"(?:an?|one|1)\s+(?=(?:year|month|week|day|hour)(?!s?[\s-]old)\b)")
_HALF = re.compile(r"반년|(?:half\s+a\s+year|six\s+months)")
_DAYS: Mapping[str, int] = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "열흘": 10, "보름": 15}
_SPAN_WORDS = re.compile(
    "|".join(_DAYS)
    + r"|일주일|반년|반 년|fortnight|a fortnight|half a year|a couple of (?:weeks|days|months|years)|a decade"
)
_COUPLE: Mapping[str, tuple[int, str]] = {
    "일주일": (1, "wk"),
    "반년": (6, "mo"),
    "반 년": (6, "mo"),
    "half a year": (6, "mo"),
    "fortnight": (2, "wk"),
    "a fortnight": (2, "wk"),
    "a decade": (10, "a"),
    **{
        f"a couple of {each}s": (2, unit)
        for each, unit in zip(("week", "day", "month", "year"), ("wk", "d", "mo", "a"), strict=True)
    },
}


class AmountKind(StrEnum):
    """What a number counts, by its unit."""

    BARE = "n"
    TIME = "qt"
    AGE = "qa"
    DECADE = "dec"
    TIMES = "qc"
    DOSES = "qs"
    PIECES = "qi"
    PERSONS = "qp"
    MEASURED = "qu"
    STAGE = "qg"


_KINDS: Mapping[str, AmountKind] = {
    "time": AmountKind.TIME,
    "age": AmountKind.AGE,
    "decade": AmountKind.DECADE,
    "times": AmountKind.TIMES,
    "dose": AmountKind.DOSES,
    "pieces": AmountKind.PIECES,
    "persons": AmountKind.PERSONS,
    "ucum": AmountKind.MEASURED,
    "stage": AmountKind.STAGE,
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit: UCUM, of a time or an age `a mo wk d h`, else empty."""

    number: Decimal
    kind: AmountKind = AmountKind.BARE
    unit: str = ""

    @property
    def is_year(self) -> bool:
        """Whether it may be the year of a date."""
        whole = self.number == self.number.to_integral_value()
        return self.kind is AmountKind.BARE and whole and YEARS[0] <= self.number <= YEARS[1]


class AmountFound(NamedTuple):
    """An amount in a text, or the two ends of a range, and where it ends."""

    amounts: tuple[Amount, ...]
    end: int


class _Number(NamedTuple):
    value: Decimal
    end: int
    in_words: bool = False


@cache
def _units() -> tuple[re.Pattern[str], Mapping[str, tuple[AmountKind, str]]]:
    spelled: dict[str, tuple[AmountKind, str]] = {}
    for kind, unit, spellings in rows_of("units", 3):
        for each in spellings.split(" | "):
            spelled.setdefault(each.strip(), (_KINDS[kind], unit))
    alternatives = (_spelling(each) for each in sorted(spelled, key=len, reverse=True))
    return re.compile("|".join(alternatives)), {name.rstrip("*"): each for name, each in spelled.items()}


def _spelling(written: str) -> str:
    bare = written.rstrip("*")
    attached = r"(?<=\d)" if written.endswith("*") else ""
    text = re.escape(bare).replace(r"\ ", r"[\s-]?").replace(r"\-", r"[\s-]?")
    ended = r"(?![a-z0-9^])" if bare[-1].isascii() and bare[-1].isalnum() else ""
    return f"{attached}{text}{ended}" + (_NOT_OF_CELLS if bare == "t" else "")


def amount_at(text: str, start: int) -> AmountFound | None:
    """The amount, or the range with a dash, that begins at a place of a folded text; None where none does."""
    found = _span_at(text, start) or _first_at(text, start)
    if found is None or len(found.amounts) > 1:
        return found
    (first,), end = found
    link = _LINK.match(text, end)
    other = _first_at(text, link.end()) if link and first.kind is not AmountKind.DECADE else None
    if other is None or not _fit(first, other.amounts[0]):
        return found
    (second,) = other.amounts
    if first.kind is AmountKind.BARE:
        first = Amount(first.number, second.kind, second.unit)
    elif second.kind is AmountKind.BARE:
        second = Amount(second.number, first.kind, first.unit)
    return AmountFound((first, second), other.end)


def _fit(first: Amount, second: Amount) -> bool:
    """Whether two amounts are the ends of one range: 18-75 years, not 2020-03."""
    if first.kind is AmountKind.BARE and first.is_year != second.is_year:
        return False
    alike = first.kind is second.kind or AmountKind.BARE in (first.kind, second.kind)
    return alike and (first.number <= second.number or first.unit != second.unit)


def _span_at(text: str, start: int) -> AmountFound | None:
    """A time that is one word: 이틀, 일주일, a fortnight."""
    found = _SPAN_WORDS.match(text, start)
    if found is None or (start and text[start - 1].isalnum()):
        return None
    days = _DAYS.get(found[0])
    number, unit = (days, "d") if days else _COUPLE[found[0]]
    return AmountFound((Amount(Decimal(number), AmountKind.TIME, unit),), found.end())


def _first_at(text: str, start: int) -> AmountFound | None:
    found = _number_at(text, start)
    if found is None:
        return None
    value, end, in_words = found
    pattern, units = _units()
    gap = re.compile(r"[\s-]*").match(text, end)
    unit = pattern.match(text, end) or (gap and pattern.match(text, gap.end()))
    if not unit:
        return None if in_words and "가" <= text[start] <= "힣" else AmountFound((Amount(value),), end)
    kind, name = units[_canonical(unit[0])]
    if kind is AmountKind.TIME:
        return _time(value, name, text, unit.end())
    return AmountFound((Amount(value, kind, name),), unit.end())


def _canonical(written: str) -> str:
    """The spelling of the table, in which words are apart by one space."""
    _, units = _units()
    for each in (written, re.sub(r"[\s-]+", " ", written), re.sub(r"[\s-]+", "", written)):
        if each in units:
            return each
    wanted = re.sub(r"[\s-]+", "", written)
    return next(name for name in units if re.sub(r"[\s-]+", "", name) == wanted)


def _time(value: Decimal, unit: str, text: str, end: int) -> AmountFound:
    """A time; with a half behind it: 1년 반, two and a half years."""
    half = re.compile(r"\s*반(?![가-힣])").match(text, end)
    if half and unit == "a":
        return AmountFound((Amount(value * 12 + 6, AmountKind.TIME, "mo"),), half.end())
    return AmountFound((Amount(value, AmountKind.TIME, unit),), end)


def _number_at(text: str, start: int) -> _Number | None:
    if start and (
        text[start - 1].isdigit() or (text[start - 1] == "." and text[start - 2 : start - 1].isdigit())
    ):
        return None
    return _digits_at(text, start) or _english_at(text, start) or _korean_at(text, start)


def _digits_at(text: str, start: int) -> _Number | None:
    sign = _NEGATIVE.match(text, start)
    found = _WHOLE.match(text, sign.end() if sign else start)
    if not found:
        return None
    value = Decimal(found[0].replace(",", "")) * (-1 if sign else 1)
    more = _MULTIPLIED.match(text, found.end())
    if more:
        name = more[1] or more[2]
        rest = _AND_THOUSANDS.match(text, more.end()) if name == "만" else None
        thousands = Decimal(rest[1]) * _MULTIPLIERS["천"] if rest else 0
        return _Number(
            value * (_MULTIPLIERS.get(name) or 10_000_000) + thousands, rest.end() if rest else more.end()
        )
    return _Number(value, found.end())


def _english_at(text: str, start: int) -> _Number | None:
    if start and text[start - 1].isalpha():
        return None
    one = _ONE.match(text, start)
    if one:
        return _Number(Decimal(1), one.end(), in_words=True)
    found = _WORDS.match(text, start)
    if not found:
        return None
    tens, digit, small = found.groups()
    value = (
        _ENGLISH.index(small)
        if small
        else 20 + 10 * _TENS.index(tens) + (_ENGLISH.index(digit) if digit else 0)
    )
    return _Number(Decimal(value), found.end(), in_words=True)


def _korean_at(text: str, start: int) -> _Number | None:
    """A Korean number, which a unit has to follow at once: 두 번, 석 달."""
    if start and "가" <= text[start - 1] <= "힣":
        return None
    found = _HANGUL_NUMBER.match(text, start)
    return _Number(Decimal(_KOREAN[found[0]]), found.end(), in_words=True) if found else None
