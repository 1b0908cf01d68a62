"""A search of the worklist as it was asked, in the words of DICOM and of no interface."""

import re
from dataclasses import dataclass

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword

_TAG = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)
_LONGEST_PATH = 4  # sequences one within the other
_TRANSACTION = "TransactionUID"  # the key of a lock: never matched, never shown


@dataclass(frozen=True, slots=True)
class KeyPath:
    """An attribute on its way through sequences, by keywords and by tags, and the VR of its values."""

    keywords: tuple[str, ...]
    tags: tuple[str, ...]
    vr: str

    @property
    def name(self) -> str:
        """Its keywords, joined by dots."""
        return ".".join(self.keywords)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkitemSearchRequest:
    """Matching keys with their values, and which rows are wanted.

    `fuzzy` matches person names word by word; `empty_values` lets `""` ask for what has no value. At most
    `limit` rows come, after the first `offset`, the newest first.
    """

    keys: tuple[tuple[KeyPath, str], ...] = ()
    fuzzy: bool = False
    empty_values: bool = False
    limit: int
    offset: int = 0


def path_named(name: str) -> KeyPath | None:
    """The attribute of a keyword or a tag, or of several joined by dots; None where one is none."""
    parts = name.split(".")
    if len(parts) > _LONGEST_PATH:
        return None
    tags = [_tag(part) for part in parts]
    if None in tags:
        return None
    known = [tag for tag in tags if tag]
    vrs = [dictionary_VR(int(tag, 16)) for tag in known]
    keywords = tuple(keyword_for_tag(int(tag, 16)) for tag in known)
    if any(vr != "SQ" for vr in vrs[:-1]) or _TRANSACTION in keywords:
        return None
    return KeyPath(keywords, tuple(known), vrs[-1].partition(" ")[0])


def _tag(part: str) -> str | None:
    """The tag of a keyword or of a tag that the dictionary knows."""
    number = int(part, 16) if _TAG.fullmatch(part) else tag_for_keyword(part)
    return f"{number:08X}" if number is not None and keyword_for_tag(number) else None
