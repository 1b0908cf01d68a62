"""Searches of several types at once: of the system, and of a patient's compartment."""

import pytest

from tests.app.http.fhir.conftest import Fhir, link, names
from tests.factories.fhir import condition, observation, organization, patient

TAG = {"tag": [{"system": "http://e.org", "code": "x"}]}


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    for resource in (
        patient("P1", id="mine", meta=TAG),
        patient("P2", id="other"),
        condition("Patient/mine", id="c", meta=TAG),
        observation("Patient/mine", id="o1", meta=TAG),
        observation("Patient/other", id="o2"),
        organization(id="org", meta=TAG),
    ):
        kind = resource["resourceType"]
        assert fhir.send("PUT", f"{kind}/{resource['id']}", resource).status_code == 201
    return fhir


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("?_type=Patient,Condition", "Condition/c Patient/mine Patient/other"),
        ("?_type=Patient&_type=Condition&_id=mine", "Patient/mine"),
        ("?_type=Observation,Condition&patient=mine", "Condition/c Observation/o1"),
        ("?_type=Observation,Condition&subject.identifier=P2", "Observation/o2"),
        ("?_tag=x", "Condition/c Observation/o1 Organization/org Patient/mine"),
        ("?_id=o2,org", "Observation/o2 Organization/org"),
        ("?_lastUpdated=lt2020-01-01", ""),
        ("Patient/mine/*", "Condition/c Observation/o1 Patient/mine"),
        ("Patient/mine/*?_type=Condition,Observation&_tag=x", "Condition/c Observation/o1"),
        ("Patient/nobody/*", ""),
    ],
)
def test_several_types_are_searched_by_what_they_share(record: Fhir, path: str, found: str) -> None:
    assert " ".join(record.found(path)) == found


def test_a_form_asks_the_system_too(record: Fhir) -> None:
    answer = record.client.post(
        "/fhir/_search", data={"_type": "Patient,Condition", "_tag": "x"}, headers=record.headers
    )

    assert names(answer.json) == ["Condition/c", "Patient/mine"]
    assert link(answer.json, "self") == "http://127.0.0.1:8042/fhir?_type=Patient,Condition&_tag=x"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_pages_go_on_from_one_type_to_the_next(record: Fhir, count: int) -> None:
    every, path = [], f"?_tag=x&_count={count}"
    while path:
        page = record.get(path).json
        assert len(names(page)) <= count
        every += names(page)
        path = link(page, "next") or ""

    assert every == ["Condition/c", "Observation/o1", "Organization/org", "Patient/mine"]


def test_totals_are_of_all_types(record: Fhir) -> None:
    assert record.get("?_tag=x").json["total"] == 4  # type: ignore[index]
    assert record.get("?_tag=x&_summary=count").json["total"] == 4  # type: ignore[index]
    assert record.get("?_tag=x&_count=1&_total=accurate").json["total"] == 4  # type: ignore[index]


def test_includes_start_from_the_types_that_have_them(record: Fhir) -> None:
    page = record.get("?_type=Condition,Observation&_include=Condition:subject&_tag=x").json

    assert names(page, "include") == ["Patient/mine"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("?gender=female", "gender"),
        ("?_type=Patient,Condition&gender=female", "gender"),
        ("?_type=Colour", "_type"),
        ("?_type=AuditEvent", "_type"),
        ("?_type=Patient,Condition&_sort=_lastUpdated", "_sort"),
        ("Patient/mine/*?_type=Organization", "_type"),
    ],
)
def test_what_one_of_the_types_has_not_is_refused(record: Fhir, path: str, place: str) -> None:
    answer = record.get(path)

    assert answer.status_code == 400
    assert answer.json["issue"][0]["expression"] == [place]  # type: ignore[index]


def test_a_lenient_client_is_told_what_was_left_out(record: Fhir) -> None:
    page = record.get("?_type=Patient,Condition&gender=male&_tag=x", Prefer="handling=lenient").json

    assert names(page) == ["Condition/c", "Patient/mine"]
    assert len(names(page, "outcome")) == 1
    assert link(page, "self") == "http://127.0.0.1:8042/fhir?_type=Patient,Condition&_tag=x"


def test_the_way_back_leads_through_the_same_pages(record: Fhir) -> None:
    for path in (
        "?_tag=x&_count=1",
        "Observation?_count=1",
        "_history?_count=2",
        "Patient?_sort=-gender&_count=1",
    ):
        forth = [record.get(path).json]
        while after := link(forth[-1], "next"):
            forth.append(record.get(after).json)
        back = [forth[-1]]
        while before := link(back[-1], "prev"):
            back.append(record.get(before).json)

        assert [page["entry"] for page in back] == [page["entry"] for page in reversed(forth)]  # type: ignore[index]
        assert {link(page, "first") for page in forth} == {link(forth[0], "self")}
        assert [link(page, "last") for page in forth] == [None] * (len(forth) - 1) + [link(forth[-1], "self")]
