"""The next version of a resource that Hilum itself changes, digit by digit as it was but for the change."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import orjson

from fhir_profiles.index.extraction import extract
from graph.clock import instant
from graph.commit import View
from graph.keys import resource_key
from graph.query.rows import compartment_keys, value_rows
from graph.resources.states import ResourceState
from graph.resources.writing import ResourceWrite, next_version
from graph.site import Site

ResourceJson: TypeAlias = dict[str, Any]
Rewriting: TypeAlias = Callable[[ResourceJson], ResourceJson]


def rewritten(
    view: View,
    site: Site,
    known: ResourceState | None,
    text: bytes,
    change: Rewriting,
    *,
    properties: dict[str, Any] | None = None,
) -> ResourceWrite:
    """The version that `change` makes of the JSON of a resource; the first where nothing is known of it."""
    plain = change(orjson.loads(text))
    exact = change(json.loads(text, parse_float=orjson.Fragment))
    return write_of(view, site, known, plain, exact, properties=properties)


def write_of(
    view: View,
    site: Site,
    known: ResourceState | None,
    plain: ResourceJson,
    exact: ResourceJson,
    *,
    properties: dict[str, Any] | None = None,
) -> ResourceWrite:
    """The version of a resource whose values are read from `plain` and whose text is made of `exact`."""
    resource_type, resource_id = plain["resourceType"], plain["id"]
    values = extract(plain, site.zone, site.fhir_base, site.added)
    version_id = next_version(known)
    return ResourceWrite(
        key=resource_key(view.tenant, resource_type, resource_id),
        resource_type=resource_type,
        resource_id=resource_id,
        known=known,
        version_id=version_id,
        method="PUT" if known else "POST",
        body=orjson.dumps(stamped(exact, version_id, view.now)),
        values=value_rows(view.tenant, resource_type, values),
        compartment=compartment_keys(view.tenant, values),
        properties=properties or {},
    )


def stamped(resource: ResourceJson, version_id: int, now: int) -> ResourceJson:
    """The resource with its `meta`, in the order in which FHIR prints it; `now` in µs since the epoch."""
    head = {"resourceType": resource["resourceType"], "id": resource["id"]}
    meta = {**resource.get("meta", {}), "versionId": str(version_id), "lastUpdated": instant(now)}
    rest = {name: value for name, value in resource.items() if name not in (*head, "meta")}
    return {**head, "meta": meta, **rest}
