"""The routes by which cohorts are taken away: exports are one's own, those of others are answered as none."""

import json

from tests.app.security.planting import Target
from tests.app.security.routes import QUERY, TAKE, Route

_EXPORT, _PATH = "/exports/<export_id>", "/exports/extract-{mark}"


def _without_a_question(target: Target) -> bytes:
    return json.dumps({"project": target.mark}).encode()


EXPORTS = (
    Route("POST /exports", TAKE, "/exports", _without_a_question, QUERY, status=400),
    Route("GET /exports", TAKE, "/exports"),
    Route(f"GET {_EXPORT}", TAKE, _PATH, status=404),
    Route(f"DELETE {_EXPORT}", TAKE, _PATH, status=404),
    Route(f"GET {_EXPORT}/files", TAKE, f"{_PATH}/files", status=404),
    Route(f"GET {_EXPORT}/errors", TAKE, f"{_PATH}/errors", status=404),
    Route(f"GET {_EXPORT}/files/<path:name>", TAKE, f"{_PATH}/files/export.zip", status=404),
)
