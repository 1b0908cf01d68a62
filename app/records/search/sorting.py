"""`_sort` as keys of the query tree (FHIR R4 search.html#sort)."""

from app.records.search.modifiers import field_of
from fhir_profiles.definitions.registry import search_parameter
from graph.errors import Invalid
from graph.query.expression import Field, Kind, Layout, Sort

_MOST_SORTS = 4


def sorts_of(resource_type: str, text: str | None) -> tuple[Sort, ...]:
    """Read `status,-date`: by the lowest value ascending, by the highest descending; raises `Invalid`."""
    names = [name for name in (text or "").split(",") if name]
    if len(names) > _MOST_SORTS:
        raise Invalid(f"more than {_MOST_SORTS} sort keys", location="_sort", code="too-costly")
    return tuple(Sort(_field(resource_type, name.removeprefix("-")), name.startswith("-")) for name in names)


def _field(resource_type: str, name: str) -> Field:
    parameter = search_parameter(resource_type, name)
    if parameter is None or parameter.components:
        raise Invalid(f"{resource_type} is not sorted by this", location="_sort", code="not-supported")
    if name == "_id":
        return Field(resource_type, "_id", Kind.TERM, Layout.PROPERTY)
    return field_of(resource_type, parameter)
