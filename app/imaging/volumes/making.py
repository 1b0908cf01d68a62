"""Makes a volume of the files of a series, in a process of its own: decodes, converts, checks.

Codecs and the converter are C that reads what strangers sent; this process has a limit of memory and a clock,
and whatever becomes of it, nothing is taken from it but a volume that was checked.
"""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from dcm2niix import bin as dcm2niix
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from app.imaging.render.faults import Unrenderable
from app.imaging.render.source import OpenInstance, opened
from app.imaging.render.transcoding import transcode
from app.imaging.store.limits import Limits
from app.imaging.store.reading import Terms, read_file
from app.imaging.store.refusal import Refused
from app.imaging.volumes.checking import require_same
from app.imaging.volumes.faults import NoVolume
from app.imaging.volumes.folders import IN, MADE, PLAIN, TOLD, VOLUME
from app.imaging.volumes.nifti import NiftiVolume, read_nifti
from app.imaging.volumes.placing import FramePlace, grid_of, places_of

_DAY = "20000101"
_FLAGS = ("-b", "n", "-z", "n", "-f", "volume", "-i", "n", "-x", "n", "-m", "n", "-v", "0")
_MOSAIC = "MOSAIC"
_PLANE = ("rows", "columns")
_LARGEST_GZIP_LEVEL = 6


@dataclass(slots=True)
class _Series:
    """The frames of a series as this reader finds them, in the order of their instances."""

    places: list[FramePlace]
    frames: list[NDArray[Any]]


def make_volume(folder: Path, seconds: float) -> Mapping[str, Any]:
    """Make the volume of the files in a folder; the converter has so many seconds.

    Raises `NoVolume`, `Unrenderable`, `Refused`.
    """
    files = sorted((folder / IN).iterdir())
    series = _read(folder, files)
    grid = grid_of(series.places)
    volume = _converted(folder, seconds)
    require_same(volume, grid, series.places, series.frames)
    with (
        (folder / VOLUME).open("wb") as file,
        gzip.GzipFile("", "wb", _LARGEST_GZIP_LEVEL, file, mtime=0) as packed,
    ):
        packed.write(volume.bare())
    shape = [int(each) for each in volume.stored.shape]
    return {
        "shape": shape if shape[3] > 1 else shape[:3],
        "affine": [[round(float(cell), 6) for cell in row] for row in volume.affine],
        "spacing": [round(float(each), 6) for each in numpy.linalg.norm(volume.affine[:3, :3], axis=0)],
    }


def _read(folder: Path, files: list[Path]) -> _Series:
    """Read all frames, and write each file uncompressed for the converter."""
    (folder / PLAIN).mkdir()
    read = sorted((_numbered(folder, path) for path in files), key=lambda each: each[0])
    series = _Series([], [])
    shape: tuple[int, ...] | None = None
    for _, places, frames in read:
        for place, frame in zip(places, frames, strict=True):
            shape = shape or frame.shape
            if frame.ndim != len(_PLANE) or frame.shape != shape:
                raise NoVolume("its frames are in colour, or of several sizes")
            series.places.append(place)
            series.frames.append(frame)
    return series


def _numbered(folder: Path, path: Path) -> tuple[tuple[int, str], list[FramePlace], list[NDArray[Any]]]:
    """The number of an instance, the places of its frames, and these."""
    with path.open("rb") as file:
        read = read_file(file.fileno(), Terms(Limits(), _DAY), folder)
        with opened(file, read.transfer_syntax_uid, read.frames, folder) as source:
            header = source.header.attributes
            _require_volume(source, header)
            places = list(places_of(header))
            if len(places) != source.frames:
                raise NoVolume("it does not say where all of its frames are")
            frames = [source.frame(number).values for number in range(1, source.frames + 1)]
            with (folder / PLAIN / path.name).open("w+b") as plain:
                transcode(source, str(ExplicitVRLittleEndian), plain, lambda _: None)
            number = header.get("InstanceNumber")
            return (int(number) if number is not None else 0, path.name), places, frames


def _require_volume(source: OpenInstance, header: Dataset) -> None:
    if not source.has_pixels:
        raise NoVolume("it has no pixels")
    if _MOSAIC in [*(header.get("ImageType") or ())]:
        raise NoVolume("its slices are tiles of one picture, whose places are not told in public")


def _converted(folder: Path, seconds: float) -> NiftiVolume:
    """What the converter makes, whatever it says of itself; raises `NoVolume` for anything but one volume."""
    (folder / MADE).mkdir()
    command = [dcm2niix, *_FLAGS, "-o", str(folder / MADE), str(folder / PLAIN)]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - no word of the command is anybody's
            command,
            check=False,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath},
        )
    made = sorted(path.name for path in (folder / MADE).iterdir())
    if not made:
        raise NoVolume("the converter made nothing of it")
    if made != ["volume.nii"]:
        raise NoVolume(f"the converter made {len(made)} files of it")
    return read_nifti((folder / MADE / made[0]).read_bytes())


def main(arguments: list[str]) -> None:
    """Make the volume of the folder that is named, and note beside it what it is or why there is none."""
    folder, seconds = Path(arguments[0]), float(arguments[1])
    try:
        told: Mapping[str, Any] = {"volume": make_volume(folder, seconds)}
    except (NoVolume, Unrenderable) as refused:
        told = {"reason": str(refused)}
    except Refused as damaged:
        told = {"reason": damaged.message}
    except MemoryError:
        told = {"reason": "it needs more memory than it may have"}
    (folder / TOLD).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
