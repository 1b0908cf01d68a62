"""The routes of the FHIRcast hub: each caller has a topic of their own, and of others there is none."""

from tests.app.security.planting import Target
from tests.app.security.routes import FORM, LIST, QUERY, READ, RECORD, Route


def _empty(_: Target) -> bytes:
    return b"{}"


CASTS = (
    Route("GET /fhircast", RECORD, "/fhircast", instead=READ),
    Route("POST /fhircast", RECORD, "/fhircast", headers=FORM, status=400, instead=READ),
    Route("GET /fhircast/<topic>", RECORD, "/fhircast/{mark}", status=404, instead=READ),
    Route(
        "POST /fhircast/<topic>",
        RECORD,
        "/fhircast/{mark}",
        body=_empty,
        headers=QUERY,
        status=404,
        instead=READ,
    ),
)
LINES = (Route("GET /worklist/lines", LIST, "/worklist/lines"),)
"""It grows by what the calls before have made: `tests/app/http/pages/test_worklist.py` says what is in it."""
CHANNELS = (
    Route(
        "GET /fhircast/.well-known/fhircast-configuration",
        None,
        "/fhircast/.well-known/fhircast-configuration",
    ),
    # Who has the secret of a channel opens it, and shows nothing else.
    Route("GET /fhircast/channels/<channel>", None, "/fhircast/channels/none", status=400),
)
