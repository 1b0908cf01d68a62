"""DICOMweb: storing CT images of half a megabyte, and finding and fetching them again."""

from collections.abc import Iterator
from uuid import uuid4

import orjson

from bench.clients import Gateway, Request, Task, measure
from bench.rows import Row
from tests.factories.dicom import ct_instance, large_ct_instance

_RELATED = 'multipart/related; type="{}"; boundary={}'
_ANY_SYNTAX = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_STUDIES = 20_000  # that searches have to choose from, each with one small instance of its own patient
_EACH = 100  # studies a request when filling


def rows(gateway: Gateway) -> Iterator[Row]:
    """Every row of the suite."""
    yield from measure(
        gateway,
        Task("STOW, one CT of 0.5 MB", 240, lambda count: _stores(gateway, count, 1), "instances"),
        1,
        8,
    )
    batches = Task("STOW, batches of 50", 8, lambda count: _stores(gateway, count, 50), "instances", 50)
    yield from measure(gateway, batches, 1, 8)
    search = _search(gateway, _fill(gateway))
    what = f"QIDO by PatientID among {_STUDIES:,} studies"
    yield from measure(gateway, Task(what, 400, lambda count: [search] * count), 1, 8)
    yield from _retrievals(gateway)


def _retrievals(gateway: Gateway) -> Iterator[Row]:
    study, series, instance = _study(gateway)
    path = f"/dicom-web/studies/{study}"
    metadata: Request = ("GET", f"{path}/metadata", None, gateway.headers("clinician"))
    whole: Request = ("GET", path, None, gateway.headers("clinician", Accept=_ANY_SYNTAX))
    frame: Request = ("GET", f"{path}/series/{series}/instances/{instance}/frames/1", None, _octets(gateway))
    size = len(gateway.ask(whole)) / 1e6
    tasks = (
        Task("metadata of 100 instances", 96, lambda count: [metadata] * count),
        Task("study of 100 instances", 16, lambda count: [whole] * count, "MB", size),
        Task("one frame", 800, lambda count: [frame] * count),
    )
    for task in tasks:
        yield from measure(gateway, task, 1, 8)


def _octets(gateway: Gateway) -> dict[str, str]:
    return gateway.headers("clinician", Accept='multipart/related; type="application/octet-stream"')


def _uid() -> str:
    return f"2.25.{uuid4().int}"


def _stores(gateway: Gateway, requests: int, each: int) -> list[Request]:
    study, series = _uid(), _uid()
    return [_store(gateway, study, series, [_uid() for _ in range(each)]) for _ in range(requests)]


def _store(gateway: Gateway, study: str, series: str, sops: list[str], patient: str = "BENCH") -> Request:
    files = [
        large_ct_instance(study_uid=study, series_uid=series, sop_uid=sop, patient_id=patient) for sop in sops
    ]
    return _storing(gateway, files)


def _storing(gateway: Gateway, files: list[bytes]) -> Request:
    if len(files) == 1:
        headers = gateway.headers("service", Content_Type="application/dicom")
        return "POST", "/dicom-web/studies", files[0], headers
    boundary = uuid4().hex
    parts = b"".join(
        b"--%s\r\nContent-Type: application/dicom\r\n\r\n%s\r\n" % (boundary.encode(), file) for file in files
    )
    headers = gateway.headers("service", Content_Type=_RELATED.format("application/dicom", boundary))
    return "POST", "/dicom-web/studies", parts + b"--%s--" % boundary.encode(), headers


def _fill(gateway: Gateway) -> str:
    """Studies of as many patients; return the id of one."""
    run = uuid4().hex[:8]
    patients = [f"BENCH-{run}-{number}" for number in range(_STUDIES)]
    for start in range(0, _STUDIES, _EACH):
        gateway.ask(_storing(gateway, [_small(patient) for patient in patients[start : start + _EACH]]))
    return patients[_STUDIES // 2]


def _small(patient: str) -> bytes:
    return ct_instance(study_uid=_uid(), series_uid=_uid(), sop_uid=_uid(), patient_id=patient)


def _search(gateway: Gateway, patient: str) -> Request:
    return "GET", f"/dicom-web/studies?PatientID={patient}", None, gateway.headers("clinician")


def _study(gateway: Gateway) -> tuple[str, str, str]:
    """A study of a hundred instances, just stored, its series and one of its instances."""
    study, series = _uid(), _uid()
    for _ in range(2):
        gateway.ask(_store(gateway, study, series, [_uid() for _ in range(50)]))
    found = orjson.loads(
        gateway.ask(("GET", f"/dicom-web/studies/{study}/instances", None, gateway.headers("clinician")))
    )
    return study, series, found[0]["00080018"]["Value"][0]
