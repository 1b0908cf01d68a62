"""Whose pictures these are: from the patient attributes of a study to a Patient resource.

(PatientID, issuer) is an identifier; a study joins the Patient who carries it, else a Patient is made. An
empty PatientID never matches anybody. Where name, birth date or sex disagree, the study goes to a provisional
Patient, never into the chart, and a Task asks a person to look.
"""

import zlib
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from urllib.parse import quote

import orjson

from fhir_profiles.index.extraction import extract
from fhir_profiles.mapping.patient import patient
from fhir_profiles.mapping.patient_identity import disagreements, facts_of
from graph.clock import instant
from graph.commit import ResourceWrite, State, Writes
from graph.commit.values import compartment_keys, value_rows
from graph.keys import resource_key, resource_of, term_key
from graph.records import Facts
from graph.site import Settings

_CANDIDATES = """
UNWIND $codes AS code
MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = code AND t.serial IS NOT NULL
MATCH (t)-[:OF]->(p:Resource)-[:CURRENT]->(v:Version)
WHERE p.deleted = false
RETURN code, t.system AS system, p.key AS key, v.body AS body, p.serial AS serial
ORDER BY serial
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Patient who carries the identifier value that was asked for."""

    key: str
    system: str
    facts: Facts


@dataclass(slots=True)
class Identification:
    """Finds or makes the Patient of each study of one unit of work."""

    state: State
    writes: Writes
    settings: Settings
    _candidates: dict[str, list[Candidate]] = field(default_factory=dict)

    def load(self, all_facts: list[Facts]) -> None:
        """Read the Patients who carry any of these PatientIDs, in one statement."""
        codes = {self._code(facts) for facts in all_facts if facts.get("PatientID")}
        if missing := sorted(codes - self._candidates.keys()):
            self._candidates |= {code: [] for code in missing}
            for row in self.state.run(_CANDIDATES, codes=missing):
                resource = orjson.loads(zlib.decompress(row["body"]))
                candidate = Candidate(row["key"], row["system"], facts_of(resource))
                self._candidates[row["code"]].append(candidate)

    def patient_of(self, facts: Facts) -> str:
        """The key of the Patient whose study this is; `load` has been called for these facts."""
        system = self.system_of(facts)
        carriers = self._candidates.get(self._code(facts), []) if facts.get("PatientID") else []
        ours = [each for each in carriers if each.system == system]
        for candidate in ours:
            if not disagreements(facts, candidate.facts):
                return candidate.key
        if not ours and (elsewhere := self._agreeing_elsewhere(facts, carriers)):
            return elsewhere.key
        key = self._make(facts, provisional=bool(ours))
        if ours:
            self._ask(key, ours[0].key)
        return key

    def system_of(self, facts: Facts) -> str:
        """The identifier system of the issuer, or the tenant's own where the file names none."""
        issuer = str(facts.get("IssuerOfPatientID") or "")
        if not issuer:
            return self.settings.patient_system
        return issuer if ":" in issuer else f"urn:hilum:issuer:{quote(issuer)}"

    def _agreeing_elsewhere(self, facts: Facts, carriers: list[Candidate]) -> Candidate | None:
        """The one carrier of the value in another system, if name and birth date both are there and agree."""
        if facts.get("IssuerOfPatientID") or len(carriers) != 1:
            return None
        known = carriers[0].facts
        comparable = all(facts.get(name) and known.get(name) for name in ("PatientName", "PatientBirthDate"))
        return carriers[0] if comparable and not disagreements(facts, known) else None

    def _code(self, facts: Facts) -> str:
        return term_key(self.state.tenant, "Patient", "identifier", str(facts["PatientID"]))

    def _make(self, facts: Facts, *, provisional: bool) -> str:
        patient_id = self.settings.new_id()
        resource = patient(
            facts, id=patient_id, identifier_system=self.system_of(facts), provisional=provisional
        )
        write = rendered_write(self.state, resource, self.settings.zone)
        self.writes.resources.append(write)
        if facts.get("PatientID"):
            candidate = Candidate(write.key, self.system_of(facts), facts_of(resource))
            self._candidates.setdefault(self._code(facts), []).append(candidate)
        return write.key

    def _ask(self, provisional: str, chart: str) -> None:
        """A Task for a person: the pictures say somebody else than the chart."""
        task = {
            "resourceType": "Task",
            "id": self.settings.new_id(),
            "status": "requested",
            "intent": "order",
            "code": {"text": "Patient identity disagreement between a study and the chart"},
            "focus": {"reference": resource_of(provisional)},
            "for": {"reference": resource_of(chart)},
        }
        self.writes.resources.append(rendered_write(self.state, task, self.settings.zone))


def rendered_write(state: State, resource: dict[str, Any], zone: tzinfo) -> ResourceWrite:
    """The first version of a resource that Hilum itself makes."""
    resource_type, resource_id = resource["resourceType"], resource["id"]
    values = extract(resource, zone)
    return ResourceWrite(
        key=resource_key(state.tenant, resource_type, resource_id),
        resource_type=resource_type,
        resource_id=resource_id,
        version_id=1,
        method="POST",
        body=orjson.dumps(stamped(resource, 1, state.now)),
        values=value_rows(state.tenant, resource_type, values),
        compartment=compartment_keys(state.tenant, values),
        properties={"serial": state.take_serial()},
    )


def stamped(resource: dict[str, Any], version_id: int, now: int) -> dict[str, Any]:
    """The resource with its `meta`, in the order in which FHIR prints it."""
    head = {"resourceType": resource["resourceType"], "id": resource["id"]}
    meta = {**resource.get("meta", {}), "versionId": str(version_id), "lastUpdated": instant(now)}
    return {**head, "meta": meta, **{name: value for name, value in resource.items() if name not in head}}
