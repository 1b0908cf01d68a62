"""Files for browsers that come from npm: where `deploy/assets.py` puts what a window has locked.

A folder `assets` of a window holds package.json and package-lock.json. What they bring lies in the cache
under a name that is made of the lock, so nobody is ever served files of another lock.
"""

import os
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from graph.local.folders import cache_folder

LOCK = "package-lock.json"


def vendored_folder(assets: Path, environment: Mapping[str, str]) -> Path:
    """Where what a folder of `assets` brings lies, or is to lie."""
    digest = sha256((assets / LOCK).read_bytes()).hexdigest()[:16]
    return cache_folder(environment) / "assets" / f"{assets.parent.name}-{digest}"


class Vendored:
    """What the window of a package brings from npm."""

    def __init__(self, package: str) -> None:
        self._assets = Path(str(files(package))) / "assets"

    @cached_property
    def folder(self) -> Path:
        """The folder of its packages, as `htmx.org/dist`."""
        return vendored_folder(self._assets, os.environ) / "node_modules"
