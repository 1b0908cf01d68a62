"""The ImagingStudy of a DICOM study, what users may add to it and what they may not change."""

from copy import deepcopy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fhir.resources.R4B.imagingstudy import ImagingStudy
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.conformance.checking import issues_of
from fhir_profiles.mapping.endpoint import endpoint
from fhir_profiles.mapping.imaging_study import imaging_study, overlay_of, owned_differences
from fhir_profiles.validation.validation import validate
from tests.strategies.dicom_facts import series, studies

CT = "1.2.840.10008.5.1.4.1.1.2"
STUDY = {
    "StudyInstanceUID": "1.2.3",
    "StudyDate": "20240229",
    "StudyTime": "101530.5",
    "TimezoneOffsetFromUTC": "+0900",
    "AccessionNumber": "A1",
    "StudyDescription": "CT chest",
    "ReferringPhysicianName": "Referrer^One^^Dr",
}
SERIES = {
    "SeriesInstanceUID": "1.2.3.1",
    "SeriesNumber": "2",
    "Modality": "CT",
    "SeriesDescription": "Axial",
    "BodyPartExamined": "CHEST",
    "Laterality": "L",
    "SeriesDate": "20240229",
    "SeriesTime": "1016",
    "instances": [{"SOPInstanceUID": "1.2.3.1.1", "SOPClassUID": CT, "InstanceNumber": 1}],
}


def made(study: dict[str, Any] = STUDY, *found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return imaging_study(
        study, found, id="s1", patient_reference="Patient/p1", endpoint_reference="Endpoint/e1", **more
    )


def test_a_study_is_rendered_from_its_nodes() -> None:
    dcm = "http://dicom.nema.org/resources/ontology/DCM"
    acsn = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]}
    assert made(STUDY, SERIES) == {
        "resourceType": "ImagingStudy",
        "id": "s1",
        "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}, {"type": acsn, "value": "A1"}],
        "status": "available",
        "modality": [{"system": dcm, "code": "CT"}],
        "subject": {"reference": "Patient/p1"},
        "started": "2024-02-29T10:15:30.5+09:00",
        "referrer": {"display": "Dr One Referrer"},
        "basedOn": [{"type": "ServiceRequest", "identifier": {"type": acsn, "value": "A1"}}],
        "endpoint": [{"reference": "Endpoint/e1"}],
        "numberOfSeries": 1,
        "numberOfInstances": 1,
        "description": "CT chest",
        "series": [
            {
                "uid": "1.2.3.1",
                "number": 2,
                "modality": {"system": dcm, "code": "CT"},
                "description": "Axial",
                "numberOfInstances": 1,
                "bodySite": {"system": "http://snomed.info/sct", "code": "816094009", "display": "Chest"},
                "laterality": {"system": "http://snomed.info/sct", "code": "7771000", "display": "Left"},
                "started": "2024-02-29T10:16:00+09:00",
                "instance": [
                    {
                        "uid": "1.2.3.1.1",
                        "sopClass": {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{CT}"},
                        "number": 1,
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("changes", "zone", "started"),
    [
        ({"TimezoneOffsetFromUTC": None}, None, "2024-02-29"),
        ({"TimezoneOffsetFromUTC": None}, ZoneInfo("Asia/Seoul"), "2024-02-29T10:15:30.5+09:00"),
        ({"TimezoneOffsetFromUTC": "+2500"}, None, "2024-02-29"),
        ({"TimezoneOffsetFromUTC": "+1459"}, None, "2024-02-29"),
        ({"StudyTime": "10"}, None, "2024-02-29T10:00:00+09:00"),
        ({"StudyTime": "10:15:30"}, None, "2024-02-29T10:15:30+09:00"),
        ({"StudyTime": "2561"}, None, "2024-02-29"),
        ({"StudyTime": ""}, None, "2024-02-29"),
        ({"StudyDate": "2024.02.29"}, None, "2024-02-29T10:15:30.5+09:00"),
        ({"StudyDate": "20230229"}, None, None),
        ({"StudyDate": ""}, None, None),
    ],
)
def test_a_study_starts_as_precisely_as_is_known(
    changes: dict[str, Any], zone: ZoneInfo | None, started: str | None
) -> None:
    assert made({**STUDY, **changes}, zone=zone).get("started") == started


def test_a_series_needs_a_uid_and_always_has_a_modality() -> None:
    found = made(STUDY, {**SERIES, "SeriesInstanceUID": "1.2/../3"}, {**SERIES, "Modality": ""})
    assert [each["modality"]["code"] for each in found["series"]] == ["OT"]


def test_an_instance_needs_its_uid_and_class() -> None:
    wrong = [{"SOPInstanceUID": "x", "SOPClassUID": CT}, {"SOPInstanceUID": "1.2", "SOPClassUID": ""}]
    (shown,) = made(STUDY, {**SERIES, "instances": wrong})["series"]
    assert "instance" not in shown
    assert shown["numberOfInstances"] == 0


def test_modalities_are_those_of_the_series_each_once() -> None:
    found = made(STUDY, SERIES, {**SERIES, "Modality": "SR"}, {**SERIES, "SeriesInstanceUID": "1.2.3.4"})
    assert [each["code"] for each in found["modality"]] == ["CT", "SR"]
    assert [each["code"] for each in made({"ModalitiesInStudy": ["MR", "PT"]})["modality"]] == ["MR", "PT"]


@given(studies(), st.lists(series(), max_size=3))
def test_whatever_the_files_say_the_study_is_valid(
    study: dict[str, Any], found: list[dict[str, Any]]
) -> None:
    resource = made(study, *found)
    assert validate(resource) == ()
    ImagingStudy.model_validate(resource)


USERS = {
    "meta": {"tag": [{"code": "teaching"}]},
    "basedOn": [{"reference": "ServiceRequest/1"}],
    "reasonCode": [{"text": "cough"}],
    "note": [{"text": "see prior"}],
    "extension": [{"url": "urn:x", "valueString": "y"}],
}


def test_what_users_add_is_kept_beside_what_the_pictures_say() -> None:
    number = {"system": "urn:own", "value": "7"}
    sent = {**made(STUDY, SERIES), **USERS}
    sent["identifier"] = [*sent["identifier"], number]
    overlay = overlay_of({**sent, "meta": {**USERS["meta"], "versionId": "3", "lastUpdated": "2024"}})
    rendered = made(STUDY, SERIES, overlay=overlay)
    assert rendered == sent
    assert owned_differences(sent, rendered) == ()


def test_what_the_pictures_do_not_say_users_may() -> None:
    said = {
        "description": "From the order",
        "started": "2024-02",
        "referrer": {"reference": "Practitioner/1"},
    }
    overlay = overlay_of({"resourceType": "ImagingStudy", "id": "s1", **said})
    bare = {"StudyInstanceUID": "1.2.3"}
    assert said.items() <= made(bare, SERIES, overlay=overlay).items()
    rendered = made(STUDY, SERIES, overlay=overlay)
    assert (rendered["description"], rendered["referrer"]) == ("CT chest", {"display": "Dr One Referrer"})


def _set(resource: dict[str, Any], name: str, value: Any) -> None:
    resource[name] = value


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda sent: sent.pop("series"), "series"),
        (lambda sent: _set(sent["series"][0], "number", 9), "series[0].number"),
        (
            lambda sent: _set(sent["series"][0], "performer", [{"actor": {"display": "x"}}]),
            "series[0].performer",
        ),
        (lambda sent: sent["series"][0]["instance"][0].pop("number"), "series[0].instance[0].number"),
        (lambda sent: _set(sent, "numberOfSeries", 2), "numberOfSeries"),
        (lambda sent: _set(sent["modality"][0], "code", "MR"), "modality[0].code"),
        (lambda sent: _set(sent, "subject", {"reference": "Patient/2"}), "subject.reference"),
        (lambda sent: _set(sent, "status", "cancelled"), "status"),
        (lambda sent: _set(sent, "started", "2024"), "started"),
        (lambda sent: sent.pop("description"), "description"),
        (lambda sent: sent.pop("endpoint"), "endpoint"),
        (lambda sent: _set(sent, "referrer", {"display": "x"}), "referrer.display"),
        (lambda sent: sent["identifier"].pop(0), "identifier"),
        (lambda sent: _set(sent["identifier"][1], "value", "B2"), "identifier"),
    ],
)
def test_a_change_of_what_the_pictures_say_is_named(change: Any, path: str) -> None:
    sent = deepcopy(made(STUDY, SERIES))
    change(sent)
    assert owned_differences(sent, made(STUDY, SERIES, overlay=overlay_of(sent))) == (path,)


def test_the_order_of_identifiers_is_not_a_change() -> None:
    sent = made(STUDY, SERIES)
    sent["identifier"] = sent["identifier"][::-1]
    assert owned_differences(sent, made(STUDY, SERIES)) == ()


def test_an_endpoint_says_where_to_retrieve_from() -> None:
    found = endpoint("https://hilum.example/dicom-web", id="e1")
    assert found["address"] == "https://hilum.example/dicom-web"
    assert found["connectionType"]["code"] == "dicom-wado-rs"
    assert validate(found) == ()


def test_it_is_what_the_profile_of_pictures_says() -> None:
    profile = "urn:hilum:StructureDefinition:imaging-study"
    assert [each.severity for each in issues_of(made(STUDY, SERIES), profiles=[profile])] == ["warning"]
    without = {**made(STUDY, SERIES), "identifier": [{"system": "urn:x", "value": "1"}]}
    del without["modality"]
    places = [each.expression for each in issues_of(without, profiles=[profile]) if each.severity == "error"]
    assert places == ["ImagingStudy.identifier", "ImagingStudy.modality"]
