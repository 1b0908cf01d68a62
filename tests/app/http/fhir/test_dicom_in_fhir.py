"""What files say, as FHIR tells it: the whole way from STOW to a read and a search."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pydicom import dcmread

from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.accounts import Granted
from tests.app.http.fhir.conftest import Fhir
from tests.app.security.planting import Planter
from tests.factories.dicom import ct_instance, presentation_state
from tests.factories.fhir import bundle, entry, patient
from tests.factories.pixels import item_of
from tests.factories.reports import cad_report, dose_report, key_objects, measurement_report

UID = "1.2.826.0.1.79"
PERSON = {"PatientName": "Doe^Jane", "PatientBirthDate": "19700102", "PatientSex": "F"}
JANE = {"name": [{"family": "Doe", "given": ["Jane"]}], "birthDate": "1970-01-02", "gender": "female"}


@pytest.fixture
def send(services: Wiring) -> Any:
    """Stores files in one request."""

    def store(*files: bytes) -> None:
        scope = system_scope(services.sites.own.tenant, "modality")
        report = services.ingest.store(scope, [(file,) for file in files])
        assert all(each.stored for each in report.outcomes), report

    return store


def slice_of(number: int = 1, **attributes: Any) -> bytes:
    return ct_instance(patient_id="7", study_uid=UID, number=number, **{**PERSON, **attributes})


def study_of(fhir: Fhir) -> dict[str, Any]:
    (name,) = fhir.found(f"ImagingStudy?identifier=urn:oid:{UID}")
    found: dict[str, Any] = fhir.get(name).json or {}
    return found


def order(person: str, accession: str = "A1") -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": person},
        "identifier": [{"value": accession}],
    }


def code(value: str, scheme: str, meaning: str) -> Any:
    return [item_of(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]


def test_a_study_says_all_that_its_files_say(fhir: Fhir, send: Any) -> None:
    request = item_of(
        RequestedProcedureCodeSequence=code("24627-2", "LN", "CT Chest"),
        ReasonForTheRequestedProcedure="cough",
    )
    send(
        slice_of(
            ProcedureCodeSequence=code("P5-0808E", "SRT", "CT of chest"),
            RequestAttributesSequence=[request],
            NameOfPhysiciansReadingStudy="Kim^Ha",
            OperatorsName="Lee^A",
            DeviceSerialNumber="123",
            ImageLaterality="L",
        )
    )
    study = study_of(fhir)
    (series,) = study["series"]

    assert [each["text"] for each in study["procedureCode"]] == ["CT of chest", "CT Chest"]
    assert study["procedureCode"][1]["coding"][0]["system"] == "http://loinc.org"
    assert study["reasonCode"] == [{"text": "cough"}]
    assert study["interpreter"] == [{"display": "Ha Kim"}]
    assert study["contained"][0]["serialNumber"] == "123"
    assert [each["actor"].get("display") for each in series["performer"]] == ["A Lee", None]
    assert (series["bodySite"]["code"], series["laterality"]["code"]) == ("816094009", "7771000")
    for query in (
        "bodysite=http://snomed.info/sct|816094009",
        "reason:text=cough",
        "basedon:identifier=A1",
    ):
        assert len(fhir.found(f"ImagingStudy?{query}")) == 1, query


def test_later_files_add_what_they_say_and_take_nothing_away(fhir: Fhir, send: Any) -> None:
    send(slice_of(ProcedureCodeSequence=code("1", "99X", "CT of chest"), ImageLaterality="L"))
    send(slice_of(2, ImageLaterality="R"))
    send(presentation_state(slice_of(), window=(40, 400), number=1, ContentLabel="BONE", **PERSON))
    study = study_of(fhir)

    assert [each["text"] for each in study["procedureCode"]] == ["CT of chest"]
    picture, state = sorted(study["series"], key=lambda each: each["modality"]["code"])
    assert "laterality" not in picture
    assert state["instance"][0]["title"] == "BONE"


def test_a_study_names_the_one_order_of_its_patient_with_its_number(fhir: Fhir, send: Any) -> None:
    jane, other = fhir.create(patient("7", **JANE)), fhir.create(patient("8"))
    fhir.create(order(other))
    name = fhir.create(order(jane))
    send(slice_of())

    assert study_of(fhir)["basedOn"][0]["reference"] == name
    assert fhir.found(f"ImagingStudy?basedon={name}") == [f"ImagingStudy/{study_of(fhir)['id']}"]

    fhir.create(order(jane))  # a second one: which of them it was is not told any more
    send(slice_of(2))
    assert "reference" not in study_of(fhir)["basedOn"][0]
    assert fhir.found(f"ImagingStudy?basedon={name}") == []


def test_an_order_that_comes_changes_and_goes_is_that_of_its_pictures(fhir: Fhir, send: Any) -> None:
    jane, other = fhir.create(patient("7", **JANE)), fhir.create(patient("8"))
    send(slice_of())

    def named() -> str | None:
        (found,) = study_of(fhir)["basedOn"]
        name: str | None = found.get("reference")
        assert name is None or fhir.found(f"ImagingStudy?basedon={name}")
        return name

    versions = study_of(fhir)["meta"]["versionId"]
    fhir.create(order(other))
    fhir.create(order(jane, "A2"))
    assert (named(), study_of(fhir)["meta"]["versionId"]) == (None, versions)
    first = fhir.create(order(jane))
    assert named() == first
    second = fhir.create(order(jane))
    assert named() is None
    assert fhir.send("DELETE", second).status_code == 204
    assert named() == first
    changed = {**order(jane, "A9"), "id": first.partition("/")[2]}
    assert fhir.send("PUT", first, changed).status_code == 200
    assert named() is None
    assert fhir.send("POST", "", bundle(entry(order(jane)), entry(order(other)))).status_code == 200
    assert named() not in (None, first)
    back = entry({**order(jane), "id": first.partition("/")[2]}, "PUT", first)
    assert fhir.send("POST", "", bundle(back)).status_code == 200
    assert named() is None


def test_what_was_read_may_be_sent_back_with_more(fhir: Fhir, send: Any) -> None:
    send(slice_of(ProcedureCodeSequence=code("1", "99X", "CT of chest")))
    study = study_of(fhir)
    answer = fhir.send("PUT", f"ImagingStudy/{study['id']}", {**study, "note": [{"text": "compare"}]})
    refused = fhir.send("PUT", f"ImagingStudy/{study['id']}", {**study, "procedureCode": [{"text": "other"}]})

    assert answer.status_code == 200, answer.text
    assert {**study_of(fhir), "meta": None, "note": None} == {**study, "meta": None, "note": None}
    assert refused.status_code == 422
    assert refused.json["issue"][0]["expression"] == ["ImagingStudy.procedureCode[0].text"]  # type: ignore[index]


def report_in(fhir: Fhir, text: bytes, send: Any) -> dict[str, Any]:
    """Store a report; the DiagnosticReport that is there at once."""
    send(text)
    (name,) = fhir.found("DiagnosticReport")
    found: dict[str, Any] = fhir.get(name).json or {}
    return found


def measured(diameter: str = "12.50", **attributes: Any) -> bytes:
    return measurement_report(diameter, patient_id="7", study_uid=UID, number=5, **{**PERSON, **attributes})


def test_a_report_is_in_fhir_as_soon_as_it_is_stored(fhir: Fhir, send: Any) -> None:
    send(slice_of())
    report = report_in(fhir, measured(), send)
    study = study_of(fhir)

    assert report["subject"] == study["subject"]
    assert report["imagingStudy"] == [{"reference": f"ImagingStudy/{study['id']}"}]
    assert len(report["result"]) == 2
    for query in (
        f"subject={study['subject']['reference']}&code=http://snomed.info/sct|81827009&value-quantity=gt12",
        "identifier=urn:dicom:uid|urn:oid:1.2.77&combo-code=81827009",
        f"derived-from=ImagingStudy/{study['id']}&code=81827009",
        "_tag=urn:hilum:origin|dicom&code=81827009",
    ):
        (name,) = fhir.found(f"Observation?{query}")
        assert '"value":12.50' in fhir.get(name).text
    assert fhir.found("DiagnosticReport?result.code=125007") == [f"DiagnosticReport/{report['id']}"]


def test_a_report_changes_goes_and_returns_with_its_instance(fhir: Fhir, send: Any, services: Wiring) -> None:
    report = report_in(fhir, measured(), send)
    scope = system_scope(services.sites.own.tenant, "modality")
    services.ingest.store(scope, [(measured("14.0"),)], replacing=True)
    (replaced,) = fhir.found("Observation?code=81827009")

    assert fhir.get(f"DiagnosticReport/{report['id']}").json["meta"]["versionId"] == "2"  # type: ignore[index]
    assert '"value":14.0' in fhir.get(replaced).text

    services.deletion.delete(scope, UID)
    assert fhir.found("DiagnosticReport") == fhir.found("Observation") == []
    assert fhir.get(f"DiagnosticReport/{report['id']}").status_code == 410

    services.restoration.restore(scope, UID)
    assert fhir.found("DiagnosticReport") == [f"DiagnosticReport/{report['id']}"]
    assert fhir.found("Observation?code=81827009") == [replaced]


def test_a_report_that_says_less_takes_back_what_it_does_not_say_any_more(
    fhir: Fhir, send: Any, services: Wiring
) -> None:
    send(measured())
    sop_uid = dcmread(BytesIO(measured())).SOPInstanceUID
    scope = system_scope(services.sites.own.tenant, "modality")
    shorter = key_objects(patient_id="7", study_uid=UID, number=5, sop_uid=sop_uid, **PERSON)
    services.ingest.store(scope, [(shorter,)], replacing=True)

    assert len(fhir.found("Observation")) == 1
    assert fhir.found("Observation?code=81827009") == []


def test_nobody_else_writes_what_a_report_says(fhir: Fhir, send: Any) -> None:
    report = report_in(fhir, measured(), send)
    name = f"DiagnosticReport/{report['id']}"
    deletion = {"request": {"method": "DELETE", "url": name}}

    for answer in (
        fhir.send("PUT", name, {**report, "conclusion": "Well."}),
        fhir.send("DELETE", name),
        fhir.send("POST", "", bundle(deletion)),
    ):
        assert answer.status_code == 422, answer.text
        assert "DICOM" in answer.json["issue"][0]["diagnostics"]  # type: ignore[index]
    assert fhir.get(name).json == report


@pytest.mark.parametrize("make", [dose_report, cad_report, key_objects])
def test_reports_of_every_kind_are_stored_and_told(fhir: Fhir, send: Any, make: Any) -> None:
    report = report_in(fhir, make(patient_id="7", study_uid=UID, **PERSON), send)

    assert fhir.found(f"Observation?subject={report['subject']['reference']}")
    assert study_of(fhir)["series"][0]["instance"][0]["title"] == report["code"]["text"]


def test_a_report_is_seen_by_who_may_see_its_patient(
    app: Flask, fhir: Fhir, send: Any, services: Wiring
) -> None:
    report = report_in(fhir, measured(), send)
    planter = Planter(app, services, services.sites.own.tenant)
    patient_id = report["subject"]["reference"].partition("/")[2]
    other = fhir.create(patient("9")).partition("/")[2]
    grants = (Granted(patient=patient_id), Granted(patient=other), Granted(study=UID))
    readers = [Fhir(fhir.client, dict(planter.caller("teleradiologist", each).headers)) for each in grants]

    answers = [each.get(f"DiagnosticReport/{report['id']}").status_code for each in readers]
    assert answers == [200, 404, 404]  # a grant of a study opens its pictures, as of any DiagnosticReport
    assert [len(each.found("Observation?code=81827009")) for each in readers] == [1, 0, 0]
