"""Search parameters that a tenant adds: taken, indexed by a job, asked, changed and removed."""

from threading import Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Config
from app.records.parameters import AddedParameters
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.bulk import record_import
from app.wiring.web import web_app
from app.work.doing import JobDoer
from app.work.parameters import ParameterJob, ParameterWatch
from fhir_profiles.definitions.added import UnsupportedParameter, added_parameters
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobWindow
from graph.jobs.records import Job, JobState
from graph.parameters.parameters import ParameterStore
from graph.scope import AccessScope
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir, names
from tests.factories.fhir import bundle, encode, entry, patient, reference

EYE = "urn:eye-colour"


def parameter(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "SearchParameter",
        "id": "eye",
        "url": "urn:hilum:test:eye",
        "name": "Eye",
        "status": "active",
        "description": "The colour of the eyes",
        "code": "eye-colour",
        "base": ["Patient"],
        "type": "token",
        "expression": f"Patient.extension.where(url='{EYE}').value",
        **changes,
    }


def seen(id_: str, colour: str, **more: Any) -> dict[str, Any]:
    return patient(id=id_, extension=[{"url": EYE, "valueCode": colour}], **more)


class Gateway:
    """A client with a worker beside it that is asked to work."""

    def __init__(self, services: Wiring, fhir: Fhir, scope: AccessScope) -> None:
        self.services, self.fhir, self.scope = services, fhir, scope
        self.watch = ParameterWatch(services.parameter_indexer, services.job_queue)
        job = ParameterJob(services.parameter_indexer, sleep=lambda _: None)
        self.doer = JobDoer(ClaimStore(services.graph), (job,), scope)

    def put(self, resource: dict[str, Any]) -> None:
        answer = self.fhir.send("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
        assert answer.status_code in (200, 201), answer.text

    def work(self) -> Job | None:
        """Let the worker do what there is; the job that was asked for last."""
        self.watch.look(self.scope, Event())
        self.doer.do_due("tests", Event())
        jobs = self.services.jobs.page(self.scope, JobWindow(1))
        return jobs[0] if jobs else None

    def found(self, query: str) -> list[str]:
        return [name.partition("/")[2] for name in self.fhir.found(query)]


@pytest.fixture
def app(config: Config, services: Wiring) -> Flask:
    vars(services)["added_parameters"] = AddedParameters(ParameterStore(services.graph), seconds=0)
    return web_app(services, ("fhir",))


@pytest.fixture
def gateway(services: Wiring, client: FlaskClient, as_role: AsRole) -> Gateway:
    scope = system_scope(services.sites.own.tenant, "worker")
    return Gateway(services, Fhir(client, as_role("clinician")), scope)


def test_a_parameter_is_asked_once_what_was_there_is_indexed(gateway: Gateway) -> None:
    gateway.put(seen("before", "green"))
    gateway.put(parameter())
    refused = gateway.fhir.get("Patient?eye-colour=green")
    lenient = gateway.fhir.get("Patient?eye-colour=green", Prefer="handling=lenient")
    job = gateway.work()
    gateway.put(seen("after", "green"))
    gateway.put(seen("blue", "blue"))

    assert refused.status_code == 400
    assert names(lenient.json) == ["Patient/before"] and "ignored" in lenient.text
    assert job is not None and job.state is JobState.SUCCEEDED, job
    assert job.result == {"parameters": 1, "indexed": 1, "failed": 0}
    assert (job.progress.done, job.progress.total) == (1, 1)
    assert gateway.found("Patient?eye-colour=green") == ["before", "after"]
    assert gateway.found("Patient?eye-colour:not=green") == ["blue"]
    assert gateway.found("Patient?_sort=eye-colour") == ["blue", "before", "after"]
    told = gateway.fhir.client.get("/fhir/metadata").json["rest"][0]["resource"]  # type: ignore[index]
    of_patient = next(each["searchParam"] for each in told if each["type"] == "Patient")
    assert {"name": "eye-colour", "type": "token"} in of_patient


def test_every_way_of_writing_indexes_by_it(gateway: Gateway) -> None:
    gateway.put(parameter())
    gateway.work()
    for name in ("patched", "merged", "into"):
        gateway.put(seen(name, "blue"))
    green = [{"op": "replace", "path": "/extension/0/valueCode", "value": "green"}]
    gateway.fhir.send("PATCH", "Patient/patched", green, Content_Type="application/json-patch+json")
    gateway.fhir.send("POST", "", bundle(entry(seen("sent", "green"), "PUT", "Patient/sent")))
    taken = record_import(gateway.services)
    taken.write(gateway.scope, taken.prepared(gateway.scope, [encode(seen("imported", "green"))]))
    both = {"source-patient": "Patient/merged", "target-patient": "Patient/into"}
    named = [{"name": each, "valueReference": {"reference": whom}} for each, whom in both.items()]
    gateway.fhir.send("POST", "Patient/$merge", {"resourceType": "Parameters", "parameter": named})

    assert sorted(gateway.found("Patient?eye-colour=green")) == ["imported", "patched", "sent"]
    assert sorted(gateway.found("Patient?eye-colour=blue")) == ["into", "merged"]
    assert gateway.fhir.get("Patient/merged").get_json()["active"] is False


def test_it_is_told_of_while_it_is_indexed_and_writes_index_it_already(gateway: Gateway) -> None:
    gateway.put(parameter())
    gateway.services.parameter_indexer.take(gateway.scope, "eye")
    gateway.put(seen("early", "green"))

    answer = gateway.fhir.get("Patient?eye-colour=green")
    assert (answer.status_code, "being indexed" in answer.text) == (400, True)
    gateway.services.parameter_indexer.finish(gateway.scope, "eye")
    assert gateway.found("Patient?eye-colour=green") == ["early"]


def test_a_changed_parameter_is_indexed_anew_and_a_deleted_one_is_none(gateway: Gateway) -> None:
    gateway.put(seen("ana", "green", maritalStatus={"text": "M", "coding": [{"code": "M"}]}))
    gateway.put(parameter())
    gateway.work()
    gateway.put(parameter(code="married", expression="Patient.maritalStatus"))
    gateway.work()

    assert gateway.found("Patient?married=M") == ["ana"]
    assert gateway.fhir.get("Patient?eye-colour=green").status_code == 400
    gateway.fhir.send("DELETE", "SearchParameter/eye")
    gateway.work()
    assert gateway.fhir.get("Patient?married=M").status_code == 400
    left = "MATCH (v:Term) WHERE v.key STARTS WITH $own RETURN count(v) AS count"
    own = f"{gateway.scope.tenant}|Patient|married|"
    assert gateway.services.graph.read(left, own=own) == [{"count": 0}]


def test_what_is_kept_beside_a_parameter_comes_and_goes_with_it(gateway: Gateway) -> None:
    named = {"url": EYE, "valueCodeableConcept": {"text": "Green", "coding": [{"code": "G", "display": "g"}]}}
    gateway.put(patient(id="told", extension=[named]))
    gateway.put(patient(id="said", extension=[{"url": EYE, "valueString": "Green"}]))
    for _ in range(2):  # the second time there are rows already
        gateway.put(parameter())
        gateway.work()

    def rows() -> int:
        prefix = f"{gateway.scope.tenant}|Patient|eye-colour"
        text = "MATCH (v:Term|Text) WHERE v.key STARTS WITH $prefix RETURN count(v) AS count"
        return int(gateway.services.graph.read(text, prefix=prefix)[0]["count"])

    assert gateway.found("Patient?eye-colour=GREEN") == ["said"]
    assert gateway.found("Patient?eye-colour:text=green") == ["told"]
    assert rows() == 5  # the code, its two texts; the string, and it in lower case
    gateway.fhir.send("DELETE", "SearchParameter/eye")
    gateway.work()
    assert rows() == 0


def test_expressions_of_any_shape_find_values_of_every_type(gateway: Gateway) -> None:
    gateway.put(
        patient(
            id="ana",
            name=[{"family": "Kim", "use": "official"}, {"family": "Lee", "use": "maiden"}],
            birthDate="1980-05-01",
            generalPractitioner=[reference("Practitioner/gp")],
            multipleBirthInteger=2,
        )
    )
    gateway.put({"resourceType": "Practitioner", "id": "gp", "name": [{"family": "Ward"}]})
    asked = {
        "maiden": ("string", "Patient.name.where(use = 'maiden' and family.exists()).family", "lee"),
        "born": ("date", "iif(Patient.birthDate.exists(), Patient.birthDate, {})", "ge1980"),
        "births": ("number", "Patient.multipleBirth.ofType(integer)", "2"),
        "twin": ("token", "Patient.multipleBirth.exists()", "true"),
        "first-gp": ("reference", "Patient.generalPractitioner", "Practitioner/gp"),
    }
    for name, (kind, expression, _) in asked.items():
        gateway.put(parameter(id=name, code=name, type=kind, expression=expression, target=["Practitioner"]))
    gateway.work()

    for name, (_, _, value) in asked.items():
        assert gateway.found(f"Patient?{name}={value}") == ["ana"], name
    assert gateway.found("Patient?maiden=kim") == []
    assert gateway.found("Patient?first-gp.family=ward") == ["ana"]
    included = gateway.fhir.get("Patient?_include=Patient:first-gp").json
    assert names(included, "include") == ["Practitioner/gp"]


def test_an_expression_that_fails_indexes_nothing_and_breaks_no_write(gateway: Gateway) -> None:
    failing = "Patient.name.family.single().substring(1)"
    gateway.put(patient(id="two", name=[{"family": "Kim"}, {"family": "Lee"}]))
    gateway.put(parameter(type="string", code="rest", expression=failing))
    job = gateway.work()
    gateway.put(patient(id="again", name=[{"family": "Kim"}, {"family": "Lee"}]))
    gateway.put(patient(id="one", name=[{"family": "Kim"}]))

    assert job is not None and job.result == {"parameters": 1, "indexed": 1, "failed": 1}
    assert gateway.found("Patient?rest=im") == ["one"]


def test_a_parameter_that_cannot_be_taken_is_kept_and_its_job_says_why(gateway: Gateway) -> None:
    gateway.put(parameter(code="name"))
    job = gateway.work()

    assert job is not None and job.state is JobState.FAILED
    assert "Patient has a parameter name already" in (job.message or "")
    assert gateway.fhir.get("SearchParameter/eye").status_code == 200


def test_drafts_and_copies_of_hl7_ask_for_nothing(gateway: Gateway) -> None:
    gateway.put(parameter(status="draft"))
    gateway.put(parameter(id="copy", url="http://hl7.org/fhir/SearchParameter/Patient-name"))

    assert gateway.work() is None


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "_text"},
        {"code": "eye colour"},
        {"type": "composite"},
        {"type": "special"},
        {"expression": ""},
        {"expression": "Patient.name.where("},
        {"expression": "nothing()"},
        {"base": ["Resource"]},
        {"base": ["ImagingStudy"]},
        {"code": "birthdate"},
    ],
)
def test_what_cannot_be_searched_by_is_told_of(changes: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedParameter):
        added_parameters(parameter(**changes))
