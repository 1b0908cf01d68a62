"""What becomes of attributes, by kind and option, and what a de-identified file says of itself."""

from datetime import date
from io import BytesIO
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.uid import ExplicitVRLittleEndian

from app.deidentification.options import CODES, ProfileOption
from app.deidentification.project import Project, ProjectSubject
from app.imaging.deidentify import Deidentifier
from tests.app.imaging.deidentify.conftest import SECRET, Written, again
from tests.app.imaging.deidentify.planting import planted_graphics, planted_report
from tests.factories.dicom import (
    SYNTAXES,
    ct_instance,
    ct_study,
    jpeg_instance,
    report_instance,
    rle_instance,
)
from tests.factories.pixels import item_of

Option = ProfileOption
PROJECT = Project(SECRET, "t", "one")


def ct(**more: Any) -> bytes:
    return ct_instance(**{"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"], **more})


def made(dataset: Dataset, *options: ProfileOption, patient: str = "Patient/7") -> Dataset:
    return Deidentifier(PROJECT, frozenset(options))(dataset, PROJECT.subject(patient)).dataset


def test_a_file_says_how_it_was_de_identified(written: Written) -> None:
    options = (Option.RETAIN_MODIFIED_DATES, Option.CLEAN_DESCRIPTORS)

    told = again(written(ct(), *options))

    assert told.PatientIdentityRemoved == "YES"
    assert told.LongitudinalTemporalInformationModified == "MODIFIED"
    assert all(len(each) <= 64 for each in told.DeidentificationMethod)
    codes = {(each.CodeValue, each.CodeMeaning) for each in told.DeidentificationMethodCodeSequence}
    assert codes == {
        ("113100", "Basic Application Confidentiality Profile"),
        *(CODES[each] for each in options),
    }
    assert again(written(ct())).LongitudinalTemporalInformationModified == "REMOVED"


def test_the_patient_is_a_pseudonym(written: Written, subject: ProjectSubject) -> None:
    told = again(written(ct(PatientSex="F", PatientAge="045Y")))

    assert (told.PatientID, str(told.PatientName)) == (subject.pseudonym, subject.pseudonym)
    assert (told.PatientBirthDate, told.PatientSex, "PatientAge" in told) == ("", "", False)


@pytest.mark.parametrize(
    ("written_age", "age"), [("045Y", "045Y"), ("095Y", "090Y"), ("018M", "018M"), ("Kim", "")]
)
def test_characteristics_are_kept_where_asked_and_great_ages_are_not_told(written_age: str, age: str) -> None:
    dataset = item_of(PatientSex="F", PatientWeight="60", PatientName="A^B")
    dataset.add_new("PatientAge", "AS", written_age)

    told = made(dataset, Option.RETAIN_PATIENT_CHARACTERISTICS)

    assert (told.PatientSex, told.PatientWeight, told.PatientAge) == ("F", 60, age)


def test_file_meta_is_made_anew(written: Written) -> None:
    meta = again(written(ct())).file_meta

    assert meta.MediaStorageSOPInstanceUID == again(written(ct())).SOPInstanceUID
    assert {each.keyword for each in meta} == {
        "FileMetaInformationGroupLength", "FileMetaInformationVersion", "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID", "TransferSyntaxUID", "ImplementationClassUID",
        "ImplementationVersionName",
    }  # fmt: skip
    assert written(ct())[:128] == bytes(128)


def test_references_lead_to_the_same_names() -> None:
    first, second = ct_study(2, ImageType=["ORIGINAL", "PRIMARY"])
    reference = item_of(
        ReferencedSOPClassUID=dcmread(BytesIO(first)).SOPClassUID,
        ReferencedSOPInstanceUID=dcmread(BytesIO(first)).SOPInstanceUID,
    )
    referring = dcmread(BytesIO(second))
    referring.SourceImageSequence = [reference]
    referring.ReferencedSeriesSequence = [item_of(SeriesInstanceUID=referring.SeriesInstanceUID)]

    told, pointed = made(dcmread(BytesIO(first))), made(referring)

    source = pointed.SourceImageSequence[0]
    assert source.ReferencedSOPClassUID == told.SOPClassUID
    assert source.ReferencedSOPInstanceUID == told.SOPInstanceUID
    assert source.ReferencedSOPInstanceUID == PROJECT.uid(reference.ReferencedSOPInstanceUID)
    assert pointed.ReferencedSeriesSequence[0].SeriesInstanceUID == pointed.SeriesInstanceUID


def test_uids_of_the_standard_stay_and_those_of_a_site_do_not() -> None:
    dataset = item_of(
        FrameOfReferenceUID="1.2.840.10008.1.4.1.1", SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        InstanceCreatorUID="1.2.3", ReferencedSOPClassUID="1.2.3.4",
    )  # fmt: skip

    told = made(dataset)

    assert told.FrameOfReferenceUID == "1.2.840.10008.1.4.1.1"  # of a well-known frame
    assert (told.SOPClassUID, told.InstanceCreatorUID) == ("1.2.840.10008.5.1.4.1.1.2", PROJECT.uid("1.2.3"))
    assert "ReferencedSOPClassUID" not in told


def test_uids_are_kept_where_asked() -> None:
    assert made(item_of(StudyInstanceUID="1.2.3"), Option.RETAIN_UIDS).StudyInstanceUID == "1.2.3"


@settings(max_examples=30)
@given(
    st.dates(date(1960, 1, 1), date(2030, 1, 1)),
    st.dates(date(1960, 1, 1), date(2030, 1, 1)),
    st.integers(1, 99),
)
def test_dates_of_a_patient_move_together(one: date, other: date, patient: int) -> None:
    dataset = item_of(
        StudyDate=f"{one:%Y%m%d}", AcquisitionDateTime=f"{other:%Y%m%d}101500+0900", StudyTime="1015"
    )

    told = made(dataset, Option.RETAIN_MODIFIED_DATES, patient=f"Patient/{patient}")

    days = [
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
        for text in (told.StudyDate, told.AcquisitionDateTime)
    ]
    assert days[0] - days[1] == one - other
    assert (told.StudyTime, told.AcquisitionDateTime[8:]) == ("1015", "101500+0900")


@pytest.mark.parametrize(
    ("options", "study", "content", "calibrated"),
    [((), "", "19000101", False), ((Option.RETAIN_FULL_DATES,), "20260102", "20260103", True)],
)
def test_dates_are_gone_or_kept_whole(options: Any, study: str, content: str, calibrated: bool) -> None:
    dataset = item_of(StudyDate="20260102", ContentDate="20260103", DateOfGainCalibration="20200101")

    told = made(dataset, *options)

    assert (told.StudyDate, told.ContentDate) == (study, content)
    assert ("DateOfGainCalibration" in told) is calibrated  # which the table does not name


def test_what_is_no_date_goes_though_dates_are_kept() -> None:
    dataset = Dataset()
    dataset.add_new("StudyDate", "LO", "Quillfeather")
    dataset["StudyDate"].VR = "DA"

    for option in (Option.RETAIN_FULL_DATES, Option.RETAIN_MODIFIED_DATES):
        assert not made(dataset, option).get("StudyDate")


def test_device_and_institution_are_kept_where_asked() -> None:
    code = item_of(CodeValue="7", CodingSchemeDesignator="99SITE", CodeMeaning="Ward 7")
    dataset = item_of(
        StationName="CT1", DeviceSerialNumber="S123", InstitutionName="Clinic", InstitutionCodeSequence=[code]
    )

    bare, device, place = (
        made(dataset, *options)
        for options in ((), (Option.RETAIN_DEVICE_IDENTITY,), (Option.RETAIN_INSTITUTION_IDENTITY,))
    )

    assert (bare.StationName, bare.InstitutionName) == ("REMOVED", "REMOVED")
    assert (device.StationName, device.DeviceSerialNumber, device.InstitutionName) == (
        "CT1",
        "S123",
        "REMOVED",
    )
    assert (place.InstitutionName, place.InstitutionCodeSequence[0].CodeMeaning) == ("Clinic", "Ward 7")


def test_what_is_kept_does_not_hold_the_name_of_the_patient() -> None:
    dataset = item_of(
        PatientName="Quillfeather^Ottoline", StationName="Quillfeather 1", Manufacturer="QUILLFEATHER"
    )

    told = made(dataset, Option.RETAIN_DEVICE_IDENTITY)

    assert "StationName" not in told
    assert "Manufacturer" not in told


def test_words_that_the_record_knows_are_not_kept_either() -> None:
    subject = ProjectSubject("P", -1, frozenset({"nightjar"}))

    told = Deidentifier(PROJECT, frozenset())(item_of(Manufacturer="Nightjar & Co"), subject).dataset

    assert "Manufacturer" not in told


def test_descriptions_keep_their_known_words_where_asked() -> None:
    dataset = item_of(
        SeriesDescription="CT chest of Quillfeather", ProtocolName="Quillfeather", StudyComments="x"
    )

    bare, clean = made(dataset), made(dataset, Option.CLEAN_DESCRIPTORS)

    assert "SeriesDescription" not in bare
    assert (clean.SeriesDescription, clean.ProtocolName) == ("CT chest of", "")


def test_private_attributes_go_but_for_safe_ones() -> None:
    dataset = Dataset()
    block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "1000")
    block.add_new(0x0B, "DS", "1.5")
    dataset.private_block(0x0029, "SITE", create=True).add_new(0x0C, "IS", "7")

    assert not [each for each in made(dataset) if each.tag.is_private]
    kept = made(dataset, Option.RETAIN_SAFE_PRIVATE)
    assert [(int(each.tag), each.value) for each in kept if each.tag.is_private] == [
        (0x00190010, "SIEMENS MR HEADER"),
        (0x0019100C, 1000),
    ]


def test_overlays_and_curves_go_under_every_option(written: Written) -> None:
    file = dcmread(BytesIO(ct()))
    file.add_new(0x60003000, "OW", b"x" * 32)
    file.add_new(0x50003000, "OW", b"x" * 32)

    for options in ((), tuple(set(Option) - {Option.RETAIN_FULL_DATES})):
        told = made(file, *options)
        assert not {0x60003000, 0x50003000} & {int(tag) for tag in told.keys()}  # noqa: SIM118 - tags


def test_codes_of_standards_stay_with_their_own_meaning_and_those_of_sites_go() -> None:
    known = item_of(CodeValue="51185008", CodingSchemeDesignator="SCT", CodeMeaning="Quillfeather")
    newer = item_of(
        CodeValue="999000111", CodingSchemeDesignator="SCT", CodeMeaning="Upper lobe of left lung"
    )
    own = item_of(CodeValue="7", CodingSchemeDesignator="99SITE", CodeMeaning="Quillfeather")
    dataset = item_of(AnatomicRegionSequence=[known, newer, own])

    meanings = [each.CodeMeaning for each in made(dataset).AnatomicRegionSequence]

    assert meanings == ["Thoracic structure (body structure)", "Upper lobe of left lung", "Removed"]


def test_a_report_is_emptied_or_cleaned(written: Written) -> None:
    bare = again(written(planted_report()))
    clean = again(written(planted_report(), Option.CLEAN_STRUCTURED_CONTENT, Option.RETAIN_MODIFIED_DATES))

    assert [item.TextValue for item in bare.ContentSequence] == ["REMOVED"]
    items = {item.ValueType: item for item in clean.ContentSequence}
    assert items["TEXT"].TextValue == "Nodule of seen on"
    assert items["NUM"].MeasuredValueSequence[0].NumericValue == 12.5
    assert items["PNAME"].PersonName == "REMOVED"
    assert items["DATE"].Date != "20190417"
    assert items["CONTAINER"].ContentSequence[0].TextValue == "REMOVED"
    assert items["CODE"].ConceptCodeSequence[0].CodeValue == "REMOVED"
    assert items["TEXT"].ConceptNameCodeSequence[0].CodeMeaning == "Finding"


def test_graphics_keep_their_lines_where_asked_and_never_their_words(written: Written) -> None:
    bare, clean = (
        again(written(planted_graphics())),
        again(written(planted_graphics(), Option.CLEAN_GRAPHICS)),
    )

    assert "GraphicAnnotationSequence" not in bare
    (annotation,) = clean.GraphicAnnotationSequence
    assert annotation.GraphicObjectSequence[0].GraphicData == [1, 1, 5, 5]
    assert not any(text.get("UnformattedTextValue") for text in annotation.get("TextObjectSequence", ()))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_pixels_of_native_syntaxes_stay_as_they_are(written: Written, syntax: str) -> None:
    before, after = dcmread(BytesIO(ct(transfer_syntax=syntax))), again(written(ct(transfer_syntax=syntax)))

    assert numpy.array_equal(before.pixel_array, after.pixel_array)
    plain = syntax in (SYNTAXES[2], SYNTAXES[3])
    assert after.file_meta.TransferSyntaxUID == (ExplicitVRLittleEndian if plain else syntax)


@pytest.mark.parametrize("make", [rle_instance, jpeg_instance])
def test_compressed_pixels_are_not_decoded(written: Written, make: Any) -> None:
    """An ultrasound class keeps its clips back, so that a clip goes as a class of measured values here."""
    enhanced = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.4.1",
        "Modality": "MR",
        "ImageType": ["ORIGINAL", "PRIMARY"],
    }
    file = make(frames=3, **enhanced)

    before, after = dcmread(BytesIO(file)), again(written(file))

    assert before.file_meta.TransferSyntaxUID == after.file_meta.TransferSyntaxUID
    assert numpy.array_equal(before.pixel_array, after.pixel_array)


def test_what_cannot_be_read_is_not_kept() -> None:
    dataset = Dataset()
    dataset.add_new("SliceThickness", "LO", "Quillfeather")
    dataset["SliceThickness"].VR = "DS"
    dataset.add_new(0x00081234, "UN", b"Quillfeather")

    told = made(dataset)

    assert "SliceThickness" not in told
    assert 0x00081234 not in told


def test_a_data_set_stays_as_it_was() -> None:
    dataset = dcmread(BytesIO(report_instance("Of Quillfeather.")))
    before = dataset.to_json()

    made(dataset, Option.CLEAN_STRUCTURED_CONTENT)

    assert dataset.to_json() == before
