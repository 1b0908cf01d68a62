"""Whose pictures these are: from the patient attributes of a study to a Patient resource.

(PatientID, issuer) is an identifier; a study joins the Patient who carries it, else a Patient is made. An
empty PatientID never matches anybody. Where name, birth date or sex disagree, the study goes to a provisional
Patient, never into the chart, and a Task asks a person to look.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from fhir_profiles.index.extraction import extract
from fhir_profiles.mapping.patient import patient
from fhir_profiles.mapping.patient_identity import disagreements, facts_of
from graph.clock import instant
from graph.commit import Draft, View
from graph.keys import resource_key, resource_of
from graph.query.rows import code_key, compartment_keys, value_rows
from graph.records import Facts
from graph.resources.states import CARRIERS, Candidate
from graph.resources.writing import IDENTIFIER, VERSIONS, ResourceWrite
from graph.site import Site


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

    def patient_of(self, facts: Facts) -> str:
        """The key of the Patient whose study this is."""
        system = self._system_of(facts)
        carriers = self._carriers(facts)
        ours = [each for each in carriers if each.system == system]
        for candidate in ours:
            if not disagreements(facts, candidate.facts):
                return candidate.key
        if not ours and (elsewhere := _agreeing_elsewhere(facts, carriers)):
            return elsewhere.key
        key = self._make(facts, provisional=bool(ours))
        if ours:
            self._ask(key, ours[0].key)
        return key

    def _carriers(self, facts: Facts) -> tuple[Candidate, ...]:
        term = identifier_term(self.view.tenant, facts)
        return (*self.view.get(CARRIERS, term), *self._made.get(term, ())) if term else ()

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
            candidate = Candidate(write.key, system, facts_of(resource))
            self._made[term] = (*self._made.get(term, ()), candidate)
        return write.key

    def _ask(self, provisional: str, chart: str) -> None:
        """A Task for a person: the pictures say somebody else than the chart."""
        task = {
            "resourceType": "Task",
            "id": self.site.new_id(),
            "status": "requested",
            "intent": "order",
            "code": {"text": "Patient identity disagreement between a study and the chart"},
            "focus": {"reference": resource_of(provisional)},
            "for": {"reference": resource_of(chart)},
        }
        self.draft.add(VERSIONS, made_by_hilum(self.view, task, self.site))


def _agreeing_elsewhere(facts: Facts, carriers: tuple[Candidate, ...]) -> Candidate | None:
    """The one carrier of the value in another system, if name and birth date both are there and agree."""
    if facts.get("IssuerOfPatientID") or len(carriers) != 1:
        return None
    known = carriers[0].facts
    comparable = all(facts.get(name) and known.get(name) for name in ("PatientName", "PatientBirthDate"))
    return carriers[0] if comparable and not disagreements(facts, known) else None


def made_by_hilum(view: View, resource: dict[str, Any], site: Site) -> ResourceWrite:
    """The first version of a resource that Hilum itself makes."""
    resource_type, resource_id = resource["resourceType"], resource["id"]
    values = extract(resource, site.zone)
    return ResourceWrite(
        key=resource_key(view.tenant, resource_type, resource_id),
        resource_type=resource_type,
        resource_id=resource_id,
        known=None,
        version_id=1,
        method="POST",
        body=orjson.dumps(stamped(resource, 1, view.now)),
        values=value_rows(view.tenant, resource_type, values),
        compartment=compartment_keys(view.tenant, values),
    )


def stamped(resource: dict[str, Any], version_id: int, now: int) -> dict[str, Any]:
    """The resource with its `meta`, in the order in which FHIR prints it; `now` in µs since the epoch."""
    head = {"resourceType": resource["resourceType"], "id": resource["id"]}
    meta = {**resource.get("meta", {}), "versionId": str(version_id), "lastUpdated": instant(now)}
    return {**head, "meta": meta, **{name: value for name, value in resource.items() if name not in head}}
