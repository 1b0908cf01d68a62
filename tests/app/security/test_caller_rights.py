"""The sources of a role's rows: what work, a person and a department give is seen, until it no longer is."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.records import AccountTerms
from graph.accounts.roles import role_from
from graph.clock import now
from tests.app.conftest import AsRole
from tests.factories.fhir import bundle, condition, entry, imaging_study, patient

FHIR_JSON = "application/fhir+json"


class Ward:
    """Writes the record of a small hospital, and asks as somebody who sees part of it."""

    def __init__(self, services: Wiring, client: FlaskClient, as_role: AsRole) -> None:
        self.services, self.client = services, client
        self._scope = system_scope(services.sites.own.tenant)
        self._owner = {**as_role("superuser"), "Content-Type": FHIR_JSON}

    def hold(self, *resources: dict[str, Any]) -> None:
        """Write resources under the ids that they have."""
        sent = bundle(*(entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in resources))
        answer = self.client.post("/fhir", json=sent, headers=self._owner)
        assert answer.status_code == 200, answer.text

    def employ(self, *rows: str, **terms: Any) -> None:
        """Make kim an account of a role that sees these rows, bound to whom the terms name."""
        form = {"name": "kims", "description": "", "purpose": "TREAT", "actions": ["fhir.read"], "rows": rows}
        self.services.roles.put(self._scope, role_from(form), now())
        self.services.accounts.put(self._scope, "kim", AccountTerms("kims", **terms), now())

    def seen(self, kind: str) -> list[str]:
        """The ids that kim finds, as the process knows them two seconds later."""
        with self.services.rights_edition.changing():
            token = self.services.account_tokens.issue("kim", now() // 1_000_000)
        answer = self.client.get(f"/fhir/{kind}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return sorted(each["resource"]["id"] for each in answer.get_json().get("entry", ()))


@pytest.fixture
def ward(services: Wiring, client: FlaskClient, as_role: AsRole) -> Ward:
    made = Ward(services, client, as_role)
    people = [{"resourceType": "Practitioner", "id": each} for each in ("kim", "lee")]
    made.hold(*people, {"resourceType": "Organization", "id": "north", "name": "North"})
    for name in ("ana", "bo"):
        study = imaging_study(f"Patient/{name}", study_uid=f"1.2.{len(name)}", id=f"study-{name}")
        made.hold(patient(id=name), condition(f"Patient/{name}", id=f"of-{name}"), study)
    return made


def task(status: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Task", "id": "task", "status": status, "intent": "order", **elements}


def order(status: str = "active", **elements: Any) -> dict[str, Any]:
    subject = {"reference": "Patient/ana"}
    return {
        "resourceType": "ServiceRequest",
        "id": "order",
        "status": status,
        "intent": "order",
        "subject": subject,
        **elements,
    }


def to(reference: str) -> dict[str, str]:
    return {"reference": reference}


def test_a_patient_sees_their_own_record(ward: Ward) -> None:
    ward.employ("own", fhir_user="Patient/ana")
    assert (ward.seen("Patient"), ward.seen("Condition")) == (["ana"], ["of-ana"])

    ward.employ("own", fhir_user="Practitioner/kim")
    assert ward.seen("Patient") == []
    ward.employ("granted", fhir_user="Patient/ana")
    assert ward.seen("Patient") == []


def test_a_task_gives_its_owner_the_study_that_it_is_about_while_it_is_open(ward: Ward) -> None:
    ward.employ("assigned", fhir_user="Practitioner/kim")
    assert ward.seen("ImagingStudy") == []

    about = {"owner": to("Practitioner/kim"), "focus": to("ImagingStudy/study-ana")}
    ward.hold(task("in-progress", **about))
    assert (ward.seen("ImagingStudy"), ward.seen("Task")) == (["study-ana"], [])
    assert (ward.seen("Patient"), ward.seen("Condition")) == ([], [])

    ward.hold(task("completed", **about))
    assert ward.seen("ImagingStudy") == []
    ward.hold(task("requested", **{**about, "owner": to("Practitioner/lee")}))
    assert ward.seen("ImagingStudy") == []


def test_an_order_gives_its_performer_the_studies_that_are_based_on_it(ward: Ward) -> None:
    ward.employ("assigned", fhir_user="Practitioner/kim")
    study = imaging_study("Patient/ana", id="study-ana", basedOn=[to("ServiceRequest/order")])
    ward.hold(order(performer=[to("Practitioner/kim")]))
    ward.hold(study)
    assert (ward.seen("ImagingStudy"), ward.seen("ServiceRequest")) == (["study-ana"], [])

    ward.hold(order(status="completed", performer=[to("Practitioner/kim")]))
    assert ward.seen("ImagingStudy") == []


def test_work_of_a_role_of_a_person_and_on_an_order_counts_too(ward: Ward) -> None:
    ward.employ("assigned", fhir_user="Practitioner/kim")
    reads = {"resourceType": "PractitionerRole", "id": "reads", "practitioner": to("Practitioner/kim")}
    ward.hold(reads, order())
    ward.hold(imaging_study("Patient/ana", id="study-ana", basedOn=[to("ServiceRequest/order")]))
    ward.hold(task("ready", owner=to("PractitionerRole/reads"), basedOn=[to("ServiceRequest/order")]))

    assert (ward.seen("ImagingStudy"), ward.seen("ServiceRequest")) == (["study-ana"], [])


def test_what_a_resource_contains_gives_nobody_work(ward: Ward) -> None:
    ward.employ("assigned", fhir_user="Practitioner/kim")
    inner = {**task("ready", owner=to("Practitioner/kim"), focus=to("ImagingStudy/study-ana")), "id": "inner"}
    ward.hold(task("ready", owner=to("Practitioner/lee"), contained=[inner], partOf=[to("#inner")]))

    assert ward.seen("ImagingStudy") == []


def encounter(status: str, patient_id: str = "ana", unit: str = "north") -> dict[str, Any]:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}
    stay = {"resourceType": "Encounter", "id": "stay", "status": status, "class": kind}
    return {**stay, "subject": to(f"Patient/{patient_id}"), "serviceProvider": to(f"Organization/{unit}")}


def test_a_department_gives_the_patients_who_are_there_now(ward: Ward) -> None:
    ward.employ("department", departments=("Organization/north",))
    assert ward.seen("Patient") == []

    ward.hold(encounter("in-progress"))
    assert (ward.seen("Patient"), ward.seen("ImagingStudy")) == (["ana"], ["study-ana"])
    ward.hold(encounter("in-progress", patient_id="bo"))
    assert ward.seen("Patient") == ["bo"]
    ward.hold(encounter("finished", patient_id="bo"))
    assert ward.seen("Patient") == []


def test_a_care_team_gives_its_patient_to_its_account_and_to_its_members(ward: Ward) -> None:
    team = {"resourceType": "CareTeam", "id": "team", "status": "active", "subject": to("Patient/ana")}
    ward.hold({**team, "participant": [{"member": to("Practitioner/kim")}]})

    ward.employ("department", departments=("CareTeam/team",))
    assert ward.seen("Patient") == ["ana"]
    ward.employ("department", fhir_user="Practitioner/kim")
    assert ward.seen("Patient") == ["ana"]
    ward.hold({**team, "status": "inactive", "participant": [{"member": to("Practitioner/kim")}]})
    assert ward.seen("Patient") == []


def test_sources_add_up_and_a_role_of_none_sees_nobody(ward: Ward) -> None:
    ward.hold(encounter("in-progress", patient_id="bo"))
    ward.employ("own", "department", fhir_user="Patient/ana", departments=("Organization/north",))
    assert ward.seen("Patient") == ["ana", "bo"]

    ward.employ(fhir_user="Patient/ana", departments=("Organization/north",))
    assert (ward.seen("Patient"), ward.seen("Organization")) == ([], ["north"])
