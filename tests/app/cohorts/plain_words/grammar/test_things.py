"""Pictures with all that is said of them, in whatever order."""

import pytest

from tests.app.cohorts.plain_words.said import who

PICTURES = (
    (
        "contrast-enhanced abdominal CT with slice thickness of 1 mm or less",
        "pictures (modality CT; of “abdomen”; with contrast; slices 1 mm or less)",
    ),
    (
        "절편 두께 1 mm 이하의 조영증강 복부 CT",
        "pictures (modality CT; of “abdomen”; with contrast; slices 1 mm or less)",
    ),
    ("left knee MRI", "pictures (modality MR; of “knee”; side L)"),
    ("왼쪽 무릎 MRI 환자", "pictures (modality MR; of “knee”; side L)"),
    (
        "3T brain MRI studies in patients with gout",
        "pictures (modality MR; of “brain”; field exactly 3 T); diagnosis “gout”",
    ),
    (
        "chest CT on a Siemens scanner without contrast",
        "pictures (modality CT; of “chest”; without contrast; made by “SIEMENS”)",
    ),
    (
        "지멘스 장비로 찍은 비조영 흉부 CT",
        "pictures (modality CT; of “chest”; without contrast; made by “SIEMENS”)",
    ),
    (
        "CT with DLP over 1000 mGy*cm",
        "radiation dose (measured as dlp; value over 1000 mGy.cm); pictures (modality CT)",
    ),
    ("CT or MRI of the brain", "pictures (modality CT, MR; of “brain”)"),
)
NAMED = (
    (
        "thyroid cancer without lymph node metastasis",
        "diagnosis “thyroid cancer”; not [diagnosis “lymph node metastasis”]",
    ),
    (
        "림프절 전이가 없는 갑상선암 환자",
        "not [diagnosis “lymph node metastasis”]; diagnosis “thyroid cancer”",
    ),
    ("patients allergic to penicillin", "allergy “penicillin allergy”"),
    ("페니실린 알레르기가 있는 환자", "allergy “penicillin allergy”"),
    ("심박조율기를 삽입한 환자", "device “pacemaker”"),
    ("hepatitis C, never treated with interferon", "diagnosis “hepatitis C”; not [drug “interferon”]"),
)


@pytest.mark.parametrize(("question", "meant"), PICTURES)
def test_pictures_have_all_that_is_said_of_them(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), NAMED)
def test_things_are_known_by_their_names(question: str, meant: str) -> None:
    assert who(question) == meant
