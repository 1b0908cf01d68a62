"""What names somebody is planted wherever DICOM can hold it, and none of it is found afterwards."""

from io import BytesIO

import numpy
import pytest
from pydicom import dcmread

from app.deidentification.options import ProfileOption
from tests.app.imaging.deidentify.conftest import Written, again
from tests.app.imaging.deidentify.planting import (
    TOKENS,
    plantable,
    planted_everywhere,
    planted_graphics,
    planted_jpeg,
    planted_report,
)
from tests.factories.dicom import SYNTAXES

HARMLESS = (
    *(ProfileOption.RETAIN_SAFE_PRIVATE, ProfileOption.RETAIN_DEVICE_IDENTITY),
    *(ProfileOption.RETAIN_PATIENT_CHARACTERISTICS, ProfileOption.RETAIN_MODIFIED_DATES),
    *(ProfileOption.CLEAN_DESCRIPTORS, ProfileOption.CLEAN_STRUCTURED_CONTENT, ProfileOption.CLEAN_GRAPHICS),
)
"""The options under which nothing that was planted may be found either."""


def found_in(file: bytes) -> list[bytes]:
    """The planted words that a file holds, as bytes and, where it is coded, as pydicom reads it."""
    text = file.lower() + str(dcmread(BytesIO(file))).lower().encode()
    return [token for token in TOKENS if token in text]


@pytest.mark.parametrize("options", [(), HARMLESS], ids=["basic", "options"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_nothing_that_was_planted_is_found(
    written: Written, syntax: str, options: tuple[ProfileOption, ...]
) -> None:
    file = planted_everywhere(transfer_syntax=syntax)

    made = written(file, *options)

    assert len(list(plantable())) > 1_000
    assert set(found_in(file)) >= set(TOKENS) - {b"2019-04-17"} or "99" in syntax
    assert found_in(made) == []


@pytest.mark.parametrize("option", HARMLESS)
def test_nothing_that_was_planted_is_found_under_one_option(written: Written, option: ProfileOption) -> None:
    assert found_in(written(planted_everywhere(), option)) == []


@pytest.mark.parametrize("options", [(), HARMLESS], ids=["basic", "options"])
@pytest.mark.parametrize("planted", [planted_report, planted_graphics, planted_jpeg])
def test_nothing_is_found_in_reports_graphics_and_codestreams(
    written: Written, planted: object, options: tuple[ProfileOption, ...]
) -> None:
    file = planted()  # type: ignore[operator]

    assert found_in(file)
    assert found_in(written(file, *options)) == []


def test_the_pixels_are_those_that_were_there(written: Written) -> None:
    before, after = dcmread(BytesIO(planted_everywhere())), again(written(planted_everywhere()))

    assert after.PixelData == before.PixelData
    jpegs = dcmread(BytesIO(planted_jpeg())), again(written(planted_jpeg()))
    assert numpy.array_equal(*(each.pixel_array for each in jpegs))
