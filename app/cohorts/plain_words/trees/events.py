"""Events of the language from facts: a table of how each kind of thing becomes one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.cohorts.plain_words.grammar import doubts
from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.facts import Fact
from app.cohorts.plain_words.grammar.renaming import KIN_OR
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.linking.coding import ACT_CLASSES, JsonObject
from app.cohorts.plain_words.linking.found_rows import FoundRow
from app.cohorts.plain_words.trees.pictures import imaging
from app.cohorts.plain_words.trees.protocol import Building
from app.cohorts.plain_words.trees.values import as_percent, ends_are_in, level_value, value_of

KIND_OF: Mapping[str, str] = {
    "condition": "condition",
    "word": "report",
    "drug": "medication",
    "lab": "observation",
    "procedure": "procedure",
    "encounter": "encounter",
    "vaccine": "immunization",
    "allergen": "allergy",
    "family": "familyHistory",
    "document": "document",
    "device": "device",
    "imaging": "imaging",
    "report": "report",
    "dose": "dose",
}
"""The kind of event of each kind of thing."""
_SEVERITY: Mapping[str, tuple[str, str]] = {
    "severe": ("24484000", "Severe"),
    "moderate": ("6736007", "Moderate"),
    "mild": ("255604002", "Mild"),
}
_SUSPECTED = ["unconfirmed", "provisional", "differential"]
_UNDERWAY = ["arrived", "triaged", "in-progress", "onleave"]
_NEVER_CURRENT = ("procedure", "device", "vaccine", "word")  # no record tells whether they are so now
_STAYS = ["IMP", "ACUTE", "NONAC"]
_RELATIVES: Mapping[str, list[str]] = {
    "mother": ["MTH", "NMTH"],
    "father": ["FTH", "NFTH"],
    "sibling": ["SIB", "NSIB", "BRO", "NBRO", "SIS", "NSIS"],
    "sister": ["SIS", "NSIS"],
    "brother": ["BRO", "NBRO"],
    "son": ["SON"],
    "daughter": ["DAU"],
    "parent": ["MTH", "FTH", "NMTH", "NFTH"],
    "child": ["CHILD", "NCHILD", "SON", "DAU"],
    "firstdegree": [
        "MTH",
        "FTH",
        "NMTH",
        "NFTH",
        "SIB",
        "NSIB",
        "BRO",
        "SIS",
        "NBRO",
        "NSIS",
        "CHILD",
        "SON",
        "DAU",
    ],
}
_STOPPED = ["stopped", "completed", "cancelled"]
_PRESSURE, _PRESSURES = "blood-pressure", ("systolic-blood-pressure", "diastolic-blood-pressure")
_FRACTIONS = ("fev1-fvc-ratio", "left-ventricular-ejection-fraction", "hematocrit", "oxygen-saturation")
_LEAST_ABBREVIATION = 4
_VACCINE = re.compile(r"\s*(vaccine|vaccination|immunization|shot|백신|예방접종|예방주사)$")


def event_of(fact: Fact, building: Building) -> JsonObject:
    """The event of a fact, without its times; its kind inside."""
    if fact.current and fact.kind in _NEVER_CURRENT:
        building.choices.pick("soft", fact.start, doubts.SOFT, (doubts.LEFT_OUT,))
    return {"kind": KIND_OF[fact.kind], **_EVENTS[fact.kind](fact, building)}


def chosen_rows(fact: Fact, building: Building) -> tuple[LexiconRow, ...]:
    """The rows that a fact is of; where its name stands for several things, the one that is chosen."""
    if len(fact.rows) == 1 and fact.short:
        row = fact.rows[0]
        building.choices.pick("short", fact.start, doubts.SHORT, [doubts.way(row.id, row.en[0], row.ko[0])])
    for row in fact.rows:
        if isinstance(row, FoundRow) and row.is_doubtful:
            way = doubts.way(row.id, f"read as {row.en[0]}", f"{row.en[0]}(으)로 읽음")
            building.choices.pick(row.source, fact.start, doubts.FOUND[row.source], [way])
    if len(fact.rows) <= 1 or fact.union:
        return fact.rows
    ways = [doubts.way(row.id, row.en[0], row.ko[0]) for row in fact.rows]
    chosen = building.choices.pick("meaning", fact.start, doubts.MEANING, ways)
    return tuple(row for row in fact.rows if row.id == chosen)


def _coded(fact: Fact, building: Building, kind: str) -> JsonObject:
    rows = chosen_rows(fact, building)
    return {"codes": building.codes(fact, rows, kind)} if rows else {}


def _condition(fact: Fact, building: Building) -> JsonObject:
    made = _coded(fact, building, "condition")
    _verified(fact, made, building)
    clinical = list(fact.statuses.get("clin", ()))
    if fact.current and not clinical:
        clinical = ["active"]
    if clinical:
        made["clinicalStatus"] = ["active", "recurrence", "relapse"] if clinical == ["active"] else clinical
    for said in fact.statuses.get("sev", ()):
        code, name = _SEVERITY[said]
        made["severity"] = [{"system": "http://snomed.info/sct", "code": code, "display": name}]
    return made


def _verified(fact: Fact, made: JsonObject, building: Building) -> None:
    """How sure a diagnosis is; one that is said to have been made counts although it is not confirmed."""
    said = fact.statuses.get("ver", [])
    if "suspected" in said:
        made["verification"] = list(_SUSPECTED)
        return
    ways = doubts.CONFIRMING if said else doubts.DIAGNOSED if fact.role == "dx" else ()
    if ways and building.choices.pick("confirmed", fact.start, doubts.CONFIRMED, ways) == "confirmed":
        made["verification"] = ["confirmed"]


def _drug(fact: Fact, building: Building) -> JsonObject:
    made = _coded(fact, building, "medication")
    stopped = fact.statuses.get("status")
    if stopped or fact.role == "stop":
        made["status"] = list(_STOPPED)
        return made
    timeless = not fact.windows and not fact.relatives
    ways = doubts.NOW if fact.current else doubts.ACTIVELY if fact.role == "take" and timeless else ()
    if ways and building.choices.pick("taking", fact.start, doubts.TAKING, ways) == "active":
        made["status"] = ["active"]
    return made


def _lab(fact: Fact, building: Building) -> JsonObject:
    rows = chosen_rows(fact, building)
    if fact.values and [row.id for row in rows] == [_PRESSURE]:
        rows = (_one_pressure(fact, building),)
        fact = replace(fact, rows=rows)
    if fact.values and rows and rows[0].id in _FRACTIONS:
        fact = replace(fact, values=[as_percent(each) for each in fact.values])
    made = _coded(fact, building, "observation")
    if fact.values:
        value = value_of(fact.values[0], rows[0].unit or "" if rows else "")
        if value is not None:
            made["value"] = value
            if not ends_are_in(fact.values[0]):
                building.choices.pick("ends", fact.start, doubts.ENDS, doubts.BETWEEN[:1])
    elif fact.level:
        made["value"] = level_value(fact.level)
    return made


def _one_pressure(fact: Fact, building: Building) -> LexiconRow:
    """`BP over 180`: one number is the systolic one, unless somebody chooses otherwise."""
    rows = [building.linker.lexicon.rows[each] for each in _PRESSURES]
    ways = [doubts.way(row.id, row.en[0], row.ko[0]) for row in rows]
    chosen = building.choices.pick("pressure", fact.start, doubts.PRESSURE, ways)
    return next(row for row in rows if row.id == chosen)


def _plain(kind: str) -> Callable[[Fact, Building], JsonObject]:
    return lambda fact, building: _coded(fact, building, kind)


def _encounter(fact: Fact, building: Building) -> JsonObject:
    made: JsonObject = {}
    rows = chosen_rows(fact, building)
    timeless = not (fact.windows or fact.relatives or fact.number or fact.pick or fact.recent)
    ways = (
        doubts.STAYING_NOW if fact.current else doubts.STAYING if timeless and not fact.role and rows else ()
    )
    if ways and building.choices.pick("staying", fact.start, doubts.STAY, ways) == "now":
        made["status"] = list(_UNDERWAY)
    codings = building.linker.codes(rows)
    classes = [each.code for each in codings if each.system == ACT_CLASSES]
    if classes:
        made["class"] = classes
    elif rows:
        made["codes"] = building.codes(fact, rows, "encounter")
    elif fact.role in ("admit", "readmit", "discharge"):
        made["class"] = list(_STAYS)
    if fact.reasons:
        rows = tuple(row for each in fact.reasons for row in chosen_rows(each, building))
        made["reason"] = building.codes(fact.reasons[0], rows, "condition")
    return made


def _vaccine(fact: Fact, building: Building) -> JsonObject:
    """A vaccination: by its vaccine, or by the disease that it is against."""
    rows = chosen_rows(fact, building)
    against = {name.lower() for row in rows for name in (*row.en, *row.ko)}
    vaccines = tuple(
        each
        for each in building.linker.lexicon.of(LexiconKind.VACCINE)
        if any(_VACCINE.sub("", name.lower()) in against for name in (*each.en, *each.ko))
    )
    rows = vaccines if any(row.kind is not LexiconKind.VACCINE for row in rows) else rows
    return {"codes": building.codes(fact, rows, "immunization")} if rows else {}


def _allergy(fact: Fact, building: Building) -> JsonObject:
    named = {f"{name} allergy" for row in fact.rows for name in row.en}
    own = [row for row in building.linker.lexicon.of(LexiconKind.ALLERGEN) if named & set(row.en)]
    made = _coded(replace(fact, rows=tuple(own)) if own else fact, building, "allergy")
    clinical = list(fact.statuses.get("clin", ()))
    if clinical or fact.current:
        made["clinicalStatus"] = clinical or ["active"]
    return made


def _family(fact: Fact, building: Building) -> JsonObject:
    made = _coded(fact, building, "familyHistory")
    if fact.relation:
        names = fact.relation.split(KIN_OR)
        made["relationship"] = list(dict.fromkeys(code for each in names for code in _RELATIVES[each]))
    return made


def _device(fact: Fact, building: Building) -> JsonObject:
    made = _coded(fact, building, "device")
    if fact.makers:
        made["manufacturer"] = fact.makers[0]
    return made


def _dose(fact: Fact, building: Building) -> JsonObject:
    feature = next(each for each in fact.features if each.is_dose)
    made: JsonObject = {"measure": feature.name}
    bounds: tuple[Bound, ...] = feature.bounds or (fact.values[0] if fact.values else ())
    if bounds:
        value = value_of(bounds, feature.unit)
        if value is not None:
            made["value"] = value
    return made


def _report(fact: Fact, building: Building) -> JsonObject:
    made: JsonObject = {}
    if fact.statuses.get("rptstatus"):
        made["status"] = list(fact.statuses["rptstatus"])
    if fact.absent and not fact.words:
        made["text"] = {"none": [word for each in fact.absent for word in _words(each, building)]}
    if fact.words:
        groups = [_words(each, building) + _wider(each, fact, building) for each in fact.words]
        if fact.words_joined == "all" and all(len(each) == 1 for each in groups):
            text: JsonObject = {"all": [each[0] for each in groups]}
        else:
            text = {"any": list(dict.fromkeys(word for each in groups for word in each))}
        if fact.section:
            text["section"] = fact.section
        if fact.assertion:
            text["assertion"] = fact.assertion
        if fact.absent:
            text["none"] = [word for each in fact.absent for word in _words(each, building)]
        made["text"] = text
    return made


def _words(fact: Fact, building: Building) -> list[str]:
    """The words by which a report tells of a thing, in both languages."""
    if fact.quoted:
        return [fact.quoted]
    rows = chosen_rows(fact, building)
    return list(dict.fromkeys(name for row in rows for name in _long(row)))


def _wider(fact: Fact, report: Fact, building: Building) -> list[str]:
    """The words for what includes a thing that is denied: `no hemorrhage` denies one in the head, too."""
    if report.assertion != "negated" or fact.quoted:
        return []
    lexicon = building.linker.lexicon
    rows = [
        row for row in lexicon.of(LexiconKind.CONDITION) if any(_is_head(row, each) for each in fact.rows)
    ]
    if not rows or building.choices.pick("denied", fact.start, doubts.DENIED, doubts.DENYING) == "exact":
        return []
    return [word for row in rows for word in _long(row)]


def _is_head(wider: LexiconRow, row: LexiconRow) -> bool:
    """Whether one row includes another, whose name ends with its own: hemorrhage, intracranial hemorrhage."""
    return row.id in wider.parts and any(name.endswith(f" {each}") for name in row.en for each in wider.en)


def _long(row: LexiconRow) -> list[str]:
    """The names of a row but for abbreviations, which may be parts of other words."""
    names = dict.fromkeys((*row.en, *row.ko))
    return [each for each in names if not (each.isascii() and len(each) < _LEAST_ABBREVIATION)]


def _word(fact: Fact, building: Building) -> JsonObject:
    """A finding that only reports tell of."""
    building.choices.pick("told", fact.start, doubts.TOLD, doubts.ALONE)
    made: JsonObject = {"text": {"any": _words(fact, building)}}
    if "suspected" in fact.statuses.get("ver", ()):
        made["text"]["assertion"] = "uncertain"
    return made


_EVENTS: Mapping[str, Callable[[Fact, Building], dict[str, Any]]] = {
    "condition": _condition,
    "word": _word,
    "drug": _drug,
    "lab": _lab,
    "procedure": _plain("procedure"),
    "encounter": _encounter,
    "vaccine": _vaccine,
    "allergen": _allergy,
    "family": _family,
    "document": _plain("document"),
    "device": _device,
    "imaging": imaging,
    "report": _report,
    "dose": _dose,
}
