"""Drawing whole frames: how long one is shown, and what a picture costs."""

from itertools import pairwise
from time import thread_time
from typing import Any

import numpy
import pytest

from app.imaging.render.description import Frame
from app.imaging.render.faults import Unrenderable
from app.imaging.render.media import written
from app.imaging.render.picture import draw
from app.imaging.render.wishes import Viewport, Wish
from tests.factories.pixels import described_by, drawn, header_of


def quickest(task: Any, tries: int = 5) -> float:
    """The milliseconds of the processor that a task takes at best."""
    task()
    moments = [thread_time()]
    for _ in range(tries):
        task()
        moments.append(thread_time())
    return min(after - before for before, after in pairwise(moments)) * 1000


@pytest.mark.parametrize(
    ("keywords", "milliseconds"),
    [
        ({}, None),
        ({"FrameTime": "33.3"}, 33.3),
        ({"FrameTimeVector": ["0", "50", "80"]}, 80),
        ({"CineRate": "25"}, 40),
        ({"RecommendedDisplayFrameRate": "10", "CineRate": "25"}, 100),
        ({"CineRate": "0"}, None),
    ],
)
def test_a_frame_is_shown_for_the_time_of_the_cine_module(
    keywords: dict[str, Any], milliseconds: float | None
) -> None:
    values = numpy.zeros((2, 2), numpy.uint8)
    header = header_of(values, NumberOfFrames=3, **keywords)

    assert draw(Frame(values, "MONOCHROME2"), described_by(header), header, 2, Wish()).milliseconds == (
        milliseconds and pytest.approx(milliseconds)
    )


def test_frames_are_counted_from_one() -> None:
    with pytest.raises(Unrenderable, match="from 1"):
        drawn(numpy.zeros((2, 2), numpy.uint8), number=0)


def test_odd_sizes_are_drawn() -> None:
    for shape in ((1, 1), (3, 5), (1, 7), (511, 3)):
        values = numpy.arange(shape[0] * shape[1], dtype=numpy.uint16).reshape(shape)
        assert drawn(values, BitsStored=12, WindowCenter=50, WindowWidth=100).shape == shape
        assert drawn(values, BitsStored=12, wish=Wish(viewport=Viewport(width=9, height=9))).size > 0


def test_a_slice_costs_little() -> None:
    """Two milliseconds on a quiet machine; the bound leaves room for a busy one."""
    values = numpy.random.default_rng(4).integers(0, 4096, (512, 512), dtype=numpy.uint16)
    header = header_of(values, BitsStored=12, RescaleIntercept="-1024", WindowCenter="40", WindowWidth="400")
    described = described_by(header)
    frame = Frame(values, "MONOCHROME2")

    def jpeg() -> bytes:
        wish = Wish(quality=90)
        return written([draw(frame, described, header, 1, wish)], wish)

    assert quickest(jpeg) < 20


def test_a_thumbnail_of_a_mammogram_costs_little() -> None:
    """Thirty milliseconds on a quiet machine; the bound leaves room for a busy one."""
    values = numpy.random.default_rng(4).integers(0, 4096, (4000, 3000), dtype=numpy.uint16)
    header = header_of(values, BitsStored=12, WindowCenter="2048", WindowWidth="4096")
    wish = Wish(viewport=Viewport(width=256, height=256))

    assert quickest(lambda: drawn(values, header, wish=wish), 2) < 300
