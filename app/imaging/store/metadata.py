"""DICOM JSON metadata of a walked data set (PS3.18 F.2): strict JSON, sequences included.

Bytes (OB OD OF OL OV OW UN) stand in it as a BulkDataURI, or as InlineBinary where they are few (F.2.6,
F.2.7); a value of numbers or text that is too long for it has a BulkDataURI too. What breaks the rules is
left out, with a warning. Group lengths (gggg,0000) have no place in DICOM JSON.
"""

from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple, TypeAlias

from orjson import Fragment, dumps

from app.imaging.bulk_paths import below_site
from app.imaging.store.binary import BINARY, BULK, PIXELS, binary_vr, is_fragmented, little_endian, table_vr
from app.imaging.store.charsets import DEFAULT, codecs_of
from app.imaging.store.elements import DataSet, Element, Items
from app.imaging.store.headers import Buffer, Footprint
from app.imaging.store.limits import Limits
from app.imaging.store.notes import Notes
from app.imaging.store.values import READERS, BadValue, Charset, number_of_values

_CHARACTER_SET = 0x00080005
_LONGEST_CHARACTER_SET = 1024
_PIXEL_REPRESENTATION = 0x00280103

DicomJson: TypeAlias = dict[str, Any]


class _Around(NamedTuple):
    """What an element is read by: its data set, what holds there, and the path of that data set."""

    dataset: DataSet
    charset: Charset
    signed: bool
    place: str


class MetadataWriter:
    """Turns the data sets of one file into DICOM JSON objects; what is left out is noted.

    `root` is what comes before the path of an element in its BulkDataURI.
    """

    def __init__(self, data: Buffer, limits: Limits, notes: Notes, root: str = "/") -> None:
        self._data = data
        self._footprint = Footprint(data)
        self._root = root
        self._inline = limits.inline_binary
        self._left = limits.metadata_bytes
        self._values_left = limits.values
        self._at_once = limits.values_at_once
        self._notes = notes

    def document(
        self,
        dataset: DataSet,
        codecs: Sequence[str] = DEFAULT,
        pixels_signed: bool = False,
        place: str = "",
    ) -> DicomJson:
        """The DICOM JSON object of a data set; items inherit its character sets and signedness.

        `place` is the path of an item, with a slash at its end.
        """
        codecs = self._codecs(dataset, codecs)
        signed = self._signed(dataset, pixels_signed)
        charset = Charset(codecs)
        around = _Around(dataset, charset, signed, place)
        written: DicomJson = {}
        for tag, element in dataset.items():
            if not tag & 0xFFFF:
                continue
            self._footprint.at(element.start)
            try:
                write = self._binary if element.vr in BINARY else self._entry
                written[f"{tag:08X}"] = write(tag, element, around)
            except BadValue as problem:
                if problem.args:
                    self._notes.warn(tag, str(problem))
            if charset.faulty:
                charset.faulty = False
                self._notes.warn(tag, "The text does not fit its character set; bytes were replaced.")
        return written

    def _entry(self, tag: int, element: Element, around: _Around) -> DicomJson:
        vr, start, length, items = element
        if items is not None:
            return _valued(vr, self._items(items, around, f"{around.place}{tag:08X}"))
        if vr not in READERS:
            vr = self._settled(tag, vr, around)
            if vr in BINARY:
                return self._binary(tag, element._replace(vr=vr), around)
        if length == 0:
            return {"vr": vr}
        if length > self._left:
            return self._long(vr, tag, around, "The metadata is too large with this value.")
        raw = self._data[start : start + length]
        number = number_of_values(vr, raw)
        if number > min(self._at_once, self._values_left):
            return self._long(vr, tag, around, "The metadata has too many values with this element.")
        self._left -= length
        self._values_left -= number
        return _valued(vr, READERS[vr](raw, around.charset, around.dataset.little))

    def _long(self, vr: str, tag: int, around: _Around, complaint: str) -> DicomJson:
        """A value that is too long for the metadata; raises `BadValue` where its VR may be no bulk data."""
        if vr not in BULK:
            raise BadValue(complaint)
        return self._by_address(vr, tag, around)

    def _binary(self, tag: int, element: Element, around: _Around) -> DicomJson:
        """Bytes, in the metadata where they are few; pixels never, since viewers look for them elsewhere."""
        _, start, length, _ = element
        fragmented = is_fragmented(self._data, start)
        vr = binary_vr(element.vr, fragmented=fragmented)
        if length == 0:
            return {"vr": vr}
        if length > min(self._inline, self._left) or fragmented or tag in PIXELS:
            return self._by_address(vr, tag, around)
        self._left -= length
        raw = little_endian(self._data[start : start + length], vr, around.dataset.little)
        return {"vr": vr, "InlineBinary": b64encode(raw).decode()}

    def _by_address(self, vr: str, tag: int, around: _Around) -> DicomJson:
        address = f"{self._root}{around.place}{tag:08X}"
        if len(address) > self._left:
            raise BadValue("The metadata is too large with this value.")
        self._left -= len(address)
        return {"vr": vr, "BulkDataURI": below_site(address)}

    def _items(self, items: Items, around: _Around, place: str) -> list[Any]:
        """The JSON objects of items; those that are walked again become one text, so that none is held."""

        def written(number: int, item: DataSet) -> DicomJson:
            return self.document(item, around.charset.codecs, around.signed, f"{place}/{number}/")

        if isinstance(items, tuple):
            return [written(number, item) for number, item in enumerate(items, 1)]
        text = BytesIO()
        for number, item in enumerate(items.later(), len(items.held) + 1):
            text.write(b"," if text.tell() else b"")
            text.write(dumps(written(number, item)))
        held = (written(number, item) for number, item in enumerate(items.held, 1))
        return [*held, Fragment(text.getvalue())]

    def _settled(self, tag: int, vr: str, around: _Around) -> str:
        """The VR of an element that the file does not write and that depends on others (PS3.5 annex A.1)."""
        if vr == "US or SS":
            return "SS" if around.signed else "US"
        return table_vr(self._data, around.dataset, tag)

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
