"""What hangs on other things: on what denies it, how it was found, what it was before."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, who

DENIED = (
    (
        "뇌졸중 진단 후 3일 이내에 뇌 MRI를 찍지 않은 환자",
        (
            "not [pictures (modality MR; of “brain”; within 3 days after stroke)]; diagnosis "
            "“stroke”. Where diagnosis “stroke” = stroke"
        ),
    ),
    (
        "patients without a brain MRI within 3 days after stroke",
        (
            "not [pictures (modality MR; of “brain”; within 3 days after stroke)]; diagnosis "
            "“stroke”. Where diagnosis “stroke” = stroke"
        ),
    ),
)
OVERLAPS = (
    (
        "platelets < 50 while on heparin",
        "result “platelet count” (value under 50 10*3/uL); drug “heparin”",
    ),
    (
        "헤파린 쓰는 중 혈소판 5만 미만",
        "result “platelet count” (value under 50 10*3/uL); drug “heparin”",
    ),
    (
        "hydronephrosis during pregnancy",
        (
            "diagnosis “hydronephrosis”; any of [diagnosis “pregnant”; result “pregnant” (value one "
            "of ⟨SNOMED CT 77386006⟩)]"
        ),
    ),
)
METHODS = (
    (
        "QTc greater than 470 ms on ECG, or long QT syndrome",
        (
            "any of [all of [result “QTc” (value over 470 ms); procedure “electrocardiogram”]; "
            "diagnosis “long QT syndrome”]"
        ),
    ),
    (
        "심전도에서 QTc 470 ms 초과 또는 긴 QT 증후군",
        (
            "any of [all of [result “QTc” (value over 470 ms); procedure “electrocardiogram”]; "
            "diagnosis “long QT syndrome”]"
        ),
    ),
)
REPORTS = (
    (
        "imaging in 2024 that has no report",
        (
            "pictures (from 2024 to 2024); not [report (of the same study as imaging)]. Where "
            "pictures (from 2024 to 2024) = imaging"
        ),
    ),
    (
        "판독문이 없는 흉부 CT",
        (
            "not [report (of the same study as ct)]; pictures (modality CT; of “chest”). Where "
            "pictures (modality CT; of “chest”) = ct"
        ),
    ),
)
SCANS = (
    (
        "검사 전 1주 이내 eGFR 30 미만인데도 조영 MRI 찍은 환자",
        (
            "result “estimated glomerular filtration rate” (value under 30 mL/min/{1.73_m2}; within 1 "
            "week before mri); pictures (modality MR; with contrast). Where pictures (modality MR; "
            "with contrast) = mri"
        ),
    ),
    (
        "MRI with gadolinium despite eGFR < 30 in the week before",
        (
            "pictures (modality MR; with contrast); result “estimated glomerular filtration rate” "
            "(value under 30 mL/min/{1.73_m2}; within 1 week before mri). Where pictures (modality "
            "MR; with contrast) = mri"
        ),
    ),
)


@pytest.mark.parametrize(("question", "meant"), DENIED)
def test_what_a_denial_is_counted_from_has_to_be_there(question: str, meant: str) -> None:
    assert who(question) == meant
    assert "anchored" in doubts(question)


@pytest.mark.parametrize(("question", "meant"), OVERLAPS)
def test_what_nobody_knows_the_end_of_is_asked_for_beside_it(question: str, meant: str) -> None:
    assert who(question) == meant
    assert "overlap" in doubts(question)


@pytest.mark.parametrize(("question", "meant"), METHODS)
def test_how_a_result_was_found_goes_with_it(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), REPORTS)
def test_a_report_that_is_missing_is_one_of_the_pictures(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), SCANS)
def test_a_bare_scan_is_the_one_that_is_named(question: str, meant: str) -> None:
    assert who(question) == meant
