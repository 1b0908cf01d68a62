"""The worker moves what is closed into the graph: once, whole, and also what a dead process left."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.audit.entries import REFERENCES_IN_A_LINE
from app.audit.events import audit_event
from app.audit.mover import AuditMover, adopt_abandoned
from app.audit.proving import defects
from app.audit.reading import read_segment, read_spool, segments
from app.audit.recorder import AuditRecorder
from app.audit.spool import Spool, SpoolLimits
from app.security.scopes import system_scope
from graph.audit.entries import AuditStore, AuditWindow
from graph.audit.heads import AuditHeadStore
from graph.errors import Forbidden, ScopeMissing
from graph.keys import resource_key
from graph.session import Graph
from tests.app.audit.test_recorder import FACTS
from tests.factories.scopes import scope_of

KEY = b"the key of the chains"


@pytest.fixture
def store(graph: Graph) -> AuditStore:
    return AuditStore(graph)


@pytest.fixture
def mover(tmp_path: Path, graph: Graph, store: AuditStore) -> AuditMover:
    return AuditMover(tmp_path, store, AuditHeadStore(graph), KEY)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path, SpoolLimits(segment_bytes=6000), key=KEY)
    yield opened
    opened.close()


@pytest.fixture
def recorder(spool: Spool, tenant: str) -> AuditRecorder:
    return AuditRecorder(spool, b"key", tenant)


def record(recorder: AuditRecorder, tenant: str, count: int) -> None:
    for _ in range(count):
        entry = recorder.begin(scope_of("clinician", tenant=tenant), replace(FACTS, action="C"))
        entry.concerning("Patient/1")
        entry.close(200)


def test_closed_segments_go_into_the_graph_and_open_ones_stay(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    record(recorder, tenant, 20)
    moved = mover.move()
    assert moved.segments > 1
    assert 0 < store.count(system_scope(tenant)) <= 20
    assert len(list(tmp_path.glob("*.open"))) == 1
    recorder.close()
    mover.move()
    assert store.count(system_scope(tenant)) == 20
    assert mover.move().segments == 0


def test_beginning_and_outcome_become_one_entry_and_one_audit_event(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    record(recorder, tenant, 1)
    recorder.close()
    mover.move()
    (entry,) = store.of_request(system_scope(tenant), "r-1")
    assert (entry["subject"], entry["status"], entry["concerning"]) == ("a-clinician", 200, ["Patient/1"])
    event = audit_event(entry, "https://hilum.example")
    assert (event["action"], event["outcome"], event["recorded"]) == ("C", "0", "2023-11-14T22:13:20.000000Z")
    (whom,) = [each for each in event["entity"] if each.get("role", {}).get("code") == "1"]
    assert (whom["type"]["code"], whom["what"]) == ("1", {"reference": "Patient/1"})


def test_moving_twice_is_moving_once(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    record(recorder, tenant, 5)
    recorder.close()
    (path,) = segments(tmp_path)
    raw = path.read_bytes()
    mover.move()
    path.write_bytes(raw)
    mover.move()
    assert store.count(system_scope(tenant)) == 5


def test_who_watches_is_shown_each_access_once_and_whole(
    recorder: AuditRecorder, store: AuditStore, graph: Graph, tenant: str, tmp_path: Path
) -> None:
    shown: list[Mapping[str, Any]] = []
    mover = AuditMover(tmp_path, store, AuditHeadStore(graph), KEY, lambda _, rows: shown.extend(rows))
    entry = recorder.begin(scope_of("clinician", tenant=tenant), FACTS)
    entry.concerning(*(f"Patient/{number}" for number in range(REFERENCES_IN_A_LINE + 1)))
    entry.close(200)
    recorder.close()
    mover.move()

    (whole,) = [each for each in shown if "status" in each["properties"]]
    assert whole["properties"]["subject"] == "a-clinician"
    whom = {key for each in shown for key in each["concerning"]}
    assert len(whom) == REFERENCES_IN_A_LINE + 1
    assert {each["key"] for each in shown} == {whole["key"]}


def test_two_workers_move_each_segment_once(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    record(recorder, tenant, 40)
    recorder.close()
    count = len(segments(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        moved = list(pool.map(lambda _: mover.move(), range(2)))
    assert sum(each.segments for each in moved) == count
    assert store.count(system_scope(tenant)) == 40
    assert defects(tmp_path, KEY) == []


def test_a_segment_that_moves_while_it_is_read_is_read_all_the_same(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    record(recorder, tenant, 1)
    (path,) = segments(tmp_path)
    recorder.close()
    mover.move()
    assert len(read_segment(path, KEY).lines) == 2


def test_the_archive_keeps_the_chain(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    record(recorder, tenant, 20)
    mover.move()
    record(recorder, tenant, 20)
    recorder.close()
    assert defects(tmp_path, KEY) == []
    assert len([each for each in read_spool(tmp_path, KEY) if each["kind"] == "access"]) == 40
    assert {path.suffix for path in segments(tmp_path)} == {".gz", ".closed"}


def test_a_segment_is_moved_up_to_where_it_was_tampered_with(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    record(recorder, tenant, 3)
    recorder.close()
    (path,) = segments(tmp_path)
    kept = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*kept[:4], kept[4].replace(b"200", b"404"), *kept[5:]]))
    mover.move()
    assert store.count(system_scope(tenant)) == 2
    assert defects(tmp_path, KEY) != []


def test_nobody_is_left_out_however_many_are_concerned(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str
) -> None:
    entry = recorder.begin(scope_of("clinician", tenant=tenant), FACTS)
    names = [f"Patient/p{number}" for number in range(2 * REFERENCES_IN_A_LINE + 1)]
    entry.concerning(*names)
    entry.close(200)
    recorder.close()
    mover.move()

    (found,) = store.of_request(system_scope(tenant), "r-1")
    assert (sorted(found["concerning"]), found["concerned"]) == (sorted(names), len(names))


def test_who_saw_a_patient_is_one_question_and_comes_in_pages_the_newest_first(
    recorder: AuditRecorder, store: AuditStore, mover: AuditMover, tenant: str
) -> None:
    for number in range(7):
        entry = recorder.begin(
            scope_of("clinician", tenant=tenant), replace(FACTS, received=number, request_id=f"r-{number}")
        )
        entry.concerning("Patient/even" if number % 2 == 0 else "Patient/odd", "ImagingStudy/one")
        entry.close(200)
    recorder.close()
    mover.move()

    def seen(*names: str, after: tuple[int, str] | None = None, limit: int = 10) -> list[str]:
        keys = [[resource_key(tenant, *name.split("/"))] for name in names]
        window = AuditWindow(limit=limit, concerned=keys, after=after)
        return [each["requestId"] for each in store.page(system_scope(tenant), window)]

    assert seen("Patient/even") == ["r-6", "r-4", "r-2", "r-0"]
    assert seen("Patient/even", "ImagingStudy/one", limit=1) == ["r-6"]
    assert seen("Patient/even", after=(4, ""), limit=2) == ["r-2", "r-0"]
    assert seen("Patient/even", "Patient/odd") == []
    assert len(seen()) == 7


LEFT_BEHIND = """
import os, signal, sys
from pathlib import Path
from app.audit.spool import Spool
Spool(Path(sys.argv[1]), key=b"the key of the chains").record(sys.argv[2].encode()).wait()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_open_is_adopted(
    store: AuditStore, mover: AuditMover, tenant: str, tmp_path: Path
) -> None:
    line = orjson.dumps({"kind": "access", "id": "1", "tenant": tenant, "entities": {}}).decode()
    subprocess.run([sys.executable, "-c", LEFT_BEHIND, str(tmp_path), line], check=False)
    assert len(list(tmp_path.glob("*.open"))) == 1
    assert mover.move().lines == 1
    assert store.count(system_scope(tenant)) == 1


def test_a_living_process_keeps_its_segment(recorder: AuditRecorder, tenant: str, tmp_path: Path) -> None:
    record(recorder, tenant, 1)
    adopt_abandoned(tmp_path)
    assert len(list(tmp_path.glob("*.open"))) == 1


def test_an_access_without_an_outcome_is_unknown(
    recorder: AuditRecorder, tenant: str, tmp_path: Path
) -> None:
    recorder.begin(scope_of("researcher", tenant=tenant), replace(FACTS, action="U"))
    (line,) = read_spool(tmp_path, KEY)
    event = audit_event(line, "https://hilum.example")
    assert "outcome" not in event
    assert event["outcomeDesc"].startswith("unknown")
    assert event["purposeOfEvent"] == [{"text": "pseudonymous"}]


def test_entries_of_another_tenant_are_not_written(store: AuditStore, tenant: str) -> None:
    rows = [{"key": "x|-|audit|1", "properties": {"tenant": "x"}}]
    with pytest.raises(ValueError, match="another tenant"):
        store.add(system_scope(tenant), rows)


@pytest.mark.parametrize("role", ["clinician", "researcher", "teleradiologist", "service"])
def test_only_administrators_read_the_audit(store: AuditStore, role: str) -> None:
    for read in (
        store.count,
        lambda scope: store.of_request(scope, "r-1"),
        lambda scope: store.find(scope, "t|-|audit|1"),
        lambda scope: store.page(scope, AuditWindow(limit=1)),
        lambda scope: store.add(scope, []),
    ):
        with pytest.raises(Forbidden):
            read(scope_of(role))


@pytest.mark.parametrize("method", ["add", "count", "of_request", "find", "page"])
def test_no_method_runs_without_a_scope(store: AuditStore, method: str) -> None:
    with pytest.raises(ScopeMissing):
        getattr(store, method)()
