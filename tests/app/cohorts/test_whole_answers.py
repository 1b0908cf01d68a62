"""CSV, NDJSON, Parquet and a Bundle of one answer hold the same rows as its JSON, whatever they say."""

import csv
import io
import json
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from pyarrow import parquet
from werkzeug.test import TestResponse

from app.cohorts.answers.files import batches as batching
from app.cohorts.answers.files import whole
from tests.app.cohorts.conftest import AS_OF, Gateway, Json, Open, mission
from tests.factories.dicom import ct_instance, uid
from tests.factories.fhir import condition, diagnostic_report, medication_request, patient

MANY = 12
ROWS: list[Json] = [
    {"resource": "MedicationRequest", "as": "rx"},
    {"resource": "ImagingStudy", "event": "ct", "as": "ct"},
    {"resource": "DiagnosticReport", "linkedTo": "ct", "as": "rep"},
]
LINKS: list[Json] = [{"from": "rep", "to": "ct"}]
FORMS = ("csv", "ndjson", "parquet")
TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "bundle": "application/fhir+json",
}
CONCLUSIONS = (
    "=1+1",
    "+82",
    "-3",
    "@x",
    "\tindent",
    "'quoted'",
    'a "b", c',
    "두 줄\n골육종",
    "plain",
    "＝wide",
)


@pytest.fixture(scope="module")
def hospital(gateways: Open) -> Gateway:
    """Patients with a drug, a CT and its report; of three the birth date is missing."""
    gateway = gateways(HILUM_QUESTION_SECONDS="60")
    for at in range(MANY + 3):
        born: Any = ("1960-05-06", "1961", "1962-07")[at % 3] if at < MANY else None
        gateway.put(
            patient(f"MRN{at}", id=f"p{at}", birthDate=born, gender="female" if at % 2 else "male"),
            condition(f"Patient/p{at}", id=f"c{at}"),
            medication_request(f"Patient/p{at}", id=f"m{at}", authoredOn=("2026-01-02", "2026-03")[at % 2]),
            diagnostic_report(
                f"Patient/p{at}",
                id=f"r{at}",
                accession=f"ACC{at}",
                conclusion=CONCLUSIONS[at % len(CONCLUSIONS)],
                effectiveDateTime="2026-02-03T04:05:06+09:00",
            ),
        )
    gateway.store(
        *(
            ct_instance(
                patient_id=f"MRN{at}",
                study_uid=uid("whole", at),
                AccessionNumber=f"ACC{at}",
                PatientName=None,
                PatientBirthDate=None,
                PatientSex=None,
            )
            for at in range(MANY + 3)
        )
    )
    return gateway


def asked(**output: Any) -> Json:
    return mission(output={"rows": ROWS, "links": LINKS, **output})


def fetch(
    hospital: Gateway, question: Json, accept: str = "*/*", role: str = "clinician", table: str | None = None
) -> TestResponse:
    return hospital.client.post(
        "/cohorts/query" + (f"?table={table}" if table else ""),
        json=question,
        headers={"Authorization": f"Bearer {hospital.tokens[role]}", "Accept": accept},
    )


def read(form: str, body: bytes) -> list[Json]:
    """The lines of a file, each value as it is said in JSON."""
    if form == "ndjson":
        return [json.loads(line) for line in body.splitlines()]
    if form == "csv":
        rows = csv.DictReader(io.StringIO(body.decode(), newline=""))
        return [{name: value.removeprefix("'") or None for name, value in row.items()} for row in rows]
    table = parquet.read_table(io.BytesIO(body)).to_pylist()
    return [
        {
            name: line.get(f"{name}AsWritten", value)
            for name, value in line.items()
            if not name.endswith("AsWritten")
        }
        for line in table
    ]


def as_csv(line: Json) -> Json:
    """A line of JSON as a reader of CSV has it."""
    return {
        name: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        if isinstance(value, list)
        else None
        if value is None
        else str(value)
        for name, value in line.items()
    }


def tables_of(answer: Json) -> dict[str, list[Json]]:
    """The tables of a page of JSON."""
    return {"patients": answer["patients"], "links": answer["links"], **answer["rows"]}


def unzipped(answer: TestResponse) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("role", ["clinician", "researcher"])
@pytest.mark.parametrize("grain", ["patient", "study", "row"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_rows_of_the_json(hospital: Gateway, form: str, grain: str, role: str) -> None:
    question = asked(grain=grain, format=f"table|{form}")
    page = hospital.ask(question, role)
    expected = tables_of(page)

    answer = fetch(hospital, question, "application/zip", role)

    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    files = unzipped(answer)
    manifest = json.loads(files.pop("manifest.json"))
    assert {each["file"] for each in manifest["tables"]} == files.keys()
    for table in manifest["tables"]:
        found = read(form, files[table["file"]])
        wanted = expected[table["name"]]
        columns = [each["name"] for each in table["columns"]]
        assert len(found) == table["lines"] == len(wanted) > 0
        assert all([*line] == columns for line in found)
        wanted = [{name: line.get(name) for name in columns} for line in wanted]
        assert found == [as_csv(line) for line in wanted] if form == "csv" else said(found) == said(wanted)
    assert manifest["question"] == question
    assert (manifest["cohort"], manifest["asOf"], manifest["counts"]) == (
        page["cohort"],
        page["asOf"],
        page["counts"],
    )
    assert all(column["meaning"] for each in manifest["tables"] for column in each["columns"])


def said(lines: list[Json]) -> list[dict[str, str | None]]:
    return [{name: None if value is None else str(value) for name, value in line.items()} for line in lines]


@pytest.mark.parametrize("form", FORMS)
def test_one_table_is_asked_for_by_its_name(hospital: Gateway, form: str) -> None:
    files = unzipped(fetch(hospital, asked(format=form), "application/zip"))

    for name in ("patients", "rx", "ct", "rep", "links"):
        answer = fetch(hospital, asked(), TYPES[form], table=name)

        assert (answer.status_code, answer.content_type) == (200, TYPES[form])
        assert answer.headers["Content-Disposition"].endswith(f'-{name}.{form}"')
        assert read(form, answer.data) == read(form, files[f"{name}.{form}"])


def test_a_bundle_holds_the_patients_who_match_and_their_rows(hospital: Gateway) -> None:
    page = hospital.ask(asked())
    shown = {row["reference"] for rows in page["rows"].values() for row in rows}
    matched = {each["reference"] for each in page["patients"] if each["verdict"] == "matched"}

    answer = fetch(hospital, asked(format="bundle"))
    found = json.loads(answer.data)

    assert (answer.status_code, answer.content_type) == (200, TYPES["bundle"])
    assert (found["resourceType"], found["type"]) == ("Bundle", "collection")
    names = [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in found["entry"]]
    assert len(names) == len(set(names))
    assert set(names) == shown | matched
    for name, entry in zip(names, found["entry"], strict=True):
        assert entry["fullUrl"] == f"http://127.0.0.1:8042/fhir/{name}"


def test_a_bundle_is_for_who_may_know_who_patients_are(hospital: Gateway) -> None:
    answer = fetch(hospital, asked(format="bundle"), role="researcher")

    assert answer.status_code == 403
    assert answer.get_json()["location"] == ["$.output.format"]
    assert "who patients are" in answer.get_json()["detail"]


def test_cells_that_a_spreadsheet_would_run_do_no_harm(hospital: Gateway) -> None:
    body = fetch(hospital, asked(), "text/csv", table="rep").data.decode()

    rows = list(csv.reader(io.StringIO(body, newline="")))
    cells = [row[rows[0].index("conclusion")] for row in rows[1:]]
    assert "\r\n" in body
    assert {
        "'=1+1",
        "'+82",
        "'-3",
        "'@x",
        "'\tindent",
        "''quoted'",
        'a "b", c',
        "두 줄\n골육종",
        "plain",
    } <= {*cells}
    assert not any(cell[:1] in "=+-@\t\r＝" for row in rows for cell in row if cell)


def test_parquet_has_types(hospital: Gateway) -> None:
    def schema(role: str, table: str) -> dict[str, str]:
        body = fetch(hospital, asked(), TYPES["parquet"], role, table).data
        found = parquet.read_table(io.BytesIO(body))
        assert json.loads(found.schema.metadata[b"hilum"])["table"] == table
        return {each.name: str(each.type) for each in found.schema}

    studies = schema("clinician", "ct")
    assert (studies["started"], studies["startedAsWritten"]) == ("date32[day]", "string")
    assert studies["modality"].startswith("list<")
    assert studies["numberOfInstances"] == "int64"
    assert schema("researcher", "rx")["authoredOn"] == "int32"
    body = fetch(hospital, asked(), TYPES["parquet"], table="rx").data
    days = {
        (each["authoredOn"], each["authoredOnAsWritten"])
        for each in parquet.read_table(io.BytesIO(body)).to_pylist()
    }
    assert days == {(date(2026, 1, 2), "2026-01-02"), (None, "2026-03")}


def test_a_study_stands_with_its_patient_and_a_report_with_its_study(hospital: Gateway) -> None:
    studies = hospital.ask(asked(grain="study"))["rows"]["ct"]
    pairs = hospital.ask(asked(grain="row"))["rows"]["rep-ct"]

    assert len(studies) == len(pairs) == MANY
    assert {each["patient.gender"] for each in studies} == {"female", "male"}
    assert all(each["rep.reference"] and each["ct.modality"] == ["CT"] and each["via"] for each in pairs)
    assert {each["ct.reference"] for each in pairs} == {each["reference"] for each in studies}


def test_without_rows_the_grain_of_a_study_brings_every_study(hospital: Gateway) -> None:
    answer = fetch(hospital, mission(output={"grain": "study"}), "text/csv")

    rows = read("csv", answer.data)
    assert answer.content_type == TYPES["csv"]  # one table needs no name
    assert len(rows) == MANY
    assert {"patient", "reference", "studyInstanceUID", "patient.birthDate"} <= rows[0].keys()


def test_the_form_is_agreed_on(hospital: Gateway) -> None:
    several, one = asked(format="ndjson|csv"), mission(output={"format": "ndjson|csv"})

    def kind(question: Json, accept: str) -> str:
        return fetch(hospital, question, accept).content_type.partition(";")[0]

    assert kind(asked(), "*/*") == "application/json"
    assert kind(one, "*/*") == "application/x-ndjson"
    assert kind(one, "text/csv") == "text/csv"
    assert kind(several, "*/*") == "application/zip"
    assert kind(several, "text/csv, application/zip;q=0.1") == "application/zip"
    assert fetch(hospital, asked(), "text/csv").status_code == 400
    assert fetch(hospital, asked(format="table"), "text/csv").status_code == 406
    assert fetch(hospital, asked(), "image/png").status_code == 406
    assert "Accept" in fetch(hospital, asked()).headers["Vary"]


@pytest.mark.parametrize(
    ("question", "table", "place"),
    [
        (asked(format="table"), "rx", "table"),
        (asked(format="csv"), "nothing", "table"),
        ({**asked(format="csv"), "page": {"token": "x"}}, None, "$.page.token"),
        (asked(format="xlsx"), None, "$.output.format"),
        (mission(output={"grain": "row"}), None, "$.output.grain"),
        (
            mission(output={"rows": [{"resource": "Condition", "as": "patients"}], "format": "csv"}),
            None,
            "$.output.rows[0].as",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(
    hospital: Gateway, question: Json, table: str | None, place: str
) -> None:
    answer = fetch(hospital, question, table=table)

    assert answer.status_code == 400
    assert answer.get_json()["location"] == [place]


def test_there_is_an_end_to_a_whole_answer(hospital: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST_LINES", 20)
    monkeypatch.setattr(batching, "MOST_HELD", 20)

    for role in ("clinician", "researcher"):
        answer = fetch(hospital, asked(format="csv"), role=role)

        assert answer.status_code == 413
        assert "at most 20 lines" in answer.get_json()["detail"]


def test_some_patients_at_a_time_are_the_same_answer(
    hospital: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fetch(hospital, asked(format="ndjson")).data

    monkeypatch.setattr(batching, "AT_ONCE", 2)

    assert unzipped_lines(fetch(hospital, asked(format="ndjson")).data) == unzipped_lines(before)


def unzipped_lines(body: bytes) -> dict[str, list[bytes]]:
    with ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name).splitlines() for name in archive.namelist()}


def test_an_answer_of_nobody_has_its_columns(hospital: Gateway) -> None:
    nobody = {**asked(format="csv"), "population": {"age": {"op": "gt", "value": 150}}}

    files = unzipped(fetch(hospital, nobody))

    assert files["rx.csv"].startswith(b"patient,reference,code,system,display")
    assert json.loads(fetch(hospital, {**nobody, "output": {"format": "bundle"}}).data) == {
        "resourceType": "Bundle",
        "type": "collection",
    }
    empty = parquet.read_table(
        io.BytesIO(fetch(hospital, nobody | {"output": {"rows": ROWS}}, TYPES["parquet"], table="ct").data)
    )
    assert (empty.num_rows, "modality" in empty.column_names) == (0, True)


def test_the_day_is_that_of_the_question(hospital: Gateway) -> None:
    assert json.loads(unzipped(fetch(hospital, asked(format="csv")))["manifest.json"])["asOf"] == AS_OF


def test_there_is_an_end_to_the_time_of_a_whole_answer(
    hospital: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "TIMES", 0)

    answer = fetch(hospital, asked(format="csv"))

    assert answer.status_code == 503
    assert "HILUM_QUESTION_SECONDS" in answer.get_json()["detail"]
