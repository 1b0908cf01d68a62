"""The parameters that say how to answer, read strictly (FHIR R4 search.html#return)."""

from collections.abc import Container

from app.http.fhir.exchange import Call
from app.records.search import Pairs
from graph.errors import Invalid

USUAL_COUNT, MOST = 50, 1_000
PAGE = "_page"
_DIGITS = 18
_ONCE = frozenset(
    {
        "_count",
        "_sort",
        "_summary",
        "_elements",
        "_total",
        "_totalMethod",
        "_contained",
        "_containedType",
        "_graph",
        "_since",
        "_at",
    }
)


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


def applied(call: Call, ignored: Container[str] = ()) -> Pairs:
    """The parameters as they were applied, for the `self` link (search.html#selflink).

    What was `ignored` is not there, nor the second of what counts once; the page is none of them. Raises
    `Invalid` for a `_count` that is none.
    """
    count, found = str(count_of(call)), dict[tuple[str, int], tuple[str, str]]()
    for place, (name, value) in enumerate(call.criteria):
        if name != PAGE and name not in ignored:
            done = count if name == "_count" else value
            found.setdefault((name, 0 if name in _ONCE else place), (name, done))
    return tuple(found.values())
