"""Patients in whose place there is another one: what they say of it, and what stays said (R4 patient.html).

A Patient with a link of type `replaced-by` must no longer be used: where several carry a number, and but one
of them is left, that is the one who is meant. What a merge wrote into the other one stays there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from app.records.write.receiving import Prepared, patched
from fhir_profiles.patching.json_patch import read_json_patch
from fhir_profiles.references import literal
from graph.site import Site

PATIENT = "Patient"
MOST_CARRIERS = 50
"""Patients who are looked at, where several carry what is asked for."""
_REPLACED_BY, _REPLACES = "replaced-by", "replaces"


def left(texts: Mapping[str, bytes]) -> list[str]:
    """The keys of those Patients who are to be used; of all where none is left."""
    found = [key for key, text in texts.items() if not _linked(orjson.loads(text), _REPLACED_BY)]
    return found or list(texts)


def with_links(prepared: Prepared, others: Iterable[str], site: Site, tenant: str) -> Prepared:
    """A Patient with a link to each of the `others` (`Patient/id`) who were merged into them."""
    document = prepared.document()
    known = (literal(text, site.fhir_base) for text in _linked(document, _REPLACES))
    named = {each.target for each in known if each is not None}
    missing = [{"other": {"reference": each}, "type": _REPLACES} for each in others if each not in named]
    if not missing:
        return prepared
    changes: list[Any] = [{"op": "add", "path": "/link/-", "value": each} for each in missing]
    if "link" not in document:
        changes = [{"op": "add", "path": "/link", "value": missing}]
    return patched(prepared, read_json_patch(orjson.dumps(changes)), site, tenant)


def _linked(document: Mapping[str, Any], kind: str) -> list[str | None]:
    """The references of the links of a type."""
    return [
        each.get("other", {}).get("reference")
        for each in document.get("link", ())
        if each.get("type") == kind
    ]
