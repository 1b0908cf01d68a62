"""`ImagingStudy/$pictures`: where DICOMweb has the pictures of a study (PS3.18 10.4).

An ImagingStudy names series and instances by their UIDs; this gives the address of each, to be asked for with
the same token, so that an application of FHIR need not know how addresses of WADO-RS are made.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import operation_input, parameters
from app.http.fhir.operations import FhirOperation
from app.records.read import StudyAddresses
from graph.errors import Invalid
from graph.scope import AccessScope

_DEFINITION = "urn:hilum:OperationDefinition:pictures"
_LEVELS = ("study", "series", "instance")


class PictureViews:
    """The answers to who asks where the pictures of a study are."""

    def __init__(self, addresses: StudyAddresses) -> None:
        self._addresses = addresses

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        handlers = {"ImagingStudy": self.pictures}
        return (FhirOperation("pictures", ("instance",), handlers, definition=_DEFINITION),)

    def pictures(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with Parameters: the addresses of the study, of its series, and of their instances.

        Raises `Invalid` for a level that there is not.
        """
        given = operation_input(call)
        given.require_known(("level",))
        level = given.text("level") or _LEVELS[-1]
        if level not in _LEVELS:
            raise Invalid(f"level is one of {', '.join(_LEVELS)}", location="level")
        found = self._addresses.of_study(scope, resource_id)
        series = _series(found.document, found.address, level)
        return Answer(200, parameters(_part("study", found.uid, found.address, series)))


def _series(study: Mapping[str, Any], address: str, level: str) -> Iterator[Mapping[str, Any]]:
    if level == "study":
        return
    for each in study.get("series", ()):
        uid = each.get("uid")
        below = f"{address}/series/{uid}"
        modality = {"name": "modality", "valueCoding": each.get("modality", {})}
        instances = _instances(each, below) if level == "instance" else ()
        yield _part("series", uid, below, (modality, *instances))


def _instances(series: Mapping[str, Any], address: str) -> Iterator[Mapping[str, Any]]:
    for each in series.get("instance", ()):
        uid = each.get("uid")
        yield _part("instance", uid, f"{address}/instances/{uid}", ())


def _part(name: str, uid: str, address: str, further: Any) -> Mapping[str, Any]:
    """One level: its UID, where its files are, its metadata, and what can be looked at of it."""
    urls = [{"name": "url", "valueUrl": address}]
    urls += [
        {"name": each, "valueUrl": f"{address}/{each}"} for each in ("metadata", "rendered", "thumbnail")
    ]
    return {"name": name, "part": [{"name": "uid", "valueOid": f"urn:oid:{uid}"}, *urls, *further]}
