"""What belongs to one tenant: its address, its zone, and whose PatientIDs come without an issuer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from uuid import uuid4

from fhir_profiles.definitions.added import AddedParameter


def new_resource_id() -> str:
    """An id that no resource has."""
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class Site:
    """One tenant's address, zone and patient identifiers; it travels with units of work, so it is plain.

    `chosen_ids` says whether who sees every row may create resources under ids of their own.
    """

    base_url: str
    patient_system: str = "urn:hilum:mrn"
    zone: tzinfo = UTC  # of dates and times that name none
    new_id: Callable[[], str] = new_resource_id
    tenant: str = "default"
    added: tuple[AddedParameter, ...] = ()  # search parameters of its own
    chosen_ids: bool = True

    @property
    def fhir_base(self) -> str:
        """The address of FHIR, such that `{fhir_base}/Patient/{id}` works."""
        return f"{self.base_url}/fhir"

    def endpoint_id(self, partition: str) -> str:
        """The id of the Endpoint through which a partition's pictures are fetched."""
        return f"dicomweb-{partition}"

    def address(self, partition: str) -> str:
        """The WADO-RS base, such that `{address}/studies/{uid}` works."""
        middle = "" if partition == "default" else f"/partitions/{partition}"
        return f"{self.base_url}/dicom-web{middle}"
