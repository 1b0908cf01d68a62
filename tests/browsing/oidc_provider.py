"""oidc-provider, a stock OpenID provider of npm, as a process; its packages are locked by digest."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urljoin

import requests

from deploy.npm import NODE, NPM
from graph.local.folders import cache_folder
from graph.local.locks import awaited
from graph.local.process import wait_until
from graph.local.server import free_port

_HERE = Path(__file__).parent / "oidc"
_SECONDS = 30.0
_OK = 200
_SILENT = subprocess.DEVNULL


def _installed() -> Path:
    """The folder of the provider and what it needs, installed where it is not there."""
    lock = (_HERE / "package-lock.json").read_bytes()
    folder = cache_folder(os.environ) / "tests" / f"oidc-provider-{sha256(lock).hexdigest()[:12]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with awaited(folder.parent / "lock"):
        if not folder.exists():
            arriving = folder.with_suffix(".new")
            shutil.rmtree(arriving, ignore_errors=True)
            shutil.copytree(_HERE, arriving)
            subprocess.run([*NPM, "ci", "--silent", "--ignore-scripts"], cwd=arriving, check=True)
            arriving.rename(folder)
    shutil.copy(_HERE / "provider.mjs", folder)
    return folder


@contextmanager
def oidc_provider(audience: str, *groups: str, redirect_uri: str = "") -> Iterator[str]:
    """The issuer of a provider whose tokens are for an audience and name groups; it ends with the block.

    People who sign in there for the client `hilum` are sent to `redirect_uri`.
    """
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    command = [NODE, "provider.mjs", str(port), audience, *groups]
    with subprocess.Popen(
        command,
        cwd=_installed(),
        env={**os.environ, "REDIRECT_URI": redirect_uri},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        try:
            assert wait_until(lambda: _answers(issuer), _SECONDS)
            yield issuer
        finally:
            run.terminate()


def _answers(issuer: str) -> bool:
    try:
        return requests.get(f"{issuer}/jwks", timeout=1).status_code == _OK
    except requests.RequestException:
        return False


def token_of(issuer: str, audience: str) -> str:
    """An access token that the provider gives its one client."""
    form = {"grant_type": "client_credentials", "resource": audience}
    answer = requests.post(f"{issuer}/token", data=form, auth=("portal", "of-the-portal"), timeout=10)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def sent_back(address: str, name: str, redirect_uri: str) -> str:
    """Where the provider sends a browser in which somebody signs in under a name and agrees."""
    session, form = requests.Session(), {"login": name, "password": "any"}
    answer = session.get(address, allow_redirects=False, timeout=10)
    for _ in range(12):
        if answer.is_redirect:
            to = urljoin(answer.url, answer.headers["Location"])
            if to.startswith(redirect_uri):
                return to
            answer = session.get(to, allow_redirects=False, timeout=10)
        else:
            (action,) = re.findall(r'<form[^>]* action="([^"]+)"', answer.text)
            prompt = re.findall(r'name="prompt" value="([a-z]+)"', answer.text)
            values = {**form, "prompt": prompt[0]}
            answer = session.post(urljoin(answer.url, action), data=values, allow_redirects=False, timeout=10)
    raise AssertionError(f"it goes on for too long, at {answer.url}")
