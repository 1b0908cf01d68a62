"""The parameters that say how to answer, read strictly (FHIR R4 search.html#return)."""

from collections.abc import Container
from datetime import tzinfo

from app.http.fhir.exchange import Call
from app.records.search import Pairs
from fhir_profiles.dates import interval
from graph.errors import Invalid

USUAL_COUNT, MOST = 50, 1_000
PAGE = "_page"
_DIGITS = 18
RESULTS = frozenset(
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
    }
)
"""What says how a search is answered, each once (search.html#return)."""

_ONCE = RESULTS | {"_since", "_at"}


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


def interval_asked(text: str | None, name: str, form: str, zone: tzinfo) -> tuple[int, int] | None:
    """The interval that a date and time stands for, in µs since the epoch; None where it is not asked.

    `form` says what it is to be. Raises `Invalid` for anything else.
    """
    if text is None:
        return None
    found = interval(text.replace(" ", "+"), zone)  # a plus that a client left unescaped
    if found is None:
        raise Invalid(f"{name} is {form}", location=name)
    return found
