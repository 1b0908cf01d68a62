"""JSON answers: DICOM JSON (PS3.18 annex F) and its elements, and plain ones."""

from typing import Any

import orjson
from flask import Response

from app.http.kit.negotiation import MediaType

DICOM_JSON = MediaType("application", "dicom+json")
JSON_OFFERS = (DICOM_JSON, MediaType("application", "json"))


def dicom_json(body: Any, status: int = 200, media_type: MediaType = DICOM_JSON) -> Response:
    """A DICOM JSON answer: a data set or a list of them."""
    return Response(orjson.dumps(body), status, content_type=str(media_type))


def element(vr: str, *values: Any) -> dict[str, Any]:
    """One element of the DICOM JSON model; without values it is there and empty (F.2.5)."""
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


def plain_json(body: Any, status: int = 200) -> Response:
    """An answer of no DICOM in JSON."""
    return Response(orjson.dumps(body), status, content_type="application/json")
