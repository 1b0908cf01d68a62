"""The routes of feedback: what is kept for a reader is nobody else's, so no packet here is theirs."""

from tests.app.security.planting import Target
from tests.app.security.routes import FORM, LEARN, QUERY, RECORD, TOTALS, Route
from tests.app.security.routes_pages import page_of

_PACKET = "/feedback/packets/<packet_id>"


def _verdict(_: Target) -> bytes:
    return b'{"verdict": "concordant"}'


def _message(target: Target) -> bytes:
    return f'{{"report": "{target.mark}-none", "text": "Look again."}}'.encode()


def _endpoint(_: Target) -> bytes:
    return b'{"endpoint": "https://reader.example.org/hook"}'


FEEDBACK = (
    Route("GET /feedback/packets", LEARN, "/feedback/packets"),
    Route(f"GET {_PACKET}", LEARN, "/feedback/packets/{mark}", status=404),
    Route(f"POST {_PACKET}/answer", LEARN, "/feedback/packets/{mark}/answer", _verdict, QUERY, status=404),
    Route(
        "POST /feedback/messages", LEARN, "/feedback/messages", _message, QUERY, status=404, besides=RECORD
    ),
    # who is nobody in the record has nothing to be told
    *(
        Route(f"{method} /feedback/subscription", LEARN, "/feedback/subscription", body, QUERY, status=422)
        for method, body in (("GET", None), ("PUT", _endpoint), ("DELETE", None))
    ),
    Route("GET /feedback/figures", LEARN, "/feedback/figures"),
    Route("GET /feedback/totals", TOTALS, "/feedback/totals"),
    page_of("/feedback", LEARN, "/feedback", shows=None),
    page_of("/feedback/<packet_id>", LEARN, "/feedback/{mark}", shows=None, status=404),
    page_of("/feedback/numbers", LEARN, "/feedback/numbers", shows=None),
    page_of("/feedback/together", TOTALS, "/feedback/together", shows=None),
    page_of(
        "/feedback/reports/<report>",
        LEARN,
        "/feedback/reports/{mark}-none",
        shows=None,
        status=404,
        besides=RECORD,
    ),
)
FORMS_OF_FEEDBACK = (
    Route("POST /feedback/<packet_id>", None, "/feedback/none", headers=FORM),
    Route("POST /feedback/reports/<report>", None, "/feedback/reports/none", headers=FORM),
)
