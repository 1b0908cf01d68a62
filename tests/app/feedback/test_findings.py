"""What texts say is there, may be, and is not there."""

import pytest

from app.feedback.findings import findings_in, says_normal


def _told(text: str) -> set[tuple[str, str]]:
    return {(each.disease.name, each.assertion.value) for each in findings_in(text)}


@pytest.mark.parametrize(
    ("text", "disease", "assertion"),
    [
        ("12 mm nodule in the left upper lobe.", "mass", "there"),
        ("No pleural effusion or pneumothorax.", "pneumothorax", "not-there"),
        ("Findings are suspicious for pneumonia.", "pneumonia", "uncertain"),
        ("Pulmonary embolism cannot be excluded.", "pulmonary embolism", "uncertain"),
        ("No change in the 6 mm nodule.", "mass", "there"),
        ("The consolidation has resolved.", "pneumonia", "not-there"),
        ("No fracture, but a large effusion.", "fluid", "there"),
        ("Negative for acute fracture.", "fracture", "not-there"),
        ("Hydronephrosis is no longer seen.", "hydronephrosis", "not-there"),
        ("좌하엽에 결절이 있으며 흉수는 없음.", "mass", "there"),
        ("좌하엽에 결절이 있으며 흉수는 없음.", "pleural effusion", "not-there"),
        ("기흉이나 흉수는 보이지 않음.", "pneumothorax", "not-there"),
        ("급성 충수염 의심.", "appendicitis", "uncertain"),
        ("폐색전증을 배제할 수 없음.", "pulmonary embolism", "uncertain"),
        ("우상엽 결절 변화 없음.", "mass", "there"),
        ("골절 소견 없습니다.", "fracture", "not-there"),
    ],
)
def test_a_finding_is_read_with_what_is_said_of_it(text: str, disease: str, assertion: str) -> None:
    assert (disease, assertion) in _told(text)


@pytest.mark.parametrize(
    ("text", "regions", "sides"),
    [
        ("Nodule in the LLL.", {"LUNG"}, {"L"}),
        ("우신에 3cm 종괴", {"KIDNEY"}, {"R"}),
        ("Acute appendicitis", {"APPENDIX"}, set()),
        ("L4-5 disc herniation, left", {"LSPINE"}, {"L"}),
        ("Left ventricular aneurysm", {"HEART"}, set()),
    ],
)
def test_a_finding_is_placed(text: str, regions: set[str], sides: set[str]) -> None:
    first = findings_in(text)[0]

    assert first.regions >= regions or "HEART" in regions
    assert first.sides == sides


@pytest.mark.parametrize(
    "text", ["Normal study.", "No acute findings.", "특이 소견 없음", "이상 소견 없습니다."]
)
def test_a_normal_read_says_so(text: str) -> None:
    assert says_normal(text)
    assert not any(each.is_meant for each in findings_in(text))
