"""The worklist: search, claim, update and change of state, beside FHIR's search by token, read and update."""

from collections.abc import Iterator
from uuid import uuid4

import orjson

from bench.clients import Gateway, Request, Task, measure
from bench.rows import Row
from tests.factories.workitems import dataset, workitem

_DICOM, _FHIR = "application/dicom+json", "application/fhir+json"
_ITEMS, _STATIONS, _PATIENTS = 5_000, 100, 500
_ROLE = "superuser"


def rows(gateway: Gateway) -> Iterator[Row]:
    """Every row of the suite; the worklist is filled first."""
    tasks = _fill(gateway)
    searches = (
        (
            "FHIR search by token, 50",
            "/fhir/Task?code=http://dicom.nema.org/resources/ontology/DCM|110005&_count=50",
        ),
        ("UPS search by state, 50", "/dicom-web/workitems?ProcedureStepState=SCHEDULED&limit=50"),
        ("FHIR search by identifier", f"/fhir/Task?identifier=urn:oid:{tasks[0]}"),
        ("UPS search by PatientID", "/dicom-web/workitems?PatientID=BENCH-7&limit=50"),
        (
            "UPS search by state and station, 50",
            "/dicom-web/workitems?ProcedureStepState=SCHEDULED"
            "&ScheduledStationNameCodeSequence.CodeValue=S-7&limit=50",
        ),
        ("retrieve a workitem", f"/dicom-web/workitems/{tasks[0]}"),
    )
    for what, path in searches:
        request: Request = ("GET", path, None, gateway.headers(_ROLE))
        yield from measure(gateway, Task(what, 240, lambda count, request=request: [request] * count), 1, 8)
    writes = (
        Task("FHIR update", 240, lambda count: _updates(gateway, count)),
        Task("create a workitem", 240, lambda count: [_create(gateway, _uid(), at) for at in range(count)]),
        Task("claim", 240, lambda count: [_claim(gateway, uid) for uid in _made(gateway, count)]),
        Task("update a workitem", 240, lambda count: _labels(gateway, count)),
        Task(
            "request to cancel", 240, lambda count: [_cancel(gateway, uid) for uid in _made(gateway, count)]
        ),
    )
    for task in writes:
        yield from measure(gateway, task, 1, 8)


def _uid() -> str:
    return f"2.25.{uuid4().int}"


def _create(gateway: Gateway, uid: str, number: int) -> Request:
    station = {"CodeValue": f"S-{number % _STATIONS}", "CodingSchemeDesignator": "99B", "CodeMeaning": "S"}
    body = workitem(
        PatientID=f"BENCH-{number % _PATIENTS}",
        StudyInstanceUID=(),
        ScheduledStationNameCodeSequence=(station,),
    )
    headers = gateway.headers(_ROLE, Content_Type=_DICOM)
    return "POST", f"/dicom-web/workitems?{uid}", orjson.dumps([body]), headers


def _fill(gateway: Gateway) -> list[str]:
    """Create the workitems that searches choose from; return their UIDs."""
    uids = [_uid() for _ in range(_ITEMS)]
    for at, uid in enumerate(uids):
        gateway.ask(_create(gateway, uid, at))
    return uids


def _made(gateway: Gateway, count: int) -> list[str]:
    """New workitems, which nobody has claimed."""
    uids = [_uid() for _ in range(count)]
    for at, uid in enumerate(uids):
        gateway.ask(_create(gateway, uid, at))
    return uids


def _claim(gateway: Gateway, uid: str) -> Request:
    body = dataset(ProcedureStepState="IN PROGRESS", TransactionUID=_uid())
    headers = gateway.headers(_ROLE, Content_Type=_DICOM)
    return "PUT", f"/dicom-web/workitems/{uid}/state", orjson.dumps([body]), headers


def _cancel(gateway: Gateway, uid: str) -> Request:
    return "POST", f"/dicom-web/workitems/{uid}/cancelrequest", None, gateway.headers(_ROLE)


def _labels(gateway: Gateway, count: int) -> list[Request]:
    """Updates of one workitem."""
    (uid,) = _made(gateway, 1)
    headers = gateway.headers(_ROLE, Content_Type=_DICOM)
    bodies = (orjson.dumps([dataset(WorklistLabel=f"L{at}")]) for at in range(count))
    return [("POST", f"/dicom-web/workitems/{uid}", body, headers) for body in bodies]


def _updates(gateway: Gateway, count: int) -> list[Request]:
    """Updates of Tasks of FHIR's own, as large as those of workitems, each of another one."""
    headers = gateway.headers(_ROLE, Content_Type=_FHIR)
    found = []
    for at in range(count):
        path = f"/fhir/Task/bench-{uuid4().hex}"
        gateway.ask(("PUT", path, _task(path, "requested", at), headers))
        found.append(("PUT", path, _task(path, "in-progress", at), headers))
    return found


def _task(path: str, status: str, number: int) -> bytes:
    resource = {
        "resourceType": "Task",
        "id": path.rpartition("/")[2],
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{_uid()}"}],
        "status": status,
        "intent": "order",
        "priority": "urgent",
        "code": {
            "coding": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110005"}],
            "text": "Interpretation",
        },
        "description": f"Read a CT of the thigh {number}",
        "authoredOn": "2026-11-22T09:00:00Z",
        "lastModified": "2026-11-22T09:00:00Z",
        "restriction": {"period": {"start": "2026-11-22T09:00:00Z"}},
    }
    return orjson.dumps(resource)
