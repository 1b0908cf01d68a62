"""QIDO-RS beyond single values: empty and several values, wildcards of codes, sequences, order and totals."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydicom import Dataset
from werkzeug.test import TestResponse

from app.imaging.native_model import read_native
from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import AsRole, signing_in
from tests.app.http.dicomweb.asking import parts_of, store
from tests.factories.dicom import ct_instance, mr_instance

STUDY_UID, SERIES_UID, XML = "0020000D", "0020000E", "application/dicom+xml"


def requested(*ids: tuple[str, str]) -> list[Dataset]:
    """The RequestAttributesSequence of these ScheduledProcedureStepIDs and RequestedProcedureIDs."""
    items = []
    for step, procedure in ids:
        item = Dataset()
        item.ScheduledProcedureStepID, item.RequestedProcedureID = step, procedure
        items.append(item)
    return items


@pytest.fixture(scope="module")
def as_role(gateway: Wiring) -> AsRole:
    return signing_in(gateway)


@pytest.fixture(scope="module")
def filled(gateway: Wiring, as_role: AsRole) -> FlaskClient:
    """Two studies of CT, one of which has MR, too, and one of no modality."""
    files = (
        ct_instance(
            study_uid="1.1", series_uid="1.1.1", sop_uid="1.1.1.1", patient_id="A", StudyDescription="Knee",
            TimezoneOffsetFromUTC="+0900", StudyDate="20260103",
            RequestAttributesSequence=requested(("S1", "R1"), ("S2", "")),
        ),
        mr_instance(
            study_uid="1.1", series_uid="1.1.2", sop_uid="1.1.2.1", patient_id="A", StudyDescription="Knee",
        ),
        ct_instance(
            study_uid="1.2", series_uid="1.2.1", sop_uid="1.2.1.1", patient_id="B", AccessionNumber="",
            StudyDescription="Hip", StudyDate="20260101", InstitutionName="Hospital",
        ),
        ct_instance(
            study_uid="1.3", series_uid="1.3.1", sop_uid="1.3.1.1", patient_id="C", Modality=None,
            StudyDescription=None, StudyDate=None,
        ),
    )  # fmt: skip
    client = web_app(gateway, ("dicomweb",)).test_client()
    for file in files:
        assert store(client, as_role, file).status_code == 200
    return client


def asked(client: FlaskClient, as_role: AsRole, path: str, accept: str = "*/*") -> TestResponse:
    return client.get(f"/dicom-web/{path}", headers=as_role("clinician", Accept=accept))


def rows(client: FlaskClient, as_role: AsRole, path: str) -> list[Any]:
    answer = asked(client, as_role, path)
    assert answer.status_code in (200, 204), answer.data
    found: list[Any] = answer.json if answer.data else []
    return found


@pytest.mark.parametrize(
    ("query", "uids"),
    [
        ('studies?AccessionNumber=""&emptyvaluematching=true', {"1.2"}),
        ('studies?AccessionNumber=""', set()),
        ('studies?StudyDate=""&emptyvaluematching=true', {"1.3"}),
        ('studies?ModalitiesInStudy=""&emptyvaluematching=true', {"1.3"}),
        ('studies?StudyDescription=""&emptyvaluematching=true&PatientID=C', {"1.3"}),
        ('studies?PatientName=""&emptyvaluematching=true', set()),
        ("studies?ModalitiesInStudy=CT\\MR", {"1.1", "1.2"}),
        ("studies?ModalitiesInStudy=CT\\MR&multiplevaluematching=true", {"1.1"}),
        ("studies?ModalitiesInStudy=MR&multiplevaluematching=true", {"1.1"}),
        ("studies?ModalitiesInStudy=C*", {"1.1", "1.2"}),
        ("studies?ModalitiesInStudy=?R", {"1.1"}),
        ("studies?ModalitiesInStudy=c*", set()),
        ("studies?PatientSex=*", {"1.1", "1.2", "1.3"}),
        ("studies?StudyDescription=*ip", {"1.2"}),
    ],
)
def test_studies_are_matched(filled: FlaskClient, as_role: AsRole, query: str, uids: set[str]) -> None:
    assert {row[STUDY_UID]["Value"][0] for row in rows(filled, as_role, query)} == uids


@pytest.mark.parametrize(
    ("query", "uids"),
    [
        ("series?RequestAttributesSequence.ScheduledProcedureStepID=S1", {"1.1.1"}),
        ("series?00400275.00400009=S2", {"1.1.1"}),
        ("series?RequestAttributesSequence.00401001=R*", {"1.1.1"}),
        ("series?00400275.RequestedProcedureID=R2", set()),
        ('series?00400275.00401001=""&emptyvaluematching=true', {"1.1.2", "1.2.1", "1.3.1"}),
        ("series?Modality=C?", {"1.1.1", "1.2.1"}),
        ("series?Modality=CT\\MR", {"1.1.1", "1.1.2", "1.2.1"}),
    ],
)
def test_series_are_matched(filled: FlaskClient, as_role: AsRole, query: str, uids: set[str]) -> None:
    assert {row[SERIES_UID]["Value"][0] for row in rows(filled, as_role, query)} == uids


@pytest.mark.parametrize(
    ("query", "uids"),
    [
        ("StudyDate=20260101", {"1.2"}),
        ("StudyDate=20260101&TimezoneOffsetFromUTC=%2B0000", {"1.2"}),
        ("StudyDate=20260102&TimezoneOffsetFromUTC=%2B1400", {"1.2"}),  # 10:15 UTC is after midnight there
        ("StudyDate=20260101&00080201=+1400", set()),
        ("StudyDate=20260101&StudyTime=051500&TimezoneOffsetFromUTC=-0500", {"1.2"}),
        ("StudyDate=20260101&StudyTime=051600&TimezoneOffsetFromUTC=-0500", set()),
        ("StudyDate=20260101-20260101&StudyTime=0500-0600&TimezoneOffsetFromUTC=-0500", {"1.2"}),
        ("StudyDate=-20260101&TimezoneOffsetFromUTC=-0500", {"1.2"}),
        ("PatientID=B&TimezoneOffsetFromUTC=", {"1.2"}),
    ],
)
def test_dates_and_times_of_a_search_are_of_the_zone_that_it_names(
    filled: FlaskClient, as_role: AsRole, query: str, uids: set[str]
) -> None:
    found = rows(filled, as_role, f"studies?{query}")

    assert {row[STUDY_UID]["Value"][0] for row in found} == uids


def test_a_series_shows_each_request_that_it_was_made_for(filled: FlaskClient, as_role: AsRole) -> None:
    (row,) = rows(filled, as_role, "studies/1.1/series?Modality=CT")
    (other,) = rows(filled, as_role, "studies/1.1/series?Modality=MR")

    first, second = row["00400275"]["Value"]
    assert (first["00400009"]["Value"], first["00401001"]["Value"]) == (["S1"], ["R1"])
    assert (second["00400009"]["Value"], second["00401001"]) == (["S2"], {"vr": "SH"})
    assert other["00400275"] == {"vr": "SQ"}


REQUIRED = {
    "studies": "00080020 00080030 00080050 00080056 00080061 00080090 00080201 00081190 00100010 00100020 "
    "00100030 00100040 0020000D 00200010 00201206 00201208",
    "studies/1.1/series": "00080060 0008103E 00081190 0020000E 00200011 00201209 00400244 00400245 00400275 "
    "00080201",
    "studies/1.1/series/1.1.1/instances": "00080016 00080018 00080056 00081190 00200013 00280010 00280011 "
    "00280100 00080201",
}


@pytest.mark.parametrize("path", sorted(REQUIRED))
def test_an_answer_has_the_attributes_of_its_table(filled: FlaskClient, as_role: AsRole, path: str) -> None:
    found = rows(filled, as_role, f"{path}?StudyInstanceUID=1.1")
    missing = [set(REQUIRED[path].split()) - row.keys() for row in found]

    assert found
    assert missing == [set()] * len(found)


def test_a_key_comes_back_with_its_match(filled: FlaskClient, as_role: AsRole) -> None:
    (row,) = rows(filled, as_role, "studies?StudyDescription=Knee")

    assert row["00081030"]["Value"] == ["Knee"]


def test_all_is_what_is_said_at_the_level(filled: FlaskClient, as_role: AsRole) -> None:
    (study,) = rows(filled, as_role, "studies?includefield=all&PatientID=B")
    (series,) = rows(filled, as_role, "studies/1.2/series?includefield=all")
    (instance,) = rows(filled, as_role, "studies/1.2/instances?includefield=all")
    (metadata,) = rows(filled, as_role, "studies/1.2/metadata")

    assert not {"00080080", "00080060", "00180060"} & study.keys()  # the series', and the instance's
    assert series["00080080"]["Value"] == ["Hospital"]
    assert not {"00180060", "00200013"} & series.keys()
    assert metadata.keys() <= instance.keys()


@pytest.mark.parametrize(
    ("order", "uids"),
    [
        ("StudyDate", ["1.2", "1.1", "1.3"]),
        ("-StudyDate", ["1.1", "1.2", "1.3"]),
        ("00081030", ["1.2", "1.1", "1.3"]),
        ("PatientSex,-PatientID", ["1.3", "1.2", "1.1"]),
        ("ModalitiesInStudy", ["1.2", "1.1", "1.3"]),
        ("NumberOfStudyRelatedSeries", ["1.3", "1.2", "1.1"]),
    ],
)
def test_matches_come_in_the_order_that_was_asked_for(
    filled: FlaskClient, as_role: AsRole, order: str, uids: list[str]
) -> None:
    pages = [
        rows(filled, as_role, f"studies?orderby={order}&limit=2&offset={offset}") for offset in (0, 1, 2)
    ]
    found = [[row[STUDY_UID]["Value"][0] for row in page] for page in pages]

    assert found == [uids[:2], uids[1:], uids[2:]]


def test_how_many_there_are_is_told_where_it_is_asked(filled: FlaskClient, as_role: AsRole) -> None:
    some = asked(filled, as_role, "studies?limit=1&total=true&ModalitiesInStudy=CT")
    none = asked(filled, as_role, "series?total=true&PatientID=nobody")
    unasked = asked(filled, as_role, "instances?limit=1")

    assert (some.status_code, some.headers["X-Total-Count"]) == (200, "2")
    assert (none.status_code, none.headers["X-Total-Count"]) == (204, "0")
    assert "X-Total-Count" not in unasked.headers


@pytest.mark.parametrize(
    "query",
    ["orderby=Nonsense", "orderby=Modality", "orderby=00080005",
     "orderby=StudyDate,PatientID,StudyID,PatientSex", "total=maybe", "StudyInstanceUID=1.*",
     "TimezoneOffsetFromUTC=9", "TimezoneOffsetFromUTC=%2B0900&00080201=%2B0900",
     "ModalitiesInStudy=" + "C*," * 17],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_where(filled: FlaskClient, as_role: AsRole, query: str) -> None:
    answer = asked(filled, as_role, f"studies?{query}")

    assert (answer.status_code, bool(answer.json["location"])) == (400, True)  # type: ignore[index]


@pytest.mark.parametrize(
    "accept", ['multipart/related; type="application/dicom+xml"', "application/dicom+xml"]
)
def test_matches_come_as_parts_of_xml(filled: FlaskClient, as_role: AsRole, accept: str) -> None:
    answer = asked(filled, as_role, "studies?includefield=all", accept)
    documents = [read_native([part]) for part in parts_of(answer)]
    plain = rows(filled, as_role, "studies?includefield=all")

    assert (answer.status_code, answer.mimetype) == (200, "multipart/related")
    assert answer.mimetype_params["type"] == XML
    assert [each[STUDY_UID] for each in documents] == [each[STUDY_UID] for each in plain]
    assert documents == plain


def test_no_match_is_no_content_in_every_form(filled: FlaskClient, as_role: AsRole) -> None:
    answer = asked(filled, as_role, "studies?PatientID=nobody", XML)

    assert (answer.status_code, answer.data) == (204, b"")
