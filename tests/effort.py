"""How much work something takes: seconds of the processor that its own thread had, whatever else runs."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time


@contextmanager
def little_effort(seconds: float = 1.0) -> Iterator[None]:
    """Hold that a block takes no more than some seconds of work.

    It is there for what would never end, so the bound is far beyond what the block takes. Other threads do
    not count, nor does what the collector would do in between for all that a process of tests holds.
    """
    collecting = gc.isenabled()
    gc.disable()
    began = thread_time()
    try:
        yield
        took = thread_time() - began
    finally:
        if collecting:
            gc.enable()
    assert took < seconds
