"""What wards and trials write short: signs in brackets, two sexes, lists, numbers of diseases."""

import pytest

from tests.app.cohorts.plain_words.said import said, who

SIGNS = (
    ("dysphagia (+), gout (-)", "diagnosis “dysphagia”; not [diagnosis “gout”]"),
    (
        "troponin neg",
        (
            "result “troponin” (value one of ⟨SNOMED CT 260385009, SNOMED CT 260415000, SNOMED CT "
            "131194007, SNOMED CT 2667000, "
            "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation NEG⟩)"
        ),
    ),
    ("penicillin allergy hx", "allergy “penicillin allergy”"),
)
SEXES = (
    (
        "Males and non-pregnant females",
        "any of [men; all of [result “not pregnant” (value one of ⟨SNOMED CT 60001007⟩); women]]",
    ),
    (
        "40세 이상의 남성 또는 임신하지 않은 여성",
        (
            "any of [men; all of [result “not pregnant” (value one of ⟨SNOMED CT 60001007⟩); "
            "women]]; 40 years or older"
        ),
    ),
)
LISTS = (
    (
        "at least two of: gout, asthma, COPD",
        (
            "at least 2 of [diagnosis “gout”; diagnosis “asthma”; diagnosis “chronic obstructive "
            "pulmonary disease”]"
        ),
    ),
    (
        "at least 2 of the following 3: gout, asthma, COPD",
        (
            "at least 2 of [diagnosis “gout”; diagnosis “asthma”; diagnosis “chronic obstructive "
            "pulmonary disease”]"
        ),
    ),
    (
        "hypertension, defined as systolic BP > 160 or diastolic BP > 100",
        (
            "diagnosis “hypertension”; any of [result “systolic blood pressure” (value over 160 "
            "mm[Hg]); result “diastolic blood pressure” (value over 100 mm[Hg])]"
        ),
    ),
    (
        "allergic to penicillin or to aspirin",
        "any of [allergy “penicillin allergy”; allergy “aspirin allergy”]",
    ),
    (
        "patients with heart failure unless they are on dialysis",
        "diagnosis “heart failure”; not [procedure “dialysis”]",
    ),
)
NOW = (
    ("INR above 3 right now", "result “INR” (value over 3 {INR}; the last)"),
    (
        "currently on ampicillin, aspirin or metformin",
        (
            "any of [drug “ampicillin” (status active); drug “aspirin” (status active); drug "
            "“metformin” (status active)]"
        ),
    ),
    ("수술과 항암치료를 받지 않은 환자", "not [any of [procedure; procedure “chemotherapy”]]"),
)
NUMBERS = (
    ("ECOG 0 or 1", "result “ECOG performance status” (value from 0 {score} to 1 {score})"),
    ("ECOG 0 또는 1점", "result “ECOG performance status” (value from 0 {score} to 1 {score})"),
    ("patients with COPD over 60", "diagnosis “chronic obstructive pulmonary disease”; older than 60 years"),
    (
        "최소 3개월 이상 메트포르민을 복용한 환자",
        "drug “metformin” (at least 3 months before the day of the question)",
    ),
    (
        "Age 18 to 75 at the time of diagnosis",
        "from 18 to 75 years old, at condition. Where diagnosis = condition",
    ),
)
SHOWN = (
    (
        "no hemorrhage on CT",
        "report (saying any of “hemorrhage”, “haemorrhage”, “bleeding”, “bleed”, “출혈”, “출혈증”; denied)",
    ),
    (
        "CT negative for embolism",
        "report (saying any of “embolism”, “emboli”, “embolus”, “색전증”, “색전”; denied)",
    ),
    (
        "patients with a fracture seen on x-ray",
        (
            "report (saying any of “fracture”, “bone fracture”, “broken bone”, “fractures”, “골절”, "
            "“뼈 골절”, “골절상”, “뼈 부러짐”)"
        ),
    ),
)
PLACES = (
    ("patients seen in the ED with chest pain", "visit (class EMER); diagnosis “chest pain”"),
    ("patients with ED", "diagnosis “erectile dysfunction”"),
)
SHORTLY = (
    (
        "anyone with QTc > 500",
        "result “QTc” (value over 500 ms)",
    ),
    (
        "trop > 0.04 in last 24h",
        "result “troponin” (value over 0.04 ng/mL; within 1 day before the day of the question)",
    ),
    (
        "breast ca",
        "diagnosis “breast cancer”",
    ),
    (
        "plz list all pts with gout",
        "diagnosis “gout”",
    ),
    (
        "BMI 27-40, any age",
        "result “body mass index” (value from 27 kg/m2 to 40 kg/m2)",
    ),
    (
        "TSH below 0.4 or above 4.5",
        (
            "any of [result “thyroid stimulating hormone” (value under 0.4 m[IU]/L); result “thyroid "
            "stimulating hormone” (value over 4.5 m[IU]/L)]"
        ),
    ),
    (
        "K > 5.5 here",
        "result “potassium” (value over 5.5 mmol/L)",
    ),
    (
        "opioids for over 90 days, cancer excluded",
        "drug “opioid” (at least 90 days before the day of the question); not [diagnosis “cancer”]",
    ),
)
ROLES = (
    (
        "family history of gout and a mammogram in 2025",
        "family history “gout”; pictures (modality MG; from 2025 to 2025)",
    ),
    (
        "DVT patients not on anticoagulation",
        "diagnosis “deep vein thrombosis”; not [drug “anticoagulant”]",
    ),
)


@pytest.mark.parametrize(("question", "meant"), SIGNS)
def test_a_sign_behind_a_thing_tells_whether_it_is_there(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), SEXES)
def test_what_is_said_of_the_second_sex_is_of_that_one(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), LISTS)
def test_a_list_reaches_as_far_as_its_cue(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), NOW)
def test_a_cue_reaches_over_its_list(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), NUMBERS)
def test_a_number_is_of_what_stands_before_it(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), SHOWN)
def test_findings_on_pictures_are_told_by_reports(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), PLACES)
def test_a_place_is_no_disease(question: str, meant: str) -> None:
    assert who(question) == meant


REFUSED = (
    "활동성 결핵 또는 치료받지 않은 잠복결핵",
    "Active tuberculosis, or untreated latent tuberculosis",
    "stroke within 4.5 hours",
    "60세 미만 여성 폐암 환자의 흡연 상태 분포",
    "COVID-19 patients who were subsequently found to have diabetes, and who had no diabetes before",
    "Order a chest CT for everyone with a cough",
)


@pytest.mark.parametrize("question", REFUSED)
def test_what_would_be_read_wrongly_is_refused(question: str) -> None:
    assert said(question) == ""


@pytest.mark.parametrize(("question", "meant"), SHORTLY)
def test_what_is_written_short_is_read(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), ROLES)
def test_a_role_ends_where_what_it_is_not_of_begins(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "who needs a flu shot",
        "stroke patients eligible for tPA",
        "measles among vaccinated children",
        "no cancer other than skin cancer",
        "patients in the ICU for more than 7 days",
    ],
)
def test_what_no_condition_says_is_refused(question: str) -> None:
    assert who(question) == ""
