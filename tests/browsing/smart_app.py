"""An app on the stock JavaScript client of SMART, unmodified: two pages on an address of their own."""

import json
from typing import TYPE_CHECKING, Any

from tests.browsing.packages import NpmPackage, unpacked

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FHIRCLIENT = NpmPackage(
    "fhirclient", "2.6.3", "e78e721b55faaea51a660e442c3d107081d3ab89e3f69ab428cbe6cddc32ea3c"
)
_PAGE = "<!doctype html><title>An app</title><script src=/client.js></script><script>{script}</script>{body}"
_LAUNCH = "FHIR.oauth2.authorize({settings}).catch(error => {{ document.title = String(error) }});"
_INDEX = """
FHIR.oauth2.ready().then(async client => {
  const patient = await client.patient.read();
  const studies = await client.request(`ImagingStudy?patient=${client.patient.id}`);
  const shown = { patient: patient.id, encounter: client.encounter.id, user: client.user.fhirUser,
    studies: studies.entry.map(each => each.resource.id), scope: client.state.tokenResponse.scope };
  document.getElementById("shown").textContent = JSON.stringify(shown);
}).catch(error => { document.getElementById("shown").textContent = "failed: " + error; });
"""


class SmartAppSite:
    """Serves an app with the settings that `FHIR.oauth2.authorize` takes.

    `/launch` is opened by an EHR, with `iss` and `launch`, or by anybody, with what `settings` holds.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = {**settings, "redirectUri": "index"}
        self._client = unpacked(FHIRCLIENT) / "build" / "fhir-client.js"

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Any:
        """Answer one request."""
        body, kind = self._content(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _content(self, path: str, query: str) -> tuple[bytes, str]:
        if path == "/client.js":
            return self._client.read_bytes(), "text/javascript"
        launched = "launch=" in query
        settings = {name: each for name, each in self._settings.items() if not (launched and name == "iss")}
        launch = _LAUNCH.format(settings=json.dumps(settings))
        script = launch if path == "/launch" else _INDEX
        page = _PAGE.format(script=script, body="<p id=shown></p>")
        return page.encode(), "text/html; charset=utf-8"
