"""Random questions over the random worlds of `tests.factories.worlds`.

Leaves ask for values that occur, and conjunctions are seldom, since each halves the answer; so about a third
of all answers are neither empty nor everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any as Anything

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    Expression,
    Field,
    Keys,
    Kind,
    Layout,
    Link,
    Match,
    Members,
    Not,
    Order,
    Owner,
    Page,
    Parts,
    Present,
    Question,
    Related,
    Sort,
    Span,
    Term,
    Text,
    Whole,
)
from tests.factories import worlds

WORLDS = 4
DAY = 86_400_000_000
YEAR_2020 = 1_577_836_800_000_000  # 2020-01-01T00:00Z
MARCH_5 = YEAR_2020 + 64 * DAY
EVENTS_FROM = 1_700_000_000_000_000
_SYSTEMS = (None, None, None, "", "http://a.example", "http://b.example")
_IMAGING, _SERIES, _INSTANCE = "ImagingStudy", "Series", "Instance"


@dataclass(frozen=True, slots=True)
class Asked:
    """One caller and one question, over the world of a seed."""

    seed: int
    partition: str
    patients: frozenset[str] | None  # Patient/id
    studies: frozenset[str]  # ImagingStudy/id
    question: Question


def weighted(*ways: tuple[int, SearchStrategy[Anything]]) -> SearchStrategy[Anything]:
    """One of several strategies, each as often as its weight says."""
    choices = [way for weight, way in ways for _ in range(weight)]
    return st.sampled_from(range(len(choices))).flatmap(choices.__getitem__)


@cache
def questions() -> SearchStrategy[Asked]:
    """Whole questions with their callers."""
    return st.sampled_from(sorted(FIELDS)).flatmap(_asked)


@cache
def _asked(entity: str) -> SearchStrategy[Asked]:
    question = st.builds(Question, st.just(entity), expressions(entity), pages(entity))
    everything = st.tuples(st.none(), st.just(frozenset[str]()))
    many = st.tuples(_some(_PATIENTS, 3), _some(_STUDIES, 2))
    few = st.one_of(
        st.tuples(_some(_PATIENTS, 1), st.just(frozenset[str]())),
        st.tuples(st.just(frozenset[str]()), _some(_STUDIES, 0)),
    )
    return st.builds(
        lambda seed, partition, rights, asked: Asked(seed, partition, *rights, asked),
        st.integers(0, WORLDS - 1),
        st.sampled_from(("default", "default", "default", "other")),
        weighted((6, everything), (3, many), (1, few)),
        question,
    )


@cache
def _some(names: tuple[str, ...], least: int) -> SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(names), min_size=least, max_size=least + 2)


@cache
def expressions(entity: str, depth: int = 2) -> SearchStrategy[Expression]:
    """Conditions on rows of a kind, operators nested at most `depth` deep."""
    leaf = leaves(entity)
    if depth == 0:
        return leaf
    inner = st.deferred(lambda: expressions(entity, depth - 1))
    across = st.deferred(lambda: related(entity, depth - 1))
    return weighted(
        (6, leaf),
        (4, st.builds(Any, st.lists(inner, min_size=2, max_size=3).map(tuple))),
        (2, st.builds(lambda one, other: All((one, Not(other))), inner, inner)),
        (1, st.builds(lambda one, other: All((one, other)), inner, inner)),
        (3, st.builds(Not, inner)),
        (1, st.sampled_from((All(), Any()))),
        (8 if entity in LINKS else 0, across),
    )


@cache
def related(entity: str, depth: int) -> SearchStrategy[Expression]:
    """Conditions on rows at the other end of a link."""
    return st.sampled_from(LINKS[entity]).flatmap(lambda way: _related(*way, depth))


@cache
def _related(link: Link, end: str, depth: int) -> SearchStrategy[Expression]:
    several = isinstance(link, Along) and len(link.targets) > 1
    inner = expressions(end, 0 if several else depth)
    return st.builds(Related, st.just(link), weighted((4, inner), (1, st.just(All()))))


@cache
def leaves(entity: str) -> SearchStrategy[Expression]:
    """Conditions on one field, or on keys."""
    of_fields = st.sampled_from(sorted(FIELDS[entity], key=str)).flatmap(_leaf)
    keys = _keys(entity)
    return weighted((8, of_fields), (1, keys)) if keys is not None else of_fields


@cache
def pages(entity: str) -> SearchStrategy[Page]:
    """Orders, and windows that cut an answer to pieces."""
    sort = st.builds(Sort, st.sampled_from([None, *sorted(FIELDS[entity], key=str)]), st.booleans())
    return st.builds(Page, st.integers(1, 7), st.lists(sort, max_size=2).map(tuple))


@cache
def _leaf(field: Field) -> SearchStrategy[Expression]:
    return weighted((6, _LEAVES[field.kind](field)), (1, st.just(Present(field))))


@cache
def _terms(field: Field) -> SearchStrategy[Expression]:
    rows = field.layout is Layout.ROWS
    values = FIELDS[field.entity][field]
    codes = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)
    codes = weighted((6, codes), (1, st.just(())))
    return st.builds(Term, st.just(field), codes, st.sampled_from(_SYSTEMS) if rows else st.none())


@cache
def _texts(field: Field) -> SearchStrategy[Expression]:
    values = st.sampled_from(FIELDS[field.entity][field])
    matches = (Match.EXACT, Match.EQUALS, Match.PREFIX, Match.CONTAINS)
    whole = st.builds(Text, st.just(field), st.sampled_from(matches), values)
    part = st.builds(lambda value, end: value[:end], values, st.integers(1, 4))
    begun = st.builds(Text, st.just(field), st.sampled_from(list(Match)), part)
    ended = st.builds(
        Text, st.just(field), st.sampled_from(list(Match)), values.map(lambda value: value[-3:])
    )
    wild = st.builds(Text, st.just(field), st.just(Match.LIKE), values.flatmap(_with_wildcards))
    words = st.builds(Text, st.just(field), st.just(Match.WORDS), values.map(_begun_words))
    return st.one_of(whole, begun, ended, wild, words)


@cache
def _with_wildcards(value: str) -> SearchStrategy[str]:
    places = st.lists(st.tuples(st.integers(0, len(value)), st.sampled_from("*?")), min_size=1, max_size=3)
    return places.map(lambda found: _replaced(value, found))


def _replaced(value: str, places: list[tuple[int, str]]) -> str:
    characters = [*value, ""]
    for at, wildcard in places:
        characters[at] = wildcard
    return "".join(characters)


def _begun_words(value: str) -> str:
    return " ".join(word[:2] for word in reversed(value.replace("^", " ").split()))


@cache
def _spans(field: Field) -> SearchStrategy[Expression]:
    ends = FIELDS[field.entity][field]
    pair = st.tuples(st.sampled_from(ends), st.sampled_from(ends)).map(sorted)
    asked = weighted((6, pair), (1, st.tuples(st.none(), st.sampled_from(ends))), (1, _open(ends)))
    units = st.tuples(st.sampled_from(_UNIT_SYSTEMS), st.sampled_from(_UNIT_CODES))
    unit = units if "quantity" in field.name else st.just((None, None))
    return st.builds(
        lambda order, limits, unit: Span(field, order, limits[0], limits[1], *unit),
        st.sampled_from(list(Order)),
        asked,
        unit,
    )


@cache
def _open(ends: tuple[Anything, ...]) -> SearchStrategy[tuple[Anything, None]]:
    return st.tuples(st.sampled_from(ends), st.none())


@cache
def _keys(entity: str) -> SearchStrategy[Expression] | None:
    """Keys without their tenant: `world_keys` puts it in front."""
    if entity not in KEYS:
        return None
    keys = st.lists(st.sampled_from(KEYS[entity]), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(Keys, st.just(entity), keys)


_UNIT_SYSTEMS = (None, None, "http://unitsofmeasure.org", "")
_UNIT_CODES = (None, None, "mg", "g", "milligram", "alpha", "alpha$mg")
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
_PATIENTS = tuple(f"Patient/p{number}" for number in range(6))
_STUDIES = tuple(f"ImagingStudy/study-default-{number}" for number in range(7))
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
    (Parts(_SERIES), _SERIES),
    (Parts(_INSTANCE), _INSTANCE),
    (Against("DiagnosticReport", ("imagingStudy",)), "DiagnosticReport"),
]
LINKS.update(
    {
        "Encounter": [(Along(("participant.individual",), ("Practitioner",)), "Practitioner")],
        "Practitioner": [(Against("Encounter", ("participant.individual",)), "Encounter")],
        _SERIES: [(Parts(_INSTANCE), _INSTANCE), (Whole(_IMAGING), _IMAGING)],
        _INSTANCE: [(Whole(_SERIES), _SERIES), (Whole(_IMAGING), _IMAGING)],
    }
)
_LEAVES = {Kind.TERM: _terms, Kind.TEXT: _texts, Kind.SPAN: _spans}


def with_tenant(tenant: str, expression: Expression) -> Expression:
    """The expression with whole keys: those of `leaves` have no tenant."""
    match expression:
        case Keys(entity, keys):
            return Keys(entity, tuple(f"{tenant}|{key}" for key in keys))
        case All(of):
            return All(tuple(with_tenant(tenant, each) for each in of))
        case Any(of):
            return Any(tuple(with_tenant(tenant, each) for each in of))
        case Not(of):
            return Not(with_tenant(tenant, of))
        case Related(link, inner):
            return Related(link, with_tenant(tenant, inner))
    return expression


def operators(expression: Expression) -> list[str]:
    """The names of every operator in an expression: what the tests must have tried."""
    match expression:
        case All(of) | Any(of):
            return [type(expression).__name__, *(name for each in of for name in operators(each))]
        case Not(of):
            return ["Not", *operators(of)]
        case Related(link, inner):
            return [f"Related.{type(link).__name__}", *operators(inner)]
        case Keys():
            return ["Keys"]
    detail = getattr(expression, "match", getattr(expression, "order", None))
    kind = f"{type(expression).__name__}{f'.{detail.name}' if detail else ''}"
    return [kind, f"{type(expression).__name__} on {expression.field.layout}"]
