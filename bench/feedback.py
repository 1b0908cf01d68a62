"""How soon a reader's inbox has an outcome after its commit, while a hundred others commit a second."""

import http.client
import json
import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from bench.clients import Gateway, Request, answered

_ROLE, _READER, _FHIR = "superuser", "teleradiologist", "application/fhir+json"
_OUTCOMES, _SECONDS, _WRITERS, _RATE = 60, 30.0, 4, 100.0
_LOOKS = 0.2  # seconds between two looks into the inbox


@dataclass(frozen=True, slots=True)
class Latency:
    """How long after its commit an outcome was in the inbox, in seconds; `rate` is of all commits."""

    rate: float
    times: Sequence[float]
    missing: int

    def line(self) -> str:
        """The row in Markdown."""
        middle, slow = statistics.median(self.times), statistics.quantiles(self.times, n=20)[-1]
        spread = f"{middle:.1f} s, 95 % {slow:.1f} s, at most {max(self.times):.1f} s, {self.missing} missing"
        return f"| outcome to inbox | {_WRITERS} | {self.rate:,.0f} commits/s | {spread} |"


def rows(gateway: Gateway) -> Iterator[Latency]:
    """The one row; the reader is bound to a Practitioner and has read once of each patient."""
    mark = f"b{uuid4().hex[:8]}"
    _bind(gateway, mark)
    for number in range(_OUTCOMES):
        gateway.ask(_post(gateway, "/fhir", _read_of(mark, number)))
    context = multiprocessing.get_context("fork")
    told, seen = context.Queue(), context.Queue()
    shares = [list(range(start, _OUTCOMES, _WRITERS)) for start in range(_WRITERS)]
    workers = [context.Process(target=_write, args=(gateway, mark, share, told)) for share in shares]
    looking = context.Process(target=_look, args=(gateway, mark, seen))
    for each in (looking, *workers):
        each.start()
    commits, at = 0, dict[str, float]()
    for _ in workers:
        count, share = told.get()
        commits += count
        at |= share
    found = seen.get()
    for each in (looking, *workers):
        each.join()
    times = [found[name] - moment for name, moment in at.items() if name in found]
    yield Latency(commits / _SECONDS, times, len(at) - len(times))


def _bind(gateway: Gateway, mark: str) -> None:
    person = {"resourceType": "Practitioner", "id": mark}
    gateway.ask(("PUT", f"/fhir/Practitioner/{mark}", *_sent(gateway, person)))
    terms = {"role": _READER, "disabled": False, "fhirUser": f"Practitioner/{mark}", "departments": []}
    headers = gateway.headers(_ROLE, Content_Type="application/json")
    path = f"/administration/users/demo-{_READER}"
    gateway.ask(("PUT", path, json.dumps(terms).encode(), headers))


def _read_of(mark: str, number: int) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "id": f"{mark}-{number}"}
    read = {
        "resourceType": "DiagnosticReport",
        "id": f"{mark}-read-{number}",
        "status": "final",
        "category": [{"coding": [{"code": "RAD"}]}],
        "code": {"text": "CT chest"},
        "subject": {"reference": f"Patient/{mark}-{number}"},
        "effectiveDateTime": "2025-01-10",
        "resultsInterpreter": [{"reference": f"Practitioner/{mark}"}],
        "conclusion": "IMPRESSION: 12 mm nodule of the left lower lobe.",
    }
    entries = [
        {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
        for each in (patient, read)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _outcome(mark: str, number: int) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "category": [{"coding": [{"code": "PAT"}]}],
        "code": {"text": "Surgical pathology"},
        "subject": {"reference": f"Patient/{mark}-{number}"},
        "effectiveDateTime": "2025-01-30",
        "conclusion": "Adenocarcinoma of the left lower lobe of the lung.",
    }


def _other(mark: str, number: int) -> dict[str, Any]:
    """A commit that tells nothing of a read: one in ten is a diagnosis, which is looked at all the same."""
    about = {"subject": {"reference": f"Patient/{mark}-{number % _OUTCOMES}"}}
    if number % 10 == 0:
        return {"resourceType": "Condition", "code": {"text": "Hypertension"}, **about}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"}, **about}


def _write(gateway: Gateway, mark: str, share: Sequence[int], told: Any) -> None:
    """Commit at this writer's part of the rate, the outcomes of its share spread over the time."""
    connection = http.client.HTTPConnection(gateway.host, gateway.port, timeout=120)
    began, done, waiting, at = time.monotonic(), 0, list(share), dict[str, float]()
    every = _SECONDS / max(1, len(share))
    while (passed := time.monotonic() - began) < _SECONDS:
        if waiting and passed >= every * (len(share) - len(waiting)):
            number = waiting.pop(0)
            answered(connection, _post(gateway, "/fhir/DiagnosticReport", _outcome(mark, number)))
            at[f"DiagnosticReport/{mark}-read-{number}"] = time.monotonic()
        else:
            resource = _other(mark, done)
            answered(connection, _post(gateway, f"/fhir/{resource['resourceType']}", resource))
        done += 1
        time.sleep(max(0.0, began + done * _WRITERS / _RATE - time.monotonic()))
    told.put((done, at))


def _look(gateway: Gateway, mark: str, seen: Any) -> None:
    """Look into the inbox until everything is there, or half a minute after the last commit."""
    connection = http.client.HTTPConnection(gateway.host, gateway.port, timeout=120)
    found, until = dict[str, float](), time.monotonic() + 2 * _SECONDS
    headers = gateway.headers(_READER)
    while time.monotonic() < until and len(found) < _OUTCOMES:
        page = json.loads(answered(connection, ("GET", "/feedback/packets?limit=100", None, headers)))
        moment = time.monotonic()
        for each in page["packets"]:
            if each["reads"][0]["reference"].startswith(f"DiagnosticReport/{mark}-"):
                found.setdefault(each["reads"][0]["reference"], moment)
        time.sleep(_LOOKS)
    seen.put(found)


def _post(gateway: Gateway, path: str, resource: dict[str, Any]) -> Request:
    return ("POST", path, *_sent(gateway, resource))


def _sent(gateway: Gateway, resource: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    return json.dumps(resource).encode(), gateway.headers(_ROLE, Content_Type=_FHIR)
