"""Matches as DICOM JSON data sets (PS3.18 10.6.3.3): attributes of the level and those asked for."""

import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from app.http.dicomweb.search_fields import Fields
from app.http.kit.json_answers import element
from app.imaging.bulk_paths import with_addresses
from app.imaging.search import ImagingMatch, SearchRequest
from graph.query.attributes import (
    ATTRIBUTES,
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
    request_attributes: dict[str, Any] = {}
    wanted = _shown(fields.all, fields.named, bool(asked.study), bool(asked.series))
    for attribute in wanted:
        row = rows[attribute.level]
        if row is None:
            continue
        into = request_attributes if attribute.keyword in IN_REQUEST_ATTRIBUTES else found
        if (value := _value(attribute, row)) is not None:
            into[attribute.tag] = value
    if request_attributes:
        found[REQUEST_ATTRIBUTES_SEQUENCE] = element("SQ", request_attributes)
    if match.metadata is not None:
        found |= _stored(match.metadata, fields.stored, address)
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
        or attribute.keyword in named
        or attribute.keyword in _UIDS.values()
        or (attribute.returned and attribute.level not in known)
    )


def _stored(metadata: bytes, tags: frozenset[str], address: str) -> dict[str, Any]:
    """The elements of these tags that an instance of the match has."""
    document: dict[str, Any] = orjson.loads(with_addresses(zlib.decompress(metadata), address))
    return {tag: document[tag] for tag in tags & document.keys()}


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
    names = ("studies", "series", "instances")
    path = [
        f"/{name}/{row[_UIDS[level]]}"
        for name, level in zip(names, LEVELS, strict=True)
        if (row := rows[level]) is not None
    ]
    return address + "".join(path)
