"""Searching as PS3.18 has it, rule by rule, for somebody who has read the standard alone."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import parts_with_headers, related, store
from tests.factories.dicom import ct_instance, mr_instance

SITE = "http://127.0.0.1:8042/dicom-web"
JSON, XML = "application/dicom+json", 'multipart/related; type="application/dicom+xml"'
SERIES, INSTANCES = "/studies/1.1/series", "/studies/1.1/series/1.1.1/instances"
NAME = "Müller^Jürg=山田^太郎=やまだ^たろう"
SAID = {
    "PatientName": NAME, "SpecificCharacterSet": "ISO_IR 192", "StudyDate": "20240105", "StudyTime": "101112",
    "AccessionNumber": "ACC7", "StudyID": "S77", "StudyDescription": "Head CT", "PatientComments": "calm",
    "ReferringPhysicianName": "Ref^Doc", "PatientBirthDate": "19500101", "PatientSex": "F",
    "SeriesDescription": "axial", "InstitutionName": "Hospital", "SliceLocation": "2",
}  # fmt: skip


@pytest.fixture
def filled(client: FlaskClient, as_role: AsRole) -> FlaskClient:
    """A study of two series, and one of another patient."""
    body, content_type = related(
        ct_instance(patient_id="P1", study_uid="1.1", series_uid="1.1.1", sop_uid="1.1.1.1", **SAID),
        ct_instance(patient_id="P1", study_uid="1.1", series_uid="1.1.1", sop_uid="1.1.1.2", **SAID),
        mr_instance(patient_id="P1", study_uid="1.1", series_uid="1.1.2", sop_uid="1.1.2.1", **SAID),
        ct_instance(
            patient_id="P2",
            Modality="OT",
            study_uid="1.2",
            series_uid="1.2.1",
            sop_uid="1.2.1.1",
            PatientName="Other^One",
            **dict.fromkeys(SAID.keys() - {"PatientName"}),
        ),
    )
    assert store(client, as_role, body, content_type).status_code == 200
    return client


class Searching:
    """A stranger's searches."""

    def __init__(self, client: FlaskClient, as_role: AsRole) -> None:
        self._client, self._as_role = client, as_role

    def __call__(self, path: str, accept: str = JSON) -> TestResponse:
        return self._client.get(f"/dicom-web{path}", headers=self._as_role("service", Accept=accept))

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The data sets that are found."""
        answer = self(path)
        assert answer.status_code in (200, 204), answer.data
        found: list[dict[str, Any]] = answer.get_json() if answer.data else []
        return found


@pytest.fixture
def search(filled: FlaskClient, as_role: AsRole) -> Searching:
    return Searching(filled, as_role)


def test_what_is_not_supported_is_passed_over_with_a_warning(search: Searching) -> None:
    """8.3: unsupported parameters are ignored, and may be warned of."""
    for query, told in (
        ("nonsense=1", "nonsense"), ("00990099=1", "00990099"), ("patientid=P9", "patientid"),
        ("FilmBoxContentSequence=1", "FilmBoxContentSequence"), ("0040A370.00080050=1", "0040A370.00080050"),
        ("Rows=512", "Rows"), ("a%0D%0AX:%20y=1", "what is no attribute"),
        ("nonsense=1&nonsense=2", "nonsense"), ("includefield=Nonsense", "Nonsense"),
        ("nonsense=1&includefield=StudyDescription,nonsense,Other", "nonsense, Other"),
        ("includefield=0040A370.Nonsense", "0040A370.Nonsense"),
    ):  # fmt: skip
        answer = search(f"/studies?PatientID=P1&{query}")
        assert [row["0020000D"]["Value"] for row in answer.get_json()] == [["1.1"]], query
        assert answer.headers["Warning"] == f'299 {SITE} "Not supported, and passed over: {told}"'
    many = search("/studies?" + "&".join(f"x{number}=1" for number in range(50))).headers["Warning"]
    assert many.endswith('x8, x9 and others"')


def test_an_attribute_that_is_not_matched_comes_back(search: Searching) -> None:
    """PS3.4 C.2.2.1.3, PS3.18 10.6.3.3: an optional key is a return key too."""
    (row,) = search.rows("/studies?PatientID=P1&PatientComments=other")

    assert row["00104000"]["Value"] == ["calm"]


_WRONG = (
    "limit=-1", "limit=", "limit=a", "offset=-1", "offset=x", "fuzzymatching=maybe", "emptyvaluematching=1",
    "StudyDate=2024-01-05", "StudyDate=20240230", "StudyInstanceUID=abc", "StudyTime=99",
    "PatientID=a&PatientID=b", "charset=nonsense",
)  # fmt: skip
_KEYS = (
    "StudyDate=20240105", "StudyDate=20240101-20241231", "StudyDate=20240101-", "StudyDate=-20241231",
    "StudyTime=101112", "StudyTime=1000-1100", "AccessionNumber=ACC7", "ModalitiesInStudy=CT",
    "ModalitiesInStudy=MR", "ReferringPhysicianName=Ref*", "PatientName=M*", "PatientName=Müller^Jürg",
    "PatientName=山田*", "PatientName=müller^jürg", "PatientID=P1", "PatientID=P?&StudyID=S77", "StudyID=S77",
    "StudyInstanceUID=1.1", "StudyInstanceUID=1.1,1.9", "StudyInstanceUID=1.1%5C1.9", "0020000D=1.1",
    "0020000d=1.1", "StudyDescription=Head CT", "00081030=Head*", "PatientBirthDate=19500101",
    "PatientSex=F", "PatientName=&StudyID=S77", "PatientID=*&StudyID=S77",
    "PatientName=Mull&fuzzymatching=true",
)  # fmt: skip


def test_what_a_supported_parameter_cannot_be_is_400(search: Searching) -> None:
    """8.3."""
    for query in _WRONG:
        answer = search(f"/studies?{query}")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), query


def test_a_study_is_found_by_each_of_its_keys(search: Searching) -> None:
    """Tables 10.6.1-5 and 8.3.4-1, PS3.4 C.2.2.2."""
    for query in _KEYS:
        assert [row["0020000D"]["Value"] for row in search.rows(f"/studies?{query}")] == [["1.1"]], query


def test_answers_have_the_attributes_of_their_tables(search: Searching) -> None:
    """Tables 10.6.3-3 to 10.6.3-5, F.2.2: in the order of their tags."""
    study = (
        "00080005 00080020 00080030 00080050 00080056 00080061 00080090 00081190 00100010 00100020 00100030 "
        "00100040 0020000D 00200010 00201206 00201208"
    )
    series = "00080060 0008103E 00081190 0020000E 00200011 00201209"
    instance = "00080016 00080018 00080056 00081190 00200013 00280010 00280011 00280100"
    for path, tags in (
        ("/studies?PatientID=P1", study),
        (SERIES, series),
        (INSTANCES, instance),
        ("/series?PatientID=P1", f"{study} {series}"),
        ("/studies/1.1/instances", f"{series} {instance}"),
        ("/instances?PatientID=P1", f"{study} {series} {instance}"),
    ):
        for row in search.rows(path):
            assert set(tags.split()) <= row.keys(), path
            assert list(row) == sorted(row)


def test_names_come_in_their_groups(search: Searching) -> None:
    """F.2.2."""
    (row,) = search.rows("/studies?PatientID=P1")

    assert row["00100010"]["Value"] == [
        dict(zip(("Alphabetic", "Ideographic", "Phonetic"), NAME.split("="), strict=True))
    ]


def test_what_is_included_is_of_the_level_or_above(search: Searching) -> None:
    """10.6.3.3.1 to 10.6.3.3.3: what belongs to a level below is not returned."""
    named = "StudyDescription,PatientComments,SeriesDescription,InstitutionName,SliceLocation,InstanceNumber"
    tags = ("00081030", "00104000", "0008103E", "00080080", "00201041", "00200013")
    for path, count in (("/studies?PatientID=P1", 2), (SERIES, 4), (INSTANCES, 6)):
        for query in (f"includefield={named}", "&".join(f"includefield={each}" for each in tags)):
            (row, *_) = search.rows(f"{path}{'&' if '?' in path else '?'}{query}")
            assert [tag in row for tag in tags] == [True] * count + [False] * (6 - count), path


def test_what_is_retrieved_from_an_answer_is_there(search: Searching) -> None:
    """8.3.4, 10.6.3.3: Retrieve URL."""
    for path in ("/studies", "/series", "/instances"):
        for row in search.rows(path):
            (address,) = row["00081190"]["Value"]
            assert search(f"{address.removeprefix(SITE)}/metadata").status_code == 200


def test_pages_are_stable_and_tell_that_there_is_more(search: Searching) -> None:
    """8.3.4.4.1."""
    pages = [search(f"/instances?limit=2&offset={offset}") for offset in (0, 2, 4)]

    assert [len(page.get_json()) if page.data else 0 for page in pages] == [2, 2, 0]
    assert [page.status_code for page in pages] == [200, 200, 204]
    assert ["Warning" in page.headers for page in pages] == [True, False, False]
    assert pages[0].headers["Warning"].startswith(f'299 {SITE} "There are 2 additional results that can')
    assert (
        search("/instances?limit=0")
        .headers["Warning"]
        .endswith('"There are 4 additional results that can be requested"')
    )
    assert search("/instances?limit=2").data == pages[0].data


def test_nothing_found_is_204_without_a_media_type(search: Searching) -> None:
    """10.6.3.1, 8.7.9, RFC 9110 8.3."""
    for path in ("/studies?PatientID=P9", "/studies/9.9/series", "/instances?limit=0"):
        answer = search(path)
        assert (answer.status_code, answer.data) == (204, b"")
        assert "Content-Type" not in answer.headers


def test_matches_come_in_each_media_type(search: Searching) -> None:
    """10.6.4, 8.7.8.1, RFC 9110 12.5.5."""
    for accept, media_type in (
        ("*/*", JSON), ("application/*", JSON), (JSON, JSON), ("application/json", "application/json"),
        (XML, "multipart/related"), (f"{JSON};q=0.1, {XML}", "multipart/related"),
    ):  # fmt: skip
        answer = search("/studies", accept)
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        assert "Accept" in [each.strip() for each in answer.headers["Vary"].split(",")]
    parts = parts_with_headers(search("/studies", XML))
    assert [headers["content-type"] for headers, _ in parts] == ["application/dicom+xml"] * 2
    assert search("/studies", "text/html").status_code == 406
