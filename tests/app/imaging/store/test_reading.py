import json
import zlib

import pytest

from tests.factories import dicom
from tests.factories.elements import element, file_of, item, reading_of, sequence, text


def test_a_slice_tells_its_facts_by_level() -> None:
    reading = reading_of(
        dicom.ct_instance(patient_id="77", number=5, study_uid="1.2", series_uid="1.3", sop_uid="1.4")
    )
    identity = reading.identity
    assert (identity.study_uid, identity.series_uid, identity.sop_uid) == ("1.2", "1.3", "1.4")
    assert reading.study["PatientID"] == "77"
    assert reading.study["PatientName"] == "Test^Patient"
    assert reading.study["StudyDate"] == "20260102"
    assert reading.study["StudyInstanceUID"] == "1.2"
    assert reading.series["Modality"] == "CT"
    assert reading.series["SeriesNumber"] == 1
    assert reading.series["BodyPartExamined"] == "CHEST"
    assert reading.instance["InstanceNumber"] == 5
    assert reading.instance["Rows"] == 16
    assert "ModalitiesInStudy" not in reading.study
    assert (reading.warnings, reading.warning_reason, reading.several_values) == ((), None, False)


@pytest.mark.parametrize("syntax", dicom.SYNTAXES)
def test_every_uncompressed_syntax_says_the_same(syntax: str) -> None:
    plain = reading_of(dicom.ct_instance(sop_uid="1.4"))
    other = reading_of(dicom.ct_instance(sop_uid="1.4", transfer_syntax=syntax))
    assert (other.study, other.series, other.instance) == (plain.study, plain.series, plain.instance)
    assert other.metadata == plain.metadata


def test_the_request_attributes_are_read_from_their_sequence() -> None:
    request = item(text(0x00400009, "SH", "STEP") + text(0x00401001, "SH", "REQ "))
    reading = reading_of(file_of(sequence(0x00400275, request)))
    assert reading.series["ScheduledProcedureStepID"] == ("STEP",)
    assert reading.series["RequestedProcedureID"] == ("REQ",)


def test_each_item_of_the_request_attributes_is_read() -> None:
    first = item(text(0x00400009, "SH", "S1 ") + text(0x00401001, "SH", "R1"))
    second = item(text(0x00401001, "SH", "R2"))
    reading = reading_of(file_of(sequence(0x00400275, first + second)))
    assert reading.series["ScheduledProcedureStepID"] == ("S1", "")
    assert reading.series["RequestedProcedureID"] == ("R1", "R2")


def test_only_the_first_of_several_values_is_searched() -> None:
    reading = reading_of(file_of(text(0x00081030, "LO", "D1\\D2")))
    assert reading.study["StudyDescription"] == "D1"
    assert reading.several_values
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("tag", "keyword"), [(0x00080050, "AccessionNumber"), (0x00200010, "StudyID")], ids=str
)
def test_an_identifier_of_several_values_is_told_and_never_cut(tag: int, keyword: str) -> None:
    reading = reading_of(file_of(text(tag, "SH", "A1\\A2")))
    assert keyword not in reading.study
    assert json.loads(zlib.decompress(reading.metadata))[f"{tag:08X}"]["Value"] == ["A1", "A2"]
    assert reading.warning_reason == 1
    assert not reading.several_values


def test_a_requested_procedure_of_several_values_is_told_and_never_cut() -> None:
    request = item(text(0x00400009, "SH", "S") + text(0x00401001, "SH", "R1\\R2"))
    reading = reading_of(file_of(sequence(0x00400275, request)))
    assert reading.series["ScheduledProcedureStepID"] == ("S",)
    assert "RequestedProcedureID" not in reading.series
    assert reading.warnings == (
        "DICOM100: (0040,1001) - The identifier has several values; it is not searched.",
    )


UNTOLD_ISSUERS = {
    "several values": text(0x00100021, "LO", "HERE\\77"),
    "too long": text(0x00100021, "LO", "A" * 66),
    "another representation": text(0x00100021, "CS", "HERE"),
    "bulk": element(0x00100021, "OB", b"HERE"),
    "twice": text(0x00100021, "LO", "HERE") + text(0x00100021, "LO", "ELSE"),
}


@pytest.mark.parametrize("issuer", UNTOLD_ISSUERS.values(), ids=UNTOLD_ISSUERS)
def test_a_patient_id_of_an_issuer_that_cannot_be_told_is_nobodys(issuer: bytes) -> None:
    reading = reading_of(file_of(issuer))
    assert not {"PatientID", "IssuerOfPatientID"} & set(reading.study)
    assert reading.warning_reason == 1
    assert any(
        "(0010,0021) - The issuer of the PatientID cannot be told" in each for each in reading.warnings
    )


def test_whose_pictures_these_are_is_told_first_however_much_else_is_wrong() -> None:
    bad = b"".join(text(0x00210000 + number, "DA", "x") for number in range(0x10, 0x100))
    reading = reading_of(file_of(bad, UNTOLD_ISSUERS["several values"], text(0x00080050, "SH", "A1\\A2")))
    assert [warning[10:21] for warning in reading.warnings[:3]] == [
        "(0010,0021)",
        "(0010,0021)",
        "(0008,0050)",
    ]


@pytest.mark.parametrize("issuer", ["", "  "])
def test_an_empty_issuer_is_no_issuer(issuer: str) -> None:
    reading = reading_of(file_of(text(0x00100021, "LO", issuer)))
    assert (reading.study["PatientID"], reading.warnings) == ("P1", ())


def test_several_character_sets_are_kept() -> None:
    reading = reading_of(file_of(text(0x00080005, "CS", "\\ISO 2022 IR 149")))
    assert reading.study["SpecificCharacterSet"] == ("", "ISO 2022 IR 149")
    assert not reading.several_values


def test_a_name_keeps_its_groups() -> None:
    raw = file_of(
        text(0x00080005, "CS", "ISO_IR 192"), text(0x00100010, "PN", "Hong^Gildong=洪^吉洞=홍^길동")
    )
    assert reading_of(raw).study["PatientName"] == "Hong^Gildong=洪^吉洞=홍^길동"


def test_an_empty_attribute_is_no_fact() -> None:
    reading = reading_of(file_of(element(0x00080050, "SH"), element(0x00100010, "PN", b"  ")))
    assert not {"AccessionNumber", "PatientName"} & set(reading.study)


def test_a_birth_date_is_in_the_future_by_the_day_of_receipt() -> None:
    raw = file_of(text(0x00100030, "DA", "20260101"))
    assert reading_of(raw, today="20260101").study["PatientBirthDate"] == "20260101"
    assert "PatientBirthDate" not in reading_of(raw, today="20251231").study
