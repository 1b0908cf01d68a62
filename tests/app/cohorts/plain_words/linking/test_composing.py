"""Names of diagnoses that are put together of a part of the body and what it has."""

import pytest

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.linking.composing import NameComposer
from app.cohorts.plain_words.linking.phrases import NamePhrase
from app.cohorts.plain_words.scanning.folding import forms_of

COMPOSER = NameComposer.of(Lexicon.shipped())
COMPOSED = {
    "부신암": "adrenal cancer",
    "방광결석": "bladder stone",
    "갑상샘암": "thyroid cancer",
    "adrenal cancer": "adrenal gland cancer",
    "cancer of the adrenal gland": "adrenal cancer",
}


def names(phrase: str) -> tuple[str, ...]:
    return COMPOSER.names(NamePhrase(phrase, forms_of(phrase)))


@pytest.mark.parametrize(("phrase", "name"), COMPOSED.items(), ids=COMPOSED)
def test_a_part_of_the_body_and_what_it_has_make_a_name(phrase: str, name: str) -> None:
    assert name in names(phrase)


@pytest.mark.parametrize("phrase", ["의자암", "암", "부신", "a cancer of mine"])
def test_what_is_not_put_together_so_is_no_name(phrase: str) -> None:
    assert names(phrase) == ()
