"""The audit is searched by every search parameter of an AuditEvent: what is told is found, nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.records.audited import searching
from fhir_profiles.definitions.registry import search_parameters
from tests.app.http.fhir.conftest import Fhir, link
from tests.factories.fhir import condition, patient

Noted = Callable[[], None]
ASKED: Mapping[str, tuple[str, ...]] = {
    "action": ("R", "E,R", "http://hl7.org/fhir/audit-event-action|R", ":not=C"),
    "address": ("127.0.0.1", ":contains=0.0"),
    "agent": (":identifier=demo-clinician",),
    "agent-name": ("demo-clin", ":exact=demo-clinician"),
    "agent-role": ("clinician", "urn:hilum:role|clinician"),
    "altid": (":missing=true",),
    "date": ("ge2026-01-01", "lt2100-01-01", "sa2020"),
    "entity": ("Patient/one", "Condition/dx", "dx"),
    "entity-name": (":missing=true",),
    "entity-role": ("1", "4"),
    "entity-type": ("1", "XrequestId", "2"),
    "outcome": ("0", ":not=4"),
    "patient": ("one", "Patient/one", "Patient/one,Patient/two"),
    "policy": (":missing=false",),
    "site": (":missing=true",),
    "source": (":missing=false", ":identifier=http://127.0.0.1:8042"),
    "subtype": ("read", "http://hl7.org/fhir/restful-interaction|read", "urn:hilum:interaction|"),
    "type": ("rest", "http://terminology.hl7.org/CodeSystem/audit-event-type|rest"),
}
"""What finds that a clinician read a diagnosis of a patient."""
MISSED: Mapping[str, tuple[str, ...]] = {
    "action": ("C", ":not=R"),
    "address": ("10.",),
    "agent": (":identifier=demo-service", "Practitioner/7"),
    "agent-name": (":exact=demo", "nobody"),
    "agent-role": ("auditor",),
    "altid": ("demo-clinician",),
    "date": ("lt2026-01-01", "eq2020"),
    "entity": ("Patient/two", "Condition/other"),
    "entity-name": ("x",),
    "entity-role": ("24",),
    "entity-type": ("4",),
    "outcome": ("4", "8", ":not=0"),
    "patient": ("two", "Patient/two"),
    "policy": ("urn:ietf:params:oauth:jti:x",),
    "site": ("x",),
    "source": ("Device/x",),
    "subtype": ("vread", "urn:other|read"),
    "type": ("urn:other|rest",),
}


def test_every_parameter_of_the_standard_is_asked_here() -> None:
    assert ASKED.keys() == MISSED.keys() == set(search_parameters("AuditEvent")) - OF_EVERY_TYPE


OF_EVERY_TYPE = {name for name in search_parameters("AuditEvent") if name.startswith("_")}


@pytest.fixture
def read(fhir: Fhir, auditor: Fhir, noted: Noted) -> str:
    """The id of the event of a clinician who reads a diagnosis of a patient."""
    fhir.hold(patient(id="one"), condition("Patient/one", id="dx"))
    answer = fhir.get("Condition/dx")
    assert answer.status_code == 200
    noted()
    (found,) = [
        each["id"]
        for each in events(auditor, "entity=Condition/dx&action=R")
        if any(agent["name"] == "demo-clinician" for agent in each["agent"] if agent["requestor"])
    ]
    return str(found)


def events(auditor: Fhir, query: str) -> list[dict[str, Any]]:
    answer = auditor.get(f"AuditEvent?{query}")
    assert answer.status_code == 200, answer.text
    return [found["resource"] for found in answer.get_json().get("entry", ())]


def test_what_is_told_is_found_by_each_parameter_and_nothing_else_finds_it(auditor: Fhir, read: str) -> None:
    def finds(name: str, value: str) -> bool:
        query = f"{name}{value}" if value.startswith(":") else f"{name}={value}"
        return read in [each["id"] for each in events(auditor, f"{query}&_count=500")]

    assert [(name, each) for name, values in ASKED.items() for each in values if not finds(name, each)] == []
    assert [(name, each) for name, values in MISSED.items() for each in values if finds(name, each)] == []
    assert finds("_id", read)
    assert finds(
        "_profile", "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
    )


def test_a_page_that_looks_at_many_for_few_says_where_the_next_one_begins(
    auditor: Fhir, read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr(searching, "_AT_ONCE", 1)
    address, found = "AuditEvent?subtype=read&entity-type=1&_count=1", []
    pages = 0
    while address:
        page = auditor.get(address).get_json()
        found += [each["resource"]["id"] for each in page.get("entry", ())]
        address = link(page, "next") or ""
        pages += 1

    assert read in found
    assert pages > len(found)


def test_who_read_a_patient_is_known_under_every_name_that_they_were_merged_with(
    fhir: Fhir, auditor: Fhir, noted: Noted
) -> None:
    fhir.hold(patient(id="old"), patient(id="new"))
    fhir.get("Patient/old")
    merging = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "source-patient", "valueReference": {"reference": "Patient/old"}},
            {"name": "target-patient", "valueReference": {"reference": "Patient/new"}},
        ],
    }
    assert auditor.send("POST", "Patient/$merge", merging).status_code == 200
    noted()

    def readings(name: str) -> int:
        return len(events(auditor, f"patient={name}&action=R&agent:identifier=demo-clinician"))

    assert (readings("old"), readings("new")) == (1, 1)
    parted = auditor.send("POST", "Patient/$unmerge", merging)
    assert parted.status_code == 200, parted.text
    assert (readings("old"), readings("new")) == (1, 0)
