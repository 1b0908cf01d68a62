"""The table that ships is that of the standard, and options say what the standard has them say."""

from collections import Counter

import pytest
from pydicom.datadict import tag_for_keyword

from app.deidentification.options import CODES, ProfileOption, chosen
from app.deidentification.profile import AttributeRule, ProfileAction, confidentiality_profile
from graph.errors import Invalid

PROFILE = confidentiality_profile()
NONE: frozenset[ProfileOption] = frozenset()


def rule(keyword: str) -> AttributeRule:
    tag = tag_for_keyword(keyword)
    found = PROFILE.rule(tag) if tag is not None else None
    assert found is not None
    return found


def test_the_table_has_the_rows_of_its_edition() -> None:
    counted = Counter(each.basic for each in PROFILE.rules.values())

    assert (PROFILE.edition, len(PROFILE.rules), len(PROFILE.safe_private)) == ("2026c", 655, 87)
    assert counted == {
        "X": 415, "D": 93, "U": 55, "Z": 42, "X/D": 23, "X/Z": 11, "X/Z/D": 8, "Z/D": 6, "X/Z/U*": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("keyword", "basic"),
    [
        ("PatientName", "Z"), ("PatientID", "Z/D"), ("PatientBirthDate", "Z"), ("StudyInstanceUID", "U"),
        ("StudyDate", "Z"), ("SeriesDescription", "X"), ("InstitutionName", "X/Z/D"),
        ("ContentSequence", "D"),
        ("SourceImageSequence", "X/Z/U*"), ("AccessionNumber", "Z"), ("DeviceSerialNumber", "X/Z/D"),
    ],
)  # fmt: skip
def test_rows_that_everybody_knows(keyword: str, basic: str) -> None:
    assert rule(keyword).basic == basic


@pytest.mark.parametrize(
    ("keyword", "option", "action"),
    [
        ("StudyInstanceUID", "retainUIDs", "K"), ("StationName", "retainDeviceIdentity", "K"),
        ("InstitutionName", "retainInstitutionIdentity", "K"),
        ("PatientAge", "retainPatientCharacteristics", "K"),
        ("Allergies", "retainPatientCharacteristics", "C"), ("StudyDate", "retainFullDates", "K"),
        ("StudyDate", "retainModifiedDates", "C"), ("StudyTime", "retainModifiedDates", "C"),
        ("StudyDescription", "cleanDescriptors", "C"), ("ContentSequence", "cleanStructuredContent", "C"),
        ("GraphicAnnotationSequence", "cleanGraphics", "C"),
    ],
)  # fmt: skip
def test_an_option_changes_the_rows_that_are_its_own(keyword: str, option: str, action: str) -> None:
    assert rule(keyword).action(frozenset({ProfileOption(option)})) == action
    assert rule(keyword).action(NONE) == rule(keyword).plain


def test_repeating_groups_are_one_row() -> None:
    for tag in (0x50000010, 0x501E3000, 0x60003000, 0x601E4000):
        found = PROFILE.rule(tag)
        assert found is not None
        assert found.action(NONE) is ProfileAction.REMOVE
    assert PROFILE.rule(0x60000010) is None


def test_a_date_is_kept_by_options_on_dates_alone() -> None:
    both = rule("DateOfLastCalibration")

    device, modified = ProfileOption.RETAIN_DEVICE_IDENTITY, ProfileOption.RETAIN_MODIFIED_DATES
    assert both.options[device] is ProfileAction.KEEP
    assert both.action(frozenset({device})) is ProfileAction.REMOVE
    assert both.action(frozenset({device, modified})) is ProfileAction.CLEAN
    assert both.action(frozenset({device, ProfileOption.RETAIN_FULL_DATES})) is ProfileAction.KEEP


def test_every_option_has_its_code() -> None:
    assert set(CODES) == set(ProfileOption)
    assert len({code for code, _ in CODES.values()}) == len(CODES)


def test_dates_are_kept_or_modified_and_not_both() -> None:
    with pytest.raises(Invalid):
        chosen(["retainFullDates", "retainModifiedDates"], "$.options")
