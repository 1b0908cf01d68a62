"""Bulk data waits in files under the limits of every upload, and leaves none behind."""

import os
from collections.abc import Iterator
from pathlib import Path
from time import time_ns

import pytest

from app.blobs import BlobStore, new_blob_id
from app.imaging.assembly import Assemblies
from app.imaging.render.renderers import Renderers
from graph.errors import Forbidden, StorageFull, TooLarge, Unavailable
from graph.scope import AccessScope
from tests.factories.scopes import scope_of


@pytest.fixture
def scope() -> AccessScope:
    return scope_of("service", tenant="t")


def new_id() -> str:
    return new_blob_id(time_ns() // 1_000_000, os.urandom(10))


def assemblies(
    folder: Path, *, floor: int = 0, in_flight: int = 1 << 30, longest: int = 1 << 30
) -> Assemblies:
    blobs = BlobStore([folder], floor=floor, in_flight=in_flight)
    return Assemblies(blobs, new_id, Renderers(folder / "none", 1), longest=longest, most=1 << 20)


def pieces(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield bytes(1_000)


def left(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and each.name != "lock"]


def test_a_part_beyond_the_size_of_an_instance_is_too_large(tmp_path: Path, scope: AccessScope) -> None:
    with pytest.raises(TooLarge), assemblies(tmp_path, longest=2_500).begin(scope) as assembly:
        assembly.take("a", "application/octet-stream", None, pieces(3))

    assert left(tmp_path) == []


def test_one_part_is_not_named_into_more_than_a_request_may_be(tmp_path: Path, scope: AccessScope) -> None:
    dataset = {"7FE00010": {"vr": "OW", "BulkDataURI": "a"}}
    with assemblies(tmp_path).begin(scope) as assembly:
        assembly.take("a", "application/octet-stream", None, pieces(100))
        files = assembly.files([dataset] * 100)

        with pytest.raises(TooLarge):
            for file in files:
                assert sum(map(len, file)) > 100_000


def test_no_part_is_taken_below_the_disk_floor(tmp_path: Path, scope: AccessScope) -> None:
    with pytest.raises(StorageFull) as refusal, assemblies(tmp_path, floor=1 << 60).begin(scope) as assembly:
        assembly.take("a", "application/octet-stream", None, pieces(1))

    assert refusal.value.retry_after


def test_no_part_is_taken_beyond_the_bytes_in_flight(tmp_path: Path, scope: AccessScope) -> None:
    with pytest.raises(Unavailable) as refusal, assemblies(tmp_path, in_flight=500).begin(scope) as assembly:
        for location in ("a", "b"):
            assembly.take(location, "application/octet-stream", None, pieces(1))

    assert refusal.value.retry_after
    assert left(tmp_path) == []


def test_who_may_not_store_begins_nothing(tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        assemblies(tmp_path).begin(scope_of("clinician", tenant="t"))
