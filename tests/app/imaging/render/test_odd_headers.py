"""Headers that anybody may have written: whatever stands in them, a picture or a plain refusal."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
from pydicom import Dataset
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from app.imaging import render, reports
from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.documents import report_html, report_text
from app.imaging.render.faults import Unrenderable
from app.imaging.render.picture import draw
from app.imaging.render.presentation import PSEUDO_COLOR
from app.imaging.render.wishes import Viewport, Wish
from graph.errors import Invalid
from tests.factories.pixels import described_by, header_of, item_of, palette_header

ROOMS = [Path(next(iter(each.__path__))) for each in (render, reports)]
JUNK = (b"\xff", b"\0" * 64, b"\xff" * 24, b"abc\\-1e400\\", b"-99999999999\\5", b"1\\1\\16")
GREY = numpy.arange(48, dtype=numpy.uint16).reshape(6, 8)
SAMPLES = numpy.arange(144, dtype=numpy.uint8).reshape(6, 8, 3)
WISHES = (
    Wish(overlays=True, annotation=frozenset({"patient", "technique"}), iccprofile="srgb"),
    Wish(viewport=Viewport(width=5, height=7, left=1.5, across=-3)),
)


def keywords_read() -> list[str]:
    """Every DICOM keyword that stands in the rooms as a text."""
    texts = {
        node.value
        for room in ROOMS
        for path in room.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return sorted(text for text in texts if text.isalnum() and tag_for_keyword(text) is not None)


KEYWORDS = keywords_read()
SEQUENCES = [keyword for keyword in KEYWORDS if dictionary_VR(keyword) == "SQ"]
ATTRIBUTES = [keyword for keyword in KEYWORDS if dictionary_VR(keyword) != "SQ"]


def add_junk(dataset: Dataset, keyword: str | int, junk: bytes) -> None:
    """Put bytes where a value is read, as they come from a file."""
    tag = BaseTag((tag_for_keyword(keyword) or 0) if isinstance(keyword, str) else keyword)
    vr = dictionary_VR(tag).split(" or ")[0]
    dataset[tag] = RawDataElement(tag, vr, len(junk), junk, 0, False, True)


def subjects(kinds: slice = slice(None)) -> Iterator[tuple[Frame, PixelDescription, Dataset]]:
    """Frames of some kinds, with their descriptions as they were before the header is spoilt."""
    signed = GREY.astype(numpy.int16)
    headers: list[tuple[Any, Dataset]] = [
        (GREY, header_of(GREY, BitsStored=9)),
        (signed, header_of(signed, BitsStored=9, RescaleSlope=2, WindowCenter=1, WindowWidth=5)),
        (GREY.astype(numpy.float32), header_of(GREY.astype(numpy.float32))),
        (SAMPLES, header_of(SAMPLES, PhotometricInterpretation="YBR_FULL")),
        (GREY, palette_header(GREY, numpy.zeros((3, 3), numpy.uint16))),
        (GREY, header_of(GREY, SegmentationType="LABELMAP")),
    ]
    for values, header in headers[kinds]:
        described = described_by(header)
        yield Frame(values, described.photometric), described, header


def drawn_or_refused(frame: Frame, described: PixelDescription, header: Dataset, wish: Wish) -> None:
    try:
        picture = draw(frame, described, header, 1, wish)
    except (Unrenderable, Invalid):
        return
    assert picture.values.dtype == numpy.uint8
    assert picture.values.size


def test_the_keywords_of_the_rooms_are_found() -> None:
    assert {"RescaleSlope", "GraphicData", "TextValue", "ICCProfile", "LUTData"} <= set(KEYWORDS)


@pytest.mark.parametrize("junk", JUNK)
def test_an_attribute_may_hold_anything(junk: bytes) -> None:
    for keyword in ATTRIBUTES:
        for frame, described, header in subjects():
            add_junk(header, keyword, junk)
            drawn_or_refused(frame, described, header, WISHES[0])


def item_of_junk(junk: bytes) -> Dataset:
    item = Dataset()
    for keyword in ATTRIBUTES:
        if keyword != "PixelRepresentation":  # pydicom reads it to set a sequence
            add_junk(item, keyword, junk)
    return item


@pytest.mark.parametrize("junk", JUNK)
def test_a_sequence_may_hold_anything(junk: bytes) -> None:
    for keyword in SEQUENCES:
        for frame, described, header in subjects():
            setattr(header, keyword, [item_of_junk(junk), Dataset()])
            drawn_or_refused(frame, described, header, WISHES[1])


@pytest.mark.parametrize("junk", JUNK)
def test_a_presentation_state_may_hold_anything(junk: bytes) -> None:
    inner = item_of_junk(junk)
    for keyword in SEQUENCES:
        setattr(inner, keyword, [item_of_junk(junk)])
    for keyword in KEYWORDS:
        state = item_of(SOPClassUID=PSEUDO_COLOR)
        if keyword in SEQUENCES:
            setattr(state, keyword, [inner])
        elif keyword != "SOPClassUID":
            add_junk(state, keyword, junk)
        for frame, described, header in subjects(slice(1)):
            drawn_or_refused(frame, described, header, Wish(presentation=state))


@pytest.mark.parametrize("junk", JUNK)
def test_a_report_may_hold_anything(junk: bytes) -> None:
    item = item_of_junk(junk)
    for keyword in SEQUENCES:
        setattr(item, keyword, [item_of_junk(junk)])
    for kind in ("TEXT", "CODE", "NUM", "IMAGE", "SCOORD", "TCOORD", "PNAME", "UIDREF", "CONTAINER"):
        item.ValueType = kind
        document = item_of(ContentSequence=[item])
        for keyword in ATTRIBUTES:
            add_junk(document, keyword, junk)
        for write in (report_text, report_html):
            assert write(document)


@pytest.mark.parametrize("junk", JUNK)
def test_an_overlay_may_hold_anything(junk: bytes) -> None:
    for element in (0x0010, 0x0011, 0x0015, 0x0050, 0x0051, 0x0100, 0x0102, 0x1001, 0x3000):
        header = header_of(GREY)
        for other, value in ((0x0010, b"\2\0"), (0x0011, b"\2\0"), (0x0050, b"\1\0\1\0"), (0x3000, b"\1\0")):
            add_junk(header, 0x60000000 | other, value)
        add_junk(header, 0x60000000 | element, junk)
        for wish in (WISHES[0], Wish(presentation=Dataset())):
            described = described_by(header)
            drawn_or_refused(Frame(GREY, "MONOCHROME2"), described, header, wish)
