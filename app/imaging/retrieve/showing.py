"""What there is to show of an instance: pixels, the text of a report, a document, a presentation state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graph.records import StoredInstance

_REPORTS = "1.2.840.10008.5.1.4.1.1.88."
_PRESENTATION_STATES = frozenset(f"1.2.840.10008.5.1.4.1.1.11.{kind}" for kind in (1, 2, 3, 5))
_DOCUMENTS = "1.2.840.10008.5.1.4.1.1.104."
_REFERENCED_SERIES, _REFERENCED_IMAGES = "00081115", "00081140"
_SERIES, _INSTANCE, _FRAMES = "0020000E", "00081155", "00081160"


class Showing(Enum):
    """What an instance is, to who looks at it."""

    PIXELS = "pixels"
    REPORT = "report"
    DOCUMENT = "document"
    STATE = "presentation state"
    NOTHING = "nothing"


def showing_of(instance: StoredInstance) -> Showing:
    """What there is to show of an instance that was found with its frame table."""
    if instance.frames:
        return Showing.PIXELS
    uid = instance.sop_class_uid
    if uid in _PRESENTATION_STATES:
        return Showing.STATE
    if uid.startswith(_REPORTS):
        return Showing.REPORT
    return Showing.DOCUMENT if uid.startswith(_DOCUMENTS) else Showing.NOTHING


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An instance that a presentation state shows; without frames all of it."""

    series: str
    instance: str
    frames: tuple[int, ...]


def shown_by(state: Mapping[str, Any]) -> Iterator[ShownImage]:
    """What a presentation state shows, by its DICOM JSON object (PS3.3 C.11.11)."""
    for series in _items(state, _REFERENCED_SERIES):
        for image in _items(series, _REFERENCED_IMAGES):
            uids = [*_values(series, _SERIES)[:1], *_values(image, _INSTANCE)[:1]]
            frames = tuple(each for each in _values(image, _FRAMES) if isinstance(each, int) and each > 0)
            if len(uids) == len((_SERIES, _INSTANCE)):
                yield ShownImage(uids[0], uids[1], frames)


def _items(document: Mapping[str, Any], tag: str) -> Sequence[Mapping[str, Any]]:
    return [each for each in _values(document, tag) if isinstance(each, dict)]


def _values(document: Mapping[str, Any], tag: str) -> Sequence[Any]:
    values = document.get(tag, {}).get("Value", [])
    return values if isinstance(values, list) else []
