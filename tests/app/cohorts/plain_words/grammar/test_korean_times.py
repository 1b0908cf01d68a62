"""Times that Korean tells by what stands before them, and lists of what they are told by."""

import pytest

from tests.app.cohorts.plain_words.said import read, said, who

ANCHORED = (
    (
        "CT를 찍고 2주 이내에 MRI를 찍은 환자",
        "pictures (modality CT); pictures (modality MR; within 2 weeks after ct). "
        "Where pictures (modality CT) = ct",
    ),
    (
        "위절제술 받고 30일 안에 사망한 환자",
        "procedure “gastrectomy”; has died (within 30 days after gastrectomy). "
        "Where procedure “gastrectomy” = gastrectomy",
    ),
    (
        "퇴원하고 7일 내에 응급실로 온 환자",
        "visit (class IMP, ACUTE, NONAC); visit (class EMER; within 7 days after encounter). "
        "Where visit (class IMP, ACUTE, NONAC) = encounter",
    ),
    (
        "통풍이 있고 3개월 이내 입원한 환자",
        "diagnosis “gout”; visit (class IMP, ACUTE, NONAC; within 3 months before the day of the question)",
    ),
    (
        "스타틴을 처음 처방받은 뒤에 생긴 당뇨병",
        "diagnosis “diabetes” (not before statin). Where drug “statin” (the first) = statin",
    ),
    (
        "천식 없이 40세 전에 통풍이 온 사람",
        "not [diagnosis “asthma”]; younger than 40 years, at gout; diagnosis “gout”. "
        "Where diagnosis “gout” = gout",
    ),
)
LISTED = (
    (
        "뇌졸중이나 심근경색 진단 후 90일 이내 스타틴 처방",
        "drug “statin” (within 90 days after stroke). "
        "Where diagnosis “stroke or myocardial infarction” = stroke",
    ),
    (
        "수술 또는 심도자술 후 30일 이내 뇌졸중",
        "any of [diagnosis “stroke” (within 30 days after cardiac-catheterization); "
        "diagnosis “stroke” (within 30 days after procedure)]. "
        "Where procedure “cardiac catheterization” = cardiac-catheterization. Where procedure = procedure",
    ),
    (
        "PCI와 CABG 후 뇌졸중",
        "diagnosis “stroke” (not before pci; not before cabg). "
        "Where procedure “percutaneous coronary intervention” = pci. "
        "Where procedure “coronary artery bypass graft” = cabg",
    ),
    (
        "통풍 진단 전 90일 이내에 아스피린, 푸로세미드 또는 티아지드를 두 번 이상 처방받은 환자",
        "drug “aspirin or furosemide or thiazide” (within 90 days before gout; at least 2 times). "
        "Where diagnosis “gout” = gout",
    ),
)
OF_PATIENTS = (
    (
        "당뇨병 진단 후 5년 이상 지난 환자 중 망막병증이 없는 환자",
        "diagnosis “diabetes” (at least 5 years before the day of the question); "
        "not [diagnosis “retinopathy”]",
    ),
    (
        "위절제술 후 1년 이상 경과한 위암 환자",
        "procedure “gastrectomy” (at least 1 year before the day of the question); "
        "diagnosis “stomach cancer”",
    ),
    (
        "위절제술 후 3개월 이내 폐렴 환자",
        "diagnosis “pneumonia” (within 3 months after gastrectomy). "
        "Where procedure “gastrectomy” = gastrectomy",
    ),
    (
        "지난달 폐렴 환자에게 시행한 흉부 CT",
        "diagnosis “pneumonia”; pictures (modality CT; of “chest”; from 2026-10 to 2026-10)",
    ),
    ("2022년 이후 흑색종 환자의 PET", "diagnosis “melanoma”; pictures (modality PT; since 2022)"),
    (
        "입원 중인 폐렴 환자",
        "visit (status arrived, triaged, in-progress, onleave; class IMP, ACUTE, NONAC); "
        "diagnosis “pneumonia”",
    ),
    (
        "통풍이나 뇌졸중으로 입원한 뒤 1년 안에 재입원한 환자",
        "visit (class IMP, ACUTE, NONAC; within 1 year after inpatient-stay). "
        "Where visit (class IMP, ACUTE, NONAC; because of “gout or stroke”) = inpatient-stay",
    ),
    (
        "스테로이드 3개월 이상 복용자 중 CT 안 찍은 사람",
        "drug “corticosteroid” (at least 3 months before the day of the question); "
        "not [pictures (modality CT)]",
    ),
    ("항암치료 중인 폐암 환자", "procedure “chemotherapy”; diagnosis “lung cancer”"),
    (
        "스크리닝 6개월 이내 뇌졸중이 있었던 환자",
        "diagnosis “stroke” (within 6 months before the day of the question)",
    ),
)
OF_TODAY = (
    ("2024년 전에 통풍을 진단받은 환자", "diagnosis “gout” (until 2023)"),
    ("2024년 이전에 통풍을 진단받은 환자", "diagnosis “gout” (until 2023)"),
    ("2020년 1월 이후 2022년 7월 이전에 통풍을 진단받은 환자", "diagnosis “gout” (from 2020-01 to 2022-06)"),
    ("2024년 전립선 MRI를 찍은 환자", "pictures (modality MR; of “prostate”; from 2024 to 2024)"),
    ("2025년 대장내시경을 받은 환자", "procedure “colonoscopy” (from 2025 to 2025)"),
    ("3일째 열나는 환자", "diagnosis “fever” (within 3 days before the day of the question)"),
    (
        "투석 시작한 지 1년 이상 되었고 칼륨 5.5 초과",
        "procedure “dialysis” (at least 1 year before the day of the question; the first); "
        "result “potassium” (value over 5.5 mmol/L)",
    ),
    ("올해만 두 번 이상 입원한 환자", "visit (class IMP, ACUTE, NONAC; from 2026 to 2026; at least 2 times)"),
    (
        "2025년 3월 이후 간 초음파나 간 MRI는 했는데 간 CT는 안 찍은 환자",
        "pictures (modality US, MR; of “liver”; since 2025-03); "
        "not [pictures (modality CT; of “liver”; since 2025-03)]",
    ),
)


@pytest.mark.parametrize(("question", "meant"), (*ANCHORED, *LISTED, *OF_PATIENTS, *OF_TODAY))
def test_it_is_read_as_it_is_meant(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "2026년 10월 복부 초음파 판독문 보여줘",
        "통풍 환자의 2026년 10월 복부 초음파 판독문 보여줘",
        "2026년 10월에 통풍 환자에게 시행한 복부 초음파 판독문만 모아줘",
    ],
)
def test_the_time_of_reports_is_that_of_their_pictures(question: str) -> None:
    pictures = "Where pictures (modality US; of “abdomen”; from 2026-10 to 2026-10) = ultrasound"

    assert "reports (belonging to ultrasound)" in said(question)
    assert pictures in said(question)


def test_the_year_itself_may_be_chosen() -> None:
    (doubt,) = read("2024년 이전 통풍").choices.doubts

    assert said("2024년 이전 통풍", **{doubt: "through"}) == "diagnosis “gout” (until 2024)"


def test_none_after_any_of_two_is_asked_of_those_who_had_one() -> None:
    found = who("위절제술 또는 대장절제술 후 1년 이내에 CT를 찍지 않은 환자")

    assert found.startswith("not [pictures (modality CT; within 1 year after gastrectomy)]")
    assert "procedure “gastrectomy or colectomy”" in found


def test_a_list_of_anchors_tells_no_single_pictures() -> None:
    assert said("수술 또는 심도자술 후 찍은 흉부 CT") == ""
