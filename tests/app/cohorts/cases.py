"""The near misses, each in a few lines: as of 2026-11-22, over 45 (so 46 or older), within two years."""

from tests.app.cohorts.world import (
    EXCLUDED,
    ICD_O,
    MATCHED,
    UNKNOWN,
    Chart,
    case,
    number,
    ordinary,
    study_of,
)
from tests.factories.fhir import DICOM_UID, RXNORM, concept, document_reference, reference, service_request


@case(MATCHED)
def everything_is_there(chart: Chart) -> None:
    scan = ordinary(chart)
    chart.prescribed(code="3639")
    chart.reported((scan, "imagingStudy"), study=study_of(scan))
    chart.documented(scan)


@case(EXCLUDED, born="1981-11-22")
def just_45(chart: Chart) -> None:
    ordinary(chart)


@case(EXCLUDED, born="1980-11-23")
def tomorrow_46(chart: Chart) -> None:
    ordinary(chart)


@case(MATCHED, born="1980-11-22")
def just_46(chart: Chart) -> None:
    ordinary(chart)


@case(EXCLUDED)
def two_years_and_a_day(chart: Chart) -> None:
    chart.diagnosed(recordedDate="2024-11-21")
    chart.scanned()


@case(MATCHED)
def exactly_two_years(chart: Chart) -> None:
    chart.diagnosed(recordedDate="2024-11-22")
    chart.scanned()


@case(EXCLUDED)
def diagnosed_tomorrow(chart: Chart) -> None:
    chart.diagnosed(recordedDate="2026-11-23")
    chart.scanned()


@case(EXCLUDED)
def refuted(chart: Chart) -> None:
    chart.diagnosed(verification="refuted")
    chart.scanned()


@case(EXCLUDED)
def entered_in_error(chart: Chart) -> None:
    chart.diagnosed(verification="entered-in-error", clinical=None)
    chart.scanned()


@case(MATCHED)
def provisional(chart: Chart) -> None:
    chart.diagnosed(verification="provisional")
    chart.scanned()


@case(UNKNOWN)
def nobody_says_how_sure(chart: Chart) -> None:
    chart.diagnosed(verification=None)
    chart.scanned()


@case(EXCLUDED)
def refuted_now_and_confirmed_long_ago(chart: Chart) -> None:
    chart.diagnosed(verification="refuted")
    chart.diagnosed(recordedDate="2019-05-05")
    chart.scanned()


@case(MATCHED)
def refuted_once_and_confirmed_since(chart: Chart) -> None:
    chart.diagnosed(verification="refuted")
    ordinary(chart)


@case(EXCLUDED)
def an_mr_and_no_ct(chart: Chart) -> None:
    chart.diagnosed()
    scan = chart.scanned("MR")
    chart.reported(study=study_of(scan))


@case(EXCLUDED)
def a_report_of_the_ct_of_another_patient(chart: Chart) -> None:
    chart.diagnosed()
    other = next((scan for scan in chart.world.scans if scan.modality == "CT"), None)
    if other:
        chart.reported(study=study_of(other))
        chart.reported(accession=other.accession)


@case(MATCHED)
def a_report_by_accession_alone(chart: Chart) -> None:
    scan = ordinary(chart)
    chart.reported((scan, "accession"), accession=scan.accession)


@case(MATCHED)
def a_report_by_order_alone(chart: Chart) -> None:
    scan = ordinary(chart)
    order = chart.world.chart(service_request(chart.reference, scan.accession))
    chart.reported((scan, "basedOn"), order=order)


@case(MATCHED)
def a_report_by_reference_alone(chart: Chart) -> None:
    scan = ordinary(chart)
    chart.reported((scan, "imagingStudy"), study=study_of(scan))


@case(MATCHED)
def a_report_by_the_uid_of_the_study(chart: Chart) -> None:
    scan = ordinary(chart)
    logical = {"identifier": {"system": DICOM_UID, "value": f"urn:oid:{scan.uid}"}}
    chart.reported((scan, "imagingStudy"), imagingStudy=[logical])


@case(MATCHED)
def a_report_of_another_study(chart: Chart) -> None:
    ordinary(chart)
    other = chart.scanned("MR")
    chart.reported(study=study_of(other), accession=other.accession)
    chart.documented(other, counts=False)


@case(MATCHED)
def a_report_of_the_mr_under_the_order_of_both(chart: Chart) -> None:
    scan = ordinary(chart)
    other = chart.scanned("MR", accession=scan.accession)
    order = chart.world.chart(service_request(chart.reference, scan.accession))
    chart.reported(study=study_of(other), order=order, accession=scan.accession)
    chart.reported((scan, "imagingStudy"), study=study_of(scan), order=order, accession=scan.accession)


@case(MATCHED)
def reports_that_do_not_count(chart: Chart) -> None:
    scan = ordinary(chart)
    chart.reported(study=study_of(scan), status="entered-in-error")
    chart.documented(scan, counts=False, status="entered-in-error")
    chart.reported(identifier=[{"system": "urn:other:numbers", "value": scan.accession + "0"}])


@case(MATCHED)
def a_document_that_names_no_patient(chart: Chart) -> None:
    scan = ordinary(chart)
    document = document_reference("", (study_of(scan),))
    del document["subject"]
    chart.expected.documents.add(chart.world.finding(document))


@case(MATCHED)
def a_document_under_the_accession_number(chart: Chart) -> None:
    scan = ordinary(chart)
    name = chart.world.finding(document_reference(chart.reference, identifier=number(scan.accession)))
    chart.expected.documents.add(name)


@case(MATCHED)
def a_descendant_of_the_code(chart: Chart) -> None:
    chart.diagnosed("9193/3", system=ICD_O)
    chart.scanned()


@case(EXCLUDED)
def a_sibling_of_the_code(chart: Chart) -> None:
    chart.diagnosed("9220/3", system=ICD_O)
    chart.scanned()


@case(EXCLUDED)
def the_same_code_of_another_system(chart: Chart) -> None:
    chart.diagnosed("307576001", system="urn:local:codes")
    chart.scanned()


@case(UNKNOWN, born=None)
def no_birth_date(chart: Chart) -> None:
    ordinary(chart)


@case(UNKNOWN, born="1980")
def a_birth_year_that_may_be_enough(chart: Chart) -> None:
    ordinary(chart)


@case(MATCHED, born="1979")
def a_birth_year_that_is_enough(chart: Chart) -> None:
    ordinary(chart)


@case(EXCLUDED, born="1981")
def a_birth_year_that_is_not(chart: Chart) -> None:
    ordinary(chart)


@case(EXCLUDED, born=None)
def no_birth_date_and_no_scan(chart: Chart) -> None:
    chart.diagnosed()


@case(UNKNOWN)
def a_diagnosis_without_a_date(chart: Chart) -> None:
    chart.diagnosed(recordedDate=None)
    chart.scanned()


@case(UNKNOWN)
def a_diagnosis_of_some_time_in_2024(chart: Chart) -> None:
    chart.diagnosed(recordedDate="2024")
    chart.scanned()


@case(MATCHED)
def a_diagnosis_dated_by_onset(chart: Chart) -> None:
    chart.diagnosed(recordedDate=None, onsetDateTime="2025-03")
    chart.scanned()


@case(EXCLUDED)
def recorded_too_early_whatever_the_onset(chart: Chart) -> None:
    chart.diagnosed(recordedDate="2024-01-01", onsetDateTime="2025-03-04")
    chart.scanned()


@case(MATCHED)
def an_undated_diagnosis_beside_a_dated_one(chart: Chart) -> None:
    chart.diagnosed(recordedDate=None)
    ordinary(chart)


@case(MATCHED)
def drugs_that_were_not_prescribed(chart: Chart) -> None:
    ordinary(chart)
    chart.prescribed(counts=False, status="entered-in-error")
    chart.prescribed(counts=False, status="draft")
    chart.prescribed(counts=False, intent="proposal")
    chart.prescribed(counts=False, doNotPerform=True)
    chart.prescribed(status="stopped")


@case(MATCHED)
def a_drug_behind_a_reference(chart: Chart) -> None:
    ordinary(chart)
    drug = chart.world.chart({"resourceType": "Medication", "code": concept("2555", RXNORM, "cisplatin")})
    chart.prescribed(medicationCodeableConcept=None, medicationReference=reference(drug))


@case(EXCLUDED)
def asserted_by_this_patient_of_another(chart: Chart) -> None:
    others = [each for each in chart.world.charts if each.startswith("Patient/")]
    chart.scanned()
    if others[:-1]:
        child = chart.world.chart({"resourceType": "Patient", "birthDate": "2015-01-01"})
        chart.world.expected[child] = type(chart.expected)()
        Chart(chart.world, child, chart.world.expected[child]).diagnosed(asserter=reference(chart.reference))


@case(EXCLUDED)
def the_diagnosis_was_deleted(chart: Chart) -> None:
    chart.world.deleted.add(chart.diagnosed())
    chart.scanned()


@case(EXCLUDED)
def the_patient_was_deleted(chart: Chart) -> None:
    chart.diagnosed()
    chart.world.deleted.add(chart.reference)


@case(MATCHED)
def the_report_was_deleted(chart: Chart) -> None:
    scan = ordinary(chart)
    chart.world.deleted.add(chart.reported(study=study_of(scan)))
    chart.world.deleted.add(chart.prescribed(counts=False))


@case(MATCHED)
def died_last_month(chart: Chart) -> None:
    ordinary(chart)
    chart.world.charts[chart.reference]["deceasedDateTime"] = "2026-10-20"
