"""A cohort is asked for, written by a worker and fetched: pictures and tables that name nobody."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from pyarrow import parquet
from pydicom import dcmread

from tests.app.work.extracts.conftest import MRNS, NAMES, QUESTION, Exporter, study_of

Work = Callable[[], object]
PLANTED = [
    each.lower().encode() for each in (*NAMES, "Ottoline", *MRNS, "20260301", "2026-03-10", "2026-02-28")
]


def rows_of(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode())))


def test_nobody_is_named_in_what_is_handed_over(owner: Exporter, work: Work) -> None:
    export_id = owner.asked()
    work()

    told, files = owner.told(export_id), owner.unzipped(export_id)

    assert told["status"] == "succeeded", told
    assert told["counts"]["patients"] == 2
    assert told["counts"]["pictures"] == told["counts"]["instances"] == 4
    everything = b"".join(files.values()).lower() + " ".join(files).lower().encode()
    assert [each for each in PLANTED if each in everything] == []
    assert [each for each in map(study_of, MRNS) if each.encode() in everything] == []


def test_tables_manifest_and_pictures_join(owner: Exporter, work: Work) -> None:
    export_id = owner.asked()
    work()
    files = owner.unzipped(export_id)
    manifest = rows_of(files["manifest.csv"])
    studies, drugs = rows_of(files["tables/ct.csv"]), rows_of(files["tables/rx.csv"])

    patients = {row["patient"] for row in rows_of(files["tables/patients.csv"])}
    assert len(patients) == 2
    assert {row["patient"] for row in manifest} == {row["patient"] for row in drugs} == patients
    assert {row["study"] for row in manifest} == {row["studyInstanceUID"] for row in studies}
    for row in manifest:
        picture = dcmread(io.BytesIO(files[row["path"]]))
        assert picture.PatientID == row["patient"]
        assert picture.StudyInstanceUID == row["study"]
        assert (picture.SeriesInstanceUID, picture.SOPInstanceUID) == (row["series"], row["instance"])
        assert sha256(files[row["path"]]).hexdigest() == row["sha256"]
        assert json.loads(row["geometry"])["shape"] == [16, 16, 1]


def test_dates_are_moved_in_tables_as_in_pictures(owner: Exporter, work: Work) -> None:
    export_id = owner.asked()
    work()
    files = owner.unzipped(export_id)
    seen = {
        row["patient"]: date.fromisoformat(row["recordedDate"]) for row in rows_of(files["tables/dx.csv"])
    }
    drugs = {row["patient"]: date.fromisoformat(row["authoredOn"]) for row in rows_of(files["tables/rx.csv"])}

    shifts = set()
    for row in rows_of(files["manifest.csv"]):
        taken = dcmread(io.BytesIO(files[row["path"]])).StudyDate
        day = date(int(taken[:4]), int(taken[4:6]), int(taken[6:]))
        assert (day - seen[row["patient"]]).days == 1  # 1 March after 28 February 2026
        assert (drugs[row["patient"]] - day).days == 9
        shifts.add((date(2026, 3, 1) - day).days)
    assert len(shifts) == 2
    assert min(shifts) > 0


def test_what_cannot_be_given_out_is_listed_with_its_reason(owner: Exporter, work: Work) -> None:
    export_id = owner.asked()
    work()

    errors = owner.get(f"{export_id}/errors").get_json()["errors"]

    assert len(errors) == owner.told(export_id)["counts"]["errors"] == 2
    assert {each["reason"] for each in errors} == {
        "its pixels have text about the patient in them, or may have"
    }
    assert rows_of(owner.unzipped(export_id)["errors.csv"])[0]["reason"] == errors[0]["reason"]
    assert not any(each["study"] in map(study_of, MRNS) for each in errors)


def test_another_export_of_the_project_says_the_same_and_one_of_another_does_not(
    owner: Exporter, work: Work
) -> None:
    asked = [owner.asked(), owner.asked(project=" bone STUDY".strip()), owner.asked(project="Another")]
    work()
    first, again, other = (owner.unzipped(each) for each in asked)

    pictures = {name for name in first if name.startswith("dicom/")}
    assert {name: first[name] for name in pictures} == {name: again[name] for name in pictures}
    assert first["tables/dx.csv"] == again["tables/dx.csv"]
    assert not pictures & set(other)
    mine, theirs = (rows_of(each["tables/dx.csv"]) for each in (first, other))
    for name in ("patient", "reference"):
        assert not {row[name] for row in mine} & {row[name] for row in theirs}


def test_tables_come_as_parquet(owner: Exporter, work: Work) -> None:
    export_id = owner.asked(tables="parquet")
    work()
    files = owner.unzipped(export_id)

    manifest = parquet.read_table(io.BytesIO(files["manifest.parquet"])).to_pylist()
    studies = parquet.read_table(io.BytesIO(files["tables/ct.parquet"])).to_pylist()

    assert len(manifest) == 4
    assert all(isinstance(row["size"], int) for row in manifest)
    assert {row["study"] for row in manifest} == {row["studyInstanceUID"] for row in studies}
    assert {row["numberOfInstances"] for row in studies} == {3}


def test_files_are_fetched_one_by_one_in_ranges_with_their_checksums(owner: Exporter, work: Work) -> None:
    export_id = owner.asked(destination={"type": "download"})
    work()
    files = owner.files(export_id)
    name = next(each for each in files if each.endswith(".dcm"))

    whole = owner.file(export_id, name)
    part = owner.get(f"{export_id}/files/{name}", Range="bytes=128-131")

    assert (part.status_code, part.data) == (206, b"DICM")
    assert (len(whole), sha256(whole).hexdigest()) == (files[name]["size"], files[name]["sha256"])
    sums = dict(
        reversed(line.split("  ")) for line in owner.file(export_id, "SHA256SUMS").decode().splitlines()
    )
    assert sums == {path: each["sha256"] for path, each in files.items() if path != "SHA256SUMS"}
    hidden = "work/studies.ndjson"
    for odd in (f"../{hidden}", hidden, f"{name}x", "tables", ".lock"):
        assert owner.get(f"{export_id}/files/{odd}").status_code == 404, odd


def test_an_export_goes_into_a_folder_below_the_one_of_the_operator(
    owner: Exporter, work: Work, root: Any
) -> None:
    destination = {"type": "folder", "path": "osteo/first"}
    export_id = owner.asked(destination=destination)
    work()

    files = owner.files(export_id)

    there = {str(path.relative_to(root / "osteo/first")) for path in root.rglob("*") if path.is_file()}
    assert there == set(files)
    assert all("url" not in each for each in files.values())
    assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []
    assert owner.ask(destination=destination).status_code == 409


@pytest.mark.parametrize("path", ["../out", "/etc", "a/../../b", ".hidden", "a//b", "a" * 65, ""])
def test_a_folder_elsewhere_is_refused(owner: Exporter, path: str) -> None:
    answer = owner.ask(destination={"type": "folder", "path": path})

    assert (answer.status_code, answer.get_json()["location"]) == (400, ["$.destination.path"])


def test_a_link_does_not_lead_out_of_the_folder(
    owner: Exporter, work: Work, root: Any, tmp_path: Any
) -> None:
    (root / "link").symlink_to(tmp_path)

    export_id = owner.asked(destination={"type": "folder", "path": "link/away"})
    work()
    (root / "link").unlink()

    assert owner.told(export_id)["error"]["code"] == "forbidden"
    assert not (tmp_path / "away").exists()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"project": ""}, "$.project"),
        ({"project": None}, "$.project"),
        ({"project": "Bone\x00study"}, "$.project"),
        ({"project": "Bone\tstudy"}, "$.project"),
        ({"colour": 1}, "$.colour"),
        ({"what": "png"}, "$.what"),
        ({"what": "none", "tables": "none"}, "$.what"),
        ({"options": ["retainEverything"]}, "$.options[0]"),
        ({"options": ["retainFullDates", "retainModifiedDates"]}, "$.options"),
        ({"destination": {"type": "s3"}}, "$.destination.type"),
        ({"destination": {"type": "zip", "path": "x"}}, "$.destination.path"),
        ({"deidentify": "no"}, "$.deidentify"),
        ({"question": {**QUESTION, "population": {"exists": "unknown"}}}, "$.question.population.exists"),
        ({"cohort": {"id": "7"}}, "$.question"),
        ({"question": None, "cohort": {"id": "7"}}, "$.cohort"),
        ({"question": None, "cohort": {"id": "7", "version": 0}}, "$.cohort.version"),
        ({"question": None}, "$.question"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(owner: Exporter, changes: Any, place: str) -> None:
    answer = owner.ask(**changes)

    assert (answer.status_code, answer.get_json()["location"]) == (400, [place])


def test_a_version_that_is_missing_is_said_to_be(owner: Exporter) -> None:
    kept = owner.saved("Osteosarcoma")
    answers = [owner.ask(question=None, cohort=each) for each in ({"id": kept, "version": 9}, {"id": "7"})]

    assert [each.get_json()["detail"] for each in answers] == [
        "the saved cohort has no such version",
        "there is no such saved cohort",
    ]


def test_a_saved_cohort_is_handed_over_as_its_question_is(owner: Exporter, work: Work) -> None:
    named = {"id": owner.saved("Osteosarcoma"), "version": 1}
    asked = owner.asked(), owner.asked(question=None, cohort=named)
    work()
    by_question, by_name = (owner.unzipped(each) for each in asked)

    assert by_question["tables/rx.csv"] == by_name["tables/rx.csv"]
    assert by_question["manifest.csv"] == by_name["manifest.csv"]


def test_without_tables_there_are_pictures_and_without_pictures_tables(owner: Exporter, work: Work) -> None:
    asked = owner.asked(tables="none"), owner.asked(what="none")
    work()
    pictures, tables = (set(owner.unzipped(each)) for each in asked)

    assert not any(name.startswith("tables/") for name in pictures)
    assert not any(name.startswith("dicom/") for name in tables)
    assert {"manifest.csv", "errors.csv", "export.json", "SHA256SUMS"} <= pictures & tables


def test_all_studies_are_handed_over_where_no_rows_of_them_are_asked_for(owner: Exporter, work: Work) -> None:
    export_id = owner.asked(question={**QUESTION, "output": {"rows": []}})
    work()

    assert owner.told(export_id)["counts"]["pictures"] == 4
