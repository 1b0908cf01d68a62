"""QIDO-RS over HTTP: keys, levels, windows and what is returned."""

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import store
from tests.factories.dicom import ct_instance, mr_instance

STUDY_UID, SERIES_UID, SOP_UID = "0020000D", "0020000E", "00080018"


@pytest.fixture
def filled(client: FlaskClient, as_role: AsRole) -> FlaskClient:
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
        "limit=-1", "limit=0", "limit=x", "limit=1e9", "limit=5&limit=6", "offset=-1",
        "offset=9223372036854775808",
        "fuzzymatching=maybe", "Nonsense=1", "00990099=1", "patientid=P1", "PatientID=a&PatientID=b",
        "StudyDate=20200101-20190101", "StudyDate=2020", "StudyDate=-", "SOPInstanceUID=1.2", "Modality=CT",
    ],
)  # fmt: skip
def test_a_search_that_makes_no_sense_is_told_where(client: FlaskClient, as_role: AsRole, query: str) -> None:
    answer = client.get(f"/dicom-web/studies?{query}", headers=as_role("clinician"))

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


def test_the_worklist_query_of_a_common_viewer_is_answered(filled: FlaskClient, as_role: AsRole) -> None:
    query = "limit=25&offset=0&includefield=00081030%2C00080060&StudyDate=19521125-20991231"

    assert filled.get(f"/dicom-web/studies?{query}", headers=as_role("clinician")).status_code == 200


@pytest.mark.parametrize("name", ["StudyDescription", "00081030", "all"])
def test_fields_come_when_they_are_asked_for(client: FlaskClient, as_role: AsRole, name: str) -> None:
    store(client, as_role, ct_instance(StudyDescription="Knee"))

    (plain,) = client.get("/dicom-web/studies", headers=as_role("clinician")).json  # type: ignore[misc]
    (asked,) = client.get(f"/dicom-web/studies?includefield={name}", headers=as_role("clinician")).json  # type: ignore[misc]

    assert "00081030" not in plain
    assert asked["00081030"]["Value"] == ["Knee"]
