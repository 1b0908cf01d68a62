"""Whose pictures they are, where the record says it too: announced studies, numbers that several carry."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.imaging.store.outcomes import InstanceOutcome
from app.security.scopes import system_scope
from app.wiring import Wiring
from tests.app.http.fhir.conftest import Fhir
from tests.factories.dicom import ct_instance
from tests.factories.fhir import bundle, diagnostic_report, entry, imaging_study, patient
from tests.factories.reports import measurement_report

UID = "1.2.826.0.1.78"
JANE = {"name": [{"family": "Doe", "given": ["Jane"]}], "birthDate": "1970-01-02", "gender": "female"}
NOBODY: dict[str, Any] = {"name": None, "birthDate": None, "gender": None}
PICTURE = {"PatientName": "Doe^Jane", "PatientBirthDate": "19700102", "PatientSex": "F"}


class Modality:
    """Sends slices, each in a request of its own."""

    def __init__(self, services: Wiring) -> None:
        self._ingest = services.ingest
        self._scope = system_scope(services.sites.own.tenant, "modality")
        self._number = 0

    def send(self, number: str | None, study: str = UID, **attributes: Any) -> InstanceOutcome:
        """Send one slice of a study, of a patient with this number."""
        self._number += 1
        file = ct_instance(
            patient_id=number, study_uid=study, number=self._number, **{**PICTURE, **attributes}
        )
        (outcome,) = self._ingest.store(self._scope, [(file,)]).outcomes
        assert outcome.stored, outcome
        return outcome


@pytest.fixture
def modality(services: Wiring) -> Modality:
    return Modality(services)


def owner(fhir: Fhir, study: str = UID) -> str:
    """Whose study it is, `Patient/id`."""
    (name,) = fhir.found(f"ImagingStudy?identifier=urn:oid:{study}")
    return str((fhir.get(name).json or {})["subject"]["reference"])


def is_provisional(fhir: Fhir, name: str) -> bool:
    return "provisional" in json.dumps((fhir.get(name).json or {}).get("meta", {}).get("tag", []))


def tasks(fhir: Fhir) -> list[dict[str, Any]]:
    return [fhir.get(name).json or {} for name in fhir.found("Task?_count=50")]


AGREEING = {
    "the number alone": (patient("7", **NOBODY), "7", {}),
    "number, name and birth date": (patient("7", **JANE), "7", {}),
    "name and birth date, the number is nobody's": (patient("old", **JANE), "7", {}),
    "name and birth date, without a number": (patient(None, **JANE), None, {}),
}


@pytest.mark.parametrize("case", AGREEING)
def test_pictures_that_agree_join_the_study_that_was_announced(
    fhir: Fhir, modality: Modality, case: str
) -> None:
    person, number, attributes = AGREEING[case]
    announced = fhir.create(person)
    fhir.create(imaging_study(announced, UID, note=[{"text": "fasting"}]))

    outcome = modality.send(number, **attributes)

    (name,) = fhir.found(f"ImagingStudy?identifier=urn:oid:{UID}")
    assert owner(fhir) == announced
    assert (fhir.get(name).json or {})["note"] == [{"text": "fasting"}]
    assert not [each for each in outcome.comments if "patient" in each]
    assert tasks(fhir) == []


DISAGREEING = {
    "another name": (patient("7", **{**JANE, "name": [{"family": "Roe"}]}), "7", {}),
    "another birth date": (patient("7", **{**JANE, "birthDate": "1971-01-02"}), "7", {}),
    "another number, of somebody else": (patient("8", **JANE), "9", {}),
    "nothing to compare": (patient("8", **NOBODY), "7", {}),
    "pictures of nobody": (patient("8", **JANE), None, dict.fromkeys(PICTURE)),
    "a birth date is missing": (patient("8", **{**JANE, "birthDate": None}), "7", {}),
}


@pytest.mark.parametrize("case", DISAGREEING)
def test_pictures_that_do_not_agree_go_to_a_provisional_patient_and_a_person_is_asked(
    fhir: Fhir, modality: Modality, case: str
) -> None:
    person, number, attributes = DISAGREEING[case]
    announced = fhir.create(person)
    somebody = fhir.create(patient("9", **JANE))
    name = fhir.create(imaging_study(announced, UID, note=[{"text": "fasting"}]))

    outcome = modality.send(number, **attributes)

    study = fhir.get(name).json or {}
    assert study["subject"]["reference"] not in (announced, somebody)
    assert is_provisional(fhir, study["subject"]["reference"])
    assert "note" not in study
    assert "announced for another patient" in outcome.comments[0]
    (task,) = tasks(fhir)
    assert (task["for"]["reference"], task["focus"]["reference"]) == (
        announced,
        study["subject"]["reference"],
    )
    assert fhir.found(f"ImagingStudy?patient={announced}") == []


def test_a_study_that_was_announced_for_nobody_who_is_there_joins_nobody(
    fhir: Fhir, modality: Modality
) -> None:
    fhir.create(imaging_study("Patient/x", UID))
    modality.send("7")

    assert is_provisional(fhir, owner(fhir))


def test_a_number_that_two_patients_carry_identifies_neither(fhir: Fhir, modality: Modality) -> None:
    twins = [fhir.create(patient("7", **JANE)) for _ in range(2)]

    first = modality.send("7")
    second = modality.send("7", "1.2.3")
    other = modality.send("7", "1.2.4", PatientBirthDate=None)

    owners = [owner(fhir, study) for study in (UID, "1.2.3", "1.2.4")]
    assert set(owners).isdisjoint(twins)
    assert all(is_provisional(fhir, each) for each in owners)
    assert owners[0] == owners[1] != owners[2]
    for each in (first, second, other):
        assert "several patients carry" in each.comments[0]
    assert all("several patients" in each["code"]["text"] for each in tasks(fhir))
    named = {each["valueReference"]["reference"] for each in tasks(fhir)[0]["input"]}
    assert named == set(twins)


def test_a_provisional_patient_takes_no_number_away_from_the_chart(fhir: Fhir, modality: Modality) -> None:
    chart = fhir.create(patient("7", **JANE))
    modality.send("7", PatientName="Roe^Richard")

    outcome = modality.send("7", "1.2.3")

    assert owner(fhir, "1.2.3") == chart
    assert outcome.comments == ()


def test_a_number_is_a_patients_again_when_only_one_carries_it(fhir: Fhir, modality: Modality) -> None:
    names = [fhir.create(patient("7", **JANE)) for _ in range(2)]
    modality.send("7")
    fhir.send("DELETE", names[1])

    modality.send("7", "1.2.3")

    assert owner(fhir, "1.2.3") == names[0]


def test_a_number_that_a_bundle_gives_twice_answers_no_conditional_reference(fhir: Fhir) -> None:
    report = entry(diagnostic_report("Patient?identifier=urn:hilum:mrn|7"))

    answers = [
        fhir.send("POST", "", bundle(*(entry(patient("7")) for _ in range(count)), report))
        for count in (2, 1, 1)  # the third finds that of the second beside its own
    ]

    assert [each.status_code for each in answers] == [412, 200, 412]


OF_ANOTHER = {
    "another number": ("8", {}, ["PatientID"]),
    "another issuer": ("7", {"IssuerOfPatientID": "B"}, ["IssuerOfPatientID"]),
    "another number and name": ("8", {"PatientName": "Roe^Richard"}, ["PatientID", "PatientName"]),
    "another name and birth date": (
        "7",
        {"PatientName": "Roe^Richard", "PatientBirthDate": "19800304"},
        ["PatientName", "PatientBirthDate"],
    ),
    "another name and birth date, no number": (
        None,
        {"PatientName": "Roe^Richard", "PatientBirthDate": "19800304", "PatientSex": "M"},
        ["PatientName", "PatientBirthDate", "PatientSex"],
    ),
}
OF_THE_SAME = {
    "the same": ("7", {}),
    "no number": (None, {}),
    "another name, as after a marriage": ("7", {"PatientName": "Smith^Jane"}),
    "another birth date": ("7", {"PatientBirthDate": "19700103"}),
    "nothing": (None, dict.fromkeys(PICTURE)),
}


@pytest.mark.parametrize("case", OF_ANOTHER)
def test_later_pictures_of_another_patient_are_stored_and_a_person_is_asked_once(
    fhir: Fhir, modality: Modality, case: str
) -> None:
    number, attributes, named = OF_ANOTHER[case]
    modality.send("7", IssuerOfPatientID="A")
    person = owner(fhir)

    outcomes = [modality.send(number, **{"IssuerOfPatientID": "A", **attributes}) for _ in range(2)]

    (task,) = tasks(fhir)
    (study,) = fhir.found(f"ImagingStudy?identifier=urn:oid:{UID}")
    assert owner(fhir) == person
    assert (task["status"], task["for"], task["focus"]) == (
        "requested",
        {"reference": person},
        {"reference": study},
    )
    warnings = tuple(f"{name} is not the study's: a person is asked to look" for name in named)
    assert all(each.comments[: len(named)] == warnings for each in outcomes)
    assert all(len(warning) <= 64 for warning in warnings)
    assert (fhir.get(study).json or {})["numberOfInstances"] == 3


@pytest.mark.parametrize("case", OF_THE_SAME)
def test_later_pictures_that_may_be_of_the_patient_join_without_a_word(
    fhir: Fhir, modality: Modality, case: str
) -> None:
    number, attributes = OF_THE_SAME[case]
    modality.send("7")

    outcome = modality.send(number, **attributes)

    assert not [each for each in outcome.comments if "person" in each]
    assert tasks(fhir) == []


def test_pictures_of_two_patients_in_one_request_are_not_mixed(fhir: Fhir, services: Wiring) -> None:
    scope = system_scope(services.sites.own.tenant, "modality")
    files = [
        ct_instance(patient_id=number, study_uid=UID, number=place, PatientName=name, PatientSex=sex)
        for place, (number, name, sex) in enumerate((("7", "Doe^Jane", None), ("8", "Roe^Richard", "M")))
    ]

    first = services.ingest.store(scope, [(file,) for file in files]).outcomes
    again = services.ingest.store(scope, [(file,) for file in files]).outcomes

    person = fhir.get(owner(fhir)).json or {}
    assert (person["identifier"][0]["value"], person.get("gender")) == ("7", None)
    for outcomes in (first, again):
        assert [[each for each in one.comments if "person" in each] != [] for one in outcomes] == [
            False,
            True,
        ]
    assert len(tasks(fhir)) == 1


def test_the_task_of_a_study_is_asked_again_when_it_was_done_or_deleted(
    fhir: Fhir, modality: Modality
) -> None:
    modality.send("7")
    modality.send("8")
    (task,) = tasks(fhir)
    name = f"Task/{task['id']}"

    fhir.send("PUT", name, {**task, "status": "completed"})
    modality.send("8")
    done = fhir.get(name).json or {}
    fhir.send("DELETE", name)
    modality.send("8")

    (again,) = tasks(fhir)
    assert (done["status"], done["meta"]["versionId"]) == ("requested", "3")
    assert (again["id"], again["status"], again["meta"]["versionId"]) == (task["id"], "requested", "5")


def test_a_provisional_patient_says_its_version(fhir: Fhir, modality: Modality) -> None:
    fhir.create(patient("7", **JANE))
    modality.send("7", PatientName="Roe^Richard")

    meta = (fhir.get(owner(fhir)).json or {})["meta"]
    assert (meta["versionId"], meta["tag"][0]["code"]) == ("1", "provisional")
    assert meta["lastUpdated"]


def decide(fhir: Fhir, what: str, task: dict[str, Any], patient: str | None = None) -> TestResponse:
    """Ask for a decision on a Task; `patient` names whose the pictures are."""
    named = [{"name": "patient", "valueReference": {"reference": patient}}] if patient else []
    parameters = {"resourceType": "Parameters", "parameter": named}
    return fhir.send("POST", f"Task/{task['id']}/${what}", parameters)


def test_accepted_pictures_are_in_the_chart_and_can_be_taken_out_again(
    fhir: Fhir, modality: Modality
) -> None:
    chart = fhir.create(patient("7", **JANE))
    modality.send("7", PatientName="Roe^Richard")
    (task,), provisional = tasks(fhir), owner(fhir)

    answer = decide(fhir, "accept", task)

    assert answer.status_code == 200, answer.text
    done = answer.json or {}
    assert (done["status"], done["businessStatus"]["text"]) == ("completed", "accepted")
    assert done["note"][0]["authorString"]
    assert len(fhir.found(f"ImagingStudy?patient={chart}")) == 1
    assert decide(fhir, "refuse", task).status_code == 409
    (note,) = fhir.found(f"Provenance?target=Task/{task['id']}")
    assert (fhir.get(note).json or {})["activity"]["text"] == "accepted"

    pair = (("source-patient", provisional), ("target-patient", chart))
    parts = [{"name": name, "valueReference": {"reference": each}} for name, each in pair]
    undone = fhir.send("POST", "Patient/$unmerge", {"resourceType": "Parameters", "parameter": parts})
    assert undone.status_code == 200, undone.text
    assert fhir.found(f"ImagingStudy?patient={chart}") == []


def test_refused_pictures_stay_out_of_the_chart(fhir: Fhir, modality: Modality) -> None:
    chart = fhir.create(patient("7", **JANE))
    modality.send("7", PatientName="Roe^Richard")
    (task,), provisional = tasks(fhir), owner(fhir)

    answer = decide(fhir, "refuse", task)

    assert (answer.json or {})["businessStatus"]["text"] == "refused"
    assert owner(fhir) == provisional
    assert fhir.found(f"ImagingStudy?patient={chart}") == []


def test_of_several_patients_the_one_who_is_named_is_taken(fhir: Fhir, modality: Modality) -> None:
    twins = [fhir.create(patient("7", **JANE)) for _ in range(2)]
    stranger = fhir.create(patient("9"))
    modality.send("7")
    (task,) = tasks(fhir)

    assert decide(fhir, "accept", task).status_code == 422
    assert decide(fhir, "accept", task, stranger).status_code == 422
    assert decide(fhir, "accept", task, twins[1]).status_code == 200
    assert [len(fhir.found(f"ImagingStudy?patient={each}")) for each in twins] == [0, 1]


def test_a_study_that_names_another_patient_leaves_the_chart_when_it_is_refused(
    fhir: Fhir, services: Wiring, modality: Modality
) -> None:
    modality.send("7")
    chart = owner(fhir)
    study = fhir.found("ImagingStudy")[0]
    fhir.send("PUT", study, {**(fhir.get(study).json or {}), "note": [{"text": "compare"}]})
    scope = system_scope(services.sites.own.tenant, "modality")
    report = measurement_report(patient_id="7", study_uid=UID, number=9, **PICTURE)
    services.ingest.store(scope, [(report,)])
    modality.send("8", PatientName="Roe^Richard")
    (task,) = tasks(fhir)

    answer = decide(fhir, "refuse", task)

    assert answer.status_code == 200, answer.text
    assert owner(fhir) != chart
    assert is_provisional(fhir, owner(fhir))
    assert "note" not in (fhir.get(study).json or {})
    for query in ("ImagingStudy?patient=", "DiagnosticReport?subject=", "Observation?subject="):
        assert fhir.found(f"{query}{chart}") == []
        assert fhir.found(f"{query}{owner(fhir)}")
    assert (fhir.get(f"{study}/_history/1").json or {})["subject"]["reference"] == chart


def test_a_study_that_names_another_patient_stays_when_it_is_accepted(fhir: Fhir, modality: Modality) -> None:
    modality.send("7")
    modality.send("8")
    person, (task,) = owner(fhir), tasks(fhir)

    assert decide(fhir, "accept", task).status_code == 200
    assert owner(fhir) == person
    modality.send("9")
    assert tasks(fhir)[0]["status"] == "requested"  # what comes after asks again


def test_a_task_of_something_else_is_nothing_to_decide(fhir: Fhir) -> None:
    name = fhir.create({"resourceType": "Task", "status": "requested", "intent": "order"})
    task = fhir.get(name).json or {}

    assert decide(fhir, "accept", task).status_code == 422
    assert decide(fhir, "accept", {"id": "none"}).status_code == 404
