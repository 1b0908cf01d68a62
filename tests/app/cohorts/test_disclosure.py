"""A researcher without a purpose sees pseudonyms and no small number; with one, what everybody sees."""

import re
from typing import Any

import pytest

from app.security.demo import demo_name
from app.security.scopes import system_scope
from graph.accounts.accounts import RESEARCH, Granted
from graph.clock import now
from graph.local.process import wait_until
from tests.app.cohorts.conftest import Gateway, Open, mission
from tests.factories.dicom import ct_instance, uid
from tests.factories.fhir import condition, diagnostic_report, medication_request, patient

MANY = 12


@pytest.fixture(scope="module")
def hospital(gateways: Open) -> Gateway:
    """Twelve patients who match, three who are unknown."""
    gateway = gateways()
    for at in range(MANY + 3):
        born: Any = "1960-05-06" if at < MANY else None
        gateway.put(
            patient(f"MRN{at}", id=f"p{at}", birthDate=born, name=[{"family": "Secretname"}]),
            condition(f"Patient/p{at}", id=f"c{at}"),
            medication_request(f"Patient/p{at}", id=f"m{at}", note=[{"text": "Secretnote"}]),
            diagnostic_report(f"Patient/p{at}", id=f"r{at}", accession=f"ACC{at}", conclusion="Secretword"),
        )
    pictures = (
        ct_instance(
            patient_id=f"MRN{at}",
            study_uid=uid("disclosure", at),
            AccessionNumber=f"ACC{at}",
            StudyDescription="Secretstudy",
            PatientName=None,
            PatientBirthDate=None,
            PatientSex=None,
        )
        for at in range(MANY + 3)
    )
    gateway.store(*pictures)
    return gateway


def test_a_clinician_sees_everything(hospital: Gateway) -> None:
    answer = hospital.ask(mission())

    assert answer["counts"] == {"matched": MANY, "unknown": 3}
    assert len(answer["links"]) == MANY
    assert "Secretword" in str(answer)


def test_a_researcher_sees_pseudonyms_codes_and_years(hospital: Gateway) -> None:
    answer = hospital.ask(mission(), "researcher")

    assert answer["counts"] == {"matched": MANY, "unknown": None}
    assert [each["verdict"] for each in answer["patients"]] == ["matched"] * MANY
    assert re.fullmatch(r"Patient/pseudonym-[0-9a-f]{32}", answer["patients"][0]["reference"])
    assert answer["rows"]["rx"][0].keys() == {
        "patient", "reference", "code", "system", "authoredOn", "status", "intent",
    }  # fmt: skip
    assert answer["rows"]["rx"][0]["authoredOn"] == "2026"
    assert len(answer["links"]) == MANY


def test_nothing_that_names_a_patient_reaches_a_researcher(hospital: Gateway) -> None:
    text = str(hospital.ask(mission(), "researcher"))

    assert not re.search(r"Secret|MRN\d|ACC\d|2\.25\.|/(p|c|m|r)\d|\d{4}-\d\d-\d\d(?!')", text)


def test_pseudonyms_are_the_same_in_every_answer_and_tie_rows_together(hospital: Gateway) -> None:
    one, other = hospital.ask(mission(), "researcher"), hospital.ask(mission(asOf="2026-11-21"), "researcher")
    patients = {each["reference"] for each in one["patients"]}

    assert patients == {each["reference"] for each in other["patients"]}
    assert {row["patient"] for rows in one["rows"].values() for row in rows} == patients
    studies = {row["reference"] for row in one["rows"]["ct"]}
    assert {link["to"] for link in one["links"]} == studies


def test_few_patients_are_withheld_with_their_rows(hospital: Gateway) -> None:
    question = mission(output={**mission()["output"], "privacy": {"minCell": 13}})

    answer = hospital.ask(question, "researcher")

    assert answer["counts"] == {"matched": None, "unknown": None}
    assert answer["patients"] == []
    assert not any(answer["rows"].values())
    assert hospital.ask(question)["counts"]["matched"] == MANY


def test_the_threshold_cannot_be_lowered(hospital: Gateway) -> None:
    question = mission(output={"privacy": {"minCell": 1}})

    assert hospital.ask(question, "researcher")["counts"]["unknown"] is None


def test_with_a_purpose_grant_a_researcher_sees_what_a_clinician_sees(hospital: Gateway) -> None:
    identified = hospital.ask(mission())["patients"]
    scope = system_scope(hospital.services.sites.own.tenant)
    who, granted = demo_name("researcher"), Granted(None, None, RESEARCH)

    def is_identified() -> bool:
        return bool(hospital.ask(mission(), "researcher")["patients"] == identified)

    assert not is_identified()
    hospital.services.accounts.grant(scope, who, granted, now())
    assert wait_until(is_identified, 30)  # rights are remembered for seconds
    hospital.services.accounts.revoke(scope, who, granted)
    assert wait_until(lambda: not is_identified(), 30)
