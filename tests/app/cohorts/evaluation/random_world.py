"""Random charts of every kind that a cohort asks of, small enough that all of it is met often."""

from random import Random
from typing import Any

from tests.factories.dicom import ct_instance, mr_instance, uid
from tests.factories.fhir import (
    LOINC,
    SNOMED,
    UCUM,
    Resource,
    concept,
    condition,
    diagnostic_report,
    encounter,
    imaging_study,
    medication_request,
    observation,
    patient,
    reference,
)

AS_OF = "2026-11-22"
DISEASES = ("307576001", "21708004", "44054006", "38341003")
CREATININE, GLUCOSE, SYSTOLIC, SMOKING = "2160-0", "2345-7", "8480-6", "72166-2"
SMOKER, NEVER_SMOKED = "77176002", "266919005"
DRUGS, OPERATIONS = ("6851", "2555", "6809"), ("80146002", "73761001", "232717009")
WORDS = ("nodule", "effusion", "fracture", "결절")
_SAID = {
    "affirmed": "There is a {0}.",
    "negated": "No {0}.",
    "uncertain": "Possible {0}.",
}
_SAID_IN_KOREAN = {"affirmed": "{0} 있음.", "negated": "{0} 없음.", "uncertain": "{0} 의심."}
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


class RandomWorld:
    """Patients, what is on record of each, and the pictures that are stored of some."""

    def __init__(self, seed: int, people: int) -> None:
        self.random = Random(seed)
        self.patients = [self._patient(number) for number in range(people)]
        self.charts: dict[str, list[Resource]] = {}
        self.pictures: list[bytes] = []
        self._number = 0
        for each in self.patients:
            self.charts[each["id"]] = self._chart(each)

    def written(self) -> list[Resource]:
        """The resources that are written over FHIR: without pictures and what the plain reading knows."""
        found = [*self.patients, *(each for chart in self.charts.values() for each in chart)]
        return [
            {name: value for name, value in each.items() if not name.startswith("_")}
            for each in found
            if "_series" not in each
        ]

    def _patient(self, number: int) -> Resource:
        random = self.random
        born = random.choice(
            (f"{random.randint(1930, 2012)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",) * 4
            + ("1981", "1975-06", None)
        )
        died = random.choice((None,) * 5 + ("2026-03-04", "2025"))
        return patient(
            f"P{number}",
            id=f"p{number}",
            gender=random.choice(("female", "male", "male", "unknown", None)),
            birthDate=born,
            deceasedDateTime=died,
            deceasedBoolean=None if died else random.choice((None, None, None, True, False)),
        )

    def _chart(self, owner: Resource) -> list[Resource]:
        random, subject = self.random, f"Patient/{owner['id']}"
        visits = [self._encounter(subject) for _ in range(random.randint(0, 2))]
        self._visits = [f"Encounter/{each['id']}" for each in visits]
        made = [random.choice(_MAKERS)(self, subject) for _ in range(random.randint(0, 9))]
        studies = [self._study(subject) for _ in range(random.randint(0, 2))]
        reports = [self._report(subject, studies) for _ in range(random.randint(0, 2))]
        scans = [self._scan(owner) for _ in range(random.randint(0, 2) if random.random() < 0.4 else 0)]
        return [*visits, *made, *studies, *reports, *scans]

    def _id(self) -> str:
        self._number += 1
        return f"r{self._number}"

    def _date(self) -> str | None:
        random = self.random
        day = f"{random.randint(2024, 2026)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        return random.choice((day,) * 8 + (day[:7], day[:4], None))

    def _day(self) -> str:
        random = self.random
        return f"{random.randint(2024, 2026)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"

    def _where(self) -> dict[str, Any]:
        """The encounter of some resource, or none."""
        found = self.random.choice([None, *self._visits, *self._visits])
        return {"encounter": reference(found)} if found else {}

    def _condition(self, subject: str) -> Resource:
        random = self.random
        return condition(
            subject,
            random.choice(DISEASES),
            id=self._id(),
            verification=random.choice(("confirmed", "confirmed", "provisional", "refuted", None)),
            recordedDate=self._date(),
            onsetDateTime=random.choice((None, self._date())),
            **self._where(),
        )

    def _number_of(self, code: str) -> dict[str, Any]:
        random = self.random
        if code == CREATININE:
            mg = random.choice((0.8, 1.2, 1.5, 2.0))
            unit, value = random.choice((("mg/dL", mg), ("mg/dL", mg), ("umol/L", round(mg * 88.4, 1))))
        elif code == GLUCOSE:
            unit, value = random.choice(
                (("mg/dL", random.choice((80, 126, 200))), ("g/L", random.choice((0.8, 1.26))))
            )
        else:
            unit, value = "mm[Hg]", random.choice((110, 140, 160))
        quantity: dict[str, Any] = {"value": value, "unit": unit, "system": UCUM, "code": unit}
        if random.random() < 0.1:
            quantity = {"value": value}
        if random.random() < 0.08:
            quantity["comparator"] = "<"
        return quantity

    def _observation(self, subject: str) -> Resource:
        random = self.random
        code = random.choice((CREATININE, CREATININE, GLUCOSE, SYSTOLIC, SMOKING))
        made = observation(
            subject,
            code,
            None,
            id=self._id(),
            status=random.choice(("final", "final", "final", "cancelled")),
            effectiveDateTime=self._date(),
            **self._where(),
        )
        if code == SMOKING:
            if random.random() < 0.8:
                made["valueCodeableConcept"] = concept(random.choice((SMOKER, NEVER_SMOKED)), SNOMED)
            return made
        part: dict[str, Any] = {"valueQuantity": self._number_of(code)} if random.random() < 0.85 else {}
        if random.random() < 0.3:
            part["interpretation"] = [concept(random.choice("HLNA"), INTERPRETATION)]
        elif code == CREATININE and random.random() < 0.5:
            part["referenceRange"] = [{"low": {"value": 0.9}, "high": {"value": 1.4}}]
        if code == SYSTOLIC:
            made["code"] = concept("85354-9", LOINC)
            made["component"] = [{"code": concept(SYSTOLIC, LOINC), **part}]
            return made
        return made | part

    def _medication(self, subject: str) -> Resource:
        random = self.random
        return medication_request(
            subject,
            random.choice(DRUGS),
            id=self._id(),
            status=random.choice(("active", "active", "completed", "draft")),
            intent=random.choice(("order", "order", "plan")),
            authoredOn=self._date(),
            **self._where(),
        )

    def _procedure(self, subject: str) -> Resource:
        random = self.random
        made: Resource = {
            "resourceType": "Procedure",
            "id": self._id(),
            "status": random.choice(("completed", "completed", "not-done")),
            "code": concept(random.choice(OPERATIONS), SNOMED),
            "subject": reference(subject),
            **self._where(),
        }
        day = self._date()
        return made | ({"performedDateTime": day} if day else {})

    def _allergy(self, subject: str) -> Resource:
        made: Resource = {
            "resourceType": "AllergyIntolerance",
            "id": self._id(),
            "clinicalStatus": concept("active", ALLERGY_CLINICAL),
            "code": concept(self.random.choice(("91936005", "300916003")), SNOMED),
            "patient": reference(subject),
        }
        day = self._date()
        return made | ({"recordedDate": day} if day else {})

    def _encounter(self, subject: str) -> Resource:
        random = self.random
        begins = self._day()
        ends = f"{begins[:8]}{min(28, int(begins[8:]) + random.randint(0, 9)):02}"
        made = encounter(
            subject,
            id=self._id(),
            status=random.choice(("finished", "finished", "planned")),
            period={"start": begins, "end": ends},
        )
        made["class"]["code"] = random.choice(("AMB", "IMP", "EMER"))
        if random.random() < 0.1:
            del made["period"]
        return made

    def _study(self, subject: str) -> Resource:
        """A study that is announced over FHIR: it has no series."""
        made = imaging_study(
            subject,
            uid("announced", self._id(), subject),
            self.random.choice(("CT", "MR")),
            id=self._id(),
            started=self._date(),
            **self._where(),
        )
        if self.random.random() < 0.15:
            del made["modality"]
        return made

    def _report(self, subject: str, studies: list[Resource]) -> Resource:
        random = self.random
        said: dict[str, list[str]] = {}
        sentences = []
        for word in random.sample(WORDS, random.randint(0, 3)):
            how = random.choice(tuple(_SAID))
            said.setdefault(word, []).append(how)
            sentences.append((_SAID if word.isascii() else _SAID_IN_KOREAN)[how].format(word))
        study = random.choice(studies) if studies and random.random() < 0.7 else None
        made = diagnostic_report(
            subject,
            id=self._id(),
            study=f"ImagingStudy/{study['id']}" if study else None,
            effectiveDateTime=self._date(),
            issued=None,
            conclusion="\n".join(sentences) or None,
            **self._where(),
        )
        return made | {"_said": said}

    def _scan(self, owner: Resource) -> Resource:
        """A study of one or two series that is stored as pictures."""
        random = self.random
        study = uid("stored", owner["id"], self._id())
        day = self._day()
        born, sex = owner.get("birthDate") or "", owner.get("gender")
        series = []
        for number in range(random.randint(1, 2)):
            modality = random.choice(("CT", "MR"))
            said: dict[str, Any] = {
                "Manufacturer": random.choice(("Acme Imaging", "Borealis", None)),
                "ProtocolName": random.choice(("Chest routine", "Brain", None)),
                "SeriesDescription": random.choice(("Axial thin", "Coronal", None)),
                "SliceThickness": random.choice((1.0, 1.5, 5.0, None)),
                "MagneticFieldStrength": random.choice((1.5, 3.0)) if modality == "MR" else None,
                "ContrastBolusAgent": random.choice(("Iohexol", "NONE", None)),
            }
            make = ct_instance if modality == "CT" else mr_instance
            self.pictures.append(
                make(
                    patient_id=owner["identifier"][0]["value"],
                    study_uid=study,
                    series_uid=uid(study, number),
                    StudyDate=day.replace("-", ""),
                    AccessionNumber=None,
                    PatientName="Patient^Test",
                    PatientBirthDate=born.replace("-", "") if len(born) == len(day) else None,
                    PatientSex={"female": "F", "male": "M"}.get(str(sex)),
                    **said,
                )
            )
            known = {name: value for name, value in said.items() if value is not None}
            series.append({"Modality": modality, **known})
        return {
            "resourceType": "ImagingStudy",
            "id": study,
            "status": "available",
            "started": day,
            "modality": [{"code": each["Modality"]} for each in series],
            "_series": series,
        }


_MAKERS = (
    RandomWorld._condition,
    RandomWorld._condition,
    RandomWorld._observation,
    RandomWorld._observation,
    RandomWorld._medication,
    RandomWorld._procedure,
    RandomWorld._allergy,
)
