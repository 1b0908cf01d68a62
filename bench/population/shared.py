"""What is nobody's: the hospital, its doctors, and the drugs that some orders refer to."""

from bench.population.clinical_codes import DRUGS, RXNORM
from bench.population.draws import Draws
from bench.population.people import Resource

DOCTORS = 200
HOSPITAL = "00000000-00f0-4000-9000-000000000001"
MEDICATIONS = {name: f"00000000-00f2-4000-9000-{place:012x}" for place, name in enumerate(DRUGS)}


def shared() -> list[Resource]:
    """All of it."""
    doctors = (
        {
            "resourceType": "Practitioner",
            "id": _doctor(number),
            "name": [{"family": f"Doctor {number}", "given": ["D."]}],
        }
        for number in range(DOCTORS)
    )
    drugs = (
        {
            "resourceType": "Medication",
            "id": MEDICATIONS[name],
            "code": {"coding": [{"system": RXNORM, "code": code, "display": name}], "text": name},
        }
        for name, (code, _) in DRUGS.items()
    )
    hospital = {"resourceType": "Organization", "id": HOSPITAL, "name": "General Hospital"}
    return [hospital, *doctors, *drugs]


def doctor(draws: Draws) -> Resource:
    """Draw one of the doctors, as a reference."""
    return {"reference": f"Practitioner/{_doctor(draws.between(0, DOCTORS - 1))}"}


def _doctor(number: int) -> str:
    return f"00000000-00f1-4000-9000-{number:012x}"
