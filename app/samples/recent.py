"""Generated lives made fit to load: the recent part, repeatable, under our medical record numbers.

Every resource is put under the generator's own id, so loading twice changes nothing; what several patients
share (their clinics and clinicians) is created only where it is not there yet.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.samples.codes import IDENTIFIER_TYPE, MRN, SAMPLE, JsonObject, status_concept

_LEFT_OUT = frozenset(
    {"Claim", "ExplanationOfBenefit", "ImagingStudy", "PractitionerRole", "Provenance", "SupplyDelivery"}
)
_SHARED = frozenset({"Organization", "Practitioner", "Location"})
_DATED_BY = (
    "effectiveDateTime",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "authoredOn",
    "recordedDate",
    "onsetDateTime",
    "startDate",
    "period",
)
_GONE = object()


def recent(bundle: JsonObject, mrn: str, events: int) -> list[JsonObject]:
    """The entries to load of a generated Bundle.

    They are at least the last `events` of its dated resources, what lasts (the patient, active conditions and
    prescriptions), and whatever of the shared these refer to.
    """
    resources = [entry["resource"] for entry in bundle["entry"]]
    usable = [each for each in resources if each["resourceType"] not in _LEFT_OUT]
    own = [each for each in usable if each["resourceType"] not in _SHARED]
    dates = sorted(filter(None, map(_date_of, own)), reverse=True)
    since = dates[min(events, len(dates)) - 1] if dates else ""
    kept = [each for each in own if _lasts(each) or _date_of(each) >= since]
    shared = _referred_to(kept, [each for each in usable if each["resourceType"] in _SHARED])
    known = {f"urn:uuid:{each['id']}" for each in (*kept, *shared)}
    return [_entry(_numbered(_closed(each, known), mrn)) for each in (*shared, *kept)]


def _date_of(resource: Mapping[str, Any]) -> str:
    """The date a resource is about, as text that sorts; empty where it has none."""
    value = next((resource[name] for name in _DATED_BY if name in resource), "")
    return value.get("start", "") if isinstance(value, dict) else str(value)


def _lasts(resource: Mapping[str, Any]) -> bool:
    clinical = resource.get("clinicalStatus", {}).get("coding", [{}])[0].get("code")
    return "active" in (clinical, resource.get("status")) or not _date_of(resource)


def _referred_to(kept: Iterable[JsonObject], shared: Iterable[JsonObject]) -> list[JsonObject]:
    """The shared resources that the kept ones refer to, directly or through one another."""
    by_url = {f"urn:uuid:{each['id']}": each for each in shared}
    wanted: dict[str, JsonObject] = {}
    waiting = list(kept)
    while waiting:
        for url in references(waiting.pop()):
            if url in by_url and url not in wanted:
                wanted[url] = by_url[url]
                waiting.append(by_url[url])
    return [each for url, each in by_url.items() if url in wanted]


def references(node: object) -> Iterator[str]:
    """Every reference's text in a resource."""
    if isinstance(node, dict):
        if isinstance(text := node.get("reference"), str):
            yield text
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def _closed(resource: JsonObject, known: set[str]) -> JsonObject:
    """The resource without its references to what is not loaded."""
    closed = _without(resource, known)
    return closed if isinstance(closed, dict) else {}


def _without(node: Any, known: set[str]) -> Any:
    if isinstance(node, dict):
        text = node.get("reference")
        if isinstance(text, str) and text.startswith("urn:uuid:") and text not in known:
            return _GONE
        kept = {name: _without(value, known) for name, value in node.items()}
        return {name: value for name, value in kept.items() if value is not _GONE} or _GONE
    if isinstance(node, list):
        return [value for each in node if (value := _without(each, known)) is not _GONE] or _GONE
    return node


def _numbered(resource: JsonObject, mrn: str) -> JsonObject:
    """The patient under our record number, shared resources under an identifier to find them by again."""
    identifiers = resource.get("identifier", [])
    if resource["resourceType"] == "Patient":
        ours = {"type": status_concept(IDENTIFIER_TYPE, "MR"), "system": MRN, "value": mrn}
        return resource | {"identifier": [ours, *identifiers]}
    if resource["resourceType"] in _SHARED:
        return resource | {"identifier": [*identifiers, {"system": SAMPLE, "value": resource["id"]}]}
    return resource


def _entry(resource: JsonObject) -> JsonObject:
    kind, resource_id = resource["resourceType"], resource["id"]
    full_url = {"fullUrl": f"urn:uuid:{resource_id}"}
    if kind not in _SHARED:
        return {
            **full_url,
            "resource": resource,
            "request": {"method": "PUT", "url": f"{kind}/{resource_id}"},
        }
    unless = f"identifier={SAMPLE}|{resource_id}"
    return {
        **full_url,
        "resource": resource,
        "request": {"method": "POST", "url": kind, "ifNoneExist": unless},
    }
