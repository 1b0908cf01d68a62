"""Who says what of an ImagingStudy: elements that come from the pictures, and the users' overlay on them.

Owned by DICOM are the Study Instance UID and accession number among the identifiers, status, subject, series,
counts, modality and endpoint, and the contained Devices of the equipment. Started, description, referrer,
interpreter, procedure and reason are DICOM's where DICOM has them. An order that the accession number names
makes room for one that a user names.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fhir_profiles.mapping.study_particulars import EQUIPMENT, is_by_accession

OWNED = ("status", "subject", "modality", "endpoint", "numberOfSeries", "numberOfInstances", "series")
OWNED_IF_THERE = ("started", "description", "referrer", "interpreter", "procedureCode", "reasonCode")
MOST_DIFFERENCES = 10
_SERVERS = ("resourceType", "id")
_STAMPS = ("versionId", "lastUpdated")


def overlay_of(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The users' elements of an ImagingStudy as they sent it: all that is never DICOM's."""
    overlay = {name: value for name, value in resource.items() if name not in (*OWNED, *_SERVERS)}
    meta = {name: value for name, value in resource.get("meta", {}).items() if name not in _STAMPS}
    own = {
        "meta": meta,
        "identifier": [each for each in resource.get("identifier", ()) if not _is_study_uid(each)],
        "basedOn": [each for each in resource.get("basedOn", ()) if not is_by_accession(each)],
        "contained": [each for each in resource.get("contained", ()) if not _is_equipment(each)],
    }
    for name, value in own.items():
        overlay.pop(name, None)
        if value:
            overlay[name] = value
    return overlay


def without_equipment(resource: dict[str, Any]) -> dict[str, Any]:
    """The study without its contained Devices: they would be a third of the rows that it is found by."""
    contained = [each for each in resource.get("contained", ()) if not _is_equipment(each)]
    rest = {name: value for name, value in resource.items() if name != "contained"}
    return rest | ({"contained": contained} if contained else {})


def laid_over(rendered: dict[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """What is rendered from DICOM, with the users' elements where DICOM says nothing."""
    own = rendered.get("identifier", [])
    has_accession = any(_is_accession(each) for each in own)
    users = [
        each
        for each in overlay.get("identifier", ())
        if not (has_accession and _is_accession(each)) and each not in own
    ]
    merged = {**rendered, **{name: value for name, value in overlay.items() if name not in rendered}}
    if "basedOn" in overlay:
        merged["basedOn"] = overlay["basedOn"]
    if "contained" in rendered and "contained" in overlay:
        merged["contained"] = [*rendered["contained"], *overlay["contained"]]
    if own or users:
        merged["identifier"] = [*own, *users]
    return merged


def owned_differences(resource: Mapping[str, Any], rendered: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths at which a sent resource changes what DICOM owns (`series[0].number`), at most ten.

    `rendered` is the study with the overlay of that same resource. Leaving an owned element out is a change.
    """
    found: list[str] = []
    if _owned_identifiers(resource) != _owned_identifiers(rendered):
        found.append("identifier")
    if _equipment(resource) != _equipment(rendered):
        found.append("contained")
    for name in (*OWNED, *OWNED_IF_THERE):
        found.extend(_differences(resource.get(name), rendered.get(name), name))
    return tuple(found[:MOST_DIFFERENCES])


def _differences(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in (*one, *(each for each in other if each not in one)):
            yield from _differences(one.get(name), other.get(name), f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(left, right, f"{path}[{index}]")
    elif one != other:
        yield path


def _owned_identifiers(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The Study Instance UID and the accession numbers, without regard to order."""
    every = resource.get("identifier", ())
    uids = [("uid", str(each.get("value"))) for each in every if _is_study_uid(each)]
    accessions = [("accession", str(each.get("value"))) for each in every if _is_accession(each)]
    return sorted(uids + accessions)


def _is_study_uid(identifier: Mapping[str, Any]) -> bool:
    return identifier.get("system") == "urn:dicom:uid"


def _equipment(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in resource.get("contained", ()) if _is_equipment(each)]


def _is_equipment(contained: Mapping[str, Any]) -> bool:
    return str(contained.get("id", "")).startswith(EQUIPMENT)


def _is_accession(identifier: Mapping[str, Any]) -> bool:
    codings = identifier.get("type", {}).get("coding", ())
    return any(each.get("code") == "ACSN" for each in codings)
