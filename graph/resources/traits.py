"""What of a resource rights look at beside whom it is about: codes of some parameters, labels, time of care.

It stands on the node and on each version, since a version has no value rows and a search looks at many of
them: `sorts` are the codes of `graph.allowances.CONDITIONS`, `security` those of `meta.security`, `care`
what lies between the first and the last date of care, and `kept` is the Practitioner for whom alone it is.
"""

from collections.abc import Iterable
from functools import lru_cache

from fhir_profiles.care import care_parameters
from fhir_profiles.security_labels import KEPT_FOR
from graph.allowances import CONDITIONS, SECURITY, sort_of_part
from graph.keys import resource_key, value_key
from graph.query.rows import ValueRows
from graph.refusals import Traits

_FAR = 2**62  # µs


def traits_of(tenant: str, resource_type: str, values: ValueRows) -> Traits:
    """What the value rows of a resource say of it."""
    sorts, security, kept = dict[str, None](), dict[str, None](), None
    for key, system, *_ in values.terms:
        _, _, name, code = key.split("|")
        if name in CONDITIONS:
            sorts[sort_of_part(name, code, system)] = None
        elif name == SECURITY:
            security[sort_of_part(name, code, system)] = None
            kept = resource_key(tenant, *code.split("/")) if system == KEPT_FOR else kept
    fields = _care_fields(tenant, resource_type)
    care = _care(span[1:3] for span in values.spans if span[0] in fields) if fields else None
    return Traits(list(sorts) or None, list(security) or None, care, kept)


def _care(spans: Iterable[tuple[float, float]]) -> list[int] | None:
    bounds = [(max(low, -_FAR), min(high, _FAR)) for low, high in spans]
    if not bounds:
        return None
    return [int(min(low for low, _ in bounds)), int(max(high for _, high in bounds))]


@lru_cache(maxsize=1_024)
def _care_fields(tenant: str, resource_type: str) -> frozenset[str]:
    """The keys of the Span rows that hold a date of care."""
    return frozenset(value_key(tenant, resource_type, name) for name in care_parameters(resource_type))
