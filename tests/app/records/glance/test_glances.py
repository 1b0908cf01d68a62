"""A glance of whatever the record may hold: every type, and elements that are there and say nothing."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.records.glance.glances import MOST_OF_A_LIST, glance_of
from app.records.glance.timeline import Stretch, stretch_of
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from tests.factories.charts import MINE, chart_of, named, report, study, told, value
from tests.factories.fhir import Resource
from tests.factories.minimal import minimal

SECTIONS = ("priors", "problems", "pathology", "operations", "implants", "encounters", "reports")


def test_the_least_of_every_type_is_on_the_timeline_or_without_a_time() -> None:
    chart = chart_of(*(minimal(kind, MINE, id="x") for kind in sorted(RESOURCE_TYPES)))
    pages = [stretch_of(chart, Stretch(undated=each)) for each in (False, True)]

    orjson.dumps(glance_of(chart))
    assert sorted(told([*pages[0].marks, *pages[1].marks])) == sorted(chart.by_reference)


def test_a_chart_of_nothing_has_its_parts_empty() -> None:
    found = glance_of(chart_of())

    assert [found[name] for name in SECTIONS] == [[]] * len(SECTIONS)
    assert found["reason"] is None
    assert found["timeline"]["total"] == 0


def test_a_long_list_says_how_much_was_left_out() -> None:
    found = glance_of(chart_of(*(named("Procedure", f"p{at}", status="completed") for at in range(130))))

    assert len(found["operations"]) == MOST_OF_A_LIST
    assert found["more"]["operations"] == 30


def test_every_entry_of_a_list_leads_to_a_resource_of_the_chart() -> None:
    chart = chart_of(
        study("now", "2026-11-20"),
        study("s", "2026-05-01"),
        report("r", "2026-05-01", "IMPRESSION: Recommend CT in 3 months.", of="s"),
        value("v", "2026-05-01", "2160-0", 1),
        named("Condition", "c", code={"text": "Cough"}),
        named("Procedure", "p", status="completed", code={"text": "Appendectomy"}),
    )
    found = glance_of(chart)

    leading = {each["reference"] for name in SECTIONS for each in found[name]}
    leading |= {each["report"] for each in found["followUps"]}
    leading |= {point[2] for each in found["labs"] for point in each["points"]}
    assert leading <= chart.by_reference.keys()
    assert len(leading) == 5  # the study to be read is the reason


EMPTY: tuple[Any, ...] = ({}, [], "", 0, [{}], {"coding": [{}]}, [{"coding": []}], {"reference": "x"}, True)
ELEMENTS = (
    *("code", "category", "clinicalStatus", "verificationStatus", "valueQuantity", "component"),
    *("effectiveDateTime", "effectivePeriod", "period", "performedPeriod", "onsetAge", "abatementDateTime"),
    *("reasonCode", "reasonReference", "basedOn", "imagingStudy", "modality", "series", "bodySite", "note"),
    *("medicationReference", "medicationCodeableConcept", "dosageInstruction", "dispenseRequest", "device"),
    *("deviceName", "type", "class", "stage", "reaction", "conclusion", "presentedForm", "content", "text"),
    *("referenceRange", "interpretation", "identifier", "started", "authoredOn", "daysSupply", "context"),
)
KINDS = (
    *("Observation", "Condition", "DiagnosticReport", "ImagingStudy", "ServiceRequest", "MedicationRequest"),
    *("MedicationDispense", "Procedure", "Device", "DeviceUseStatement", "AllergyIntolerance", "Encounter"),
)
ODD = st.builds(
    lambda kind, number, elements: {**named(kind, f"x{number}"), **elements},
    st.sampled_from(KINDS),
    st.integers(0, 99),
    st.dictionaries(st.sampled_from(ELEMENTS), st.sampled_from(EMPTY), max_size=8),
)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.lists(ODD, max_size=6, unique_by=lambda each: each["id"]))
def test_elements_that_say_nothing_are_no_failure(resources: list[Resource]) -> None:
    orjson.dumps(glance_of(chart_of(*resources)))


@pytest.mark.parametrize(
    "person",
    [
        {},
        {"birthDate": "1970"},
        {"birthDate": "1970-02"},
        {"birthDate": "0000"},
        {"deceasedBoolean": True},
        {"name": [{}]},
        {"name": [{"family": "Kim"}], "deceasedDateTime": "2020"},
    ],
)
def test_a_patient_of_whom_little_is_known_is_told_as_far(person: Resource) -> None:
    found = glance_of(chart_of(person={"resourceType": "Patient", "id": "mine", **person}))

    assert found["patient"]["reference"] == MINE
    assert isinstance(found["patient"]["age"], int | None)
