"""What is written into a picture: who the patient is, how it was made (PS3.18 8.3.5.1.1)."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.imaging.attributes import Attributes
from app.imaging.render.wishes import PATIENT, TECHNIQUE

_SMALLEST, _LARGEST = 9, 40  # pixels that a line is high
_LINES_A_PICTURE = 30
_LONGEST_LINE = 64
_LAST_IN_FONT = 0x24F  # Latin Extended-B: what the font that comes with Pillow has
_UNKNOWN = "?"
_MARGIN = 4
_WHITE, _BLACK = 255, 0
_DATE = len("20260102")


def annotated(
    shown: NDArray[numpy.uint8], said: Attributes, number: int, words: Iterable[str]
) -> NDArray[numpy.uint8]:
    """A picture with lines about the patient at its top, about the technique at its bottom, as asked for."""
    image = Image.fromarray(shown)
    canvas = ImageDraw.Draw(image)
    size = min(max(image.height // _LINES_A_PICTURE, _SMALLEST), _LARGEST)
    wanted = set(words)
    for word, anchor in ((PATIENT, "la"), (TECHNIQUE, "ld")):
        lines = [written(line) for line in _LINES[word](said, number) if line] if word in wanted else []
        at = _MARGIN if word == PATIENT else image.height - _MARGIN - len(lines[1:]) * (size + 2)
        for line in lines:
            write(canvas, (_MARGIN, at), line, size=size, anchor=anchor)
            at += size + 2
    return numpy.asarray(image)


def write(
    canvas: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    *,
    size: int,
    anchor: str = "la",
    ink: Any = None,
) -> None:
    """Write a line, white where no `ink` is given, with a dark edge so that it is read on any ground."""
    grey = canvas.mode == "L"
    bright = ink if ink is not None else _WHITE if grey else (_WHITE,) * 3
    dark = _BLACK if grey else (_BLACK,) * 3
    canvas.text(place, text, bright, font(size), anchor, stroke_width=1, stroke_fill=dark)


@lru_cache(maxsize=64)
def font(size: int) -> Any:
    """The font that comes with Pillow, of a height in pixels."""
    return ImageFont.load_default(size)


def written(text: str) -> str:
    """A text in the letters that the font has: others lose their marks, or become question marks."""
    line = " ".join(text.split())[:_LONGEST_LINE]
    return "".join(_letter(each) for each in unicodedata.normalize("NFC", line))


def _letter(character: str) -> str:
    if ord(character) <= _LAST_IN_FONT:
        return character if character.isprintable() else _UNKNOWN
    plain = unicodedata.normalize("NFKD", character)
    return plain[0] if ord(plain[0]) <= _LAST_IN_FONT else _UNKNOWN


def _patient(said: Attributes, _: int) -> Iterator[str]:
    yield said.person("PatientName")
    yield said.text("PatientID")
    yield " ".join(part for part in (_date(said.text("PatientBirthDate")), said.text("PatientSex")) if part)


def _technique(said: Attributes, number: int) -> Iterator[str]:
    yield " ".join(part for part in (said.text("Modality"), said.text("SeriesDescription")) if part)
    yield _date(said.text("StudyDate"))
    frames = int(said.number("NumberOfFrames") or 1)
    frame = f"frame {number} of {frames}" if frames > 1 else ""
    yield " ".join(part for part in (_named("image", said.text("InstanceNumber")), frame) if part)
    position = said.numbers("ImagePositionPatient")
    yield _named("position", " ".join(f"{each:g}" for each in position[:3]))
    yield _named("kV", said.text("KVP"))


def _named(name: str, value: str) -> str:
    return f"{name} {value}" if value else ""


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == _DATE and text.isdigit() else text


_LINES: MappingProxyType[str, Callable[[Attributes, int], Iterator[str]]] = MappingProxyType(
    {PATIENT: _patient, TECHNIQUE: _technique}
)
