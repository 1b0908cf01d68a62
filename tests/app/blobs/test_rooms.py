import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.blobs import BlobStore
from app.blobs.rooms import TempRoom, sweep

_UPLOADER = """
import sys
from pathlib import Path
from app.blobs import BlobStore
upload = BlobStore([Path(sys.argv[1])], floor=0).begin(sys.argv[2])
upload.write(b"half a blob")
upload.fileno()
print("begun", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def uploader(tmp_path: Path, new_id: Callable[[], str]) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of an upload to the same folder."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    arguments = [sys.executable, "-c", _UPLOADER, str(tmp_path), new_id()]
    process = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        yield process
        process.kill()


def test_a_sweep_leaves_the_uploads_of_living_processes_alone(
    tmp_path: Path, uploader: subprocess.Popen[str]
) -> None:
    own = BlobStore([tmp_path], floor=0)
    assert own.sweep() == 0
    assert list((tmp_path / "temp").rglob("*.part"))
    own.close()


def test_a_sweep_removes_what_a_killed_process_left(tmp_path: Path, uploader: subprocess.Popen[str]) -> None:
    uploader.send_signal(signal.SIGKILL)
    uploader.wait()
    own = BlobStore([tmp_path], floor=0)
    assert own.sweep() == 1
    assert not list((tmp_path / "temp").iterdir())
    own.close()


def test_a_sweep_does_not_touch_the_uploads_of_its_own_process(
    tmp_path: Path, new_id: Callable[[], str]
) -> None:
    blobs = BlobStore([tmp_path], floor=0)
    with blobs.begin(new_id()) as upload:
        upload.write(b"bytes")
        assert blobs.sweep() == 0
        assert upload.seal().size == 5
    blobs.close()


def test_a_room_without_a_lock_is_removed_when_it_is_empty(tmp_path: Path) -> None:
    (tmp_path / "temp" / "half-made").mkdir(parents=True)
    assert sweep(tmp_path) == 0
    assert not list((tmp_path / "temp").iterdir())


def test_a_closed_room_is_gone(tmp_path: Path) -> None:
    room = TempRoom(tmp_path, "one")
    (room.folder / "scratch").touch()
    room.close()
    room.close()
    assert not room.folder.exists()
