"""What users write on a study over FHIR: kept as its overlay where it has pictures, under its UID before.

A study first made over FHIR carries its Study Instance UID as key, so that its pictures find it.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from fhir_profiles.mapping.imaging_study import overlay_of, owned_differences
from graph.commit import View
from graph.errors import Conflict, Unprocessable
from graph.keys import study_key
from graph.resources.states import STUDIES, ResourceState
from graph.resources.writing import ResourceWrite, next_version
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.rows import SERIES_OF
from graph.studies.version import StudyVersion, of_known, version_write

_DICOM_UID = "urn:dicom:uid"
_INSTANCES_OF = """
MATCH (:Resource {key: $key})-[:HAS_SERIES]->(x:Series)
RETURN x.key AS series, COLLECT {
  MATCH (x)-[:HAS_INSTANCE]->(i:Instance)
  RETURN i {.SOPInstanceUID, .SOPClassUID, .InstanceNumber, .title, .sequence}
} AS instances ORDER BY x.serial
"""


def study_uid(document: Mapping[str, Any]) -> str | None:
    """The Study Instance UID that an ImagingStudy names, None where it names none."""
    for identifier in document.get("identifier", ()):
        value = str(identifier.get("value", ""))
        if identifier.get("system") == _DICOM_UID and value.startswith("urn:oid:"):
            return value.removeprefix("urn:oid:")
    return None


def named_study(scope: AccessScope, document: Mapping[str, Any]) -> str | None:
    """The DICOM key of the study that an ImagingStudy names, None where it names none."""
    uid = study_uid(document)
    return study_key(scope.tenant, scope.partition, uid) if uid else None


def announced_key(view: View, scope: AccessScope, key: str, document: Mapping[str, Any]) -> str | None:
    """The key under which the study's pictures will find the resource `key`.

    Raises `Conflict` where another ImagingStudy has the Study Instance UID.
    """
    dicom_key = named_study(scope, document)
    other = view.get(STUDIES, dicom_key) if dicom_key else None
    if other is not None and other.key != key:
        raise Conflict("another ImagingStudy has this Study Instance UID", code="duplicate")
    return dicom_key


def overlaid(view: View, site: Site, known: ResourceState, document: Mapping[str, Any]) -> ResourceWrite:
    """The next version of a study that has pictures, with the users' elements of `document`.

    Raises `Unprocessable` where the document changes what comes from the pictures.
    """
    dicom_key = str(known.properties["dicomKey"])
    after = of_known(known, view.get(SERIES_OF, dicom_key)).overlaid(overlay_of(document))
    _refuse_owned(view, site, known, after, document)
    return version_write(site, known, after, version_id=next_version(known), dicom_key=dicom_key)


def _refuse_owned(
    view: View, site: Site, known: ResourceState, after: StudyVersion, document: Mapping[str, Any]
) -> None:
    rows = view.read(_INSTANCES_OF, key=known.key)
    shown = [
        {**after.series[row["series"]], "instances": sorted(row["instances"], key=itemgetter("sequence"))}
        for row in rows  # sorted here: the planner may leave the order inside a COLLECT out
    ]
    if differing := owned_differences(document, after.resource(site, shown)):
        raise Unprocessable(
            "elements that come from the pictures cannot be changed here: " + ", ".join(differing),
            location=f"ImagingStudy.{differing[0]}",
            code="business-rule",
        )
