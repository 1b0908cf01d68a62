"""Pictures that come to a study that has pictures, and say that they are of somebody else.

A study keeps its Patient: pictures of one StudyInstanceUID cannot be parted, and none is lost. But none comes
silently either: their sender is warned of each attribute, and one Task of the study asks a person to look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson

from fhir_profiles.mapping.patient_identity import unlike
from graph.commit import Draft, View
from graph.keys import resource_key, resource_of
from graph.packing import unpacked
from graph.resources.states import RESOURCES, ResourceState
from graph.resources.writing import VERSIONS
from graph.site import Site
from graph.studies.identity import BODY_OF, made_by_hilum
from graph.studies.places import Arriving
from graph.studies.version import StudyVersion

_MOST_NAMED = 10  # series whom a Task names
WAITS = frozenset({"draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"})
"""The statuses of a Task that was not decided yet."""
TASK = "Pictures of a study name another patient than its first ones"


def warnings_of(picture: Mapping[str, Any], study: Mapping[str, Any]) -> tuple[str, ...]:
    """What the sender of such a picture is told, in the 64 characters of an Error Comment (0000,0902)."""
    names = unlike(picture, study)
    return tuple(f"{name} is not the study's: a person is asked to look" for name in names)


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Asks, for one unit of work, that somebody look at pictures of another patient than their study."""

    view: View
    draft: Draft
    site: Site

    def ask(self, study: StudyVersion, strangers: Sequence[Arriving]) -> None:
        """Make the Task of this study; a study has one, which is asked again where it was done or deleted."""
        if not strangers:
            return
        study_key = resource_key(self.view.tenant, "ImagingStudy", study.resource_id)
        task_id = str(uuid5(NAMESPACE_OID, study_key))
        known = self.view.get(RESOURCES, resource_key(self.view.tenant, "Task", task_id))
        if known is not None and self._waits(known):
            return
        task = {
            "resourceType": "Task",
            "id": task_id,
            "status": "requested",
            "intent": "order",
            "code": {"text": TASK},
            "focus": {"reference": resource_of(study_key)},
            "for": {"reference": resource_of(study.patient)},
            "input": [
                {"type": {"text": "SeriesInstanceUID"}, "valueString": uid}
                for uid in dict.fromkeys(each.row.series_uid for each in strangers[:_MOST_NAMED])
            ],
        }
        self.draft.add(VERSIONS, made_by_hilum(self.view, task, self.site, known))

    def _waits(self, known: ResourceState) -> bool:
        """Whether the Task that there is still waits to be done."""
        if known.deleted:
            return False
        (row,) = self.view.read(BODY_OF, key=known.key)
        return orjson.loads(unpacked(row["body"])).get("status") in WAITS
