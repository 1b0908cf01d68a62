"""The output of a question: the rows that are asked for, how they are linked, and by what is counted."""

from collections.abc import Sequence
from dataclasses import replace

from app.cohorts.plain_words.grammar import doubts
from app.cohorts.plain_words.grammar.facts import Fact, Relative, ToldNode, told_in
from app.cohorts.plain_words.grammar.telling import TIMED
from app.cohorts.plain_words.grammar.times import EVENT, TimeSaid
from app.cohorts.plain_words.linking.coding import JsonObject
from app.cohorts.plain_words.trees.building import TreeBuilder
from app.cohorts.plain_words.trees.events import event_of

RESOURCES = {
    "drug": "MedicationRequest",
    "lab": "Observation",
    "condition": "Condition",
    "procedure": "Procedure",
    "encounter": "Encounter",
    "allergen": "AllergyIntolerance",
    "vaccine": "Immunization",
    "report": "DiagnosticReport",
    "document": "DocumentReference",
    "imaging": "ImagingStudy",
    "device": "Device",
    "family": "FamilyMemberHistory",
    "dose": "Observation",
    "state": "Observation",
}
_WAYS = "imagingStudy|basedOn|accession"
_BANDS = 10
_AGES = "ageGroup"  # with the width of the groups behind it where it is said
_OF_EVENTS = ("year", "month", "code", "modality", "bodySite")


def output(
    builder: TreeBuilder, targets: Sequence[Fact], node: ToldNode | None, dimensions: Sequence[str]
) -> JsonObject:
    """The output that is asked for.

    Raises `Unsayable` where something cannot be said in the language.
    """
    made: JsonObject = {"grain": "patient", "count": True}
    rows: list[JsonObject] = []
    pictures = ""
    for fact in targets:
        if fact.kind not in RESOURCES:
            continue
        row = _row(builder, fact, pictures)
        if fact.kind == "imaging":
            pictures = row["event"]
        if all({**each, "as": ""} != {**row, "as": ""} for each in rows):
            rows.append(row)
    if rows:
        made["rows"] = rows
        links = [{"from": each["as"], "to": pictures, "via": _WAYS} for each in rows if "linkedTo" in each]
        named = {each["as"] for each in rows}
        if links and pictures in named:
            made["links"] = links
    if dimensions:
        made["by"] = [_dimension(builder, each, node) for each in dimensions]
    return made


def _row(builder: TreeBuilder, fact: Fact, pictures: str) -> JsonObject:
    resource = RESOURCES[fact.kind]
    if fact.kind == "imaging":
        name = builder.name_of(fact)
        return {"resource": resource, "event": name, "as": name}
    if fact.kind == "report" and fact.of is not None and fact.words:
        event = builder.name_of(_told(builder, fact, fact.of))
        return {"resource": resource, "event": event, "as": "reports"}
    if fact.kind == "report" and fact.of is not None:
        return {"resource": resource, "linkedTo": builder.name_of(fact.of), "as": "reports"}
    bare = not fact.rows and not fact.words and not fact.windows and not fact.pick and not fact.values
    if bare and pictures and fact.kind in ("report", "document"):
        return {"resource": resource, "linkedTo": pictures, "as": f"{fact.kind}s"}
    if bare and not event_of(fact, builder).keys() - {"kind"}:
        return {"resource": resource, "as": _plural(fact.kind)}
    name = builder.name_of(fact)
    return {"resource": resource, "event": name, "as": name}


def _told(builder: TreeBuilder, report: Fact, pictures: Fact) -> Fact:
    """A report by what it tells, and by its pictures where it has to be one of them."""
    alone = replace(report, of=None)
    ways = tuple(reversed(doubts.MEETS))
    if not report.belongs or builder.choices.pick("pictures", report.start, doubts.PICTURES, ways) != "study":
        return alone
    same = Relative(TimeSaid({"same": "study", "as": EVENT}), report.signs[0], pictures)
    return replace(alone, relatives=[*report.relatives, same])


def _plural(kind: str) -> str:
    return {"drug": "medications", "lab": "results", "allergen": "allergies", "family": "family"}.get(
        kind, f"{kind}s"
    )


def _dimension(builder: TreeBuilder, name: str, node: ToldNode | None) -> JsonObject:
    if name.startswith(_AGES):
        return {"by": _AGES, "width": int(name.removeprefix(_AGES) or _BANDS)}
    if name not in _OF_EVENTS:
        return {"by": name}
    facts = [
        each
        for each in told_in(node)
        if isinstance(each, Fact) and each.kind in TIMED and each.kind != "state"
    ]
    facts.sort(key=lambda each: each.kind != "imaging")
    if name in ("modality", "bodySite"):
        facts = [each for each in facts if each.kind == "imaging"] or facts
    if not facts:
        return {"by": name}
    ways = [
        doubts.way(
            str(at),
            each.rows[0].en[0] if each.rows else each.kind,
            each.rows[0].ko[0] if each.rows else each.kind,
        )
        for at, each in enumerate(facts)
    ]
    chosen = int(builder.choices.pick("year-of", facts[0].start, doubts.YEAR_OF, ways))
    return {"by": name, "of": builder.name_of(facts[chosen])}
