"""What is started on this machine keeps what it has in memory to itself."""

import os
import sys
from pathlib import Path

from graph.local.process import end, spawn, wait_until

_LIMITS = """
import resource, subprocess, sys
print("limits", resource.getrlimit(resource.RLIMIT_CORE), flush=True)
if "again" in sys.argv:
    subprocess.run([sys.executable, "-c", sys.argv[1], sys.argv[1]], check=True)
"""


def test_what_is_started_leaves_no_core_file(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = (sys.executable, "-c", _LIMITS, _LIMITS, "again")

    child = spawn(command, mark=f"core:{tmp_path}", environment=dict(os.environ), folder=tmp_path, log=log)
    try:
        assert wait_until(lambda: log.read_text().count("limits") == 2, 30.0)
    finally:
        end(child, 5.0)

    assert log.read_text() == "limits (0, 0)\n" * 2
