"""A search as it was asked: criteria to an expression, and how the answer is wanted (FHIR R4 search.html)."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.http.fhir.exchange import Call, Pairs
from app.http.fhir.includes import Include, include_of
from app.http.fhir.links import PAGE
from app.http.fhir.parameters import count_of
from app.records.search import criteria
from app.records.search.criteria import compartment
from app.records.search.modifiers import field_of
from app.wiring import Services
from fhir_profiles.definitions.registry import search_parameter
from graph.errors import Invalid
from graph.query.expression import All, Expression, Field, Kind, Layout, Sort
from graph.scope import AccessScope

_INCLUDES = frozenset(
    f"{name}{modifier}" for name in ("_include", "_revinclude") for modifier in ("", ":iterate", ":recurse")
)
_RESULTS = frozenset({"_count", "_sort", "_summary", "_elements", "_total", "_totalMethod", PAGE, *_INCLUDES})
_TOTALS = {"none": False, "estimate": True, "accurate": True, "count": True, "estimatedCount": True}
_MOST_SORTS = 4


@dataclass(frozen=True, slots=True)
class Search:
    """One search: `applied` are the parameters that count, `ignored` the names that did not."""

    resource_type: str
    path: str
    where: Expression
    count: int
    sort: tuple[Sort, ...]
    includes: tuple[Include, ...]
    wants_total: bool
    only_total: bool
    applied: Pairs
    ignored: tuple[str, ...]


def search_of(
    services: Services, scope: AccessScope, call: Call, kind: str, patient_id: str | None = None
) -> Search:
    """Read a search of one type, within a patient's compartment where one is named."""
    ignored: list[str] = []
    lenient = call.prefers("handling") == "lenient"
    asked = [pair for pair in call.criteria if pair[0] not in _RESULTS]
    context = services.records.context(scope, ignored if lenient else None)
    where = criteria(kind, asked, context)
    if patient_id is not None:
        where = All((compartment(kind, patient_id), where))
    count = count_of(call)
    return Search(
        resource_type=kind,
        path=kind if patient_id is None else f"Patient/{patient_id}/{kind}",
        where=where,
        count=count,
        sort=_sorts(kind, call.parameter("_sort")),
        includes=_includes(kind, call.parameters),
        wants_total=_wants_total(call),
        only_total=count == 0 or call.parameter("_summary") == "count",
        applied=tuple(pair for pair in call.criteria if pair[0] != PAGE and pair[0] not in ignored),
        ignored=tuple(ignored),
    )


def _wants_total(call: Call) -> bool:
    """`_total`; `_totalMethod` says the same in the words of one client library."""
    text = call.parameter("_total") or call.parameter("_totalMethod") or "none"
    if text not in _TOTALS:
        raise Invalid("_total is none, estimate or accurate", location="_total")
    return _TOTALS[text]


def _includes(kind: str, parameters: Iterable[tuple[str, str]]) -> tuple[Include, ...]:
    return tuple(include_of(kind, name, value) for name, value in parameters if name in _INCLUDES)


def _sorts(kind: str, text: str | None) -> tuple[Sort, ...]:
    """`_sort=status,-date`: by the lowest value ascending, by the highest descending (search.html#sort)."""
    names = [name for name in (text or "").split(",") if name]
    if len(names) > _MOST_SORTS:
        raise Invalid(f"more than {_MOST_SORTS} sort keys", location="_sort", code="too-costly")
    return tuple(Sort(_sort_field(kind, name.removeprefix("-")), name.startswith("-")) for name in names)


def _sort_field(kind: str, name: str) -> Field:
    parameter = search_parameter(kind, name)
    if parameter is None or parameter.components:
        raise Invalid(f"{kind} is not sorted by this", location="_sort", code="not-supported")
    if name == "_id":
        return Field(kind, "_id", Kind.TERM, Layout.PROPERTY)
    return field_of(kind, parameter)
