"""What is written into a picture: where, and in the letters that there are."""

from typing import Any

import numpy
import pytest

from app.imaging.render.annotation import written
from app.imaging.render.wishes import Viewport, Wish
from tests.factories.pixels import drawn

BLANK = numpy.zeros((128, 256), numpy.uint8)
ABOUT = {
    "PatientName": "Hong^Gildong=洪^吉洞=홍^길동",
    "PatientID": "P1",
    "Modality": "CT",
    "StudyDate": "20260102",
    "InstanceNumber": 4,
    "ImagePositionPatient": [0, 1.5, -2],
}


def marks(*words: str, **keywords: Any) -> tuple[bool, bool]:
    """Whether something is written into the upper and into the lower half."""
    shown = drawn(BLANK, wish=Wish(annotation=frozenset(words)), **keywords)
    return bool(shown[:64].any()), bool(shown[64:].any())


def test_nothing_is_written_where_nobody_asks() -> None:
    assert marks(**ABOUT) == (False, False)


def test_the_patient_is_at_the_top_and_the_technique_at_the_bottom() -> None:
    assert marks("patient", **ABOUT) == (True, False)
    assert marks("technique", **ABOUT) == (False, True)
    assert marks("patient", "technique", **ABOUT) == (True, True)
    assert marks("patient", "technique") == (False, False)


def test_colours_are_written_on_too() -> None:
    shown = drawn(
        numpy.zeros((99, 99, 3), numpy.uint8), wish=Wish(annotation=frozenset({"patient"})), **ABOUT
    )

    assert shown.max() > 200
    assert numpy.array_equal(shown[..., 0], shown[..., 1])


def test_the_smallest_picture_is_written_on() -> None:
    wish = Wish(annotation=frozenset({"patient", "technique"}), viewport=Viewport(width=1, height=1))

    assert drawn(BLANK, wish=wish, **ABOUT).shape == (1, 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Müller  Özgür", "Müller Özgür"),
        ("Nguyễn", "Nguyen"),
        ("홍길동", "???"),
        ("a\nb\x07c", "a b?c"),
        ("x" * 1000, "x" * 64),
    ],
)
def test_letters_are_those_of_the_font(text: str, line: str) -> None:
    assert written(text) == line
