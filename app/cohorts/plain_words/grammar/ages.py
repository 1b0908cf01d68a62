"""Ages: `aged 18 or older`, `women over 50`, `40대`, `adults`; and whether they are meant at an event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from app.cohorts.plain_words.grammar.bounds import REVERSED, Bound
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.scanning.amounts import Amount, AmountKind
from app.cohorts.plain_words.scanning.signs import Sign, joined

_YEARS = 10
_OLDEST = 130
_FEVERS = range(96, 110)  # of degrees Fahrenheit
_PERSON = "(subj | sex | group | childsex)"


@dataclass(frozen=True, slots=True)
class AgeSaid:
    """The comparisons of an age, all of which hold; `at_event` where it is said as of an event.

    `loose` names a group of ages that is not said in numbers; `ahead` says that the event stands behind it.
    """

    bounds: tuple[Bound, ...]
    at_event: bool = False
    loose: str = ""
    ahead: bool = False


def age_sign(parts: tuple[Sign, ...], bounds: tuple[Bound, ...], *, at_event: bool = False) -> Sign | None:
    """A sign for an age; None where nobody is that old."""
    years = tuple(
        replace(each, amount=_aged(each.amount), high=each.high and _aged(each.high)) for each in bounds
    )
    if not all(_is_age(each.amount) and (each.high is None or _is_age(each.high)) for each in years):
        return None
    return joined("age", parts, AgeSaid(years, at_event))


def _aged(amount: Amount) -> Amount:
    return Amount(amount.number, AmountKind.AGE, amount.unit or "a")


def _is_age(amount: Amount) -> bool:
    whole = amount.number == amount.number.to_integral_value()
    return whole and amount.number >= 0 and (amount.unit != "a" or amount.number <= _OLDEST)


def _bounds(sign: Sign, op: str = "eq") -> tuple[Bound, ...]:
    if sign.kind == "range":
        bounds: tuple[Bound, ...] = sign.value
        return bounds
    if len(sign.value) > 1:
        return (Bound("between", sign.value[0], sign.value[1]),)
    return (Bound(op, sign.value[0]),)


def _age(found: SignMatch) -> Made:
    sign = found.named["x"][0]
    unit = sign.value[0].amount.unit if sign.kind == "range" else sign.value[0].unit
    return age_sign(found.signs, _bounds(sign)) if unit in ("", "a", "mo", "wk", "d") else None


def _compared(found: SignMatch) -> Made:
    op = found.named["op"][0].detail_of("acmp")
    return age_sign(found.signs, _bounds(found.named["x"][0], op or "eq"))


def _of_person(found: SignMatch) -> Made:
    """A bare number behind a person: women over 50. The person stays."""
    said = age_sign(found.named["x"], _bounds(found.named["x"][0]))
    return None if said is None else (*found.named["who"], said)


def _diagnosed_at(found: SignMatch) -> Made:
    """`diagnosed between age 40 and 60`: the age of then."""
    role, age = found.signs
    said = replace(age.value, at_event=True) if not age.value.loose else age.value
    return (role, replace(age, value=said))


def _aged_then(found: SignMatch) -> Made:
    """`aged 50 or older when gout was diagnosed`: the age of then."""
    sign = found.named["x"][0]
    made = sign if sign.kind == "age" else age_sign((sign,), _bounds(sign))
    if made is None or made.value.loose:
        return None
    return joined("age", found.signs, replace(made.value, at_event=True, ahead=True))


def _about(found: SignMatch) -> Made:
    """`women around 50`."""
    (amount, *more) = found.named["x"][0].value
    if more or not _is_age(_aged(amount)) or _aged(amount).unit != "a" or amount.number < _YEARS:
        return None
    said = AgeSaid((Bound("eq", _aged(amount)),), loose=f"about:{int(amount.number)}")
    return (*found.named.get("who", ()), joined("age", found.named["x"], said))


def _leading_age(found: SignMatch) -> Made:
    """`65 and up, no flu shot`: a number that nothing stands before."""
    sign = found.named["x"][0]
    return _age(found) if any(each.kind == "sfx" for each in sign.parts) else None


def _of_the_sick(found: SignMatch) -> Made:
    """`patients with COPD over 60`: no diagnosis has a number that is compared."""
    sign = found.named["x"][0]
    if not any(each.kind in ("cmp", "sfx", "between", "acmp") for each in sign.parts):
        return None
    numbers = [amount.number for each in sign.value for amount in (each.amount, each.high) if amount]
    return _of_person(found) if min(numbers) >= _YEARS else None


def _before_person(found: SignMatch) -> Made:
    if found.named["who"][0].detail in _DOERS:
        return None  # 3개월 이상 복용자
    said = age_sign(found.named["x"], _bounds(found.named["x"][0]))
    return None if said is None else (said, *found.named["who"])


def _decade(found: SignMatch) -> Made:
    sign = found.named["x"][0]
    if sign.kind == "decade":
        low = high = int(sign.detail)
    else:
        low, high = int(sign.value[0].number), int(sign.value[-1].number)
    if low % _YEARS or high % _YEARS or not _YEARS <= low <= high <= _OLDEST:
        return None
    first = Amount(Decimal(low), AmountKind.AGE, "a")
    if found.one("more"):
        op = found.named["more"][0].detail_of("sfx")
        bound = Bound("ge", first) if op == "ge" else Bound("lt", first) if op == "lt" else None
        return None if bound is None else joined("age", found.signs, AgeSaid((bound,)))
    last = Amount(Decimal(high + _YEARS - 1), AmountKind.AGE, "a")
    return joined("age", found.signs, AgeSaid((Bound("between", first, last),)))


def _more(found: SignMatch) -> Made:
    """A further end of an age: ages 19 and over, under 75."""
    said: AgeSaid = found.named["age"][0].value
    more = age_sign(found.named["x"], _bounds(found.named["x"][0]))
    return None if more is None else joined("age", found.signs, AgeSaid((*said.bounds, *more.value.bounds)))


def _between(found: SignMatch) -> Made:
    """`between the ages of six and eleven years`."""
    low, high = found.named["a"][0].value[0], found.named["b"][0].value[0]
    low = replace(low, unit=low.unit or high.unit)
    if low.unit != (high.unit or low.unit):
        return age_sign(found.signs, (Bound("ge", low), Bound("le", high)))
    if low.number > high.number:
        return None
    return age_sign(found.signs, (Bound("between", low, high),))


def _chain(found: SignMatch) -> Made:
    """`18 <= age <= 65`: the number before the age is the other end."""
    op = REVERSED.get(found.named["op"][0].detail_of("cmp") or "")
    bounds: tuple[Bound, ...] = found.named["x"][0].value
    if op is None or len(bounds) != 1:
        return None
    low = found.named["a"][0].value[0]
    if (op, bounds[0].op) == ("ge", "le"):
        return age_sign(found.signs, (Bound("between", low, bounds[0].amount),))
    return age_sign(found.signs, (Bound(op, low), *bounds))


def _sex_behind(found: SignMatch) -> Made:
    """`72 y/o M`: a letter behind an age is a sex."""
    age, letter = found.named["x"][0], found.named["s"][0]
    said = age if age.kind == "age" else age_sign((age,), _bounds(age))
    return None if said is None else (said, letter.read_as(f"sex:{letter.detail}"))


def _attached(found: SignMatch) -> Made:
    """`65F with COPD`: what else would be a temperature or a length."""
    sign = found.signs[0]
    sex = {"[degF]": "female", "m": "male"}.get(sign.value[0].unit)
    if sex is None or len(sign.value) > 1 or (sex == "female" and sign.value[0].number in _FEVERS):
        return None
    said = age_sign((sign,), (Bound("eq", Amount(sign.value[0].number)),))
    return None if said is None else (said, Sign((f"sex:{sex}",), sign.end - 1, sign.end))


def _olds(found: SignMatch) -> Made:
    """`under-5s`, `over-65s`: people of such an age."""
    low = found.named["x"][0].value[0]
    op = found.named["op"][0].detail_of("cmp") or ""
    return age_sign(found.signs, (Bound(op, Amount(low.number)),)) if op in ("gt", "lt") else None


def _at_event(found: SignMatch) -> Made:
    """`diagnosed before 60`: the age at which it happened."""
    early, exact = found.signs[0].has("before") or found.one("b"), found.signs[0].has("ageat")
    op = "eq" if exact else "lt" if early else "ge"
    sign = found.named["x"][0]
    if sign.has("year"):
        return None
    return age_sign(found.signs, _bounds(sign, op), at_event=True)


def _before_age(found: SignMatch) -> Made:
    """`a stroke before age 50`: the age at which it happened."""
    op = found.named["op"][0].detail_of("acmpat") or "lt"
    return age_sign(found.signs, _bounds(found.named["x"][0], op), at_event=True)


def _olds_in_words(found: SignMatch) -> Made:
    """`under-fives`, `over-sixties`: people of such an age."""
    op = found.named["op"][0].detail_of("cmp") or ""
    years = Amount(Decimal(found.named["x"][0].detail))
    return age_sign(found.signs, (Bound(op, years),)) if op in ("gt", "lt") else None


def _before_then(found: SignMatch) -> Made:
    """`that came before the age of 60`: younger than that when it happened; of `after`, at least as old."""
    side, age = found.signs
    said: AgeSaid = age.value
    if said.loose or [each.op for each in said.bounds] != ["eq"]:
        return None
    op = "lt" if side.has("before") else "ge"
    bounds = tuple(replace(each, op=op) for each in said.bounds)
    return joined("age", found.signs, AgeSaid(bounds, at_event=True))


def _done_then(found: SignMatch) -> Made:
    """`appendectomy under age 12`: the age at which it was done."""
    op = found.named["op"][0].detail_of("acmp") or "eq"
    said = age_sign(found.signs[1:], _bounds(found.named["x"][0], op), at_event=True)
    return None if said is None else (found.signs[0], said)


def _then(found: SignMatch) -> Made:
    """`at least 70 when they were diagnosed`: the age at which it happened."""
    return age_sign(found.signs, _bounds(found.named["x"][0]), at_event=True)


def _of_then(found: SignMatch) -> Made:
    """`older than 45 at diagnosis`: a bare number before such a time is an age."""
    return age_sign(found.signs, _bounds(found.named["x"][0]))


def _child(found: SignMatch) -> Made:
    """`boys`, 여아: a sex and an age."""
    sign = found.signs[0]
    return (sign.read_as(f"sex:{sign.detail}"), joined("age", found.signs, _LOOSE["child"]))


def _group(found: SignMatch) -> Made:
    return joined("age", found.signs, _LOOSE[found.signs[0].detail_of("group") or ""])


def _loose(name: str, *ends: tuple[str, int, str]) -> AgeSaid:
    bounds = tuple(Bound(op, Amount(Decimal(number), AmountKind.AGE, unit)) for op, number, unit in ends)
    return AgeSaid(bounds, loose=name)


_LOOSE: Mapping[str, AgeSaid] = {
    "adult": _loose("adult", ("ge", 18, "a")),
    "child": _loose("child", ("lt", 18, "a")),
    "elderly": _loose("elderly", ("ge", 65, "a")),
    "infant": _loose("infant", ("lt", 1, "a")),
    "neonate": _loose("neonate", ("lt", 28, "d")),
    "toddler": _loose("toddler", ("ge", 1, "a"), ("lt", 6, "a")),
    "adolescent": _loose("adolescent", ("ge", 13, "a"), ("lt", 18, "a")),
    "middle": _loose("middle", ("ge", 40, "a"), ("lt", 65, "a")),
    "young": _loose("young", ("lt", 40, "a")),
    "fertile": _loose("fertile", ("ge", 15, "a"), ("lt", 50, "a")),
}
"""Groups of ages that people name without numbers, as they are read unless somebody chooses otherwise."""

_DOERS = ("user", "dx", "undergo", "admit", "vacc", "allergy")
_PLAIN = "(n | qt | qa)"
_SAID = "(range:qa | r:qa)"
_AS_TIME = "(range:qt | range:n | r:qt | r:n)"
_BEHIND = (
    "comma | semi | stop | and | or | but | with | sex | subj | group | pron | have | ent | neg | close | in"
)
_END = f"(?= ($ | {_BEHIND} | role | on | colon | excl | open | v))"
_WHEN = "during | since | from | date | lastroll"
_END_OF_PERSON = f"(?= ($ | {_BEHIND} | role | on | colon | excl | open | v | {_WHEN}))"
_NO_THING = "(?! (during | in)* (ent | role))"  # 3개월 이상 메트포르민을 복용, 1년 넘게 심초음파를 안 한
_HAPPENING = "(past | pick | newly | ver | last | ord)* (ent | row | role))"
_BEGINS = "comma | semi | stop | section | colon"
RULES: tuple[Rule, ...] = (
    rule(f"agew:between {{a:{_PLAIN}}} (and | to | dash | but) {{b:{_PLAIN}}} (old | agew)?", _between),
    rule(f"{{a:{_PLAIN}}} {{op:cmp}} agew {{x:(range:n | range:qt | range:qa)}}", _chain),
    rule("{x:(qa | qt | age)} {s:mf}", _sex_behind),
    rule("^ qu (?= ($ | with | have | comma | pron | subj | ent | role | stop))", _attached),
    rule("{op:cmp} {x:dec}", _olds),
    rule("{op:cmp} {x:olds}", _olds_in_words),
    rule("{op:cmp} {x:decade}", _olds_in_words),
    rule(
        f"agew (of | open | close | unit | colon | in | at | cmp:eq | past | on | slash)* {{x:{_SAID}}}", _age
    ),
    rule(
        f"agew (of | open | close | unit | colon | in | cmp:eq)* {{x:({_AS_TIME} | n | qt | qa)}} "
        "(old | agew)?",
        _age,
    ),
    rule("ent:procedure {op:acmp} {x:(n | qa | qt)} old?", _done_then),
    rule("{op:acmp} {x:(n | qa | qt)} old?", _compared),
    rule("{op:acmpat} {x:(n | qa | qt)} old?", _before_age),
    rule(f"ageat {{x:({_SAID} | {_AS_TIME} | n | qa | qt)}} old?", _at_event),
    rule("(in | of | during) {x:(decade | dec | r:dec)}", _decade),
    rule("{x:(decade | dec | r:dec)} of? {more:sfx}", _decade),
    rule("{x:(decade | dec | r:dec)}", _decade),
    rule(f"{{x:{_SAID}}} old?", _age),
    rule(f"{{x:{_AS_TIME}}} (old | agew)", _age),
    rule(
        f"(?= {_PERSON}) {{who:({_PERSON} | comma | and | open)+}} {{x:(range:n | r:n)}} {_END_OF_PERSON}",
        _of_person,
    ),
    rule(
        f"(?= {_PERSON}) {{who:({_PERSON} | comma | and | open)+}} of? {{x:(range:qt | r:qt)}} {_END}",
        _of_person,
    ),
    rule(f"{{x:(range:qt | r:qt | range:n)}} {{who:{_PERSON}}}", _before_person),
    rule(
        f"(?= (^ | {_BEGINS})) {{who:(({_BEGINS}) or?)}} {{x:(range:qt | r:qt)}} {_NO_THING} {_END}",
        _of_person,
    ),
    rule(f"^ {{x:(range:qt | r:qt)}} {_NO_THING} {_END}", _age),
    rule("^ {x:range:n} (?= (comma | with | who | pron | on | excl | neg | role:take))", _leading_age),
    rule(f"{{who:(subj (of | with | on | role)* ent:drug)}} {{x:range:n}} {_END_OF_PERSON}", _of_the_sick),
    rule(
        f"{{who:((ent:condition | ent:state | dead) (comma | or)?)}} {{x:range:n}} {_END_OF_PERSON}",
        _of_the_sick,
    ),
    rule(f"{{who:{_PERSON}}} (agew | old)* (around | approx) {{x:(n | qa | qt)}} old? {_END}", _about),
    rule("agew (around | approx) {x:(n | qa | qt)} old?", _about),
    rule("(around | approx) {x:qa}", _about),
    rule("{x:qa} {b:before}", _at_event),
    rule("{x:qa} {a:(after | since)}", _at_event),
    rule("(before | after) {x:qa}", _at_event),
    rule("{x:(range:n | range:qt | range:qa | n | qa | qt)} old? ageat (?= (role:dx | role:develop))", _then),
    rule("{x:(range:n | range:qt)} (?= at (role:dx | role:undergo | role:admit))", _of_then),
    rule("{x:(range:n | range:qt | range:qa)} old? thattime", _then),
    rule("{x:qa}", _age),
    rule("group", _group),
    rule("childsex", _child),
    rule("{age:age} (comma | and | but) {x:range:n} " + _END, _more),
    rule(f"before {{x:n}} {_END}", _at_event),
    rule("(before | after) {x:age}", _before_then),
    rule("role:dx {x:age}", _diagnosed_at),
    rule("(current | cal:now) age (?! (at | ageat | when))", lambda found: found.signs[1]),
    rule("{x:(age | range:n | range:qt)} (when | ageat) (?= (subj | pron | have)* " + _HAPPENING, _aged_then),
    rule("{x:(range:n | range:qt)} at (?= (ent:procedure | row:Procedure))", _aged_then),
)
"""Rules that make a sign `age` of what is said of an age; its value is an `AgeSaid`."""
