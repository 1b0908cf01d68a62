"""The members of a Group whose resources are exported (FHIR R4 group.html)."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from fhir_profiles.references import literal
from graph.keys import resource_key
from graph.records import ResourceVersion


def members_of(group: ResourceVersion, tenant: str) -> tuple[str, ...]:
    """The keys of the patients who are members of a Group; without those who no longer are (`inactive`)."""
    found = _patients(orjson.loads(group.body))
    return tuple(dict.fromkeys(resource_key(tenant, "Patient", each) for each in found))


def _patients(document: Mapping[str, Any]) -> Iterator[str]:
    for member in document.get("member", ()):
        named = literal(member.get("entity", {}).get("reference"))
        if named is not None and named.type == "Patient" and member.get("inactive") is not True:
            yield named.id
