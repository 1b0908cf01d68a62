"""What a resource is found by."""

from math import inf
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhir_profiles.dates import LATEST, interval
from fhir_profiles.index.extraction import SearchValues, extract
from tests.factories.fhir import LOINC, SNOMED, UCUM


def resource(resource_type: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": resource_type, "id": "x", **elements}


def terms(values: SearchValues, param: str) -> list[tuple[str, str]]:
    return [(term.system, term.code) for term in values.terms if term.param == param]


def texts(values: SearchValues, param: str) -> list[str]:
    return [text.value for text in values.texts if text.param == param]


def spans(values: SearchValues, param: str) -> list[tuple[float, float, str, str]]:
    return [(span.low, span.high, span.system, span.code) for span in values.spans if span.param == param]


CODE = {"coding": [{"system": LOINC, "code": "8480-6", "display": "Systolic"}], "text": "Oberer Blutdruck"}


def test_a_concept_is_found_by_each_coding_and_by_its_words() -> None:
    found = extract(
        resource(
            "Condition", code={"coding": [{"system": SNOMED, "code": "1"}, {"code": "2"}], "text": "Ä b"}
        )
    )
    assert terms(found, "code") == [(SNOMED, "1"), ("", "2")]
    assert texts(found, "code:text") == ["a b"]


def test_an_identifier_is_found_by_its_value_and_by_its_type() -> None:
    kind = {"coding": [{"system": "urn:types", "code": "MR"}], "text": "Record"}
    found = extract(
        resource("Patient", identifier=[{"system": "urn:s", "value": "1", "type": kind}, {"value": "2"}])
    )
    assert terms(found, "identifier") == [("urn:s", "1"), ("", "2")]
    assert terms(found, "identifier:of-type") == [("urn:types", "MR|1")]
    assert texts(found, "identifier:text") == ["record"]


def test_a_code_has_the_system_of_its_value_set() -> None:
    found = extract(resource("Patient", gender="female", active=True))
    assert terms(found, "gender") == [("http://hl7.org/fhir/administrative-gender", "female")]
    assert terms(found, "active") == [("", "true")]


@pytest.mark.parametrize(
    ("elements", "deceased"),
    [
        ({}, "false"),
        ({"deceasedBoolean": False}, "false"),
        ({"deceasedBoolean": True}, "true"),
        ({"deceasedDateTime": "2020"}, "true"),
    ],
)
def test_every_patient_is_either_deceased_or_not(elements: dict[str, Any], deceased: str) -> None:
    found = extract(resource("Patient", **elements))
    assert terms(found, "deceased") == [("", deceased)]
    assert len(spans(found, "death-date")) == ("deceasedDateTime" in elements)


def test_a_filter_divides_the_telecoms() -> None:
    telecom = [{"system": "phone", "value": "1"}, {"system": "email", "value": "a@b"}, {"value": "3"}]
    found = extract(resource("Patient", telecom=telecom))
    assert terms(found, "phone") == [("phone", "1")]
    assert terms(found, "email") == [("email", "a@b")]
    assert terms(found, "telecom") == [("phone", "1"), ("email", "a@b"), ("", "3")]


def test_a_name_is_found_by_each_of_its_parts() -> None:
    found = extract(
        resource("Patient", name=[{"family": "Müller", "given": ["Anna", "Eva"], "text": "A. M."}])
    )
    assert texts(found, "name") == ["muller", "anna", "eva", "a. m."]
    assert texts(found, "family") == ["muller"]
    assert [text.exact for text in found.texts if text.param == "family"] == ["Müller"]


def test_an_address_is_found_by_each_of_its_parts() -> None:
    found = extract(resource("Patient", address=[{"line": ["1 Rd"], "city": "Köln", "country": "DE"}]))
    assert texts(found, "address") == ["1 rd", "koln", "de"]
    assert texts(found, "address-city") == ["koln"]


def test_a_long_text_is_cut() -> None:
    found = extract(resource("Patient", name=[{"family": "A" * 300}]))
    (family,) = (text for text in found.texts if text.param == "family")
    assert (len(family.value), len(family.exact)) == (200, 200)


@pytest.mark.parametrize(
    ("element", "low", "high"),
    [
        ({"effectiveDateTime": "2024-02"}, "2024-02", "2024-02"),
        ({"effectiveInstant": "2024-02-03T04:05:06.7Z"}, "2024-02-03T04:05:06.7Z", "2024-02-03T04:05:06.7Z"),
        ({"effectivePeriod": {"start": "2024-02-01", "end": "2024-02-03"}}, "2024-02-01", "2024-02-03"),
        ({"effectiveTiming": {"event": ["2024-02-01", "2024-02-09"]}}, "2024-02-01", "2024-02-09"),
    ],
)
def test_a_date_is_what_it_covers(element: dict[str, Any], low: str, high: str) -> None:
    first, last = interval(low), interval(high)
    assert first and last
    assert spans(extract(resource("Observation", **element)), "date") == [(first[0], last[1], "", "")]


def test_a_date_without_an_offset_lies_where_the_site_is() -> None:
    seoul = ZoneInfo("Asia/Seoul")
    found = extract(resource("Patient", birthDate="1970-01-02"), seoul)
    assert spans(found, "birthdate")[0][:2] == interval("1970-01-02", seoul)


def test_a_quantity_is_a_point_under_its_code_and_under_its_unit() -> None:
    found = extract(
        resource(
            "Observation", valueQuantity={"value": 5.4, "unit": "millimol", "system": UCUM, "code": "mmol"}
        )
    )
    assert spans(found, "value-quantity") == [(5.4, 5.4, UCUM, "mmol"), (5.4, 5.4, "", "millimol")]
    plain = extract(
        resource("Observation", valueQuantity={"value": 5, "unit": "mg", "system": UCUM, "code": "mg"})
    )
    assert spans(plain, "value-quantity") == [(5.0, 5.0, UCUM, "mg")]


@pytest.mark.parametrize(
    ("comparator", "low", "high"), [("<", -inf, 5.0), ("<=", -inf, 5.0), (">", 5.0, inf), (">=", 5.0, inf)]
)
def test_a_comparator_opens_one_side(comparator: str, low: float, high: float) -> None:
    found = extract(resource("Observation", valueQuantity={"value": 5, "comparator": comparator}))
    assert spans(found, "value-quantity") == [(low, high, "", "")]


def test_ranges_money_and_numbers_are_ranges() -> None:
    onset = {"low": {"value": 40, "unit": "a"}, "high": {"value": 50, "unit": "a"}}
    assert spans(extract(resource("Condition", onsetRange=onset)), "onset-age") == [(40.0, 50.0, "", "a")]
    invoice = extract(resource("Invoice", totalNet={"value": 9.5, "currency": "EUR"}))
    assert spans(invoice, "totalnet") == [(9.5, 9.5, "urn:iso:std:iso:4217", "EUR")]
    risk = extract(
        resource(
            "RiskAssessment",
            prediction=[{"probabilityDecimal": 0.25}, {"probabilityRange": {"low": {"value": 1}}}],
        )
    )
    assert spans(risk, "probability") == [(0.25, 0.25, "", ""), (1.0, inf, "", "")]


BASE = "https://hilum.example/fhir"


@pytest.mark.parametrize(
    ("text", "codes", "edge"),
    [
        ("Patient/1", ["Patient/1"], ("Patient/1", None)),
        ("Patient/1/_history/2", ["Patient/1", "Patient/1/_history/2"], ("Patient/1", "2")),
        (f"{BASE}/Patient/1", ["Patient/1"], ("Patient/1", None)),
        (f"{BASE}/Patient/1/_history/2", ["Patient/1", "Patient/1/_history/2"], ("Patient/1", "2")),
        ("https://elsewhere.example/Patient/1", ["https://elsewhere.example/Patient/1"], None),
        (
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            ["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"],
            None,
        ),
        ("#p", ["#"], None),
    ],
)
def test_a_reference_is_a_term_and_where_it_points_here_an_edge(
    text: str, codes: list[str], edge: tuple[str, str | None] | None
) -> None:
    found = extract(resource("Condition", subject={"reference": text}), base=BASE)
    assert terms(found, "subject") == [("", code) for code in codes]
    assert [(each.target, each.version) for each in found.references] == ([edge] if edge else [])


def test_a_parameter_takes_references_to_its_type_only() -> None:
    found = extract(resource("Observation", subject={"reference": "Group/1"}))
    assert terms(found, "subject") == [("", "Group/1")]
    assert terms(found, "patient") == []
    elsewhere = extract(resource("Observation", subject={"reference": "https://e.example/Patient/1"}))
    assert terms(elsewhere, "patient") == [("", "https://e.example/Patient/1")]


def test_a_logical_reference_is_found_by_its_identifier() -> None:
    found = extract(resource("Condition", subject={"identifier": {"system": "urn:s", "value": "1"}}))
    assert terms(found, "subject:identifier") == [("urn:s", "1")]
    assert terms(found, "patient:identifier") == [("urn:s", "1")]
    group = {"type": "Group", "identifier": {"value": "1"}}
    assert terms(extract(resource("Condition", subject=group)), "patient:identifier") == []


def test_every_literal_reference_is_an_edge_at_its_element_path() -> None:
    found = extract(
        resource(
            "MedicationRequest",
            medicationReference={"reference": "Medication/1"},
            subject={"reference": "Patient/1", "identifier": {"assigner": {"reference": "Organization/1"}}},
            extension=[
                {"url": "a", "extension": [{"url": "b", "valueReference": {"reference": "Device/1"}}]}
            ],
            _status={"extension": [{"url": "c", "valueReference": {"reference": "Device/2"}}]},
            contained=[
                {"resourceType": "Provenance", "target": [{"reference": "Patient/2"}, {"reference": "#x"}]}
            ],
            dispenseRequest={"performer": {"reference": "Organization/2"}},
        )
    )
    assert {(each.path, each.element, each.target) for each in found.references} == {
        ("medication", "medication", "Medication/1"),
        ("subject", "subject", "Patient/1"),
        ("subject.identifier.assigner", "assigner", "Organization/1"),
        ("extension.extension.value", "value", "Device/1"),
        ("status.extension.value", "value", "Device/2"),
        ("contained.target", "target", "Patient/2"),
        ("dispenseRequest.performer", "performer", "Organization/2"),
    }


def test_a_contained_resource_is_kept_as_rows_of_what_refers_to_it() -> None:
    contained = [
        {"resourceType": "Medication", "id": "m", "code": {"coding": [{"code": "a"}]}},
        {"resourceType": "Medication", "id": "n", "code": {"coding": [{"code": "b"}]}},
    ]
    found = extract(
        resource("MedicationRequest", medicationReference={"reference": "#m"}, contained=contained)
    )
    assert terms(found, "medication:Medication.code") == [("", "a")]
    assert terms(found, "medication:Medication") == [("", "#")]
    assert terms(found, "medication:Reference") == [("", "Reference")]
    assert (terms(found, "code"), terms(found, "medication")) == ([], [("", "#")])


def test_a_circle_of_contained_resources_ends() -> None:
    links = [{"other": {"reference": f"#{at}"}, "type": "seealso"} for at in range(40)]
    everyone = [{"resourceType": "Patient", "id": str(at), "link": links} for at in range(40)]
    found = extract(resource("Patient", contained=everyone, link=links))

    assert len(found.terms) < 20_000


def test_what_a_bundle_holds_refers_within_the_bundle() -> None:
    condition = resource("Condition", subject={"reference": "Patient/1"})
    assert extract(resource("Bundle", entry=[{"resource": condition}])).references == ()


def test_a_bundle_is_found_by_its_first_resource() -> None:
    entries = [{"resource": resource("Composition")}, {"resource": resource("Patient")}]
    assert terms(extract(resource("Bundle", entry=entries)), "composition") == [("", "Composition/x")]


def test_a_canonical_is_found_with_and_without_its_version() -> None:
    found = extract(resource("QuestionnaireResponse", questionnaire="urn:q|2"))
    assert terms(found, "questionnaire") == [("", "urn:q|2"), ("", "urn:q")]


def test_metadata_is_searched_on_every_type() -> None:
    meta = {
        "profile": ["urn:p"],
        "tag": [{"system": "urn:t", "code": "a"}],
        "source": "urn:s",
        "versionId": "1",
    }
    found = extract(resource("Basic", meta=meta))
    assert terms(found, "_profile") == [("", "urn:p")]
    assert terms(found, "_tag") == [("urn:t", "a")]
    assert terms(found, "_source") == [("", "urn:s")]
    assert terms(found, "_id") == []


def test_a_composite_joins_the_parts_of_one_element() -> None:
    def component(code: str, value: float) -> dict[str, Any]:
        quantity = {"value": value, "system": UCUM, "code": "mm[Hg]", "unit": "mm[Hg]"}
        return {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": quantity}

    found = extract(
        resource("Observation", code=CODE, component=[component("8480-6", 120), component("8462-4", 80)])
    )
    assert spans(found, "component-code-value-quantity") == [
        (120.0, 120.0, LOINC, "8480-6"),
        (120.0, 120.0, LOINC, "8480-6$mm[Hg]"),
        (80.0, 80.0, LOINC, "8462-4"),
        (80.0, 80.0, LOINC, "8462-4$mm[Hg]"),
    ]
    assert spans(found, "code-value-quantity") == []


def test_a_composite_of_codes_strings_and_dates_joins_them_too() -> None:
    concept = extract(
        resource("Observation", code=CODE, valueCodeableConcept={"coding": [{"system": "s", "code": "1"}]})
    )
    assert terms(concept, "code-value-concept") == [(f"{LOINC}$s", "8480-6$1")]
    assert terms(extract(resource("Observation", code=CODE, valueString="High")), "code-value-string") == []
    assert texts(extract(resource("Observation", code=CODE, valueString="High")), "code-value-string") == [
        "8480-6$high"
    ]
    dated = extract(resource("Observation", code=CODE, valueDateTime="2024"))
    assert [each[2:] for each in spans(dated, "code-value-date")] == [(LOINC, "8480-6")]
    replaces = [{"code": "replaces", "target": {"reference": "DocumentReference/1"}}]
    relation = terms(extract(resource("DocumentReference", relatesTo=replaces)), "relationship")
    assert [code for _, code in relation] == ["replaces$DocumentReference/1"]


NAMING = {"url": "https://e.example/about", "valueReference": {"reference": "Patient/1"}}
HERE = "http://127.0.0.1:8042/fhir"
STUDIED = {"resourceType": "Basic", "id": "c", "subject": {"reference": "ImagingStudy/2"}}


@pytest.mark.parametrize(
    ("found", "compartment"),
    [
        (resource("Patient"), ("Patient/x",)),
        (resource("Patient", link=[{"other": {"reference": "Patient/2"}}]), ("Patient/x",)),
        (
            resource("Condition", subject={"reference": "Patient/1"}, asserter={"reference": "Patient/2"}),
            ("Patient/1", "Patient/2"),
        ),
        (resource("Condition", subject={"reference": "Patient/1/_history/3"}), ("Patient/1",)),
        (resource("Condition", subject={"reference": "Group/1"}), ()),
        (resource("Condition", subject={"reference": "https://e.example/Patient/1"}), ()),
        (
            resource("Task", focus={"reference": "Patient/1"}, **{"for": {"reference": "Patient/2"}}),
            ("Patient/2", "Patient/1"),
        ),
        (resource("Endpoint", managingOrganization={"reference": "Organization/1"}), None),
        (resource("Practitioner"), None),
        (resource("Practitioner", extension=[NAMING]), ("Patient/1",)),
        (resource("Device", patient={"reference": "Patient/1/_history/2"}), ("Patient/1",)),
        (resource("Device", owner={"reference": "Organization/1"}), ()),
        (resource("Device", extension=[NAMING] * 2, contained=[STUDIED]), ("Patient/1", "ImagingStudy/2")),
        (resource("Binary", securityContext={"reference": f"{HERE}/ImagingStudy/2"}), ("ImagingStudy/2",)),
        (resource("Binary", _contentType={"extension": [NAMING]}), ("Patient/1",)),
        (resource("Bundle", entry=[{"resource": resource("Device", extension=[NAMING])}]), ()),
    ],
)
def test_a_resource_is_about_its_patients_or_about_whom_it_names(
    found: dict[str, Any], compartment: tuple[str, ...] | None
) -> None:
    actual = extract(found, base=HERE).compartment
    assert (None if actual is None else set(actual)) == (None if compartment is None else set(compartment))


def test_values_of_a_wrong_shape_give_no_row_and_no_error() -> None:
    broken = resource(
        "Observation",
        code="x",
        subject=["Patient/1", None, {"reference": 3}],
        effectiveDateTime={"start": 1},
        valueQuantity={"value": "5"},
        component=[None, 3, {"code": [[]]}],
    )
    assert extract(broken).terms == ()
    assert extract(broken).spans == ()


def test_one_value_makes_one_row() -> None:
    found = extract(
        resource("Patient", name=[{"family": "A", "given": ["A"]}, {"family": "a"}], birthDate="2024")
    )
    assert [text.exact for text in found.texts if text.param == "name"] == ["A", "a"]
    assert spans(found, "birthdate")[0][1] < LATEST
