"""Brings in what browsers are served from npm, as the locks beside the pages say it: `make` calls this.

Each window with a folder `assets` has a package-lock.json there. Its packages are installed by the npm of a
wheel of Python, held to the digests of the lock, without a script of theirs being run, and kept in the cache
under the digest of the lock; what is there already is left alone.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from app.http.kit.vendored import LOCK, vendored_folder
from deploy.npm import npm
from graph.local.locks import awaited

ROOT = Path(__file__).parents[1]


def bring(assets: Path) -> None:
    """Install what a folder has locked, where it is not there."""
    folder = vendored_folder(assets, os.environ)
    with awaited(folder.parent / "lock"):
        if folder.exists():
            return
        arriving = folder.with_suffix(".new")
        shutil.rmtree(arriving, ignore_errors=True)
        arriving.mkdir()
        for name in ("package.json", LOCK):
            shutil.copy(assets / name, arriving)
        npm("ci", folder=arriving)
        arriving.rename(folder)


def main() -> None:
    """Install what every window has locked; end with a message where npm could not."""
    for lock in sorted(ROOT.glob(f"app/http/*/assets/{LOCK}")):
        try:
            bring(lock.parent)
        except subprocess.CalledProcessError:
            sys.exit(
                f"What {lock.parent.relative_to(ROOT)} locks could not be brought in: check the network\n"
                "(HTTPS_PROXY, NPM_CONFIG_REGISTRY) and run the same command again."
            )


if __name__ == "__main__":
    main()
