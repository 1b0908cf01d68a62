"""Value sets that are there by the form of their canonical: `SYSTEM?fhir_vs`, `SYSTEM?fhir_vs=isa/CODE`.

SNOMED CT has them in R4 (snomedct.html#implicit); other systems may be asked in the same way.
"""

from collections.abc import Mapping
from typing import Any

_MARK, _IS_A = "?fhir_vs", "=isa/"


def implicit_value_set(url: str) -> Mapping[str, Any] | None:
    """The ValueSet that a canonical stands for; None where its form says nothing."""
    system, mark, rest = url.partition(_MARK)
    if not mark or not system or (rest and not rest.startswith(_IS_A)):
        return None
    part: dict[str, Any] = {"system": system}
    if rest:
        part["filter"] = [{"property": "concept", "op": "is-a", "value": rest.removeprefix(_IS_A)}]
    return {
        "resourceType": "ValueSet",
        "url": url,
        "status": "active",
        "compose": {"include": [part]},
    }
