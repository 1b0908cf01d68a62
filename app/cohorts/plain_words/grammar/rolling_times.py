"""Times that end on the day of the question: in the last two years, 3 months ago, for at least 5 years."""

from app.cohorts.plain_words.grammar.bounds import Bound, one_of
from app.cohorts.plain_words.grammar.calendar_times import calendar_unit
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.grammar.times import (
    AMOUNT,
    AS_OF,
    EVENT,
    RANGE,
    TimeSaid,
    duration,
    time_of,
    window_sign,
)
from app.cohorts.plain_words.scanning.signs import Sign, joined


def _last(found: SignMatch) -> Made:
    amount = time_of(found.one("t"))
    length = duration(amount) if amount else None
    return None if length is None else window_sign(found.signs, {"within": length, "before": AS_OF})


def _range_last(found: SignMatch) -> Made:
    """`최근 6개월 이상` and `within at least …` are no windows; `up to 6 months ago` is one."""
    bound = one_of(found.named["t"][0])
    length = duration(bound.amount)
    if length is None or bound.op == "between":
        return _between_ago(found, bound)
    if bound.op in ("ge", "gt"):
        return window_sign(found.signs, {"atLeast": length, "before": AS_OF})
    return window_sign(found.signs, {"within": length, "before": AS_OF})


def _between_ago(found: SignMatch, bound: Bound) -> Made:
    near, far = duration(bound.amount), duration(bound.high) if bound.high else None
    if near is None or far is None:
        return None
    return window_sign(found.signs, {"within": far, "atLeast": near, "before": AS_OF})


def _point(found: SignMatch) -> Made:
    """`2 years ago`: a point in time, which nobody means to the day."""
    amount = time_of(found.one("t"))
    length = duration(amount) if amount else None
    if length is None:
        return None
    return window_sign(found.signs, {"within": length, "before": AS_OF}, loose="ago")


def _ago_or_longer(found: SignMatch) -> Made:
    """`5 years ago or longer`."""
    amount = time_of(found.one("t"))
    length = duration(amount) if amount else None
    op = found.signs[-1].detail_of("sfx")
    if length is None or op not in ("ge", "le"):
        return None
    return window_sign(found.signs, {"atLeast" if op == "ge" else "within": length, "before": AS_OF})


def _lasting(found: SignMatch) -> Made:
    """`for at least 5 years`: it began that long ago."""
    sign = found.named["t"][0]
    bound = one_of(sign) if sign.kind == "range" else Bound("ge", sign.value[0])
    length = duration(bound.amount)
    if length is None or bound.op not in ("ge", "gt", "le", "lt"):
        return None
    name = "atLeast" if bound.op in ("ge", "gt") else "within"
    return window_sign(found.signs, {name: length, "before": AS_OF}, loose="lasting")


def _last_loosely(found: SignMatch) -> Made:
    """`3개월 동안` by itself: the last three months, as far as one can say."""
    made = _last(found)
    if not isinstance(made, Sign):
        return None
    return joined("window", found.signs, TimeSaid(made.value.period, loose="during"))


def _before_as_of(found: SignMatch) -> Made:
    """`등록 최소 6개월 전에`."""
    bound = one_of(found.named["t"][0])
    length = duration(bound.amount)
    if length is None or bound.high is not None:
        return _between_ago(found, bound)
    name = "atLeast" if bound.op in ("ge", "gt") else "within"
    return window_sign(found.signs, {name: length, "before": AS_OF})


def _denied_in(found: SignMatch) -> Made:
    """`no blood pressure checked in 12 months`; what is not denied may be yet to come."""
    *before, _, length = found.signs
    said = _last(SignMatch(found.signs[-2:], found.named, found.start, found.end))
    return (*before, said) if isinstance(said, Sign) and length in found.named["t"] else None


def _always(found: SignMatch) -> Made:
    """`before enrollment`: whatever is on record."""
    return joined("past", found.signs)


def _to_as_of(found: SignMatch) -> Made:
    """A time relative to the day of the question: within 6 months before enrollment."""
    said: TimeSaid = found.named["rel"][0].value
    period = {name: AS_OF if value == EVENT else value for name, value in said.period.items()}
    if "around" in period:
        period = {"before" if name == "around" else name: value for name, value in period.items()}
    if "after" in period:
        return None
    if period == {"before": AS_OF}:
        return joined("past", found.signs)
    return window_sign(found.signs, period)


def _either(found: SignMatch) -> Made:
    """`yesterday or this month`: any of two periods."""
    one, other = found.named["a"][0].value, found.named["b"][0].value
    return window_sign(found.signs, {}, either=(*(one.either or (one,)), *(other.either or (other,))))


RULES: tuple[Rule, ...] = (
    rule(f"asof {AMOUNT} within (?! (of | around))", _last),
    rule("{rel:rel} asof", _to_as_of),
    rule("asof {rel:rel}", _to_as_of),
    rule(f"asof {RANGE} (before | ago)", _before_as_of),
    rule(
        f"(in | over | during | within | since | for)? (lastroll | last | past) {RANGE} "
        "(within | during | ago | since)*",
        _range_last,
    ),
    rule(
        f"(in | over | during | within | since | for)? lastroll {AMOUNT} (within | during | in | ago)*", _last
    ),
    rule("(in | from | of | during | since | for | within)? {l:last} {u:unit}", calendar_unit),
    rule(f"(in | over | during | within | since | for)? (last | past) {AMOUNT} (within | during)*", _last),
    rule(f"(since | from) {AMOUNT} ago", _last),
    rule(f"{AMOUNT} ago sfx", _ago_or_longer),
    rule(f"{AMOUNT} ago (from | since | until)", _last),
    rule(f"within {AMOUNT} (of | around | before) asof", _last),
    rule(f"(within | during) {RANGE}", _range_last),
    rule(f"{RANGE} (ago | later)", _range_last),
    rule(f"within {AMOUNT} (last | past | ago)?", _last),
    rule(f"{AMOUNT} within", _last),
    rule(f"neg .* in {AMOUNT} (?= ($ | comma | stop | and | or | close))", _denied_in),
    rule(f"{AMOUNT} during", _last_loosely),
    rule(f"{AMOUNT} ago", _point),
    rule("(before | at | as) asof (at | in)?", _always),
    rule("asof (before | at)", _always),
    rule(f"(for | during) {RANGE}", _lasting),
    rule("for {t:qt}", _lasting),
    rule(f"{RANGE} during?", _lasting),
)
"""Rules that make a sign `window` of what is counted back from the day of the question."""
ALTERNATIVES: tuple[Rule, ...] = (rule("{a:window} or {b:window}", _either),)
"""Rules that make one `window` of two."""
