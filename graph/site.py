"""What the stores need to know of this gateway: its address, and whose PatientIDs come without an issuer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Settings:
    """What storing needs to know of this gateway."""

    base_url: str
    patient_system: str = "urn:hilum:mrn"
    zone: tzinfo = UTC  # of dates and times that name none
    new_id: Callable[[], str] = field(default=lambda: str(uuid4()))

    def endpoint_id(self, partition: str) -> str:
        """The id of the Endpoint through which a partition's pictures are fetched."""
        return f"dicomweb-{partition}"

    def address(self, partition: str) -> str:
        """The WADO-RS base, such that `{address}/studies/{uid}` works."""
        middle = "" if partition == "default" else f"/partitions/{partition}"
        return f"{self.base_url}/dicom-web{middle}"
