"""Packages of npm that a browser test needs, each locked by its digest and unpacked once into the cache.

They come from the registry that `NPM_CONFIG_REGISTRY` names, or that npm says it uses.
"""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from app.outgoing import trust_the_system
from deploy.npm import NPM
from graph.local.folders import cache_folder
from graph.local.locks import awaited

_TIMEOUT = 120


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """One version of a package, and the SHA-256 of its archive."""

    name: str
    version: str
    sha256: str

    @property
    def url(self) -> str:
        """Where a registry has its archive."""
        return f"{_registry()}/{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"

    @property
    def folder(self) -> Path:
        """Where it is unpacked."""
        flat = self.name.lstrip("@").replace("/", "-")
        return cache_folder(os.environ) / "tests" / f"{flat}-{self.version}"


def unpacked(package: NpmPackage, prepare: Callable[[Path], None] = lambda folder: None) -> Path:
    """The folder of a package, fetched where it is not there; `prepare` finishes what npm unpacks."""
    folder = package.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with awaited(folder.parent / "lock"):
        if not folder.exists():
            arriving = folder.with_suffix(".new")
            shutil.rmtree(arriving, ignore_errors=True)
            _unpack(_fetched(package), arriving)
            prepare(arriving / "package")
            arriving.rename(folder)
    return folder / "package"


def _registry() -> str:
    named = os.environ.get("NPM_CONFIG_REGISTRY")
    if not named:
        named = subprocess.run(
            [*NPM, "config", "get", "registry"], capture_output=True, text=True, check=True
        ).stdout
    return named.strip().rstrip("/")


def _fetched(package: NpmPackage) -> bytes:
    trust_the_system()
    answer = requests.get(package.url, timeout=_TIMEOUT)
    answer.raise_for_status()
    assert hashlib.sha256(answer.content).hexdigest() == package.sha256, f"{package.url} is another file"
    return answer.content


def _unpack(archive: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
        packed.extractall(folder, filter="data")
