"""Which signs a text is cut into: names stand as words of their own, and numbers with their units."""

import pytest

from tests.app.cohorts.plain_words.said import scanned

CUT = (
    ("뇌경색 발생 후", ["ent:condition", "role:develop", "after"]),
    ("언급 안 된", ["role:mention", "neg", "v:become.adn"]),
    ("within 48 h", ["within", "qt"]),
    ("12 mo", ["qt"]),
    ("CXR", ["ent:site", "ent:modality"]),
    ("CKD 3b", ["ent:condition", "st:3b"]),
    ("3 b", ["n", "unknown"]),
)


@pytest.mark.parametrize(("text", "symbols"), CUT)
def test_a_text_is_cut_into_what_says_something(text: str, symbols: list[str]) -> None:
    assert [each.symbol for each in scanned(text).found] == symbols
