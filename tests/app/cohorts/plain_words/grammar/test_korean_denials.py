"""Denials that stand before a noun or a verb: 미복용, 안 보고."""

import pytest

from tests.app.cohorts.plain_words.said import said, who

CASES = (
    (
        "총콜레스테롤 240 이상, 스타틴 미복용",
        "result “total cholesterol” (value 240 mg/dL or more); {statin}",
    ),
    ("스타틴 미복용 통풍 환자", "{statin}; diagnosis “gout”"),
    ("스타틴 미복용 중인 환자", "{statin}"),
    ("독감백신 미접종 천식 환자", "not [vaccination “influenza vaccine”]; diagnosis “asthma”"),
    ("CT 미시행 환자", "not [pictures (modality CT)]"),
    ("스타틴 안 먹는 통풍 환자", "{statin}; diagnosis “gout”"),
    (
        "통풍 환자 중 크레아티닌 한 번도 안 보고 콜히친 쓴 사람",
        "diagnosis “gout”; not [result “creatinine”]; drug “colchicine”",
    ),
    ("알레르기가 전혀 없는 환자", "not [allergy]"),
)


@pytest.mark.parametrize(("question", "meant"), CASES)
def test_what_is_denied_is(question: str, meant: str) -> None:
    assert who(question) == meant.format(statin="not [drug “statin”]")


def test_a_denial_of_nothing_is_not_read() -> None:
    assert said("미치료 고혈압") == ""
