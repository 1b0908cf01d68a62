"""What a SMART scope names is what its token does: types, deeds, conditions, in every way to ask."""

from collections.abc import Callable
from typing import Any

import pytest

from app.wiring import Wiring
from graph.allowances import Allowance, Deed, TokenCondition
from graph.keys import resource_key
from tests.app.security.planting import Caller, Planter, Target
from tests.factories.fhir import (
    Resource,
    concept,
    condition,
    encode,
    observation,
    practitioner,
    reference,
)

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LABORATORY = TokenCondition("category", ((CATEGORY, "laboratory"),))
FHIR = {"Content-Type": "application/fhir+json"}


def allowance(
    kind: str | None, letters: str, *conditions: TokenCondition, patient: str | None = None
) -> Allowance:
    return Allowance(kind, frozenset(map(Deed, letters)), conditions, patient)


@pytest.fixture(scope="module")
def planted(planter: Planter) -> Target:
    """A picture with its study and patient, and beside it an Observation of each of two categories."""
    target = planter.plant()
    subject = f"Patient/{target.patient}"
    owner = planter.caller("superuser")
    made = [
        observed(subject, "lab", "laboratory", performer=[reference("Practitioner/dr")]),
        observed(subject, "survey", "survey"),
        observed(subject, "moved", "survey"),
        observed(subject, "moved", "laboratory"),
        practitioner(id="dr"),
    ]
    for each in made:
        assert put(planter, owner, each).status_code in (200, 201)
    return target


def observed(subject: str, name: str, category: str, **elements: Any) -> Resource:
    return observation(subject, id=name, category=[concept(category, CATEGORY)], **elements)


def put(planter: Planter, caller: Caller, resource: dict[str, Any]) -> Any:
    path = f"/fhir/{resource['resourceType']}/{resource['id']}"
    return planter.client.put(path, data=encode(resource), headers={**caller.headers, **FHIR})


def get(planter: Planter, caller: Caller, path: str) -> Any:
    return planter.client.get(path, headers=caller.headers)


def found(planter: Planter, caller: Caller, path: str) -> list[str]:
    answer = get(planter, caller, f"/fhir/{path}")
    assert answer.status_code == 200, answer.text
    listed = answer.json.get("entry", [])
    return sorted(f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in listed)


def test_a_type_without_a_scope_is_403_in_every_way_to_name_it(planter: Planter, planted: Target) -> None:
    caller = planter.of_rights(allowances=(allowance("Observation", "cruds"),))
    study = f"/dicom-web/studies/{planted.study}"

    paths = (
        *(f"/fhir/Condition{each}" for each in ("", "/x", "/x/_history", "/_history")),
        f"/fhir/Patient/{planted.patient}/$everything",
        *("/dicom-web/studies", study, f"{study}/metadata", f"{study}/series/1/instances/1/frames/1"),
    )
    assert {path: get(planter, caller, path).status_code for path in paths} == dict.fromkeys(paths, 403)
    written = put(planter, caller, condition(f"Patient/{planted.patient}", id="new"))
    assert written.status_code == 403


def test_the_letters_of_a_scope_are_what_is_done(planter: Planter, planted: Target) -> None:
    asked: dict[str, Callable[[Caller], Any]] = {
        "r": lambda caller: get(planter, caller, "/fhir/Observation/lab"),
        "s": lambda caller: get(planter, caller, "/fhir/Observation?_id=lab"),
        "u": lambda caller: put(planter, caller, observation(f"Patient/{planted.patient}", id="survey")),
        "c": lambda caller: planter.client.post(
            "/fhir/Observation",
            data=encode(observation(f"Patient/{planted.patient}")),
            headers={**caller.headers, **FHIR},
        ),
        "d": lambda caller: planter.client.delete("/fhir/Observation/nothing", headers=caller.headers),
    }
    for held in asked:
        caller = planter.of_rights(allowances=(allowance("Observation", held),))
        done = {letter: ask(caller).status_code for letter, ask in asked.items()}
        assert {letter for letter, status in done.items() if status < 300} == {held}
        assert {status for status in done.values() if status >= 300} == {403}


def test_a_condition_holds_wherever_a_resource_may_be_met(planter: Planter, planted: Target) -> None:
    caller = planter.of_rights(
        allowances=(allowance("Observation", "cruds", LABORATORY), allowance("Patient", "rs"))
    )

    assert found(planter, caller, "Observation") == ["Observation/lab", "Observation/moved"]
    assert get(planter, caller, "/fhir/Observation?_summary=count").json["total"] == 2
    assert get(planter, caller, "/fhir/Observation/survey").status_code == 404
    assert get(planter, caller, "/fhir/Observation/lab").status_code == 200
    assert get(planter, caller, "/fhir/Observation/moved/_history/1").status_code == 404
    assert found(planter, caller, "Observation/moved/_history") == ["Observation/moved"]
    assert found(planter, caller, "Patient?_has:Observation:patient:category=survey") == []
    assert found(planter, caller, "Patient?_has:Observation:patient:category=laboratory") == [
        f"Patient/{planted.patient}"
    ]
    every = found(planter, caller, f"Patient?_id={planted.patient}&_revinclude=*")
    assert every == ["Observation/lab", "Observation/moved", f"Patient/{planted.patient}"]
    assert found(planter, caller, f"Patient/{planted.patient}/$everything") == every


def test_what_is_sent_has_to_meet_the_condition(planter: Planter, planted: Target) -> None:
    caller = planter.of_rights(allowances=(allowance("Observation", "cruds", LABORATORY),))
    subject = f"Patient/{planted.patient}"
    post = {"headers": {**caller.headers, **FHIR}}

    laboratory = observation(subject, category=[concept("laboratory", CATEGORY)])
    assert planter.client.post("/fhir/Observation", data=encode(laboratory), **post).status_code == 201
    for category in ([concept("survey", CATEGORY)], [concept("laboratory", "urn:other")], None):
        sent = encode(observation(subject, category=category))
        assert planter.client.post("/fhir/Observation", data=sent, **post).status_code == 403
    assert put(planter, caller, observation(subject, id="lab", category=None)).status_code == 403


def test_a_type_without_a_scope_is_reached_by_no_chain_and_included_by_nothing(
    planter: Planter, planted: Target
) -> None:
    caller = planter.of_rights(allowances=(allowance("Observation", "rs"),))

    assert found(planter, caller, "Observation?patient.gender=female,unknown,male,other") == []
    for more in ("_include=*", "_revinclude=DiagnosticReport:result", "_revinclude=*"):
        assert found(planter, caller, f"Observation?_id=lab&{more}") == ["Observation/lab"]
    assert found(planter, caller, "?_type=Observation,Patient&_id=lab") == ["Observation/lab"]
    named = (allowance("Observation", "rs"), allowance("Practitioner", "rs"))
    both = found(planter, planter.of_rights(allowances=named), "Observation?_id=lab&_include=*")
    assert both == ["Observation/lab", "Practitioner/dr"]


def test_a_patient_context_holds_for_records_and_pictures_alike(planter: Planter, planted: Target) -> None:
    """One token for clinical FHIR, ImagingStudy and WADO-RS (SMART Imaging Access, access-control)."""
    other = planter.plant()
    key = resource_key(planter.tenant, "Patient", planted.patient)
    letters = ("ImagingStudy", "Observation", "Patient", "Practitioner")
    caller = planter.of_rights(allowances=tuple(allowance(each, "rs", patient=key) for each in letters))

    assert found(planter, caller, "Patient") == [f"Patient/{planted.patient}"]
    assert found(planter, caller, "ImagingStudy") == [f"ImagingStudy/{planted.imaging_study}"]
    assert found(planter, caller, "Practitioner?_id=dr") == ["Practitioner/dr"]
    listed = get(planter, caller, "/dicom-web/studies").json
    assert [each["0020000D"]["Value"] for each in listed] == [[planted.study]]
    for level in ("series", "instances"):
        assert len(get(planter, caller, f"/dicom-web/{level}").json) == 1
    for target, status in ((planted, 200), (other, 404)):
        study = f"/dicom-web/studies/{target.study}"
        picture = f"{study}/series/{target.series}/instances/{target.instance}"
        paths = (f"{study}/metadata", study, f"{picture}/frames/1", f"{picture}/rendered")
        assert {get(planter, caller, path).status_code for path in paths} == {status}


def test_a_job_that_comes_later_has_the_scopes_that_it_was_asked_with(
    planter: Planter, gateway: Wiring
) -> None:
    caller = planter.of_rights(allowances=(allowance("Observation", "rs"),))

    begun = planter.client.get("/fhir/$export", headers={**caller.headers, "Prefer": "respond-async"})

    assert begun.status_code == 202, begun.text
    job = gateway.jobs.find(planter.scope, begun.headers["Content-Location"].rpartition("/")[2])
    assert job.parameters["standing"]["allowances"] == [
        {"type": "Observation", "deeds": "rs", "conditions": [], "patient": None}
    ]
