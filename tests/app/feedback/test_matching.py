"""Reads and outcomes: what ties them, what keeps them apart, and what is said of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.feedback.matching import OutcomeMatch, by_kind, matches
from app.feedback.outcomes import OutcomeKind
from app.feedback.ties import Tie
from tests.app.feedback.charts import CANCER, NODULE, discharged, operation, pictures, read, tissue
from tests.app.feedback.planting import chart_with, planted
from tests.factories.charts import chart_of, item, named, order, value
from tests.factories.fhir import Resource

LUNG = (pictures("r", "2026-01-02"), read("r", "2026-01-02", NODULE))


def found(*resources: Resource, **parts: Any) -> list[tuple[str, str]]:
    """The reads and what tells of them, by their references."""
    return [(each.read.reference, each.outcome.reference) for each in matches(chart_of(*resources, **parts))]


def only(*resources: Resource) -> OutcomeMatch:
    """The one match of a chart."""
    (match,) = matches(chart_of(*resources))
    return match


def test_pathology_of_what_was_found_says_of_what_and_when() -> None:
    match = only(*LUNG, tissue("p", "2026-01-14", CANCER))

    assert (match.outcome.kind, match.tie, match.days) == (OutcomeKind.PATHOLOGY, Tie.FOUND, 12)
    assert str(match.reason) == "pathology of the left lung 12 days after your CT chest"
    assert "12 mm nodule in the left lower lobe" in str(match.because)
    assert 0.9 < match.confidence < 1


@pytest.mark.parametrize(
    "words",
    [
        "Lung, right upper lobe, biopsy: adenocarcinoma.",
        "Thyroid, left: papillary carcinoma.",
        "좌측 유방, 생검: 침윤성 유관암",
        "Skin, left arm: basal cell carcinoma.",
    ],
)
def test_the_other_side_and_another_organ_tell_nothing(words: str) -> None:
    assert found(*LUNG, tissue("p", "2026-01-14", words)) == []


@pytest.mark.parametrize("status", ["preliminary", "cancelled", "entered-in-error", "registered"])
def test_what_is_not_final_tells_nothing(status: str) -> None:
    assert found(*LUNG, tissue("p", "2026-01-14", CANCER, status=status)) == []
    assert found(LUNG[0], {**LUNG[1], "status": status}, tissue("p", "2026-01-14", CANCER)) == []


@pytest.mark.parametrize("status", ["preparation", "not-done", "entered-in-error", "on-hold", "in-progress"])
def test_an_operation_that_was_not_done_tells_nothing(status: str) -> None:
    assert found(*LUNG, operation("o", "2026-01-20", "VATS left lower lobectomy", status=status)) == []


@pytest.mark.parametrize(
    ("day", "told"), [("2025-12-30", False), ("2027-12-30", True), ("2028-01-20", False)]
)
def test_what_was_before_or_beyond_two_years_tells_nothing(day: str, *, told: bool) -> None:
    assert bool(found(*LUNG, tissue("p", day, CANCER))) == told


def test_another_disease_of_the_same_region_tells_nothing() -> None:
    assert found(*LUNG, *discharged("c", "2026-01-20", "Acute heart failure")) == []


@pytest.mark.parametrize("use", ["AD", "CC", "billing", "CM"])
def test_a_diagnosis_of_another_role_is_none_at_discharge(use: str) -> None:
    assert found(*LUNG, *discharged("c", "2026-02-01", "Lung cancer", use)) == []
    assert found(*LUNG, *discharged("c", "2026-02-01", "Lung cancer")) != []


def test_what_was_denied_and_is_there_is_told_as_that() -> None:
    denial = read("r", "2026-01-02", "No pulmonary embolism.")
    match = only(LUNG[0], denial, *discharged("c", "2026-01-05", "Pulmonary embolism"))

    assert match.tie is Tie.DENIED
    assert str(match.because) == "it is about what you said was not there: No pulmonary embolism"


def test_a_normal_read_is_told_what_was_missed_while_it_can_have_been_there() -> None:
    normal = (pictures("r", "2026-01-02", "CT abdomen"), read("r", "2026-01-02", "Normal study."))

    assert only(*normal, operation("o", "2026-01-04", "Appendectomy")).tie is Tie.NORMAL
    assert found(*normal, operation("o", "2026-06-04", "Appendectomy")) == []


def test_what_names_the_pictures_is_matched_whatever_it_says() -> None:
    unread = read("r", "2026-01-02", "See separate sheet.")
    asked = order("biopsy", "2026-01-05", "Procedure", reasonReference=[{"reference": "DiagnosticReport/r"}])
    path = tissue("p", "2026-01-14", "Fibrous tissue.", basedOn=[{"reference": "ServiceRequest/biopsy"}])

    assert only(LUNG[0], unread, asked, path).tie is Tie.CITED


def test_a_later_read_that_compares_by_the_day_is_matched() -> None:
    later = read("l", "2026-03-02", "COMPARISON: CT of 2026-01-02.\nIMPRESSION: Scarring only.", "b")

    assert only(*LUNG, pictures("l", "2026-03-02"), later).tie is Tie.CITED


def test_a_second_read_of_the_same_pictures_is_one_and_no_follow_up() -> None:
    second = read("s", "2026-01-02", "Normal.", "b", of="study-r", issued="2026-01-03T10:00:00Z")
    first = {**LUNG[1], "issued": "2026-01-02T10:00:00Z"}
    match = only(LUNG[0], first, second)

    assert (match.outcome.kind, match.tie) == (OutcomeKind.SECOND_READ, Tie.SAME_EXAM)
    assert match.read.reference == "DiagnosticReport/r"
    assert found(LUNG[0], first, {**second, "performer": first["performer"]}) == []


@pytest.mark.parametrize("status", ["amended", "corrected", "appended"])
def test_a_changed_version_is_an_addendum_to_what_was_final_first(status: str) -> None:
    before = item(LUNG[1], version=1, updated=1)
    now = {**LUNG[1], "status": status, "conclusion": f"{NODULE} Addendum: old rib fracture."}
    chart = chart_of(LUNG[0], now)
    changed = tuple(
        item(each.body, version=2, updated=9) if each.body is now else each for each in chart.items
    )
    later = type(chart)(chart.patient, changed, chart.as_of, chart.zone)

    (match,) = matches(later, {"DiagnosticReport/r": [before]})

    assert (match.outcome.kind, match.outcome.version, match.read.version) == (OutcomeKind.ADDENDUM, 2, 1)
    assert "Addendum" not in match.read.text.first
    assert matches(later) != ()  # what was before is not known, and the status still tells


@pytest.mark.parametrize("name", ["addendumOf", "extends", "replaces"])
def test_a_report_that_says_what_it_adds_to_is_an_addendum_and_no_read(name: str) -> None:
    link = {
        "url": f"http://hl7.org/fhir/StructureDefinition/diagnosticReport-{name}",
        "valueReference": {"reference": "DiagnosticReport/r"},
    }
    added = read("x", "2026-01-03", "There is a rib fracture too.", "b", of="study-r", extension=[link])

    assert only(*LUNG, added).outcome.kind is OutcomeKind.ADDENDUM


def test_what_the_patient_said_of_somebody_else_tells_nothing() -> None:
    stay, told = discharged("c", "2026-02-01", "Lung cancer")
    child = {**told, "subject": {"reference": "Patient/child"}, "asserter": {"reference": "Patient/mine"}}
    merged = {**told, "subject": {"reference": "Patient/before"}}

    assert found(*LUNG, stay, child) == []
    assert found(*LUNG, stay, merged) != []


def test_the_order_of_what_comes_too_late_changes_nothing() -> None:
    late = [tissue(f"late-{day}", f"2028-03-0{day}", CANCER) for day in (1, 2, 3)]
    before = found(*LUNG, tissue("p", "2026-01-14", CANCER))

    assert found(*LUNG, *late, tissue("p", "2026-01-14", CANCER)) == before
    assert found(*reversed(late), *LUNG, tissue("p", "2026-01-14", CANCER)) == before


def test_the_person_behind_a_role_is_the_reader_and_an_organisation_is_none() -> None:
    role = named("PractitionerRole", "role", practitioner={"reference": "Practitioner/kim"})
    by = [{"reference": "PractitionerRole/role"}, {"reference": "Organization/center"}]
    match = only(LUNG[0], {**LUNG[1], "performer": by}, role, tissue("p", "2026-01-14", CANCER))

    assert match.read.readers == ("Practitioner/kim",)


def test_a_specimens_site_tells_where_tissue_is_from() -> None:
    site = {"coding": [{"system": "http://snomed.info/sct", "code": "44714003"}]}
    specimen = named("Specimen", "s", collection={"bodySite": site})
    path = tissue("p", "2026-01-14", "Adenocarcinoma.", specimen=[{"reference": "Specimen/s"}])

    assert only(*LUNG, specimen, path).outcome.sides == {"L"}
    assert only(*LUNG, specimen, path).outcome.regions == {"LUNG"}


def test_matches_are_told_by_every_kind() -> None:
    told = by_kind(matches(chart_of(*LUNG, tissue("p", "2026-01-14", CANCER))))

    assert {kind: len(each) for kind, each in told.items() if each} == {OutcomeKind.PATHOLOGY: 1}
    assert set(told) == set(OutcomeKind)


ROWS = planted("known")


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(ROWS), st.randoms(use_true_random=False))
def test_neither_order_nor_what_is_unrelated_changes_a_match(row: dict[str, Any], random: Any) -> None:
    chart = chart_with(row)
    before = {(each.read.reference, each.outcome.reference, each.confidence) for each in matches(chart)}
    unrelated = [
        item(value("v", "2024-04-01", "718-7", 12.1)),
        item(named("MedicationRequest", "m", medicationCodeableConcept={"text": "Amlodipine"})),
        item(operation("talk", "2024-04-02", "Smoking cessation counselling")),
        item(tissue("mole", "2024-04-03", "Skin of the back, shave: seborrheic keratosis.")),
        item(tissue("last", "2026-11-20", "Heart valve: calcification.")),
    ]
    shuffled = [*chart.items, *unrelated]
    random.shuffle(shuffled)

    after = matches(type(chart)(chart.patient, tuple(shuffled), chart.as_of, chart.zone))

    assert {(each.read.reference, each.outcome.reference, each.confidence) for each in after} == before


_NAMES = ["coding", "code", "system", "display", "text", "reference", "value", "type", "start", "end", "url"]
_ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.just("2026-01-02"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=3),
    max_leaves=6,
)
_ELEMENTS = [
    *("category", "code", "conclusion", "conclusionCode", "specimen", "result", "imagingStudy", "basedOn"),
    *("performer", "resultsInterpreter", "encounter", "identifier", "extension", "presentedForm", "bodySite"),
    *("reasonReference", "reasonCode", "note", "diagnosis", "class", "period", "evidence", "collection"),
    *(
        "status",
        "description",
        "collection",
        "related",
        "context",
    ),
    *("verificationStatus", "recordedDate", "issued", "effectiveDateTime", "performedPeriod", "contained"),
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["DiagnosticReport", "Procedure", "Condition", "Encounter", "Specimen"]),
            st.dictionaries(st.sampled_from(_ELEMENTS), _ODD, max_size=5),
        ),
        max_size=4,
    )
)
def test_odd_resources_are_no_reason_to_stop(odd: list[tuple[str, dict[str, Any]]]) -> None:
    strange = [
        named(kind, f"odd-{place}", **{"status": "completed" if kind == "Procedure" else "final", **elements})
        for place, (kind, elements) in enumerate(odd)
    ]
    told = found(*LUNG, tissue("p", "2026-01-14", CANCER), *strange)

    assert ("DiagnosticReport/r", "DiagnosticReport/p") in told


_LOINC, _SCT = "http://loinc.org", "http://snomed.info/sct"
TERSE: Resource = {
    "resourceType": "DiagnosticReport",
    "id": "r",
    "status": "final",
    "code": {"coding": [{"system": _LOINC, "code": "24627-2"}]},
    "category": [{"coding": [{"system": _LOINC, "code": "LP29684-5"}]}],
    "effectiveDateTime": "2026-01-02T08:00:00+09:00",
    "issued": "2026-01-02T08:30:00+09:00",
    "resultsInterpreter": [{"reference": "https://hospital.example/fhir/Practitioner/kim"}],
    "conclusion": "1.2 cm nodule, LUL.",
}
_ONE_STUDY: Resource = {
    "resourceType": "ImagingStudy",
    "id": "s",
    "status": "available",
    "identifier": [
        {"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"},
        {"type": {"coding": [{"code": "ACSN"}]}, "value": "A123456"},
    ],
}
_TOPOGRAPHY = {"system": "urn:oid:2.16.840.1.113883.6.43.1", "code": "C34.1"}
_LEFT_UPPER_LOBE = {"coding": [{"system": _SCT, "code": "44714003"}]}
_SURGICAL = {"coding": [{"system": _SCT, "code": "387713003"}]}


@pytest.mark.parametrize(
    "told",
    [
        (tissue("p", "2026-01-14", "", conclusionCode=[{"coding": [_TOPOGRAPHY]}]),),
        (
            tissue("p", "2026-01-14", "", result=[{"reference": "Observation/o"}]),
            named("Observation", "o", valueString="Adenocarcinoma of the lung"),
        ),
        (
            tissue(
                "p",
                "2026-01-14",
                "Malignant.",
                contained=[
                    {
                        "resourceType": "Specimen",
                        "id": "s",
                        "collection": {"bodySite": {"text": "left upper lobe"}},
                    }
                ],
                specimen=[{"reference": "#s"}],
            ),
        ),
        (
            operation(
                "o",
                "2026-02-01",
                "Operation",
                category=_SURGICAL,
                reasonReference=[{"reference": "Condition/c"}],
            ),
            named(
                "Condition", "c", code={"text": "Nodule of the left upper lobe"}, recordedDate="2026-01-03"
            ),
        ),
        (operation("o", "2026-02-01", "Operation", category=_SURGICAL, bodySite=[_LEFT_UPPER_LOBE]),),
        (
            operation("o", "2026-02-01", "")
            | {"code": {"coding": [{"system": _SCT, "code": "173171007"}]}, "bodySite": [_LEFT_UPPER_LOBE]},
        ),
        (
            named(
                "Encounter",
                "e",
                status="finished",
                **{"class": {"code": "IMP"}},
                period={"end": "2026-01-20"},
            ),
            named(
                "Condition",
                "c",
                category=[{"coding": [{"code": "encounter-diagnosis"}]}],
                code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "C34.1"}]},
                encounter={"reference": "Encounter/e"},
            ),
        ),
    ],
    ids=["topography", "observation", "contained", "reason", "site", "code", "stay"],
)
def test_what_is_told_by_codes_and_references_is_understood(told: tuple[Resource, ...]) -> None:
    (match,) = matches(chart_of(TERSE, *told))

    assert match.tie is Tie.FOUND
    assert match.read.readers == ("Practitioner/kim",)
    assert str(match.reason).endswith("your report")


@pytest.mark.parametrize(
    "same",
    [
        {"imagingStudy": [{"identifier": {"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}}]},
        {"identifier": [{"system": "https://hospital.example/accession", "value": "A123456"}]},
        {"imagingStudy": [{"reference": "ImagingStudy/s"}]},
    ],
    ids=["uid", "accession", "reference"],
)
def test_a_second_read_is_known_by_any_name_of_the_study(same: dict[str, Any]) -> None:
    first = {**TERSE, "imagingStudy": [{"reference": "ImagingStudy/s"}]}
    second = {
        **TERSE,
        "id": "b",
        "issued": "2026-01-03T08:30:00+09:00",
        "resultsInterpreter": [{"reference": "Practitioner/lee"}],
        **same,
    }

    assert only(_ONE_STUDY, first, second).outcome.kind is OutcomeKind.SECOND_READ


def test_the_reason_is_told_in_another_language_with_its_place() -> None:
    match = only(*LUNG, tissue("p", "2026-01-14", CANCER))
    words = {
        "pathology of the %(place)s %(when)s your %(exam)s": "%(exam)s 판독 %(when)s %(place)s의 병리 결과",
        "left %(organ)s": "왼쪽 %(organ)s",
        "lung": "폐",
        "%(days)s days after": "%(days)s일 후",
    }

    assert match.reason.told(lambda text: words[text]) == "CT chest 판독 12일 후 왼쪽 폐의 병리 결과"
