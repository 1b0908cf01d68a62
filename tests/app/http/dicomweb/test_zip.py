"""A study, series or instance as a zip of its files, streamed, under names that tell nothing."""

from io import BytesIO
from zipfile import ZipFile

from flask.testing import FlaskClient

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import store
from tests.factories.dicom import ct_instance, uid

PREAMBLE = 128


def test_a_zip_holds_the_stored_files(client: FlaskClient, as_role: AsRole) -> None:
    study, series = uid("zip"), [uid("zip", number) for number in range(2)]
    files = [
        ct_instance(study_uid=study, series_uid=each, sop_uid=uid(each, number), PatientName="Canary^Jane")
        for each in series
        for number in range(2)
    ]
    for file in files:
        store(client, as_role, file)
    zeroed = [bytes(PREAMBLE) + file[PREAMBLE:] for file in files]
    path = f"/dicom-web/studies/{study}"
    first = f"{path}/series/{series[0]}"
    for resource, count in ((path, 4), (first, 2), (f"{first}/instances/{uid(series[0], 0)}", 1)):
        answer = client.get(resource, headers=as_role("clinician", Accept="application/zip"))
        archive = ZipFile(BytesIO(answer.data))

        assert answer.content_type == "application/zip"
        assert archive.testzip() is None
        assert [archive.read(each) for each in archive.infolist()] == zeroed[:count]
    assert [each.filename for each in archive.infolist()] == ["00001/000001.dcm"]


def test_files_come_unless_a_zip_is_wanted_more(client: FlaskClient, as_role: AsRole) -> None:
    study = uid("wanted")
    store(client, as_role, ct_instance(study_uid=study))
    for accept, media_type in {
        "*/*": "multipart/related",
        "application/*": "application/zip",  # which a study alone can be
        'application/zip;q=0.5, multipart/related; type="application/dicom"': "multipart/related",
        'application/zip, multipart/related; type="application/dicom";q=0.5': "application/zip",
    }.items():
        answer = client.get(
            f"/dicom-web/studies/{study}", headers=as_role("clinician", Accept=f"{accept}; transfer-syntax=*")
        )
        assert answer.mimetype == media_type, accept
    absent = client.get("/dicom-web/studies/1.2.99", headers=as_role("clinician", Accept="application/zip"))
    assert absent.status_code == 404
