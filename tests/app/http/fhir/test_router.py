"""An entry of a Bundle is routed as a request is: the same table, the same rights, the same answers."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.http.fhir.exchange import Answer
from app.http.fhir.operations import FhirOperation
from app.http.fhir.router import EntryRouter
from app.records.bundles.entries import EntryRequest
from app.security.demo import demo_name
from app.wiring import Wiring
from graph.clock import now
from graph.errors import Invalid
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import bundle, condition, entry, patient
from tests.factories.scopes import scope_of

READINGS = [
    "Patient/mine",
    "Patient/mine?_summary=text",
    "Patient/mine?_summary=loud",
    "Patient/mine/_history",
    "Patient/mine/_history?_count=x",
    "Patient/mine/_history/1",
    "Patient/mine/_history/9",
    "Patient/nobody",
    "Patient/mine/Condition",
    "Patient?gender=female",
    "Patient?colour=red",
    "Condition?subject=Patient/mine&_include=Condition:subject",
    "Condition/_history",
    "_history",
    "/Patient/mine",
    "Patient%2Fmine",
    "metadata",
    "metadata?mode=terminology",
]


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    fhir.send("PUT", "Patient/mine", patient(id="mine"))
    fhir.send("PUT", "Condition/hers", condition("Patient/mine", id="hers"))
    return fhir


def in_batch(fhir: Fhir, *entries: dict[str, Any], kind: str = "batch") -> list[dict[str, Any]]:
    """The entries of the answer to a Bundle."""
    answer = fhir.send("POST", "", bundle(*entries, kind=kind))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["entry"]
    return found


@pytest.mark.parametrize("path", READINGS)
def test_a_reading_is_answered_as_by_itself(record: Fhir, path: str) -> None:
    alone = record.get(path.lstrip("/"))
    (inside,) = in_batch(record, entry(None, "GET", path))

    assert inside["response"]["status"].startswith(f"{alone.status_code} ")
    assert inside["response"].get("etag") == alone.headers.get("ETag")
    assert (inside.get("resource") or inside["response"]["outcome"]) == alone.get_json()


@pytest.mark.parametrize("path", READINGS)
def test_a_reading_of_a_transaction_is_answered_as_by_itself_or_fails_it(record: Fhir, path: str) -> None:
    alone = record.get(path.lstrip("/"))
    answer = record.send("POST", "", bundle(entry(None, "GET", path)))

    assert answer.status_code == alone.status_code
    if answer.status_code == 200:
        assert answer.get_json()["entry"][0]["resource"] == alone.get_json()


@pytest.mark.parametrize(
    ("path", "there", "elsewhere"),
    [
        ("$nothing", "$convert, $export", "$lastn"),
        ("Observation/$nothing", "$lastn, $meta", "$everything"),
        ("Patient/mine/$nothing", "$everything", "$match"),
        ("Patient/mine/$expand", "$everything", "$match"),
        ("AuditEvent/$meta", "nor any other", "$"),
    ],
)
def test_who_asks_for_an_operation_that_there_is_not_is_told_which_there_are(
    record: Fhir, path: str, there: str, elsewhere: str
) -> None:
    for method in ("GET", "POST", "HEAD"):
        assert record.send(method, path).status_code == 404
    told = record.get(path).json["issue"][0]["diagnostics"]  # type: ignore[index]

    (inside,) = in_batch(record, entry(None, "GET", path))
    assert inside["response"]["outcome"]["issue"][0]["diagnostics"] == told
    assert there in told
    assert path.rpartition("/")[2] not in told.partition("it has")[2]
    assert elsewhere not in told.partition(" here")[2]


@pytest.mark.parametrize("path", ["$convert", "Patient/mine/$meta-add", "Patient/$merge"])
def test_an_operation_that_is_no_reading_is_asked_by_post(record: Fhir, path: str) -> None:
    answer = record.get(path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")


def test_a_whole_address_of_this_server_is_one_of_its_own(record: Fhir) -> None:
    (inside,) = in_batch(record, entry(None, "GET", "http://127.0.0.1:8042/fhir/Patient/mine"))

    assert inside["resource"]["id"] == "mine"


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        ({"ifNoneMatch": 'W/"1"'}, 304),
        ({"ifNoneMatch": 'W/"2"'}, 200),
        ({"ifMatch": 'W/"2"'}, 412),
        ({"ifModifiedSince": "2100-01-01T00:00:00.000Z"}, 304),
        ({"ifModifiedSince": "2018-01-01T00:00:00.000Z"}, 200),
    ],
)
def test_a_reading_may_be_conditional(record: Fhir, request_of: dict[str, str], status: int) -> None:
    (inside,) = in_batch(record, entry(None, "GET", "Patient/mine", **request_of))

    assert inside["response"]["status"].startswith(f"{status} ")
    assert ("resource" in inside) is (status == 200)


@pytest.mark.parametrize(
    ("method", "url", "place"),
    [
        ("GET", "Colour/1", "url"),
        ("GET", "Patient/1/2/3", "url"),
        ("GET", "Patient//mine", "url"),
        ("GET", "http://elsewhere.example.org/fhir/Patient/mine", "url"),
        ("POST", "Patient/_search", "url"),
        ("PUT", "", "url"),
        ("DELETE", "Patient/mine/_history/1", "url"),
        ("PATCH", "Patient/mine/_history/1", "url"),
    ],
)
def test_what_the_table_has_not_is_refused_with_its_place(
    record: Fhir, method: str, url: str, place: str
) -> None:
    wrong = entry(patient(id="mine") if method in ("POST", "PUT") else None, method, url)
    (inside,) = in_batch(record, wrong)
    whole = record.send("POST", "", bundle(entry(patient("P7")), wrong))

    assert inside["response"]["status"] == "400 Bad Request"
    assert inside["response"]["outcome"]["issue"][0]["expression"] == [f"Bundle.entry[0].request.{place}"]
    assert whole.status_code == 400
    assert record.found("Patient") == ["Patient/mine"]


@pytest.mark.parametrize(
    "path", ["Patient/mine", "Patient?gender=female", "Patient/mine/_history", "_history"]
)
def test_a_head_is_answered_without_a_resource(record: Fhir, path: str) -> None:
    alone, whole = record.send("HEAD", path), record.get(path)
    (inside,) = in_batch(record, entry(None, "HEAD", path))

    assert (alone.status_code, alone.data) == (200, b"")
    for name in ("Content-Type", "ETag", "Content-Length"):
        assert name == "Content-Length" or alone.headers.get(name) == whole.headers.get(name)
    assert inside["response"]["status"] == "200 OK"
    assert "resource" not in inside


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_an_operation_that_reads_is_answered_as_by_itself(record: Fhir, kind: str) -> None:
    alone = record.get("Patient/mine/$meta").json
    asked = {"resourceType": "Parameters", "parameter": []}

    by_get, by_post = in_batch(
        record,
        entry(None, "GET", "Patient/mine/$meta"),
        {"resource": asked, "request": {"method": "POST", "url": "Patient/mine/$meta"}},
        kind=kind,
    )

    assert by_get["resource"] == by_post["resource"] == alone
    unknown = {**asked, "parameter": [{"name": "colour", "valueString": "red"}]}
    wrong = {"resource": unknown, "request": {"method": "POST", "url": "Patient/mine/$meta"}}
    (refused,) = in_batch(record, wrong)
    assert refused["response"]["status"] == "400 Bad Request"


def test_an_operation_that_changes_something_is_asked_by_itself() -> None:
    changing = FhirOperation("alter", ("type",), {"Resource": _nothing}, "fhir.write", changes=True)
    route = EntryRouter(tuple(changing.interactions())).route(scope_of("clinician"), "", 0)

    with pytest.raises(Invalid, match="asked by itself"):
        route(EntryRequest("POST", "Patient/$alter", {}))


def _nothing(*_: object, **__: object) -> Answer:
    return Answer(200)


def test_each_entry_needs_the_permission_of_its_interaction(
    record: Fhir, client: FlaskClient, services: Wiring
) -> None:
    token = services.issuer.issue(
        demo_name("clinician"),
        services.sites.own.tenant,
        now=now() // 1_000_000,
        token_id=uuid4().hex,
        scope="fhir.read",
        lifetime=3600,
    )
    reader = Fhir(client, {"Authorization": f"Bearer {token}"})
    sent = [entry(None, "GET", "Patient/mine"), entry(None, "DELETE", "Patient/mine")]

    read, refused = in_batch(reader, *sent)

    assert read["response"]["status"] == "200 OK"
    assert refused["response"]["status"] == "403 Forbidden"
    assert reader.send("POST", "", bundle(*sent)).status_code == 403
    assert record.get("Patient/mine").status_code == 200


def test_the_role_that_may_not_read_may_not_ask_in_a_bundle(record: Fhir, as_role: AsRole) -> None:
    researcher = Fhir(record.client, as_role("researcher"))

    assert researcher.send("POST", "", bundle(entry(None, "GET", "Patient/mine"))).status_code == 403
