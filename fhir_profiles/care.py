"""When care took place: the date parameters of each type that say so.

"The date range relates to care dates, not record currency dates" (FHIR R4
patient-operation-everything.html#parameters).
"""

from functools import cache

from fhir_profiles.definitions.registry import search_parameters

_PERSONS = frozenset({"Patient", "Person", "RelatedPerson"})  # a date of birth is none of care
_NO_CARE = frozenset(
    {"_lastUpdated", "value-date", "recorded", "modified", "issued", "received", "payment-date"}
)


@cache
def care_parameters(resource_type: str) -> tuple[str, ...]:
    """The names of the date parameters of a type whose values are dates of care; none of persons."""
    if resource_type in _PERSONS:
        return ()
    every = search_parameters(resource_type).items()
    return tuple(name for name, each in every if each.type == "date" and name not in _NO_CARE)
