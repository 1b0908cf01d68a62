"""What descriptions of pictures are said to hold."""

import pytest

from tests.app.cohorts.plain_words.said import who

SERIES = "series described as"
CASES = (
    ("시리즈 설명에 FLAIR가 들어간 MRI", "pictures (modality MR; series described as “FLAIR”)"),
    ("시리즈명이 MPR인 흉부 CT", "pictures (modality CT; of “chest”; series described as “MPR”)"),
    ('시리즈 설명에 "T2 GRE"가 포함된 MRI', "pictures (modality MR; series described as “T2 GRE”)"),
    ("검사명에 angio가 들어간 CT", "pictures (modality CT; described as “angio”)"),
    ("검사 설명에 'stroke protocol'이 들어간 검사", "pictures (described as “stroke protocol”)"),
    ("시리즈 설명에 조영이 들어간 MRI", "pictures (modality MR; series described as “조영”)"),
    ("시리즈가 5개를 넘는 MRI", "pictures (modality MR; series over 5)"),
    ("1.25mm 이하 절편의 경부 CT를 찍은 환자", "pictures (modality CT; of “neck”; slices 1.25 mm or less)"),
    ("슬라이스 두께 3 mm 미만 간 CT", "pictures (modality CT; of “liver”; slices under 3 mm)"),
    ("지멘스 CT로 찍은 검사", "pictures (modality CT; made by “SIEMENS”)"),
    ("PET 찍은 사람", "pictures (modality PT)"),
)


@pytest.mark.parametrize(("question", "meant"), CASES)
def test_it_is_read_as_it_is_meant(question: str, meant: str) -> None:
    assert who(question) == meant
