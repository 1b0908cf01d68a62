"""What files say of a study that no search over DICOMweb compares, as elements of its ImagingStudy."""

import json
from typing import Any

import pytest

from fhir_profiles.mapping.body_parts import BODY_PARTS
from fhir_profiles.mapping.coded_concepts import coding_of, concept_of, concepts_of
from fhir_profiles.mapping.imaging_study import imaging_study, overlay_of, owned_differences
from fhir_profiles.validation.validation import validate

SCT = "http://snomed.info/sct"
STUDY = {"StudyInstanceUID": "1.2.3", "AccessionNumber": "A1"}
SERIES = {"SeriesInstanceUID": "1.2.3.1", "Modality": "MG", "ManufacturerModelName": "Mammomat"}


def made(study: dict[str, Any], *series: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = {"patient_reference": "Patient/p", "endpoint_reference": "Endpoint/e"}
    found = imaging_study({**STUDY, **study}, series, id="s", **named, **more)
    assert validate(found) == ()
    return found


def shown(**said: Any) -> dict[str, Any]:
    facts = {name: said.pop(name) for name in ("BodyPartExamined", "Laterality") if name in said}
    (series,) = made({}, {**SERIES, **facts, "particulars": json.dumps(said)})["series"]
    return dict(series)


def test_procedures_reasons_and_readers_are_told() -> None:
    said = {
        "ProcedureCodeSequence": [["241540006", "SCT", "MRI of breast"]],
        "RequestedProcedureCodeSequence": [["241540006", "SCT", "MRI of breast"], ["P7", "99X", "Breast"]],
        "ReasonForRequestedProcedureCodeSequence": [["254837009", "SCT", "Breast cancer"]],
        "ReasonForTheRequestedProcedure": ["staging"],
        "NameOfPhysiciansReadingStudy": ["Kim^Ha^^Dr", "Roe^R"],
    }
    study = made({"particulars": json.dumps(said)})

    assert [each["text"] for each in study["procedureCode"]] == ["MRI of breast", "Breast"]
    assert study["procedureCode"][0]["coding"] == [
        {"system": SCT, "code": "241540006", "display": "MRI of breast"}
    ]
    assert study["procedureCode"][1]["coding"] == [{"code": "P7", "display": "Breast"}]
    assert [each["text"] for each in study["reasonCode"]] == ["Breast cancer", "staging"]
    assert [each["display"] for each in study["interpreter"]] == ["Dr Ha Kim", "R Roe"]


def test_an_order_is_named_by_its_number_and_by_a_reference_where_it_is_known() -> None:
    (by_number,) = made({})["basedOn"]
    (known,) = made({"order": "ServiceRequest/7"})["basedOn"]

    assert (by_number["identifier"]["value"], "reference" in by_number) == ("A1", False)
    assert known == {"reference": "ServiceRequest/7", **by_number}
    assert "basedOn" not in made({"AccessionNumber": ""})


def test_an_order_that_a_user_names_takes_its_place_and_what_was_read_is_not_kept() -> None:
    read = made({"order": "ServiceRequest/7"})
    assert "basedOn" not in overlay_of(read)

    overlay = overlay_of({**read, "basedOn": [{"reference": "ServiceRequest/9"}]})
    assert made({}, overlay=overlay)["basedOn"] == [{"reference": "ServiceRequest/9"}]


def test_people_and_equipment_perform_a_series() -> None:
    said = {
        "PerformingPhysicianName": ["Doe^J"],
        "OperatorsName": ["Lee^A"],
        "Manufacturer": ["Siemens"],
        "StationName": ["MG1"],
        "DeviceSerialNumber": ["123"],
        "SoftwareVersions": ["VB10"],
    }
    same = {**SERIES, "SeriesInstanceUID": "1.2.3.2", "particulars": json.dumps(said)}
    study = made({}, {**SERIES, "particulars": json.dumps(said)}, same)

    (device,) = study["contained"]
    performers = study["series"][0]["performer"]
    assert [each["function"]["coding"][0]["code"] for each in performers] == ["PRF", "SPRF", "DEV"]
    assert [each["actor"] for each in performers] == [
        {"display": "J Doe"},
        {"display": "A Lee"},
        {"reference": f"#{device['id']}"},
    ]
    assert (device["manufacturer"], device["serialNumber"]) == ("Siemens", "123")
    assert {each["type"]: each["name"] for each in device["deviceName"]} == {
        "model-name": "Mammomat",
        "user-friendly-name": "MG1",
    }
    assert device["version"] == [{"value": "VB10"}]


def test_equipment_is_not_the_users_to_change() -> None:
    study = made({}, SERIES)
    own = {"resourceType": "Organization", "id": "o", "name": "Ours"}
    sent = {**study, "contained": [*study["contained"], own]}

    assert overlay_of(sent)["contained"] == [own]
    assert made({}, SERIES, overlay=overlay_of(sent)) == sent
    without = {name: each for name, each in study.items() if name != "contained"}
    assert owned_differences(without, study) == ("contained",)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"BodyPartExamined": "CHEST"}, "816094009"),
        ({"BodyPartExamined": "cspine"}, "122494005"),
        ({"BodyPartExamined": "WHOLE BODY"}, "38266002"),
        ({"BodyPartExamined": "CHEST", "AnatomicRegionSequence": [["39607008", "SCT", "Lung"]]}, "39607008"),
        ({"BodyPartExamined": "TAIL"}, None),
    ],
)
def test_the_body_site_is_coded_where_the_term_has_a_code(said: dict[str, Any], code: str | None) -> None:
    assert shown(**said)["bodySite"].get("code") == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"Laterality": "R"}, "24028007"),
        ({"ImageLaterality": ["L"]}, "7771000"),
        ({"Laterality": "", "ImageLaterality": ["B"]}, "51440002"),
        ({"ImageLaterality": ["L", "R"]}, None),  # a series of both breasts has no side
    ],
)
def test_the_side_is_that_of_the_series_or_of_all_its_images(said: dict[str, Any], code: str | None) -> None:
    assert shown(**said).get("laterality", {}).get("code") == code


def test_specimens_are_named_by_their_identifiers() -> None:
    (specimen,) = shown(SpecimenDescriptionSequence=[["S1", "1.2.9", "Core 1"]])["specimen"]
    assert specimen == {"type": "Specimen", "identifier": {"value": "S1"}, "display": "Core 1"}


def test_series_and_instances_stand_by_their_numbers_however_they_came() -> None:
    slices = [
        {"SOPInstanceUID": f"1.{number}", "SOPClassUID": "1.2", "InstanceNumber": number}
        for number in (10, 2, 1)
    ]
    slices.append({"SOPInstanceUID": "1.0", "SOPClassUID": "1.2", "title": "Key images"})
    every = [
        {**SERIES, "SeriesInstanceUID": f"1.2.3.{number or 9}", "SeriesNumber": number, "instances": slices}
        for number in (3, 1, None, 2)
    ]
    forwards, backwards = made({}, *every), made({}, *every[::-1])

    assert forwards == backwards
    assert [each.get("number") for each in forwards["series"]] == [1, 2, 3, None]
    first = forwards["series"][0]["instance"]
    assert [each.get("number") for each in first] == [1, 2, 10, None]
    assert first[3]["title"] == "Key images"


def test_codes_without_a_known_scheme_keep_their_meaning() -> None:
    assert coding_of(("T-1", "99X", "Thing")) == {"code": "T-1", "display": "Thing"}
    assert coding_of(("", "SCT", "Thing")) is None
    assert concept_of(("", "", "Thing")) == {"text": "Thing"}
    assert concepts_of([("1", "DCM", "a"), ("1", "DCM", "a"), ("", "", "")]) == [
        concept_of(("1", "DCM", "a"))
    ]


def test_every_body_part_has_a_code_and_a_name() -> None:
    assert all(code.isdigit() and name for code, name in BODY_PARTS.values())
