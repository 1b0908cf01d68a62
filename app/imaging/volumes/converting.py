"""Has volumes made, each by a process of its own that may not take more memory or time than it is given."""

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.imaging.volumes.faults import NoVolume
from app.imaging.volumes.folders import TOLD, VOLUME

_MODULE = "app.imaging.volumes.making"
_SHARE = 0.6  # of the time, for the converter


@dataclass(frozen=True, slots=True)
class VolumeLimits:
    """What one series may take: seconds of the clock, bytes of memory, bytes of one file."""

    seconds: float = 600.0
    memory: int = 4 << 30
    file: int = 8 << 30


class VolumeConverter:
    """Makes volumes of series."""

    def __init__(self, limits: VolumeLimits) -> None:
        self._limits = limits

    def convert(self, folder: Path) -> tuple[Path, dict[str, Any]]:
        """Make a volume of the DICOM files in `in` below a folder; return it, packed, and what it is.

        `shape` counts columns, rows, slices and times, `affine` leads from them to mm, right, front and up
        being positive, `spacing` is in mm. Raises `NoVolume` with the reason.
        """
        command = [sys.executable, "-P", "-m", _MODULE, str(folder), str(self._limits.seconds * _SHARE)]
        with subprocess.Popen(  # noqa: S603 - no word of the command is anybody's
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        ) as process:
            self._limit(process)
            ended = self._wait(process)
        told = folder / TOLD
        if not told.is_file():
            raise NoVolume(_why(ended))
        said = json.loads(told.read_text(encoding="utf-8"))
        if "volume" not in said or not (folder / VOLUME).is_file():
            raise NoVolume(str(said.get("reason", _why(ended))))
        return folder / VOLUME, said["volume"]

    def _limit(self, process: subprocess.Popen[bytes]) -> None:
        """Set the limits of a process that has just begun; what it starts has them, too."""
        seconds = max(1, int(self._limits.seconds))
        for what, most in (
            (resource.RLIMIT_AS, self._limits.memory),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, self._limits.file),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ProcessLookupError):  # it has ended already
                resource.prlimit(process.pid, what, (most, most))

    def _wait(self, process: subprocess.Popen[bytes]) -> int | None:
        """The exit status; None where it took too long. Nothing that it started is left."""
        try:
            return process.wait(self._limits.seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _why(status: int | None) -> str:
    if status is None:
        return "it took longer than it may"
    return "the process that made a volume of it ended before it was done"
