"""The question answered by plain loops over raw JSON: no tree, no query, no date code of the product's.

As of 2026-11-22; a text comparison of dates is enough, since every bound is a whole day.
"""

from collections.abc import Iterable, Iterator

from fhir_profiles.terminology import descendants
from tests.app.cohorts.world import EXCLUDED, MATCHED, UNKNOWN, Expectation, Scan, World
from tests.factories.fhir import Resource

FIRST_DAY, LAST_DAY = "2024-11-22", "2026-11-22"
TOO_YOUNG_FROM = "1980-11-23"
WANTED = (
    ("http://snomed.info/sct", "307576001"),
    ("urn:oid:2.16.840.1.113883.6.43.1", "9180/3"),
)
CODES = frozenset().union(*(descendants(*coding) for coding in WANTED))
NOT_ORDERED = {"proposal", "plan", "option"}


def plain_answer(world: World) -> dict[str, Expectation]:
    """What must be answered of every patient."""
    stored = {**world.charts, **world.findings}
    return {
        name: _of(name, patient, stored, world)
        for name, patient in world.charts.items()
        if patient["resourceType"] == "Patient"
    }


def _of(name: str, patient: Resource, stored: dict[str, Resource], world: World) -> Expectation:
    alive = {each: resource for each, resource in stored.items() if each not in world.deleted}
    scans = [scan for scan in world.scans if scan.patient == name]
    cts = [scan for scan in scans if scan.modality == "CT"]
    facts = {_age(patient.get("birthDate")), _diagnosed(name, alive.values()), MATCHED if cts else EXCLUDED}
    if name in world.deleted or EXCLUDED in facts:
        return Expectation(EXCLUDED)
    if UNKNOWN in facts:
        return Expectation(UNKNOWN)
    found = Expectation(MATCHED, scans={scan.uid for scan in cts})
    found.medications = {each for each, order in alive.items() if _prescribed(order, name)}
    for each, resource in alive.items():
        for scan in cts:
            for via in _ties(resource, scan, name, alive):
                if resource["resourceType"] == "DocumentReference":
                    found.documents.add(each)
                elif not any(link[:2] == (each, scan.uid) for link in found.links):
                    found.links.add((each, scan.uid, via))
    return found


def _age(born: str | None) -> str:
    if born is None:
        return UNKNOWN
    earliest, latest = (born + "-01-01")[:10], (born + "-12-31")[:10]
    if latest < TOO_YOUNG_FROM:
        return MATCHED
    return UNKNOWN if earliest < TOO_YOUNG_FROM else EXCLUDED


def _diagnosed(name: str, resources: Iterable[Resource]) -> str:
    verdicts = [_diagnosis(each) for each in resources if _is(each, "Condition", name)]
    return next((each for each in (MATCHED, UNKNOWN) if each in verdicts), EXCLUDED)


def _diagnosis(condition: Resource) -> str:
    codings = {(each["system"], each["code"]) for each in condition["code"]["coding"]}
    status = condition.get("verificationStatus", {}).get("coding", [{"code": None}])[0]["code"]
    if not codings & CODES or status not in ("confirmed", "provisional", None):
        return EXCLUDED
    day = condition.get("recordedDate") or condition.get("onsetDateTime")
    if day is None:
        return UNKNOWN
    earliest, latest = (day + "-01-01")[:10], (day + "-12-31"[len(day) - 4 :] if len(day) < 10 else day)
    if latest < FIRST_DAY or earliest > LAST_DAY:
        return EXCLUDED
    return UNKNOWN if status is None or earliest < FIRST_DAY or latest > LAST_DAY else MATCHED


def _prescribed(order: Resource, name: str) -> bool:
    return (
        _is(order, "MedicationRequest", name)
        and order["status"] not in ("entered-in-error", "draft")
        and order["intent"] not in NOT_ORDERED
        and not order.get("doNotPerform")
    )


def _ties(resource: Resource, scan: Scan, name: str, stored: dict[str, Resource]) -> Iterator[str]:
    kind = resource["resourceType"]
    if kind not in ("DiagnosticReport", "DocumentReference") or resource["status"] == "entered-in-error":
        return
    whose = resource.get("subject", {}).get("reference")
    if whose not in (None, name):
        return
    context = resource.get("context", {}).get("related", [])
    studies = [uid for each in (*resource.get("imagingStudy", []), *context) for uid in _uids(each)]
    if studies and scan.uid not in studies:
        return
    if scan.uid in studies:
        yield "imagingStudy"
    orders = [stored[each["reference"]] for each in resource.get("basedOn", [])]
    if any(scan.accession in _numbers(order) for order in orders):
        yield "basedOn"
    if whose and scan.accession in _numbers(resource):
        yield "accession"


def _uids(target: Resource) -> Iterator[str]:
    for text in (target.get("reference", ""), target.get("identifier", {}).get("value", "")):
        if "urn:oid:" in text:
            yield text.partition("urn:oid:")[2]


def _numbers(resource: Resource) -> set[str]:
    return {each["value"] for each in resource.get("identifier", [])}


def _is(resource: Resource, kind: str, name: str) -> bool:
    return bool(resource["resourceType"] == kind and resource["subject"]["reference"] == name)
