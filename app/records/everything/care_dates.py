"""When care took place, as fields that a chart is narrowed by."""

from functools import cache

from fhir_profiles.care import care_parameters
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.query.expression import Field, Kind
from graph.resources.compartments import CareDates


def care_dates(start: int | None, end: int | None) -> CareDates | None:
    """Care within [start, end), in µs since the epoch; None where neither is asked."""
    if start is None and end is None:
        return None
    limits = {name: value for name, value in (("since", start), ("until", end)) if value is not None}
    return CareDates(_fields(), **limits)


@cache
def _fields() -> tuple[Field, ...]:
    return tuple(
        Field(kind, name, Kind.SPAN) for kind in sorted(RESOURCE_TYPES) for name in care_parameters(kind)
    )
