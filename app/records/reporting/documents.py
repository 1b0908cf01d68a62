"""The DiagnosticReport of what somebody wrote of a study (FHIR R4 diagnosticreport.html)."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from app.records.glance.words import each_in, references_in
from app.records.reporting.content import ReportContent
from app.records.reporting.people import ReportPerson, is_same_person
from app.records.reporting.states import ReportStatus
from app.records.reporting.texts import conclusion, narrative, plain_text
from app.records.reporting.written import (
    ADDENDUM,
    COMPARISON,
    CRITICAL,
    OID,
    SECTION,
    UIDS,
    WRITTEN,
    ReportAddendum,
    WrittenReport,
)

REPORT = "DiagnosticReport"
PROFILE = "urn:hilum:StructureDefinition:diagnostic-report"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/v2-0074"
_TITLE = {"system": "http://loinc.org", "code": "18748-4", "display": "Diagnostic imaging study"}
_LANGUAGES = {True: "ko", False: "en"}


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What a report says of its study: References as FHIR writes them; empty where nothing is known."""

    study: str
    subject: Mapping[str, Any]
    orders: tuple[str, ...]
    encounter: str
    started: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """All that the next version of a report is made of.

    `before` is the version before, None for the first; `change` is what is said of a later change, and
    `signing` whether `who` stands for the words.
    """

    content: ReportContent
    facts: StudyFacts
    status: ReportStatus
    who: ReportPerson
    moment: str
    signing: bool
    before: WrittenReport | None = None
    change: str = ""


def facts_of(document: Mapping[str, Any]) -> StudyFacts:
    """What an ImagingStudy says of itself."""
    return StudyFacts(
        study=f"ImagingStudy/{document['id']}",
        subject={"reference": next(iter(references_in(document.get("subject"))), "")},
        orders=tuple(
            each for each in references_in(document.get("basedOn")) if each.startswith("ServiceRequest/")
        ),
        encounter=next(iter(references_in(document.get("encounter"))), ""),
        started=str(document.get("started") or ""),
        description=str(document.get("description") or ""),
    )


def object_uid(tenant: str, report_id: str, part: str) -> str:
    """The UID of a DICOM object of a report, or of its series: the same one however often it is made."""
    return f"2.25.{uuid5(NAMESPACE_OID, f'{tenant}/{REPORT}/{report_id}/{part}').int}"


def report_document(draft: ReportDraft, report_id: str, tenant: str) -> dict[str, Any]:
    """The next version of a report."""
    addenda = _addenda(draft)
    told = [each.told for each in addenda]
    document = draft.before.document if draft.before else {}
    uids = _identifiers(draft, report_id, tenant)
    elements = {
        "resourceType": REPORT,
        "id": report_id,
        "meta": _meta(document, profiled=draft.signing),
        "language": _LANGUAGES[any("\uac00" <= each <= "\ud7a3" for each in plain_text(draft.content))],
        "text": narrative(draft.content, told),
        "extension": [*_extensions(draft.content), *(each.extension for each in addenda)],
        "identifier": uids,
        "basedOn": [{"reference": each} for each in draft.facts.orders],
        "status": str(draft.status),
        "category": [{"coding": [{"system": _CATEGORY, "code": "RAD", "display": "Radiology"}]}],
        "code": {
            "coding": [_TITLE],
            **({"text": draft.facts.description} if draft.facts.description else {}),
        },
        "subject": dict(draft.facts.subject),
        "encounter": {"reference": draft.facts.encounter} if draft.facts.encounter else None,
        "effectiveDateTime": draft.facts.started,
        "issued": draft.moment,
        "performer": _with(document.get("performer"), draft.who),
        "resultsInterpreter": _signers(draft, document),
        "imagingStudy": [{"reference": draft.facts.study}],
        "conclusion": conclusion(draft.content, told),
        "conclusionCode": [_concept(each._asdict()) for each in draft.content.codes],
        "presentedForm": _presented(draft, told),
    }
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}


def _presented(draft: ReportDraft, told: Sequence[ReportAddendum]) -> list[dict[str, Any]]:
    text = plain_text(draft.content, told)
    if not text:
        return []
    data = b64encode(text.encode()).decode()
    title = {"title": draft.facts.description} if draft.facts.description else {}
    return [{"contentType": "text/plain; charset=utf-8", "data": data, **title}]


def _meta(document: Mapping[str, Any], *, profiled: bool) -> dict[str, Any]:
    """The labels that it has, with those of a report that is written here."""
    meta = document.get("meta") or {}
    kept = {name: list(meta[name]) for name in ("security", "tag", "profile") if meta.get(name)}
    tags = [each for each in kept.get("tag", ()) if each.get("code") != WRITTEN["code"]]
    profiles = [each for each in kept.get("profile", ()) if each != PROFILE]
    kept["tag"] = [*tags, WRITTEN]
    if profiled:
        kept["profile"] = [*profiles, PROFILE]
    return kept


def _identifiers(draft: ReportDraft, report_id: str, tenant: str) -> list[dict[str, Any]]:
    """The UIDs of its DICOM objects: each signature makes one more."""
    uids = list(draft.before.objects) if draft.before else []
    if draft.signing:
        uids.append(object_uid(tenant, report_id, str(len(uids) + 1)))
    return [{"system": UIDS, "value": f"{OID}{each}"} for each in uids]


def _signers(draft: ReportDraft, document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    before = [*each_in(document.get("resultsInterpreter"))]
    return _with(before, draft.who) if draft.signing else before


def _with(references: Any, person: ReportPerson) -> list[Mapping[str, Any]]:
    """References with one more person, who comes last."""
    own = person.as_reference()
    return [*(each for each in each_in(references) if not is_same_person(each, own)), own]


@dataclass(frozen=True, slots=True)
class _Addendum:
    told: ReportAddendum
    extension: Mapping[str, Any]


def _addenda(draft: ReportDraft) -> list[_Addendum]:
    """The changes after the first signature, with the one of this version."""
    found = []
    if draft.before is not None:
        extensions = each_in(draft.before.document.get("extension"))
        kept = [each for each in extensions if each.get("url") == ADDENDUM]
        found = [_Addendum(*both) for both in zip(draft.before.addenda, kept, strict=True)]
    if draft.change:
        kind = str(draft.status)
        told = ReportAddendum(kind, draft.who.display, draft.moment, draft.change)
        parts = [
            {"url": "kind", "valueCode": kind},
            {"url": "author", "valueReference": draft.who.as_reference()},
            {"url": "moment", "valueInstant": draft.moment},
            {"url": "text", "valueString": draft.change},
        ]
        found.append(_Addendum(told, {"url": ADDENDUM, "extension": parts}))
    return found


def _extensions(content: ReportContent) -> Iterator[dict[str, Any]]:
    for name, text in content.sections():
        parts = [{"url": "kind", "valueCode": name}, {"url": "text", "valueString": text}]
        yield {"url": SECTION, "extension": parts}
    for each in content.priors:
        yield {"url": COMPARISON, "valueReference": {"reference": each}}
    if content.critical:
        yield {"url": CRITICAL, "valueString": content.critical}


def _concept(coding: Mapping[str, str]) -> dict[str, Any]:
    return {"coding": [{name: value for name, value in coding.items() if value}]}


def named_in(facts: StudyFacts, content: ReportContent) -> Iterable[str]:
    """What a report would refer to that a caller may not see, as `Type/id`."""
    return (*facts.orders, *filter(None, (facts.encounter,)), *content.priors)
