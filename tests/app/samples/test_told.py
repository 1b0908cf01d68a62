"""What the told patient's reports ask for is done, open or overdue, and the chart says what matters."""

from datetime import date
from typing import Any

import pytest

from app.records.glance.chart import PatientChart
from app.records.glance.followups import follow_ups
from app.records.glance.reports import filed_reports
from app.samples.chart import chart
from app.samples.codes import JsonObject
from app.samples.findings import findings
from app.samples.naming import study_uid
from app.samples.sets import PICTURES
from app.samples.told import TOLD
from tests.factories.charts import chart_of, study

AS_OF, SEED = date(2026, 11, 22), 7
REGIONS = {
    "ct chest": "CHEST",
    "ct thigh": "KNEE",
    "mr knee": "KNEE",
    "us heart": "HEART",
    "mammogram": "BREAST",
}


def pictured(place: int) -> JsonObject:
    """A study of the patient as the gateway makes it of the files."""
    told = TOLD.studies[place - 1]
    pictures = PICTURES[told.pictures]
    region = next(region for start, region in REGIONS.items() if told.pictures.startswith(start))
    day = told.ago.before(AS_OF).isoformat()
    return study(f"s{place}", day, pictures.modality, region, description=pictures.description)


@pytest.fixture(scope="module")
def resources() -> list[JsonObject]:
    named = {study_uid(SEED, TOLD.key, place): f"s{place}" for place in range(1, len(TOLD.studies) + 1)}
    reports = list(findings(TOLD, AS_OF, SEED))
    for each in reports:
        for reference in each.get("imagingStudy", ()):
            uid = reference["reference"].rpartition(":")[2].removeprefix("oid:")
            reference["reference"] = f"ImagingStudy/{named[uid]}"
    return [*chart(TOLD, AS_OF), *reports, *map(pictured, range(1, len(TOLD.studies) + 1))]


@pytest.fixture(scope="module")
def told(resources: list[JsonObject]) -> PatientChart:
    return chart_of(*resources, as_of=AS_OF)


def asked(told: PatientChart) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for each in follow_ups(told, filed_reports(told)):
        found.setdefault(each["state"], []).append(each)
    return found


def test_three_recommendations_are_overdue(told: PatientChart) -> None:
    assert {each["text"] for each in asked(told)["overdue"]} == {
        "Recommend mammography in 6 months.",
        "Recommend repeat echocardiography in 3 months.",
        "Recommend radiograph of the left knee in 4 weeks.",
    }


def test_the_last_one_is_open_and_the_others_are_done(told: PatientChart) -> None:
    found = asked(told)

    assert {each["text"] for each in found["open"]} == {
        "Recommend PET-CT or biopsy within 4 weeks and the tumour board."
    }
    assert {each["text"] for each in found["done"]} == {
        "Recommend follow-up chest CT in 3 months, without contrast medium.",
        "Recommend core needle biopsy of the mass within 2 weeks.",
        "Recommend MRI of the knee and a biopsy within 2 weeks.",
        "Recommend follow-up chest CT in 6 weeks.",
        "6주 후 흉부 CT 추적 검사를 권고합니다",
    }


def test_the_chart_says_what_a_radiologist_asks_first(resources: list[JsonObject]) -> None:
    kinds = {each["resourceType"] for each in resources}

    assert {"AllergyIntolerance", "Device", "Procedure", "Encounter", "Observation"} <= kinds
    orders = [each for each in resources if each["resourceType"] == "ServiceRequest"]
    assert all(each["reasonCode"][0]["text"] for each in orders)


def test_no_contrast_medium_is_given_after_the_reaction() -> None:
    allergic = next(study for study in TOLD.studies if "Urticaria" in study.reports[0].findings)

    later = [each for each in TOLD.studies if each.ago.before(AS_OF) > allergic.ago.before(AS_OF)]
    assert later
    assert not [each.pictures for each in later if "contrast" in PICTURES[each.pictures].description]


def test_the_kidneys_got_worse_under_treatment(resources: list[JsonObject]) -> None:
    values = [
        each["valueQuantity"]["value"]
        for each in resources
        if each["resourceType"] == "Observation" and each["code"]["coding"][0]["code"] == "98979-8"
    ]

    assert values[0] > 90
    assert values[-1] < 60
