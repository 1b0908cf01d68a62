"""DICOM JSON metadata of a walked data set (PS3.18 F.2): no bulk data, strict JSON, sequences included.

OB OD OF OL OV OW UN are left out, as the DICOM service does; so is a value that breaks the rules, with a
warning. Group lengths (gggg,0000) have no place in DICOM JSON.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, TypeAlias

from orjson import Fragment, dumps

from app.imaging.store.charsets import DEFAULT, codecs_of
from app.imaging.store.elements import DataSet, Element, Items
from app.imaging.store.headers import Buffer
from app.imaging.store.limits import Limits
from app.imaging.store.notes import Notes
from app.imaging.store.values import READERS, BadValue, Charset, number_of_values

BULK = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW", "US or SS or OW"})
_CHARACTER_SET = 0x00080005
_LONGEST_CHARACTER_SET = 1024
_PIXEL_REPRESENTATION = 0x00280103
_LUT_DESCRIPTOR, _LUT_DATA = 0x00283002, 0x00283006

DicomJson: TypeAlias = dict[str, Any]


class MetadataWriter:
    """Turns the data sets of one file into DICOM JSON objects; what is left out is noted."""

    def __init__(self, data: Buffer, limits: Limits, notes: Notes) -> None:
        self._data = data
        self._left = limits.metadata_bytes
        self._values_left = limits.values
        self._at_once = limits.values_at_once
        self._notes = notes

    def document(
        self, dataset: DataSet, codecs: Sequence[str] = DEFAULT, pixels_signed: bool = False
    ) -> DicomJson:
        """The DICOM JSON object of a data set; items inherit its character sets and signedness."""
        codecs = self._codecs(dataset, codecs)
        signed = self._signed(dataset, pixels_signed)
        charset = Charset(codecs)
        written: DicomJson = {}
        for tag, element in dataset.items():
            if element.vr in BULK or not tag & 0xFFFF:
                continue
            try:
                written[f"{tag:08X}"] = self._entry(tag, element, dataset, charset, signed)
            except BadValue as problem:
                if problem.args:
                    self._notes.warn(tag, str(problem))
            if charset.faulty:
                charset.faulty = False
                self._notes.warn(tag, "The text does not fit its character set; bytes were replaced.")
        return written

    def _entry(
        self, tag: int, element: Element, dataset: DataSet, charset: Charset, signed: bool
    ) -> DicomJson:
        vr, start, length, items = element
        if items is not None:
            return _valued(vr, self._items(items, charset.codecs, signed))
        if vr not in READERS:
            vr = self._settled(tag, vr, dataset, signed)
        if length == 0:
            return {"vr": vr}
        if length > self._left:
            raise BadValue("The metadata is too large with this value.")
        self._left -= length
        raw = self._data[start : start + length]
        self._count_values(vr, raw)
        return _valued(vr, READERS[vr](raw, charset, dataset.little))

    def _count_values(self, vr: str, raw: bytes) -> None:
        number = number_of_values(vr, raw)
        if number > min(self._at_once, self._values_left):
            raise BadValue("The metadata has too many values with this element.")
        self._values_left -= number

    def _items(self, items: Items, codecs: Sequence[str], signed: bool) -> list[Any]:
        """The JSON objects of items; those that are walked again become one text, so that none is held."""
        if isinstance(items, tuple):
            return [self.document(item, codecs, signed) for item in items]
        text = BytesIO()
        for item in items.later():
            text.write(b"," if text.tell() else b"")
            text.write(dumps(self.document(item, codecs, signed)))
        return [*(self.document(item, codecs, signed) for item in items.held), Fragment(text.getvalue())]

    def _settled(self, tag: int, vr: str, dataset: DataSet, signed: bool) -> str:
        """The VR of an element that the file does not write and that depends on others (PS3.5 annex A.1)."""
        if vr == "US or SS":
            return "SS" if signed else "US"
        descriptor = dataset.get(_LUT_DESCRIPTOR)
        if tag == _LUT_DATA and descriptor and self._first_number(descriptor, dataset) == 1:
            return "US"
        raise BadValue

    def _codecs(self, dataset: DataSet, inherited: Sequence[str]) -> Sequence[str]:
        element = dataset.get(_CHARACTER_SET)
        if element is None or element.items is not None or element.length > _LONGEST_CHARACTER_SET:
            return inherited
        terms = self._value(element).rstrip(b" \0").decode("latin-1").split("\\")
        codecs, known = codecs_of([term.strip() for term in terms])
        if not known:
            self._notes.warn(_CHARACTER_SET, "The character set is not known; the default one was taken.")
        return codecs

    def _signed(self, dataset: DataSet, inherited: bool) -> bool:
        element = dataset.get(_PIXEL_REPRESENTATION)
        return inherited if element is None else self._first_number(element, dataset) == 1

    def _first_number(self, element: Element, dataset: DataSet) -> int:
        return int.from_bytes(self._value(element)[:2], "little" if dataset.little else "big")

    def _value(self, element: Element) -> bytes:
        return self._data[element.start : element.start + element.length]


def _valued(vr: str, values: list[Any]) -> DicomJson:
    return {"vr": vr, "Value": values} if values else {"vr": vr}
