"""What the random questions ask about: the fields of each kind of row, values that occur, and the links."""

from collections.abc import Mapping
from typing import Any as Anything

from graph.query.expression import Against, Along, Field, Inside, Kind, Layout, Link, Members, Owner, Whole
from tests.factories import worlds

DAY = 86_400_000_000
YEAR_2020 = 1_577_836_800_000_000  # 2020-01-01T00:00Z
MARCH_5 = YEAR_2020 + 64 * DAY
EVENTS_FROM = 1_700_000_000_000_000
_IMAGING, _SERIES, _INSTANCE = "ImagingStudy", "Series", "Instance"

UNIT_SYSTEMS = (None, None, "http://unitsofmeasure.org", "")
UNIT_CODES = (None, None, "mg", "g", "milligram", "alpha", "alpha$mg")
_DATES = (
    YEAR_2020 - 365 * DAY,
    YEAR_2020,
    MARCH_5 - 4 * DAY,
    MARCH_5,
    MARCH_5 + 36_930_000_000,
    MARCH_5 + 36_931_000_000,
    MARCH_5 + DAY,
    YEAR_2020 + 366 * DAY,
    YEAR_2020 + 397 * DAY,
)
_BIRTHS = tuple((year - 1970) * 365 * DAY for year in (1970, 1971, 1980, 1981, 2001, 2003))
_DAYS = (YEAR_2020 - DAY, YEAR_2020, MARCH_5, MARCH_5 + DAY, MARCH_5 + 2 * DAY, YEAR_2020 + 400 * DAY)
_TIMES = tuple(second * 1_000_000 for second in (0, 36_000, 36_900, 36_930, 36_931, 39_600, 86_400))
_NUMBERS = (0.0, 0.5, 1.0, 1.5, 5.0, 5.4, 10.0, 100.0)
_COUNTS = (0, 1, 2, 3, 4, 10, 11, 21)
_MOMENTS = tuple(EVENTS_FROM + 1_000_000 * number for number in (0, 10, 40, 80, 120, 200))
PATIENTS = tuple(f"Patient/p{number}" for number in range(6))
STUDIES = tuple(f"ImagingStudy/study-default-{number}" for number in range(7))
_NAMES = (*worlds.FAMILIES, *worlds.GIVENS)
_SUBJECTS = (
    *(f"Patient/p{number}" for number in range(6)),
    "Patient/missing",
    "http://elsewhere.example/Patient/p0",
)
_PERFORMERS = ("Practitioner/pr0", "Practitioner/pr2", "Patient/p1")


def _rows(entity: str, kind: Kind, **values: tuple[Anything, ...]) -> dict[Field, tuple[Anything, ...]]:
    named = {name.replace("__", ":").replace("_", "-"): found for name, found in values.items()}
    return {Field(entity, name, kind): found for name, found in named.items()}


def _properties(entity: str, kind: Kind, **values: tuple[Anything, ...]) -> dict[Field, tuple[Anything, ...]]:
    return {Field(entity, name, kind, Layout.PROPERTY): found for name, found in values.items()}


def _node(entity: str, *ids: str) -> dict[Field, tuple[Anything, ...]]:
    return {
        **_properties(entity, Kind.SPAN, _lastUpdated=_MOMENTS),
        **_properties(entity, Kind.TERM, _id=ids),
    }


FIELDS: Mapping[str, Mapping[Field, tuple[Anything, ...]]] = {
    "Patient": {
        **_node("Patient", "p0", "p1"),
        **_rows("Patient", Kind.TEXT, name=_NAMES, family=worlds.FAMILIES),
        **_rows(
            "Patient",
            Kind.TERM,
            gender=("male", "female"),
            active=("true", "false"),
            identifier=("P0", "P3"),
            general_practitioner=_PERFORMERS,
        ),
        **_rows("Patient", Kind.SPAN, birthdate=_BIRTHS),
    },
    "Practitioner": {
        **_node("Practitioner", "pr0", "pr1"),
        **_rows("Practitioner", Kind.TEXT, name=_NAMES),
        **_rows("Practitioner", Kind.TERM, active=("true", "false")),
    },
    "Condition": {
        **_node("Condition", "co0", "co1"),
        **_rows("Condition", Kind.TERM, code=worlds.CODES, subject=_SUBJECTS),
        **_rows("Condition", Kind.TEXT, code__text=worlds.TEXTS),
        **_rows("Condition", Kind.SPAN, onset_date=_DATES, recorded_date=_DATES),
    },
    "Observation": {
        **_node("Observation", "ob0", "ob1"),
        **_rows("Observation", Kind.TERM, code=worlds.CODES, status=("final",), performer=_PERFORMERS),
        **_rows("Observation", Kind.SPAN, date=_DATES, value_quantity=_NUMBERS, code_value_quantity=_NUMBERS),
    },
    "MedicationRequest": {
        **_node("MedicationRequest", "me0", "me1"),
        **_rows("MedicationRequest", Kind.TERM, code=worlds.CODES, status=("active",), subject=_SUBJECTS),
        **_rows("MedicationRequest", Kind.SPAN, authoredon=_DATES),
    },
    "ServiceRequest": {
        **_node("ServiceRequest", "se0", "se1"),
        **_rows("ServiceRequest", Kind.TERM, code=worlds.CODES, identifier=worlds.CODES),
    },
    "DiagnosticReport": {
        **_node("DiagnosticReport", "di0", "di1"),
        **_rows("DiagnosticReport", Kind.TERM, code=worlds.CODES, based_on=("ServiceRequest/se0",)),
        **_rows("DiagnosticReport", Kind.SPAN, date=_DATES),
    },
    "Encounter": {
        **_node("Encounter", "en0", "en1"),
        **_rows("Encounter", Kind.SPAN, date=_DATES),
        **_rows("Encounter", Kind.TERM, subject=_SUBJECTS),
    },
    _IMAGING: {
        **_node(_IMAGING, "study-default-1", "im0"),
        **_rows(_IMAGING, Kind.TERM, modality=worlds.MODALITIES, subject=_SUBJECTS, status=("available",)),
        **_rows(_IMAGING, Kind.SPAN, started=_DATES),
        **_properties(_IMAGING, Kind.SPAN, StudyDate=_DAYS, StudyTime=_TIMES),
        **_properties(
            _IMAGING,
            Kind.TEXT,
            AccessionNumber=("A1", "a1", "A12"),
            PatientName=(*_NAMES, "Kim^Min Su", "Kim^Ana^^Dr"),
            PatientID=("P0", "P1", "P2", "P3", "P4", "P5"),
            StudyDescription=worlds.TEXTS,
        ),
        **_properties(
            _IMAGING,
            Kind.TERM,
            ModalitiesInStudy=worlds.MODALITIES,
            StudyInstanceUID=("1.2.3.0", "1.2.3.1", "1.2.3.2"),
        ),
    },
    _SERIES: {
        **_properties(_SERIES, Kind.SPAN, SeriesNumber=_COUNTS),
        **_properties(_SERIES, Kind.TEXT, SeriesDescription=worlds.TEXTS),
        **_properties(
            _SERIES,
            Kind.TERM,
            Modality=worlds.MODALITIES,
            BodyPartExamined=("CHEST", "HEAD"),
            SeriesInstanceUID=("1.2.3.0.0", "1.2.3.1.0", "1.2.3.2.1"),
        ),
    },
    _INSTANCE: {
        **_properties(
            _INSTANCE, Kind.SPAN, InstanceNumber=_COUNTS, NumberOfFrames=_COUNTS, ContentTime=_TIMES
        ),
        **_properties(
            _INSTANCE,
            Kind.TERM,
            SOPClassUID=("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"),
            SOPInstanceUID=("1.2.3.0.0.0", "1.2.3.1.0.0"),
        ),
    },
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "Patient": ("-|Patient|p0", "-|Patient|p3", "-|Patient|missing"),
    "Observation": ("-|Observation|ob1", "-|Observation|ob2", "-|Observation|ob3"),
    _IMAGING: ("-|ImagingStudy|im0", "default|1.2.3.0", "-|ImagingStudy|study-default-1", "other|1.2.3.2"),
    _SERIES: ("default|1.2.3.0|1.2.3.0.0", "default|1.2.3.1|1.2.3.1.0"),
    _INSTANCE: ("default|1.2.3.0|1.2.3.0.0|1.2.3.0.0.0",),
}
_OF_PATIENT = ("Condition", "Observation", "MedicationRequest", "DiagnosticReport", _IMAGING)
_SUBJECT_OF = (
    "Condition",
    "Observation",
    "MedicationRequest",
    "ServiceRequest",
    "DiagnosticReport",
    _IMAGING,
)
LINKS: dict[str, list[tuple[Link, str]]] = {
    "Patient": [
        *((Members(each), each) for each in _OF_PATIENT),
        (Along(("generalPractitioner",), ("Practitioner",)), "Practitioner"),
        (Against("Condition", ("subject",)), "Condition"),
        (Against("Observation", ("performer",)), "Observation"),
        (Against("Observation", ("subject", "performer")), "Observation"),
    ],
    **{each: [(Owner(), "Patient"), (Along(("subject",), ("Patient",)), "Patient")] for each in _SUBJECT_OF},
}
LINKS["Condition"].append((Along(("encounter",), ("Encounter",)), "Encounter"))
LINKS["Observation"] += [
    (Along(("performer",), ("Practitioner",)), "Practitioner"),
    (Along(("performer",), ("Practitioner", "Patient")), "Practitioner"),
    (Along(("subject", "performer"), ("Practitioner", "Patient")), "Patient"),
]
LINKS["DiagnosticReport"] += [
    (Along(("imagingStudy",), (_IMAGING,)), _IMAGING),
    (Along(("basedOn",), ("ServiceRequest",)), "ServiceRequest"),
]
LINKS["ServiceRequest"].append((Against("DiagnosticReport", ("basedOn",)), "DiagnosticReport"))
LINKS[_IMAGING] += [
    (Inside(_SERIES), _SERIES),
    (Inside(_INSTANCE), _INSTANCE),
    (Against("DiagnosticReport", ("imagingStudy",)), "DiagnosticReport"),
]
LINKS.update(
    {
        "Encounter": [(Along(("participant.individual",), ("Practitioner",)), "Practitioner")],
        "Practitioner": [(Against("Encounter", ("participant.individual",)), "Encounter")],
        _SERIES: [(Inside(_INSTANCE), _INSTANCE), (Whole(_IMAGING), _IMAGING)],
        _INSTANCE: [(Whole(_SERIES), _SERIES), (Whole(_IMAGING), _IMAGING)],
    }
)
