"""Value representations of tags (PS3.6, and the private dictionary), for files that do not write them."""

from functools import lru_cache

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_VR, private_dictionary_VR

UNKNOWN = "UN"
_NOT_VALUES = frozenset({"NONE", ""})
_CREATORS = range(0x10, 0x100)


@lru_cache(maxsize=8192)
def vr_of(tag: int) -> str:
    """The VR of a standard tag, `US or SS` and the like where it depends; UN when there is none."""
    entry = DicomDictionary.get(tag)
    if entry:
        return UNKNOWN if entry[0] in _NOT_VALUES else entry[0]
    try:
        return dictionary_VR(tag)  # repeating groups: overlays and curves
    except KeyError:
        return UNKNOWN


@lru_cache(maxsize=8192)
def private_vr_of(tag: int, creator: str) -> str:
    """The VR of a private tag in the block of a creator; UN when the creator's dictionary is not known."""
    try:
        return private_dictionary_VR(tag, creator)
    except KeyError:
        return UNKNOWN


def is_private(tag: int) -> bool:
    """Whether a tag's group is odd (PS3.5 7.8)."""
    return bool(tag & 0x10000)


def is_private_creator(tag: int) -> bool:
    """Whether a private tag reserves a block: (gggg,0010-00FF)."""
    return is_private(tag) and tag & 0xFFFF in _CREATORS
