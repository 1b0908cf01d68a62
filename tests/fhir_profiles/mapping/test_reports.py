"""Structured reports of every kind as the DiagnosticReport and Observations that say the same."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import highdicom
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.sr.codedict import codes

from app.imaging.reports import transcript_of
from fhir_profiles.mapping import report_observations
from fhir_profiles.validation.validation import validate
from tests.factories.dicom import ct_instance, report_instance
from tests.factories.reports import (
    cad_report,
    content,
    dose_report,
    key_objects,
    measurement_report,
    number,
    report_of,
    said,
    seen_on,
)

DCM, SCT, UCUM = (
    "http://dicom.nema.org/resources/ontology/DCM",
    "http://snomed.info/sct",
    "http://unitsofmeasure.org",
)
TITLE = ("126000", "DCM", "Imaging Measurement Report")


def told(file: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The report and the Observations of a file, each valid once it is said whose it is."""
    sop_uid = str(dcmread(BytesIO(file)).SOPInstanceUID)
    parts = [json.loads(each.body, parse_float=str) for each in transcript_of(BytesIO(file), sop_uid)]
    for each in (json.loads(part.body) for part in transcript_of(BytesIO(file), sop_uid)):
        assert validate({**each, "id": "x", "subject": {"reference": "Patient/p"}}) == (), each
    return parts[0], parts[1:]


def spoken(concept: dict[str, Any]) -> str:
    return str(concept["text"])


def test_a_report_of_text_is_told_with_its_findings() -> None:
    report, (finding,) = told(report_instance("No fracture.\r\nNo effusion."))

    assert (report["resourceType"], report["status"]) == ("DiagnosticReport", "preliminary")
    assert report["code"]["coding"] == [
        {"system": "http://loinc.org", "code": "18748-4", "display": "Diagnostic imaging report"}
    ]
    assert finding["valueString"] == "No fracture.\nNo effusion."
    assert report["result"] == [{"reference": "1"}]
    assert all(each["meta"]["tag"][0]["code"] == "dicom" for each in (report, finding))


def test_a_measurement_is_told_with_its_unit_site_method_and_mark() -> None:
    report, observations = told(measurement_report("12.50"))
    group, diameter, impression = observations

    assert diameter["valueQuantity"] == {"value": "12.50", "system": UCUM, "code": "mm", "unit": "millimeter"}
    assert diameter["bodySite"]["coding"][0] == {"system": SCT, "code": "39607008", "display": "Lung"}
    assert spoken(diameter["bodySite"]) == "Lung, Right"
    assert spoken(diameter["method"]) == "Manual"
    assert [spoken(each["valueCodeableConcept"]) for each in diameter["component"]] == ["Maximum"]
    assert [each["value"] for each in diameter["identifier"]] == ["urn:oid:1.2.77", "Lesion 1"]
    assert diameter["derivedFrom"] == [{"identifier": {"system": "urn:dicom:uid", "value": "urn:oid:1.2.88"}}]
    assert spoken(group["valueCodeableConcept"]) == "Nodule"
    assert len(group["hasMember"]) == 1
    assert spoken(impression["code"]) == "Impression"
    assert report["conclusion"] == "Growing nodule."
    assert report["performer"] == diameter["performer"] == [{"display": "Ha Kim"}]
    assert len(report["result"]) == 2


def test_a_dose_report_is_told_by_its_sums_and_events() -> None:
    report, (total, event) = told(dose_report())

    assert (report["status"], spoken(total["code"])) == ("final", "CT Accumulated Dose Data")
    assert total["component"][0]["valueQuantity"]["value"] == "412.7"
    assert [spoken(each["code"]) for each in event["component"]] == ["CT Acquisition Type", "Mean CTDIvol"]
    assert event["component"][0]["valueCodeableConcept"]["coding"][0]["system"] == SCT
    assert event["device"] == {"display": "CT1"}


def test_what_a_computer_found_is_told_with_how_sure_it_is() -> None:
    _, (finding,) = told(cad_report())

    assert spoken(finding["valueCodeableConcept"]) == "Calcification Cluster"
    assert finding["component"][0]["valueQuantity"] == {
        "value": 87,
        "system": UCUM,
        "code": "%",
        "unit": "percent",
    }
    assert finding["derivedFrom"][0]["identifier"]["value"] == "urn:oid:1.2.99"


def test_key_images_are_named() -> None:
    report, (note,) = told(key_objects())
    bare = report_of(("113000", "DCM", "Of Interest"), seen_on("1.2.5"))

    assert (spoken(report["code"]), note["valueString"]) == ("Of Interest", "See the nodule")
    assert (report["status"], note["status"]) == ("final", "final")  # nobody verifies key objects
    assert len(note["derivedFrom"]) == 2
    (only,) = told(bare)[1]
    assert (spoken(only["code"]), len(only["derivedFrom"])) == ("Of Interest", 1)


@pytest.mark.parametrize(
    ("written", "value"),
    [("12.50", "12.50"), ("+1.5", "1.5"), (".5", "0.5"), ("-003", -3), ("1e-3", "1e-3"), (" 7 ", 7)],
)
def test_a_number_keeps_its_digits(written: str, value: Any) -> None:
    _, (found,) = told(report_of(TITLE, number(("1", "99X", "Length"), written)))
    assert found["valueQuantity"]["value"] == value


def test_what_was_not_measured_says_why() -> None:
    empty = content("NUM", ("1", "99X", "Length"), MeasuredValueSequence=[])
    _, (found,) = told(report_of(TITLE, empty))
    assert found["dataAbsentReason"]["coding"][0]["code"] == "unknown"


def test_who_verified_a_report_made_it_final() -> None:
    verified = dcmread(BytesIO(report_instance()))
    verified.VerificationFlag = "VERIFIED"
    written = BytesIO()
    verified.save_as(written)
    assert told(written.getvalue())[0]["status"] == "final"


def test_what_is_too_much_is_cut_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_observations, "MOST", 3)
    report, observations = told(report_of(TITLE, *(said(("1", "99X", "Note"), "x") for _ in range(5))))

    assert len(observations) == 3
    assert [each["code"] for each in report["meta"]["tag"]] == ["dicom", "part"]


@pytest.mark.parametrize("name", ["reportsi.dcm", "test-SR.dcm"])
def test_real_reports_are_told(name: str) -> None:
    path = Path(str(get_testdata_file(name, download=False)))
    report, observations = told(path.read_bytes())
    assert report["code"]
    assert observations


def test_a_report_of_another_library_is_told() -> None:
    picture = dcmread(BytesIO(ct_instance()))
    measurement = highdicom.sr.Measurement(name=codes.SCT.Diameter, value=10.25, unit=codes.UCUM.Millimeter)
    group = highdicom.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=highdicom.sr.TrackingIdentifier("1.2.3", "Lesion 1"),
        finding_type=codes.SCT.Nodule,
        finding_sites=[highdicom.sr.FindingSite(codes.SCT.Lung)],
        measurements=[measurement],
    )
    content = highdicom.sr.MeasurementReport(
        observation_context=highdicom.sr.ObservationContext(),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=[group],
    )
    made = highdicom.sr.ComprehensiveSR(
        evidence=[picture],
        content=content,
        series_number=2,
        series_instance_uid="1.2.4",
        sop_instance_uid="1.2.5",
        instance_number=1,
        manufacturer="Hilum",
    )
    written = BytesIO()
    made.save_as(written)
    report, observations = told(written.getvalue())

    (diameter,) = [each for each in observations if "valueQuantity" in each]
    assert (diameter["valueQuantity"]["value"], diameter["valueQuantity"]["code"]) == ("10.25", "mm")
    assert spoken(diameter["bodySite"]).startswith("Lung")
    assert report["status"] == "partial"  # as this library says unless it is told that it is complete


def test_what_is_no_report_tells_nothing() -> None:
    assert transcript_of(BytesIO(b"nothing"), "1.2") == []
