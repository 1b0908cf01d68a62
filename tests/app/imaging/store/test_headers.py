"""Headers of data elements, and how much of a file stays in memory while they are read."""

import re
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile

from app.imaging.store.headers import Footprint

MEGABYTE = 1 << 20
SIZE, STEP = 192 * MEGABYTE, MEGABYTE // 2


def mapped() -> int:
    """The bytes of files that are mapped by this process, and in memory."""
    found = re.search(r"RssFile:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) << 10


def test_a_file_that_is_read_through_keeps_few_of_its_pages() -> None:
    with TemporaryFile() as file:
        file.truncate(SIZE)
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            before = most = mapped()
            footprint = Footprint(data)
            for place in (*range(0, SIZE, STEP), *range(0, SIZE, STEP)):
                footprint.at(place)
                assert not any(data[place : place + STEP])
                most = max(most, mapped())

    assert most - before < SIZE // 3
