"""Files that cost far more to read than to send (B20, B22, B23), read by a child whose memory is measured.

One process imports the reader, and forks for each file: a child's memory grows from what its parent has.
"""

import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import pack
from typing import NamedTuple

import pytest

from app.imaging.store.limits import Limits
from tests.factories.elements import (
    DEFLATED,
    EXPLICIT,
    element,
    head,
    identity,
    implicit,
    item,
    sequence,
    text,
)

MEGABYTE = 1 << 20
MOST_GROWTH = 200 * MEGABYTE  # five hundred long texts of whole numbers take most of it
MOST_SECONDS = 6.0  # of a core that others use, too: alone it takes less than two
_READER = """
import os, resource, sys
from pathlib import Path
from app.imaging.store.limits import Limits
from app.imaging.store.reading import Terms, read_file
from app.imaging.store.refusal import Refused

def used():
    return resource.getrusage(resource.RUSAGE_SELF)

def read(path, folder):
    with open(path, "rb") as file:
        before = used()
        try:
            read_file(file.fileno(), Terms(Limits(), "20260101"), Path(folder))
            told = "read"
        except Refused as refused:
            told = refused.message
    after = used()
    print((after.ru_maxrss - before.ru_maxrss) * 1024, after.ru_utime - before.ru_utime, told, flush=True)

for line in sys.stdin:
    if not (child := os.fork()):
        read(*line.rstrip().split("|"))
        os._exit(0)
    if status := os.waitpid(child, 0)[1]:
        print(0, 0, "ended with", status, flush=True)
"""


class Read(NamedTuple):
    """What reading a file took, in bytes of memory and seconds of the processor, and what the reader said."""

    growth: int
    seconds: float
    told: str


ReadFile = Callable[[bytes], Read]


@pytest.fixture(scope="module")
def reader() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _READER]
    root = Path(__file__).parents[4]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        yield process


@pytest.fixture
def read(reader: subprocess.Popen[str], tmp_path: Path) -> ReadFile:
    """Reads a file in a child."""

    def read_in_a_child(raw: bytes) -> Read:
        assert reader.stdin is not None
        assert reader.stdout is not None
        path = tmp_path / "file"
        path.write_bytes(raw)
        reader.stdin.write(f"{path}|{tmp_path}\n")
        reader.stdin.flush()
        growth, seconds, told = reader.stdout.readline().strip().split(" ", 2)
        return Read(int(growth), float(seconds), told)

    return read_in_a_child


def zeros_deflated(size: int) -> bytes:
    """A data set that is one element of `size` zeros, deflated."""
    stream = zlib.compressobj(9, wbits=-15)
    start = stream.compress(b"".join(identity()) + element(0x7FE00010, "OW", b"", size))
    start += stream.flush(zlib.Z_FULL_FLUSH)
    megabyte = stream.compress(bytes(MEGABYTE)) + stream.flush(zlib.Z_FULL_FLUSH)
    return head(DEFLATED) + start + megabyte * (size // MEGABYTE) + stream.flush()


def pixels_of(size: int) -> bytes:
    return head(EXPLICIT) + b"".join(identity()) + element(0x7FE00010, "OW", bytes(size))


def test_b20_a_deflate_bomb_is_refused_within_flat_memory(read: ReadFile, tmp_path: Path) -> None:
    growth, _, told = read(zeros_deflated(1 << 30))
    assert told == "The deflated data set is larger than 268435456 bytes."
    assert growth < 32 * MEGABYTE
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_large_deflated_file_is_read_without_holding_it(read: ReadFile) -> None:
    growth, _, told = read(zeros_deflated(200 * MEGABYTE))
    assert told == "read"
    assert growth < 32 * MEGABYTE


def test_pixel_data_is_never_held(read: ReadFile) -> None:
    growth, _, told = read(pixels_of(200 * MEGABYTE))
    assert told == "read"
    assert growth < 32 * MEGABYTE


def functional_group(frame: int) -> bytes:
    """What a whole slide says of a frame (PS3.3 C.7.6.17.3 and C.8.12.6.1): eleven elements and items."""
    content = element(0x00209157, "UL", pack("<2L", 1, frame))
    offsets = b"".join(text(tag, "DS", "12.5") for tag in (0x0040072A, 0x0040073A, 0x0040074A))
    position = (
        offsets + element(0x0048021E, "SL", pack("<l", frame)) + element(0x0048021F, "SL", pack("<l", 1))
    )
    return item(sequence(0x00209111, item(content)) + sequence(0x0048021A, item(position)))


def test_the_functional_groups_of_a_whole_slide_are_read_within_memory(read: ReadFile) -> None:
    groups = b"".join(map(functional_group, range(25_000)))
    raw = head() + b"".join(identity()) + sequence(0x52009230, groups)
    growth, _, told = read(raw)
    assert told == "read"
    assert growth < 64 * MEGABYTE


def many_values(vr: str, value: bytes, items: int) -> bytes:
    """A file of items with one element each, whose value of many takes all the bytes that it may."""
    full = value * (65_000 // len(value))
    return head() + b"".join(identity()) + sequence(0x00400275, item(element(0x0040A000, vr, full)) * items)


MANY: dict[str, Callable[[], bytes]] = {
    "decimal strings": lambda: many_values("DS", b"1\\", 500),
    "integer strings": lambda: many_values("IS", b"7654321\\", 500),
    "short integers": lambda: many_values("US", b"\0\1", 500),
    "names": lambda: many_values("PN", b"a\\", 500),
    "texts": lambda: many_values("LO", b"a\\", 500),
    "B22 empty items": lambda: head() + b"".join(identity()) + sequence(0x00400275, item() * 500_000),
    "B23 empty private elements": lambda: (
        head()
        + b"".join(identity())
        + b"".join(element(0x00210000 + tag, "LO") for tag in range(1, 0xFFFF)) * 7
    ),
    "items of one element": lambda: (
        head() + b"".join(identity()) + sequence(0x00400275, item(element(0x00400009, "SH", b"A ")) * 124_000)
    ),
    "many items of one element": lambda: (
        head() + b"".join(identity()) + sequence(0x00400275, item(element(0x00400009, "SH", b"A ")) * 500_000)
    ),
    "codestreams that end at once": lambda: (
        head("1.2.840.10008.1.2.4.50")
        + b"".join(identity())
        + text(0x00280008, "IS", "2")
        + element(0x7FE00010, "OB", item() + item(b"\xff\xd8\xff\xd9") * 900_000, 0xFFFFFFFF)
    ),
    "items that hold little items": lambda: (
        head() + b"".join(identity()) + sequence(0x00400275, item(sequence(0x00081140, item() * 50)) * 20_000)
    ),
    "stray delimiters": lambda: head() + b"".join(identity()) + implicit(0xFFFEE0DD) * 2_000_000,
    "fragments": lambda: (
        head("1.2.840.10008.1.2.5")
        + b"".join(identity())
        + element(0x7FE00010, "OB", item() * 900_000, 0xFFFFFFFF)
        + implicit(0xFFFEE0DD)
    ),
}


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
def test_many_small_things_stay_within_memory(read: ReadFile, make: Callable[[], bytes]) -> None:
    assert read(make()).growth < MOST_GROWTH


def tiny_elements(items: int) -> bytes:
    """A file of one sequence, whose items hold ninety elements of two bytes each."""
    content = b"".join(element(0x00281000 + each, "US", b"\0\1") for each in range(90))
    return head() + b"".join(identity()) + sequence(0x52009230, item(content) * items)


def test_as_many_headers_as_may_be_are_read_within_time_and_memory(read: ReadFile) -> None:
    most = (Limits().header_bytes // 8 + Limits().held_elements) // 91
    growth, seconds, told = read(tiny_elements(most - 1))

    assert told == "read"
    assert growth < MOST_GROWTH
    assert seconds < MOST_SECONDS


def test_more_headers_than_may_be_are_refused(read: ReadFile) -> None:
    growth, _, told = read(tiny_elements(6_500))

    assert told == f"The sequences have more than {Limits().header_bytes} bytes of headers."
    assert growth < MOST_GROWTH


def test_an_enhanced_image_of_five_thousand_frames_is_read(read: ReadFile) -> None:
    content = b"".join(element(0x00189074 + each, "FD", bytes(8)) for each in range(4))
    groups = item(b"".join(sequence(0x00209111 + 2 * each, item(content)) for each in range(8)))
    raw = head() + b"".join(identity()) + sequence(0x52009230, groups * 5_000)

    assert read(raw).told == "read"
