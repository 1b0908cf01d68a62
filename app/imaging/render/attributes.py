"""What a header says of one frame.

An attribute is looked for in the functional groups of the frame, then in those that all frames share, then in
the header itself (PS3.3 C.7.6.16), so that an enhanced multi-frame reads as a single frame does.
"""

from collections.abc import Iterator

from pydicom import Dataset

from app.imaging.attributes import Attributes
from app.imaging.render.faults import Unrenderable

_MACROS = (
    "FrameContentSequence",
    "FrameDisplayShutterSequence",
    "FrameVOILUTSequence",
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "PlanePositionSequence",
    "SegmentIdentificationSequence",
)


def attributes_of(header: Dataset, number: int) -> Attributes:
    """The attributes of a frame, counted from 1; raises `Unrenderable` where there is no such frame."""
    if number < 1:
        raise Unrenderable("frames are counted from 1")
    whole = Attributes(header)
    per_frame = whole.datasets("PerFrameFunctionalGroupsSequence")
    groups = [per_frame[number - 1]] if number <= len(per_frame) else []
    groups += whole.datasets("SharedFunctionalGroupsSequence")[:1]
    return whole.under(*(item for group in groups for item in _macro_items(group)))


def _macro_items(group: Dataset) -> Iterator[Dataset]:
    for keyword in _MACROS:
        yield from Attributes(group).datasets(keyword)[:1]
