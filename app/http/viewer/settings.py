"""What the viewer is told of this installation: `app-config.js`, and the one page that begins it.

The viewer asks DICOMweb at our own address, with the cookie of whoever is signed in. Nothing of a patient is
in these texts: they are the same for everybody.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

VIEWER_PATH = "/viewer"


class ViewerMode(StrEnum):
    """A mode of OHIF, as its address names it."""

    VIEWER = "viewer"
    MICROSCOPY = "microscopy"
    SEGMENTATION = "segmentation"


COMPARE = "@ohif/hpCompare"
"""OHIF's protocol that hangs a study and a prior side by side."""

_CONFIG: Mapping[str, Any] = {
    "extensions": [],
    "modes": [],
    "showStudyList": False,
    "showPatientInfo": "visible",  # whose pictures they are is never out of sight
    "showLoadingIndicator": True,
    "showWarningMessageForCrossOrigin": False,
    "showCPUFallbackMessage": True,
    "strictZSpacingForVolumeViewport": True,
    "maxNumberOfWebWorkers": 3,
    "investigationalUseDialog": {"option": "never"},
    "customizationService": [{"ohif.tours": {"$set": []}}],  # it would lie over the picture
    "defaultDataSourceName": "hilum",
}
_SOURCE: Mapping[str, Any] = {
    "friendlyName": "Hilum",
    "name": "hilum",
    "qidoSupportsIncludeField": True,
    "supportsReject": False,
    "supportsFuzzyMatching": True,
    "supportsWildcard": True,
    "dicomUploadEnabled": False,
    "imageRendering": "wadors",
    "thumbnailRendering": "thumbnailDirect",
    "enableStudyLazyLoad": True,
    "omitQuotationForMultipartRequest": True,
    "bulkDataURI": {"enabled": True, "relativeResolution": "studies"},
}
_NAMESPACE = "@ohif/extension-default.dataSourcesModule.dicomweb"
# OHIF's own page does this in scripts of the page itself, which our policy does not let run.
_SCRIPT = """window.PUBLIC_URL = {public};
window.browserImportFunction = (name) =>
  import(new URL(name.replace(/^\\//, ""), new URL(window.PUBLIC_URL, location)).href);
window.config = {config};
window.config.httpErrorHandler = (error) => console.warn("a picture could not be shown", error);
window.config.whiteLabeling = {{
  createLogoComponentFn: (react) =>
    react.createElement("a", {{ href: {home}, className: "text-white text-xl px-3" }}, "Hilum"),
}};
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Hilum</title>
  <link rel="stylesheet" href="{viewer}/app.bundle.css">
  <script src="{viewer}/app-config.js"></script>
  <script defer src="{viewer}/{start}"></script>
</head>
<body>
  <noscript>The viewer needs JavaScript.</noscript>
  <div id="react-portal"></div>
  <div id="root"></div>
</body>
</html>
"""


def viewer_config(base: str, dicomweb: str) -> str:
    """The script of settings; `base` is the path of Hilum, empty at the root, `dicomweb` that of DICOMweb."""
    roots = {name: f"{base}{dicomweb}" for name in ("qidoRoot", "wadoRoot", "wadoUriRoot")}
    source = {"namespace": _NAMESPACE, "sourceName": "hilum", "configuration": {**_SOURCE, **roots}}
    config = {**_CONFIG, "routerBasename": f"{base}{VIEWER_PATH}", "dataSources": [source]}
    return _SCRIPT.format(
        public=json.dumps(f"{base}{VIEWER_PATH}/"),
        config=json.dumps(config, indent=2),
        home=json.dumps(f"{base}/"),
    )


def viewer_page(base: str, start: str) -> str:
    """The one page of the viewer, which begins with a script of this name."""
    return _PAGE.format(viewer=f"{base}{VIEWER_PATH}", start=start)
