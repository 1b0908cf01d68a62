"""The use case of identity: what a person decides about patients and about studies that were in doubt."""

from app.records.write.terms import WritingTerms
from graph.commit import Unit
from graph.patients.deciding import DecideStudy
from graph.patients.merging import Decision, MergePatients
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


class PatientIdentities:
    """Merges and parts patients, and decides Tasks, for callers who may write every patient's record."""

    def __init__(self, resources: ResourceStore, terms: WritingTerms) -> None:
        self._resources = resources
        self._terms = terms

    def merge(self, scope: AccessScope, source: str, target: str) -> ResourceVersion:
        """Make the patient `source` one with `target` (ids); return the target.

        Raises `NotFound`, `Unprocessable` for one and the same, `Conflict` where one was merged before, and
        `TooLarge` where too much would follow.
        """
        return self._decided(scope, MergePatients(scope, self._terms.at(scope), source, target))

    def unmerge(self, scope: AccessScope, source: str, target: str) -> ResourceVersion:
        """Part two patients as they were before they were merged (ids); return the target.

        Raises `NotFound`, and `Conflict` where they are not merged, or the target was merged in its turn.
        """
        return self._decided(scope, MergePatients(scope, self._terms.at(scope), source, target, undone=True))

    def decide(
        self, scope: AccessScope, task: str, *, accepted: bool, patient: str | None = None
    ) -> ResourceVersion:
        """Decide the Task (id) of a study in doubt; return the Task.

        `patient` names whose the study is (`Patient/id`) where the Task names several. Raises `NotFound`,
        `Conflict` where it was decided before, and `Unprocessable` where there is nothing to decide.
        """
        scope.require_writing("Task")
        return self._decided(scope, DecideStudy(scope, self._terms.at(scope), task, accepted, patient))

    def _decided(self, scope: AccessScope, unit: Unit[Decision]) -> ResourceVersion:
        scope.require_writing("Patient")
        done = self._resources.commit(scope, unit)
        scope.concerns((*done.whose, *done.version.whose, done.version.key))
        return done.version
