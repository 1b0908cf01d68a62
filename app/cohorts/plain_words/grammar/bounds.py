"""Comparisons: `at least 18`, `7.0 to 10.0 %`, `45세 이상 65세 미만`, whatever is compared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.scanning.amounts import Amount, AmountKind
from app.cohorts.plain_words.scanning.signs import Sign, joined

RANGE = "range"
_AMOUNT = "(n | qt | qa | qu | qc | qs | qi | qp)"
_OPPOSITE: Mapping[str, str] = {"ge": "lt", "gt": "le", "le": "gt", "lt": "ge", "eq": "ne", "ne": "eq"}
REVERSED: Mapping[str, str] = {"ge": "le", "gt": "lt", "le": "ge", "lt": "gt", "eq": "eq"}
"""What a comparison is from its other side: 18 <= age is age >= 18."""
_STRICT: Mapping[str, str] = {"ge": "gt", "le": "lt"}
_LOWER, _UPPER = ("ge", "gt"), ("le", "lt")
_VERBS: Mapping[str, str] = {
    "exceed": "gt",
    "big": "gt",
    "high": "gt",
    "many": "gt",
    "old": "gt",
    "small": "lt",
    "low": "lt",
    "few": "lt",
    "young": "lt",
    "below": "lt",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison: `op` is that of the cohort language, `high` the other end of `between`."""

    op: str
    amount: Amount
    high: Amount | None = None

    @property
    def denied(self) -> "Bound | None":
        """What holds where it does not; None of `between`, which is no single comparison then."""
        return Bound(_OPPOSITE[self.op], self.amount) if self.op in _OPPOSITE else None


def one_of(sign: Sign) -> Bound:
    """The comparison that a sign tells of a time; two ends that have units of their own are one `between`."""
    first, *more = sign.value
    ends = {"low" if each.op in ("ge", "gt") else "high": each for each in sign.value}
    if len(more) != 1 or len(ends) != len(sign.value) or more[0].high or first.high:
        return Bound(first.op, first.amount, first.high)
    return Bound("between", ends["low"].amount, ends["high"].amount)


def kind_of(bounds: tuple[Bound, ...]) -> AmountKind:
    """What the amounts of a comparison count."""
    kinds = [each.kind for bound in bounds for each in (bound.amount, bound.high) if each]
    if AmountKind.AGE in kinds:
        return AmountKind.AGE
    return next((each for each in kinds if each is not AmountKind.BARE), AmountKind.BARE)


def range_sign(parts: tuple[Sign, ...], *bounds: Bound) -> Sign:
    """A sign for a comparison; each of its amounts has a unit where one has."""
    shared = next((each.amount for each in bounds if each.amount.kind is not AmountKind.BARE), None)
    if shared is not None:
        bounds = tuple(_with_unit(each, shared) for each in bounds)
    return joined(f"{RANGE}:{kind_of(bounds)}", parts, bounds)


def _with_unit(bound: Bound, shared: Amount) -> Bound:
    if bound.amount.kind is not AmountKind.BARE:
        return bound
    return replace(bound, amount=Amount(bound.amount.number, shared.kind, shared.unit))


def _amount(sign: Sign | None) -> Amount:
    if sign is None or not isinstance(sign.value, tuple):
        return Amount(Decimal(0))
    first: Amount = sign.value[0]
    return first


def _single(found: SignMatch) -> Made:
    comparing, amount = found.one("op"), _amount(found.one("a"))
    op = (comparing.detail_of("cmp") or comparing.detail_of("sfx")) if comparing else None
    if comparing and op is None:
        op = comparing.detail_of("acmp")
    return range_sign(found.signs, Bound(op, amount)) if op else None


def _leading(found: SignMatch) -> Made:
    """`women and under 60`: said before the number, what else stands behind one leaves the number out."""
    op = _STRICT.get(found.named["op"][0].detail_of("sfx") or "")
    if op is None:
        return None
    *before, said, number = found.signs
    return (*before, range_sign((said, number), Bound(op, _amount(found.one("a")))))


def _either_side(found: SignMatch) -> Made:
    """`below 0.4 or above 4.5`: two comparisons, where `or above` would belong to what stands before it."""
    op, low, other, high = found.signs
    second = _STRICT.get(other.detail_of("sfx") or "")
    first = op.detail_of("cmp") or op.detail_of("acmp")
    if second is None or first is None or (first in _LOWER) is (second in _LOWER):
        return None
    sides = (
        range_sign((op, low), Bound(first, _amount(low))),
        range_sign((high,), Bound(second, _amount(high))),
    )
    unit = sides[1].value[0].amount
    if sides[0].value[0].amount.kind is AmountKind.BARE:
        sides = (range_sign((op, low), _with_unit(sides[0].value[0], unit)), sides[1])
    return (sides[0], Sign(("or",), other.start, other.end), sides[1])


def _from(found: SignMatch) -> Made:
    """`from 7 to 10 g/dL`: a range, and no time."""
    return _dashed(SignMatch(found.signs[1:], found.named, found.start + 1, found.end))


def _plus(found: SignMatch) -> Made:
    return range_sign(found.signs, Bound("ge", _amount(found.one("a"))))


def _between(found: SignMatch) -> Made:
    low, high = _amount(found.one("a")), _amount(found.one("b"))
    if low.is_year and high.is_year and low.kind is AmountKind.BARE:
        return None
    if low.unit == high.unit or AmountKind.BARE in (low.kind, high.kind):
        if low.number > high.number:
            return None
        kept = high if low.kind is AmountKind.BARE else low
        return range_sign(
            found.signs,
            Bound("between", replace(kept, number=low.number), replace(kept, number=high.number)),
        )
    return range_sign(found.signs, Bound("ge", low), Bound("le", high))


def _dashed(found: SignMatch) -> Made:
    (low, high) = found.signs[0].value
    if found.signs[0].has("r:years") and len(found.signs) == 1:
        return None
    if low.unit == high.unit:
        return range_sign(found.signs, Bound("between", low, high))
    return range_sign(found.signs, Bound("ge", low), Bound("le", high))


def _both(found: SignMatch) -> Made:
    first, second = found.named["x"][0].value, found.named["y"][0].value
    kinds = {kind_of(first), kind_of(second)}
    if kinds == {AmountKind.TIME, AmountKind.BARE} and found.signs[1:] == found.named["y"]:
        return None  # `< 60 at least 90 days apart`
    if len(first) != 1 or len(second) != 1 or not _close(first[0], second[0]):
        return None
    low, high = sorted((first[0], second[0]), key=lambda each: each.op in _UPPER)
    comparable = AmountKind.BARE in (low.amount.kind, high.amount.kind) or low.amount.unit == high.amount.unit
    if comparable and low.amount.number > high.amount.number:
        return None  # 알부민 2.5 이하이면서 70세 이상
    if (low.op, high.op) == ("ge", "le") and low.amount.unit in ("", high.amount.unit):
        return range_sign(
            found.signs, Bound("between", replace(high.amount, number=low.amount.number), high.amount)
        )
    return range_sign(found.signs, *first, *second)


def _close(first: Bound, second: Bound) -> bool:
    """Whether two comparisons are the two ends of one."""
    kinds = {first.amount.kind, second.amount.kind} - {AmountKind.BARE}
    if kinds == {AmountKind.AGE, AmountKind.TIME}:
        kinds = {AmountKind.AGE}
    ends = (first.op in _LOWER and second.op in _UPPER) or (first.op in _UPPER and second.op in _LOWER)
    return ends and len(kinds) <= 1


def _to_below(found: SignMatch) -> Made:
    """`6 months to less than 5 years`, `18세부터 65세 미만`."""
    (upper,) = found.named["y"][0].value
    return (
        range_sign(found.signs, Bound("ge", _amount(found.one("a"))), upper) if upper.op in _UPPER else None
    )


def _said(found: SignMatch) -> Made:
    """A Korean verb that compares: 5.5를 넘는. Its ending goes on, as that of a copula."""
    verb = found.named["op"][0]
    meaning, _, ending = (verb.detail_of("v") or "").partition(".")
    op = _VERBS.get(meaning)
    if op is None:
        return None
    compared = range_sign(found.signs, Bound(op, _amount(found.one("a"))))
    return (compared, Sign((f"v:be.{ending}",), verb.start, verb.end))


_COMPARING = " | ".join(f"v:{each}" for each in _VERBS)


def _not_said(found: SignMatch) -> Made:
    """The same, denied: 60세를 넘지 않는."""
    verb = found.named["op"][0]
    meaning, _, ending = (verb.detail_of("vn") or "").partition(".")
    op = _OPPOSITE.get(_VERBS.get(meaning, ""))
    if op is None:
        return None
    compared = range_sign(found.signs, Bound(op, _amount(found.one("a"))))
    return (compared, Sign((f"v:be.{ending}",), verb.start, verb.end))


def _came_to(found: SignMatch) -> Made:
    """`38.3도 이상 오른`, `8 미만으로 떨어진`: it was so."""
    verb = found.signs[-1]
    meaning, _, ending = (verb.detail_of("v") or "").partition(".")
    ranged = found.signs[0]
    (bound, *more) = ranged.value
    if meaning == "rise" and bound.op == "le" and not more:
        ranged = range_sign(ranged.parts, Bound("ge", bound.amount))  # 2.0까지 오른
    elif not more and bound.op in (_UPPER if meaning == "rise" else _LOWER):
        return None
    return (ranged, *found.signs[1:-1], Sign((f"v:be.{ending}",), verb.start, verb.end))


def _not_so(found: SignMatch) -> Made:
    """`50% 미만이 아닌`: the opposite comparison, as `not below 50 %` is in English."""
    (bound, *more) = found.signs[0].value
    verb = found.signs[-1]
    if more or bound.denied is None:
        return None
    _, _, ending = (verb.detail_of("vn") or "").partition(".")
    return (range_sign(found.signs[:1], bound.denied), Sign((f"v:be.{ending}",), verb.start, verb.end))


RULES: tuple[Rule, ...] = (
    rule("from (r:n | r:qu | r:qa | r:qi | r:qc)", _from),
    rule("(r:n | r:qt | r:qa | r:qu | r:qc | r:qs | r:qi | r:qp) (sfx:ge (?= sfx))?", _dashed),
    rule(
        f"(cmp:between | between) {{a:{_AMOUNT}}} (and | to | dash | until) {{b:{_AMOUNT}}} "
        "(from | to | within)?",
        _between,
    ),
    rule(f"from {{a:{_AMOUNT}}} (to | until | dash) {{b:{_AMOUNT}}}", _between),
    rule(
        f"{{a:{_AMOUNT}}} (in | from | among | sfx:ge) {{b:{_AMOUNT}}} (until | sfx:le | to | during)",
        _between,
    ),
    rule(f"{{a:{_AMOUNT}}} (in | among) {{b:{_AMOUNT}}} during", _between),
    rule(f"{{a:{_AMOUNT}}} (sfx:ge | since | from) (?= {_AMOUNT} sfx:lt)", _plus),
    rule(f"cmp:ge {{a:{_AMOUNT}}} {{op:sfx:ge}}", _single),
    rule(f"cmp:le {{a:{_AMOUNT}}} {{op:sfx:le}}", _single),
    rule(f"cmp {_AMOUNT} sfx {_AMOUNT} (?! sfx)", _either_side),
    rule(f"{{x:(sex | subj | ent | pron | close)}} comma? {{op:sfx}} {{a:{_AMOUNT}}} (?! sfx)", _leading),
    rule(f"{{op:cmp}} than? {{a:{_AMOUNT}}} (?! sfx)", _single),
    rule(f"{{a:{_AMOUNT}}} {{op:sfx}}", _single),
    rule(f"{{a:{_AMOUNT}}} plus", _plus),
    rule(
        f"cmp? {{a:{_AMOUNT}}} than? {{op:({_COMPARING})}}",
        _said,
    ),
    rule(f"cmp? {{a:{_AMOUNT}}} than? {{op:({_COMPARING.replace('v:', 'vn:')})}}", _not_said),
    rule(f"{{a:{_AMOUNT}}} (to | dash) {{y:range}}", _to_below),
    rule(f"{{a:{_AMOUNT}}} to {{b:{_AMOUNT}}}", _between),
    rule("range vn:be", _not_so),
    rule("range (to | until)? (v:rise | v:fall)", _came_to),
    rule("{x:range} (and | but | comma | v.and | j | to)? {y:range} (?! apart)", _both),
)
"""Rules that make a sign `range:<kind>` of a comparison; its value is a tuple of `Bound`."""
