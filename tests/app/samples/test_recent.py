"""Generated lives are cut to their recent part, and nothing dangles."""

from typing import Any

from app.samples.recent import recent, references

Resource = dict[str, Any]


def entry(kind: str, name: str, **elements: Any) -> Resource:
    return {"fullUrl": f"urn:uuid:{name}", "resource": {"resourceType": kind, "id": name, **elements}}


def life() -> Resource:
    subject = {"reference": "urn:uuid:patient"}
    visits = [
        entry(
            "Observation",
            f"seen-{year}",
            subject=subject,
            effectiveDateTime=f"{year}-05-01T00:00:00Z",
            encounter={"reference": f"urn:uuid:visit-{year}"},
            performer=[{"reference": "urn:uuid:clinician"}] if year == 2026 else [],
        )
        for year in range(2000, 2027)
    ]
    encounters = [
        entry("Encounter", f"visit-{year}", subject=subject, period={"start": f"{year}-05-01T00:00:00Z"})
        for year in range(2000, 2027)
    ]
    return {
        "entry": [
            entry("Patient", "patient", identifier=[{"system": "urn:other", "value": "1"}]),
            *encounters,
            *visits,
            entry(
                "Condition",
                "lasting",
                subject=subject,
                onsetDateTime="2001-01-01",
                clinicalStatus={"coding": [{"code": "active"}]},
                encounter={"reference": "urn:uuid:visit-2001"},
            ),
            entry("Claim", "money", patient=subject, created="2026-05-01"),
            entry("Organization", "clinic"),
            entry("Organization", "elsewhere"),
            entry(
                "Practitioner", "clinician", extension=[{"valueReference": {"reference": "urn:uuid:clinic"}}]
            ),
        ]
    }


def kept(events: int) -> dict[str, Resource]:
    return {each["resource"]["id"]: each for each in recent(life(), "MRN-1", events)}


def test_the_last_events_stay_and_older_ones_go() -> None:
    assert {"seen-2026", "visit-2026", "seen-2025", "visit-2025"} <= kept(4).keys()
    assert not {"seen-2024", "visit-2024", "money"} & kept(4).keys()


def test_what_lasts_stays_whatever_its_age_without_the_visit_that_went() -> None:
    condition = kept(4)["lasting"]["resource"]

    assert condition["subject"] == {"reference": "urn:uuid:patient"}
    assert "encounter" not in condition


def test_only_what_is_referred_to_of_the_shared_is_kept_directly_or_not() -> None:
    assert {"clinician", "clinic"} <= kept(2).keys()
    assert "elsewhere" not in kept(2)


def test_no_reference_dangles() -> None:
    entries = recent(life(), "MRN-1", 6)

    urls = {each["fullUrl"] for each in entries}
    assert {text for each in entries for text in references(each["resource"])} <= urls


def test_the_patient_gets_our_record_number_and_keeps_the_others() -> None:
    identifiers = kept(2)["patient"]["resource"]["identifier"]

    assert [(each["system"], each["value"]) for each in identifiers] == [
        ("urn:hilum:mrn", "MRN-1"),
        ("urn:other", "1"),
    ]


def test_own_resources_are_put_and_shared_ones_created_once() -> None:
    entries = kept(2)

    assert entries["patient"]["request"] == {"method": "PUT", "url": "Patient/patient"}
    assert entries["clinic"]["request"] == {
        "method": "POST",
        "url": "Organization",
        "ifNoneExist": "identifier=urn:hilum:sample|clinic",
    }
    assert {"system": "urn:hilum:sample", "value": "clinic"} in entries["clinic"]["resource"]["identifier"]


def test_a_short_life_is_kept_whole() -> None:
    assert {f"seen-{year}" for year in range(2000, 2027)} <= kept(1_000).keys()
