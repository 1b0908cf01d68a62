"""The resources of a chart, each made of what was drawn."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bench.population.clinical_codes import (
    ALLERGIES,
    CVX,
    DISEASES,
    DRUGS,
    ICD_10,
    OF_WOMEN,
    PROCEDURE_NAMES,
    PROCEDURES,
    ROUTES,
    RXNORM,
    SNOMED,
    VACCINES,
    Disease,
)
from bench.population.draws import Draws
from bench.population.laboratory_codes import (
    BLOOD_PRESSURE,
    LABS,
    LOINC,
    PRESSURES,
    SMOKERS,
    SMOKING,
    UCUM,
    Lab,
)
from bench.population.people import Person, Resource
from bench.population.shared import MEDICATIONS, doctor
from bench.population.studies import Study

HL7 = "http://terminology.hl7.org/CodeSystem/"
ORDERS, ACCESSIONS = "urn:hilum:orders", "urn:hilum:accessions"
_VERIFIED = ("confirmed",) * 24 + ("provisional",) * 2 + ("unconfirmed",) * 2 + ("refuted", "")
_PRESCRIBED = ("completed",) * 6 + ("active",) * 6 + ("stopped", "stopped", "cancelled", "entered-in-error")
_RELATIVES = (("MTH", "mother"), ("FTH", "father"), ("SIS", "sister"), ("BRO", "brother"))


@dataclass(frozen=True, slots=True)
class Visit:
    """When something was, and in which Encounter (its id)."""

    day: date
    encounter: str

    def later(self, draws: Draws) -> "Visit":
        """Draw a later day of what began there."""
        return replace(self, day=draws.day(self.day))

    @property
    def reference(self) -> Resource:
        """The reference to the Encounter."""
        return {"reference": f"Encounter/{self.encounter}"}


def coding(system: str, code: str, display: str = "") -> Resource:
    """A coding, with what it is called where that is given."""
    return {"system": system, "code": code} | ({"display": display} if display else {})


def concept(system: str, code: str, display: str) -> Resource:
    """A concept of one coding, in words too."""
    return {"coding": [coding(system, code, display)], "text": display}


def status(system: str, code: str) -> Resource:
    """A concept that is a status of HL7's."""
    return {"coding": [coding(HL7 + system, code)]}


def encounter(
    who: Person, number: int, day: date, kind: tuple[str, str, str, float], draws: Draws
) -> Resource:
    """A visit, or a stay."""
    act, code, name, days = kind
    start = draws.moment(day)
    end = start if days < 1 else draws.moment(day + timedelta(days=draws.between(1, round(2 * days))))
    return {
        "resourceType": "Encounter",
        "id": who.id(1, number),
        "status": "finished",
        "class": coding(HL7 + "v3-ActCode", act),
        "type": [concept(SNOMED, code, name)],
        "subject": who.subject,
        "participant": [{"individual": doctor(draws)}],
        "period": {"start": start, "end": end},
    }


def condition(who: Person, number: int, disease: Disease, visit: Visit, draws: Draws) -> Resource:
    """A diagnosis: some undated, some without a status, some in one of two code systems alone."""
    codings = [coding(SNOMED, disease.snomed, disease.name), coding(ICD_10, disease.icd)]
    drawn = draws.between(0, 19)
    told = codings[:1] if drawn == 0 else codings[1:] if drawn == 1 else codings
    resource: Resource = {
        "resourceType": "Condition",
        "id": who.id(2, number),
        "category": [status("condition-category", "encounter-diagnosis")],
        "code": {"coding": told, "text": disease.name},
        "subject": who.subject,
        "encounter": visit.reference,
    }
    verified = draws.one_of(_VERIFIED)
    if verified:
        resource["verificationStatus"] = status("condition-ver-status", verified)
    if draws.chance(0.95):
        clinical = "active" if disease.chronic or draws.chance(0.1) else "resolved"
        resource["clinicalStatus"] = status("condition-clinical", clinical)
    if draws.chance(0.6):
        resource["onsetDateTime"] = draws.written(visit.day, year=0.1, month=0.1)
    if draws.chance(0.93):
        resource["recordedDate"] = draws.written(visit.day)
    return resource


def prescription(who: Person, number: int, drug: str, visit: Visit, draws: Draws) -> Resource:
    """An order for a drug: of most it says the code, of some it refers to a Medication."""
    code, way = DRUGS[drug]
    given = (
        {"medicationReference": {"reference": f"Medication/{MEDICATIONS[drug]}"}}
        if draws.chance(0.05)
        else {"medicationCodeableConcept": concept(RXNORM, code, drug)}
    )
    dated = {"authoredOn": draws.written(visit.day, year=0.01, month=0.02)} if draws.chance(0.97) else {}
    return {
        "resourceType": "MedicationRequest",
        "id": who.id(3, number),
        "status": draws.one_of(_PRESCRIBED),
        "intent": "order",
        **given,
        "subject": who.subject,
        "encounter": visit.reference,
        **dated,
        "requester": doctor(draws),
        "dosageInstruction": [{"route": concept(SNOMED, *ROUTES[way])}],
    }


def measured(who: Person, number: int, name: str, visit: Visit, draws: Draws) -> Resource:
    """A measurement."""
    lab = LABS[name]
    quantity, flag = _quantity(lab, draws)
    resource = _observation(who, number, lab.category, (lab.loinc, lab.name), draws.moment(visit.day))
    resource["encounter"] = visit.reference
    resource["valueQuantity"] = quantity
    if flag and lab.category == "laboratory":
        resource["interpretation"] = [status("v3-ObservationInterpretation", flag)]
    return resource


def pressures(who: Person, number: int, visit: Visit, draws: Draws) -> Resource:
    """A blood pressure: two components."""
    resource = _observation(who, number, "vital-signs", BLOOD_PRESSURE, draws.moment(visit.day))
    resource["encounter"] = visit.reference
    resource["component"] = [
        {"code": concept(LOINC, each.loinc, each.name), "valueQuantity": _quantity(each, draws)[0]}
        for each in PRESSURES
    ]
    return resource


def smoking(who: Person, number: int, day: date, draws: Draws) -> Resource:
    """Whether they smoke: a coded value."""
    resource = _observation(who, number, "social-history", SMOKING, draws.written(day))
    resource["valueCodeableConcept"] = concept(SNOMED, *draws.ranked(SMOKERS))
    return resource


def _quantity(lab: Lab, draws: Draws) -> tuple[Resource, str]:
    value = round(max(lab.usual * 0.3, draws.around(lab.usual, lab.spread)), lab.digits)
    number = int(value) if lab.digits == 0 else value
    flag = "L" if value < lab.low else "H" if value > lab.high else ""
    return {"value": number, "unit": lab.unit, "system": UCUM, "code": lab.unit}, flag


def _observation(who: Person, number: int, category: str, code: tuple[str, str], when: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": who.id(4, number),
        "status": "final",
        "category": [status("observation-category", category)],
        "code": concept(LOINC, *code),
        "subject": who.subject,
        "effectiveDateTime": when,
    }


def procedure(who: Person, number: int, code: str, visit: Visit, draws: Draws) -> Resource:
    """What was done to them: a thing of the table where no code is given."""
    drawn = code or draws.ranked(PROCEDURES)[0]
    if drawn in OF_WOMEN and who.sex != "female":
        drawn = PROCEDURES[0][0]
    return {
        "resourceType": "Procedure",
        "id": who.id(5, number),
        "status": "completed" if draws.chance(0.96) else "not-done",
        "code": concept(SNOMED, drawn, PROCEDURE_NAMES[drawn]),
        "subject": who.subject,
        "encounter": visit.reference,
        "performedDateTime": draws.written(visit.day),
    }


def allergy(who: Person, number: int, day: date, draws: Draws) -> Resource:
    """What they do not bear."""
    code, name, category, criticality = draws.ranked(ALLERGIES)
    return {
        "resourceType": "AllergyIntolerance",
        "id": who.id(6, number),
        "clinicalStatus": status("allergyintolerance-clinical", "active"),
        "verificationStatus": status("allergyintolerance-verification", "confirmed"),
        "category": [category],
        "criticality": criticality,
        "code": concept(SNOMED, code, name),
        "patient": who.subject,
        "recordedDate": draws.written(day),
    }


def immunization(who: Person, number: int, day: date, draws: Draws) -> Resource:
    """A vaccination."""
    return {
        "resourceType": "Immunization",
        "id": who.id(7, number),
        "status": "completed",
        "vaccineCode": concept(CVX, *draws.ranked(VACCINES)),
        "patient": who.subject,
        "occurrenceDateTime": draws.written(draws.day(day)),
    }


def family(who: Person, number: int, draws: Draws) -> Resource:
    """What runs in the family."""
    disease = draws.ranked(DISEASES)
    return {
        "resourceType": "FamilyMemberHistory",
        "id": who.id(8, number),
        "status": "completed",
        "patient": who.subject,
        "relationship": concept(HL7 + "v3-RoleCode", *draws.one_of(_RELATIVES)),
        "condition": [{"code": concept(SNOMED, disease.snomed, disease.name)}],
    }


def device(who: Person, number: int, draws: Draws) -> Resource:
    """What was implanted."""
    return {
        "resourceType": "Device",
        "id": who.id(9, number),
        "status": "active",
        "manufacturer": draws.one_of(("Medtronic", "Abbott", "Boston Scientific")),
        "type": concept(SNOMED, "14106009", "Cardiac pacemaker"),
        "patient": who.subject,
    }


def order(who: Person, taken: Study, visit: Visit) -> Resource:
    """The order for pictures; it carries the accession number where the pictures do."""
    numbers = [{"system": ORDERS, "value": f"O{taken.order}"}]
    if taken.accession:
        numbers.append(accession(taken))
    return {
        "resourceType": "ServiceRequest",
        "id": taken.order,
        "identifier": numbers,
        "status": "completed",
        "intent": "order",
        "code": concept(LOINC, taken.protocol.loinc, taken.protocol.title),
        "subject": who.subject,
        "encounter": visit.reference,
        "authoredOn": taken.day.isoformat(),
    }


def accession(taken: Study) -> Resource:
    """The identifier of a study by its accession number."""
    return {
        "type": {"coding": [coding(HL7 + "v2-0203", "ACSN")]},
        "system": ACCESSIONS,
        "value": taken.accession,
    }


def foreign_study(who: Person, number: int, day: date) -> Resource:
    """A study elsewhere, of which neither modality nor pictures are known."""
    return {
        "resourceType": "ImagingStudy",
        "id": who.id(14, number),
        "status": "available",
        "subject": who.subject,
        "started": day.isoformat(),
        "description": "Study from elsewhere",
    }
