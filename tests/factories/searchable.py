"""For each search parameter of R4 the smallest resource that has a value for it, made from the definitions.

Each comes with the text that asks for that value and one that asks for another, written by hand for each
datatype: nothing here looks at what Hilum keeps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from fhir_profiles.definitions.expressions import Path, PathStep, parse
from fhir_profiles.definitions.registry import OF_RESOURCE, SearchParameter
from fhir_profiles.validation.structure import elements, is_complex

Json = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """A value of a datatype, the text that asks for it, and one that asks for another."""

    value: Any
    asked: str
    other: str


@dataclass(frozen=True)
class Searchable:
    """A resource without its id that has one value, where `part` says, and what asks for it."""

    part: str
    document: Json
    asked: str
    other: str


_CODE = {"system": "urn:s", "code": "va"}
_PHONE = {"system": "phone", "value": "va"}
_DAY, _OTHER_DAY = "2020-03-05", "2021-03-05"
_PERIOD = {"start": _DAY, "end": _DAY}
_TEXTS = ("string", "markdown", "code", "id", "uri", "url", "canonical", "oid", "uuid")
_URL, _OTHER_URL = "http://e.example/a", "http://e.example/b"
_MONEY = {"value": 5, "currency": "EUR"}

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "token": {
        **dict.fromkeys(_TEXTS, Sample("va", "va", "vb")),
        "boolean": Sample(True, "true", "false"),
        "Coding": Sample(_CODE, "urn:s|va", "urn:s|vb"),
        "CodeableConcept": Sample({"coding": [_CODE]}, "urn:s|va", "urn:t|va"),
        "Identifier": Sample({"system": "urn:s", "value": "va"}, "urn:s|va", "vb"),
        "ContactPoint": Sample(_PHONE, "va", "vb"),
    },
    "string": {
        **dict.fromkeys(_TEXTS, Sample("Value", "val", "other")),
        "HumanName": Sample({"family": "Value"}, "val", "other"),
        "Address": Sample({"city": "Value"}, "val", "other"),
    },
    "date": {
        "date": Sample(_DAY, _DAY, _OTHER_DAY),
        "dateTime": Sample(_DAY, _DAY, _OTHER_DAY),
        "instant": Sample(f"{_DAY}T10:00:00Z", _DAY, _OTHER_DAY),
        "Period": Sample(_PERIOD, _DAY, _OTHER_DAY),
        "Timing": Sample({"event": [_DAY]}, _DAY, _OTHER_DAY),
    },
    "number": dict.fromkeys(("integer", "decimal", "positiveInt", "unsignedInt"), Sample(5, "5", "7")),
    "quantity": {
        **dict.fromkeys(
            ("Quantity", "Age", "Count", "Distance", "Duration"),
            Sample({"value": 5, "code": "mg"}, "5||mg", "5||g"),
        ),
        "Range": Sample({"low": {"value": 5}, "high": {"value": 5}}, "5", "7"),
        "Money": Sample(_MONEY, "5||EUR", "5||KRW"),
    },
    "uri": dict.fromkeys(
        ("uri", "url", "canonical", "oid", "uuid", "string"), Sample(_URL, _URL, _OTHER_URL)
    ),
    "special": {"Location.position": Sample({"latitude": 37.5, "longitude": 127.0}, "37.5|127|1", "1|1|1")},
    "reference": {
        "canonical": Sample(f"{_URL}|1", _URL, _OTHER_URL),
        **dict.fromkeys(("uri", "url"), Sample(_URL, _URL, _OTHER_URL)),
    },
}


def searchable(resource_type: str, parameter: SearchParameter) -> Iterator[Searchable]:
    """A resource for each place and datatype that a parameter looks at."""
    if parameter.components:
        yield from _composites(resource_type, parameter)
        return
    for part in parameter.parts:
        path = parse(part)
        if path.exists:
            document = _with(resource_type, path.steps, "boolean", True)
            yield Searchable(part, {"resourceType": resource_type, **document}, "true", "false")
            continue
        for datatype, sample in _samples(resource_type, path, parameter):
            document = _with(resource_type, path.steps, datatype, sample.value)
            yield Searchable(part, {"resourceType": resource_type, **document}, sample.asked, sample.other)


def _composites(resource_type: str, parameter: SearchParameter) -> Iterator[Searchable]:
    """A composite at each of its places, of the first value of each part."""
    for place in parameter.parts:
        steps = parse(place).steps if place else ()
        kind = _kind(resource_type, steps)
        inside: Json = {}
        around: Json = {}
        asked, other = [], []
        for component in parameter.components:
            each = SearchParameter("", component.type, component.parts, parameter.targets)
            found = _part(resource_type, kind, each)
            if found is None:
                break
            of_resource, document, sample = found
            _merge(around if of_resource else inside, document)
            asked.append(sample.asked)
            other.append(sample.other)
        else:
            if steps:
                _merge(around, _with(resource_type, steps, kind, inside))
            else:
                _merge(around, inside)
            document = {"resourceType": resource_type, **around}
            yield Searchable(place, document, "$".join(asked), "$".join([*asked[:-1], other[-1]]))


def _part(resource_type: str, kind: str, parameter: SearchParameter) -> tuple[bool, Json, Sample] | None:
    for part in parameter.parts:
        of_resource = part.startswith(OF_RESOURCE)
        path = parse(part.removeprefix(OF_RESOURCE))
        base = resource_type if of_resource else kind
        for datatype, sample in _samples(base, path, parameter):
            return of_resource, _with(base, path.steps, datatype, sample.value), sample
    return None


def _samples(resource_type: str, path: Path, parameter: SearchParameter) -> Iterator[tuple[str, Sample]]:
    known = SAMPLES[parameter.type]
    for datatype in _datatypes(resource_type, path.steps):
        if parameter.type == "reference" and datatype in ("Reference", "Resource"):
            target = path.steps[-1].resolves or (parameter.targets or ("Patient",))[0]
            yield datatype, _pointing(datatype, target)
        elif datatype in known:
            yield datatype, known[datatype]


def _pointing(datatype: str, target: str) -> Sample:
    value = {"reference": f"{target}/a"} if datatype == "Reference" else {"resourceType": target, "id": "a"}
    return Sample(value, f"{target}/a", f"{target}/b")


def _datatypes(kind: str, steps: tuple[PathStep, ...]) -> Iterator[str]:
    """The datatypes that may stand at the end of a path."""
    for step in steps[:-1]:
        kind = _step(kind, step, complex_only=True)[1]
    if is_complex(kind) and (element := elements(kind).get(steps[-1].name)):
        yield from (of for of in element.types if steps[-1].only in (None, of))


def _kind(resource_type: str, steps: tuple[PathStep, ...]) -> str:
    kind = resource_type
    for step in steps:
        kind = _step(kind, step, complex_only=True)[1]
    return kind


def _step(kind: str, step: PathStep, *, complex_only: bool = False, datatype: str = "") -> tuple[str, str]:
    """The JSON property of a step, and the type of what stands there."""
    ways = elements(kind)[step.name].properties()
    wanted = datatype or step.only
    fitting = [each for each in ways if (each[1] == wanted if wanted else True)]
    return next((each for each in fitting if not complex_only or is_complex(each[1])), fitting[0])


def _with(kind: str, steps: tuple[PathStep, ...], datatype: str, value: Any) -> Json:
    """The members of an object of a type that has the value at the end of the steps."""
    step, rest = steps[0], steps[1:]
    key, inner = _step(kind, step, complex_only=bool(rest), datatype="" if rest else datatype)
    held = _with(inner, rest, datatype, value) if rest else value
    if step.equal:
        held = {**held, **_literal(inner, step.equal[0].split("."), step.equal[1])}
    return {key: [held] if elements(kind)[step.name].many else held}


def _literal(kind: str, path: list[str], text: str) -> Json:
    element = elements(kind)[path[0]]
    value: Any = text if len(path) == 1 else _literal(element.types[0], path[1:], text)
    return {path[0]: [value] if element.many else value}


def _merge(into: Json, other: Json) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif isinstance(value, list) and isinstance(into.get(key), list):
            for one, more in product(into[key][:1], value[:1]):
                _merge(one, more)
        else:
            into[key] = value
