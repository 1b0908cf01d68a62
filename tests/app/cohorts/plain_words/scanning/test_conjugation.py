"""Korean verbs in the forms that questions have, each with what its ending does."""

import pytest

from app.cohorts.plain_words.scanning.conjugation import VerbEnding, forms

FORMS = {
    "받은": ("받", ("받아",), VerbEnding.ADNOMINAL),
    "받았고": ("받", ("받아",), VerbEnding.AND),
    "받거나": ("받", ("받아",), VerbEnding.OR),
    "받지": ("받", ("받아",), VerbEnding.DENIED),
    "받을": ("받", ("받아",), VerbEnding.FUTURE),
    "찍었지만": ("찍", ("찍어",), VerbEnding.AND),
    "한": ("하", ("하여", "해"), VerbEnding.ADNOMINAL),
    "했던": ("하", ("하여", "해"), VerbEnding.ADNOMINAL),
    "합니다": ("하", ("하여", "해"), VerbEnding.FINAL),
    "사는": ("살", ("살아",), VerbEnding.ADNOMINAL),
}


@pytest.mark.parametrize(("form", "of"), FORMS.items(), ids=FORMS)
def test_a_verb_has_its_forms(form: str, of: tuple[str, tuple[str, ...], VerbEnding]) -> None:
    stem, before_a, ending = of

    assert (form, ending) in set(forms(stem, before_a, "v"))
