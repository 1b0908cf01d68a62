"""Renderers that crash, hang and eat memory cost the task and nothing else."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event
from typing import Any, BinaryIO

import psutil
import pytest
from pydicom import Dataset

from app.imaging.render import doing
from app.imaging.render.doing import NoteFrame
from app.imaging.render.pool import RenderPool, TaskLimits
from app.imaging.render.renderers import Renderers
from app.imaging.render.source import OpenInstance
from app.imaging.render.tasks import EncodeFrames, Subject, Task
from app.imaging.store.limits import Limits
from app.imaging.store.reading import Terms, read_file
from graph.errors import NotAcceptable, Unavailable
from graph.local.sockets import listens
from tests.factories.dicom import ct_instance

SECONDS, MEMORY, COUNT = 2, 1 << 30, 2
EXPLICIT = "1.2.840.10008.1.2.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehave(Task):
    """Does what a codec should not, at a frame."""

    how: str
    number: int = 3


def _misbehave(
    task: Misbehave, _: OpenInstance, __: Dataset | None, target: BinaryIO, note: NoteFrame
) -> Sequence[int]:
    note(task.number)
    MISDEEDS[task.how](target)
    return [target.tell()]


def _hang(_: BinaryIO) -> None:
    while True:
        time.sleep(1)


def _eat(_: BinaryIO) -> None:
    bytearray(4 * MEMORY)


def _write_long(target: BinaryIO) -> None:
    for _ in range(64):
        target.write(bytes(1 << 20))


MISDEEDS: Mapping[str, Any] = {
    "crash": lambda _: os.abort(),
    "hang": _hang,
    "eat": _eat,
    "long": _write_long,
    "raise": lambda _: 1 // 0,
}


def _run(address: str, scratch: str) -> None:
    doing._DOING[Misbehave] = _misbehave  # type: ignore[index]
    RenderPool(Path(address), Path(scratch), TaskLimits(SECONDS, MEMORY), COUNT).run(Event())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Renderers with small limits, which know how to misbehave."""
    folder = tmp_path_factory.mktemp("pool")
    where = folder / "renderer.sock"
    process = get_context("spawn").Process(target=_run, args=(str(where), str(folder / "scratch")))
    process.start()
    while not listens(where):
        time.sleep(0.02)
    yield where
    children = psutil.Process(process.pid).children()
    process.kill()
    process.join()
    _, left = psutil.wait_procs(children, timeout=5)  # who has lost its parent ends by itself
    assert not left


@pytest.fixture
def renderers(address: Path) -> Renderers:
    return Renderers(address, SECONDS)


@pytest.fixture
def file() -> Iterator[BinaryIO]:
    with TemporaryFile() as opened:
        opened.write(ct_instance())
        opened.flush()
        yield opened


@pytest.fixture
def subject(file: BinaryIO, tmp_path: Path) -> Subject:
    read = read_file(file.fileno(), Terms(Limits(), "20260102"), tmp_path)
    return Subject(blob_id="a", transfer_syntax_uid=read.transfer_syntax_uid, table=read.frames)


def works(renderers: Renderers, subject: Subject, file: BinaryIO) -> bool:
    frames = EncodeFrames(subject=subject, numbers=(1,), transfer_syntax_uid=EXPLICIT)
    return [len(each) for each in renderers.ask(frames, file).each()] == [512]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("crash", "frame 3: the decoder did not survive it"),
        ("hang", "frame 3: reading it takes more than 2 seconds"),
        ("eat", "frame 3: it takes more memory than is allowed"),
        ("raise", "frame 3: it is damaged (ZeroDivisionError)"),
    ],
)
def test_a_task_that_goes_wrong_is_told_by_its_frame_and_why(
    renderers: Renderers, subject: Subject, file: BinaryIO, how: str, why: str
) -> None:
    with pytest.raises(NotAcceptable) as refused:
        renderers.ask(Misbehave(subject=subject, how=how), file)

    assert refused.value.message == why
    assert works(renderers, subject, file)


def test_a_file_may_be_larger_than_the_memory_of_a_task(
    renderers: Renderers, subject: Subject, file: BinaryIO
) -> None:
    file.truncate(64 << 30)  # a hole

    assert works(renderers, subject, file)


def test_who_waits_beside_a_crash_is_answered(renderers: Renderers, subject: Subject, file: BinaryIO) -> None:
    def ask(number: int) -> bool:
        if number % 4:
            return works(renderers, subject, file)
        with pytest.raises(NotAcceptable):
            renderers.ask(Misbehave(subject=subject, how="crash"), file)
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(40)))


def test_a_long_answer_comes_as_a_file(renderers: Renderers, subject: Subject, file: BinaryIO) -> None:
    answer = renderers.ask(Misbehave(subject=subject, how="long"), file)

    assert answer.lengths == (64 << 20,)
    assert sum(len(chunk) for chunk in answer.chunks()) == 64 << 20


def test_a_frame_that_is_not_there_is_named(renderers: Renderers, subject: Subject, file: BinaryIO) -> None:
    with pytest.raises(NotAcceptable, match="frame 2: the file does not hold this frame"):
        renderers.ask(EncodeFrames(subject=subject, numbers=(2,), transfer_syntax_uid=EXPLICIT), file)


def test_what_is_no_instance_is_refused(renderers: Renderers, subject: Subject) -> None:
    with TemporaryFile() as other:
        other.write(bytes(1000))
        other.flush()
        with pytest.raises(NotAcceptable, match="not a DICOM file"):
            renderers.ask(EncodeFrames(subject=subject, numbers=(1,), transfer_syntax_uid=EXPLICIT), other)


def test_nobody_at_the_address_is_a_wait(tmp_path: Path, subject: Subject, file: BinaryIO) -> None:
    with pytest.raises(Unavailable):
        works(Renderers(tmp_path / "nobody.sock", SECONDS), subject, file)
