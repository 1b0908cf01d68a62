"""search: `_text` and `_content`, in any language, as the caller may see it."""

from threading import Event
from typing import Any

import pytest

from app.records.search.words import worded
from app.security.demo import demo_name
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work.words import words_lane
from graph.accounts.accounts import Granted
from graph.clock import now
from graph.errors import Invalid
from graph.query.expression import Worded
from graph.query.rows import within_of
from graph.resources.wordings import WordingStore
from graph.schema.filling import fill_in
from graph.scope import AccessScope
from graph.session import Graph
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir, found, names
from tests.factories.fhir import patient, reference

DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>{}</p></div>'


def report(id_: str, patient_id: str, text: str, conclusion: str) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "24627-2", "display": "CT of the chest"}]},
        "subject": reference(f"Patient/{patient_id}"),
        "conclusion": conclusion,
        "text": {"status": "generated", "div": DIV.format(text)},
    }


RECORD = (
    patient("P1", id="ana", name=[{"family": "Angström"}]),
    patient("P2", id="bo", name=[{"family": "김", "given": ["보람"]}]),
    report("one", "ana", "Bone metastases in the <b>left</b> femur &amp; liver", "Progressive disease"),
    report("two", "bo", "The liver is normal", "폐암 소견 없음, no metastatic disease"),
    report("three", "bo", "Bone scan", "Disease, progressive"),
)


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    return fhir.hold(*RECORD)


def test_words_phrases_and_their_joins(record: Fhir) -> None:
    reports = {
        "_text=liver": "one two",
        "_text=LIVER": "one two",
        "_text=left femur": "one",
        '_text="femur left"': "",
        '_text="left femur"': "one",
        "_text=(bone or liver) and metastases": "one",
        "_text=bone OR normal": "one three two",
        "_text=bone not scan": "one",
        "_text=metast*": "one",
        "_text=progressive": "",
        "_text=bone,normal": "one three two",
        "_text=the liver": "one two",
        "_text=amp": "",
        "_content=progressive": "one three",
        '_content="progressive disease"': "one",
        "_content=liver": "one two",
        "_content=chest": "one three two",
        "_content=24627-2": "one three two",
        "_content=loinc": "",
        "_content=폐암": "two",
        "_content=폐": "two",
        "_content=소견": "two",
        "_content=암소": "",
        "_content=disease&patient=bo": "three two",
        "_content=disease&_text=bone": "one three",
        "_content=disease&_sort=-_id": "one three two",
        "patient._content=보람&_text=bone": "three",
    }
    asked = {f"DiagnosticReport?{query}": ids for query, ids in reports.items()}
    asked |= {
        "Patient?_content=보람": "bo",
        "Patient?_has:DiagnosticReport:patient:_text=bone": "ana bo",
        "Patient?_content=angstrom": "",
        "Patient?_content=Angström": "ana",
    }
    assert found(record, asked) == asked
    assert record.get("DiagnosticReport?_content=disease&_summary=count").json["total"] == 3  # type: ignore[index]


def test_pages_of_words_follow_one_another(record: Fhir) -> None:
    first = record.get("DiagnosticReport?_content=disease&_count=2").json
    following = next(each["url"] for each in first["link"] if each["relation"] == "next")  # type: ignore[index]

    assert names(first) == ["DiagnosticReport/one", "DiagnosticReport/two"]
    assert names(record.get(following).json) == ["DiagnosticReport/three"]


def test_words_are_those_of_the_current_version(record: Fhir, graph: Graph, tenant: str) -> None:
    assert record.found("DiagnosticReport?_text=femur") == ["DiagnosticReport/one"]
    record.send("PUT", "DiagnosticReport/one", report("one", "ana", "Nothing", "Stable"))
    record.send("DELETE", "DiagnosticReport/three")

    expected = {"DiagnosticReport?_text=femur": "", "DiagnosticReport?_content=stable": "one"}
    expected["DiagnosticReport?_content=disease"] = "two"
    assert found(record, expected) == expected
    scope = AccessScope(tenant, "tests", "any", "test")
    words_lane(WordingStore(graph), scope).work(Event())
    gone = "MATCH (w:GoneWording) WHERE w.within = $own RETURN count(w) AS count"
    assert graph.read(gone, own=within_of(tenant, "DiagnosticReport")) == [{"count": 0}]
    assert found(record, expected) == expected


def test_who_sees_one_patient_finds_words_of_that_one_only(
    record: Fhir, services: Wiring, as_role: AsRole
) -> None:
    guest = as_role("teleradiologist")
    scope = system_scope(services.sites.own.tenant)
    services.accounts.grant(scope, demo_name("teleradiologist"), Granted("bo"), now())
    answer = Fhir(record.client, guest).get("DiagnosticReport?_content=disease&_total=accurate").json

    assert names(answer) == ["DiagnosticReport/two", "DiagnosticReport/three"]
    assert answer["total"] == 2  # type: ignore[index]


@pytest.mark.parametrize("text", ["", "the of and", "(bone", "bone)", '"bone', "!!", "not", "or", "()", "*"])
def test_what_holds_no_words_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        worded("Patient", "_content", [text])


def test_no_sign_of_a_client_means_anything_to_the_index(record: Fhir) -> None:
    for text in ("a:b", "x OR *:*", "within:k", "[a TO z]", "a\\", "/.*/", "a~5", "x^9", "a AND"):
        answer = record.get(f"DiagnosticReport?_content=zebra {text}&_text=bone")
        assert (answer.status_code, set(names(answer.json)) - {"DiagnosticReport/x"}) == (200, set()), text


def test_every_word_stands_in_quotes() -> None:
    assert worded("Patient", "_text", ["a:b or c*"]) == Worded(
        "Patient", '((+narrative:"a:b") (+narrative:c*))'
    )


def test_words_do_not_decide_a_write(record: Fhir) -> None:
    answer = record.send("DELETE", "DiagnosticReport?_content=disease")

    assert answer.status_code == 400, answer.text


def test_what_an_earlier_release_wrote_is_given_what_it_lacks(
    record: Fhir, graph: Graph, tenant: str
) -> None:
    place = {"resourceType": "Location", "id": "here", "position": {"latitude": 37.5, "longitude": 127.0}}
    inside = {**report("four", "bo", "Other", "Other"), "subject": {"identifier": {"value": "1"}}}
    record.send("PUT", "Location/here", place)
    record.send("PUT", "DiagnosticReport/four", inside)
    expected = {
        "DiagnosticReport?_text=liver": "one two",
        "DiagnosticReport?subject:missing=true": "",
        "Location?near=37.5|127|1": "here",
    }
    assert found(record, expected) == expected
    for lost in (
        "(v:Wording|NewWording)",
        "(v:Term WHERE v.key ENDS WITH '|#')",
        "(v:Span WHERE v.low = 37.5)",
    ):
        text = f"MATCH {lost}-[:OF]->(r:Resource) WHERE r.key STARTS WITH $of DETACH DELETE v"
        graph.write(lambda transaction, text=text: transaction.run(text, of=f"{tenant}|"))
    assert found(record, expected) == {
        "DiagnosticReport?_text=liver": "",
        "DiagnosticReport?subject:missing=true": "four",
        "Location?near=37.5|127|1": "",
    }

    fill_in(graph)
    fill_in(graph)

    assert found(record, expected) == expected
