"""The quarantine of a replica folder: blobs that nobody owns wait here for a while before they are removed.

What a mistake took out of sight can so be put back: the file keeps its name, which is its blob id.
"""

import os
from pathlib import Path

from app.blobs.durability import sync_folder

QUARANTINE = "quarantine"


def set_aside(root: Path, path: Path) -> None:
    """Move a blob into the quarantine of its root; one that is gone already is no error."""
    folder = root / QUARANTINE
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        os.utime(path)  # from now on the file's time says since when it waits
        path.rename(folder / path.name)
    except FileNotFoundError:
        return
    sync_folder(folder)
    sync_folder(path.parent)


def empty(root: Path, before: float) -> int:
    """Remove what was set aside before a moment (seconds since the epoch); return how many files."""
    folder = root / QUARANTINE
    if not folder.is_dir():
        return 0
    late = [path for path in folder.iterdir() if path.stat().st_mtime < before]
    for path in late:
        path.unlink(missing_ok=True)
    return len(late)
