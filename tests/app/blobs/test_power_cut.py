"""What a power cut may take: bytes that no fsync of the file covered, names that none of the folder did.

A kill -9 cannot show this, because the page cache survives it; so the calls are recorded, and every moment
between two of them is judged by what would then be on the disk.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.blobs import BlobStore, seal_all


@dataclass
class Disk:
    """What is certain to survive: synced files by inode, names in synced folders."""

    written: set[int] = field(default_factory=set)
    names: dict[Path, int] = field(default_factory=dict)
    folders: set[Path] = field(default_factory=set)
    synced: set[Path] = field(default_factory=set)

    def sync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self.synced |= {entry for entry in path.iterdir() if entry.is_dir()}
            self.names.update({entry: entry.stat().st_ino for entry in path.iterdir() if entry.is_file()})
        else:
            self.written.add(path.stat().st_ino)

    def visible(self, path: Path) -> bool:
        """Whether the name would surely be there after a cut, with every folder above it."""
        above = [folder for folder in path.parents if folder in self.folders]
        return path in self.names and all(folder in self.synced for folder in above)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    fsync, rename, mkdir = os.fsync, Path.rename, Path.mkdir

    def record_fsync(descriptor: int) -> None:
        fsync(descriptor)
        disk.sync(descriptor)

    def record_rename(self: Path, target: Path) -> Path:
        assert self.stat().st_ino in disk.written, "a name may reach the disk before the bytes it stands for"
        return rename(self, target)

    def record_mkdir(self: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        disk.folders.add(self)
        mkdir(self, mode, parents, exist_ok)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "rename", record_rename)
    monkeypatch.setattr(Path, "mkdir", record_mkdir)
    yield disk


def test_bytes_are_synced_before_their_name_and_names_before_the_answer(
    tmp_path: Path, disk: Disk, new_id: Callable[[], str]
) -> None:
    roots = [tmp_path / "a", tmp_path / "b"]
    blobs = BlobStore(roots, floor=0)
    uploads = [blobs.begin(new_id()) for _ in range(3)]
    for upload in uploads:
        upload.write(b"bytes" * 1_000)
        upload.sync_later()
    sealed = seal_all(uploads)
    for blob in sealed:
        for root in roots:
            path = root / blob.path.relative_to(roots[0])
            assert path.stat().st_ino in disk.written
            assert disk.visible(path)
    blobs.close()


def test_a_tombstone_is_on_the_disk_when_the_call_returns(
    tmp_path: Path, disk: Disk, new_id: Callable[[], str]
) -> None:
    blobs = BlobStore([tmp_path], floor=0)
    with blobs.begin(new_id()) as upload:
        sealed = upload.seal()
    blobs.entomb(sealed.blob_id)
    assert disk.visible(sealed.path.with_name(f"{sealed.blob_id}.deleted"))
    blobs.close()
