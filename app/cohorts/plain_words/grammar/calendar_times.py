"""Times of the calendar: in March 2024, since 2020, last year, this week."""

from datetime import date, timedelta

from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.grammar.times import TimeSaid, window_sign
from app.cohorts.plain_words.scanning.signs import Sign

UPTO = "upto"
_D = "(date | year)"
_BESIDE_YEARS = "comma | open | semi | dash | ent:modality | ent:site | ent:procedure | contrast | noun | row"
_CALENDAR = (
    "(cal:thisyear | cal:lastyear | cal:yearbefore | cal:thismonth | cal:lastmonth | cal:thisweek | "
    "cal:lastweek | cal:today | cal:yesterday)"
)


def _days(sign: Sign) -> tuple[str, str]:
    if sign.has("date"):
        first, last = sign.value
        return first, last
    year = str(int(sign.value[0].number))
    return year, str(int(sign.value[-1].number))


def _year_of(first: str, last: str) -> tuple[str, str]:
    """A month that is said without its year takes that of the other end."""
    if first.startswith("????") and not last.startswith("????"):
        return last[:4] + first[4:], last
    if last.startswith("????") and not first.startswith("????"):
        return first, first[:4] + last[4:]
    return first, last


def _from_to(found: SignMatch) -> Made:
    first, last = _year_of(_days(found.named["a"][0])[0], _days(found.named["b"][0])[1])
    return window_sign(found.signs, {"start": first, "end": last})


def _in(found: SignMatch) -> Made:
    first, last = _days(found.named["a"][0])
    return window_sign(found.signs, {"start": first, "end": last})


def _in_behind(found: SignMatch) -> Made:
    """`admitted in 2025`, where the verb takes the preposition."""
    first, last = _days(found.named["a"][0])
    return (found.signs[0], window_sign(found.signs[1:], {"start": first, "end": last}))


def _in_either(found: SignMatch) -> Made:
    """`in 2024 or 2025`: one period where they follow one another."""
    one, other = (_days(found.named[name][0]) for name in ("a", "b"))
    if len(one[1]) != len(other[0]) or "?" in one[1] + other[0]:
        return None
    if shifted(one[1], 1) == other[0]:
        return window_sign(found.signs, {"start": one[0], "end": other[1]})
    periods = (TimeSaid({"start": first, "end": last}) for first, last in (one, other))
    return window_sign(found.signs, {}, either=tuple(periods))


def _alone(found: SignMatch) -> Made:
    """`CT chest, 2025`: a year that stands by itself."""
    *before, year = found.signs
    first, last = _days(year)
    return (*before, window_sign((year,), {"start": first, "end": last}))


def _since(found: SignMatch) -> Made:
    return window_sign(found.signs, {"start": _days(found.named["a"][0])[0]})


def _from(found: SignMatch) -> Made:
    """`imaging from 2024`: of that year, or since it."""
    first, last = _days(found.named["a"][0])
    return window_sign(found.signs, {"start": first, "end": last}, loose="from")


def _until(found: SignMatch) -> Made:
    return window_sign(found.signs, {"end": _days(found.named["a"][0])[1]})


def _after_date(found: SignMatch) -> Made:
    return window_sign(found.signs, {"start": shifted(_days(found.named["a"][0])[1], 1)}, loose="after")


def _before_date(found: SignMatch) -> Made:
    return window_sign(
        found.signs, {"end": shifted(_days(found.named["a"][0])[0], -1)}, loose=_before(found.signs)
    )


def _before(signs: tuple[Sign, ...]) -> str:
    """Whether what a time is before may be meant, too: 2024년 이전."""
    return UPTO if any(each.has(UPTO) for each in signs) else "before"


def _since_before(found: SignMatch) -> Made:
    """`2020년 이후 2023년 이전`: two ends of one period."""
    first, last = _days(found.named["a"][0])[0], _days(found.named["b"][0])[0]
    return window_sign(found.signs, {"start": first, "end": shifted(last, -1)}, loose=_before(found.signs))


def shifted(day: str, by: int) -> str:
    """The year, month or day so many years, months or days later."""
    if "?" in day:
        return day
    year, *rest = day.split("-")
    if not rest:
        return str(int(year) + by)
    month, *rest = rest
    if not rest:
        months = int(year) * 12 + int(month) - 1 + by
        return f"{months // 12}-{months % 12 + 1:02}"
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _calendar(found: SignMatch) -> Made:
    sign = next(each for each in found.signs if each.has("cal"))
    name = sign.detail_of("cal") or ""
    return None if name == "now" else window_sign(found.signs, {}, calendar=name)


def calendar_unit(found: SignMatch) -> Made:
    """A unit of the calendar: this year, last month."""
    which = next(each for each in ("this", "last") if any(sign.has(each) for sign in found.signs))
    unit = {"a": "year", "mo": "month", "wk": "week"}.get(found.named["u"][0].detail)
    if unit is None:
        return None
    return window_sign(
        found.signs, {}, calendar=f"{which}{unit}", loose="lastunit" if which == "last" else ""
    )


def _month_of(found: SignMatch) -> Made:
    """A month of this or last year: 작년 3월, March this year."""
    name = next(each.detail_of("cal") for each in found.signs if each.has("cal"))
    first, last = found.named["a"][0].value
    if not first.startswith("????") or name not in ("thisyear", "lastyear", "yearbefore"):
        return None
    return Sign(
        ("date",),
        found.signs[0].start,
        found.signs[-1].end,
        (first.replace("????", f"?{name}?"), last.replace("????", f"?{name}?")),
    )


RULES: tuple[Rule, ...] = (
    rule("cal {a:date}", _month_of),
    rule("{a:date} (of | in | during)? cal", _month_of),
    rule(
        f"(between | from | in | during | since | within) {{a:{_D}}} "
        f"(and | to | dash | until | from | since) {{b:{_D}}} (until | from | to | during)*",
        _from_to,
    ),
    rule(f"(in | during | within | of | from | for)? {{a:{_D}}} or {{b:{_D}}} (?! onward)", _in_either),
    rule(f"{{a:{_D}}} (from | since | in | to | and) {{b:{_D}}} (until | to | during | in)+", _from_to),
    rule(f"{{a:{_D}}} (to | until | dash | from) {{b:{_D}}}", _from_to),
    rule(f"{{a:{_D}}} (since | from | onward) {{b:{_D}}} upto", _since_before),
    rule("(in | during | from | between | within | for | of)? {a:r:years} (during | in | within)*", _in),
    rule(f"role {{a:{_D}}} (?! (cmp | sfx | onward | since | until | to))", _in_behind),
    rule(f"(since | from) {{a:{_D}}} onward", _since),
    rule(f"from {{a:{_D}}}", _from),
    rule(f"since {{a:{_D}}}", _since),
    rule(f"{{a:{_D}}} (onward | since | from) (until? cal | onward)?", _since),
    rule(f"(from | since | of)? after {{a:{_D}}}", _after_date),
    rule(f"(from | since | of)? before {{a:{_D}}}", _before_date),
    rule(f"{{a:{_D}}} before", _before_date),
    rule(f"(until | cmp:le | by) {{a:{_D}}}", _until),
    rule(f"{{a:{_D}}} (until | to)", _until),
    rule(f"(in | during | within | for | of | on | from | at) {{a:{_D}}} (during | in | within)*", _in),
    rule("{a:date} (during | in | within)*", _in),
    rule("{a:year} (?= (ent | role | row | subj))", _in),
    rule(f"({_BESIDE_YEARS}) {{a:year}} (?= ($ | comma | close | semi | stop | colon | only))", _alone),
    rule("(in | during | within | since | from | of | for)? this {u:unit}", calendar_unit),
    rule(f"(in | during | within | since | from | of)? {_CALENDAR}", _calendar),
)
"""Rules that make a sign `window` of dates and of units of the calendar."""
