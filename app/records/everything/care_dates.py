"""When care took place: the dates of each type that say so.

"The date range relates to care dates, not record currency dates" (FHIR R4
patient-operation-everything.html#parameters).
"""

from functools import cache

from fhir_profiles.definitions.registry import RESOURCE_TYPES, search_parameters
from graph.query.expression import Field, Kind
from graph.resources.compartments import CareDates

_PERSONS = frozenset({"Patient", "Person", "RelatedPerson"})  # a date of birth is none of care
_NO_CARE = frozenset(
    {"_lastUpdated", "value-date", "recorded", "modified", "issued", "received", "payment-date"}
)


def care_dates(start: int | None, end: int | None) -> CareDates | None:
    """Care within [start, end), in µs since the epoch; None where neither is asked."""
    if start is None and end is None:
        return None
    limits = {name: value for name, value in (("since", start), ("until", end)) if value is not None}
    return CareDates(_fields(), **limits)


@cache
def _fields() -> tuple[Field, ...]:
    return tuple(
        Field(kind, name, Kind.SPAN)
        for kind in sorted(RESOURCE_TYPES - _PERSONS)
        for name, parameter in search_parameters(kind).items()
        if parameter.type == "date" and name not in _NO_CARE
    )
