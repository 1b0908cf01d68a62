"""Data sets that clients send of workitems: the JSON model (PS3.18 F.2), read under limits and made regular.

What is read can be stored and given out again: tags in upper case, values of the types that the model has
for their VR, dates that are dates. A fault is told by its place: `ReferencedRequestSequence[0].PatientID`.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.valuerep import STANDARD_VR

from app.imaging.worklist.multiplicity import check_number_of_items, check_number_of_values
from app.imaging.worklist.values import BINARY, inline_binary, is_empty, reader_of
from graph.errors import Invalid, TooLarge

DEEPEST, MOST_ELEMENTS = 8, 4_000
_TAG = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)
_COMMAND_GROUPS = ("0000", "0002")  # of messages and of files: none of a data set


def name_of(tag: str) -> str:
    """The keyword of a tag, or the tag itself where the dictionary does not know it."""
    return keyword_for_tag(int(tag, 16)) or tag


def read_data_set(found: Any) -> dict[str, Any]:
    """The data set that a client sent, regular and in the order of its tags.

    Raises `Invalid` with the place of what is wrong, `TooLarge` beyond the limits.
    """
    return _Reading().data_set(found, "", 0)


class _Reading:
    """Reads one data set, counting its elements."""

    def __init__(self) -> None:
        self._elements = 0

    def data_set(self, found: Any, place: str, depth: int) -> dict[str, Any]:
        if depth > DEEPEST:
            raise TooLarge(f"sequences in more than {DEEPEST} levels", location=place or None)
        if not isinstance(found, Mapping):
            raise Invalid("a data set is an object of elements", location=place or None)
        read = {}
        for name, element in found.items():
            tag = _tag(str(name), place)
            if tag.startswith(_COMMAND_GROUPS):
                raise Invalid("elements of messages and files are none of a data set", location=tag)
            if tag.endswith("0000"):
                continue  # lengths of groups, which are retired and say nothing
            if tag in read:
                raise Invalid("an attribute is there twice", location=_within(place, tag))
            read[tag] = self._element(tag, element, _within(place, tag), depth)
        return dict(sorted(read.items()))

    def _element(self, tag: str, element: Any, place: str, depth: int) -> dict[str, Any]:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise TooLarge(f"more than {MOST_ELEMENTS} elements", location=place)
        if not isinstance(element, Mapping):
            raise Invalid("an element is an object with vr and Value", location=place)
        vr = _vr(tag, element.get("vr"), place)
        if vr in BINARY:
            return self._binary(vr, element, place)
        values = element.get("Value", [])
        if values is None:
            values = []
        if not isinstance(values, list) or element.keys() - {"vr", "Value"}:
            raise Invalid("the values of an element are a list under Value", location=place)
        if vr == "SQ":
            check_number_of_items(tag, len(values), place)
            items = [self._item(each, f"{place}[{at}]", depth) for at, each in enumerate(values)]
            return _element_of(vr, items)
        self._elements += max(0, len(values) - 1)
        value_of = reader_of(vr)
        read = [None if is_empty(each) else value_of(each, vr, place) for each in values]
        while read and read[-1] is None:
            read.pop()
        check_number_of_values(tag, len(read), place)
        return _element_of(vr, read)

    def _item(self, found: Any, place: str, depth: int) -> dict[str, Any]:
        return self.data_set({} if found is None else found, place, depth + 1)

    def _binary(self, vr: str, element: Mapping[str, Any], place: str) -> dict[str, Any]:
        inline = element.get("InlineBinary")
        if inline is None and not element.keys() - {"vr"}:
            return {"vr": vr}
        return {"vr": vr, "InlineBinary": inline_binary(inline, vr, place)}


def _element_of(vr: str, values: list[Any]) -> dict[str, Any]:
    return {"vr": vr, "Value": values} if values else {"vr": vr}


def _within(place: str, tag: str) -> str:
    return f"{place}.{name_of(tag)}" if place else name_of(tag)


def _tag(name: str, place: str) -> str:
    if _TAG.fullmatch(name):
        return name.upper()
    known = tag_for_keyword(name)
    if known is None:
        raise Invalid("an attribute goes by its tag, eight hexadecimal digits", location=place or None)
    return f"{known:08X}"


def _vr(tag: str, said: Any, place: str) -> str:
    """The VR of an element, which the dictionary knows where the client says none."""
    try:
        known = str(dictionary_VR(int(tag, 16)))
    except KeyError:
        known = ""
    if said is None and known:
        return known.partition(" ")[0]
    if not isinstance(said, str) or said not in STANDARD_VR:
        raise Invalid("vr is missing, or none of PS3.5", location=place)
    if known and said not in known.split(" or "):
        raise Invalid(f"its VR is {known}", location=place)
    return str(said)
