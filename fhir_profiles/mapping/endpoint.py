"""The Endpoint at which a study's pictures are (FHIR R4 endpoint.html, IHE RAD IMR)."""

from typing import Any

from fhir.resources.R4B.endpoint import Endpoint

from fhir_profiles.mapping.dicom_values import DCM

_CONNECTION_TYPE = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"


def endpoint(address: str, *, id: str, name: str = "DICOM WADO-RS") -> dict[str, Any]:
    """A WADO-RS endpoint: `{address}/studies/{uid}` retrieves a study."""
    resource = {
        "resourceType": "Endpoint",
        "id": id,
        "status": "active",
        "connectionType": {"system": _CONNECTION_TYPE, "code": "dicom-wado-rs"},
        "name": name,
        "payloadType": [{"coding": [{"system": DCM, "code": "113014", "display": "Study"}], "text": "DICOM"}],
        "payloadMimeType": ["application/dicom"],
        "address": address,
    }
    Endpoint.model_validate(resource)
    return resource
