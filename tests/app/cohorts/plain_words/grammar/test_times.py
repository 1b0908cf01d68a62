"""Times: up to today, of the calendar, between dates, and relative to other events."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, reasons, who

OF_TODAY = (
    (
        "diabetes diagnosed more than 5 years ago",
        "diagnosis “diabetes” (at least 5 years before the day of the question)",
    ),
    (
        "5년 이상 전에 당뇨병을 진단받은 환자",
        "diagnosis “diabetes” (at least 5 years before the day of the question)",
    ),
    ("sepsis in the last 3 months", "diagnosis “sepsis” (within 3 months before the day of the question)"),
    ("최근 3개월 내 패혈증", "diagnosis “sepsis” (within 3 months before the day of the question)"),
    ("sepsis since March 2024", "diagnosis “sepsis” (since 2024-03)"),
    ("2024년 3월부터 패혈증", "diagnosis “sepsis” (since 2024-03)"),
    ("sepsis between 2020 and 2022", "diagnosis “sepsis” (from 2020 to 2022)"),
    ("2020년부터 2022년까지 패혈증", "diagnosis “sepsis” (from 2020 to 2022)"),
    ("작년에 독감 예방접종을 받은 환자", "vaccination “influenza vaccine” (from 2025 to 2025)"),
    (
        "colon cancer before 2020 and colonoscopy since 2023",
        "diagnosis “colon cancer” (until 2019); procedure “colonoscopy” (since 2023)",
    ),
    (
        "sepsis yesterday or this month",
        (
            "any of [diagnosis “sepsis” (from 2026-11-21 to 2026-11-21); diagnosis “sepsis” (from "
            "2026-11 to 2026-11)]"
        ),
    ),
)
OF_AN_EVENT = (
    (
        "MRI within 30 days after stroke",
        "pictures (modality MR; within 30 days after stroke). Where diagnosis “stroke” = stroke",
    ),
    (
        "뇌졸중 후 30일 이내에 MRI를 찍은 환자",
        "pictures (modality MR; within 30 days after stroke). Where diagnosis “stroke” = stroke",
    ),
    (
        "CT within 7 days before surgery",
        "pictures (modality CT; within 7 days before procedure). Where procedure = procedure",
    ),
    (
        "수술 전 7일 이내 CT를 촬영한 환자",
        "pictures (modality CT; within 7 days before procedure). Where procedure = procedure",
    ),
    (
        "patients readmitted within 30 days of discharge",
        (
            "visit (class IMP, ACUTE, NONAC; within 30 days after encounter). Where visit (class "
            "IMP, ACUTE, NONAC) = encounter"
        ),
    ),
    (
        "퇴원 후 30일 이내 재입원한 환자",
        (
            "visit (class IMP, ACUTE, NONAC; within 30 days after encounter). Where visit (class "
            "IMP, ACUTE, NONAC) = encounter"
        ),
    ),
    (
        "수술 후 섬망이 발생한 환자",
        "diagnosis “delirium” (not before procedure). Where procedure = procedure",
    ),
)
SINCE = (
    (
        "수술 7일 전에 찍은 CT",
        "pictures (modality CT; within 7 days before procedure). Where procedure = procedure",
    ),
    (
        "흉부 CT를 2주 전에 찍은 환자",
        "pictures (modality CT; of “chest”; within 2 weeks before the day of the question)",
    ),
    (
        "PE following total knee arthroplasty (within 3 months)",
        (
            "diagnosis “pulmonary embolism” (within 3 months after knee-replacement). Where procedure "
            "“knee replacement” = knee-replacement"
        ),
    ),
    (
        "cholecystectomy within six months of being diagnosed with acute pancreatitis",
        (
            "procedure “cholecystectomy” (within 6 months after acute-pancreatitis). Where diagnosis "
            "“acute pancreatitis” = acute-pancreatitis"
        ),
    ),
    (
        "uric acid > 6 after 3 months of allopurinol",
        (
            "result “uric acid” (value over 6 mg/dL; at least 3 months after allopurinol). Where drug "
            "“allopurinol” = allopurinol"
        ),
    ),
    (
        "hip fracture and stroke on the same day",
        (
            "diagnosis “hip fracture”; diagnosis “stroke” (on the same day as hip-fracture). Where "
            "diagnosis “hip fracture” = hip-fracture"
        ),
    ),
    (
        "급성 뇌경색 발생 후 48시간 이내에 찍은 뇌 MRI",
        (
            "pictures (modality MR; of “brain”; within 2 days after cerebral-infarction). Where "
            "diagnosis “cerebral infarction” = cerebral-infarction"
        ),
    ),
    (
        "리툭시맙 시작한 뒤 시행한 PET/CT",
        "pictures (modality PT; not before rituximab). Where drug “rituximab” (the first) = rituximab",
    ),
    (
        "등록 최소 6개월 전에 류마티스 관절염을 진단받은 환자",
        "diagnosis “rheumatoid arthritis” (at least 6 months before the day of the question)",
    ),
    (
        "brain MRI within 48 h after a stroke",
        "pictures (modality MR; of “brain”; within 2 days after stroke). Where diagnosis “stroke” = stroke",
    ),
    (
        "died of sepsis in 2025",
        "has died (from 2025 to 2025); diagnosis “sepsis”",
    ),
)


@pytest.mark.parametrize(("question", "meant"), OF_TODAY)
def test_a_window_has_its_ends(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), OF_AN_EVENT)
def test_a_window_may_hang_on_another_event(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", ["sepsis next year", "내년에 입원할 환자"])
def test_what_is_to_come_is_refused(question: str) -> None:
    assert reasons(question) & {"future", "not-understood"}


def test_what_nobody_knows_the_end_of_is_asked_for_beside_it_and_told() -> None:
    assert who("MRI during diabetes") == "pictures (modality MR); diagnosis “diabetes”"
    assert "overlap" in doubts("MRI during diabetes")


@pytest.mark.parametrize(("question", "meant"), SINCE)
def test_times_are_counted_from_what_they_are_said_of(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(
    "question", ["stopped aspirin within 7 days before surgery", "아스피린을 7일 전에 중단한 환자"]
)
def test_when_a_drug_was_stopped_is_on_no_record(question: str) -> None:
    assert reasons(question) == {"stop-time"}


def test_a_date_behind_from_may_be_meant_in_two_ways() -> None:
    assert who("CT from 2024") == "pictures (modality CT; from 2024 to 2024)"
    assert who("CT from 2024", from_0="since") == "pictures (modality CT; since 2024)"


def test_in_so_long_looks_back_only_where_it_is_denied() -> None:
    assert who("no colonoscopy in 10 years") == (
        "not [procedure “colonoscopy” (within 10 years before the day of the question)]"
    )
    assert who("colonoscopy in 10 years") == ""


ENGLISH_WORDINGS = (
    (
        "women with a chest CT, 2025, and gout",
        "women; pictures (modality CT; of “chest”; from 2025 to 2025); diagnosis “gout”",
    ),
    ("women with a CT in 2024 or 2025", "women; pictures (modality CT; from 2024 to 2025)"),
    ("women with a mammogram from before 2024", "women; pictures (modality MG; until 2023)"),
    ("aspirin prescribed no earlier than 2023", "drug “aspirin” (since 2023)"),
    ("aspirin prescribed no later than 2025", "drug “aspirin” (until 2025)"),
    (
        "epilepsy diagnosed 5 years ago or longer",
        "diagnosis “epilepsy” (at least 5 years before the day of the question)",
    ),
    (
        "patients with a knee X-ray followed, within six weeks, by a knee MRI",
        "pictures (modality CR, DX, RG; of “knee”); "
        "pictures (modality MR; of “knee”; within 6 weeks after x-ray)",
    ),
    (
        "neither a CT nor an MRI in the year before gout was diagnosed",
        "not [pictures (modality CT; within 1 year before gout)]; "
        "not [pictures (modality MR; within 1 year before gout)]; diagnosis “gout”",
    ),
    ("hemoglobin from 7 to 10 g/dL", "result “hemoglobin” (value from 7 g/dL to 10 g/dL)"),
)


@pytest.mark.parametrize(("question", "meant"), ENGLISH_WORDINGS)
def test_other_wordings_tell_the_same_times(question: str, meant: str) -> None:
    assert who(question).partition(". Where")[0] == meant
