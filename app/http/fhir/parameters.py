"""The parameters that say how to answer, read strictly (FHIR R4 search.html#return)."""

from app.http.fhir.exchange import Call
from graph.errors import Invalid

USUAL_COUNT, MOST = 50, 1_000
_DIGITS = 18


def count_of(call: Call) -> int:
    """Return how many are on a page: `_count`, at most `MOST`.

    A server may give fewer (search.html#count). Raises `Invalid` for what is no whole number.
    """
    text = call.parameter("_count")
    if text is None:
        return USUAL_COUNT
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Invalid("_count is a whole number", location="_count")
    return min(int(text), MOST)
