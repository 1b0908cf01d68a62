"""QIDO-RS over HTTP: keys, levels, windows and what is returned."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import AsRole, signing_in
from tests.app.http.dicomweb.asking import store
from tests.factories.dicom import ct_instance, mr_instance

STUDY_UID, SERIES_UID, SOP_UID = "0020000D", "0020000E", "00080018"


@pytest.fixture(scope="module")
def as_role(gateway: Wiring) -> AsRole:
    return signing_in(gateway)


@pytest.fixture(scope="module")
def filled(gateway: Wiring, as_role: AsRole) -> FlaskClient:
    """Three studies: two of one patient, one of another."""
    files = (
        ct_instance(
            study_uid="1.1", series_uid="1.1.1", sop_uid="1.1.1.1", patient_id="P1", PatientName="Müller^Änne"
        ),
        mr_instance(
            study_uid="1.2", series_uid="1.2.1", sop_uid="1.2.1.1", patient_id="P1", PatientName="Müller^Änne"
        ),
        ct_instance(
            study_uid="1.3", series_uid="1.3.1", sop_uid="1.3.1.1", patient_id="P2", PatientName="Kim^Ha"
        ),
        ct_instance(
            study_uid="1.3", series_uid="1.3.1", sop_uid="1.3.1.2", patient_id="P2", PatientName="Kim^Ha"
        ),
    )
    client = web_app(gateway, ("dicomweb",)).test_client()
    for file in files:
        assert store(client, as_role, file).status_code == 200
    return client


def found(client: FlaskClient, as_role: AsRole, path: str, tag: str = STUDY_UID) -> set[str]:
    """The UIDs of an answer."""
    answer = client.get(f"/dicom-web/{path}", headers=as_role("clinician"))
    assert answer.status_code in (200, 204), answer.data
    return {row[tag]["Value"][0] for row in answer.json} if answer.data else set()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "studies"),
    [
        ("", {"1.1", "1.2", "1.3"}),
        ("PatientID=P1", {"1.1", "1.2"}),
        ("00100020=P1", {"1.1", "1.2"}),
        ("PatientID=P9", set()),
        ("PatientID=", {"1.1", "1.2", "1.3"}),
        ("PatientName=MULLER^anne", {"1.1", "1.2"}),
        ("PatientName=m%C3%BCl*", {"1.1", "1.2"}),
        ("PatientName=*H?", {"1.3"}),
        ("PatientName=ha kim&fuzzymatching=true", {"1.3"}),
        ("PatientName=ha kim", set()),
        ("StudyInstanceUID=1.1,1.3", {"1.1", "1.3"}),
        ("StudyInstanceUID=1.1\\1.2", {"1.1", "1.2"}),
        ("ModalitiesInStudy=MR", {"1.2"}),
        ("ModalitiesInStudy=CT\\MR", {"1.1", "1.2", "1.3"}),
        ("PatientID=P1&ModalitiesInStudy=CT", {"1.1"}),
        ("StudyDate=19000101-20991231", {"1.1", "1.2", "1.3"}),
        ("StudyDate=-19000101", set()),
        ("StudyDate=19000101-", {"1.1", "1.2", "1.3"}),
    ],
)
def test_studies_are_found_by_their_keys(
    filled: FlaskClient, as_role: AsRole, query: str, studies: set[str]
) -> None:
    assert found(filled, as_role, f"studies?{query}") == studies


@pytest.mark.parametrize(
    ("path", "tag", "uids"),
    [
        ("series", SERIES_UID, {"1.1.1", "1.2.1", "1.3.1"}),
        ("series?Modality=MR", SERIES_UID, {"1.2.1"}),
        ("series?PatientID=P2", SERIES_UID, {"1.3.1"}),
        ("studies/1.3/series", SERIES_UID, {"1.3.1"}),
        ("studies/1.3/instances", SOP_UID, {"1.3.1.1", "1.3.1.2"}),
        ("studies/1.3/series/1.3.1/instances", SOP_UID, {"1.3.1.1", "1.3.1.2"}),
        ("instances?SOPInstanceUID=1.3.1.2", SOP_UID, {"1.3.1.2"}),
        ("instances?Modality=CT&PatientID=P1", SOP_UID, {"1.1.1.1"}),
    ],
)
def test_every_level_is_searched(
    filled: FlaskClient, as_role: AsRole, path: str, tag: str, uids: set[str]
) -> None:
    assert found(filled, as_role, path, tag) == uids


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1", "limit=x", "limit=1e9", "limit=5&limit=6", "offset=-1", f"offset={'9' * 65}",
        "fuzzymatching=maybe", "emptyvaluematching=1", "multiplevaluematching=",
        "PatientID=a&PatientID=b", "StudyInstanceUID=abc", "StudyInstanceUID=1.2,x",
        "StudyDate=20200101-20190101", "StudyDate=2020", "StudyDate=-", "SOPInstanceUID=1.2", "Modality=CT",
        "StudyTime=25", "StudyDate=20260101-20260102&StudyTime=10-1",
    ],
)  # fmt: skip
def test_a_search_that_makes_no_sense_is_told_where(filled: FlaskClient, as_role: AsRole, query: str) -> None:
    answer = filled.get(f"/dicom-web/studies?{query}", headers=as_role("clinician"))

    assert answer.status_code == 400
    assert answer.json["location"]  # type: ignore[index]


def test_windows_join_to_the_whole_and_warn_while_there_is_more(filled: FlaskClient, as_role: AsRole) -> None:
    pages = [
        filled.get(f"/dicom-web/studies?limit=1&offset={offset}", headers=as_role("clinician"))
        for offset in range(4)
    ]

    uids = [row[STUDY_UID]["Value"][0] for page in pages if page.data for row in page.json]  # type: ignore[union-attr]
    assert uids == ["1.3", "1.2", "1.1"]
    assert ["Warning" in page.headers for page in pages] == [True, True, False, False]
    assert pages[3].status_code == 204


def test_counts_and_names_are_returned(filled: FlaskClient, as_role: AsRole) -> None:
    (row,) = filled.get("/dicom-web/studies?PatientID=P2", headers=as_role("clinician")).json  # type: ignore[misc]

    assert row["00201206"]["Value"] == [1]
    assert row["00201208"]["Value"] == [2]
    assert row["00100010"]["Value"] == [{"Alphabetic": "Kim^Ha"}]
    assert row["00081190"]["Value"][0].endswith("/dicom-web/studies/1.3")


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("accept=application/json", "*/*", "application/json"),
        ("accept=application/dicom%2Bjson", "text/html, */*;q=0.1", "application/dicom+json"),
        ("accept=application/dicom+json&PatientID=P2", "*/*", "application/dicom+json"),
        ("accept=image/jpeg&accept=application/json", "*/*", "application/json"),
        ("accept=application/json", "application/dicom+json", "application/dicom+json"),
        ("", "application/json", "application/json"),
    ],
)
def test_the_type_of_the_answer_may_be_asked_for_in_the_address(
    filled: FlaskClient, as_role: AsRole, query: str, accept: str, media_type: str
) -> None:
    answer = filled.get(f"/dicom-web/studies?{query}", headers=as_role("clinician", Accept=accept))

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)


def test_the_worklist_query_of_a_common_viewer_is_answered(filled: FlaskClient, as_role: AsRole) -> None:
    query = "limit=25&offset=0&includefield=00081030%2C00080060&StudyDate=19521125-20991231"

    assert filled.get(f"/dicom-web/studies?{query}", headers=as_role("clinician")).status_code == 200


def asked(client: FlaskClient, as_role: AsRole, path: str) -> TestResponse:
    """The answer to a clinician's search."""
    return client.get(f"/dicom-web/{path}", headers=as_role("clinician"))


def warnings(answer: TestResponse) -> list[str]:
    """The texts of an answer's warnings."""
    return [each.split(" ", 2)[2].strip('"') for each in answer.headers.getlist("Warning")]


def test_a_limit_beyond_the_most_is_cut_with_a_warning(filled: FlaskClient, as_role: AsRole) -> None:
    answer = asked(filled, as_role, "studies?limit=5000")

    assert len(answer.json) == 3  # type: ignore[arg-type]
    assert warnings(answer) == ["The limit is 1000 results in one answer"]
    assert warnings(asked(filled, as_role, "studies?limit=1000")) == []


def test_no_result_wanted_is_none_with_a_warning_that_there_are_some(
    filled: FlaskClient, as_role: AsRole
) -> None:
    some, none = (asked(filled, as_role, f"studies?limit=0&PatientID={name}") for name in ("P1", "P9"))

    assert (some.status_code, some.data, len(warnings(some))) == (204, b"", 1)
    assert (none.status_code, warnings(none)) == (204, [])


@pytest.mark.parametrize("offset", [3, 100_000, 100_001, 2**63, 10**40])
def test_behind_the_end_there_is_nothing(filled: FlaskClient, as_role: AsRole, offset: int) -> None:
    answer = asked(filled, as_role, f"studies?offset={offset}")

    assert (answer.status_code, warnings(answer)) == (204, [])


@pytest.mark.parametrize(
    "query",
    ["StudyInstanceUID=1.3", "StudyInstanceUID=1.3&SeriesInstanceUID=1.3.1", "StudyInstanceUID=1.1,1.3",
     "0020000D=1.3", "StudyInstanceUID=", "StudyInstanceUID=*"],
)  # fmt: skip
def test_what_the_path_says_may_be_said_again(filled: FlaskClient, as_role: AsRole, query: str) -> None:
    path = f"studies/1.3/series/1.3.1/instances?{query}"

    assert found(filled, as_role, path, SOP_UID) == {"1.3.1.1", "1.3.1.2"}


def test_another_uid_than_the_paths_is_told(filled: FlaskClient, as_role: AsRole) -> None:
    answer = asked(filled, as_role, "studies/1.3/instances?StudyInstanceUID=1.1")

    assert (answer.status_code, answer.json["location"]) == (400, ["StudyInstanceUID"])  # type: ignore[index]
