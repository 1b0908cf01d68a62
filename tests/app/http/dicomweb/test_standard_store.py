"""Storing as PS3.18 has it, rule by rule, for somebody who has read the standard alone."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import DICOM, FAILED, REASON, STORED, related, store
from tests.factories.dicom import ct_instance

SITE = "http://127.0.0.1:8042/dicom-web"
RETRIEVE_URL = "00081190"
RELATED = 'multipart/related; type="application/dicom"; boundary='


def slice_of(study: str, series: str = "1", number: int = 1) -> bytes:
    return ct_instance(
        study_uid=study,
        series_uid=f"{study}.{series}",
        sop_uid=f"{study}.{series}.{number}",
        rows=4,
        columns=4,
    )


def told(answer: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_stored_instance_is_named_with_where_it_is(client: FlaskClient, as_role: AsRole) -> None:
    """Table I.1-1."""
    dataset = told(store(client, as_role, slice_of("1.1")))
    (item,) = dataset[STORED]["Value"]

    assert dataset[RETRIEVE_URL] == {"vr": "UR", "Value": [f"{SITE}/studies/1.1"]}
    assert FAILED not in dataset
    assert item["00081155"]["Value"] == ["1.1.1.1"]
    assert item[RETRIEVE_URL]["Value"] == [f"{SITE}/studies/1.1/series/1.1.1/instances/1.1.1.1"]


def test_the_retrieve_url_is_there_without_a_value_where_nothing_is_stored(
    client: FlaskClient, as_role: AsRole
) -> None:
    """Tables I.1-1 (type 2) and 10.5.3-1."""
    answer = store(client, as_role, slice_of("1.1"), path="/dicom-web/studies/9.9")
    (item,) = told(answer)[FAILED]["Value"]

    assert answer.status_code == 409
    assert told(answer)[RETRIEVE_URL] == {"vr": "UR"}
    assert STORED not in told(answer)
    assert item["00081155"]["Value"] == ["1.1.1.1"]
    assert item[REASON]["vr"] == "US"
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ([("1.1", "1", 1)], "/studies/1.1/series/1.1.1/instances/1.1.1.1"),
        ([("1.1", "1", 1), ("1.1", "1", 2)], "/studies/1.1/series/1.1.1"),
        ([("1.1", "1", 1), ("1.1", "2", 1)], "/studies/1.1"),
        ([("1.1", "1", 1), ("1.2", "1", 1)], "/studies"),
    ],
)
def test_what_is_new_is_located(
    client: FlaskClient, as_role: AsRole, files: list[tuple[str, str, int]], place: str
) -> None:
    """Table 10.5.3-2: the narrowest resource that holds what was created; nothing where nothing was."""
    body, content_type = related(*(slice_of(*each) for each in files))
    answer = store(client, as_role, body, content_type)
    again = store(client, as_role, body, content_type)

    assert answer.headers["Location"] == answer.headers["Content-Location"] == SITE + place
    assert (again.status_code, "Location" in again.headers) == (200, False)


def test_some_stored_and_some_not_is_202(client: FlaskClient, as_role: AsRole) -> None:
    """Table 10.5.3-1."""
    body, content_type = related(slice_of("1.1"), b"no DICOM")
    answer = store(client, as_role, body, content_type)

    assert answer.status_code == 202
    assert [len(told(answer)[tag]["Value"]) for tag in (STORED, FAILED)] == [1, 1]


_NO_STORES = (
    (b"", DICOM, "", 400),
    (b"", f"{RELATED}a", "", 400),
    (b"--a--", f"{RELATED}a", "", 400),
    (b"no parts", f"{RELATED}a", "", 400),
    (b"x", RELATED.removesuffix("; boundary="), "", 400),
    (b"x", DICOM, "/abc", 400),
    (b"x", "text/plain", "", 415),
    (b"x", "multipart/form-data; boundary=a", "", 415),
    (b"--a\r\n\r\nx\r\n--a--", 'multipart/related; type="text/plain"; boundary=a', "", 415),
    (b"--a\r\nContent-Type: text/plain\r\n\r\nx\r\n--a--", f"{RELATED}a", "", 415),
)


def test_what_is_no_store_is_told_with_a_body(client: FlaskClient, as_role: AsRole) -> None:
    """Table 10.5.3-1, RFC 9110 15.5."""
    for body, content_type, path, status in _NO_STORES:
        answer = store(client, as_role, body, content_type, path=f"/dicom-web/studies{path}")
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), content_type


def test_a_body_that_is_packed_as_nobody_unpacks_it_is_415(client: FlaskClient, as_role: AsRole) -> None:
    """RFC 9110 8.4, 12.5.3."""
    headers = as_role("service", Content_Type=DICOM, Content_Encoding="br")

    assert client.post("/dicom-web/studies", data=b"x", headers=headers).status_code == 415


_DELIMITED = (
    ('"a\'()+_,-./:=?b"', b"--a'()+_,-./:=?b\r\n\r\n%s\r\n--a'()+_,-./:=?b--"),
    ("x" * 70, b"--%s\r\n\r\n%%s\r\n--%s--" % (b"x" * 70, b"x" * 70)),
    ("a", b"preamble\r\n--a\r\nContent-Type: application/dicom\r\n\r\n%s\r\n--a--\r\nepilogue"),
    ("a", b"--a \t\r\ncontent-type:application/dicom\r\nX: y\r\n\r\n%s\r\n--a--"),
    ("a", b"--a\r\nContent-Transfer-Encoding: binary\r\n\r\n%s\r\n--a--"),
)


def test_any_delimiter_that_mime_allows_is_read(client: FlaskClient, as_role: AsRole) -> None:
    """RFC 2046 5.1.1, RFC 2387."""
    for boundary, body in _DELIMITED:
        answer = store(client, as_role, body % slice_of("1.1"), RELATED + boundary)
        assert (answer.status_code, len(told(answer)[STORED]["Value"])) == (200, 1), boundary


def test_the_answer_comes_in_each_media_type(client: FlaskClient, as_role: AsRole) -> None:
    """10.5.4."""
    for accept, media_type in (
        ("*/*", "application/dicom+json"),
        ("application/dicom+json", "application/dicom+json"),
        ("application/dicom+xml", "application/dicom+xml"),
    ):
        headers = as_role("service", Content_Type=DICOM, Accept=accept)
        answer = client.post("/dicom-web/studies", data=slice_of("1.1"), headers=headers)
        assert (answer.status_code, answer.mimetype) == (200, media_type)
    headers = as_role("service", Content_Type=DICOM, Accept="text/html")
    assert client.post("/dicom-web/studies", data=slice_of("1.1"), headers=headers).status_code == 406
