"""What the spool has acknowledged is on the disk, in an unbroken chain, whatever dies."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from app.audit.proving import defects
from app.audit.reading import read_segment, read_spool, segments
from app.audit.spool import Spool, SpoolLimits
from graph.errors import Unavailable

SMALL = SpoolLimits(segment_bytes=2000, segment_seconds=3600)


def line(number: int) -> bytes:
    return orjson.dumps({"kind": "access", "number": number})


def numbers(folder: Path) -> list[int]:
    return [each["number"] for each in read_spool(folder)]


class Disk:
    """Syncs until it breaks, and counts."""

    def __init__(self) -> None:
        self.syncs = 0
        self.broken = False
        self.synced = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def sync(self, file: int) -> None:
        self.gate.wait(10)
        self.syncs += 1
        if self.broken:
            raise OSError(errno.EIO, "broken")
        os.fdatasync(file)
        self.synced.set()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def spool(tmp_path: Path, disk: Disk) -> Iterator[Spool]:
    opened = Spool(tmp_path, SMALL, sync=disk.sync)
    yield opened
    disk.gate.set()
    opened.close()


def test_lines_come_back_in_order_and_the_chain_holds(spool: Spool, tmp_path: Path) -> None:
    for number in range(100):
        spool.record(line(number)).wait()
    assert numbers(tmp_path) == list(range(100))
    assert len(segments(tmp_path)) > 3
    assert defects(tmp_path) == []


def test_nothing_is_made_before_the_first_line(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    Spool(folder).close()
    assert not folder.exists()


def test_the_files_are_for_their_owner_alone(spool: Spool, tmp_path: Path) -> None:
    spool.record(line(1)).wait()
    assert [path.stat().st_mode & 0o777 for path in segments(tmp_path)] == [0o600]


def test_closing_leaves_closed_segments_only_and_recording_goes_on_afterwards(
    spool: Spool, tmp_path: Path
) -> None:
    spool.record(line(1))
    spool.close()
    assert [path.suffix for path in segments(tmp_path)] == [".closed"]
    spool.record(line(2)).wait()
    assert numbers(tmp_path) == [1, 2]


def test_a_ticket_waits_for_the_disk(spool: Spool, disk: Disk) -> None:
    disk.gate.clear()
    ticket = spool.record(line(1))
    waiter = threading.Thread(target=ticket.wait)
    waiter.start()
    waiter.join(0.1)
    assert waiter.is_alive()
    disk.gate.set()
    waiter.join(10)
    assert not waiter.is_alive()


def test_those_who_wait_together_share_a_sync(spool: Spool, disk: Disk) -> None:
    spool.record(line(0)).wait()
    tickets = [spool.record(line(number)) for number in range(20)]
    disk.gate.clear()
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(ticket.wait) for ticket in tickets]
        disk.gate.set()
        for each in waiting:
            each.result(10)
    assert disk.syncs <= 3


def test_threads_do_not_mix_their_lines(spool: Spool, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: spool.record(line(number)).wait(), range(400)))
    assert sorted(numbers(tmp_path)) == list(range(400))
    assert defects(tmp_path) == []


def test_a_line_that_nobody_waits_for_is_synced_all_the_same(spool: Spool, disk: Disk) -> None:
    spool.record(line(1))
    assert disk.synced.wait(10)


def test_a_line_that_is_wanted_soon_is_synced_by_nobody_who_waits(
    spool: Spool, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.audit.spool.LAZY_SECONDS", 3600.0)
    monkeypatch.setattr("app.audit.spool.SLOW_SECONDS", 0.0)
    for number in range(3):
        disk.synced.clear()
        ticket = spool.record(line(number), soon=True)
        assert disk.synced.wait(10)
        ticket.wait()
        assert disk.syncs == number + 1


def test_a_fast_disk_is_left_to_who_waits(spool: Spool, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.audit.spool.LAZY_SECONDS", 3600.0)
    spool.record(line(0)).wait()
    monkeypatch.setattr("app.audit.spool.SLOW_SECONDS", 3600.0)
    ticket = spool.record(line(1), soon=True)
    assert disk.syncs == 1
    ticket.wait()
    assert disk.syncs == 2


def test_a_failed_sync_is_a_refusal_and_never_tried_again_on_the_same_file(
    spool: Spool, disk: Disk, tmp_path: Path
) -> None:
    spool.record(line(1)).wait()
    disk.broken = True
    with pytest.raises(Unavailable):
        spool.record(line(2)).wait()
    disk.broken = False
    spool.record(line(3)).wait()
    chains = {read_segment(path).chain for path in segments(tmp_path)}
    assert len(chains) == 2
    assert defects(tmp_path) == []


def test_what_was_durable_before_a_failure_stays_durable(spool: Spool, disk: Disk) -> None:
    early = spool.record(line(1))
    early.wait()
    disk.broken = True
    late = spool.record(line(2))
    with pytest.raises(Unavailable):
        late.wait()
    disk.broken = False
    for number in range(5):
        spool.record(line(number)).wait()
    early.wait()
    with pytest.raises(Unavailable):
        late.wait()


def test_a_folder_that_cannot_be_written_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("a file")
    with pytest.raises(Unavailable):
        Spool(tmp_path / "audit").record(line(1))


def test_a_full_disk_is_a_refusal_until_there_is_room(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(file: int, raw: bytes) -> int:
        return written(file, raw[: len(raw) // 2])

    spool.record(line(1)).wait()
    written = os.write
    with monkeypatch.context() as patch:
        patch.setattr("app.audit.spool.os.write", half)
        with pytest.raises(Unavailable):
            spool.record(line(2))
    spool.record(line(3)).wait()
    assert numbers(tmp_path) == [1, 3]
    assert defects(tmp_path) == []


TAMPERINGS = {
    "a value changed": lambda raw: raw.replace(b'"number":3', b'"number":4'),
    "a line removed": lambda raw: b"\n".join(each for each in raw.split(b"\n") if b'"number":3' not in each),
    "a line repeated": lambda raw: raw.replace(b"\n", b"\n" + raw.split(b"\n")[3] + b"\n", 1),
    "two lines swapped": lambda raw: b"\n".join(
        [*raw.split(b"\n")[:2], raw.split(b"\n")[3], raw.split(b"\n")[2], *raw.split(b"\n")[4:]]
    ),
    "the header removed": lambda raw: raw.partition(b"\n")[2],
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_noticed(tmp_path: Path, tamper: object) -> None:
    spool = Spool(tmp_path)
    for number in range(6):
        spool.record(line(number))
    spool.close()
    (path,) = segments(tmp_path)
    path.write_bytes(tamper(path.read_bytes()))  # type: ignore[operator]
    assert defects(tmp_path) != []


def test_a_missing_segment_is_noticed(spool: Spool, tmp_path: Path) -> None:
    for number in range(100):
        spool.record(line(number)).wait()
    spool.close()
    segments(tmp_path)[2].unlink()
    assert len(defects(tmp_path)) == 1


def test_a_line_cut_by_a_power_cut_is_left_out_and_is_no_tampering(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(6):
        spool.record(line(number))
    spool.close()
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    assert numbers(tmp_path) == [0, 1, 2, 3, 4]
    assert defects(tmp_path) == []


RECORDING = """
import sys, orjson
from pathlib import Path
from app.audit.spool import Spool, SpoolLimits
spool = Spool(Path(sys.argv[1]), SpoolLimits(segment_bytes=4000))
number = 0
while True:
    spool.record(orjson.dumps({"kind": "access", "number": number})).wait()
    print(number, flush=True)
    number += 1
"""


def test_what_was_acknowledged_before_a_kill_is_there(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RECORDING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(200)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(each) for each in process.stdout.read().split()]
    assert set(acknowledged) <= set(numbers(tmp_path))
    assert defects(tmp_path) == []


def test_a_forked_child_writes_a_chain_of_its_own(spool: Spool, tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from app.audit.spool import Spool
spool = Spool(Path(sys.argv[1]))
spool.record(b'{"kind": "access", "number": 1}').wait()
if not os.fork():
    spool.record(b'{"kind": "access", "number": 2}').wait()
    os._exit(0)
os.wait()
spool.record(b'{"kind": "access", "number": 3}').wait()
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", script, str(tmp_path)], check=True)
    assert sorted(numbers(tmp_path)) == [1, 2, 3]
    assert len({read_segment(path).chain for path in segments(tmp_path)}) == 2
    assert defects(tmp_path) == []
