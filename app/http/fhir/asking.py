"""A search as it was asked: which parameters are criteria, and how the answer is wanted (R4 search.html)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.http.fhir.exchange import Call
from app.http.fhir.parameters import PAGE, RESULTS, applied, count_of
from app.records.search import (
    FindParameter,
    Include,
    KnownCriteria,
    Pairs,
    Total,
    TypeSearch,
    bounded,
    contained_of,
    include_of,
    sorts_of,
)
from graph.errors import Invalid

GRAPH = "_graph"
_INCLUDES = frozenset(
    f"{name}{modifier}" for name in ("_include", "_revinclude") for modifier in ("", ":iterate", ":recurse")
)
_RESULTS = RESULTS | _INCLUDES | {PAGE}
_TOTALS = {
    "none": Total.NONE,
    "estimate": Total.ESTIMATE,
    "accurate": Total.ACCURATE,
    "count": Total.ACCURATE,
    "estimatedCount": Total.ESTIMATE,
}


@dataclass(frozen=True, slots=True)
class SearchCall:
    """One search: `applied` are the parameters that count, `ignored` the names that did not."""

    search: TypeSearch
    path: str
    only_total: bool
    applied: Pairs
    ignored: tuple[str, ...]


def criteria_of(call: Call) -> Pairs:
    """The parameters that are criteria; the others say how the answer is wanted."""
    return tuple(pair for pair in call.criteria if pair[0] not in _RESULTS)


def search_of(
    call: Call,
    kind: str,
    patient_id: str | None,
    known: KnownCriteria,
    graph: tuple[Include, ...] = (),
) -> SearchCall:
    """Read how the answer to a search of one type is wanted, with the includes of a `graph` beside its own.

    Raises `Invalid` with the parameter.
    """
    count = count_of(call)
    contained, alone = contained_of(call.parameter("_contained"), call.parameter("_containedType"))
    search = TypeSearch(
        resource_type=kind,
        where=known.where,
        count=count,
        sort=sorts_of(kind, call.parameter("_sort"), known.find),
        includes=bounded((*_includes(kind, call.parameters, known.find), *graph)),
        total=_total(call),
        contained=contained,
        contained_alone=alone,
    )
    return SearchCall(
        search=search,
        path=kind if patient_id is None else f"Patient/{patient_id}/{kind}",
        only_total=count == 0 or call.parameter("_summary") == "count",
        applied=applied(call, known.ignored),
        ignored=known.ignored,
    )


def _total(call: Call) -> Total:
    """`_total`; `_totalMethod` says the same in the words of one client library."""
    text = call.parameter("_total") or call.parameter("_totalMethod") or "none"
    if text not in _TOTALS:
        raise Invalid("_total is none, estimate or accurate", location="_total")
    return _TOTALS[text]


def _includes(kind: str, parameters: Iterable[tuple[str, str]], find: FindParameter) -> Iterator[Include]:
    return (include_of(kind, name, value, find) for name, value in parameters if name in _INCLUDES)
