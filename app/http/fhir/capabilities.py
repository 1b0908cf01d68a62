"""The CapabilityStatement (FHIR R4 http.html#capabilities), made from the route table and the registry.

What stands here is what there is: a route that goes or a search parameter that comes changes it by itself.
"""

from collections.abc import Collection
from typing import Any

import orjson

from app.http.fhir.audit import PARAMETERS
from app.http.fhir.operations import FhirOperation, told
from app.http.kit.fhir_formats import FHIR_JSON, FHIR_XML
from app.records.search import OF_EVERY_TYPE
from app.records.write.writing import WRITTEN_BY_HILUM
from app.security.roles import SHIPPED
from fhir_profiles.definitions.added import AddedParameter
from fhir_profiles.definitions.registry import (
    RESOURCE_TYPES,
    SearchParameter,
    reference_elements,
    search_parameters,
)
from fhir_profiles.index.parameter_types import MISSING, MODIFIERS_BY_TYPE
from fhir_profiles.patching.json_patch import JSON_PATCH

# The interactions of a type, with the codes of valueset-type-restful-interaction.
OF_TYPE = (
    *("read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create"),
    "search-type",
)
OF_SYSTEM = ("transaction", "batch", "history-system", "search-system")
_OF_OURS = frozenset({"read", "search-type"})  # what there is of types that Hilum alone writes
_SECURITY = " ".join(
    (
        "Bearer tokens (RFC 6750); the metadata of RFC 8414 says where from.",
        *(
            f"A {name} writes {', '.join(sorted(role.writable))} only."
            for name, role in SHIPPED.items()
            if role.writable
        ),
    )
)
_MODIFIERS = "Search parameters take these modifiers, by their type, and no others: " + "; ".join(
    f"{kind} {' '.join(f':{each}' for each in sorted({MISSING, *taken}))}"
    for kind, taken in sorted(MODIFIERS_BY_TYPE.items())
)
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_COMPARTMENT = "http://hl7.org/fhir/CompartmentDefinition/patient"


def capability_statement(
    base: str,
    date: str,
    offered: Collection[str],
    operations: Collection[FhirOperation],
    added: Collection[AddedParameter] = (),
    *,
    chosen_ids: bool = True,
) -> bytes:
    """The JSON of the statement; `offered` are the interactions that have a route.

    `added` are the search parameters of the tenant; those that are ready are told of. `chosen_ids` says
    whether an update creates.
    """
    types = [
        {
            **_resource(kind, offered, _added(added, kind), chosen_ids=chosen_ids),
            **_operations(operations, kind),
        }
        for kind in sorted(RESOURCE_TYPES)
    ]
    rest = {
        "mode": "server",
        "documentation": _MODIFIERS,
        "security": _security(base.removesuffix("/fhir")),
        "resource": types,
        "interaction": [{"code": code} for code in OF_SYSTEM if code in offered],
        "searchParam": [{"name": name, "type": of} for name, of in OF_EVERY_TYPE.items()],
        "compartment": [_COMPARTMENT],
        **_operations(operations, None),
    }
    return orjson.dumps(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": date,
            "kind": "instance",
            "software": {"name": "Hilum"},
            "implementation": {"description": "One gateway for pictures and record", "url": base},
            "fhirVersion": "4.0.1",
            "format": [FHIR_JSON.name, "json", FHIR_XML.name, "xml"],
            "patchFormat": [JSON_PATCH, FHIR_JSON.name, FHIR_XML.name],
            "rest": [rest],
        }
    )


def _security(base_url: str) -> dict[str, Any]:
    """How to sign in (SMART App Launch 2.2, conformance.html), as older apps look for it too."""
    places = {
        "authorize": f"{base_url}/auth/authorize",
        "token": f"{base_url}/auth/token",
        "introspect": f"{base_url}/auth/introspect",
        "revoke": f"{base_url}/auth/revoke",
    }
    uris = [{"url": name, "valueUri": place} for name, place in places.items()]
    service = {"system": _SECURITY_SERVICE, "code": "SMART-on-FHIR"}
    return {
        "extension": [{"url": _OAUTH_URIS, "extension": uris}],
        "service": [{"coding": [service]}],
        "description": _SECURITY,
    }


def _added(added: Collection[AddedParameter], kind: str) -> list[SearchParameter]:
    return [each.parameter for each in added if each.ready and each.resource_type == kind]


def _leads(parameter: SearchParameter) -> bool:
    """Whether a parameter of references looks at References; a canonical leads nowhere here."""
    return not reference_elements().isdisjoint(path.rpartition(".")[2] for path in parameter.paths)


def _resource(
    kind: str, offered: Collection[str], added: list[SearchParameter], *, chosen_ids: bool
) -> dict[str, Any]:
    if kind in WRITTEN_BY_HILUM:
        return _ours(kind, offered)
    parameters = sorted((*search_parameters(kind).values(), *added), key=lambda each: each.name)
    references = [f"{kind}:{each.name}" for each in parameters if each.type == "reference" and _leads(each)]
    return {
        "type": kind,
        "interaction": [{"code": code} for code in OF_TYPE if code in offered],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": chosen_ids,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "referencePolicy": ["literal", "local", "logical"],
        **({"searchInclude": ["*", *references]} if references else {}),
        "searchRevInclude": ["*"],
        "searchParam": [_parameter(each) for each in parameters],
    }


def _operations(operations: Collection[FhirOperation], kind: str | None) -> dict[str, Any]:
    found = told(operations, kind)
    return {"operation": found} if found else {}


def _ours(kind: str, offered: Collection[str]) -> dict[str, Any]:
    """A type that is read and searched, and by administrators only."""
    return {
        "type": kind,
        "interaction": [{"code": code} for code in OF_TYPE if code in _OF_OURS.intersection(offered)],
        "documentation": "Hilum notes each access by itself; administrators read what it noted.",
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-supported",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical"],
        "searchParam": [{"name": name, "type": of} for name, of in PARAMETERS.items()],
    }


def _parameter(parameter: SearchParameter) -> dict[str, str]:
    return {"name": parameter.name, "type": parameter.type}
