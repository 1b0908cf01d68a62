"""Real files of many makes: given out without what names their patients, with their pixels, or not at all."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
import pytest
from pydicom import Dataset, dcmread

from app.deidentification.options import ProfileOption
from app.imaging.deidentify import Withheld
from app.imaging.deidentify.identifying import identifying_words
from app.imaging.render.faults import Unrenderable
from app.imaging.store.refusal import Refused
from tests.app.imaging.deidentify.conftest import Written
from tests.factories.real_files import real_files

OPTIONS = (
    *(ProfileOption.RETAIN_MODIFIED_DATES, ProfileOption.RETAIN_PATIENT_CHARACTERISTICS),
    *(ProfileOption.CLEAN_DESCRIPTORS, ProfileOption.CLEAN_STRUCTURED_CONTENT, ProfileOption.CLEAN_GRAPHICS),
)
FILES = real_files()
SHORTEST = 6  # letters or digits that are not there by chance


def read(data: bytes) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dcmread(BytesIO(data), force=True)


def values_of(dataset: Dataset) -> Iterator[str]:
    """The values of a data set and its items as texts, without pixels and samples."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from values_of(item)
        elif not isinstance(element.value, bytes):
            yield f" {element.value} "


def text_of(data: bytes) -> str:
    """What a file says, in lower case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return "".join(values_of(read(data))).casefold()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_file_is_given_out_without_a_name_or_not_at_all(written: Written, path: Path) -> None:
    before = path.read_bytes()
    try:
        after = written(before, *OPTIONS)
    except (Withheld, Unrenderable, Refused):
        return

    told, original = text_of(after), read(before)
    words = {each for each in identifying_words(original) if len(each) >= SHORTEST}
    assert [each for each in words if each in told] == []
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        assert not original.get(keyword) or f" {original[keyword].value} " not in told
    assert read(after).get("PatientIdentityRemoved") == "YES"
    if "PixelData" in original and not original.file_meta.TransferSyntaxUID.is_compressed:
        shown = pixels(before)
        assert shown is None or numpy.array_equal(shown, pixels(after))


def pixels(data: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read(data).pixel_array
        except Exception:  # pydicom cannot show it, before as after
            return None


def test_most_of_them_are_given_out_or_known_for_their_text(written: Written) -> None:
    """Few files are refused as damaged: the rest is told by a reason of the standard."""
    reasons = []
    for path in FILES:
        try:
            written(path.read_bytes())
        except Withheld as withheld:
            reasons.append(str(withheld))
        except (Unrenderable, Refused):
            reasons.append("damaged")

    assert reasons.count("damaged") < len(FILES) / 6
    assert len(FILES) - len(reasons) > len(FILES) / 4
