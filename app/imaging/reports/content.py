"""The content items of a structured report (PS3.3 C.17.3), read when they are asked for.

The data set may be anybody's: what cannot be read is absent, and nothing here raises.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.imaging.attributes import Attributes
from app.imaging.codes import CodedValue

MOST_OBJECTS = 256  # that one item names
LONGEST_TEXT = 65_536
_CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")


class NamedObject(NamedTuple):
    """An instance that a report refers to; `frames` as it is written, empty for all of them."""

    sop_class_uid: str
    sop_uid: str
    frames: str


class MeasuredNumber(NamedTuple):
    """A number as it is written, and its unit."""

    value: str
    unit: CodedValue


def code_of(said: Attributes, keyword: str) -> CodedValue:
    """The first item of a code sequence as it is written: value, scheme, meaning; each may be empty."""
    for code in said.items(keyword)[:1]:
        value = next((found for each in _CODE_VALUES if (found := code.text(each))), "")
        return value, code.text("CodingSchemeDesignator"), code.text("CodeMeaning")
    return "", "", ""


@dataclass(frozen=True, slots=True)
class ContentItem:
    """One content item, or the root of a report."""

    said: Attributes

    @property
    def kind(self) -> str:
        """Its value type: CONTAINER, NUM, CODE, TEXT …"""
        return self.said.text("ValueType")

    @property
    def relationship(self) -> str:
        """How it belongs to the item that it stands in."""
        return self.said.text("RelationshipType")

    @property
    def name(self) -> CodedValue:
        """Its concept name."""
        return code_of(self.said, "ConceptNameCodeSequence")

    def children(self) -> Iterator["ContentItem"]:
        """The items that stand in it."""
        return map(ContentItem, self.said.items("ContentSequence"))

    def code(self) -> CodedValue:
        """The value of a CODE."""
        return code_of(self.said, "ConceptCodeSequence")

    def text(self) -> str:
        """The value of a TEXT."""
        return self.said.text("TextValue", longest=LONGEST_TEXT)

    def number(self) -> MeasuredNumber | None:
        """The value of a NUM; None where nothing was measured."""
        for measured in self.said.items("MeasuredValueSequence")[:1]:
            return MeasuredNumber(
                measured.text("NumericValue"), code_of(measured, "MeasurementUnitsCodeSequence")
            )
        return None

    def why_no_number(self) -> CodedValue:
        """Why nothing was measured; empty where that is not said."""
        return code_of(self.said, "NumericValueQualifierCodeSequence")

    def objects(self) -> Iterator[NamedObject]:
        """The instances that a COMPOSITE, IMAGE or WAVEFORM names."""
        for each in self.said.items("ReferencedSOPSequence")[:MOST_OBJECTS]:
            frames = each.text("ReferencedFrameNumber").replace("\\", ", ")
            yield NamedObject(
                each.text("ReferencedSOPClassUID"), each.text("ReferencedSOPInstanceUID"), frames
            )
