"""batch and transaction."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import bundle, condition, encounter, entry, organization, patient, practitioner

PATIENT = "urn:uuid:1f3b9c1e-0000-4000-8000-000000000001"
VISIT = "urn:uuid:1f3b9c1e-0000-4000-8000-000000000002"


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["response"]["status"].partition(" ")[0] for each in answer.json["entry"]]


def places(answer: Any) -> list[str]:
    """`Type/id` of each entry's location."""
    return [place(answer, index) for index in range(len(answer.json["entry"]))]


def place(answer: Any, index: int) -> str:
    location: str = answer.json["entry"][index]["response"]["location"]
    return location.split("/fhir/")[1].partition("/_h")[0]


def test_entries_refer_to_one_another_in_any_order(fhir: Fhir) -> None:
    narrative = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{PATIENT}">she</a></div>'
    answer = fhir.send(
        "POST",
        "",
        bundle(
            entry(condition(PATIENT, encounter={"reference": VISIT}), full_url="urn:uuid:c"),
            entry(
                encounter(PATIENT, text={"status": "generated", "div": narrative}),
                full_url=VISIT,
            ),
            entry(patient(), full_url=PATIENT),
        ),
    )
    tumour, visit, person = places(answer)

    assert answer.json["type"] == "transaction-response"  # type: ignore[index]
    assert statuses(answer) == ["201"] * 3
    assert fhir.found(f"Condition?subject={person}&encounter={visit}") == [tumour]
    assert f'href=\\"{person}\\"' in fhir.get(visit).text
    assert "urn:uuid" not in fhir.get(visit).text + fhir.get(tumour).text


def test_a_reference_relative_to_the_full_url_is_found(fhir: Fhir) -> None:
    base = "http://elsewhere.example.org/fhir"
    answer = fhir.send(
        "POST",
        "",
        bundle(
            entry(patient(), full_url=f"{base}/Patient/7"),
            entry(condition("Patient/7"), full_url=f"{base}/Condition/8"),
        ),
    )
    person, tumour = places(answer)

    assert fhir.found(f"Condition?subject={person}") == [tumour]


def test_an_address_that_is_another_resources_is_refused_with_its_place(fhir: Fhir) -> None:
    named = {**patient(), "id": "b"}
    other = entry(named, "PUT", "Patient/b", full_url="http://elsewhere.example.org/fhir/Patient/a")

    alone = fhir.send("POST", "", bundle(entry(condition("Patient/b")), other))
    each = fhir.send("POST", "", bundle(entry(patient()), other, kind="batch"))

    assert alone.status_code == 400
    assert alone.json["issue"][0]["expression"] == ["Bundle.entry[1].fullUrl"]  # type: ignore[index]
    assert statuses(each) == ["201", "400"]


def test_the_texts_of_entries_stay_as_they_are(fhir: Fhir) -> None:
    resource = b'{"resourceType":"Patient",  "extension":[{"url":"http://e.org/x","valueDecimal":1.0}]}'
    sent = b'{"type":"transaction","resourceType":"Bundle","entry":[{"resource":' + resource
    answer = fhir.send("POST", "", sent + b',"request":{"method":"POST","url":"Patient"}}]}')

    assert b'  "extension":[{"url":"http://e.org/x","valueDecimal":1.0}]}' in fhir.get(places(answer)[0]).data


BAD_ENTRIES = [
    (entry(patient(gender="mmale")), 400, "Bundle.entry[1].resource.gender"),
    (entry(patient(), url="Observation"), 400, "Bundle.entry[1].resourceType"),
    (entry(patient(id="b"), "PUT", "Patient/a"), 400, None),
    (entry(patient(), "PUT", "Patient"), 400, "Bundle.entry[1].request.url"),
    (entry(patient(), url="http://elsewhere.org/fhir/Patient"), 400, "Bundle.entry[1].request.url"),
    (entry(patient(), url="Patient/x"), 400, "Bundle.entry[1].request.url"),
    (entry(patient(id="a"), "PATCH", "Patient/a"), 400, "Bundle.entry[1].resource"),
    (entry(patient(), full_url="urn:uuid:first"), 400, "Bundle.entry[1].request.url"),
    ({"resource": patient()}, 400, "Bundle.entry[1].request"),
    (entry(None, "POST", "Patient"), 400, "Bundle.entry[1].resource"),
    (entry(patient(id="x"), "PUT", "Patient/x", ifMatch='W/"5"'), 412, "Bundle.entry[1].request"),
    (entry(condition("Patient?identifier=nobody")), 412, None),
    (entry(patient(), ifNoneExist="colour=red"), 400, "colour"),
    (entry(None, "DELETE", "Patient?gender=female"), 412, "Bundle.entry[1].request"),
]


@pytest.mark.parametrize(("bad", "status", "place"), BAD_ENTRIES)
def test_one_bad_entry_stops_the_whole_transaction(
    fhir: Fhir, bad: dict[str, Any], status: int, place: str | None
) -> None:
    there = [fhir.create(patient(f"P{n}")) for n in range(2)]
    answer = fhir.send("POST", "", bundle(entry(organization(), full_url="urn:uuid:first"), bad))

    assert answer.status_code == status, answer.text
    assert place is None or answer.json["issue"][0]["expression"] == [place]  # type: ignore[index]
    assert fhir.found("Organization") == []
    assert fhir.found("Patient") == there


def test_a_batch_answers_each_entry_for_itself(fhir: Fhir) -> None:
    sent = [
        entry(organization(), full_url="urn:uuid:first"),
        *(bad for bad, _, _ in BAD_ENTRIES[:7]),
        entry(None, "GET", "Organization?name=clinic"),
        entry(None, "GET", "Organization/nobody"),
        entry(None, "DELETE", "Organization/nobody"),
    ]
    answer = fhir.send("POST", "", bundle(*sent, kind="batch"))
    found = answer.json["entry"][8]["resource"]  # type: ignore[index]

    assert (answer.status_code, answer.json["type"]) == (200, "batch-response")  # type: ignore[index]
    assert statuses(answer) == ["201", *["400"] * 7, "200", "404", "204"]
    assert answer.json["entry"][1]["response"]["outcome"]["resourceType"] == "OperationOutcome"  # type: ignore[index]
    assert len(found["entry"]) == 1


def test_conditional_entries_and_references_find_what_is_there(fhir: Fhir) -> None:
    numbered = practitioner(identifier=[{"system": "urn:npi", "value": "1"}])
    doctor = fhir.create(numbered)
    clinic = "Organization?identifier=urn:org|9"
    sent = bundle(
        entry(
            encounter(
                PATIENT,
                participant=[{"individual": {"reference": "Practitioner?identifier=urn:npi|1"}}],
                serviceProvider={"reference": clinic},
            )
        ),
        entry(patient("P9"), full_url=PATIENT, ifNoneExist="identifier=urn:hilum:mrn|P9"),
        entry(organization(identifier=[{"system": "urn:org", "value": "9"}]), full_url="urn:uuid:org"),
        entry({**numbered, "active": True}, "PUT", "Practitioner?identifier=urn:npi|1"),
    )
    first = fhir.send("POST", "", sent)
    visit, person, organisation, _ = places(first)

    assert statuses(first) == ["201", "201", "201", "200"]
    assert fhir.found(f"Encounter?subject={person}&participant={doctor}") == [visit]
    assert fhir.found(f"Encounter?service-provider={organisation}") == [visit]
    again = fhir.send("POST", "", bundle(*sent["entry"][:2]))
    assert statuses(again) == ["201", "200"]
    assert places(again)[1] == person
    assert len(fhir.found(f"Encounter?subject={person}")) == 2


def test_transactions_at_once_share_what_they_create_on_a_condition(fhir: Fhir) -> None:
    sent = bundle(
        entry(condition(PATIENT)), entry(patient("P9"), full_url=PATIENT, ifNoneExist="identifier=P9")
    )

    def send(_: int) -> int:
        return Fhir(fhir.client.application.test_client(), fhir.headers).send("POST", "", sent).status_code

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(send, range(4))) == [200] * 4

    (person,) = fhir.found("Patient")
    assert len(fhir.found(f"Condition?subject={person}")) == 4


def test_deletions_come_first_and_readings_last(fhir: Fhir) -> None:
    old = fhir.create(patient("P1"))
    answer = fhir.send(
        "POST",
        "",
        bundle(
            entry(None, "GET", "Patient?identifier=P1"),
            entry(patient("P1")),
            entry(None, "DELETE", old),
        ),
    )

    assert statuses(answer) == ["200", "201", "204"]
    assert fhir.found("Patient?identifier=P1") == [place(answer, 1)]
    assert answer.json["entry"][0]["resource"]["total"] == 1  # type: ignore[index]


VERSIONS_DEMANDED = [
    ({"ifMatch": 'W/"1"'}, True),
    ({"ifMatch": 'W/"7", W/"1"'}, True),
    ({"ifMatch": "*"}, True),
    ({"ifMatch": 'W/"2"'}, False),
    ({"ifNoneMatch": "*"}, False),
    ({"ifNoneMatch": 'W/"1"'}, False),
    ({"ifNoneMatch": 'W/"2"'}, True),
    ({"ifModifiedSince": "2018-01-01T00:00:00Z"}, True),
]


@pytest.mark.parametrize(("request_of", "holds"), VERSIONS_DEMANDED)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_an_entry_holds_only_for_the_version_that_it_demands(
    fhir: Fhir, request_of: dict[str, str], holds: bool, method: str, kind: str
) -> None:
    fhir.send("PUT", "Patient/a", patient(id="a"))
    body = patient(id="a", gender="male") if method == "PUT" else None
    answer = fhir.send("POST", "", bundle(entry(body, method, "Patient/a", **request_of), kind=kind))
    status = answer.status_code if kind == "transaction" else int(statuses(answer)[0])

    assert status == ((200 if kind == "transaction" or method == "PUT" else 204) if holds else 412)
    assert (fhir.get("Patient/a").headers.get("ETag") == 'W/"1"') is not holds


NOTHING_TO_READ = [
    ("Patient/nobody", 404, "Bundle.entry[1].request"),
    ("Patient/old", 410, "Bundle.entry[1].request"),
    ("Patient/mine/_history/7", 404, "Bundle.entry[1].request"),
    ("Patient/nobody/_history", 404, "Bundle.entry[1].request"),
    ("Patient?colour=red", 400, "Bundle.entry[1].colour"),
    ("Patient/mine?_summary=loud", 400, "Bundle.entry[1]._summary"),
]


@pytest.mark.parametrize(("url", "status", "place"), NOTHING_TO_READ)
@pytest.mark.parametrize("writes", [True, False])
def test_a_reading_that_fails_stops_the_whole_transaction(
    fhir: Fhir, url: str, status: int, place: str, writes: bool
) -> None:
    for name in ("old", "mine"):
        fhir.send("PUT", f"Patient/{name}", patient(name, id=name))
    fhir.send("DELETE", "Patient/old")
    first = entry(organization()) if writes else entry(None, "GET", "Patient/mine")
    answer = fhir.send("POST", "", bundle(first, entry(None, "GET", url)))

    assert (answer.status_code, answer.json["issue"][0]["expression"]) == (status, [place])  # type: ignore[index]
    assert fhir.found("Organization") == []


def test_a_transaction_reads_what_it_makes_and_not_what_it_ends(fhir: Fhir) -> None:
    reading = entry(None, "GET", "Patient/a")
    made = fhir.send("POST", "", bundle(reading, entry(patient(id="a"), "PUT", "Patient/a")))
    ended = fhir.send("POST", "", bundle(reading, entry(None, "DELETE", "Patient/a")))

    assert statuses(made) == ["200", "201"]
    assert made.json["entry"][0]["resource"]["id"] == "a"  # type: ignore[index]
    assert ended.status_code == 410
    assert fhir.get("Patient/a").headers["ETag"] == 'W/"1"'


def test_the_same_resource_twice_is_refused(fhir: Fhir) -> None:
    twice = [entry(patient("P1", id="a"), "PUT", "Patient/a")] * 2
    fhir.send("PUT", "Patient/b", patient("P2", id="b"))
    by_two_names = [
        entry(patient("P2", id="b"), "PUT", "Patient/b"),
        entry(patient("P2"), "PUT", "Patient?identifier=P2"),
    ]
    for entries in (twice, by_two_names):
        assert fhir.send("POST", "", bundle(*entries)).status_code == 400

    assert fhir.get("Patient/b").headers["ETag"] == 'W/"1"'


def test_written_resources_come_back_when_the_client_prefers_them(fhir: Fhir) -> None:
    sent = bundle(entry(patient()))
    plain = fhir.send("POST", "", sent).json["entry"][0]  # type: ignore[index]
    whole = fhir.send("POST", "", sent, Prefer="return=representation").json["entry"][0]  # type: ignore[index]

    assert "resource" not in plain
    assert whole["resource"]["birthDate"] == "1970-02-03"
    assert whole["fullUrl"].endswith(f"Patient/{whole['resource']['id']}")


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        {"resourceType": "Bundle", "type": "searchset"},
        {"resourceType": "Bundle", "type": "transaction", "entry": {}},
        {"resourceType": "Bundle", "type": "batch", "entry": [[]]},
        {"resourceType": "Bundle", "type": "batch", "entry": [None]},
    ],
)
def test_only_bundles_of_requests_are_posted_to_the_base(fhir: Fhir, body: dict[str, Any]) -> None:
    assert fhir.send("POST", "", body).status_code == 400


def test_an_empty_transaction_is_one(fhir: Fhir) -> None:
    answer = fhir.send("POST", "", bundle())

    assert (answer.status_code, answer.json) == (
        200,
        {"resourceType": "Bundle", "type": "transaction-response"},
    )
    assert fhir.send("POST", "", bundle(*[entry(None, "GET", "Patient")] * 10_001)).status_code == 413
