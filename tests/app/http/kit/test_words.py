"""Refusals as sentences: words begin large, values and identifiers stay as they are."""

import pytest

from app.http.kit.words import as_sentence
from graph.wording import Phrase

SENTENCES = {
    "a word": (Phrase("there is no such account"), "There is no such account."),
    "words with a comma": (Phrase("too many, wait"), "Too many, wait."),
    "a word alone": (Phrase("forbidden"), "Forbidden."),
    "words with a hyphen": (Phrase("sign-in is elsewhere"), "Sign-in is elsewhere."),
    "what is one already": (Phrase("Give a code."), "Give a code."),
    "a value": (
        Phrase("%(method)s takes jwks", {"method": "private_key_jwt"}),
        "private_key_jwt takes jwks.",
    ),
    "a name in camel case": (Phrase("jwksUri is an https address"), "jwksUri is an https address."),
    "a kind of scopes": (Phrase("system/ scopes are others"), "system/ scopes are others."),
    "an identifier in Korean": (
        Phrase("undated는 true 또는 false입니다"),
        "undated는 true 또는 false입니다.",
    ),
    "one that stands alone there": (Phrase("read 또는 write"), "read 또는 write."),
    "nothing": (Phrase(""), "."),
}


@pytest.mark.parametrize(("phrase", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_sentence_begins_large_where_it_begins_with_a_word(phrase: Phrase, sentence: str) -> None:
    assert as_sentence(phrase.template, str(phrase)) == sentence
