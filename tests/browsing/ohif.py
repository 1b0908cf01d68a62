"""The OHIF viewer as it is published, on one address with a gateway, as a hospital's proxy would put them."""

import json
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask

from tests.browsing.packages import NpmPackage, unpacked
from tests.browsing.serving import serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

OHIF = NpmPackage("@ohif/app", "3.12.10", "fbabd410be33e5b9898931b725229b9da9553aac339914b5c29796d3aa5d4b2d")
_DICOMWEB = "/dicom-web"
_CONFIG = {
    "routerBasename": "/",
    "extensions": [],
    "modes": [],
    "showStudyList": True,
    "maxNumberOfWebWorkers": 1,
    "showCPUFallbackMessage": False,
    "showErrorDetails": "always",
    "defaultDataSourceName": "dicomweb",
    "dataSources": [
        {
            "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
            "sourceName": "dicomweb",
            "configuration": {
                "friendlyName": "Hilum",
                "name": "hilum",
                "wadoUriRoot": _DICOMWEB,
                "qidoRoot": _DICOMWEB,
                "wadoRoot": _DICOMWEB,
                "qidoSupportsIncludeField": True,
                "supportsReject": False,
                "supportsFuzzyMatching": False,
                "supportsWildcard": True,
                "imageRendering": "wadors",
                "thumbnailRendering": "wadors",
                "enableStudyLazyLoad": True,
                "omitQuotationForMultipartRequest": True,
            },
        }
    ],
}


class OhifSite:
    """Serves the viewer's files, its configuration, and DICOMweb of the gateway."""

    def __init__(self, gateway: Flask) -> None:
        self._gateway = gateway
        self._files = unpacked(OHIF) / "dist"

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Any:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if path.startswith(f"{_DICOMWEB}/"):
            return self._gateway(environ, start)
        body, kind = self._file(path)
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _file(self, path: str) -> tuple[bytes, str]:
        if path == "/app-config.js":
            return f"window.config = {json.dumps(_CONFIG)};".encode(), "text/javascript"
        file = self._files / path.lstrip("/")
        if not file.is_file():
            file = self._files / "index.html"  # every address of the viewer is its one page
        return file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream"


@contextmanager
def ohif_over(gateway: Flask, base_url: str) -> Iterator[None]:
    """A viewer over a gateway, at the address of that gateway, for as long as the block runs."""
    with serving(OhifSite(gateway), base_url):
        yield
