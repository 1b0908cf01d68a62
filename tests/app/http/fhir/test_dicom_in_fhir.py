"""What files say, as FHIR tells it: the whole way from STOW to a read and a search."""

from typing import Any

import pytest

from app.security.scopes import system_scope
from app.wiring import Wiring
from tests.app.http.fhir.conftest import Fhir
from tests.factories.dicom import ct_instance, presentation_state
from tests.factories.fhir import patient
from tests.factories.pixels import item_of

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
        "performer:Device.manufacturer=Hilum",
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


def test_what_was_read_may_be_sent_back_with_more(fhir: Fhir, send: Any) -> None:
    send(slice_of(ProcedureCodeSequence=code("1", "99X", "CT of chest")))
    study = study_of(fhir)
    answer = fhir.send("PUT", f"ImagingStudy/{study['id']}", {**study, "note": [{"text": "compare"}]})
    refused = fhir.send("PUT", f"ImagingStudy/{study['id']}", {**study, "procedureCode": [{"text": "other"}]})

    assert answer.status_code == 200, answer.text
    assert {**study_of(fhir), "meta": None, "note": None} == {**study, "meta": None, "note": None}
    assert refused.status_code == 422
    assert refused.json["issue"][0]["expression"] == ["ImagingStudy.procedureCode[0].text"]  # type: ignore[index]
