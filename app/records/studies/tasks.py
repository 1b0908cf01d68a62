"""What somebody was asked to do: a Task in a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from fhir_profiles.mapping.workitem_task import WORKITEM_UID
from fhir_profiles.security_labels import kept_for
from graph.records import ResourceVersion

OPEN_STATUSES = "requested,received,accepted,ready,in-progress,on-hold"
SHOWN_APART = ("urn:hilum:task|critical-result",)
"""Codes of tasks that have a place of their own: critical results (`app/records/reporting/critical.py`)."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task; empty is what it does not say. `focus` is the reference to what it is about.

    `is_workitem`: it stands on the worklist of DICOM, too; `is_kept`: it is for its reader alone.
    """

    task_id: str
    title: str
    status: str
    priority: str
    authored: str
    patient_id: str
    focus: str
    is_workitem: bool = False
    is_kept: bool = False


def task_line(version: ResourceVersion) -> TaskLine:
    """The line of a Task."""
    document: Mapping[str, Any] = orjson.loads(version.body)
    code: Mapping[str, Any] = document.get("code") or {}
    displays = (str(each.get("display") or "") for each in code.get("coding") or ())
    patient = str((document.get("for") or {}).get("reference", ""))
    return TaskLine(
        version.resource_id,
        str(document.get("description") or code.get("text") or next(filter(None, displays), "")),
        str(document.get("status", "")),
        str(document.get("priority", "")),
        str(document.get("authoredOn", "")),
        patient.removeprefix("Patient/") if patient.startswith("Patient/") else "",
        str((document.get("focus") or {}).get("reference", "")),
        any(each.get("system") == WORKITEM_UID for each in document.get("identifier") or ()),
        kept_for(document) is not None,
    )
