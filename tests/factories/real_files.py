"""The real DICOM files that come with the packages pydicom and pydicom-data."""

from pathlib import Path

import data_store
import pydicom

from app.imaging.store.part10 import HEAD, is_dicom

_FOLDERS = (Path(pydicom.__file__).parent / "data", Path(data_store.__file__).parent / "data")


def real_files() -> list[Path]:
    """All of them that have the prefix of a DICOM file, in the order of their names."""
    paths = (path for folder in _FOLDERS for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if _begins_like_dicom(path))


def real_file(name: str) -> Path:
    """One of them by its file name."""
    return next(path for folder in _FOLDERS for path in folder.rglob(name))


def _begins_like_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return is_dicom(file.read(HEAD))
