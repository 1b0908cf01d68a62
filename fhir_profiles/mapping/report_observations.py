"""What a structured report found, as Observations (PS3.16 TID 1500, 4000, 10001, 10011; observation.html).

A measurement is an Observation of its own, which a measurement group names as its member; what a dose report
tells of one event or one sum, and what belongs to one finding, are components of one Observation. Where the
body is meant, and by which mark a finding is followed, holds for all that stands below.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from orjson import Fragment

from fhir_profiles.mapping.coded_concepts import SYSTEMS, UCUM, concept_of
from fhir_profiles.mapping.dicom_values import moment, text, uid
from fhir_profiles.mapping.report_content import (
    CONCLUSIONS,
    DOSES,
    FINDINGS,
    LATERALITY,
    MEASUREMENT_GROUP,
    METHOD,
    SITE,
    SITE_MODIFIER,
    TRACKING_ID,
    TRACKING_UID,
    ReportItem,
)

Told: TypeAlias = dict[str, Any]

MOST = 200
"""Observations that are told of one report, and components of one Observation."""
_MOST_IMAGES = 32
_LONGEST = 4_096
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,3})?")
_CONTEXT = frozenset({SITE, SITE_MODIFIER, LATERALITY, TRACKING_ID, TRACKING_UID, METHOD})


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds for an item by what it stands in."""

    site: ReportItem | None = None
    side: ReportItem | None = None
    tracking_id: str = ""
    tracking_uid: str = ""
    images: tuple[tuple[str, str, str], ...] = ()

    def within(self, item: ReportItem) -> "_Around":
        """What holds for the items in an item."""
        site = item.one(SITE)
        return _Around(
            site=site or self.site,
            side=item.one(LATERALITY) or (site.one(LATERALITY) if site else self.side),
            tracking_id=_value(item.one(TRACKING_ID)) or self.tracking_id,
            tracking_uid=_value(item.one(TRACKING_UID)) or self.tracking_uid,
            images=tuple(_images(item)) or self.images,
        )


def observations(root: ReportItem) -> "Findings":
    """The Observations of a report, without whose and of which study they are.

    One that only points to images (PS3.16 TID 2010) is one Observation: of these, it says its title.
    """
    findings, around = Findings(), _Around().within(root)
    findings.below(root, around, "")
    if not findings.told and around.images:
        findings.add(_observed(root, around), "0")
    return findings


@dataclass(slots=True)
class Findings:
    """What was found so far: Observations by their places in the report (`1.2`), and which stand alone.

    `cut`: there is more than was told.
    """

    told: dict[str, Told] = field(default_factory=dict)
    top: list[str] = field(default_factory=list)
    conclusions: list[str] = field(default_factory=list)
    cut: bool = False

    def below(self, item: ReportItem, around: _Around, place: str, group: Told | None = None) -> None:
        """Tell of all that stands in an item; `group` is the Observation that names what is found."""
        for number, each in enumerate(item.within, 1):
            if not each.is_modifier:
                self._item(each, around, f"{place}.{number}" if place else str(number), group)

    def _item(self, item: ReportItem, around: _Around, place: str, group: Told | None) -> None:
        if item.kind == "CONTAINER":
            self._container(item, around.within(item), place, group)
        elif item.kind == "NUM":
            self.add(_of_number(item, around.within(item)), place, group)
            self.below(item, around, place, group)
        elif item.kind == "CODE" and item.known_as not in _CONTEXT:
            self.add(_of_code(item, around.within(item)), place, group)
        elif item.kind == "TEXT" and item.known_as not in _CONTEXT and item.value:
            self._text(item, around, place, group)
        else:
            self.below(item, around, place, group)

    def _container(self, item: ReportItem, around: _Around, place: str, group: Told | None) -> None:
        if item.known_as in DOSES:
            found = _observed(item, around)
            found["component"] = [*_components(item)][:MOST]
            self.add(found, place, group)
            self._doses(item, around, place)
        elif item.known_as == MEASUREMENT_GROUP:
            found = _observed(item, around)
            finding = next((each for each in item.within if each.known_as in FINDINGS), None)
            if finding is not None and (concept := concept_of(finding.concept)):
                found["valueCodeableConcept"] = concept
            if self.add(found, place, group):
                rest = replace(item, within=tuple(each for each in item.within if each is not finding))
                self.below(rest, around, place, found)
        else:
            self.below(item, around, place, group)

    def _doses(self, item: ReportItem, around: _Around, place: str) -> None:
        """Containers of events that stand in one of a sum are told for themselves."""
        for number, each in enumerate(item.within, 1):
            if each.kind == "CONTAINER" and each.known_as in DOSES:
                self._container(each, around.within(each), f"{place}.{number}", None)

    def _text(self, item: ReportItem, around: _Around, place: str, group: Told | None) -> None:
        if item.known_as in CONCLUSIONS:
            self.conclusions.append(_spoken(item.value))
        found = _observed(item, around.within(item))
        found["valueString"] = _spoken(item.value)
        self.add(found, place, group)

    def add(self, found: Told | None, place: str, group: Told | None = None) -> bool:
        """Note an Observation; False where there is none, or no room."""
        if found is None:
            return False
        if len(self.told) == MOST:
            self.cut = True
            return False
        self.told[place] = found
        if group is None:
            self.top.append(place)
        else:
            group.setdefault("hasMember", []).append({"reference": place})
        return True


def _observed(item: ReportItem, around: _Around) -> Told:
    """What every Observation of an item has."""
    found: Told = {
        "resourceType": "Observation",
        "code": concept_of(item.name) or {"text": "Content item"},
    }
    elements = {
        "identifier": [*_tracking(around)],
        "bodySite": _site(around),
        "derivedFrom": [*_named(around.images)],
    }
    return found | {name: each for name, each in elements.items() if each}


def _of_number(item: ReportItem, around: _Around) -> Told:
    found = _observed(item, around) | _quantity(item)
    method = item.one(METHOD)
    if method is not None and (concept := concept_of(method.concept)):
        found["method"] = concept
    modifiers = replace(item, within=tuple(each for each in item.within if each.is_modifier))
    return _with_components(found, modifiers)


def _of_code(item: ReportItem, around: _Around) -> Told | None:
    concept = concept_of(item.concept)
    if concept is None:
        return None
    return _with_components({**_observed(item, around), "valueCodeableConcept": concept}, item)


def _with_components(found: Told, item: ReportItem) -> Told:
    components = [*_components(item)][:MOST]
    return {**found, "component": components} if components else found


def _components(item: ReportItem) -> Iterator[Told]:
    """What stands in an item, without what holds for all below it and what is told for itself."""
    for each in item.within:
        if each.known_as in _CONTEXT or (each.kind == "CONTAINER" and each.known_as in DOSES):
            continue
        value = _component_value(each)
        code = concept_of(each.name)
        if value and code:
            yield {"code": code, **value}
        yield from _components(each)


def _component_value(item: ReportItem) -> Told:
    """The value of an item as `value[x]`; empty where it has none."""
    match item.kind:
        case "NUM":
            return _quantity(item)
        case "CODE":
            concept = concept_of(item.concept)
            return {"valueCodeableConcept": concept} if concept else {}
        case "DATETIME":
            found = moment(item.value[:8], item.value[8:].partition("+")[0], "", None)
            return {"valueDateTime": found} if found else {}
        case "TEXT" | "UIDREF" | "PNAME":
            return {"valueString": spoken} if (spoken := _spoken(item.value)) else {}
    return {}


def _quantity(item: ReportItem) -> Told:
    """The value of a NUM: a Quantity, or why there is none (observation.html#obs-6)."""
    written = item.number.strip()
    if not _NUMBER.fullmatch(written):
        absent = concept_of(item.why_none)
        unknown = {"coding": [{"system": _ABSENT, "code": "unknown"}]}
        return {"dataAbsentReason": absent or unknown}
    code, scheme, meaning = item.unit
    quantity: Told = {"value": Fragment(_decimal(written))}
    if system := SYSTEMS.get(scheme):
        quantity |= {"system": system, "code": code} if code else {}
    if unit := text(meaning) or text(code):
        quantity["unit"] = unit
    if quantity.get("system") != UCUM and "code" in quantity:
        quantity["unit"] = quantity.get("unit", quantity["code"])
    return {"valueQuantity": quantity}


def _decimal(written: str) -> str:
    """A decimal string of DICOM (PS3.5 6.2, DS) as JSON writes a number, digit by digit."""
    sign, digits = ("-", written[1:]) if written[0] == "-" else ("", written.lstrip("+"))
    number, exponent, power = digits.lower().partition("e")
    whole, _, rest = number.partition(".")
    whole = whole.lstrip("0") or "0"
    return f"{sign}{whole}{'.' if rest else ''}{rest}{exponent}{power}"


def _tracking(around: _Around) -> Iterator[Mapping[str, Any]]:
    if found := uid(around.tracking_uid):
        yield {
            "type": {"text": "Tracking Unique Identifier"},
            "system": "urn:dicom:uid",
            "value": f"urn:oid:{found}",
        }
    if spoken := _spoken(around.tracking_id):
        yield {"type": {"text": "Tracking Identifier"}, "value": spoken}


def _site(around: _Around) -> Told | None:
    site = concept_of(around.site.concept) if around.site else None
    side = text(around.side.concept[2]) if around.side else None
    if site and side:
        site["text"] = f"{site.get('text', '')}, {side}".strip(", ")
    return site


def _images(item: ReportItem) -> Iterator[tuple[str, str, str]]:
    """The instances that an item, or its coordinates, are of."""
    for each in item.within:
        if each.kind in ("IMAGE", "WAVEFORM", "COMPOSITE"):
            yield from each.objects
        elif each.kind in ("SCOORD", "TCOORD"):
            yield from _images(each)


def _named(images: tuple[tuple[str, str, str], ...]) -> Iterator[Told]:
    """Logical references: FHIR R4 has no resource for an instance (references.html#logical)."""
    for _, sop_uid, frames in images[:_MOST_IMAGES]:
        if found := uid(sop_uid):
            named: Told = {"identifier": {"system": "urn:dicom:uid", "value": f"urn:oid:{found}"}}
            yield {**named, "display": f"frames {shown}"} if (shown := text(frames)) else named


def _value(item: ReportItem | None) -> str:
    return item.value if item else ""


def _spoken(value: str) -> str:
    """A text as FHIR holds it: its lines, without other control characters."""
    lines = (text(line) or "" for line in value[:_LONGEST].splitlines())
    return "\n".join(lines).strip()


_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
