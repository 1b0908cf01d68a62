"""Deciding the Task of a study in doubt: it is of this patient, or it is not.

Pictures of a patient in doubt are in the chart of a provisional Patient. To accept them is to merge that one
into the patient; to refuse them leaves them there. A study of whose pictures some name another patient is in
a chart: to accept it leaves it there, to refuse it moves it to a provisional Patient of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.clock import instant
from graph.commit import Draft, Keys, Unit, View
from graph.errors import Conflict, Unprocessable
from graph.keys import resource_key
from graph.packing import unpacked
from graph.patients.merging import Decision, Merging, served
from graph.resources.rewriting import ResourceJson, rewritten
from graph.resources.states import RESOURCES
from graph.resources.writing import VERSIONS, next_version
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.identity import BODY_OF, Identification, OwnerDoubt
from graph.studies.newcomers import TASK, WAITS
from graph.studies.orders import order_of
from graph.studies.rows import SERIES_OF
from graph.studies.transcripts import Transcripts
from graph.studies.version import of_known, version_write

ACCEPTED, REFUSED = "accepted", "refused"
_DOUBTS = frozenset(map(str, OwnerDoubt))


@dataclass(frozen=True, slots=True)
class DecideStudy(Unit[Decision]):
    """Decides the Task of this id; the answer is the Task as it is then.

    `patient` names whose it is (`Patient/id`) where the Task names several. Raises `NotFound`, `Conflict`
    where it was decided before, `Unprocessable` where there is nothing to decide, and what a merge raises.
    """

    scope: AccessScope
    site: Site
    task: str
    accepted: bool
    patient: str | None = None

    def looks_at(self) -> Keys:
        """The Task."""
        return {RESOURCES: (self._key,)}

    def decide(self, view: View, draft: Draft) -> Decision:
        """Decide it.

        Raises `Conflict` where it was decided before, `Unprocessable` where there is nothing to decide.
        """
        merging = Merging(view, draft, self.scope, self.site)
        known = merging.seen(self._key)
        (row,) = view.read(BODY_OF, key=self._key)
        text = unpacked(row["body"])
        task = orjson.loads(text)
        about = str(task.get("code", {}).get("text"))
        if about not in _DOUBTS and about != TASK:
            raise Unprocessable("the Task asks nothing about whose pictures are", code="business-rule")
        if task.get("status") not in WAITS:
            raise Conflict(f"the Task is {task.get('status')}", code="conflict")
        concerned = self._settle(merging, about, task)
        decision = ACCEPTED if self.accepted else REFUSED
        merging.note(decision, [self._key, *concerned])
        write = rewritten(view, self.site, known, text, lambda each: self._done(each, decision, view.now))
        draft.add(VERSIONS, write)
        return Decision(served(write, view.now), tuple(concerned))

    @property
    def _key(self) -> str:
        return resource_key(self.scope.tenant, "Task", self.task)

    def _settle(self, merging: Merging, about: str, task: Mapping[str, Any]) -> Sequence[str]:
        """Draft what follows of the decision; return the keys of the patients whom it is about."""
        focus = self._named(task["focus"])
        if about == TASK:
            chart = self._named(task["for"])
            return [chart] if self.accepted else [chart, StudyMove(merging).out_of_chart(focus, chart)]
        if not self.accepted:
            return [focus]
        target = self._target(task)
        merging.merge(focus, target)
        return [focus, target]

    def _target(self, task: Mapping[str, Any]) -> str:
        """The key of whom the pictures are of; raises `Unprocessable` where that is not one of the named."""
        named = [each["valueReference"] for each in task.get("input", ()) if "valueReference" in each]
        offered = [each["reference"] for each in named or [task["for"]]]
        chosen = self.patient or (offered[0] if len(offered) == 1 else None)
        if chosen is None or chosen not in offered:
            which = f"say with `patient` whose it is: {', '.join(offered)}"
            raise Unprocessable(which, location="patient", code="business-rule")
        return self._named({"reference": chosen})

    def _named(self, reference: Mapping[str, str]) -> str:
        resource_type, _, resource_id = reference["reference"].partition("/")
        return resource_key(self.scope.tenant, resource_type, resource_id)

    def _done(self, task: ResourceJson, decision: str, now: int) -> ResourceJson:
        note = {"authorString": self.scope.subject, "time": instant(now), "text": decision}
        return {
            **task,
            "status": "completed",
            "businessStatus": {"text": decision},
            "lastModified": instant(now),
            "note": [*task.get("note", ()), note],
        }


@dataclass(frozen=True, slots=True)
class StudyMove:
    """Moves a study, with what FHIR tells of its reports, for one unit of work."""

    merging: Merging

    def out_of_chart(self, study: str, chart: str) -> str:
        """Give a study (key) to a provisional Patient of its own, and return the key of that one.

        What users wrote on it was about somebody else, and stays in its older versions. Raises `NotFound`,
        and `Conflict` where it has no pictures, or is not in this chart any more.
        """
        view, draft, site = self.merging.view, self.merging.draft, self.merging.site
        known = self.merging.seen(study)
        if not known.managed or chart not in (known.own_compartment or ()):
            raise Conflict("the study is not in this chart any more", code="conflict")
        dicom_key = str(known.properties["dicomKey"])
        before = of_known(known, view.get(SERIES_OF, dicom_key))
        patient = Identification(view, draft, site).set_aside(before.facts)
        after = before.owned_by(patient).overlaid(None)
        after = after.ordered_by(order_of(view, after.facts, patient))
        version_id = next_version(known)
        draft.add(VERSIONS, version_write(site, known, after, version_id=version_id, dicom_key=dicom_key))
        Transcripts(view, draft, site).move(study, patient)
        return patient
