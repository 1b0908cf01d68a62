"""Metadata over HTTP: the same attributes in JSON and in XML, each with a tag of its own."""

from flask.testing import FlaskClient

from app.imaging.native_model import read_native
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import parts_of, store
from tests.factories.dicom import ct_study, uid

XML = "application/dicom+xml"
XML_PARTS = f'multipart/related; type="{XML}"'
JSON = "application/dicom+json"


def stored(client: FlaskClient, as_role: AsRole, instances: int = 2) -> str:
    """The path of a study of names and texts that need escapes."""
    study = uid("forms")
    for file in ct_study(
        instances, study_uid=study, PatientName="Ä<&>^B=山田", SpecificCharacterSet="ISO_IR 192"
    ):
        assert store(client, as_role, file).status_code == 200
    return f"/dicom-web/studies/{study}"


def test_xml_says_what_json_says(client: FlaskClient, as_role: AsRole) -> None:
    path = f"{stored(client, as_role)}/metadata"
    in_json = client.get(path, headers=as_role("clinician", Accept=JSON))
    in_xml = client.get(path, headers=as_role("clinician", Accept=XML_PARTS))

    assert in_xml.mimetype_params["type"] == XML
    assert in_xml.data.count(b"Content-Type: application/dicom+xml\r\n") == 2
    assert [read_native([part]) for part in parts_of(in_xml)] == in_json.json


def test_the_form_is_the_one_that_weighs_most(client: FlaskClient, as_role: AsRole) -> None:
    path = f"{stored(client, as_role)}/metadata"
    for accept, media_type in {
        f"{JSON};q=0.5, {XML_PARTS}": "multipart/related",
        f"{XML_PARTS};q=0.5, {JSON}": JSON,
        f"{XML}": "multipart/related",
        "*/*": JSON,
        "multipart/related": "multipart/related",
        "multipart/related; type=application/dicom+xml": "multipart/related",  # without its quotes
        "a b c/, application/dicom+json": JSON,  # one member is malformed
        "application/json": "application/json",
    }.items():
        answer = client.get(path, headers=as_role("clinician", Accept=accept))
        assert (answer.status_code, answer.mimetype) == (200, media_type), accept
    assert client.get(path, headers=as_role("clinician", Accept="text/html")).status_code == 406
    assert client.get(path, query_string={"accept": XML_PARTS}, headers=as_role("clinician")).mimetype == (
        "multipart/related"
    )


def test_one_instance_alone_may_be_xml_without_parts(client: FlaskClient, as_role: AsRole) -> None:
    path = f"{stored(client, as_role, 1)}/metadata"
    answer = client.get(path, headers=as_role("clinician", Accept=XML))
    (expected,) = client.get(path, headers=as_role("clinician")).json  # type: ignore[misc]

    assert answer.mimetype == XML
    assert read_native([answer.data]) == expected


def test_each_form_has_a_tag_of_its_own(client: FlaskClient, as_role: AsRole) -> None:
    path = f"{stored(client, as_role)}/metadata"
    tags = {
        accept: client.get(path, headers=as_role("clinician", Accept=accept)).headers["ETag"]
        for accept in (JSON, XML_PARTS)
    }
    assert tags[JSON] != tags[XML_PARTS]
    for accept, tag in tags.items():
        for known, status in ((tag, 304), (f'"x", {tag}', 304), ("*", 304), ('"x"', 200)):
            headers = as_role("clinician", Accept=accept, If_None_Match=known)
            again = client.get(path, headers=headers)
            assert (again.status_code, again.headers["ETag"]) == (status, tag)
        other = as_role("clinician", Accept=accept, If_None_Match=next(iter(set(tags.values()) - {tag})))
        assert client.get(path, headers=other).status_code == 200


def test_answers_are_in_utf_8_and_in_nothing_else(client: FlaskClient, as_role: AsRole) -> None:
    path = f"{stored(client, as_role)}/metadata"
    for charset, status in {
        "utf-8": 200,
        "UTF-8;q=0.5": 200,
        "iso-8859-1, utf-8": 200,
        '"ISO_IR 192"': 200,
        "iso-8859-1": 400,
        "": 400,
        "*": 400,
    }.items():
        answer = client.get(path, query_string={"charset": charset}, headers=as_role("clinician"))
        assert answer.status_code == status, charset
    searched = client.get("/dicom-web/studies?charset=utf-8", headers=as_role("clinician"))
    assert searched.status_code == 200
