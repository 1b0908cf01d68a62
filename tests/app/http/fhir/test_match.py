"""Who a patient is: found by number, name and birth date, in Hangul and Latin letters, and graded."""

from typing import Any

import pytest

from app.security.demo import demo_name
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.accounts import Granted
from graph.clock import now
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import MRN, patient

_TYPES = {bool: "Boolean", int: "Integer"}
HONG = {"name": [{"family": "홍", "given": ["길동"]}, {"text": "Hong Gildong"}], "birthDate": "1980-03-04"}
SMITH = {"name": [{"family": "Smith", "given": ["Ann", "Mary"]}], "birthDate": "1975-11-02"}


@pytest.fixture
def known(fhir: Fhir) -> Fhir:
    for each in (
        patient("P1", id="hong", gender="male", **HONG),
        patient("P2", id="smith", **SMITH, telecom=[{"system": "phone", "value": "+82 10-1234-5678"}]),
        patient("P3", id="sister", **{**SMITH, "name": [{"family": "Smith", "given": ["Beth"]}]}),
        patient("P4", id="other", name=[{"family": "Miller", "given": ["Carl"]}], birthDate="1950-01-01"),
    ):
        assert fhir.send("PUT", f"Patient/{each['id']}", each).status_code == 201
    return fhir


def asked(fhir: Fhir, person: dict[str, Any], **parameters: Any) -> dict[str, str]:
    """The grade of each who is found, the most likely first."""
    given = [{"name": "resource", "resource": {"resourceType": "Patient", **person}}]
    given += [{"name": name, f"value{_TYPES[type(value)]}": value} for name, value in parameters.items()]
    answer = fhir.send("POST", "Patient/$match", {"resourceType": "Parameters", "parameter": given})
    assert answer.status_code == 200, answer.text
    entries = answer.get_json().get("entry", [])
    assert [each["search"]["score"] for each in entries] == sorted(
        (each["search"]["score"] for each in entries), reverse=True
    )
    return {each["resource"]["id"]: each["search"]["extension"][0]["valueCode"] for each in entries}


@pytest.mark.parametrize(
    ("person", "found"),
    [
        ({"identifier": [{"system": MRN, "value": "P1"}]}, {"hong": "certain"}),
        ({"name": [{"text": "홍길동"}], "birthDate": "1980-03-04"}, {"hong": "certain"}),
        (
            {"name": [{"family": "HONG", "given": ["Gil-dong"]}], "birthDate": "1980-03-04"},
            {"hong": "certain"},
        ),
        ({"name": [{"family": "홍", "given": ["길동"]}], "birthDate": "1980-04-03"}, {"hong": "probable"}),
        ({"name": [{"family": "Smith", "given": ["Ann"]}], "birthDate": "1975-11-02"}, None),
        (
            {"name": [{"family": "Smith"}], "telecom": [{"value": "+82 10-1234-5678"}], "gender": "female"},
            {"smith": "probable"},
        ),
        ({"name": [{"family": "Nobody", "given": ["Here"]}], "birthDate": "1901-01-01"}, {}),
    ],
)
def test_who_it_may_be_is_found_and_graded(
    known: Fhir, person: dict[str, Any], found: dict[str, str] | None
) -> None:
    answer = asked(known, person)

    if found is None:
        assert (next(iter(answer)), answer["smith"]) == ("smith", "probable")
    else:
        assert answer == found


def test_what_contradicts_is_never_certain(known: Fhir) -> None:
    person = {"identifier": [{"system": MRN, "value": "P1"}], "gender": "female", "birthDate": "1980-03-04"}

    assert asked(known, person) == {"hong": "probable"}
    assert asked(known, person, onlyCertainMatches=True) == {}


def test_of_two_who_fit_none_is_certain(known: Fhir) -> None:
    known.send("PUT", "Patient/twin", patient("P9", id="twin", gender="male", **HONG))

    assert asked(known, HONG) == {"hong": "probable", "twin": "probable"}
    assert len(asked(known, HONG, count=1)) == 1


def test_a_resource_that_stands_alone_is_taken(known: Fhir) -> None:
    answer = known.send("POST", "Patient/$match", {"resourceType": "Patient", **HONG})

    assert answer.get_json()["total"] == 1


@pytest.mark.parametrize("person", [{}, {"gender": "male"}, {"name": "Smith"}])
def test_who_cannot_be_found_is_not_asked_for(known: Fhir, person: dict[str, Any]) -> None:
    assert known.send("POST", "Patient/$match", {"resourceType": "Patient", **person}).status_code == 400
    assert known.send("POST", "Patient/$match").status_code == 400


def test_who_is_hidden_changes_nothing(known: Fhir, services: Wiring, as_role: AsRole) -> None:
    guest = Fhir(known.client, as_role("teleradiologist"))
    scope = system_scope(services.sites.own.tenant)
    services.accounts.grant(scope, demo_name("teleradiologist"), Granted("hong"), now())
    known.send("PUT", "Patient/twin", patient("P9", id="twin", gender="male", **HONG))

    assert asked(guest, HONG) == {"hong": "certain"}
    assert asked(guest, SMITH) == {}
