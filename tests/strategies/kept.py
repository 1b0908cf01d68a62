"""Elements of every datatype that search knows, each with the questions a client would ask to find it.

A question is written from the element as it stands in the document, by the standard and not by Hilum's code.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from fhir_profiles.dates import interval
from fhir_profiles.folding import fold

Json = dict[str, Any]
Question = tuple[str, str]  # name and value of a query parameter
BASE = "http://hilum.test/fhir"
MONEY = "urn:iso:std:iso:4217"
GENDER = "http://hl7.org/fhir/administrative-gender"


@dataclass(frozen=True)
class Kept:
    """A document without its id, and the questions that find it."""

    document: Json
    questions: tuple[Question, ...]


def written(*parts: object) -> str:
    """The parts of a value, escaped and joined by bars."""
    return "|".join(_escaped(str(part)) for part in parts)


def _escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in ",|$\\" else each for each in text)


MARKED = st.sampled_from(["a", "b|c", "d$e", "f,g", "h\\i", "50%", "Straße", "김", "x y"])
WORDS = MARKED | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
CODES = WORDS | st.just("x" * 600)
SYSTEMS = st.sampled_from(["http://a.example", "http://b.example|x", "urn:c"])
IDS = st.from_regex(r"[A-Za-z0-9\-.]{1,20}", fullmatch=True)
DATES = st.sampled_from(
    ["2019", "2020-03", "2020-02-29", "2020-03-05T10:15:30Z", "2020-03-05T10:15:30.25+09:00", "2021-12-31"]
)
NUMBERS = (
    st.integers(-(10**18), 10**18)
    | st.floats(-1e18, 1e18, allow_nan=False)
    | st.sampled_from([0.1, 5.40, 1e-9, 2**53 + 1, 0.12345678901234567, 1e-300, 1.7e308])
)


def _element(**fields: SearchStrategy[Any]) -> SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=fields)


def _coded(coding: Json) -> Iterator[str]:
    """The ways to write a token."""
    if coding.get("code"):
        yield written(coding["code"])
        yield written(coding.get("system", ""), coding["code"])


def _texts(name: str, text: Any) -> Iterator[Question]:
    if isinstance(text, str) and fold(text):
        yield name, written(text)


CODING = _element(system=SYSTEMS, code=CODES, display=WORDS)
CONCEPT = _element(coding=st.lists(CODING, max_size=2), text=WORDS)
IDENTIFIER = _element(
    system=SYSTEMS, value=CODES, type=_element(coding=st.lists(CODING, max_size=2), text=WORDS)
)
CONTACT = _element(system=st.sampled_from(["phone", "email"]), value=CODES)


def _of_coding(name: str, coding: Json) -> Iterator[Question]:
    yield from ((name, value) for value in _coded(coding))
    yield from _texts(f"{name}:text", coding.get("display"))


def _of_concept(name: str, concept: Json) -> Iterator[Question]:
    for coding in concept.get("coding", ()):
        yield from _of_coding(name, coding)
    yield from _texts(f"{name}:text", concept.get("text"))


def _of_identifier(name: str, identifier: Json) -> Iterator[Question]:
    number = identifier.get("value")
    kind = identifier.get("type", {})
    yield from ((name, value) for value in _coded({"system": identifier.get("system", ""), "code": number}))
    yield from _texts(f"{name}:text", kind.get("text"))
    for coding in kind.get("coding", ()):
        if number and coding.get("code"):
            yield f"{name}:of-type", written(coding.get("system", ""), coding["code"], number)


def _of_contact(name: str, contact: Json) -> Iterator[Question]:
    yield from ((name, value) for value in _coded({**contact, "code": contact.get("value")}))


def _of_code(name: str, code: str) -> Iterator[Question]:
    yield from ((name, value) for value in _coded({"system": GENDER, "code": code}))


def _of_boolean(name: str, value: bool) -> Iterator[Question]:
    yield name, "true" if value else "false"


REFERENCE = st.one_of(
    st.builds(lambda id_: {"reference": f"Patient/{id_}"}, IDS),
    st.builds(lambda id_: {"reference": f"{BASE}/Patient/{id_}"}, IDS),
    st.builds(lambda id_: {"reference": f"Patient/{id_}/_history/3"}, IDS),
    st.builds(lambda id_: {"reference": f"http://elsewhere.example/Patient/{id_}"}, IDS),
    st.just({"reference": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"}),
    st.builds(lambda identifier: {"identifier": identifier}, _element(system=SYSTEMS, value=CODES)),
)
CANONICAL = st.builds(
    lambda address, id_, version: f"{address}/PlanDefinition/{id_}{version}",
    st.sampled_from([BASE, "http://elsewhere.example"]),
    IDS,
    st.sampled_from(["", "|1.0"]),
)
URI = st.builds(lambda id_: f"http://a.example/{id_}?a=b,c$d", IDS) | st.just("urn:oid:1.2.3")


def _of_reference(name: str, reference: Json) -> Iterator[Question]:
    if text := reference.get("reference"):
        yield name, written(text)
    if text and text.startswith("Patient/"):
        yield name, written(text.split("/")[1])
        yield f"{name}:Patient", written(text.split("/")[1])
    number = reference.get("identifier", {})
    for value in _coded({"system": number.get("system", ""), "code": number.get("value")}):
        yield f"{name}:identifier", value


def _of_canonical(name: str, canonical: str) -> Iterator[Question]:
    yield name, written(canonical)
    yield name, written(canonical.partition("|")[0])


def _of_uri(name: str, uri: str) -> Iterator[Question]:
    yield name, written(uri)
    yield f"{name}:contains", written(uri[3:8].upper())
    if "://" in uri:
        yield f"{name}:below", written(uri)
        yield f"{name}:below", "http://a.example/"
        yield f"{name}:above", written(f"{uri}/and/more")


POSITION = st.fixed_dictionaries({"latitude": st.floats(-89, 89), "longitude": st.floats(-179, 179)})


def _of_position(name: str, position: Json) -> Iterator[Question]:
    place = f"{position['latitude']}|{position['longitude']}"
    yield from ((name, f"{place}{reach}") for reach in ("", "|1", "|1|m", "|0.5|[mi_us]"))


NAME = _element(family=WORDS, given=st.lists(WORDS, max_size=2), text=WORDS)


def _of_string(name: str, text: str) -> Iterator[Question]:
    for asked in (name, f"{name}:exact", f"{name}:contains"):
        yield from _texts(asked, text)


def _of_name(name: str, human: Json) -> Iterator[Question]:
    for text in (human.get("family"), human.get("text"), *human.get("given", ())):
        yield from _of_string(name, text or "")


BOTH_ENDS = st.tuples(DATES, DATES).map(lambda dates: sorted(dates, key=lambda each: interval(each) or ()))
PERIOD = st.one_of(
    BOTH_ENDS.map(lambda dates: {"start": dates[0], "end": dates[1]}), DATES.map(lambda date: {"start": date})
)
TIMING = st.builds(lambda events: {"event": events}, st.lists(DATES, min_size=1, max_size=3))


def _of_date(name: str, date: str) -> Iterator[Question]:
    yield from ((name, f"{prefix}{date}") for prefix in ("", "eq", "ge", "le", "ap"))


def _of_period(name: str, period: Json) -> Iterator[Question]:
    yield name, f"ge{period['start']}"
    if "end" in period:
        yield name, f"le{period['end']}"


def _of_timing(name: str, timing: Json) -> Iterator[Question]:
    yield from ((name, f"ap{date}") for date in timing["event"])


UNIT = _element(unit=CODES, system=SYSTEMS, code=CODES)
QUANTITY = st.builds(lambda unit, number: {**unit, "value": number}, UNIT, NUMBERS)
COMPARED = st.builds(
    lambda quantity, mark: {**quantity, "comparator": mark}, QUANTITY, st.sampled_from(["<", "<=", ">", ">="])
)
RANGE = st.builds(
    lambda ends: {"low": {"value": ends[0]}, "high": {"value": ends[1]}},
    st.lists(NUMBERS, min_size=2, max_size=2).map(sorted),
)
AMOUNT = st.fixed_dictionaries({"value": NUMBERS, "currency": st.sampled_from(["EUR", "KRW"])})
_PREFIX_OF = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def _of_number(name: str, number: float) -> Iterator[Question]:
    yield from ((name, f"{prefix}{number}") for prefix in ("", "eq", "ge", "le", "ap"))


def _units(quantity: Json) -> Iterator[str]:
    """The number with each way to write its unit."""
    number = f"{_PREFIX_OF.get(quantity.get('comparator', ''), '')}{quantity['value']}"
    yield number
    if code := quantity.get("code"):
        yield written(number, "", code)
        yield written(number, quantity.get("system", ""), code)
    if unit := quantity.get("unit"):
        yield written(number, "", unit)


def _of_quantity(name: str, quantity: Json) -> Iterator[Question]:
    yield from ((name, value) for value in _units(quantity))


def _of_range(name: str, found: Json) -> Iterator[Question]:
    yield name, f"ge{found['low']['value']}"
    yield name, f"le{found['high']['value']}"


def _of_amount(name: str, money: Json) -> Iterator[Question]:
    yield name, written(money["value"], MONEY, money["currency"])


Of = Callable[[str, Any], Iterator[Question]]


def _kept(
    resource_type: str, element: str, name: str, values: SearchStrategy[Any], of: Of, *, many: bool = False
) -> SearchStrategy[Kept]:
    """Documents with one element of a datatype; `element` may be a path."""

    def document(value: Any) -> Kept:
        inner: Any = [value] if many else value
        for step in reversed(element.split(".")):
            inner = {step: inner}
        return Kept({"resourceType": resource_type, **inner}, tuple(of(name, value)))

    return values.map(document)


SINGLE = {
    "code": _kept("Patient", "gender", "gender", st.sampled_from(["male", "female"]), _of_code),
    "boolean": _kept("Patient", "active", "active", st.booleans(), _of_boolean),
    "Coding": _kept("Encounter", "class", "class", CODING, _of_coding),
    "CodeableConcept": _kept("Observation", "code", "code", CONCEPT, _of_concept),
    "Identifier": _kept("Patient", "identifier", "identifier", IDENTIFIER, _of_identifier, many=True),
    "ContactPoint": _kept("Patient", "telecom", "telecom", CONTACT, _of_contact, many=True),
    "Reference": _kept("Observation", "subject", "subject", REFERENCE, _of_reference),
    "canonical": _kept(
        "ServiceRequest",
        "instantiatesCanonical",
        "instantiates-canonical",
        CANONICAL,
        _of_canonical,
        many=True,
    ),
    "uri": _kept("ServiceRequest", "instantiatesUri", "instantiates-uri", URI, _of_uri, many=True),
    "string": _kept("Organization", "name", "name", WORDS, _of_string),
    "HumanName": _kept("Patient", "name", "name", NAME, _of_name, many=True),
    "dateTime": _kept("Observation", "effectiveDateTime", "date", DATES, _of_date),
    "Period": _kept("Observation", "effectivePeriod", "date", PERIOD, _of_period),
    "Timing": _kept("Observation", "effectiveTiming", "date", TIMING, _of_timing),
    "decimal": _kept("RiskAssessment", "prediction.probabilityDecimal", "probability", NUMBERS, _of_number),
    "Quantity": _kept("Observation", "valueQuantity", "value-quantity", QUANTITY | COMPARED, _of_quantity),
    "Range": _kept("Condition", "onsetRange", "onset-age", RANGE, _of_range),
    "Location.position": _kept("Location", "position", "near", POSITION, _of_position),
    "Money": _kept("Invoice", "totalGross", "totalgross", AMOUNT, _of_amount),
}

_HEAD = st.fixed_dictionaries({"code": WORDS}, optional={"system": SYSTEMS})


def _composite(
    element: str, name: str, values: SearchStrategy[Any], parts: Callable[[Any], Iterator[str]]
) -> SearchStrategy[Kept]:
    """Observations with a code and a value."""

    def document(coding: Json, value: Any) -> Kept:
        questions = tuple(
            (name, f"{head}${part}") for head in _coded(coding) for part in parts(value) if part
        )
        return Kept({"resourceType": "Observation", "code": {"coding": [coding]}, element: value}, questions)

    return st.builds(document, _HEAD, values)


def _concept_parts(concept: Json) -> Iterator[str]:
    for coding in concept.get("coding", ()):
        yield from _coded(coding)


def _relation(coding: str, id_: str) -> Kept:
    relates = {"code": coding, "target": {"reference": f"DocumentReference/{id_}"}}
    asked = (f"{coding}$DocumentReference/{id_}", f"{coding}${id_}")
    return Kept(
        {"resourceType": "DocumentReference", "relatesTo": [relates]},
        tuple(("relationship", each) for each in asked),
    )


def _variant(chromosome: str, ends: list[int]) -> Kept:
    start, end = sorted(ends)
    document = {
        "resourceType": "MolecularSequence",
        "referenceSeq": {"chromosome": {"coding": [{"code": chromosome}]}},
        "variant": [{"start": start, "end": end}],
    }
    asked = (f"{start}${end}", f"le{start}$ge{end}", f"lt{start + 1}$gt{end - 1}")
    return Kept(document, tuple(("chromosome-variant-coordinate", f"{chromosome}${each}") for each in asked))


COMPOSITE = {
    "code and two numbers": st.builds(
        _variant, st.sampled_from(["1", "X"]), st.lists(st.integers(1, 10**6), min_size=2, max_size=2)
    ),
    "code and quantity": _composite("valueQuantity", "code-value-quantity", QUANTITY | COMPARED, _units),
    "code and concept": _composite("valueCodeableConcept", "code-value-concept", CONCEPT, _concept_parts),
    "code and text": _composite(
        "valueString",
        "code-value-string",
        WORDS,
        lambda text: iter([written(text)] if fold(text) else []),
    ),
    "code and date": _composite(
        "valueDateTime", "code-value-date", DATES, lambda date: iter([date, f"ap{date}"])
    ),
    "code and reference": st.builds(_relation, st.sampled_from(["replaces", "signs"]), IDS),
}
EVERY = SINGLE | COMPOSITE
