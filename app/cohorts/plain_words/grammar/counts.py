"""How many, how often, how far apart, and which of several: `at least two`, `3회 이상`, `6 months apart`."""

from dataclasses import dataclass

from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.grammar.times import duration
from app.cohorts.plain_words.scanning.signs import Sign, joined

_MOST = 50


@dataclass(frozen=True, slots=True)
class CountSaid:
    """How many events: as the cohort language compares; `loose` where no number is said.

    `also` is the other end of a range.
    """

    op: str
    n: int
    loose: str = ""
    also: "CountSaid | None" = None


@dataclass(frozen=True, slots=True)
class GapSaid:
    """How far the events are apart at least (`min`) or at most (`max`), as ISO 8601 durations."""

    least: str = ""
    most: str = ""


def _number(parts: tuple[Sign, ...], *bounds: Bound) -> Made:
    ends = [end for bound in bounds for end in _ends(bound)]
    if len(ends) > len(("low", "high")) or not all(map(_is_count, ends)):
        return None
    (bound, *more) = ends
    also = CountSaid(more[0].op, int(more[0].amount.number)) if more else None
    return joined("number", parts, CountSaid(bound.op, int(bound.amount.number), also=also))


def _ends(bound: Bound) -> tuple[Bound, ...]:
    """A comparison, or the two of a range."""
    if bound.high is None:
        return (bound,)
    return (Bound("ge", bound.amount), Bound("le", bound.high))


def _is_count(bound: Bound) -> bool:
    n = bound.amount.number
    return n == n.to_integral_value() and 0 <= n <= _MOST and bound.op in ("ge", "gt", "le", "lt", "eq")


def _ranged(found: SignMatch) -> Made:
    return _number(found.named["x"], *found.named["x"][0].value)


def _plain(found: SignMatch) -> Made:
    sign = found.named["x"][0]
    return _number((sign,), Bound("ge", sign.value[0]))


def _once(found: SignMatch) -> Made:
    word = found.named["x"][0]
    comparing = found.one("op")
    op = (comparing.detail_of("cmp") or comparing.detail_of("sfx")) if comparing else "ge"
    if op not in ("ge", "gt", "le", "lt", "eq"):
        return None
    return joined("number", found.signs, CountSaid(op, int(word.detail_of("once") or 1)))


def _on_days(found: SignMatch) -> Made:
    """`on two separate occasions`: so many, each on a day of its own."""
    sign = found.named["x"][0]
    made = _ranged(found) if sign.kind == "range" else _plain(found)
    days = found.signs[-1]
    return (made, Sign(("day:distinct",), days.start, days.end)) if isinstance(made, Sign) else None


def _many(found: SignMatch) -> Made:
    return joined("number", found.signs, CountSaid("ge", 2, loose="many"))


def _apart(found: SignMatch) -> Made:
    sign = found.named["t"][0]
    bound: Bound = (
        sign.value[0] if sign.kind == "range" else Bound("le" if found.one("within") else "ge", sign.value[0])
    )
    length = duration(bound.amount)
    if length is None:
        return None
    if bound.op in ("ge", "gt", "eq"):
        return joined("gap", found.signs, GapSaid(least=_longer(length) if bound.op == "gt" else length))
    return joined("gap", found.signs, GapSaid(most=length)) if bound.op in ("le", "lt") else None


def _sided(found: SignMatch) -> str:
    side = found.one("s")
    return "ge" if side is not None and side.has("after") else "le"


def _repeated(found: SignMatch) -> Made:
    """`repeated within 18 to 30 months`: so far apart."""
    sign = found.named["t"][0]
    bound: Bound = sign.value[0] if sign.kind == "range" else Bound(_sided(found), sign.value[0])
    low = bound.amount if bound.op in ("ge", "gt", "between") else None
    high = bound.high or (bound.amount if bound.op in ("le", "lt") else None)
    least, most = (duration(each) if each else "" for each in (low, high))
    if least is None or most is None or not (least or most):
        return None
    return joined("gap", found.signs, GapSaid(least, most))


def _longer(length: str) -> str:
    """A day more than a number of days or weeks."""
    number, unit = int(length[1:-1]), length[-1]
    return f"P{number * 7 + 1}D" if unit == "W" else f"P{number + 1}D" if unit == "D" else length


def _behind(found: SignMatch) -> Made:
    """`exacerbations: at least two in the last year`: how many there are of what stands before it."""
    name, *_ = found.signs
    said = _ranged(found) if found.named["x"][0].kind == "range" else None
    return (name, said) if isinstance(said, Sign) else None


def _some_of(found: SignMatch) -> Made:
    """`at least two of the following`: of what is listed, not so many times."""
    sign = found.named["x"][0]
    bounds = sign.value if sign.kind == "range" else (Bound("ge", sign.value[0]),)
    made = _number((sign,), *bounds)
    if not isinstance(made, Sign) or made.value.op != "ge" or len(sign.value) > 1:
        return None
    least = joined("least", found.signs[1:] if found.one("e") else found.signs, made.value)
    return (found.signs[0], least) if found.one("e") else least


_COUNTED = (
    "(?= (pick | ord | lat | contrast | current | past | level | ver | newly | recent | sev | linked | of "
    "| site | clin | role | noun | eachx)* (ent | row | measure | role))"
)
_ENDS = "comma | semi | stop | and | in | during"
_LISTED = "(comma | and | or | slash)"
_SOME = "{x:(range:n | n | range:qi | qi)}"
_MORE = "(pick | current | past | level | ver | newly | recent | sev | clin | lat | soft | noun | ent)*"
GAPS: tuple[Rule, ...] = (
    rule(f"{_SOME} listof ((n | qi) (?= (colon | comma | row | noun)))?", _some_of),
    rule(f"{_SOME} of (?= {_MORE} ent {_LISTED} {_MORE} ent)", _some_of),
    rule(f"{_SOME} of? (?= colon {_MORE} (ent | row) {_LISTED} {_MORE} (ent | row))", _some_of),
    rule(f"listof {_SOME}", _some_of),
    rule("{e:ent} (among | during) {x:(range:qi | qi)} (?! (ent | row))", _some_of),
    rule(f"{{e:ent}} (among | during) {_SOME} (?! (ent | row | role))", _some_of),
    rule("eachx? {t:range:qt} apart", _apart),
    rule(
        "eachx? within {t:qt} apart",
        lambda found: _apart(SignMatch(found.signs, {**found.named, "within": found.signs[:1]}, 0, 0)),
    ),
    rule("eachx? {t:qt} {within:within} apart", _apart),
    rule("{t:qt} apart", _apart),
    rule("spaced (of | by | at | with)* {t:(range:qt | qt)} (apart | between)?", _apart),
    rule("many:repeat {s:(within | after)}? {t:range:qt}", _repeated),
    rule("many:repeat {s:(within | after)} {t:qt} later?", _repeated),
)
"""Rules that make a sign `gap`; they come before those of times."""
RULES: tuple[Rule, ...] = (
    rule("on? {x:(range:n | n)} day", _on_days),
    rule("on {x:(range:qc | qc)}", _on_days),
    rule("{op:cmp} {x:once}", _once),
    rule("{x:once} {op:sfx}", _once),
    rule("{x:once}", _once),
    rule("{x:(range:qc | range:qs)}", _ranged),
    rule("{x:(qc | qs)}", _plain),
    rule("{x:range:n} times", _ranged),
    rule(f"{{x:(range:n | range:qi)}} {_COUNTED}", _ranged),
    rule(f"{{x:(n | qi)}} {_COUNTED}", _plain),
    rule("{x:(range:qi)} (?! measure)", _ranged),
    rule(
        f"(ent | row | noun) (colon | comma | dash) {{x:range:n}} (?= (window | rel | of | $ | {_ENDS}))",
        _behind,
    ),
    rule("many (times)?", _many),
)
"""Rules that make a sign `number` of how many; its value is a `CountSaid`."""
