"""Small random worlds: FHIR documents and DICOM facts, in the order in which they reach the gateway.

Everything is drawn from short lists, so that values meet: the same code in two systems, a date as a year and
as a second of that year, names that differ in an accent, references to what is missing, deleted or elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

Json = dict[str, Any]

SYSTEMS = ("http://a.example", "http://b.example", None)
CODES = ("alpha", "beta", "gamma", "del|ta", "50%", "alpha$x")
DATES = (
    "2019",
    "2020",
    "2020-03",
    "2020-03-05",
    "2020-03-05T10:15:30Z",
    "2020-03-05T10:15:30.250+09:00",
    "2020-03-05T23:30:00-05:00",
    "2020-12-31",
    "2021-01",
)
DAYS = ("1970-02-03", "1980", "1980-07", "1980-07-09", "2001-12-31")
FAMILIES = ("Kim", "김", "Núñez", "Nunez", "O'Brien", "van der  Berg", "Straße", "50%*")
GIVENS = ("Min Su", "민수", "Ana", "Zoë", "ANA", "Kimberly", "a?b")
UNITS = (("mg", "http://unitsofmeasure.org", "mg"), ("milligram", "http://unitsofmeasure.org", "mg"), ("g",))
NUMBERS = (0.5, 1, 1.5, 5.4, 10, 100)
MODALITIES = ("CT", "MR", "US")
STUDY_DATES = ("20191231", "20200305", "20200306", "20210101")
TIMES = ("10", "1015", "101530", "101530.25", "235959")
TEXTS = ("Chest", "CHEST w/ contrast", "Thorax routine", "흉부", "a*b", "Abdomen")


@dataclass(frozen=True, slots=True)
class Written:
    """A FHIR document arrives: created, or a new version of it."""

    document: Json


@dataclass(frozen=True, slots=True)
class Deleted:
    """A FHIR resource is deleted."""

    reference: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A DICOM instance arrives."""

    partition: str
    study: Mapping[str, Any]
    series: Mapping[str, Any]
    instance: Mapping[str, Any]


Event = Written | Deleted | Stored


@dataclass(slots=True)
class World:
    """What happens, and the ids that its studies get in the order of their first picture."""

    seed: int
    events: list[Event] = field(default_factory=list)
    study_ids: list[str] = field(default_factory=list)


def world(seed: int) -> World:
    """A world: the same one for the same seed."""
    random = Random(f"world {seed}")
    made = World(seed)
    patients = [_patient(random, number) for number in range(6)]
    made.events += [Written(each) for each in patients]
    middle: list[list[Event]] = [[Written(each)] for each in _records(random)]
    studies = [list(_study(random, number, patients)) for number in range(7)]
    random.shuffle(middle)
    for study in studies:
        middle.insert(random.randrange(len(middle)), study)
    made.events += [event for group in middle for event in group]
    made.study_ids = _ids_by_arrival(made.events)
    made.events += _later(random, made.events)
    return made


def _ids_by_arrival(events: list[Event]) -> list[str]:
    uids = dict.fromkeys(
        (event.partition, event.study["StudyInstanceUID"]) for event in events if isinstance(event, Stored)
    )
    return [study_id(*each) for each in uids]


def study_id(partition: str, uid: str) -> str:
    """The id that the ImagingStudy of a study gets."""
    return f"study-{partition}-{uid.rpartition('.')[2]}"


def _later(random: Random, events: list[Event]) -> Iterator[Event]:
    """Some documents get a new version, some are deleted."""
    documents = [event.document for event in events if isinstance(event, Written)]
    others = [each for each in documents if each["resourceType"] != "Patient"]
    for document in random.sample(others, 8):
        changed = _MAKERS[document["resourceType"]](random, document["id"])
        yield Written(changed)
    for document in random.sample(others, 5):
        yield Deleted(f"{document['resourceType']}/{document['id']}")
    yield Deleted(f"Patient/{random.choice(documents[:6])['id']}")


def _patient(random: Random, number: int) -> Json:
    names = [{"family": random.choice(FAMILIES), "given": [random.choice(GIVENS)]}]
    if random.random() < 0.4:
        names.append({"text": f"{random.choice(GIVENS)} {random.choice(FAMILIES)}"})
    return _filled(
        resourceType="Patient",
        id=f"p{number}",
        identifier=[{"system": "urn:hilum:mrn", "value": f"P{number}"}],
        name=names,
        gender=_maybe(random, ("male", "female", "unknown")),
        birthDate=_maybe(random, DAYS),
        active=_maybe(random, (True, False)),
        generalPractitioner=[{"reference": f"Practitioner/pr{random.randrange(5)}"}],
    )


def _records(random: Random) -> Iterator[Json]:
    for kind, many in _MANY.items():
        for number in range(many):
            yield _MAKERS[kind](random, f"{kind[:2].lower()}{number}")


def _practitioner(random: Random, id_: str) -> Json:
    name = {"family": random.choice(FAMILIES), "prefix": ["Dr."]}
    return _filled(resourceType="Practitioner", id=id_, name=[name], active=_maybe(random, (True, False)))


def _condition(random: Random, id_: str) -> Json:
    onset = (
        {"onsetDateTime": random.choice(DATES)} if random.random() < 0.5 else {"onsetPeriod": _period(random)}
    )
    return _filled(
        resourceType="Condition",
        id=id_,
        code=_concept(random),
        subject=_subject(random),
        recordedDate=_maybe(random, DATES),
        contained=[_contained(random)] if random.random() < 0.4 else None,
        encounter=_maybe(random, tuple({"reference": f"Encounter/en{number}"} for number in range(4))),
        **(onset if random.random() < 0.8 else {}),
    )


def _observation(random: Random, id_: str) -> Json:
    when = (
        {"effectiveDateTime": random.choice(DATES)}
        if random.random() < 0.6
        else {"effectivePeriod": _period(random)}
    )
    performers = ("Practitioner/pr0", "Practitioner/pr2", "Patient/p1", "Patient/p2")
    return _filled(
        resourceType="Observation",
        id=id_,
        status=random.choice(("final", "preliminary")),
        code=_concept(random),
        subject=_subject(random),
        performer=[{"reference": each} for each in random.sample(performers, random.randrange(3))] or None,
        valueQuantity=_quantity(random) if random.random() < 0.8 else None,
        **(when if random.random() < 0.85 else {}),
    )


def _medication_request(random: Random, id_: str) -> Json:
    return _filled(
        resourceType="MedicationRequest",
        id=id_,
        status=random.choice(("active", "stopped")),
        intent="order",
        medicationCodeableConcept=_concept(random),
        subject=_subject(random),
        authoredOn=_maybe(random, DATES),
    )


def _service_request(random: Random, id_: str) -> Json:
    return _filled(
        resourceType="ServiceRequest",
        id=id_,
        status="active",
        intent="order",
        identifier=[_filled(system=random.choice(SYSTEMS), value=random.choice(CODES))],
        code=_concept(random),
        subject=_subject(random),
    )


def _diagnostic_report(random: Random, id_: str) -> Json:
    studies = (*(f"ImagingStudy/study-default-{number}" for number in range(7)), "ImagingStudy/im0")
    orders = tuple(f"ServiceRequest/se{number}" for number in range(5))
    return _filled(
        resourceType="DiagnosticReport",
        id=id_,
        status="final",
        code=_concept(random),
        subject=_subject(random),
        imagingStudy=[{"reference": each} for each in random.sample(studies, random.randrange(3))] or None,
        basedOn=[{"reference": random.choice(orders)}] if random.random() < 0.5 else None,
        effectiveDateTime=_maybe(random, DATES),
    )


def _encounter(random: Random, id_: str) -> Json:
    individual = {"reference": f"Practitioner/pr{random.randrange(4)}"}
    return _filled(
        resourceType="Encounter",
        id=id_,
        status="finished",
        **{"class": {"system": "http://a.example", "code": random.choice(CODES)}},
        subject=_subject(random),
        participant=[{"individual": individual}] if random.random() < 0.7 else None,
        period=_period(random),
    )


def _imaging_study(random: Random, id_: str) -> Json:
    """One that a FHIR client announced; no picture of it has arrived."""
    return _filled(
        resourceType="ImagingStudy",
        id=id_,
        status="available",
        identifier=[{"system": "urn:dicom:uid", "value": f"urn:oid:1.2.9.{id_[2:]}"}],
        modality=[{"system": DCM, "code": random.choice(MODALITIES)}],
        subject=_subject(random),
        started=_maybe(random, DATES),
    )


def _study(random: Random, number: int, patients: list[Json]) -> Iterator[Stored]:
    patient = random.choice(patients)
    partition = "other" if number in (2, 5) else "default"
    name = patient["name"][0]
    study = _filled(
        StudyInstanceUID=f"1.2.3.{number}",
        PatientID=patient["identifier"][0]["value"],
        PatientName=_maybe(
            random, (f"{name['family']}^{name['given'][0]}", f"{name['family']}^{name['given'][0]}^^Dr")
        ),
        StudyDate=_maybe(random, STUDY_DATES),
        StudyTime=_maybe(random, TIMES),
        AccessionNumber=_maybe(random, ("A1", "a1", "A12", "B 7")),
        StudyDescription=_maybe(random, TEXTS),
        StudyID=_maybe(random, ("1", "2")),
    )
    for series_number in range(random.randint(1, 3)):
        series = _filled(
            SeriesInstanceUID=f"1.2.3.{number}.{series_number}",
            Modality=random.choice(MODALITIES),
            SeriesNumber=_maybe(random, (1, 2, 3)),
            SeriesDescription=_maybe(random, TEXTS),
            BodyPartExamined=_maybe(random, ("CHEST", "HEAD")),
        )
        for sop in range(random.randint(1, 3)):
            instance = _filled(
                SOPInstanceUID=f"1.2.3.{number}.{series_number}.{sop}",
                SOPClassUID=f"1.2.840.10008.5.1.4.1.1.{random.choice('24')}",
                InstanceNumber=_maybe(random, (1, 2, 3, 10)),
                NumberOfFrames=_maybe(random, (1, 20)),
                ContentTime=_maybe(random, TIMES),
            )
            yield Stored(partition, study, series, instance)


def _concept(random: Random) -> Json:
    codings = [_coding(random) for _ in range(random.choice((1, 1, 2)))]
    return _filled(coding=codings, text=_maybe(random, TEXTS))


def _contained(random: Random) -> Json:
    """A resource inside another; what it refers to is not what the outer one refers to."""
    return _filled(
        resourceType="Observation",
        id="inner",
        status="final",
        code=_concept(random),
        subject={"reference": f"Patient/p{random.randrange(6)}"},
    )


def _coding(random: Random) -> Json:
    return _filled(system=random.choice(SYSTEMS), code=random.choice(CODES))


def _quantity(random: Random) -> Json:
    unit = random.choice((*UNITS, None))
    names = ("unit", "system", "code")
    measured = dict(zip(names, unit, strict=False)) if unit else {}
    comparator = {"comparator": random.choice(("<", ">="))} if random.random() < 0.15 else {}
    return {"value": random.choice(NUMBERS), **measured, **comparator}


def _period(random: Random) -> Json:
    start, end = sorted(random.sample(DATES, 2))
    return random.choice(({"start": start, "end": end}, {"start": start}, {"end": end}))


def _subject(random: Random) -> Json:
    number = random.randrange(6)
    usual = f"Patient/p{number}"
    odd = ("Patient/missing", "http://elsewhere.example/Patient/p0", f"{usual}/_history/1")
    return {"reference": random.choice(odd) if random.random() < 0.15 else usual}


def _maybe(random: Random, values: tuple[Any, ...]) -> Any:
    return random.choice(values) if random.random() < 0.75 else None


def _filled(**elements: Any) -> Json:
    return {name: value for name, value in elements.items() if value is not None}


DCM = "http://dicom.nema.org/resources/ontology/DCM"
_MANY = {
    "Practitioner": 4,
    "Encounter": 5,
    "Condition": 16,
    "Observation": 22,
    "MedicationRequest": 8,
    "ServiceRequest": 6,
    "DiagnosticReport": 9,
    "ImagingStudy": 2,
}
_MAKERS = {
    "Practitioner": _practitioner,
    "Encounter": _encounter,
    "Condition": _condition,
    "Observation": _observation,
    "MedicationRequest": _medication_request,
    "ServiceRequest": _service_request,
    "DiagnosticReport": _diagnostic_report,
    "ImagingStudy": _imaging_study,
}
