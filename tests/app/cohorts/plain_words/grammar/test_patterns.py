"""Rules over signs: what a pattern needs to find anything at all."""

import pytest

from app.cohorts.plain_words.grammar.patterns import applied, rule
from app.cohorts.plain_words.scanning.signs import Sign

NEEDED = (
    ("ent of noun", {"ent", "of", "noun"}),
    ("ent (of | in)* noun?", {"ent"}),
    ("{e:ent} {side:(before | after)} {within:within}?", {"ent"}),
)


@pytest.mark.parametrize(("pattern", "needs"), NEEDED)
def test_what_may_be_missing_is_not_needed(pattern: str, needs: set[str]) -> None:
    assert rule(pattern, lambda found: found.signs).needs == needs


def test_a_rule_holds_without_what_may_be_missing() -> None:
    signs = [Sign(("ent",), 0, 1), Sign(("before",), 2, 3)]
    joined = rule("{e:ent} before {within:within}?", lambda found: Sign(("rel",), 0, 3))

    assert [each.symbol for each in applied((joined,), signs)] == ["rel"]
