"""Pictures of every kind for the generated patients, each study with its report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.samples.binding import DicomPatient
from app.samples.codes import LOINC, JsonObject, concept, study_reference
from app.samples.department import READING
from app.samples.naming import accession_of, study_uid
from app.samples.sets import PICTURES

REFERRED = (
    "ct unknown vr",
    "mr syntaxes",
    "us clips",
    "cr leg",
    "mr multi-frame",
    "structured reports",
    "radiotherapy",
    "us pictures",
    "nm whole body",
    "mr overlays",
    "ecg",
    "ct perfusion",
    "secondary captures",
    "ct head",
    "mr head",
)
_RADIOLOGY = ("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD")
_SEXES = {"male": "M", "female": "F", "other": "O"}
_FIRST, _APART = 9, 23  # days before the day of loading: the last study, and the step to the one before


@dataclass(frozen=True, slots=True)
class Referral:
    """One study of a generated patient: `key` is the record number, `number` counts the patient's studies."""

    key: str
    number: int
    pictures: str
    day: date
    patient: JsonObject

    def owner(self) -> DicomPatient:
        """The patient as the pictures name one."""
        name = self.patient["name"][0]
        return DicomPatient(
            patient_id=self.key,
            name=f"{name['family']}^{name['given'][0]}",
            birth_date=self.patient["birthDate"].replace("-", ""),
            sex=_SEXES.get(self.patient["gender"], ""),
        )


def referrals(patients: Sequence[tuple[str, JsonObject]], as_of: date) -> Iterator[Referral]:
    """Deal the sets of pictures out to the living among the patients (record number and resource)."""
    living = [each for each in patients if "deceasedDateTime" not in each[1]] or list(patients)
    for place, pictures in enumerate(REFERRED):
        key, patient = living[place % len(living)]
        day = as_of - timedelta(days=_FIRST + _APART * place)
        yield Referral(key, place // len(living) + 1, pictures, day, patient)


def report(referral: Referral, seed: int) -> JsonObject:
    """The report of one study, tied to it by reference."""
    day = referral.day.isoformat()
    return {
        "resourceType": "DiagnosticReport",
        "id": f"{referral.key.lower()}-report-{referral.number}",
        "status": "final",
        "category": [concept(_RADIOLOGY, "Radiology")],
        "code": concept((LOINC, "18748-4"), "Diagnostic imaging study"),
        "subject": {"reference": f"Patient/{referral.patient['id']}"},
        "effectiveDateTime": f"{day}T14:00:00Z",
        "issued": f"{day}T15:30:00Z",
        "resultsInterpreter": [{"reference": READING}],
        "imagingStudy": [study_reference(study_uid(seed, referral.key, referral.number))],
        "conclusion": f"{PICTURES[referral.pictures].description}: no acute finding.",
    }


def accession(referral: Referral) -> str:
    """The accession number of one study."""
    return accession_of(referral.key, referral.number)
