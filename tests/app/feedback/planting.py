"""Charts with planted outcomes: reads and later events in a line each, and which of them tells of which.

A chart of `planted_*.json` has `reads` and `events`; an event's `of` names the reads whose turning out it
tells, none of a hard negative. Days count from the first read.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.records.glance.chart import PatientChart
from tests.factories.charts import chart_of, named
from tests.factories.fhir import Resource

FIRST = date(2024, 3, 4)
LAST = date(2026, 11, 22)
_LAB = "http://terminology.hl7.org/CodeSystem/v2-0074"


def planted(part: str) -> list[dict[str, Any]]:
    """The charts of a part of the set: `known`, `blind` or `pairs`."""
    found: list[dict[str, Any]] = json.loads(
        Path(__file__).with_name(f"planted_{part}.json").read_text("utf-8")
    )
    return found


def chart_with(told: dict[str, Any]) -> PatientChart:
    """The chart of a row of the set."""
    made = list[Resource]()
    for each in told["reads"]:
        made += _read(each)
    for each in told["events"]:
        made += _MAKERS[each["kind"]](each)
    return chart_of(*made, as_of=LAST)


def pair(told: dict[str, Any]) -> dict[str, Any]:
    """A row of `planted_pairs.json` as a chart of the set; of pictures the text is `examination~report`."""
    event = {"id": "e", "kind": told["kind"], "day": told["day"], "text": told["text"]}
    if told["kind"] == "imaging":
        exam, _, words = told["text"].partition("~")
        event |= {"exam": exam, "text": words, "day": max(told["day"], 1)}
    return {"reads": [{"id": "r", "exam": told["exam"], "text": told["read"]}], "events": [event]}


def expected(told: dict[str, Any]) -> set[tuple[str, str]]:
    """The reads and what tells of each, as the identifiers of the set."""
    of_events = {(read, each["id"]) for each in told["events"] for read in each.get("of", ())}
    return of_events | {(first, second) for first, second in told.get("also", ())}


def _day(each: dict[str, Any]) -> str:
    return (FIRST + timedelta(days=each.get("day", 0))).isoformat()


def _concept(words: str | None, codes: list[str]) -> dict[str, Any]:
    """A CodeableConcept of words and of codes `system|code`."""
    parted = (each.split("|") for each in codes)
    coding = [{"system": system, "code": code} for system, code in parted]
    return {**({"coding": coding} if coding else {}), **({"text": words} if words else {})}


def _person(each: dict[str, Any]) -> dict[str, Any]:
    return {"performer": [{"reference": f"Practitioner/{each['by']}"}]} if "by" in each else {}


def _read(each: dict[str, Any]) -> list[Resource]:
    name, link = each["id"], each.get("link", "study")
    exam = {"modality": [{"code": each["modality"]}]} if "modality" in each else {}
    study = each.get("study", f"study-{name}")
    about: dict[str, Any] = (
        {"imagingStudy": [{"reference": f"ImagingStudy/{study}"}]} if link == "study" else {}
    )
    number = [{"type": {"coding": [{"code": "ACSN"}]}, "value": each.get("accession", f"ACC-{study}")}]
    if link == "accession":
        about = {"identifier": number}
    if link == "order":
        about = {"basedOn": [{"reference": f"ServiceRequest/{study}"}]}
    made = [
        named(
            "DiagnosticReport",
            name,
            status=each.get("status", "final"),
            category=[_concept(None, [f"{_LAB}|RAD"])],
            code={"text": each["exam"]},
            effectiveDateTime=f"{_day(each)}T0{each.get('hour', 9)}:00:00Z",
            issued=f"{_day(each)}T{10 + each.get('later', 0)}:00:00Z",
            conclusion=each["text"],
            **{"performer": [{"reference": f"Practitioner/{each.get('by', 'reader-' + name)}"}]},
            **about,
            **each.get("more", {}),
        )
    ]
    if "study" not in each:
        picture = {"description": each["exam"], "started": f"{_day(each)}T09:00:00Z", **exam}
        order = {"code": {"text": each["exam"]}, "authoredOn": _day(each), "intent": "order"}
        if link == "order":
            made.append(named("ServiceRequest", study, status="completed", **order))
        else:
            made.append(named("ImagingStudy", study, status="available", identifier=number, **picture))
    return made


def _pathology(each: dict[str, Any]) -> list[Resource]:
    site = each.get("site", [])
    specimen = {"collection": {"bodySite": _concept(each.get("siteText"), site)}}
    has_specimen = bool(site or each.get("siteText"))
    told = {"specimen": [{"reference": f"Specimen/{each['id']}-tissue"}]} if has_specimen else {}
    made = named(
        "DiagnosticReport",
        each["id"],
        status=each.get("status", "final"),
        category=[_concept(None, [f"{_LAB}|{each.get('category', 'PAT')}"])],
        code=_concept(each.get("title", "Surgical pathology"), []),
        effectiveDateTime=_day(each),
        **({"conclusion": each["text"]} if "text" in each else {}),
        **({"conclusionCode": [_concept(None, each["codes"])]} if "codes" in each else {}),
        **told,
        **each.get("more", {}),
    )
    return [made, *([named("Specimen", f"{each['id']}-tissue", **specimen)] if has_specimen else [])]


def _surgery(each: dict[str, Any]) -> list[Resource]:
    category = {"category": _concept(None, [each["category"]])} if "category" in each else {}
    site = {"bodySite": [_concept(each.get("siteText"), each.get("site", []))]}
    return [
        named(
            "Procedure",
            each["id"],
            status=each.get("status", "completed"),
            code=_concept(each.get("text"), each.get("codes", [])),
            performedDateTime=_day(each),
            **category,
            **(site if "site" in each or "siteText" in each else {}),
            **each.get("more", {}),
        )
    ]


def _discharge(each: dict[str, Any]) -> list[Resource]:
    stay = each.get("stay", f"stay-{each['id']}")
    role = {
        "use": _concept(
            None, [f"http://terminology.hl7.org/CodeSystem/diagnosis-role|{each.get('use', 'DD')}"]
        )
    }
    encounter = named(
        "Encounter",
        stay,
        status=each.get("stayStatus", "finished"),
        diagnosis=[
            {"condition": {"reference": f"Condition/{each['id']}"}, **(role if each.get("use", "DD") else {})}
        ],
        period={"start": _day({"day": each.get("from", max(each["day"] - 4, 0))}), "end": _day(each)},
        **{"class": {"code": each.get("class", "IMP")}},
    )
    condition = named(
        "Condition",
        each["id"],
        category=[
            _concept(None, ["http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis"])
        ],
        code=_concept(each.get("text"), each.get("codes", [])),
        verificationStatus=_concept(None, [f"v|{each.get('verified', 'confirmed')}"]),
        encounter={"reference": f"Encounter/{stay}"},
        recordedDate=_day(each),
        **each.get("more", {}),
    )
    return [encounter, condition]


_MAKERS = {"pathology": _pathology, "surgery": _surgery, "discharge": _discharge, "imaging": _read}
