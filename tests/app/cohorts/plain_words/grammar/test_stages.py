"""Stages of kidneys and of cancers, as trials and wards write them."""

import pytest

from tests.app.cohorts.plain_words.said import who

KIDNEYS = (
    (
        "CKD stage 3b or worse",
        (
            "diagnosis “chronic kidney disease, stage 3b or chronic kidney disease, stage 4 or "
            "chronic kidney disease, stage 5 or end stage renal disease”"
        ),
    ),
    (
        "stage 4 CKD",
        "diagnosis “chronic kidney disease, stage 4”",
    ),
    (
        "CKD stage 3 or 4",
        "diagnosis “chronic kidney disease, stage 3 or chronic kidney disease, stage 4”",
    ),
    (
        "CKD 4-5 pts taking NSAIDs",
        (
            "diagnosis “chronic kidney disease, stage 4 or chronic kidney disease, stage 5 or end "
            "stage renal disease”; drug “NSAID”"
        ),
    ),
    (
        "CKD G3a-G5",
        (
            "diagnosis “chronic kidney disease, stage 3a or chronic kidney disease, stage 3b or "
            "chronic kidney disease, stage 4 or chronic kidney disease, stage 5 or end stage renal "
            "disease”"
        ),
    ),
    (
        "dialysis within 1 year after stage 4 CKD",
        (
            "procedure “dialysis” (within 1 year after ckd-stage-4). Where diagnosis “chronic kidney "
            "disease, stage 4” = ckd-stage-4"
        ),
    ),
    (
        "만성콩팥병 3~5기 환자",
        (
            "diagnosis “chronic kidney disease, stage 3 or chronic kidney disease, stage 4 or chronic "
            "kidney disease, stage 5 or end stage renal disease”"
        ),
    ),
    (
        "3기 이상 만성콩팥병 환자",
        (
            "diagnosis “chronic kidney disease, stage 3 or chronic kidney disease, stage 4 or chronic "
            "kidney disease, stage 5 or end stage renal disease”"
        ),
    ),
    (
        "CKD 3b기 이상",
        (
            "diagnosis “chronic kidney disease, stage 3b or chronic kidney disease, stage 4 or "
            "chronic kidney disease, stage 5 or end stage renal disease”"
        ),
    ),
)
CANCERS = (
    (
        "stage III or IV NSCLC",
        (
            "any of [result “stage III” (value one of ⟨SNOMED CT 50283003, SNOMED CT 258224005⟩); "
            "result “stage IV” (value one of ⟨SNOMED CT 2640006, SNOMED CT 258228008⟩); diagnosis "
            "“stage IV”]; diagnosis “non-small cell lung cancer”"
        ),
    ),
    (
        "breast cancer, stage I-III",
        (
            "diagnosis “breast cancer”; any of [result “stage I” (value one of ⟨SNOMED CT 13104003, "
            "SNOMED CT 258215001⟩); result “stage II” (value one of ⟨SNOMED CT 60333009, SNOMED CT "
            "258219007⟩); result “stage III” (value one of ⟨SNOMED CT 50283003, SNOMED CT "
            "258224005⟩)]"
        ),
    ),
    (
        "stage IV melanoma",
        (
            "any of [result “stage IV” (value one of ⟨SNOMED CT 2640006, SNOMED CT 258228008⟩); "
            "diagnosis “stage IV”]; diagnosis “melanoma”"
        ),
    ),
    (
        "위암 3기 환자",
        (
            "diagnosis “stomach cancer”; result “stage III” (value one of ⟨SNOMED CT 50283003, SNOMED "
            "CT 258224005⟩)"
        ),
    ),
)
LEFT = ("stage IIIB NSCLC", "stage IA lung cancer", "stage 2 hypertension", "stage 3 pressure ulcer")


@pytest.mark.parametrize(("question", "meant"), KIDNEYS)
def test_a_stage_of_the_kidneys_is_a_diagnosis_of_its_own(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), CANCERS)
def test_a_stage_of_a_cancer_is_told_beside_it(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", LEFT)
def test_a_stage_that_has_no_code_here_is_not_left_out(question: str) -> None:
    assert who(question) == ""
