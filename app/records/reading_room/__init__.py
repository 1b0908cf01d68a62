"""The reading room: what there is to read, for whoever reads it, in one order, and what they do about it."""

from app.records.reading_room.lines import ReadingHolder, ReadingLine
from app.records.reading_room.opening import OpenedReading, ReadingDesk
from app.records.reading_room.order import ORDER, in_order, reasons
from app.records.reading_room.room import ReadingList, ReadingRoom, WorklistPart

__all__ = [
    "ORDER",
    "OpenedReading",
    "ReadingDesk",
    "ReadingHolder",
    "ReadingLine",
    "ReadingList",
    "ReadingRoom",
    "WorklistPart",
    "in_order",
    "reasons",
]
