#!/bin/sh
# fhirpy 2.3.1: count() and patch() use requests that FHIR R4 does not define.
#
# Expected: a total is asked with _total or _summary=count (search.html#total, #summary); PATCH takes JSON
#   Patch, XML Patch or a FHIRPath Patch in Parameters, each with its media type (http.html#patch); a body
#   of FHIR is application/fhir+json.
# Happens:  count() sends _count=0&_totalMethod=count, a parameter of one server product, and takes
#   Bundle.total for given; patch() sends a JSON Merge Patch as application/json.
# Seen with fhirpy 2.3.1 and a server that answers searches without a total, as FHIR allows:
#   GET /Patient?_count=0&_totalMethod=count -> KeyError
#   PATCH /Patient/5 application/json {"active": false}
# Meaning: against another server counting raises, or, where handling is strict, is refused for an unknown
#   parameter; a patch is answered 415 or 400, or read as a resource with no type.
# Way round: take the total out of fetch_raw(); send the patch with an HTTP client of one's own.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check fhirpy==2.3.1
"$work/venv/bin/python" - <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from fhirpy import SyncFHIRClient

print("fhirpy", version("fhirpy"))
requests = []


class Server(BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        requests.append((self.command, self.path, self.headers.get("Content-Type"), body))
        found = {"resourceType": "Bundle", "type": "searchset"}
        self.send_response(200)
        self.send_header("Content-Type", "application/fhir+json")
        self.end_headers()
        self.wfile.write(json.dumps(found if self.command == "GET" else {"resourceType": "Patient", "id": "5"}).encode())

    do_GET = do_PATCH = answer

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = SyncFHIRClient(f"http://127.0.0.1:{server.server_port}")
try:
    counted = client.resources("Patient").count()
except Exception as error:
    counted = type(error).__name__
client.resource("Patient", id="5").patch(active=False)
server.shutdown()
(_, asked, _, _), (method, path, kind, body) = requests
print("GET", asked, "->", counted)
print(method, path, kind, body)
as_stated = "_totalMethod=count" in asked and counted == "KeyError" and (kind, body) == ("application/json", '{"active": false}')
raise SystemExit(None if as_stated else "CHANGED: fhirpy asks differently now")
PY
