"""What an operation is asked with: of a query, of Parameters, or of a resource that stands alone."""

import json
from typing import Any

import pytest

from app.http.fhir.exchange import Call
from app.http.fhir.operation_input import OperationInput, operation_input
from graph.errors import Invalid


def sent(*parameters: Any, query: tuple[tuple[str, str], ...] = ()) -> OperationInput:
    body = {"resourceType": "Parameters", "parameter": list(parameters)}
    return operation_input(Call(0, query, body=json.dumps(body).encode()))


def test_a_query_and_parameters_are_read_alike() -> None:
    asked = operation_input(Call(0, (("url", "http://x"), ("count", "5"), ("active", "true"))))
    told = sent(
        {"name": "url", "valueUri": "http://x"},
        {"name": "count", "valueInteger": 5},
        {"name": "active", "valueBoolean": True},
    )

    for each in (asked, told):
        assert (each.text("url"), each.number("count"), each.flag("active")) == ("http://x", 5, True)
        assert (each.text("other"), each.number("other"), each.flag("other")) == (None, None, False)


def test_a_resource_alone_is_the_parameter_of_that_name() -> None:
    patient = {"resourceType": "Patient"}
    asked = operation_input(Call(0, (("mode", "create"),), body=json.dumps(patient).encode()))

    assert asked.resource() == patient
    assert asked.text("mode") == "create"
    assert sent({"name": "resource", "resource": patient}).resource() == patient


def test_parts_are_parameters_of_their_own() -> None:
    found = sent({"name": "match", "part": [{"name": "code", "valueCode": "a"}]}).one("match")

    assert isinstance(found, OperationInput)
    assert found.text("code") == "a"


@pytest.mark.parametrize(
    "parameters, place",
    [
        ([5], "Parameters.parameter[0]"),
        ([{"valueCode": "a"}], "Parameters.parameter[0]"),
        ([{"name": "a", "part": [{}]}], "Parameters.parameter[0].part[0]"),
        ([{"name": "a", "part": {}}], "Parameters.parameter[0].part"),
    ],
)
def test_parameters_that_are_none_are_refused_with_their_place(parameters: list[Any], place: str) -> None:
    with pytest.raises(Invalid) as refused:
        sent(*parameters)

    assert refused.value.location == place


def test_what_is_not_of_its_kind_is_refused() -> None:
    asked = sent({"name": "a", "valueInteger": 5}, {"name": "b"}, {"name": "b", "valueCode": "x"})

    for read in (asked.text, asked.flag, asked.resource):
        with pytest.raises(Invalid):
            read("a")
    with pytest.raises(Invalid, match="more than once"):
        asked.one("b")
    with pytest.raises(Invalid, match="in the address and in the body"):
        sent({"name": "a", "valueInteger": 5}, query=(("a", "5"),))
