"""Pictures: CT of 512 x 512 drawn and transcoded, first and again; a mammogram over a slow line."""

from collections.abc import Iterator
from uuid import uuid4

from bench.clients import ROUNDS, Gateway, Request, Task, measure
from bench.rows import Row
from bench.slow_line import SlowLine
from tests.factories.dicom import smooth_instance

_SIDE = 512
_FRESH = 48  # instances of a round whose answers nobody has asked for before
_MAMMOGRAM = 2_345  # pixels a side, 16 bits: 11 MB
_RATE = 20e6  # bits a second
_PART = 'multipart/related; type="{}"'
_JPEG_2000 = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90'


def rows(gateway: Gateway) -> Iterator[Row]:
    """Every row of the suite."""
    paths = _store(gateway, ROUNDS * _FRESH, _SIDE)
    for what, ending, accept in (
        ("rendered, JPEG", "/rendered", "image/jpeg"),
        ("thumbnail", "/thumbnail", "image/jpeg"),
        ("a frame as HTJ2K", "/frames/1", _PART.format("image/jphc")),
        ("a frame as JPEG 2000", "/frames/1", _PART.format("image/jp2")),
    ):
        asked = [_ask(gateway, path + ending, accept) for path in paths]
        yield from _twice(gateway, what, asked)
    yield from _series(gateway, paths)
    yield from _first_picture(gateway)


def _twice(gateway: Gateway, what: str, asked: list[Request]) -> Iterator[Row]:
    """A row for what nobody has asked for before, and rows for what is kept."""
    fresh = iter([asked[start : start + _FRESH] for start in range(0, len(asked), _FRESH)])
    yield from measure(gateway, Task(f"{what}, the first time", _FRESH, lambda _: next(fresh)), 1)
    kept = asked * 8
    yield from measure(gateway, Task(f"{what}, again", len(kept), lambda count: kept[:count]), 1, 8)


def _series(gateway: Gateway, paths: list[str]) -> Iterator[Row]:
    """The whole series as JPEG 2000: its frames are kept already, the files around them are made."""
    series = paths[0].partition("/instances/")[0]
    size = len(paths) * _SIDE * _SIDE * 2 / 1e6
    asked = _ask(gateway, series, _JPEG_2000)
    task = Task("a series as JPEG 2000, of uncompressed bytes", 1, lambda count: [asked] * count, "MB", size)
    yield from measure(gateway, task, 1)


def _first_picture(gateway: Gateway) -> Iterator[Row]:
    """Until a tenth of a mammogram's HTJ2K has come, a picture of a quarter of its size; and all of it."""
    line = SlowLine(gateway, _RATE)
    jphc = _headers(gateway, _PART.format("image/jphc"))
    native = _headers(gateway, _PART.format("application/octet-stream"))
    (path,) = _store(gateway, 1, _MAMMOGRAM)
    for what, headers, size in (
        ("a mammogram at 20 Mbit/s, a tenth of its HTJ2K, the first time", jphc, 0.1),
        ("a mammogram at 20 Mbit/s, a tenth of its HTJ2K, again", jphc, 0.1),
        ("a mammogram at 20 Mbit/s, all of it uncompressed", native, _MAMMOGRAM * _MAMMOGRAM * 2),
    ):
        seconds = line.seconds(f"{path}/frames/1", headers, size)
        yield Row(what, 1, 1 / seconds, "pictures", seconds * 1000)


def _store(gateway: Gateway, count: int, side: int) -> list[str]:
    """Instances of one series, just stored: the path of each."""
    study, series = _uid(), _uid()
    sops = [_uid() for _ in range(count)]
    headers = gateway.headers("service", Content_Type="application/dicom")
    for sop in sops:
        file = smooth_instance(rows=side, study_uid=study, series_uid=series, sop_uid=sop, patient_id="BENCH")
        gateway.ask(("POST", "/dicom-web/studies", file, headers))
    return [f"/dicom-web/studies/{study}/series/{series}/instances/{sop}" for sop in sops]


def _ask(gateway: Gateway, path: str, accept: str) -> Request:
    return "GET", path, None, _headers(gateway, accept)


def _headers(gateway: Gateway, accept: str) -> dict[str, str]:
    return gateway.headers("clinician", Accept=accept)


def _uid() -> str:
    return f"2.25.{uuid4().int}"
