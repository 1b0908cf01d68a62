"""What is easily taken for something else: past or current, times of lists, groups, what is not mentioned."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, said, who

LIKEWISE = (
    ("history of or current deep vein thrombosis", "deep vein thrombosis"),
    ("active or prior tuberculosis", "tuberculosis"),
    ("과거 또는 현재 간염 환자", "hepatitis"),
    ("allergy to penicillin or cephalosporins", "penicillin allergy or cephalosporin allergy"),
    ("no allergy to penicillin or aspirin", "no penicillin allergy or aspirin allergy"),
    ("폐결절로 추적검사 CT를 찍은 환자", "폐결절로 추적 CT를 찍은 환자"),
    ("다음 중 하나 이상: 65세 초과, 당뇨병, 천식", "at least one of: age over 65, diabetes, asthma"),
    ("조영증강 없이 복부 CT를 시행한 환자", "조영제 없이 복부 CT를 시행한 환자"),
    ("조영증강 하지 않은 흉부 CT를 찍은 환자", "비조영 흉부 CT를 찍은 환자"),
)
MEANT = (
    (
        "neither aspirin nor warfarin within 7 days",
        (
            "not [drug “aspirin” (within 7 days before the day of the question)]; "
            "not [drug “warfarin” (within 7 days before the day of the question)]"
        ),
    ),
    (
        "hemoglobin under 8 g/dL within 24 hours after delivery",
        (
            "result “hemoglobin” (value under 8 g/dL; within 1 day after delivery). "
            "Where procedure “delivery” = delivery"
        ),
    ),
    (
        "stroke more than 3 months but less than 12 months ago",
        "diagnosis “stroke” (3 months to 12 months before the day of the question)",
    ),
    (
        "myocardial infarction between 30 days and 1 year before enrolment",
        "diagnosis “myocardial infarction” (30 days to 1 year before the day of the question)",
    ),
    (
        "수술 후 1주 이상 3개월 이내 CT를 찍은 환자",
        "pictures (modality CT; 1 week to 3 months after procedure). Where procedure = procedure",
    ),
    (
        "no alcohol abuse for at least 1 year",
        "not [diagnosis “alcohol use disorder” (within 1 year before the day of the question)]",
    ),
    ("no diabetes but asthma", "not [diagnosis “diabetes”]; diagnosis “asthma”"),
    (
        "at least one prior hospitalization for asthma or an NT-proBNP above 1000",
        (
            "any of [all of [visit (class IMP, ACUTE, NONAC); diagnosis “asthma”]; "
            "result “NT-proBNP” (value over 1000 pg/mL)]"
        ),
    ),
    (
        "뇌경색으로 입원 후 30일 이내 사망한 환자",
        (
            "has died (within 30 days after inpatient-stay). "
            "Where visit (class IMP, ACUTE, NONAC; because of “cerebral infarction”) = inpatient-stay"
        ),
    ),
    (
        "over 18 and under 65 years of age with gout",
        "older than 18 years; younger than 65 years; diagnosis “gout”",
    ),
    ("patients with asthma or over 65", "any of [diagnosis “asthma”; older than 65 years]"),
    (
        "women who are not pregnant or on insulin",
        "women; not [any of [diagnosis “pregnant”; "
        + who("pregnant").partition("; ")[2][:-1]
        + "; drug “insulin”]]",
    ),
    (
        "gout with at least one asthma exacerbation despite prednisone",
        "diagnosis “gout”; diagnosis “asthma exacerbation”; drug “prednisone”",
    ),
    (
        "drug or alcohol abuse",
        "any of [diagnosis “substance use disorder”; diagnosis “alcohol use disorder”]",
    ),
    ("suspected or confirmed pulmonary embolism", "diagnosis “pulmonary embolism”"),
    ("sister with breast cancer", "family history “breast cancer” (relatives SIS, NSIS)"),
    (
        "patients who had a stroke but not within the last 3 months",
        "diagnosis “stroke”; not [diagnosis “stroke” (within 3 months before the day of the question)]",
    ),
    (
        "acute kidney injury within 48 hours after contrast CT",
        (
            "diagnosis “acute kidney injury” (within 2 days after ct). "
            "Where pictures (modality CT; with contrast) = ct"
        ),
    ),
    ("크레아티닌이 2를 넘은 적이 없는 환자", "not [result “creatinine” (value over 2 mg/dL)]"),
    ("당화혈색소가 9 초과였던 적이 없는 환자", "not [result “hemoglobin A1c” (value over 9 %)]"),
)
TOLD = (
    ("myocardial infarction within 6 months or stroke", "shared"),
    ("stroke within 30 days after surgery or cardiac catheterization", "anchors"),
    ("수술 또는 심도자술 후 30일 이내 뇌졸중", "anchors"),
    ("2024년 이전에 당뇨병으로 진단된 환자", "until"),
    ("CT를 찍고 2주 이내에 MRI를 찍은 환자", "since"),
    ("통풍 또는 콜히친으로 치료한 당뇨병", "order"),
    ("천식 환자에서 CT, MRI를 찍은 환자 수를 검사 종류별로", "pictures-of"),
    ("children with asthma or adults with gout", "groups"),
    ("smokers over 50 or any patient with gout", "groups"),
    ("postmenopausal women or women over 60", "groups"),
    ("age 18 years or older with asthma, or 12 years or older with eczema", "groups"),
    ("breast cancer diagnosed between age 40 and 60", "age-at"),
    ("diabetes diagnosed after age 30", "age-at"),
    ("무릎 MRI에서 전방십자인대 파열", "pictures"),
    ("started insulin after a diagnosis of diabetes, and no metformin before that", "before"),
)


@pytest.mark.parametrize(("question", "other"), LIKEWISE)
def test_other_words_ask_for_the_same(question: str, other: str) -> None:
    assert who(question) == who(other) != ""


@pytest.mark.parametrize(("question", "meant"), MEANT)
def test_it_is_read_as_it_is_meant(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "about"), TOLD)
def test_what_may_be_meant_otherwise_is_told(question: str, about: str) -> None:
    assert about in doubts(question)


def test_each_group_of_patients_has_its_own() -> None:
    assert who("children with asthma or adults with gout") == (
        "any of [all of [younger than 18 years; diagnosis “asthma”]; "
        "all of [18 years or older; diagnosis “gout”]]"
    )


def test_an_anchor_may_be_a_list() -> None:
    found = said("stroke within 30 days after surgery or cardiac catheterization")

    assert "within 30 days after procedure" in found
    assert "within 30 days after cardiac-catheterization" in found


def test_of_two_treatments_only_that_of_now_is_current() -> None:
    assert who("prior treatment with bevacizumab or current treatment with aspirin") == (
        "any of [drug “bevacizumab”; drug “aspirin” (status active)]"
    )


def test_a_recent_stay_is_recent_whatever_it_was_for() -> None:
    found = "visit (class IMP, ACUTE, NONAC; within 6 months before the day of the question)"

    assert found in who("최근 폐렴으로 입원한 환자")
    assert found in who("patients recently hospitalized for pneumonia")


@pytest.mark.parametrize(
    "question", ["판독문에 결절이 언급되지 않은 환자", "reports that do not mention a nodule"]
)
def test_what_a_report_does_not_mention_it_need_not_deny(question: str) -> None:
    assert "saying none of" in said(question)
    assert "denied" not in said(question)


@pytest.mark.parametrize(
    "question",
    [
        "흉부 CT만 찍은 환자",
        "흉부 CT만 있는 환자",
        "negative for hepatitis B surface antigen and HIV",
        "heart failure (LVEF < 40%) or gout",
        "당뇨병이 없을 것 같은 환자",
        "비흑색종 피부암을 제외한 암 병력이 없는 환자",
        "시리즈 설명이 있는 MRI",
    ],
)
def test_what_nobody_knows_how_far_it_reaches_is_refused(question: str) -> None:
    assert said(question) == ""


def test_pictures_beside_others_that_are_denied_are_read() -> None:
    assert who("CT만 찍고 MRI는 찍지 않은 환자") == "pictures (modality CT); not [pictures (modality MR)]"
