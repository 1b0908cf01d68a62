"""`_sort` as keys of the query tree (FHIR R4 search.html#sort).

Along a reference rows are ordered by what it leads to: `_sort=patient.family`,
`_sort=-subject:Patient.birthdate`. The standard leaves that open.
"""

from app.records.search.criteria import FindParameter
from app.records.search.modifiers import field_of
from fhir_profiles.definitions.registry import RESOURCE_TYPES, SearchParameter, search_parameter
from graph.errors import Invalid
from graph.query.expression import Along, Field, Kind, Layout, Sort
from graph.query.limits import DEEPEST_RELATED

_MOST_SORTS = 4
_SORT = "_sort"
_UNSORTED = frozenset({"composite", "special"})


def sorts_of(
    resource_type: str, text: str | None, find: FindParameter = search_parameter
) -> tuple[Sort, ...]:
    """Read `status,-date`: by the lowest value ascending, by the highest descending; raises `Invalid`."""
    names = [name for name in (text or "").split(",") if name]
    if len(names) > _MOST_SORTS:
        raise Invalid(f"more than {_MOST_SORTS} sort keys", location=_SORT, code="too-costly")
    return tuple(_sort(resource_type, name.removeprefix("-"), name.startswith("-"), find) for name in names)


def _sort(resource_type: str, name: str, descending: bool, find: FindParameter) -> Sort:
    *links, last = name.split(".")
    if len(links) > DEEPEST_RELATED:
        raise Invalid(f"more than {DEEPEST_RELATED} links", location=_SORT, code="too-costly")
    along = []
    for place, link in enumerate(links):
        following = [*links, last][place + 1].partition(":")[0]
        along.append(_along(resource_type, link, following, find))
        (resource_type,) = along[-1].targets
    return Sort(_field(resource_type, last, find), descending, tuple(along))


def _along(resource_type: str, link: str, following: str, find: FindParameter) -> Along:
    """The link to the one type that a reference leads to and that has what follows."""
    plain, _, target = link.partition(":")
    parameter = _parameter(resource_type, plain, find)
    if parameter.type != "reference" or not parameter.paths:
        raise Invalid(f"{resource_type}.{plain} is no reference", location=_SORT, code="not-supported")
    if target and target not in RESOURCE_TYPES:
        raise Invalid("there is no such resource type", location=_SORT)
    targets = (target,) if target else parameter.targets
    found = tuple(each for each in targets if find(each, following))
    if len(found) != 1:
        wish = f"name one of its targets, as {plain}:{found[0]}" if found else "no target has what follows"
        raise Invalid(f"{resource_type}.{plain}: {wish}", location=_SORT, code="not-supported")
    return Along(parameter.paths, found)


def _field(resource_type: str, name: str, find: FindParameter) -> Field:
    parameter = _parameter(resource_type, name, find)
    if parameter.type in _UNSORTED:
        raise Invalid(
            f"{name} is of type {parameter.type}, which has no order", location=_SORT, code="not-supported"
        )
    if name == "_id":
        return Field(resource_type, "_id", Kind.TERM, Layout.PROPERTY)
    return field_of(resource_type, parameter)


def _parameter(resource_type: str, name: str, find: FindParameter) -> SearchParameter:
    parameter = find(resource_type, name)
    if parameter is None:
        raise Invalid(f"{resource_type} is not sorted by this", location=_SORT, code="not-supported")
    return parameter
