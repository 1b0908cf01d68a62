"""Reads results that differ with the sex: `QTc가 여성은 470 ms 초과, 남성은 450 ms 초과`."""

from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.scanning.signs import Sign

BY_SEX = "bysex"
_RANGE = "(range:n | range:qu | value)"
_LINK = "(comma | or | and | slash | semi | v.and | v.or)*"


def _of_each(found: SignMatch) -> Made:
    """The test with a value for each sex; with none where both are of one."""
    test = found.named["test"]
    parts = [found.named[name][0] for name in ("s", "x", "t", "y")]
    sexes = (parts[0].detail, parts[2].detail)
    said = tuple(zip(sexes, (parts[1].value, parts[3].value), strict=True))
    if set(sexes) != {"female", "male"}:
        said = ()  # nobody knows which of the two is meant
    rest = sorted(parts, key=lambda each: each.start)
    return (*test, Sign((BY_SEX,), rest[0].start, found.signs[-1].end, said, found.signs))


def _of_one(found: SignMatch) -> Made:
    """`혈색소가 여성 12 미만`: no age."""
    value = found.signs[-1]
    said = value.read_as("value")
    return (found.named["s"][0], *found.named["test"], said)


_TEST = "{test:(ent:lab (noun)*)}"
RULES: tuple[Rule, ...] = (
    rule(
        f"{_TEST} in? {{s:sex}} in? {{x:{_RANGE}}} {_LINK} {{t:sex}} in? {{y:{_RANGE}}}",
        _of_each,
    ),
    rule(
        f"{_TEST} {{x:{_RANGE}}} v.adn {{s:sex}} {_LINK} {{y:{_RANGE}}} v.adn {{t:sex}}",
        _of_each,
    ),
    rule(
        f"{{s:sex}} in? {_TEST} {{x:{_RANGE}}} {_LINK} {{t:sex}} in? (ent:lab noun*)? {{y:{_RANGE}}}",
        _of_each,
    ),
    rule(f"{_TEST} in? {{s:sex}} in? {{x:(range:n | range:qu)}}", _of_one),
)
"""Rules that make a sign `bysex`; its value tells each sex with its comparisons."""
