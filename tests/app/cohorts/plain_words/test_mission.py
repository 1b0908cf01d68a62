"""The sentence that Hilum was made for, in both languages, as it is written in each."""

from tests.app.cohorts.plain_words.said import doubts, plain, read

ENGLISH = (
    "all medications prescribed, with all CT scan documents and associated radiology reports, "
    "for every patient over 45 diagnosed with osteosarcoma within the last two years"
)
KOREAN = (
    "지난 2년 동안 골육종 진단을 받은 45세 이상 환자를 위한 모든 CT 검사 문서 및 "
    "관련 방사선 보고서로 처방된 모든 약물을 알려주세요."
)


def population(text: str) -> list[dict[str, object]]:
    found = read(text).question
    return [] if found is None else list(plain(found["population"]["all"]))


def rows(text: str) -> set[tuple[str, str]]:
    found = read(text).question
    return set() if found is None else {(each["resource"], each["as"]) for each in found["output"]["rows"]}


def test_both_ask_for_the_same_rows() -> None:
    assert rows(ENGLISH) == rows(KOREAN)
    assert {resource for resource, _ in rows(KOREAN)} == {
        "MedicationRequest",
        "ImagingStudy",
        "DocumentReference",
        "DiagnosticReport",
    }


def test_they_do_not_mean_the_same_age() -> None:
    ages = [next(each["age"] for each in population(text) if "age" in each) for text in (ENGLISH, KOREAN)]

    assert ages == [{"op": "gt", "value": 45, "unit": "a"}, {"op": "ge", "value": 45, "unit": "a"}]


def test_but_for_the_age_they_mean_the_same() -> None:
    english, korean = ([each for each in population(text) if "age" not in each] for text in (ENGLISH, KOREAN))

    assert english == korean
    assert {"exists": "ct"} in english


def test_that_a_scan_is_needed_and_what_counts_as_diagnosed_is_told() -> None:
    assert doubts(ENGLISH) == doubts(KOREAN) == {"needed", "confirmed"}
