"""Brings in the viewer: one archive of npm, held to its digest, once an installation; `make` calls this."""

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64encode
from hashlib import sha512
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).parents[1]))
from app.http.viewer.published import (
    PACKED,
    Published,
    for_anywhere,
    is_kept_packed,
    is_served,
    published_viewer,
)
from deploy.npm import npm
from graph.local.locks import awaited

_FILES = PurePosixPath("package/dist")
_PACKING = 6


def fetch(published: Published, folder: Path) -> Path:
    """The archive of a package, from the registry that npm uses; ends the program where it is another."""
    wanted = f"{published.name}@{published.version}"
    npm("pack", wanted, folder=folder)
    (archive,) = folder.glob("*.tgz")
    digest = f"sha512-{b64encode(sha512(archive.read_bytes()).digest()).decode()}"
    if digest != published.integrity:
        sys.exit(f"{wanted} is not what it was: {archive.name} has {digest}")
    return archive


def unpack(archive: Path, folder: Path) -> None:
    """Write what is served of a package, each file as it is served."""
    with tarfile.open(archive) as package:
        for member in package:
            path = PurePosixPath(member.name)
            if not member.isfile() or not path.is_relative_to(_FILES) or ".." in path.parts:
                continue
            name = str(path.relative_to(_FILES))
            read = package.extractfile(member)
            if read is not None and is_served(name):
                _write(folder, name, for_anywhere(name, read.read()))


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / (name + PACKED if is_kept_packed(name) else name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, _PACKING, mtime=0) if is_kept_packed(name) else content)


def main() -> None:
    """Bring in the viewer where it is not there; say what is missing where npm could not be asked."""
    published = published_viewer()
    folder = published.folder(os.environ)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with awaited(folder.parent / "viewer.lock"):
        if folder.exists():
            return
        arriving = folder.with_suffix(".new")
        shutil.rmtree(arriving, ignore_errors=True)
        with tempfile.TemporaryDirectory() as work:
            try:
                archive = fetch(published, Path(work))
            except subprocess.CalledProcessError:
                print(
                    "The viewer of pictures could not be brought in: check the network (HTTPS_PROXY,\n"
                    "NPM_CONFIG_REGISTRY) and run the same command again. Everything else works without it.",
                    file=sys.stderr,
                )
                return
            unpack(archive, arriving)
        arriving.rename(folder)


if __name__ == "__main__":
    main()
