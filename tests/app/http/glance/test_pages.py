"""Where the page of a patient leads: to a study and a prior side by side, for who sees pictures."""

from typing import Any

import pytest

from app.http.glance.pages import OverviewLinks

ORDER = {"reference": "ServiceRequest/1"}
STUDY, PRIOR = {**ORDER, "studyUid": "1.2.1"}, {"uid": "1.2.2"}


def test_a_prior_opens_beside_the_study_that_is_to_be_read() -> None:
    links = OverviewLinks("https://hilum.example", "mine", sees_pictures=True)

    assert links.beside(STUDY, PRIOR) == "https://hilum.example/viewer?StudyInstanceUIDs=1.2.1,1.2.2"


def test_the_study_that_is_to_be_read_is_opened_by_who_sees_pictures() -> None:
    assert OverviewLinks("", "mine", sees_pictures=True).study(STUDY) == "/studies/1.2.1"
    assert OverviewLinks("", "mine", sees_pictures=True).study(ORDER) == ""
    assert OverviewLinks("", "mine").study(STUDY) == ""


@pytest.mark.parametrize(
    ("study", "prior", "sees_pictures"),
    [(STUDY, PRIOR, False), (ORDER, PRIOR, True), (None, PRIOR, True), (STUDY, ORDER, True)],
)
def test_nothing_opens_beside_what_is_no_study_or_for_who_sees_no_pictures(
    study: Any, prior: Any, sees_pictures: bool
) -> None:
    assert OverviewLinks("", "mine", sees_pictures=sees_pictures).beside(study, prior) == ""
