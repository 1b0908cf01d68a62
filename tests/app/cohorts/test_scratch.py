"""A whole answer is put together where there is room for it, and nowhere else."""

from contextlib import closing
from pathlib import Path

import pytest

from app.cohorts.answers.files import scratch
from app.cohorts.answers.files.scratch import Scratch
from graph.errors import StorageFull, TooLarge

PIECE = b"x" * (1 << 20)


def test_what_is_written_is_read_once_and_gone(tmp_path: Path) -> None:
    file = Scratch(tmp_path / "answers", 0).file()
    for _ in range(6):
        file.write(PIECE)

    assert b"".join(file.chunks()) == PIECE * 6
    assert (file.size, file.tell()) == (6 << 20, 6 << 20)
    with pytest.raises(ValueError, match="closed"):
        list(file.chunks())
    assert list((tmp_path / "answers").iterdir()) == []  # it has no name


def test_there_is_an_end_to_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "MOST_BYTES", 10)
    file = Scratch(tmp_path, 0).file()

    with closing(file), pytest.raises(TooLarge, match="at most 10 bytes"):
        file.write(b"x" * 11)


def test_the_floor_of_the_disk_is_kept(tmp_path: Path) -> None:
    file = Scratch(tmp_path, 1 << 62).file()
    for _ in range(4):
        file.write(PIECE)  # in memory

    with closing(file), pytest.raises(StorageFull):
        file.write(PIECE)
