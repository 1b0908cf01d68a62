"""The order of the rules: verbs, comparisons, what is apart, features, values, ages, times, counts."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from app.cohorts.plain_words.grammar import (
    ages,
    bounds,
    by_sex,
    calendar_times,
    counts,
    examples,
    features,
    korean_wordings,
    pressures,
    relative_times,
    renaming,
    rolling_times,
    stages,
    verbs,
    wordings,
)
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, applied, rule
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.amounts import Amount, AmountKind
from app.cohorts.plain_words.scanning.signs import Sign, joined

WEAK = frozenset({"weak", "j", "polite"})


def _valued(found: SignMatch) -> Made:
    """A comparison behind a test is its value, whatever it might be elsewhere."""
    *before, last = found.signs
    return (*before, Sign(("value",), last.start, last.end, last.value, last.parts))


def _as_value(found: SignMatch) -> Made:
    """A bare number is one of the test only where it is compared, or the unit says so."""
    *before, last = found.signs
    if not before[0].has("ent:lab"):
        return None
    said = last.value if last.kind == "range" else _bounds(last)
    return (*before, Sign(("value",), last.start, last.end, said, last.parts))


def _bounds(sign: Sign) -> tuple[bounds.Bound, ...]:
    if len(sign.value) > 1:
        return (bounds.Bound("between", sign.value[0], sign.value[1]),)
    return (bounds.Bound("eq", sign.value[0]),)


def _one_of_two(found: SignMatch) -> Made:
    """`ECOG 0 or 1`: both, and nothing lies between whole numbers that follow one another."""
    low, high = found.named["a"][0].value[0], found.named["b"][0].value[0]
    if len(found.named["a"][0].value) > 1 or high.number - low.number != 1:
        return None
    parts = found.signs[-3:]
    unit = high if low.kind is AmountKind.BARE else low
    said = bounds.Bound("between", replace(unit, number=low.number), replace(unit, number=high.number))
    return (*found.signs[:-3], Sign(("value",), parts[0].start, parts[-1].end, (said,), parts))


def _chain(found: SignMatch) -> Made:
    """`7 <= HbA1c <= 10`: the number before the test is the other end."""
    low, op, *between, high = found.signs
    named = bounds.REVERSED.get(op.detail_of("cmp") or "")
    if named is None or len(high.value) != 1 or len(low.value) > 1:
        return None
    unit = high.value[0].amount
    first = low.value[0]
    first = replace(unit, number=first.number) if first.kind is AmountKind.BARE else first
    parts = (low, op, high)
    said = bounds.range_sign(parts, bounds.Bound(named, first), high.value[0]).value
    return (*between, Sign(("value",), high.start, high.end, said, parts))


def _in_weeks(found: SignMatch) -> Made:
    """`gestational age under 32 weeks`: of a result that is measured in times."""
    test, *between, amount = found.signs
    units = {row.unit for row in test.value or () if isinstance(row, LexiconRow)}
    if not units & set(_TIMES):
        return None
    bounds_said = amount.value if amount.kind == "range" else _bounds(amount)
    said = tuple(
        replace(each, amount=_measured(each.amount), high=each.high and _measured(each.high))
        for each in bounds_said
    )
    return (test, *between, Sign(("value",), amount.start, amount.end, said, amount.parts))


def _measured(amount: Amount) -> Amount:
    return Amount(amount.number, AmountKind.MEASURED, amount.unit)


def _again(found: SignMatch) -> Made:
    """`7.0 to 9.5 % (53 to 80 mmol/mol)`: the same in another unit."""
    value, _, other, _ = found.signs
    first = {each.amount.unit for each in value.value}
    second = {
        each.amount.unit for each in (other.value if other.kind in ("range", "value") else _bounds(other))
    }
    if first == second or not all((*first, *second)):
        return None
    return Sign(value.symbols, value.start, found.signs[-1].end, value.value, found.signs)


def _in_tens(found: SignMatch) -> Made:
    """`Na 120대`: of a result no age."""
    *before, tens = found.signs
    low = tens.value[0].number
    ends = (Amount(low), Amount(low + 10))
    said = (bounds.Bound("ge", ends[0]), bounds.Bound("lt", ends[1]))
    return (*before, Sign(("value",), tens.start, tens.end, said, tens.parts))


def _by_sex(found: SignMatch) -> Made:
    """`QTc above 470 ms in women or above 450 ms in men`: each sex has a value of its own."""
    (test,), (first,), (sex,) = (found.named[each] for each in "lvs")
    (second,), (other,) = (found.named[each] for each in "wz")
    if sex.detail == other.detail or "both" in (sex.detail, other.detail):
        return None
    place = second.start
    return (
        sex,
        Sign(("with",), test.start, test.start + 1),
        test,
        first,
        Sign(("or",), place, place + 1),
        other,
        Sign(("with",), place, place + 1),
        Sign(test.symbols, place, second.end, test.value),
        Sign(("value",), second.start, second.end, second.value, second.parts),
    )


def _last_few(found: SignMatch) -> Made:
    last, number = found.signs
    return (last, number.read_as("lastfew")) if number.value.n > 1 else None


def _bands(found: SignMatch) -> Made:
    """`5-year age groups`."""
    width, group = found.signs
    (amount, *more) = width.value
    if amount.unit != "a" or more or not 1 <= amount.number <= _WIDEST or amount.number % 1:
        return None
    return joined(f"{group.symbol}{int(amount.number)}", found.signs)


_WIDEST = 50
_TIMES = ("wk", "d", "mo", "a")
_VALUES: tuple[Rule, ...] = (
    rule("ent:lab (noun | of | at | with | colon)* (range:qt | range:qa | r:qt | qt)", _in_weeks),
    rule("(n | qu) cmp ent:lab noun* (range:n | range:qu)", _chain),
    rule(
        "(ent:lab | ent:state) "
        "(noun | of | at | in | past | role:test | level | with | have | open | cmp:eq | colon | pick)* "
        "(range:n | range:qu | qu | r:qu | r:n)",
        _as_value,
    ),
    rule(
        "ent:lab (noun | of | at | level)* {a:(n | qs | qu)} or {b:(n | qs | qu)} (?! (sfx | cmp))",
        _one_of_two,
    ),
    rule("ent:lab (noun | of | j | in)* {d:dec}", _in_tens),
    rule(
        "{x:(ent:lab)} noun* {y:sfx:ge}",
        lambda found: (*found.signs[:-1], found.signs[-1].read_as("level:abnormal")),
    ),
    rule("(value | ent:lab) (or | comma | and) (range:n | range:qu)", _valued),
    rule(
        "(neg | excl) (have | with | role | level)* ent:lab noun* value open? "
        "(in | for | among | with | of)? sex",
        lambda found: (*found.signs[:-1], found.signs[-1].read_as("sexof")),
    ),
    rule(
        "{l:ent:lab} noun* {v:value} open? (in | for | among | with | of)? {s:sex} close? (comma | semi)? "
        "(or | and | slash | comma | semi)* (cmp:eq)? {w:(value | range:qu | range:n)} "
        "open? (in | for | among | with | of)? {z:sex} close?",
        _by_sex,
    ),
    rule("value open (range:qu | qu | r:qu | value) close", _again),
)


_PARENTHESES: tuple[Rule, ...] = (
    rule("open plus close", lambda found: found.signs[0].read_as("past")),
    rule("open minus close", lambda found: found.signs[0].read_as("negpost")),
    rule(
        "open neg past? (row | noun | role) (rel | past | before)? close",
        lambda found: found.signs[0].read_as("past"),
    ),
)


def _only(found: SignMatch, *, name: str) -> Made:
    sign = found.signs[0]
    return sign.read_as(name) if len(sign.symbols) > 1 and not sign.has("ent") else None


_LEFT: tuple[Rule, ...] = tuple(
    rule(f"{{x:{name}}}", partial(_only, name=name)) for name in ("past", "recent", "current")
)
"""What a word says that is of no period: `prior`, `이전`, `최근`."""


_LAST_FEW: tuple[Rule, ...] = (
    rule("(lastroll | last | pick:last) number (?= (lat | contrast | ent | row | soft))", _last_few),
)
"""`the last three CTs`, which nobody can ask for: the number is left."""
_BANDS: tuple[Rule, ...] = (rule("(qt | qa) dim:ageGroup", _bands),)


_ALL: tuple[tuple[Rule, ...], ...] = (
    verbs.RULES,
    _BANDS,
    bounds.RULES,
    wordings.RULES,
    korean_wordings.RULES,
    renaming.RULES,
    examples.RULES,
    stages.RULES,
    counts.GAPS,
    features.RULES,
    pressures.RULES,
    by_sex.RULES,
    _VALUES,
    ages.RULES,
    (
        *calendar_times.RULES,
        *relative_times.RULES,
        *rolling_times.RULES,
        *relative_times.BARE,
        *rolling_times.ALTERNATIVES,
    ),
    renaming.LATE,
    counts.RULES,
    _LEFT,
    _LAST_FEW,
    _PARENTHESES,
)


def composed(signs: Sequence[Sign]) -> list[Sign]:
    """The signs that stand for what several say together, and those that stand by themselves."""
    found = list(signs)
    for rules in _ALL:
        found = applied(rules, found)
    return found


def is_weak(sign: Sign) -> bool:
    """Whether a sign says nothing that the meaning of a question hangs on."""
    return set(sign.symbols) <= WEAK
