"""Marks of Korean lists, what stands for a list, and names that share their end."""

import pytest

from tests.app.cohorts.plain_words.said import said, who

MARKED = (
    ("임상시험 제외기준: 통풍, 천식", "not [any of [diagnosis “gout”; diagnosis “asthma”]]"),
    (
        "선정기준 ① 만 19세 이상 ② 통풍 제외기준 ① 천식 ② 투석",
        "19 years or older; diagnosis “gout”; not [diagnosis “asthma”]; not [procedure “dialysis”]",
    ),
    (
        "1. 선정기준\n가. 만 19세 이상\n나. 통풍\n2. 제외기준\n가. 천식",
        "19 years or older; diagnosis “gout”; not [diagnosis “asthma”]",
    ),
    ("① 50세 이상 ② 통풍 ③ 천식", "50 years or older; diagnosis “gout”; diagnosis “asthma”"),
    (
        "다음 중 2개 이상: ① 고혈압 ② 당뇨병 ③ 통풍",
        "at least 2 of [diagnosis “hypertension”; diagnosis “diabetes”; diagnosis “gout”]",
    ),
    (
        "고혈압 환자. 단, (가) 당뇨병 (나) 통풍은 모두 없어야 함",
        "diagnosis “hypertension”; not [any of [diagnosis “diabetes”; diagnosis “gout”]]",
    ),
    (
        "다음 위험인자 중 2개 이상: 통풍, LDL-C 160 mg/dL 이상, HDL-C 40 mg/dL 미만",
        "at least 2 of [diagnosis “gout”; result “LDL cholesterol” (value 160 mg/dL or more); "
        "result “HDL cholesterol” (value under 40 mg/dL)]",
    ),
    ("다음 동반질환 중 하나 이상: 당뇨병, 통풍", "any of [diagnosis “diabetes”; diagnosis “gout”]"),
    ("다음 조건을 모두 만족하는 환자: 65세 이상, 통풍", "65 years or older; diagnosis “gout”"),
    (
        "아스피린, 와파린, 메트포르민 가운데 두 가지 이상을 처방받은 사람",
        "at least 2 of [drug “aspirin”; drug “warfarin”; drug “metformin”]",
    ),
    ("1형 또는 2형 당뇨병 환자", "any of [diagnosis “type 1 diabetes”; diagnosis “type 2 diabetes”]"),
    ("A형, B형 간염 백신 접종자", "vaccination “hepatitis A vaccine”; vaccination “hepatitis B vaccine”"),
    (
        "통풍 또는 콜히친으로 치료한 당뇨병",
        "any of [diagnosis “gout”; all of [drug “colchicine”; diagnosis “diabetes”]]",
    ),
)
VALUES = (
    ("알부민 2.5 이하이면서 70세 이상", "result “albumin” (value 2.5 g/dL or less); 70 years or older"),
    ("백혈구 1만 5천 이상", "result “white blood cell count” (value 15 10*3/uL or more)"),
    ("칼륨 3.0 밑인 사람", "result “potassium” (value under 3 mmol/L)"),
    ("칼륨 6 이상으로 오른 사람", "result “potassium” (value 6 mmol/L or more)"),
    ("크레아티닌 2.0까지 오른 환자", "result “creatinine” (value 2 mg/dL or more)"),
    ("혈색소가 7 미만으로 떨어진 환자", "result “hemoglobin” (value under 7 g/dL)"),
    ("통풍이 없을 것", "not [diagnosis “gout”]"),
    ("현재 65세 이상 통풍 환자", "65 years or older; diagnosis “gout”"),
    ("칼륨 오른 환자", "result “potassium” (value high)"),
    ("임신 20주 이상 고혈압", "result “gestational age” (value 20 wk or more); diagnosis “hypertension”"),
    ("혈당약 먹는 환자", "drug “antidiabetic drug”"),
    ("CKD에 AKI 겹친 환자", "diagnosis “chronic kidney disease”; diagnosis “acute kidney injury”"),
    (
        "아버지나 남자 형제가 위암인 사람",
        "family history “stomach cancer” (relatives FTH, NFTH, BRO, NBRO)",
    ),
)


@pytest.mark.parametrize(("question", "meant"), (*MARKED, *VALUES))
def test_it_is_read_as_it_is_meant(question: str, meant: str) -> None:
    assert who(question) == meant


def test_groups_of_five_years_are_told() -> None:
    assert "by age in steps of 5 years" in said("통풍 환자를 5세 단위 연령대별로")
    assert "by age in steps of 10 years" in said("통풍 환자 수를 연령대별로")


def test_a_value_that_rises_to_less_is_not_read() -> None:
    assert said("칼륨 3 미만으로 오른 사람") == ""
