"""A patch as an entry of a Bundle brings it (FHIR R4 http.html#patch, #2.36.0.10.2)."""

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any

from fhir_profiles.patching.fhirpath_patch import read_fhirpath_patch
from fhir_profiles.patching.json_patch import JSON_PATCH, read_json_patch
from fhir_profiles.patching.patches import Patch
from graph.errors import Invalid

_RESOURCE = "resource"


def patch_of(resource: Any, text: bytes | None) -> Patch:
    """Read the patch of an entry: a Binary that holds a JSON Patch, or the Parameters of a FHIRPath Patch.

    Raises `Invalid` for anything else, `InvalidDocument` for a patch that is none.
    """
    if not isinstance(resource, dict) or text is None:
        raise Invalid("the entry has no patch", location=_RESOURCE, code="required")
    if resource.get("resourceType") == "Binary":
        return read_json_patch(_content(resource))
    if resource.get("resourceType") == "Parameters":
        return read_fhirpath_patch(text)
    raise Invalid(
        "a patch comes as Parameters, or as a Binary with a JSON Patch in it",
        location=_RESOURCE,
        code="not-supported",
    )


def _content(binary: Mapping[str, Any]) -> bytes:
    kind, data = binary.get("contentType"), binary.get("data")
    if not isinstance(kind, str) or kind.partition(";")[0].strip().lower() != JSON_PATCH:
        raise Invalid(f"the Binary holds {JSON_PATCH}", location=f"{_RESOURCE}.contentType", code="value")
    try:
        return a2b_base64(data, strict_mode=True) if isinstance(data, str) else b""
    except (Base64Error, ValueError):
        raise Invalid("it is not base64", location=f"{_RESOURCE}.data", code="value") from None
