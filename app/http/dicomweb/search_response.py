"""Matches as data sets in DICOM JSON (PS3.18 10.6.3.3): attributes of the level and those asked for."""

import zlib
from collections.abc import Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import orjson

from app.http.dicomweb.addresses import path_of
from app.http.dicomweb.search_fields import Fields
from app.http.kit.json_answers import element
from app.imaging.bulk_paths import with_addresses
from app.imaging.search import ImagingMatch, SearchRequest
from app.imaging.search.level_attributes import ATTRIBUTES_OF_LEVEL
from graph.query.attributes import (
    ATTRIBUTES,
    BY_KEYWORD,
    IN_REQUEST_ATTRIBUTES,
    INSTANCE,
    LEVELS,
    REQUEST_ATTRIBUTES_SEQUENCE,
    SERIES,
    STUDY,
    Attribute,
)

_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_UIDS = {STUDY: "StudyInstanceUID", SERIES: "SeriesInstanceUID", INSTANCE: "SOPInstanceUID"}


def dataset(match: ImagingMatch, asked: SearchRequest, fields: Fields, address: str) -> dict[str, Any]:
    """One match: attributes in tag order, and the Retrieve URL of what matched.

    `address` is the base of DICOMweb.
    """
    rows = dict(zip(LEVELS, (match.study, match.series, match.instance), strict=True))
    found: dict[str, Any] = {}
    named = fields.named | {attribute.keyword for attribute, _ in asked.keys}
    for attribute in _shown(fields.all, named, bool(asked.study), bool(asked.series)):
        row = rows[attribute.level]
        if row is None or attribute.keyword in IN_REQUEST_ATTRIBUTES:
            continue
        if (value := _value(attribute, row)) is not None:
            found[attribute.tag] = value
    if match.series is not None and not asked.series:
        found[REQUEST_ATTRIBUTES_SEQUENCE] = _requests(match.series)
    if match.metadata is not None:
        found |= _stored(with_addresses(zlib.decompress(match.metadata), address), fields, asked)
    found["00081190"] = element("UR", _address(rows, address))
    return dict(sorted(found.items()))


@lru_cache(maxsize=256)
def _shown(
    everything: bool, named: frozenset[str], study_known: bool, series_known: bool
) -> tuple[Attribute, ...]:
    """The attributes of an answer, of whatever level, by what was asked for and what the path names."""
    known = {level for level, is_known in ((STUDY, study_known), (SERIES, series_known)) if is_known}
    return tuple(
        attribute
        for attribute in ATTRIBUTES
        # A level in the path is known to the client: only its UID comes back unasked (table 10.6.1-4).
        if everything
        or attribute.everywhere
        or attribute.keyword in named
        or attribute.keyword in _UIDS.values()
        or (attribute.returned and attribute.level not in known)
    )


def _requests(series: Mapping[str, Any]) -> dict[str, Any]:
    """The RequestAttributesSequence of a series: an item for each request that it was made for."""
    attributes = [BY_KEYWORD[keyword] for keyword in IN_REQUEST_ATTRIBUTES]
    columns = (_listed(series.get(attribute.keyword)) for attribute in attributes)
    items = [
        {
            attribute.tag: element(attribute.vr, *filter(None, [value]))
            for attribute, value in zip(attributes, values, strict=True)
        }
        for values in zip_longest(*columns)
    ]
    return element("SQ", *items)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _stored(metadata: bytes, fields: Fields, asked: SearchRequest) -> dict[str, Any]:
    """The elements that an instance of the match has of those asked for: with `all`, those of its level."""
    document: dict[str, Any] = orjson.loads(metadata)
    tags = {tag for tag in fields.stored & document.keys() if _belongs(tag, asked.level)}
    if fields.all and asked.level == INSTANCE:
        tags |= document.keys()
    elif fields.all:
        above = () if asked.study or asked.level == STUDY else (STUDY,)
        tags |= document.keys() & frozenset().union(
            *(ATTRIBUTES_OF_LEVEL[level] for level in (*above, asked.level))
        )
    return {tag: document[tag] for tag in tags}


def _belongs(tag: str, level: str) -> bool:
    """Whether an attribute may come at a level: none of a level below does, private ones do (10.6.3.3)."""
    if level == INSTANCE or int(tag[3], 16) % 2:
        return True
    levels = LEVELS[: LEVELS.index(level) + 1]
    return any(tag in ATTRIBUTES_OF_LEVEL[each] for each in levels)


def _value(attribute: Attribute, row: Mapping[str, Any]) -> dict[str, Any] | None:
    if attribute.keyword == "InstanceAvailability":
        return element("CS", "ONLINE")
    value = row.get(attribute.keyword)
    if value is None or value == []:
        # A key that was returned has an empty element where the instance has no value (10.6.3.3). What is
        # counted of the series is left out: viewers read the modalities of a study without looking.
        return element(attribute.vr) if attribute.searched and not attribute.computed else None
    if attribute.is_name:
        groups = zip(_GROUPS, str(value).split("="), strict=False)
        return element("PN", {name: text for name, text in groups if text})
    if isinstance(value, list):  # the graph keeps an empty one of several as "", which is null here (F.2.5)
        return element(attribute.vr, *(each if each != "" else None for each in value))
    return element(attribute.vr, value)


def _address(rows: Mapping[str, Mapping[str, Any] | None], address: str) -> str:
    return address + path_of(*(row[_UIDS[level]] for level in LEVELS if (row := rows[level]) is not None))
