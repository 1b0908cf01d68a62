"""The cyclic collector of a process, looked at in a process of its own: it is nobody else's to change."""

import subprocess
import sys

_SHOWN = """
import gc
from app.processes.collecting import collect_seldom
collect_seldom()
print(gc.get_freeze_count() > 1_000, *gc.get_threshold(), gc.isenabled())
made = []
made.append(made)
del made
print(gc.collect() > 0)
"""


def test_what_is_there_is_looked_at_no_more_and_circles_that_come_still_go() -> None:
    shown = subprocess.run([sys.executable, "-c", _SHOWN], check=True, capture_output=True, text=True).stdout
    assert shown.split() == ["True", "20000", "20", "20", "True", "True"]
