"""Blood pressures as wards write them: `above 140/90` is of the systolic and of the diastolic one."""

from dataclasses import replace

from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.amounts import Amount
from app.cohorts.plain_words.scanning.signs import Sign

_BOTH = "blood-pressure"
_EACH = ("systolic-blood-pressure", "diastolic-blood-pressure")
_BELOW = ("lt", "le")


def _two(found: SignMatch) -> Made:
    """Below 140/90 are both below; above it is either."""
    name = found.signs[0]
    if _BOTH not in _ids(name):
        return None
    compared = found.one("x") or found.one("y")
    if compared is None or len(compared.value) != 1 or compared.value[0].high is not None:
        return None
    op = compared.value[0].op
    first = compared.value[0].amount if found.one("x") else _number(found, "a")
    second = compared.value[0].amount if found.one("y") else _number(found, "b")
    link = "and" if op in _BELOW else "or"
    shipped = Lexicon.shipped().rows
    (high, low), end = _EACH, found.signs[-1]
    slash = next(each for each in found.signs if each.kind == "slash")
    return (
        replace(name, symbols=("ent:lab",), value=(shipped[high],)),
        Sign(("value",), found.signs[1].start, slash.start, (Bound(op, first),), found.signs[1:]),
        Sign((link,), slash.start, slash.end),
        Sign(("ent:lab",), end.start, end.end, (shipped[low],)),
        Sign(("value",), end.start, end.end, (Bound(op, second),)),
    )


def _named_behind(found: SignMatch) -> Made:
    """`BP over 180 systolic or 110 diastolic`: the name behind a number says which of the two it is."""
    name, compared, which = found.signs[0], found.one("x"), found.named["y"][0]
    if compared is None or _BOTH not in _ids(name) or not set(_EACH) & _ids(which):
        return None
    made = [which, Sign(("value",), compared.start, compared.end, compared.value, (name, compared))]
    if found.one("z") is None:
        return made
    link, number, other = found.named["l"][0], found.named["b"][0], found.named["z"][0]
    said = number.value if number.kind == "range" else (Bound(compared.value[0].op, number.value[0]),)
    return [*made, link, other, Sign(("value",), number.start, number.end, said, (number,))]


def _ids(sign: Sign) -> set[str]:
    rows = sign.value if isinstance(sign.value, tuple) else ()
    return {row.id for row in rows if isinstance(row, LexiconRow)}


def _number(found: SignMatch, name: str) -> Amount:
    amount: Amount = found.named[name][0].value[0]
    return amount


_BETWEEN = "(noun | of | at | with | have | role:test | j | pick)*"
_AMOUNT = "(range:n | range:qu | n | qu)"
RULES: tuple[Rule, ...] = (
    rule(
        f"ent:lab {_BETWEEN} {{x:(range:n | range:qu)}} {{y:ent:lab}} "
        f"{{l:(or | and | slash)}} {{b:{_AMOUNT}}} {{z:ent:lab}}",
        _named_behind,
    ),
    rule(f"ent:lab {_BETWEEN} {{x:(range:n | range:qu)}} {{y:ent:lab}}", _named_behind),
    rule(f"ent:lab {_BETWEEN} {{x:(range:n | range:qu)}} slash {{b:(n | qu)}}", _two),
    rule(f"ent:lab {_BETWEEN} {{a:n}} slash {{y:(range:n | range:qu)}}", _two),
)
"""Rules that make two tests and their values of one that is written as two numbers."""
