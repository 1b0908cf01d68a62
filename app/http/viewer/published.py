"""The one version of OHIF that is served, as npm publishes it, and where it lies once it was brought in.

`deploy/viewer.py` brings it. Of the 208 MB that are published, source maps and the runtime of a model that
runs in the browser are left out; texts are kept packed by gzip alone. Its files are made to find each other
wherever they are served: they are built for the root of an address.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from graph.local.folders import cache_folder

_EDITION = 1  # of what is left out and changed here
PACKED = ".gz"
_LEFT_OUT = ("ort/", "sw.js", "init-service-worker.js", "app-config.js", "serve.json")
_PACKED_KINDS = (".js", ".css", ".wasm", ".svg", ".html", ".json")

_ROOT = '__webpack_require__.p = "/"'
# A window is told by its page where the viewer is; a worker of the viewer lies beside the other files.
_ANYWHERE = '__webpack_require__.p = self.PUBLIC_URL || self.location.href.replace(/[^/]*$/, "")'


@dataclass(frozen=True, slots=True)
class Published:
    """A package of npm at one version, with the digest of its archive as npm writes it."""

    name: str
    version: str
    integrity: str
    licence: str

    def folder(self, environment: Mapping[str, str]) -> Path:
        """Where its files lie, or are to lie: under a name that changes with what is brought."""
        digest = sha256(f"{self.name}@{self.version} {self.integrity} {_EDITION}".encode()).hexdigest()[:16]
        return cache_folder(environment) / "assets" / f"viewer-{digest}"


def published_viewer() -> Published:
    """The version of this release."""
    return Published(**json.loads(files(__package__).joinpath("published.json").read_text("utf-8")))


def viewer_folder() -> Path:
    """Where its files lie in this installation."""
    return published_viewer().folder(os.environ)


def is_served(name: str) -> bool:
    """Whether a file of the package is served, by its name below `dist/`."""
    return not name.startswith(_LEFT_OUT) and not name.endswith(".map")


def is_kept_packed(name: str) -> bool:
    """Whether a file is kept packed."""
    return name.endswith(_PACKED_KINDS)


def for_anywhere(name: str, content: bytes) -> bytes:
    """A file that finds the others beside itself, where it was built for the root of an address."""
    if name.endswith(".css"):
        return content.replace(b"url(/", b"url(")
    if name.endswith(".js"):
        return content.replace(_ROOT.encode(), _ANYWHERE.encode())
    return content
