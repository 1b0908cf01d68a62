"""What says more of the name before it: examples, `DOAC (e.g. apixaban)`, and other names in brackets."""

from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.grammar.renaming import UNION
from app.cohorts.plain_words.grammar.things import kinds_of, rows_as
from app.cohorts.plain_words.scanning.signs import THING, Sign, joined


def _whole(found: SignMatch) -> Made:
    """A class and its examples are one: whoever has an example is of the class."""
    first, *others = [each for each in found.signs if each.has(THING)]
    kind = kinds_of(first)[0]
    if any(kind not in kinds_of(each) for each in others):
        return None
    rows = tuple(dict.fromkeys(row for each in (first, *others) for row in rows_as(each, kind)))
    return joined(f"{THING}:{kind}", found.signs, rows).read_as(f"{THING}:{kind}", UNION)


def _again(found: SignMatch) -> Made:
    """`골밀도(DEXA)`: the same in other words."""
    first, other = found.signs[0], found.signs[2]
    kind = kinds_of(first)[0]
    same = {row.id for row in rows_as(first, kind)} & {row.id for row in rows_as(other, kind)}
    if not same:
        return None
    rows = tuple(row for row in rows_as(first, kind) if row.id in same)
    return Sign((f"{THING}:{kind}",), first.start, found.signs[-1].end, rows, found.signs)


_LIST = "ent ((comma | or | and | slash)+ ent)*"
RULES: tuple[Rule, ...] = (
    rule("ent open ent close", _again),
    rule(f"ent open example colon? {_LIST} (comma? (and | or) weak)? close", _whole),
    rule(f"ent comma? example colon? {_LIST}", _whole),
)
"""Rules that make one name of a name and what only says more of it."""
