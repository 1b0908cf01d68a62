"""What of a chart beside its reads tells how these turned out: tissue, operations, diagnoses at discharge.

What is planned, cancelled, preliminary or entered in error tells nothing, nor does what is only suspected.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from app.feedback.disease_codes import operation_of
from app.feedback.diseases import families_of, is_no_operation, operations_in
from app.feedback.findings import findings_in
from app.feedback.outcomes import OutcomeKind, ReadOutcome
from app.feedback.places import narrow, regions_told, same_place, sides_told, words_of
from app.feedback.reads import FINAL, person_behind, sides_of_site, status_of
from app.records.glance.chart import ChartItem, PatientChart
from app.records.glance.modalities import modalities_in
from app.records.glance.moments import Lasting
from app.records.glance.report_text import report_text
from app.records.glance.reports import is_of_pathology
from app.records.glance.words import Resource, all_words, codes_in, each_in, label_of, references_in
from fhir_profiles.dates import interval

_NOT_BELIEVED = frozenset(
    {"refuted", "entered-in-error", "unconfirmed", "provisional", "differential", "410593008", "415684004"}
)
_DISCHARGE = frozenset({"DD", "11535-2", "78375-3", "discharge-diagnosis"})
_DISCHARGE_WORDS = re.compile(r"discharge|퇴원|final diag|최종\s*진단|주\s*진단|주\s*상병", re.I)
_STAYS = frozenset({"IMP", "ACUTE", "NONAC", "EMER", "SS", "OBSENC"})
_OVER = frozenset({"finished", "completed", "discharged", "unknown", ""})
_SURGICAL = frozenset({"387713003", "surgery", "surgical-procedure"})
_NOT_SURGICAL = frozenset({"103693007", "409063005", "409073007", "14734007", "363679005", "24642003"})
_SURGICAL_WORDS = re.compile(r"\bsurg|operation\b|operative|수술", re.I)
_FITTING = 0.6
_DAY = 86_400_000_000


def clinical_outcomes(chart: PatientChart) -> tuple[ReadOutcome, ...]:
    """What was found in tissue, done in operations, and diagnosed at discharge."""
    return (*_pathology(chart), *_surgery(chart), *_discharge_diagnoses(chart))


def _pathology(chart: PatientChart) -> Iterator[ReadOutcome]:
    for item in chart.of("DiagnosticReport"):
        if status_of(item.body) not in FINAL or not is_of_pathology(item) or item.lasting is None:
            continue
        body, text = item.body, report_text(item.body, chart.attached)
        specimens = [_resource(chart, body, each) for each in references_in_any(body.get("specimen"))]
        taken = [each["collection"] for each in specimens if isinstance(each.get("collection"), dict)]
        sites = " ".join(words_of(each.get("bodySite")) for each in taken)
        kinds = " ".join(words_of(each.get("type")) for each in specimens)
        results = " ".join(
            _result(_resource(chart, body, each)) for each in references_in_any(body.get("result"))
        )
        told = " \n".join(filter(None, (text.first, words_of(body.get("conclusionCode")), results)))
        places = (sites, f"{words_of(body.get('code'))} {kinds}", told, text.findings, text.indication)
        yield _clinical(chart, item, OutcomeKind.PATHOLOGY, _Said(places, told, item.lasting))


def _result(observation: Resource) -> str:
    """What an observation of tissue says."""
    value = observation.get("valueString")
    parts = [value if isinstance(value, str) else "", words_of(observation.get("valueCodeableConcept"))]
    return ". ".join(filter(None, (*parts, words_of(observation.get("bodySite")))))


def references_in_any(value: object) -> tuple[str, ...]:
    """The references of an element, those to what a resource contains (`#id`) too."""
    told = (each.get("reference") for each in each_in(value))
    contained = tuple(each for each in told if isinstance(each, str) and each.startswith("#"))
    return (*references_in(value), *contained)


def _resource(chart: PatientChart, holder: Resource, reference: str) -> Resource:
    """A resource of the chart, or one that its holder contains; empty where there is none."""
    if reference.startswith("#"):
        held = (each for each in each_in(holder.get("contained")) if f"#{each.get('id')}" == reference)
        return next(held, {})
    item = chart.by_reference.get(reference)
    return item.body if item and item.is_meant else chart.referred.get(reference, {})


def _surgery(chart: PatientChart) -> Iterator[ReadOutcome]:
    for item in chart.of("Procedure"):
        body = item.body
        if status_of(body) != "completed" or item.lasting is None or is_of_another(chart, body):
            continue
        named = f"{words_of(body.get('code'))} {_coded(body)}".strip()
        if not _is_surgery(body, named):
            continue
        why = [words_of(body.get("reasonCode")), *(_reason(chart, body))]
        notes = [str(each.get("text", "")) for each in each_in(body.get("note"))]
        told = ". ".join(filter(None, (named, *why, *notes, words_of(body.get("outcome")))))
        operations = operations_in(named) or operations_in(told)
        done_at = frozenset(region for each in operations for region in each.regions)
        site = words_of(body.get("bodySite"))
        made = _clinical(chart, item, OutcomeKind.SURGERY, _Said((site, named, told), told, item.lasting))
        regions = made.regions if regions_told(site) else _done_at(done_at, regions_told(named))
        yield replace(made, regions=regions or made.regions, families=frozenset(families_of(operations)))


def _done_at(always: frozenset[str], named: frozenset[str]) -> frozenset[str]:
    """Where an operation is done: what its words name that fits where that kind is always done."""
    if not always:
        return narrow(named)
    fitting = (each for each in named if same_place(frozenset((each,)), always) >= _FITTING)
    return narrow(always | frozenset(fitting))


def is_of_another(chart: PatientChart, body: Resource) -> bool:
    """Whether a resource is in a chart only because the patient did or said something about another one.

    Who was merged into the patient is no other one, so what merely names another subject is not enough.
    """
    links = (ref for each in each_in(chart.patient.get("link")) for ref in references_in(each.get("other")))
    own = {f"Patient/{chart.patient.get('id')}", *links}
    subjects = references_in(body.get("subject"))
    actors = [ref for each in each_in(body.get("performer")) for ref in references_in(each.get("actor"))]
    said = (*references_in(body.get("asserter")), *references_in(body.get("recorder")), *actors)
    return bool(subjects) and not own & set(subjects) and bool(own & set(said))


def _coded(body: Resource) -> str:
    return " ".join(filter(None, map(operation_of, sorted(codes_in(body.get("code"))))))


def _reason(chart: PatientChart, body: Resource) -> Iterator[str]:
    for each in references_in(body.get("reasonReference")):
        if each.startswith("Condition/"):
            yield words_of(_resource(chart, body, each).get("code"))


def _is_surgery(body: Resource, named: str) -> bool:
    categories = codes_in(body.get("category"))
    words = f"{named} {all_words(body.get('category'))}"
    if categories & _NOT_SURGICAL or is_no_operation(named):
        return False
    coded = bool(categories & _SURGICAL or _coded(body) or "387713003" in codes_in(body.get("code")))
    return coded or bool(operations_in(named) or (_SURGICAL_WORDS.search(words) and not modalities_in(named)))


def _discharge_diagnoses(chart: PatientChart) -> Iterator[ReadOutcome]:
    stays = {each.reference: each for each in chart.of("Encounter") if status_of(each.body) in _OVER}
    roles = _roles(stays.values())
    for item in chart.of("Condition"):
        body = item.body
        if codes_in(body.get("verificationStatus")) & _NOT_BELIEVED or is_of_another(chart, body):
            continue
        encounter = next(iter(references_in(body.get("encounter"))), "")
        stay, use = roles.get(item.reference, (stays.get(encounter), None))
        if not _is_of_discharge(body, stay, use):
            continue
        lasting = _diagnosed(chart, item, stay)
        if lasting is None:
            continue
        told = words_of(body.get("code"))
        notes = ". ".join(str(each.get("text", "")) for each in each_in(body.get("note")))
        places = (words_of(body.get("bodySite")), told, notes)
        told = told if any(each.is_meant for each in findings_in(told)) else told.partition(",")[0]
        made = _clinical(chart, item, OutcomeKind.DISCHARGE_DIAGNOSIS, _Said(places, told or notes, lasting))
        yield replace(made, encounter=stay.reference if stay else encounter)


def _roles(stays: Iterable[ChartItem]) -> dict[str, tuple[ChartItem, Resource | None]]:
    """What encounters say that diagnoses are to them, by the reference of the Condition."""
    found = dict[str, tuple[ChartItem, Resource | None]]()
    for stay in stays:
        for each in each_in(stay.body.get("diagnosis")):
            for condition in references_in(each.get("condition")):
                known = found.get(condition)
                use = each.get("use") if isinstance(each.get("use"), dict) else None
                if known is None or _is_discharge_role(use):
                    found[condition] = (stay, use)
    return found


def _is_discharge_role(use: Resource | None) -> bool:
    return bool(use and (codes_in(use) & _DISCHARGE or _DISCHARGE_WORDS.search(all_words(use))))


def _is_of_discharge(body: Resource, stay: ChartItem | None, use: Resource | None) -> bool:
    """Whether a Condition is a diagnosis at discharge: by its role, its category, or a stay that is over."""
    if use is not None:
        return _is_discharge_role(use)
    categories = body.get("category")
    if codes_in(categories) & _DISCHARGE or _DISCHARGE_WORDS.search(all_words(categories)):
        return True
    if stay is None or "encounter-diagnosis" not in codes_in(categories):
        return False
    kinds = {str(each.get("code", "")) for each in each_in(stay.body.get("class"))}
    return bool(kinds & _STAYS)


def _diagnosed(chart: PatientChart, item: ChartItem, stay: ChartItem | None) -> Lasting | None:
    """When a diagnosis at discharge was made: at the end of the stay, else when it was written down."""
    if stay and stay.lasting and stay.lasting.end:
        end = interval(stay.lasting.end, chart.zone)
        if end:
            return Lasting(stay.lasting.end, "", *end)
    told = item.body.get("recordedDate")
    recorded = interval(told, chart.zone) if isinstance(told, str) else None
    return Lasting(str(told), "", *recorded) if recorded else item.lasting


class _Said(NamedTuple):
    """What an outcome says and when; `places` are texts of which the first that names a region tells it."""

    places: tuple[str, ...]
    text: str
    lasting: Lasting


def _clinical(chart: PatientChart, item: ChartItem, kind: OutcomeKind, said: _Said) -> ReadOutcome:
    body, lasting, places = item.body, said.lasting, said.places
    findings = findings_in(said.text)
    regions = next((narrow(found) for each in places if (found := regions_told(each))), frozenset())
    always = frozenset(region for each in findings if each.is_meant for region in each.disease.regions)
    sides = next((found for each in places if (found := sides_told(each))), frozenset())
    people = (*references_in(body.get("resultsInterpreter")), *references_in(body.get("performer")))
    actors = [ref for each in each_in(body.get("performer")) for ref in references_in(each.get("actor"))]
    asserted = (*references_in(body.get("asserter")), *references_in(body.get("recorder")))
    return ReadOutcome(
        kind=kind,
        reference=item.reference,
        version=item.version_id,
        at=lasting.at,
        until=min(lasting.until, lasting.at + _DAY) if lasting.end or lasting.goes_on else lasting.until,
        regions=regions or always,
        sides=sides_of_site(body) or sides,
        text=said.text,
        label=label_of(body),
        by=tuple(dict.fromkeys(person_behind(chart, each) for each in (*people, *actors, *asserted))),
        findings=findings,
        encounter=next(iter(references_in(body.get("encounter"))), ""),
    )
