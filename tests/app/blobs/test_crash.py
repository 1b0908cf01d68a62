"""A writer is killed with -9 at each of its steps; what it leaves is a whole blob or none, and no debris."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from app.blobs import BlobStore, State

CONTENT = bytes(range(256)) * 2_000
STEPS = 24
_WRITER = """
import os, signal, sys
from pathlib import Path
from app.blobs import BlobStore

class Countdown:
    left = int(sys.argv[1])

def counted(call):
    def wrapped(*arguments, **named):
        Countdown.left -= 1
        if Countdown.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return wrapped

roots, blob_id, content = [Path(sys.argv[2]), Path(sys.argv[3])], sys.argv[4], bytes(range(256)) * 2_000
for name in ("fsync", "open", "mkdir", "rename", "unlink", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
for name in ("open", "mkdir", "rename"):
    setattr(Path, name, counted(getattr(Path, name)))
store = BlobStore(roots, floor=0)
with store.begin(blob_id) as upload:
    write = counted(upload.write)
    for start in range(0, len(content), 100_000):
        write(content[start:start + 100_000])
    print(upload.seal().digest, flush=True)
"""


def write_until_killed(step: int, roots: tuple[Path, Path], blob_id: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", _WRITER, str(step), str(roots[0]), str(roots[1]), blob_id]
    repository = str(Path(__file__).parents[3])
    environment = {**os.environ, "PYTHONPATH": repository}
    return subprocess.run(arguments, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_kill_at_any_step_leaves_the_blob_whole_or_absent(
    step: int, roots: tuple[Path, Path], new_id: Callable[[], str]
) -> None:
    blob_id = new_id()
    ended = write_until_killed(step, roots, blob_id)
    acknowledged = ended.stdout.strip()
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    blobs = BlobStore(roots, floor=0)
    blobs.sweep()
    states = {each.state for each in blobs.verify(blob_id, sha256(CONTENT).hexdigest())}
    assert states <= {State.GOOD, State.MISSING}
    if acknowledged:
        assert states == {State.GOOD}
    assert not [path for root in roots if (root / "temp").exists() for path in (root / "temp").iterdir()]
    blobs.close()


def test_the_steps_reach_from_the_first_call_to_the_answer(
    roots: tuple[Path, Path], new_id: Callable[[], str]
) -> None:
    assert write_until_killed(STEPS // 2, roots, new_id()).returncode == -signal.SIGKILL
    assert write_until_killed(1_000, roots, new_id()).stdout.strip() == sha256(CONTENT).hexdigest()
