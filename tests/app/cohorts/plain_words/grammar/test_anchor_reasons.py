"""What an anchor was for: of a stay it is its reason, of anything else it is told that it may be apart."""

import pytest

from tests.app.cohorts.plain_words.said import read, who

_STAYS = (
    ("MRI within 30 days after a hospitalization for stroke", "stroke"),
    ("patients with a CT within 7 days after an ED visit for abdominal pain", "abdominal pain"),
    ("echo within 1 year after a visit because of hypertension", "hypertension"),
    ("gout within 30 days after a hospitalization for stroke or TIA", "stroke or transient ischemic attack"),
    ("no MRI within 30 days after a hospitalization for stroke", "stroke"),
    ("뇌졸중으로 입원한 후 30일 이내에 MRI를 찍은 환자", "stroke"),
    ("복통으로 응급실 방문 후 7일 이내 CT", "abdominal pain"),
    ("당뇨병 환자 중 뇌졸중으로 입원 후 30일 이내 사망", "stroke"),
)


def reason_doubt(text: str) -> str:
    """The doubt about what something was for."""
    return next(each for each in read(text).choices.doubts if each.startswith("reason"))


@pytest.mark.parametrize(("text", "name"), _STAYS)
def test_what_a_stay_was_for_is_its_reason(text: str, name: str) -> None:
    assert f"because of “{name}”" in who(text)
    assert f"diagnosis “{name}”" not in who(text)


def test_it_may_be_a_diagnosis_beside_the_stay() -> None:
    text = "MRI within 30 days after a hospitalization for stroke"

    assert "diagnosis “stroke”" in who(text, **{reason_doubt(text): "both"})


@pytest.mark.parametrize(
    "text",
    [
        "gout within 90 days after surgery for lung cancer",
        "creatinine > 2 within 3 days after a CT for lung cancer",
        "폐암으로 찍은 CT 후 7일 이내 사망",
    ],
)
def test_what_no_record_says_is_told_and_may_be_left_out(text: str) -> None:
    left = {reason_doubt(text): "left-out"}

    assert read(text).verdict == "assumed"
    assert "lung cancer" in who(text)
    assert "lung cancer" not in who(text, **left)


@pytest.mark.parametrize(
    "text",
    [
        "aspirin started within 2 days after a stay for myocardial infarction and heart failure",
        "no CT within 30 days after surgery for lung cancer",
    ],
)
def test_what_cannot_be_said_of_an_anchor_is_refused(text: str) -> None:
    assert read(text).verdict == "refused"
