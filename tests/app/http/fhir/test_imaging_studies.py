"""ImagingStudy: what the pictures say, and what users write on it."""

import json
from typing import Any

import pytest

from app.security.scopes import system_scope
from app.wiring import Wiring
from tests.app.http.fhir.conftest import Fhir
from tests.factories.dicom import ct_instance
from tests.factories.fhir import bundle, entry, imaging_study, patient

UID = "1.2.826.0.1.77"


@pytest.fixture
def stored(services: Wiring) -> Any:
    """Stores a slice of the study over the use case of STOW."""

    def store(number: int = 1) -> None:
        scope = system_scope(services.sites.own.tenant, "modality")
        report = services.ingest.store(scope, [(ct_instance(patient_id="P1", study_uid=UID, number=number),)])
        assert report.outcomes[0].stored

    return store


def study_of(fhir: Fhir) -> dict[str, Any]:
    (name,) = fhir.found(f"ImagingStudy?identifier=urn:dicom:uid|urn:oid:{UID}")
    resource: dict[str, Any] = fhir.get(name).json or {}
    return resource


def test_what_users_write_stays_beside_what_the_pictures_say(fhir: Fhir, stored: Any) -> None:
    stored()
    study = study_of(fhir)
    name = f"ImagingStudy/{study['id']}"
    answer = fhir.send("PUT", name, {**study, "note": [{"text": "compare"}]})
    stored(number=2)
    now = study_of(fhir)

    assert answer.status_code == 200, answer.text
    assert answer.json["note"] == [{"text": "compare"}]  # type: ignore[index]
    assert answer.json["meta"]["versionId"] == "2"  # type: ignore[index]
    assert (now["note"], now["numberOfInstances"]) == ([{"text": "compare"}], 2)
    assert "note" not in (fhir.get(f"{name}/_history/1").json or {})


def test_a_patch_reaches_what_users_write_and_nothing_else(fhir: Fhir, stored: Any) -> None:
    stored()
    name = f"ImagingStudy/{study_of(fhir)['id']}"

    def patch(path: str, value: Any) -> Any:
        sent = json.dumps([{"op": "add", "path": path, "value": value}])
        return fhir.send("PATCH", name, sent, Content_Type="application/json-patch+json")

    assert patch("/note", [{"text": "compare"}]).status_code == 200
    assert patch("/numberOfInstances", 7).status_code == 422
    assert study_of(fhir)["note"] == [{"text": "compare"}]


@pytest.mark.parametrize(
    "change", [{"numberOfInstances": 7}, {"status": "cancelled"}, {"subject": {"reference": "Patient/x"}}]
)
def test_what_the_pictures_say_cannot_be_changed(fhir: Fhir, stored: Any, change: dict[str, Any]) -> None:
    stored()
    study = study_of(fhir)
    answer = fhir.send("PUT", f"ImagingStudy/{study['id']}", {**study, **change})

    assert answer.status_code == 422
    assert answer.json["issue"][0]["expression"][0].startswith(f"ImagingStudy.{next(iter(change))}")  # type: ignore[index]
    assert study_of(fhir) == study


def test_a_study_with_pictures_is_not_deleted_here(fhir: Fhir, stored: Any) -> None:
    stored()
    name = f"ImagingStudy/{study_of(fhir)['id']}"

    assert fhir.send("DELETE", name).status_code == 409
    assert fhir.send("POST", "", bundle(entry(None, "DELETE", name))).status_code == 409
    assert fhir.get(name).status_code == 200


def test_an_announced_study_is_the_one_that_its_pictures_join(fhir: Fhir, stored: Any) -> None:
    person = fhir.create(patient("P1", name=None, gender=None, birthDate=None))
    name = fhir.create(imaging_study(person, UID, note=[{"text": "announced"}]))
    stored()
    study = study_of(fhir)

    assert f"ImagingStudy/{study['id']}" == name
    assert study["subject"]["reference"] == person
    assert (study["numberOfInstances"], study["note"][0]["text"]) == (1, "announced")
    assert fhir.get(f"{name}/_history/1").json["meta"]["versionId"] == "1"  # type: ignore[index]
    assert fhir.send("DELETE", name).status_code == 409


def test_a_study_uid_is_announced_once(fhir: Fhir) -> None:
    name = fhir.create(imaging_study("Patient/x", UID))

    assert fhir.send("POST", "ImagingStudy", imaging_study("Patient/x", UID)).status_code == 409
    assert fhir.send("DELETE", name).status_code == 204
    assert fhir.create(imaging_study("Patient/x", UID)) != name


def test_studies_are_found_by_what_their_pictures_say(fhir: Fhir, stored: Any) -> None:
    stored()
    study = study_of(fhir)
    name = f"ImagingStudy/{study['id']}"
    sop_uid = study["series"][0]["instance"][0]["uid"]

    for query in (
        "modality=CT",
        f"series={study['series'][0]['uid']}",
        f"instance={sop_uid}",
        "dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.2",
        f"subject={study['subject']['reference']}",
        "patient.identifier=urn:hilum:mrn|P1",
        "_sort=-started",
    ):
        assert fhir.found(f"ImagingStudy?{query}") == [name], query
    assert fhir.found("ImagingStudy?modality=MR") == []
    assert fhir.found("ImagingStudy?instance=1.2.3") == []


def test_a_study_without_pictures_is_found_by_the_instances_that_it_names(fhir: Fhir, stored: Any) -> None:
    stored()
    sop_class = {"system": "urn:ietf:rfc:3986", "code": "urn:oid:1.2.840.10008.5.1.4.1.1.2"}
    series = {
        "uid": "1.9.1",
        "modality": {"code": "CT"},
        "instance": [{"uid": "1.9.1.1", "sopClass": sop_class}],
    }
    written = fhir.create(imaging_study("Patient/p", "1.9", series=[series]))
    pictures = f"ImagingStudy/{study_of(fhir)['id']}"
    sop_uid = study_of(fhir)["series"][0]["instance"][0]["uid"]

    for value in ("1.9.1.1", "urn:oid:1.9.1.1", "urn:dicom:uid|urn:oid:1.9.1.1"):
        assert fhir.found(f"ImagingStudy?instance={value}") == [written]
    assert set(fhir.found(f"ImagingStudy?instance=1.9.1.1,{sop_uid}")) == {written, pictures}
    assert fhir.found("ImagingStudy?instance:not=1.9.1.1") == [pictures]
    assert fhir.found("ImagingStudy?instance:missing=true") == []


def test_where_the_pictures_of_a_study_are_is_told(fhir: Fhir, stored: Any) -> None:
    stored()
    study = study_of(fhir)
    name = f"ImagingStudy/{study['id']}"
    told = fhir.get(f"{name}/$pictures").get_json()["parameter"][0]["part"]
    series = fhir.get(f"{name}/$pictures?level=series").get_json()["parameter"][0]["part"][-1]["part"]

    assert _urls(told)[0].endswith(f"/dicom-web/studies/{UID}")
    for url in (_urls(told)[1], _urls(told[-1]["part"])[1], _urls(told[-1]["part"][-1]["part"])[1]):
        answer = fhir.client.get(url.partition("8042")[2], headers=fhir.headers)
        assert (answer.status_code, len(answer.get_json())) == (200, 1)
    assert [each["name"] for each in series] == [
        "uid",
        "url",
        "metadata",
        "rendered",
        "thumbnail",
        "modality",
    ]
    assert fhir.get(f"{name}/$pictures?level=frame").status_code == 400


def _urls(part: Any) -> list[str]:
    return [each["valueUrl"] for each in part if each["name"] in ("url", "metadata")]
