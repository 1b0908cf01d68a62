"""Outgoing connections trust what the operating system trusts, and what the two variables name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.authority import authority
from tests.factories.repository import serving

FETCHING = """
import sys
from app.outgoing import trust_the_system
trust_the_system()
import requests
print(requests.get(sys.argv[1], timeout=10).status_code)
"""


def fetching(url: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.endswith(("_CA_BUNDLE", "_CERT_FILE"))
    }
    command = (sys.executable, "-c", FETCHING, url)
    return subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_of_the_site_is_trusted_where_it_is_named(tmp_path: Path, variable: str) -> None:
    site = authority(tmp_path)
    with serving({"alpha": b"jar"}, site.tls) as served:
        url = f"{served.url}/org/example/alpha/1.0/alpha-1.0.jar"

        assert fetching(url, **{variable: str(site.certificate)}).stdout == "200\n"
        assert "CERTIFICATE_VERIFY_FAILED" in fetching(url).stderr
