"""ImagingStudy over FHIR: what DICOM owns stays DICOM's, the rest is the users' overlay.

A study first made over FHIR carries its Study Instance UID as key, so that its pictures find it.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from fhir_profiles.mapping.imaging_study import imaging_study, overlay_of, owned_differences
from graph.commit import ResourceState, ResourceWrite, State
from graph.errors import Conflict, Unprocessable
from graph.keys import resource_of, study_key
from graph.query.attributes import STUDY, of_level
from graph.scope import AccessScope
from graph.site import Settings
from graph.studies.study_values import study_values

_DICOM_UID = "urn:dicom:uid"
_SERIES_OF = """
MATCH (:ImagingStudy {key: $key})-[:HAS_SERIES]->(x:Series)
RETURN properties(x) AS x, COLLECT {
  MATCH (x)-[:HAS_INSTANCE]->(i:Instance)
  RETURN i {.SOPInstanceUID, .SOPClassUID, .InstanceNumber} ORDER BY i.sequence
} AS instances ORDER BY x.serial
"""


def adopt_uid(
    state: State, scope: AccessScope, key: str, document: Mapping[str, Any]
) -> dict[str, str | None]:
    """The key under which the study's pictures will find it; `Conflict` where another study has the UID."""
    uid = study_uid(document)
    if uid is None:
        return {"dicomKey": None}
    dicom_key = study_key(scope.tenant, scope.partition, uid)
    other = state.study(dicom_key)
    if other is not None and other.key != key:
        raise Conflict("another ImagingStudy has this Study Instance UID", code="duplicate")
    return {"dicomKey": dicom_key}


def overlaid(
    state: State,
    settings: Settings,
    known: ResourceState,
    document: Mapping[str, Any],
    resource_id: str,
) -> ResourceWrite:
    """The next version of a study that has pictures, with the users' elements of `document`."""
    had = known.properties
    facts = {each.keyword: had[each.keyword] for each in of_level(STUDY) if each.keyword in had}
    rows = state.run(_SERIES_OF, key=known.key)
    patient_key = (known.compartment or ("",))[0]
    partition = str(known.properties["partition"]).rpartition("|")[2]
    overlay = overlay_of(document)
    rendered = imaging_study(
        facts,
        [{**row["x"], "instances": row["instances"]} for row in rows],
        id=resource_id,
        patient_reference=resource_of(patient_key),
        endpoint_reference=f"Endpoint/{settings.endpoint_id(partition)}",
        overlay=overlay,
    )
    if differing := owned_differences(document, rendered):
        raise Unprocessable(
            "elements that come from the pictures cannot be changed here: " + ", ".join(differing),
            location=f"ImagingStudy.{differing[0]}",
            code="business-rule",
        )
    values = study_values(
        state.tenant,
        facts,
        [row["x"] for row in rows],
        resource_id=resource_id,
        patient_key=patient_key,
        endpoint_id=settings.endpoint_id(partition),
        overlay=overlay,
        zone=settings.zone,
    )
    return ResourceWrite(
        key=known.key,
        resource_type="ImagingStudy",
        resource_id=resource_id,
        version_id=known.version_id + 1,
        method="PUT",
        body=orjson.dumps({"study": facts, "patient": patient_key, "overlay": overlay}),
        values=values,
        compartment=known.compartment,
        properties={"overlay": orjson.dumps(overlay) if overlay else None},
        snapshot=True,
    )


def study_uid(document: Mapping[str, Any]) -> str | None:
    """The Study Instance UID that an ImagingStudy names, None where it names none."""
    for identifier in document.get("identifier", ()):
        value = str(identifier.get("value", ""))
        if identifier.get("system") == _DICOM_UID and value.startswith("urn:oid:"):
            return value.removeprefix("urn:oid:")
    return None
