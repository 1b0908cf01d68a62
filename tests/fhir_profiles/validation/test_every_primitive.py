"""Each kind of mistake, made with every primitive type, is an error at its place in FHIRPath."""

from collections.abc import Iterator
from typing import Any

import pytest

from fhir_profiles.validation.primitives import CHECKS
from fhir_profiles.validation.structure import PRIMITIVES, RESOURCE_TYPES, elements
from fhir_profiles.validation.validation import validate

GOOD: dict[str, list[Any]] = {
    "base64Binary": ["aGk=", "aGkg aGkg", "YWJj"],
    "boolean": [True, False],
    "canonical": ["http://x.org/a|1.0", "urn:uuid:1"],
    "code": ["a", "a b"],
    "date": ["2020", "2020-02", "2020-02-29", "0001-01-01"],
    "dateTime": ["2020", "2020-02", "2020-02-29", "2020-02-29T23:59:60Z", "2020-02-29T10:00:00.123456+14:00"],
    "decimal": [0, 1.5, -2, 1e-3],
    "id": ["a", "A-1.b", "x" * 64],
    "instant": ["2020-02-29T10:00:00Z", "2020-02-29T10:00:00.1-05:30"],
    "integer": [0, -(2**31), 2**31 - 1],
    "markdown": ["*a*", "a\n\nb"],
    "oid": ["urn:oid:1.2.840.0", "urn:oid:2.16"],
    "positiveInt": [1, 2**31 - 1],
    "string": ["a", " a ", "a\tb\r\n", "é"],
    "time": ["10:00:00", "23:59:59.999"],
    "unsignedInt": [0, 2**31 - 1],
    "uri": ["http://x.org", "urn:x", "a"],
    "url": ["http://x.org", "mailto:a@b"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
}
BAD: dict[str, list[Any]] = {
    "base64Binary": ["a", "aGk", "a$k=", "=aGk", 5],
    "boolean": ["true", "false", 0, 1],
    "canonical": ["", "a b", " a", 5],
    "code": ["", " a", "a ", "a  b", "a\tb", 5],
    "date": [
        "",
        "20",
        "2020-1",
        "2020-13",
        "2020-00",
        "2020-02-30",
        "2020-2-1",
        "2020-02-01T10:00:00Z",
        2020,
    ],
    "dateTime": [
        *("2020-02-01T10:00", "2020-02-01T10:00:00", "2020-02-01T24:00:00Z", "2020-02-01T10:60:00Z"),
        *("2020-02-01 10:00:00Z", "2020-02-01T10:00:00.Z", "2020-02-01T10:00:00+15:00", "2021-02-29", 2020),
    ],
    "decimal": ["1.5", "", True],
    "id": ["", "a b", "a_b", "x" * 65, "é", 5],
    "instant": ["2020", "2020-02-29", "2020-02-29T10:00:00", "2020-02-30T10:00:00Z", 5],
    "integer": ["1", 1.5, 1.0, 2**31, -(2**31) - 1, True],
    "markdown": ["", 5, "a\x00b"],
    "oid": ["1.2.3", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1", 5],
    "positiveInt": [0, -1, "1", 1.5, 2**31],
    "string": ["", 5, True, "a\x07"],
    "time": ["10:00", "24:00:00", "10:60:00", "T10:00:00", "10:00:00Z", 5],
    "unsignedInt": [-1, "0", 0.5],
    "uri": ["", "a b", 5],
    "url": ["", "a b", 5],
    "uuid": [
        "c757873d-ec9a-4326-a141-556f43239520",
        "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
        "urn:uuid:1",
        5,
    ],
}
SHAPES: list[Any] = [None, {}, [], {"value": 1}, [None], ["a"], [[]]]
BESIDE: list[Any] = [
    *(None, {}, [], "a", 5, True, [{"id": "a"}], {"value": "a"}, {"id": ""}, {"id": 5}, {"id": "a", "x": 1}),
    *(
        {"extension": []},
        {"extension": {}},
        {"extension": [{}]},
        {"extension": [None]},
        {"extension": [{"url": "x"}]},
    ),
    {"extension": [{"valueString": "x"}]},
]
TYPES = sorted(PRIMITIVES - {"xhtml"})


def told(kind: str, value: Any, **beside: Any) -> list[str]:
    """Where errors are in Parameters with one value of a type, and what stands beside it."""
    key = f"value{kind[0].upper()}{kind[1:]}"
    held = {} if value is ... else {key: value}
    held |= {f"_{key}": each for each in beside.values()}
    resource = {"resourceType": "Parameters", "parameter": [{"name": "a", **held}]}
    return [each.expression for each in validate(resource) if each.severity == "error"]


def test_every_primitive_type_is_tried() -> None:
    assert set(GOOD) == set(BAD) == set(TYPES) == set(CHECKS) - {"xhtml"}


@pytest.mark.parametrize("kind", TYPES)
def test_right_values_pass_with_and_without_what_may_stand_beside_them(kind: str) -> None:
    extension = {"id": "a", "extension": [{"url": "urn:x", "valueCode": "unknown"}]}
    for value in GOOD[kind]:
        assert told(kind, value) == []
        assert told(kind, value, beside=extension) == []
    assert told(kind, ..., beside=extension) == []


@pytest.mark.parametrize("kind", TYPES)
def test_a_wrong_value_or_shape_is_told_with_its_type(kind: str) -> None:
    place = f"Parameters.parameter[0].value.ofType({kind})"
    for value in (*BAD[kind], *SHAPES):
        assert told(kind, value) == [place], value


@pytest.mark.parametrize("kind", TYPES)
def test_what_stands_beside_a_value_is_an_element(kind: str) -> None:
    place = f"Parameters.parameter[0].value.ofType({kind})"
    for beside in BESIDE:
        found = told(kind, GOOD[kind][0], beside=beside)
        assert found, beside
        assert all(each.startswith(place) for each in found), beside
    assert told(kind, ..., beside={"id": "a"}) == [place]


def lists() -> Iterator[tuple[str, str]]:
    """Every list of primitives at the root of a resource, once for each type of value."""
    for kind in sorted(RESOURCE_TYPES):
        for element in elements(kind).values():
            if element.many and element.types[0] in GOOD and element.value_set is None:
                yield kind, element.name


LISTED = list(lists())


@pytest.mark.parametrize(("kind", "name"), LISTED, ids=[f"{kind}.{name}" for kind, name in LISTED])
def test_arrays_of_values_and_of_what_stands_beside_them_belong_together(kind: str, name: str) -> None:
    value = GOOD[elements(kind)[name].types[0]][0]
    extension = {"extension": [{"url": "urn:x", "valueCode": "unknown"}]}

    def places(**held: Any) -> set[str]:
        issues = validate({"resourceType": kind, **held})
        return {each.expression for each in issues if each.expression.startswith(f"{kind}.{name}")}

    assert places(**{name: [value, value], f"_{name}": [None, extension]}) == set()
    assert places(**{name: [None, value], f"_{name}": [extension, None]}) == set()
    assert places(**{f"_{name}": [extension]}) == set()
    for wrong in (
        {name: [value, value], f"_{name}": [extension]},
        {name: [value], f"_{name}": [None, extension]},
        {name: [value], f"_{name}": extension},
        {name: value},
        {name: []},
        {name: [None]},
        {name: [{}]},
        {name: [[value]]},
        {name: [value], f"_{name}": [{}]},
        {f"_{name}": [None]},
        {f"_{name}": []},
    ):
        assert places(**wrong), wrong
