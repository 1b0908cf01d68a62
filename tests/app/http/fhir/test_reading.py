"""read, vread and history."""

from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir, link
from tests.factories.fhir import patient

AS_WRITTEN = (
    b'{ "resourceType" : "Patient",\r\n\t"name":[{"family":"\xec\x9d\xb4","given":["A\\u00e4"]}],\n'
    b'  "extension": [{"valueDecimal": 0.10, "url": "http://example.org/weight"}], "active":true }'
)


def test_a_read_is_the_text_as_it_was_written_with_id_and_meta(fhir: Fhir) -> None:
    created = fhir.send("POST", "Patient", AS_WRITTEN)
    found = fhir.get(f"Patient/{created.json['id']}")  # type: ignore[index]

    assert found.data == created.data
    before, _, after = found.text.partition(found.json["id"] + '","meta"')  # type: ignore[index]
    assert before == '{ "resourceType" : "Patient","id":"'
    assert after.partition("}")[2] == AS_WRITTEN.decode().partition('"Patient"')[2]


def test_a_read_says_which_version_it_is(fhir: Fhir) -> None:
    name = fhir.create(patient())
    answer = fhir.get(name)

    assert answer.headers["ETag"] == 'W/"1"'
    assert answer.headers["Last-Modified"].endswith("GMT")
    assert answer.mimetype == "application/fhir+json"
    assert answer.json["meta"]["versionId"] == "1"  # type: ignore[index]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": 'W/"1"'}, 304),
        ({"If_None_Match": 'W/"2"'}, 200),
        ({"If_Modified_Since": "Tue, 01 Jan 2036 00:00:00 GMT"}, 304),
        ({"If_Modified_Since": "Tue, 01 Jan 2019 00:00:00 GMT"}, 200),
        ({"Accept": "application/json"}, 200),
        ({"Accept": "text/json"}, 200),
        ({"Accept": "application/fhir+json; fhirVersion=4.0"}, 200),
        ({"Accept": "application/fhir+json;fhirVersion=3.0, application/json;fhirVersion=4.0;q=0.5"}, 200),
        ({"Accept": 'application/fhir+json; profile="http://example.org/p"; charset=utf-8'}, 200),
        ({"Accept": "application/fhir+json; fhirVersion=3.0"}, 406),
        ({"Accept": "application/fhir+turtle"}, 406),
        ({"Accept": "application/fhir+turtle;q=0.9, */*;q=0.1"}, 200),
    ],
)
def test_a_read_minds_its_headers(fhir: Fhir, headers: dict[str, str], status: int) -> None:
    answer = fhir.get(fhir.create(patient()), **headers)

    assert answer.status_code == status
    assert bool(answer.data) is (status != 304)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/fhir+json"),
        ("application/fhir+json; fhirVersion=4.0", "application/fhir+json"),
        ("application/json", "application/json"),
        ("text/json", "text/json"),
    ],
)
def test_an_answer_is_of_the_type_that_was_asked_for(fhir: Fhir, accept: str, media_type: str) -> None:
    answer = fhir.get("metadata", Accept=accept)

    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("json", 200),
        ("application/fhir+json", 200),
        ("application/fhir%2Bjson;fhirVersion=4.0", 200),
        ("application/fhir%2Bjson;fhirVersion=3.0", 406),
        ("text/json", 200),
        ("ttl", 406),
    ],
)
def test_a_format_may_be_asked_for_in_the_address(fhir: Fhir, name: str, status: int) -> None:
    assert fhir.get(f"{fhir.create(patient())}?_format={name}").status_code == status


def test_head_is_a_read_without_its_body(fhir: Fhir) -> None:
    answer = fhir.send("HEAD", fhir.create(patient()))

    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (200, b"", 'W/"1"')


def test_what_never_was_is_not_found_and_what_was_deleted_is_gone(fhir: Fhir) -> None:
    name = fhir.create(patient())
    fhir.send("DELETE", name)

    assert fhir.get("Patient/nobody").status_code == 404
    assert fhir.get(name).status_code == 410
    assert fhir.get(name).json["issue"][0]["code"] == "deleted"  # type: ignore[index]
    assert fhir.get("Patients/nobody").status_code == 404
    assert fhir.get("Patients/nobody").json["resourceType"] == "OperationOutcome"  # type: ignore[index]


def test_every_version_stays_readable(fhir: Fhir) -> None:
    name = fhir.create(patient(birthDate="1970-01-01"))
    fhir.send("PUT", name, patient(id=name.partition("/")[2], birthDate="1971-01-01"))
    fhir.send("DELETE", name)

    births = [fhir.get(f"{name}/_history/{n}").json["birthDate"] for n in (1, 2)]  # type: ignore[index]
    assert births == ["1970-01-01", "1971-01-01"]
    assert fhir.get(f"{name}/_history/3").status_code == 410
    assert fhir.get(f"{name}/_history/4").status_code == 404
    assert fhir.get(f"{name}/_history/x").status_code == 404


def test_elements_are_cut_out_without_touching_them(fhir: Fhir) -> None:
    created = fhir.send("POST", "Patient", AS_WRITTEN)
    found = fhir.get(f"Patient/{created.json['id']}?_elements=extension")  # type: ignore[index]

    assert b'[{"valueDecimal": 0.10, "url": "http://example.org/weight"}]' in found.data
    assert set(found.json or ()) == {"resourceType", "id", "meta", "extension"}
    assert found.json["meta"]["tag"][0]["code"] == "SUBSETTED"  # type: ignore[index]


def requests_of(history: Any) -> list[tuple[str, str]]:
    return [(each["request"]["method"], each["response"]["status"]) for each in history["entry"]]


def test_a_history_is_what_was_done_the_newest_first(fhir: Fhir) -> None:
    name = fhir.create(patient())
    fhir.send("PUT", name, patient(id=name.partition("/")[2]))
    fhir.send("DELETE", name)
    history = fhir.get(f"{name}/_history").json

    assert history["type"] == "history"  # type: ignore[index]
    assert requests_of(history) == [("DELETE", "204 No Content"), ("PUT", "200 OK"), ("POST", "201 Created")]
    assert "resource" not in history["entry"][0]  # type: ignore[index]
    assert history["entry"][2]["resource"]["meta"]["versionId"] == "1"  # type: ignore[index]
    assert fhir.get("Patient/nobody/_history").status_code == 404


@pytest.mark.parametrize("path", ["Patient/_history", "_history"])
def test_a_history_is_paged_without_gap_or_overlap(fhir: Fhir, path: str) -> None:
    names = [fhir.create(patient()) for _ in range(5)]
    seen, address = [], f"{path}?_count=2"
    while address:
        page = fhir.get(address).json
        assert len(page["entry"]) <= 2  # type: ignore[index]
        seen += [f"Patient/{each['resource']['id']}" for each in page["entry"]]  # type: ignore[index]
        address = link(page, "next") or ""

    assert seen == names[::-1]


def test_a_history_begins_where_it_is_asked_to(fhir: Fhir) -> None:
    name = fhir.create(patient())
    first = fhir.get(name).json["meta"]["lastUpdated"]  # type: ignore[index]
    fhir.send("PUT", name, patient(id=name.partition("/")[2]))
    second = fhir.get(name).json["meta"]["lastUpdated"]  # type: ignore[index]

    def versions(query: str) -> list[str]:
        bundle = fhir.get(f"{name}/_history?{query}").json
        return [each["resource"]["meta"]["versionId"] for each in bundle.get("entry", ())]  # type: ignore[union-attr]

    assert versions(f"_since={second}") == ["2"]
    assert versions(f"_since={first}") == ["2", "1"]
    assert versions(f"_at={first}") == ["1"]
    assert versions(f"_at={second}") == ["2"]
    assert versions("_at=2019") == []
    assert fhir.get(f"{name}/_history?_since=yesterday").status_code == 400
    assert fhir.get(f"{name}/_history?name=x").status_code == 400


def test_a_slash_at_the_end_of_an_address_is_let_be(fhir: Fhir) -> None:
    name = fhir.create(patient())

    for path in (name, f"{name}/_history", "Patient", "Patient/$meta"):
        assert fhir.get(f"{path}/").status_code == fhir.get(path).status_code == 200, path
    assert fhir.send("PUT", f"{name}/", fhir.get(name).json).status_code == 200


def test_a_history_on_one_page_is_counted(fhir: Fhir) -> None:
    name = fhir.create(patient())
    fhir.send("DELETE", name)

    assert fhir.get(f"{name}/_history").json["total"] == 2  # type: ignore[index]
    assert "total" not in fhir.get(f"{name}/_history?_count=1").json  # type: ignore[operator]
