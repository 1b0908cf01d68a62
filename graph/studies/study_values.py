"""The search values of an ImagingStudy, from its DICOM facts; its instances are nodes already."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from fhir_profiles.index.extraction import extract
from fhir_profiles.mapping.imaging_study import imaging_study
from graph.commit import ValueRows
from graph.commit.values import value_rows
from graph.keys import resource_of


def study_values(
    tenant: str,
    facts: Mapping[str, Any],
    series: Sequence[Mapping[str, Any]],
    *,
    resource_id: str,
    patient_key: str,
    endpoint_id: str,
    overlay: dict[str, Any] | None,
    zone: tzinfo,
) -> ValueRows:
    """The value rows and references of a study with these series (properties of their nodes)."""
    resource = imaging_study(
        facts,
        [_as_series(each) for each in series],
        id=resource_id,
        patient_reference=resource_of(patient_key),
        endpoint_reference=f"Endpoint/{endpoint_id}",
        overlay=overlay,
    )
    return value_rows(tenant, "ImagingStudy", extract(resource, zone))


def _as_series(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A series for its search values: one instance stands for all of a SOP class."""
    classes = properties.get("sopClasses", ())
    return {**properties, "instances": [{"SOPClassUID": each} for each in classes]}
