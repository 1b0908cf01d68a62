"""What a report says of a word: that it is there, that it is not, or perhaps; and in which section."""

import base64

import pytest

from app.cohorts.evaluation.report_words import truth_of
from app.cohorts.evaluation.verdicts import Truth
from app.cohorts.language.question import ReportWords
from tests.factories.fhir import diagnostic_report

CHEST = """FINDINGS: There is a 4 mm nodule in the right upper lobe. No pleural effusion.
Possible small fracture of the sixth rib.
IMPRESSION: 1. Pulmonary nodule. 2. Pneumonia cannot be excluded."""
KOREAN = """소견: 우상엽에 4mm 결절이 있음. 흉수는 없음. 골절이 의심됨.
결론: 폐결절. 폐렴 의심."""

SAID = [
    ("there", CHEST, ReportWords(some=("nodule",)), Truth.TRUE),
    ("in the plural", CHEST.replace("nodule in", "nodules in"), ReportWords(some=("nodule",)), Truth.TRUE),
    ("denied", CHEST, ReportWords(some=("pleural effusion",)), Truth.FALSE),
    ("denied, as it is asked for", CHEST, ReportWords(some=("effusion",), assertion="negated"), Truth.TRUE),
    ("perhaps", CHEST, ReportWords(some=("fracture",)), Truth.UNKNOWN),
    (
        "perhaps, as it is asked for",
        CHEST,
        ReportWords(some=("fracture",), assertion="uncertain"),
        Truth.TRUE,
    ),
    ("not excluded", CHEST, ReportWords(some=("pneumonia",)), Truth.UNKNOWN),
    ("not mentioned", CHEST, ReportWords(some=("aneurysm",)), Truth.FALSE),
    ("said somehow", CHEST, ReportWords(some=("effusion",), assertion="any"), Truth.TRUE),
    ("one of two", CHEST, ReportWords(some=("aneurysm", "nodule")), Truth.TRUE),
    ("two of two", CHEST, ReportWords(every=("nodule", "fracture")), Truth.UNKNOWN),
    ("none of what is denied", CHEST, ReportWords(none=("effusion",)), Truth.TRUE),
    ("none of what is there", CHEST, ReportWords(none=("nodule",)), Truth.FALSE),
    ("none of what may be there", CHEST, ReportWords(none=("fracture",)), Truth.UNKNOWN),
    ("in the impression", CHEST, ReportWords(some=("nodule",), section="impression"), Truth.TRUE),
    ("not in the impression", CHEST, ReportWords(some=("fracture",), section="impression"), Truth.FALSE),
    ("in the findings", CHEST, ReportWords(some=("fracture",), section="findings"), Truth.UNKNOWN),
    ("a part of another word", CHEST, ReportWords(some=("nod",)), Truth.FALSE),
    ("there, in Korean", KOREAN, ReportWords(some=("결절",)), Truth.TRUE),
    ("denied, in Korean", KOREAN, ReportWords(some=("흉수",)), Truth.FALSE),
    ("perhaps, in Korean", KOREAN, ReportWords(some=("골절",)), Truth.UNKNOWN),
    ("in the conclusion, in Korean", KOREAN, ReportWords(some=("폐결절",), section="impression"), Truth.TRUE),
]


@pytest.mark.parametrize(("text", "asked", "truth"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_a_report_says(text: str, asked: ReportWords, truth: Truth) -> None:
    assert truth_of(diagnostic_report("Patient/1", conclusion=text), asked) is truth


def test_a_report_without_text_says_nothing_that_anybody_knows() -> None:
    asked = ReportWords(some=("nodule",))

    assert truth_of(diagnostic_report("Patient/1", conclusion=None), asked) is Truth.UNKNOWN


def test_a_text_that_is_attached_is_read() -> None:
    attached = {"contentType": "text/plain", "data": base64.b64encode(b"A nodule is seen.").decode()}
    report = diagnostic_report("Patient/1", conclusion=None, presentedForm=[attached])

    assert truth_of(report, ReportWords(some=("nodule",))) is Truth.TRUE
