"""STOW-RS over HTTP: outcomes, statuses and what bad input is told."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from zstandard import ZstdCompressor

from app.imaging.native_model import read_native
from app.imaging.store.failure_reasons import REPETITION
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import DICOM, FAILED, REASON, STORED, parts_of, related, store
from tests.factories.dicom import ct_instance
from tests.factories.elements import file_of, text
from tests.factories.rows import uid

WARNING, COMMENTS = "00081196", "00741048"


def test_an_instance_is_stored_and_named_with_its_address(client: FlaskClient, as_role: AsRole) -> None:
    study, series, sop = uid(), uid(), uid()

    answer = store(client, as_role, ct_instance(study_uid=study, series_uid=series, sop_uid=sop))

    (stored,) = answer.json[STORED]["Value"]  # type: ignore[index]
    assert answer.status_code == 200
    assert answer.content_type == "application/dicom+json"
    assert stored["00081190"]["Value"][0].endswith(f"/studies/{study}/series/{series}/instances/{sop}")


def test_parts_of_a_multipart_request_have_an_outcome_each(client: FlaskClient, as_role: AsRole) -> None:
    good, broken = ct_instance(sop_uid=uid()), b"not DICOM"

    answer = store(client, as_role, *related(good, broken))

    assert answer.status_code == 202
    assert len(answer.json[STORED]["Value"]) == 1  # type: ignore[index]
    assert answer.json[FAILED]["Value"][0][REASON]["Value"] == [43264]  # type: ignore[index]


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("zstd", ZstdCompressor().compress)])
def test_a_body_that_comes_packed_is_unpacked(
    client: FlaskClient, as_role: AsRole, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    """PS3.18 table 10.5.1-2: Content-Encoding."""
    body, content_type = related(ct_instance(sop_uid="1.5"), ct_instance(sop_uid="1.6"))
    for packed, content, status in (
        (pack(body), content_type, 200), (pack(ct_instance(sop_uid="1.7")), DICOM, 200),
        (ct_instance(), DICOM, 400), (pack(ct_instance())[:-20], DICOM, 400),
    ):  # fmt: skip
        headers = as_role("service", Content_Type=content, Content_Encoding=coding)
        assert client.post("/dicom-web/studies", data=packed, headers=headers).status_code == status
    assert len(client.get("/dicom-web/instances", headers=as_role("service")).json) == 3  # type: ignore[arg-type]


def test_sending_the_same_bytes_again_succeeds_and_changes_nothing(
    client: FlaskClient, as_role: AsRole
) -> None:
    file = ct_instance()
    store(client, as_role, file)

    again = store(client, as_role, b"MZ" + file[2:])

    (stored,) = again.json[STORED]["Value"]  # type: ignore[index]
    assert (again.status_code, FAILED in again.json) == (200, False)  # type: ignore[operator]
    assert stored[WARNING]["Value"] == [45070]
    assert stored[COMMENTS]["Value"][0]["00000902"]["Value"] == [REPETITION]
    feed = client.get("/dicom-web/changefeed", headers=as_role("service")).json
    assert [entry["action"] for entry in feed] == ["Create"]  # type: ignore[union-attr]


def test_a_repeat_warns_of_what_the_first_store_warned_of(client: FlaskClient, as_role: AsRole) -> None:
    file = ct_instance(patient_id="")
    first = store(client, as_role, file)

    again = store(client, as_role, file)

    (stored,) = again.json[STORED]["Value"]  # type: ignore[index]
    told = [each["00000902"]["Value"][0] for each in stored[COMMENTS]["Value"]]
    assert (first.status_code, again.status_code, stored[WARNING]["Value"]) == (202, 202, [1])
    assert told[0] == REPETITION
    assert len(told) == 2


def test_other_bytes_of_the_same_uids_are_a_conflict_that_changes_nothing(
    client: FlaskClient, as_role: AsRole
) -> None:
    file = ct_instance(StudyDescription="Before")
    store(client, as_role, file)

    again = store(client, as_role, *related(ct_instance(StudyDescription="After")))

    assert again.status_code == 409
    assert again.json[FAILED]["Value"][0][REASON]["Value"] == [45070]  # type: ignore[index]
    feed = client.get("/dicom-web/changefeed", headers=as_role("service")).json
    assert [entry["action"] for entry in feed] == ["Create"]  # type: ignore[union-attr]


def test_an_instance_of_another_study_than_the_path_is_refused(client: FlaskClient, as_role: AsRole) -> None:
    answer = store(client, as_role, ct_instance(study_uid="1.2.3"), path="/dicom-web/studies/1.2.4")

    assert answer.status_code == 409
    assert answer.json[FAILED]["Value"][0][REASON]["Value"] in ([43264], [43265])  # type: ignore[index]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/dicom", b"", 400),
        ("application/json", b"{}", 415),
        ("multipart/related", b"", 400),
        ('multipart/related; type="application/dicom"; boundary=x', b"--x\r\n", 400),
        ('multipart/related; type="text/plain"; boundary=x', b"", 415),
        ('multipart/related; type="application/dicom"; boundary=x', b"--x--", 400),
    ],
    ids=["empty", "json", "no boundary", "unfinished", "other parts", "no part"],
)
def test_a_request_that_is_no_store_is_told_so(
    client: FlaskClient, as_role: AsRole, content_type: str, body: bytes, status: int
) -> None:
    answer = store(client, as_role, body, content_type=content_type)

    assert answer.status_code == status


@pytest.mark.parametrize("wanted", ["application/json", "application/dicom+json; transfer-syntax=*"])
def test_the_answer_is_json_of_the_type_that_was_asked_for(
    client: FlaskClient, as_role: AsRole, wanted: str
) -> None:
    headers = as_role("service", Content_Type=DICOM, Accept=wanted)
    answer = client.post("/dicom-web/studies", data=ct_instance(), headers=headers)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, wanted.partition(";")[0])


@pytest.mark.parametrize(
    ("wanted", "media_type"),
    [
        ("application/dicom+xml", "application/dicom+xml"),
        ('multipart/related; type="application/dicom+xml"', "multipart/related"),
    ],
)
def test_the_answer_is_xml_where_it_is_asked_for(
    client: FlaskClient, as_role: AsRole, wanted: str, media_type: str
) -> None:
    headers = as_role("service", Content_Type=DICOM, Accept=wanted)
    answer = client.post("/dicom-web/studies", data=ct_instance(), headers=headers)

    (document,) = parts_of(answer) if media_type.startswith("multipart") else (answer.data,)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert read_native([document])[STORED]["Value"][0]["00081190"]["vr"] == "UR"


def test_an_answer_in_what_is_not_offered_is_refused(client: FlaskClient, as_role: AsRole) -> None:
    headers = as_role("service", Content_Type=DICOM, Accept="text/html")

    assert client.post("/dicom-web/studies", data=ct_instance(), headers=headers).status_code == 406


def test_an_instance_of_uids_with_leading_zeros_is_found_by_them(
    client: FlaskClient, as_role: AsRole
) -> None:
    file = file_of(study_uid=text(0x0020000D, "UI", "1.2.03"), series_uid=text(0x0020000E, "UI", "1.2.3.00"))

    answer = store(client, as_role, file, path="/dicom-web/studies/1.2.03")

    (stored,) = answer.json[STORED]["Value"]  # type: ignore[index]
    assert (answer.status_code, stored[WARNING]["Value"]) == (202, [1])
    clinician = as_role("clinician")
    found = client.get("/dicom-web/studies/1.2.03/series/1.2.3.00/metadata", headers=clinician).json
    assert found[0]["0020000D"]["Value"] == ["1.2.03"]  # type: ignore[index]
    assert len(client.get("/dicom-web/studies?StudyInstanceUID=1.2.03", headers=clinician).json) == 1  # type: ignore[arg-type]
    assert client.get("/dicom-web/studies?StudyInstanceUID=1.2.3", headers=clinician).status_code == 204


def test_a_patient_id_of_two_values_is_refused_and_no_patients(client: FlaskClient, as_role: AsRole) -> None:
    store(client, as_role, ct_instance(patient_id="BUGBS"))

    answer = store(client, as_role, ct_instance(patient_id="BUGBS\\77"))

    (failed,) = answer.json[FAILED]["Value"]  # type: ignore[index]
    assert (answer.status_code, failed[REASON]["Value"]) == (409, [43264])
    assert failed[COMMENTS]["Value"][0]["00000902"]["Value"] == [
        "DICOM100: (0010,0020) - The PatientID has several values."
    ]


def test_an_accession_number_of_two_values_is_told_and_no_study_is_found_by_half_of_it(
    client: FlaskClient, as_role: AsRole
) -> None:
    answer = store(client, as_role, ct_instance(AccessionNumber=["A7", "A8"]))

    (stored,) = answer.json[STORED]["Value"]  # type: ignore[index]
    assert (answer.status_code, stored[WARNING]["Value"]) == (202, [1])
    found = client.get("/dicom-web/studies?AccessionNumber=A7", headers=as_role("clinician"))
    assert found.status_code == 204


def test_what_was_stored_is_an_imaging_study_of_its_patient(
    client: FlaskClient, as_role: AsRole, services: Any
) -> None:
    study = uid()
    store(client, as_role, ct_instance(study_uid=study, patient_id="MRN-7"))

    found = client.get("/dicom-web/studies?PatientID=MRN-7", headers=as_role("clinician"))

    assert found.json[0]["0020000D"]["Value"] == [study]  # type: ignore[index]
