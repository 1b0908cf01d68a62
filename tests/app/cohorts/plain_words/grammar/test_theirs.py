"""Records that are asked for behind the patients, and beside their pictures."""

import pytest

from tests.app.cohorts.plain_words.said import said

THEIRS = (
    (
        "patients with diabetes and their latest HbA1c",
        (
            "diagnosis “diabetes”. Asked for: results (those of hba1c) = hba1c. Where result "
            "“hemoglobin A1c” (the last) = hba1c"
        ),
    ),
    (
        "patients with lupus, along with their medications and lab results",
        "diagnosis “systemic lupus erythematosus”. Asked for: prescriptions = medications; results = results",
    ),
    (
        "prescriptions given to kids with otitis media",
        "younger than 18 years; diagnosis “otitis media”. Asked for: prescriptions = medications",
    ),
    (
        "For patients with breast cancer, show all mammograms",
        (
            "diagnosis “breast cancer”; pictures (modality MG) = mammography. Asked for: studies "
            "(those of mammography) = mammography"
        ),
    ),
)
REPORTS = (
    (
        "CT scans with their reports of men with COPD",
        (
            "men; diagnosis “chronic obstructive pulmonary disease”; pictures (modality CT) = ct. "
            "Asked for: studies (those of ct) = ct; reports (belonging to ct) = reports; links from "
            "reports to ct (by imagingStudy|basedOn|accession)"
        ),
    ),
    (
        "chest x-rays of men with COPD, together with the reports",
        (
            "men; diagnosis “chronic obstructive pulmonary disease”; pictures (modality CR, DX, RG; "
            "of “chest”) = x-ray. Asked for: studies (those of x-ray) = x-ray; reports (belonging to "
            "x-ray) = reports; links from reports to x-ray (by imagingStudy|basedOn|accession)"
        ),
    ),
)
TESTED = (
    (
        "patients with gout and their uric acid over 8",
        "diagnosis “gout”; result “uric acid” (value over 8 mg/dL)",
    ),
)


@pytest.mark.parametrize(("question", "meant"), THEIRS)
def test_records_behind_patients_are_asked_for(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), REPORTS)
def test_reports_beside_pictures_are_asked_for(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), TESTED)
def test_a_value_is_a_condition_and_no_row(question: str, meant: str) -> None:
    assert said(question) == meant
