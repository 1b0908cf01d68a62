"""Whose pictures these are: from the patient attributes of a study to a Patient resource.

(PatientID, issuer) is an identifier; a study joins the one Patient who carries it, else a Patient is made. An
empty PatientID never matches anybody, and one that several patients carry identifies nobody. Where there is
doubt the study goes to a provisional Patient, never into a chart, and a Task asks a person to look: where
name, birth date or sex disagree, where several carry the number, and where the study was announced over FHIR
for somebody whom the pictures do not name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from fhir_profiles.mapping.patient import patient
from fhir_profiles.mapping.patient_identity import agrees, disagreements, facts_of
from graph.commit import Draft, View
from graph.keys import resource_of
from graph.packing import unpacked
from graph.query.rows import code_key
from graph.records import Facts
from graph.resources.following import MERGED, Merged, above
from graph.resources.rewriting import write_of
from graph.resources.states import CARRIERS, Candidate, ResourceState, candidate
from graph.resources.writing import IDENTIFIER, VERSIONS, ResourceWrite
from graph.site import Site

_MOST_NAMED = 10  # patients whom a Task names

BODY_OF = """
MATCH (:Resource {key: $key})-[:CURRENT]->(v:Version) WHERE v.method <> 'DELETE' RETURN v.body AS body
"""


class OwnerDoubt(StrEnum):
    """Why a study is given to a provisional Patient: what its Task says."""

    CHART = "Patient identity disagreement between a study and the chart"
    SHARED = "The PatientID of a study is carried by several patients, so that it identifies none of them"
    ANNOUNCED = "Patient identity disagreement between the pictures of a study and whom it was announced for"


class StudyOwner(NamedTuple):
    """The key of the Patient whose study it is, and what is doubted of it; None where nothing is."""

    key: str
    doubt: OwnerDoubt | None = None


def identifier_term(tenant: str, facts: Facts) -> str | None:
    """The key of the Term of a study's PatientID; None where it has none."""
    patient_id = facts.get("PatientID")
    return code_key(tenant, IDENTIFIER, str(patient_id)) if patient_id else None


@dataclass(slots=True)
class Identification:
    """Finds or makes the Patient of each study of one unit of work."""

    view: View
    draft: Draft
    site: Site
    _made: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)

    def patient_of(self, facts: Facts) -> StudyOwner:
        """The Patient whose study this is, by its number."""
        carriers = self._carriers(facts)
        ours = [each for each in carriers if each.system == self._system_of(facts)]
        charts, provisional = _parted(ours)
        if len(charts) > 1:
            return self._in_doubt(facts, OwnerDoubt.SHARED, provisional, [each.key for each in charts])
        for each in (*charts, *provisional):
            if not disagreements(facts, each.facts):
                return StudyOwner(each.key)
        if not ours and (elsewhere := _agreeing_elsewhere(facts, carriers)):
            return StudyOwner(elsewhere.key)
        key = self._make(facts, provisional=bool(ours))
        if ours:
            self._ask(OwnerDoubt.CHART, key, [ours[0].key])
        return StudyOwner(key)

    def announced_for(self, facts: Facts, announced: str) -> StudyOwner:
        """The Patient of a study that was announced for the one of a key: that one, if the pictures agree.

        They do where that Patient alone carries their number and nothing disagrees; or where nobody else
        carries it, and name and birth date are in both and agree.
        """
        charts, provisional = _parted(
            each for each in self._carriers(facts) if each.system == self._system_of(facts)
        )
        own = next((each for each in charts if each.key == announced), None)
        if own and len(charts) == 1:
            joined = not disagreements(facts, own.facts)
        else:
            joined = (own is not None or not charts) and agrees(facts, self._facts_of(announced))
        if joined:
            return StudyOwner(announced)
        return self._in_doubt(facts, OwnerDoubt.ANNOUNCED, provisional, [announced])

    def set_aside(self, facts: Facts) -> str:
        """Make a provisional Patient for pictures that a person says are of nobody who is known."""
        return self._make(facts, provisional=True)

    def _in_doubt(
        self, facts: Facts, doubt: OwnerDoubt, provisional: Iterable[Candidate], others: Sequence[str]
    ) -> StudyOwner:
        """A provisional Patient, one whom name and birth date say to be the same or a new one, and a Task."""
        known = next((each.key for each in provisional if agrees(facts, each.facts)), None)
        key = known or self._make(facts, provisional=True)
        self._ask(doubt, key, others)
        return StudyOwner(key, doubt)

    def _facts_of(self, key: str) -> Facts:
        """What is known of a Patient by their key; nothing of one who is not there."""
        rows = self.view.read(BODY_OF, key=key)
        return facts_of(orjson.loads(unpacked(rows[0]["body"]))) if rows else {}

    def _carriers(self, facts: Facts) -> tuple[Candidate, ...]:
        term = identifier_term(self.view.tenant, facts)
        if term is None:
            return ()
        carriers = (*self.view.get(CARRIERS, term), *self._made.get(term, ()))
        return _of_one_person(self.view.get(MERGED, self.view.tenant), carriers)

    def _system_of(self, facts: Facts) -> str:
        """The identifier system of the issuer, or the tenant's own where the file names none."""
        issuer = str(facts.get("IssuerOfPatientID") or "")
        if not issuer:
            return self.site.patient_system
        return issuer if ":" in issuer else f"urn:hilum:issuer:{quote(issuer)}"

    def _make(self, facts: Facts, *, provisional: bool) -> str:
        system = self._system_of(facts)
        resource = patient(facts, id=self.site.new_id(), identifier_system=system, provisional=provisional)
        write = made_by_hilum(self.view, resource, self.site)
        self.draft.add(VERSIONS, write)
        if term := identifier_term(self.view.tenant, facts):
            self._made[term] = (*self._made.get(term, ()), candidate(write.key, system, resource))
        return write.key

    def _ask(self, doubt: OwnerDoubt, provisional: str, others: Sequence[str]) -> None:
        """A Task for a person: whose the pictures are is in doubt.

        It stands in the chart of the one other patient; of several in none, and names them.
        """
        chart = others[0] if len(others) == 1 else provisional
        named = [
            {"type": {"text": "Patient"}, "valueReference": {"reference": resource_of(each)}}
            for each in others[:_MOST_NAMED]
        ]
        task = {
            "resourceType": "Task",
            "id": self.site.new_id(),
            "status": "requested",
            "intent": "order",
            "code": {"text": str(doubt)},
            "focus": {"reference": resource_of(provisional)},
            "for": {"reference": resource_of(chart)},
            **({"input": named} if len(others) > 1 else {}),
        }
        self.draft.add(VERSIONS, made_by_hilum(self.view, task, self.site))


def _of_one_person(merged: Merged, carriers: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The carriers without those who were merged into another of them."""
    keys = {each.key for each in carriers}
    return tuple(each for each in carriers if keys.isdisjoint(above(merged, (each.key,))))


def _parted(carriers: Iterable[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Those who are patients, and those who are provisional."""
    charts: list[Candidate] = []
    provisional: list[Candidate] = []
    for each in carriers:
        (provisional if each.provisional else charts).append(each)
    return charts, provisional


def _agreeing_elsewhere(facts: Facts, carriers: tuple[Candidate, ...]) -> Candidate | None:
    """The one carrier of the value in another system, if name and birth date both are there and agree."""
    if facts.get("IssuerOfPatientID") or len(carriers) != 1:
        return None
    return carriers[0] if agrees(facts, carriers[0].facts) else None


def made_by_hilum(
    view: View, resource: dict[str, Any], site: Site, known: ResourceState | None = None
) -> ResourceWrite:
    """A version of a resource that Hilum itself makes: the first, or the next after what is known."""
    return write_of(view, site, known, resource, resource)
