"""What was answered before is held in memory; what is written then is in the next answer all the same."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from app.cohorts.evaluation import judging
from app.security.scopes import system_scope
from fhir_profiles.security_labels import CONFIDENTIALITY
from graph.allowances import SECURITY, sort_of
from graph.clock import now
from graph.columns.tenant import TenantColumns
from graph.errors import NotFound
from graph.scope import AccessScope
from tests.app.cohorts.conftest import Gateway, Json, Open
from tests.app.cohorts.evaluation.random_world import RandomWorld
from tests.app.cohorts.evaluation.test_agreement import SEED, differing
from tests.factories.dicom import ct_instance
from tests.factories.fhir import condition, diagnostic_report, observation, patient

ASTHMA = "195967001"
SNOMED = "http://snomed.info/sct"


def asked(*of: Json) -> Json:
    return {"version": "1", "asOf": "2026-11-22", "population": {"all": list(of)}, "output": {"rows": []}}


def having(code: str, **more: Any) -> Json:
    return {"condition": {"codes": [{"system": SNOMED, "code": code}], **more}}


OF_ANN = {
    "PatientID": "ann",
    "PatientName": "Patient^Test",
    "PatientBirthDate": "19800101",
    "PatientSex": "F",
}
ADULTS = {"age": {"op": "ge", "value": 18}}
ASTHMATICS = having(ASTHMA)
SCANNED = {"imaging": {"modality": ["CT"]}}
THIN = {"imaging": {"modality": ["CT"], "sliceThickness": {"op": "le", "value": 1.25}}}
ENHANCED = {"imaging": {"modality": ["CT"], "contrast": True}}
ANAEMIC = {
    "observation": {
        "codes": [{"system": "http://loinc.org", "code": "718-7"}],
        "value": {"op": "lt", "value": 10, "unit": "g/dL"},
    }
}
WITH_NODULE = {"report": {"text": {"any": ["nodule"]}}}


@pytest.fixture(scope="module")
def gateway(gateways: Open) -> Gateway:
    return gateways()


@pytest.fixture
def ann(gateway: Gateway) -> Iterator[str]:
    """A patient of whom everything that is asked below was asked before they came."""
    for each in (ADULTS, ASTHMATICS, SCANNED, THIN, ENHANCED, ANAEMIC, WITH_NODULE):
        who(gateway, each)
    gateway.put(patient("ann", id="ann", birthDate="1980-01-01"))
    yield "Patient/ann"
    for name in ("Condition/c1", "Observation/o1", "DiagnosticReport/r1", "Patient/ann", "Patient/bob"):
        with suppress(NotFound):
            gateway.delete(name)


def who(gateway: Gateway, *of: Json) -> set[str]:
    return {
        each["reference"]
        for each in gateway.ask(asked(*of))["patients"]
        if each["verdict"] == "matched" and each["reference"] in ("Patient/ann", "Patient/bob")
    }


def counted(gateway: Gateway, scope: AccessScope) -> int:
    """How many have asthma, as a caller of other rights is told."""
    found: int = gateway.services.cohorts.ask(scope, asked(ASTHMATICS), now())["counts"]["matched"]
    return found


def diagnosed(subject: str, code: str = ASTHMA, **more: Any) -> Any:
    return condition(subject, code, id="c1", **more)


def test_who_is_born_otherwise_than_was_said_has_another_age(gateway: Gateway, ann: str) -> None:
    assert who(gateway, ADULTS) == {ann}

    gateway.put(patient("ann", id="ann", birthDate="2020-01-01"))

    assert who(gateway, ADULTS) == set()


def test_a_diagnosis_comes_changes_and_goes(gateway: Gateway, ann: str) -> None:
    gateway.put(diagnosed(ann))
    assert who(gateway, ASTHMATICS) == {ann}

    gateway.put(diagnosed(ann, "22298006"))
    assert who(gateway, ASTHMATICS) == set()

    gateway.put(diagnosed(ann))
    gateway.delete("Condition/c1")
    assert who(gateway, ASTHMATICS) == set()


def test_a_diagnosis_that_was_of_another_patient_is_of_this_one(gateway: Gateway, ann: str) -> None:
    gateway.put(patient("bob", id="bob", birthDate="1980-01-01"))
    gateway.put(diagnosed("Patient/bob"))
    assert who(gateway, ASTHMATICS) == {"Patient/bob"}

    gateway.put(diagnosed(ann))

    assert who(gateway, ASTHMATICS) == {ann}


def test_who_is_deleted_is_nowhere_and_who_comes_back_is_there_again(gateway: Gateway, ann: str) -> None:
    gateway.put(diagnosed(ann))
    gateway.delete("Condition/c1")
    gateway.delete(ann)
    assert who(gateway, ADULTS) == set()

    gateway.put(patient("ann", id="ann", birthDate="1980-01-01"), diagnosed(ann))

    assert who(gateway, ADULTS, ASTHMATICS) == {ann}


def test_a_result_that_is_corrected_counts_as_it_is_now(gateway: Gateway, ann: str) -> None:
    gateway.put(observation(ann, value=9.0, id="o1"))
    assert who(gateway, ANAEMIC) == {ann}

    gateway.put(observation(ann, value=12.0, id="o1"))

    assert who(gateway, ANAEMIC) == set()


def test_a_report_that_is_amended_says_what_it_says_now(gateway: Gateway, ann: str) -> None:
    def said(text: str) -> set[str]:
        gateway.put(diagnostic_report(ann, id="r1", conclusion=text))
        return who(gateway, WITH_NODULE)

    assert said("A nodule in the left lung.") == {ann}
    assert said("No nodule.") == set()
    assert said("Nodules in both lungs.") == {ann}

    gateway.delete("DiagnosticReport/r1")
    assert who(gateway, WITH_NODULE) == set()


def test_until_what_many_reports_say_is_read_a_question_is_to_be_asked_again(
    gateway: Gateway, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.put(diagnostic_report(ann, id="r1", conclusion="An aneurysm."))
    with_aneurysm = asked({"report": {"text": {"any": ["aneurysm"]}}})
    monkeypatch.setattr(TenantColumns, "_is_read_now", lambda *_: False)
    monkeypatch.setattr(judging, "MOST_ROWS", 0)
    told = gateway.ask(with_aneurysm, status=503)
    assert "being read" in str(told)

    monkeypatch.undo()
    assert [each["reference"] for each in gateway.ask(with_aneurysm)["patients"]] == [ann]


def test_pictures_that_arrive_are_there(gateway: Gateway, ann: str) -> None:
    assert who(gateway, SCANNED) == set()

    gateway.store(ct_instance(StudyInstanceUID="1.2.826.0.1.99", **OF_ANN))

    assert who(gateway, SCANNED) == {ann}


def test_what_pictures_say_is_asked_of_those_that_are_there(gateway: Gateway, ann: str) -> None:
    study = "1.2.826.0.1.98"
    assert who(gateway, THIN) == who(gateway, ENHANCED) == set()

    thick = ct_instance(StudyInstanceUID=study, SeriesInstanceUID=f"{study}.1", SliceThickness="5", **OF_ANN)
    gateway.store(thick)
    assert who(gateway, THIN) == set()

    more = {"SliceThickness": "1", "ContrastBolusAgent": "Iohexol", **OF_ANN}
    gateway.store(ct_instance(StudyInstanceUID=study, SeriesInstanceUID=f"{study}.2", **more))
    assert who(gateway, THIN) == who(gateway, ENHANCED) == {ann}

    services = gateway.services
    services.deletion.delete(system_scope(services.sites.own.tenant), study, f"{study}.2")
    assert who(gateway, THIN) == who(gateway, ENHANCED) == set()


def test_a_patient_who_is_one_with_another_has_the_diagnoses_of_both(gateway: Gateway, ann: str) -> None:
    gateway.put(patient("bob", id="bob", birthDate="1980-01-01"), diagnosed(ann))
    assert who(gateway, ASTHMATICS) == {ann}
    identities, scope = gateway.services.identities, system_scope(gateway.services.sites.own.tenant)

    identities.merge(scope, "ann", "bob")
    assert "Patient/bob" in who(gateway, ASTHMATICS)

    identities.unmerge(scope, "ann", "bob")
    assert who(gateway, ASTHMATICS) == {ann}


def test_what_is_withheld_from_a_caller_by_a_label_is_not_in_their_next_answer(
    gateway: Gateway, ann: str
) -> None:
    gateway.put(diagnosed(ann))
    assert who(gateway, ASTHMATICS) == {ann}
    seeing = system_scope(gateway.services.sites.own.tenant)
    kept_from = replace(seeing, withheld=frozenset({sort_of(SECURITY, "R", CONFIDENTIALITY)}))
    assert counted(gateway, seeing) == counted(gateway, kept_from) == 1

    gateway.put(diagnosed(ann, meta={"security": [{"system": CONFIDENTIALITY, "code": "R"}]}))

    assert (counted(gateway, seeing), counted(gateway, kept_from)) == (1, 0)


def test_questions_between_writes_change_nothing_of_later_answers(gateways: Open) -> None:
    world, random = RandomWorld(SEED + 3, 25), Random(SEED)
    gateway, written = gateways(HILUM_QUESTION_SECONDS="60"), world.written()
    seeds = [random.randrange(1 << 40) for _ in range(15)]
    for start in range(0, len(written), 60):
        gateway.put(*written[start : start + 60])
        differing(gateway, world, seeds)
    gateway.store(*world.pictures)

    assert differing(gateway, world, seeds) == []
