"""Times relative to something that happened: within 30 days after surgery, on the same day as a CT."""

from app.cohorts.plain_words.grammar.bounds import Bound, one_of
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.grammar.settling import MARKED
from app.cohorts.plain_words.grammar.times import AMOUNT, EVENT, RANGE, TimeSaid, duration, time_of
from app.cohorts.plain_words.scanning.signs import Sign, joined

_SIDE = "{side:(before | after | since | around)}"


def _relative(found: SignMatch) -> Made:
    """`within 30 days after`, `수술 전 30일 이내`: the event stands beside it."""
    sign, side = found.one("t"), found.named["side"][0]
    where = next(name for name in ("around", "before", "after", "since") if side.has(name))
    anchor = {"since": "after"}.get(where, where)
    if found.one("around"):
        anchor = "around"
    return _anchored(found.signs, sign, anchor, side=found.one("within") is not None)


def _relative_unless_ago(found: SignMatch) -> Made:
    """`30 days before surgery`; but `30일 전` is 30 days ago where no event stands before it."""
    return None if found.named["side"][0].has("ago") else _relative(found)


def _after_so_long(found: SignMatch) -> Made:
    """`after 3 months of allopurinol`: at least so long after it began."""
    amount = time_of(found.one("t"))
    length = duration(amount) if amount else None
    return (
        None if length is None else joined("rel", found.signs, TimeSaid({"atLeast": length, "after": EVENT}))
    )


def _behind_event(found: SignMatch) -> Made:
    """`수술 30일 전`: the event comes first; but `CT를 30일 전에` is of no event."""
    if found.signs[0].has(MARKED):
        return None
    said = _relative(SignMatch(found.signs[1:], found.named, found.start + 1, found.end))
    return (found.signs[0], said) if isinstance(said, Sign) else None


def _since_event(found: SignMatch) -> Made:
    """`내원 24시간 이내 시행한 CT`: so long after the event that stands before."""
    said = _anchored(found.signs[1:], found.one("t"), "after", side=True)
    return (found.signs[0], said) if isinstance(said, Sign) else None


def _elapsed(found: SignMatch) -> Made:
    """`진단 후 1년이 지난`: at least so long after it."""
    amount = time_of(found.one("t"))
    length = duration(amount) if amount else None
    verb = found.signs[-1]
    if length is None:
        return None
    side = "after" if found.named["side"][0].has("after") else "before"
    ending = (verb.detail_of("v") or "").partition(".")[2]
    said = joined("rel", found.signs, TimeSaid({"atLeast": length, side: EVENT}))
    return (said, Sign((f"v:be.{ending}",), verb.start, verb.end))


def _elapsed_range(found: SignMatch) -> Made:
    """`진단 후 1년 이상 지난`."""
    said = _relative(SignMatch(found.signs[:-1], found.named, found.start, found.end))
    verb = found.signs[-1]
    ending = (verb.detail_of("v") or "").partition(".")[2]
    return (said, Sign((f"v:be.{ending}",), verb.start, verb.end)) if isinstance(said, Sign) else None


def _anchored(parts: tuple[Sign, ...], sign: Sign | None, anchor: str, *, side: bool) -> Made:
    if sign is None:
        return joined("rel", parts, TimeSaid({anchor: EVENT}))
    amount = time_of(sign) if sign.kind == "unit" else None
    bound = one_of(sign) if sign.kind == "range" else Bound("le", amount or sign.value[0])
    length = duration(bound.amount)
    if length is None:
        return None
    if bound.op == "between":
        far = duration(bound.high) if bound.high else None
        if far is None or anchor == "around":
            return None
        return joined("rel", parts, TimeSaid({"within": far, "atLeast": length, anchor: EVENT}))
    if bound.op in ("ge", "gt") and anchor != "around":
        return joined("rel", parts, TimeSaid({"atLeast": length, anchor: EVENT}))
    loose = "" if side or sign.kind == "range" else "point"
    return joined("rel", parts, TimeSaid({"within": length, anchor: EVENT}, loose=loose))


def _from_to(found: SignMatch) -> Made:
    """`수술 후 1주 이상 3개월 이내`: both ends by the same event."""
    near, far = one_of(found.named["t"][0]), time_of(found.one("far"))
    lengths = (duration(near.amount), duration(far) if far else None)
    side = found.named["side"][0]
    where = next((each for each in ("before", "after") if side.has(each)), "")
    if None in lengths or not where or near.op not in ("ge", "gt"):
        return None
    return joined("rel", found.signs, TimeSaid({"within": lengths[1], "atLeast": lengths[0], where: EVENT}))


def _of_event(found: SignMatch) -> Made:
    """`within 30 days of surgery`: either side."""
    amount = time_of(found.one("t"))
    length = duration(amount) if amount else None
    if length is None:
        return None
    return joined("rel", found.signs, TimeSaid({"within": length, "around": EVENT}, loose="around"))


def _during(found: SignMatch) -> Made:
    return joined("rel", found.signs, TimeSaid({"during": EVENT}))


def _same(found: SignMatch) -> Made:
    what = found.signs[0].detail_of("same")
    return joined("rel", found.signs, TimeSaid({"same": what, "as": EVENT}))


def _followed(found: SignMatch) -> Made:
    """`an X-ray followed, within six weeks, by an MRI`."""
    amount = time_of(found.one("t"))
    length = duration(amount) if amount else None
    return (
        None if length is None else joined("later", found.signs, TimeSaid({"within": length, "after": EVENT}))
    )


RULES: tuple[Rule, ...] = (
    rule(f"(followed | later) comma? (within | during) {AMOUNT} comma? (by | of)?", _followed),
    rule(f"after {AMOUNT} (of | on) (?= (ent | role))", _after_so_long),
    rule(
        "(in | over | during)? {within:(within | lastroll | last | past | during | in | for)} "
        f"{AMOUNT} {_SIDE}",
        _relative_unless_ago,
    ),
    rule(f"within? {RANGE} {_SIDE}", _relative_unless_ago),
    rule(f"{_SIDE} {RANGE} {{far:(qt | unit)}} within", _from_to),
    rule(f"{_SIDE} {AMOUNT} {{within:(within | during)}}", _relative),
    rule(f"{_SIDE} {RANGE} v:elapse", _elapsed_range),
    rule(f"{_SIDE} {RANGE} (within | during)*", _relative),
    rule(f"{_SIDE} {AMOUNT} v:elapse", _elapsed),
    rule(f"{_SIDE} {AMOUNT} (?! (ago | before | within | after))", _relative),
    rule(f"{{e:(ent | role | row)}} {AMOUNT} {{side:(before | after)}} {{within:within}}?", _behind_event),
    rule(f"{{e:(ent | role | row)}} {RANGE} {{side:(before | after)}} {{within:within}}?", _behind_event),
    rule(
        f"{{e:(role | ent:encounter)}} {AMOUNT} {{within:within}} (?= (v | role)* (contrast | lat | ent))",
        _since_event,
    ),
    rule(f"{AMOUNT} {{side:(after | around)}}", _relative),
    rule(f"{AMOUNT} {{side:before}}", _relative_unless_ago),
    rule(f"within {AMOUNT} (of | around) (?! asof)", _of_event),
    rule("same", _same),
)
"""Rules that make a sign `rel` of a length and a side."""
BARE: tuple[Rule, ...] = (
    rule("{side:(before | after | since | around)}", _relative),
    rule("during", _during),
)
"""Rules that make one of a side alone, where nothing else was made of it."""
