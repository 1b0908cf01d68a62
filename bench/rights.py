"""What rights cost: the same small questions by callers whose rights are nothing, few, many, or consents.

Each question is asked by all of them in turn, so that no noise of the machine falls on one alone, and nothing
that was remembered answers it: before each the graph has another edition. The plain caller asks for a purpose
that consents yield to; the others are to be compared with it.
"""

import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from uuid import uuid4

import orjson

from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring, wired
from bench.clients import Gateway, Request, answered
from bench.rows import Row
from graph.accounts.accounts import AccountTerms, Granted
from graph.accounts.roles import role_from
from graph.clock import now
from graph.edition import Edition
from graph.local.folders import graph_folder
from tests.factories.consents import opted_out
from tests.factories.dicom import ct_instance, uid
from tests.factories.fhir import Resource, bundle, entry, observation, patient

PEOPLE, FINDINGS = 10, 20  # patients whom all callers see, and findings of each
CLOSED, PARTLY = 1_000, 50  # others, whose consents keep all of them or a part
ROUNDS = 20
_BATCH = 100
_FHIR = "application/fhir+json"
_GLUCOSE = {"coding": [{"system": "http://loinc.org", "code": "2345-7"}]}

OTHERS = tuple(f"granted-{number}" for number in range(10_000 - PEOPLE))

CALLERS: Mapping[str, tuple[str, int]] = {
    "plain": ("ETREAT", 0),
    "1,050 consents": ("TREAT", 0),
    "10 grants": ("ETREAT", 10),
    "10,000 grants": ("ETREAT", 10_000),
}
"""For what purpose each asks, and how many patients were granted to them; of none they see all."""

QUESTIONS: Mapping[str, str] = {
    "read Patient": "/fhir/Patient/{patient}",
    "search by patient and code": "/fhir/Observation?patient={patient}&code=718-7",
    "search by name": "/fhir/Patient?name={patient}",
    "QIDO by PatientID": "/dicom-web/studies?PatientID={patient}",
    "one frame": "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/1",
}


def rows(gateway: Gateway) -> Iterator[Row]:
    """Every row of the suite."""
    people = [_person(gateway, f"{uuid4()}") for _ in range(PEOPLE)]
    _close(gateway)
    _others(gateway)
    with wired(Config.from_env(os.environ)) as wiring:
        tokens = {name: _employed(wiring, people, *terms) for name, terms in CALLERS.items()}
    yield from compared(gateway, people, tokens)


def compared(
    gateway: Gateway, people: Sequence[Mapping[str, str]], tokens: Mapping[str, str]
) -> Iterator[Row]:
    """A row of each question and caller."""
    edition = Edition(graph_folder(Config.from_env(os.environ).home))
    connection = HTTPConnection(gateway.host, gateway.port, timeout=120)
    for what, path in QUESTIONS.items():
        taken: dict[str, list[float]] = {name: [] for name in tokens}
        for person in people * ROUNDS:
            for name, token in tokens.items():
                request: Request = (
                    "GET",
                    path.format_map(person),
                    None,
                    {"Authorization": f"Bearer {token}"},
                )
                edition.change()
                began = time.perf_counter()
                answered(connection, request)
                taken[name].append(time.perf_counter() - began)
        for name, times in taken.items():
            slow = statistics.quantiles(times, n=10)[-1] * 1000
            yield Row(f"{what}: {name}", 1, 1 / statistics.median(times), "requests", slow)


def _person(gateway: Gateway, name: str) -> Mapping[str, str]:
    """A patient with a study of one picture and some findings, and the names of all that."""
    subject = f"Patient/{name}"
    made = [patient(name, id=name, name=[{"family": name}]), *(observation(subject) for _ in range(FINDINGS))]
    _write(gateway, [_put(each) if "id" in each else entry(each) for each in made])
    study = uid("bench", name)
    series = uid("series", study, "CT")
    headers = gateway.headers("superuser", Content_Type="application/dicom")
    whose = {"PatientName": name, "PatientBirthDate": "19700203", "PatientSex": "F"}  # as the chart says
    file = ct_instance(patient_id=name, study_uid=study, **whose)
    gateway.ask(("POST", "/dicom-web/studies", file, headers))
    instance = uid("instance", series, 1, "")
    return {"patient": name, "study": study, "series": series, "instance": instance}


def _close(gateway: Gateway) -> None:
    """Patients whose consents keep something back."""
    names = [f"{uuid4()}" for _ in range(CLOSED + PARTLY)]
    _write(gateway, [_put(patient(id=each)) for each in names])
    _write(gateway, [entry(opted_out(each)) for each in names[:CLOSED]])
    _write(gateway, [entry(opted_out(each, code=[_GLUCOSE])) for each in names[CLOSED:]])


def _put(resource: Resource) -> Resource:
    return entry(resource, "PUT", f"{resource['resourceType']}/{resource['id']}")


def _write(gateway: Gateway, entries: Sequence[Resource]) -> None:
    headers = gateway.headers("superuser", Content_Type=_FHIR)
    for at in range(0, len(entries), _BATCH):
        sent = orjson.dumps(bundle(*entries[at : at + _BATCH]))
        gateway.ask(("POST", "/fhir", sent, headers))


def _others(gateway: Gateway) -> None:
    """Patients who are there to be granted."""
    _write(gateway, [_put(patient(None, id=each)) for each in OTHERS])


def _employed(wiring: Wiring, people: Sequence[Mapping[str, str]], purpose: str, grants: int) -> str:
    """A token of a new account in a role of its own."""
    scope, name = system_scope(wiring.sites.own.tenant), f"bench-{uuid4()}"
    form = {"name": name, "description": "", "purpose": purpose, "actions": ["fhir.read", "imaging.read"]}
    wiring.roles.put(scope, role_from(form | {"rows": ["granted" if grants else "all"]}), now())
    wiring.accounts.put(scope, name, AccountTerms(name), now())
    for granted in [*(each["patient"] for each in people), *OTHERS][:grants]:
        wiring.accounts.grant(scope, name, Granted(granted), now())
    return wiring.account_tokens.issue(name, now() // 1_000_000)
