"""What English questions were silently misread for, each kind in several wordings."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, read, reasons, said, who

THEN = (
    "a stroke that came before the age of 50",
    "a stroke before 50 years of age",
    "a stroke which happened before age 50",
    "stroke diagnosed before they turned 50",
)
WITHOUT = (
    "brain MRI with no contrast agent",
    "brain MRI, no contrast material",
    "brain MRI without any contrast media",
    "brain MRI, contrast agent not given",
    "brain MRI without iv contrast medium",
)
WITH = ("brain MRI with contrast material", "brain MRI, contrast agent given", "brain MRI using contrast dye")
CELSIUS = (
    "fever: 38.5 or more",
    "fever of 38.5 or above",
    "fever (38.5 or more)",
    "temperature: 38.5 or higher",
    "fever of at least 38.5 degrees",
)
ROWS = (
    "last HbA1c and creatinine of every diabetic over 70",
    "most recent HbA1c and creatinine of all diabetics over 70",
    "latest HbA1c and creatinine of each diabetic patient over 70",
)
LISTS = (
    (
        "taking warfarin, apixaban or rivaroxaban, weight >= 60 kg",
        (
            "any of [drug “warfarin”; drug “apixaban”; drug “rivaroxaban”]; "
            "result “body weight” (value 60 kg or more)"
        ),
    ),
    (
        "with asthma or gout, HbA1c above 8",
        "any of [diagnosis “asthma”; diagnosis “gout”]; result “hemoglobin A1c” (value over 8 %)",
    ),
    (
        "warfarin or apixaban, HbA1c > 8 or BMI > 30",
        (
            "any of [drug “warfarin”; drug “apixaban”]; any of [result “hemoglobin A1c” (value over 8 %); "
            "result “body mass index” (value over 30 kg/m2)]"
        ),
    ),
)
CONTROL = (
    "poorly controlled diabetes",
    "patients with uncontrolled hypertension",
    "well controlled asthma in children",
    "patients whose diabetes is not well controlled",
    "diabetes with poor control",
)
READ = (
    ("patients co-infected with HIV and hepatitis C", "diagnosis “HIV infection”; diagnosis “hepatitis C”"),
    ("any morphine order", "drug “morphine”"),
    ("patients with an order for morphine", "drug “morphine”"),
    ("hip or knee replacement", "any of [procedure “hip replacement”; procedure “knee replacement”]"),
    (
        "heart, lung or liver transplant",
        ("any of [procedure “heart transplant”; procedure “lung transplant”; procedure “liver transplant”]"),
    ),
    ("wrist or hip fractures", "any of [diagnosis “wrist fracture”; diagnosis “hip fracture”]"),
    ("under-fives with asthma", "younger than 5 years; diagnosis “asthma”"),
    ("over-80s with gout", "older than 80 years; diagnosis “gout”"),
    ("over-sixties with gout", "older than 60 years; diagnosis “gout”"),
)
BELONGING = (
    "brain MRIs and the reports that belong to them",
    "brain MRIs with the reports that go with them",
    "brain MRIs and the reports belonging to the pictures",
)


@pytest.mark.parametrize("question", THEN)
def test_an_age_that_something_came_before_is_that_of_then(question: str) -> None:
    assert (
        who(question)
        == "diagnosis “stroke”; younger than 50 years, at stroke. Where diagnosis “stroke” = stroke"
    )
    assert "age-at" in doubts(question)


@pytest.mark.parametrize("question", WITHOUT)
def test_pictures_without_a_contrast_agent(question: str) -> None:
    assert who(question) == "pictures (modality MR; of “brain”; without contrast)"


@pytest.mark.parametrize("question", WITH)
def test_pictures_with_a_contrast_agent(question: str) -> None:
    assert who(question) == "pictures (modality MR; of “brain”; with contrast)"


def test_a_contrast_agent_with_no_pictures_is_a_drug() -> None:
    assert (
        who("patients who received contrast medium in 2025") == "drug “contrast medium” (from 2025 to 2025)"
    )


@pytest.mark.parametrize("question", CELSIUS)
def test_a_number_beside_fever_is_a_temperature(question: str) -> None:
    assert who(question) == "result “body temperature” (value 38.5 Cel or more)"


def test_a_temperature_that_nobody_has_in_celsius_is_in_fahrenheit() -> None:
    assert who("fever of 101 or more") == "result “body temperature” (value 101 [degF] or more)"
    assert who("fever, older than 40") == "diagnosis “fever”; older than 40 years"
    assert who("fever 3 or more times") == "diagnosis “fever” (at least 3 times)"


@pytest.mark.parametrize("question", ROWS)
def test_results_of_every_patient_are_rows(question: str) -> None:
    assert who(question) == "diagnosis “diabetes”; older than 70 years"
    rows = read(question).question["output"]["rows"]
    assert [(each["resource"], each["event"]) for each in rows] == [
        ("Observation", "hba1c"),
        ("Observation", "creatinine"),
    ]
    assert said(question).count("(the last)") == 2


def test_drugs_and_reports_of_every_patient_are_rows() -> None:
    assert said("drugs of all asthmatics") == "diagnosis “asthma”. Asked for: prescriptions = medications"
    assert said("prescriptions of all asthmatics") == said("drugs of all asthmatics")
    assert said("reports of all MRIs") == said("reports of MRIs")
    assert who("latest HbA1c over 9 of all diabetics") == (
        "result “hemoglobin A1c” (value over 9 %; the last); diagnosis “diabetes”"
    )


@pytest.mark.parametrize(("question", "meant"), LISTS)
def test_a_result_behind_a_list_is_none_of_it(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", CONTROL)
def test_how_well_a_disease_is_controlled_refuses(question: str) -> None:
    assert said(question) == ""
    assert reasons(question) & {"opinion", "not-understood"}


@pytest.mark.parametrize(("question", "meant"), READ)
def test_more_wordings_are_read(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", BELONGING)
def test_reports_that_belong_to_pictures_are_asked_for(question: str) -> None:
    assert said(question) == (
        "pictures (modality MR; of “brain”) = mri. Asked for: studies (those of mri) = mri; reports "
        "(belonging to mri) = reports; links from reports to mri (by imagingStudy|basedOn|accession)"
    )


def test_descriptions_are_read_without_quotation_marks() -> None:
    for question in (
        "MRI with series description containing FLAIR",
        "MRI whose series description contains FLAIR",
    ):
        assert who(question) == "pictures (modality MR; series described as “FLAIR”)"


def test_pictures_are_taken_and_no_drug() -> None:
    for question in ("chest CTs taken during an ICU stay", "chest CTs acquired during an ICU stay"):
        assert said(question).startswith("pictures (modality CT; of “chest”; during icu-stay)")


def test_reports_of_pictures_that_state_something_are_of_those_pictures() -> None:
    for question in ("reports of chest CT stating edema", "reports of chest CTs that mention edema"):
        assert "of the same study as ct" in said(question).partition("Asked for")[2]
        assert "pictures" in doubts(question)
