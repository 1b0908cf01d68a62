"""Lists: what `or` ends, what a level before them is of, and what a comma keeps apart."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, who

LISTS = (
    (
        "Hb < 9, platelets < 100 or ANC < 1.5",
        (
            "any of [result “hemoglobin” (value under 9 g/dL); result “platelet count” (value under "
            "100 10*3/uL); result “absolute neutrophil count” (value under 1.5 10*3/uL)]"
        ),
    ),
    (
        "혈색소 9 미만, 혈소판 10만 미만 또는 INR 2 초과",
        (
            "any of [result “hemoglobin” (value under 9 g/dL); result “platelet count” (value under "
            "100 10*3/uL); result “INR” (value over 2 {INR})]"
        ),
    ),
    (
        "elevated AST, ALT or bilirubin",
        (
            "any of [result “aspartate aminotransferase” (value high); result “alanine "
            "aminotransferase” (value high); result “total bilirubin” (value high)]"
        ),
    ),
    (
        "aspirin plus clopidogrel, ticagrelor or prasugrel",
        "drug “aspirin”; any of [drug “clopidogrel”; drug “ticagrelor”; drug “prasugrel”]",
    ),
    (
        "아스피린과 함께 클로피도그렐, 티카그렐러 중 하나를 복용 중인 환자",
        "drug “aspirin”; any of [drug “clopidogrel”; drug “ticagrelor”]",
    ),
    (
        "positive for hepatitis B surface antigen, hepatitis C antibody or HIV",
        (
            "any of [result “hepatitis B surface antigen” (value one of ⟨SNOMED CT 10828004, SNOMED "
            "CT 260373001, SNOMED CT 11214006, SNOMED CT 52101004, "
            "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation POS⟩); result "
            "“hepatitis C antibody” (value one of ⟨SNOMED CT 10828004, SNOMED CT 260373001, SNOMED CT "
            "11214006, SNOMED CT 52101004, "
            "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation POS⟩); diagnosis “HIV "
            "infection”]"
        ),
    ),
    (
        "penicillin or cephalosporin allergy",
        "any of [allergy “penicillin allergy”; allergy “cephalosporin allergy”]",
    ),
    (
        "페니실린 또는 세팔로스포린 알레르기",
        "any of [allergy “penicillin allergy”; allergy “cephalosporin allergy”]",
    ),
)
TIGHT = (
    (
        "diabetes, or hypertension and gout",
        "any of [diagnosis “diabetes”; all of [diagnosis “hypertension”; diagnosis “gout”]]",
    ),
    (
        "ferritin < 100, or ferritin 100 to 299 with transferrin saturation < 20",
        (
            "any of [result “ferritin” (value under 100 ng/mL); all of [result “ferritin” (value from "
            "100 ng/mL to 299 ng/mL); result “transferrin saturation” (value under 20 %)]]"
        ),
    ),
    (
        "페리틴 100 미만이거나, 페리틴 100~299이면서 트랜스페린 포화도 20% 미만",
        (
            "any of [result “ferritin” (value under 100 ng/mL); all of [result “ferritin” (value from "
            "100 ng/mL to 299 ng/mL); result “transferrin saturation” (value under 20 %)]]"
        ),
    ),
)


@pytest.mark.parametrize(("question", "meant"), LISTS)
def test_what_is_said_of_a_list_is_said_of_all_of_it(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), TIGHT)
def test_a_comma_before_or_keeps_what_and_joins_together(question: str, meant: str) -> None:
    assert who(question) == meant
    assert "order" in doubts(question)
