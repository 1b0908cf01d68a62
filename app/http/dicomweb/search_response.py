"""Matches as DICOM JSON data sets (PS3.18 10.6.3.3): attributes of the level and those asked for."""

from collections.abc import Mapping
from typing import Any

from app.http.dicomweb.search_parameters import SearchRequest
from app.http.kit.json_answers import element
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
from graph.studies.imaging import Match

_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_UIDS = {STUDY: "StudyInstanceUID", SERIES: "SeriesInstanceUID", INSTANCE: "SOPInstanceUID"}


def dataset(match: Match, asked: SearchRequest, address: str) -> dict[str, Any]:
    """One match: attributes in tag order, and the Retrieve URL of what matched."""
    rows = dict(zip(LEVELS, (match.study, match.series, match.instance), strict=True))
    found: dict[str, Any] = {}
    request_attributes: dict[str, Any] = {}
    for attribute in ATTRIBUTES:
        row = rows[attribute.level]
        if row is None or not _wanted(attribute, asked):
            continue
        into = request_attributes if attribute.keyword in IN_REQUEST_ATTRIBUTES else found
        if (value := _value(attribute, row)) is not None:
            into[attribute.tag] = value
    if request_attributes:
        found[REQUEST_ATTRIBUTES_SEQUENCE] = element("SQ", request_attributes)
    found["00081190"] = element("UR", _address(rows, address))
    return dict(sorted(found.items()))


def _wanted(attribute: Attribute, asked: SearchRequest) -> bool:
    """A level in the path is known to the client: only its UID comes back unasked (table 10.6.1-4)."""
    if asked.include_all or attribute.keyword in asked.included or attribute.keyword in _UIDS.values():
        return True
    known = (asked.study and attribute.level == STUDY) or (asked.series and attribute.level == SERIES)
    return attribute.returned and not known


def _value(attribute: Attribute, row: Mapping[str, Any]) -> dict[str, Any] | None:
    if attribute.keyword == "InstanceAvailability":
        return element("CS", "ONLINE")
    value = row.get(attribute.keyword)
    if value is None:
        # A key that was returned has an empty element where the instance has no value (10.6.3.3).
        return element(attribute.vr) if attribute.searched and not attribute.computed else None
    if attribute.vr == "PN":
        groups = zip(_GROUPS, str(value).split("="), strict=False)
        return element("PN", {name: text for name, text in groups if text})
    return element(attribute.vr, *(value if isinstance(value, list) else [value]))


def _address(rows: Mapping[str, Mapping[str, Any] | None], address: str) -> str:
    names = ("studies", "series", "instances")
    path = [
        f"/{name}/{row[_UIDS[level]]}"
        for name, level in zip(names, LEVELS, strict=True)
        if (row := rows[level]) is not None
    ]
    return address + "".join(path)
