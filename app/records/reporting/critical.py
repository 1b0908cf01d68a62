"""A result that somebody must be told of at once: who is to acknowledge it, until when, and who did.

It is a Task, since somebody has to do something and answers for it: R4's CommunicationRequest says to whom
something is to be said, and has no owner, no state that its owner changes and no end of the time for it
(task.html, communicationrequest.html). What was then said, when and to whom, is a Communication based on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson

from app.records.glance.words import each_in, references_in
from app.records.reporting.people import ACCOUNT, ReportPerson
from app.records.reporting.texts import narrative_of
from app.records.reporting.written import WRITTEN
from graph.clock import instant
from graph.records import ResourceVersion

TASK, COMMUNICATION = "Task", "Communication"
CODE = {"system": "urn:hilum:task", "code": "critical-result", "display": "Acknowledge a critical result"}
OPEN = frozenset({"requested", "received", "accepted", "in-progress"})
_ALERT = "http://terminology.hl7.org/CodeSystem/communication-category"
_SECOND = 1_000_000
_IN_PLACE = "Acknowledged in the place of the addressee"


@dataclass(frozen=True, slots=True)
class CriticalResult:
    """A critical result of a report: `told` is who acknowledged it and `told_at` when, empty until then.

    `owner` is the reference of whom it is for, `owner_name` how they are called; empty where the order does
    not tell. `until` is when it is overdue, as FHIR says it.
    """

    task_id: str
    version_id: int
    what: str
    status: str
    report_id: str
    patient_id: str
    asked: str
    until: str
    owner: str
    owner_name: str
    requester: str
    requester_name: str
    told: str
    told_at: str
    in_place: bool
    document: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether nobody has acknowledged it yet, and somebody should."""
        return self.status in OPEN

    def is_overdue(self, now: int) -> bool:
        """Whether nobody acknowledged it in time; `now` in µs since the epoch."""
        return self.is_open and bool(self.until) and self.until < instant(now)


def task_id(tenant: str, report_id: str, number: int) -> str:
    """The id of the Task of the signature of that number."""
    return str(uuid5(NAMESPACE_OID, f"{tenant}/DiagnosticReport/{report_id}/critical/{number}"))


def told_id(task: str) -> str:
    """The id of the Communication that says who acknowledged a Task."""
    return str(uuid5(NAMESPACE_OID, f"{task}/told"))


def task_document(
    name: str,
    report: Mapping[str, Any],
    *,
    what: str,
    owner: Mapping[str, Any] | None,
    who: ReportPerson,
    now: int,
    seconds: int,
) -> dict[str, Any]:
    """The Task of a critical result of a report; `seconds` are how long its owner may take."""
    moment, until = instant(now), instant(now + seconds * _SECOND)
    named = {name: report[name] for name in ("basedOn", "encounter") if report.get(name)}
    return {
        "resourceType": TASK,
        "id": name,
        "meta": {"tag": [WRITTEN]},
        "text": narrative_of(CODE["display"], what),
        "status": "requested",
        "intent": "order",
        "priority": "stat",
        "code": {"coding": [CODE], "text": CODE["display"]},
        "description": what,
        "focus": {"reference": f"DiagnosticReport/{report['id']}"},
        "for": report["subject"],
        **named,
        "authoredOn": moment,
        "lastModified": moment,
        "requester": who.as_reference(),
        **({"owner": dict(owner)} if owner else {}),
        "restriction": {"period": {"end": until}},
    }


def withdrawn(result: CriticalResult, why: str, now: int) -> dict[str, Any]:
    """The Task of a result that is critical no more."""
    ended = {"status": "cancelled", "statusReason": {"text": why}, "lastModified": instant(now)}
    return {**_without_version(result.document), **ended}


def acknowledged(
    result: CriticalResult, who: ReportPerson, now: int, *, in_place: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Task that is done, and the Communication of who was told what, when, and by whom."""
    moment, task = instant(now), _without_version(result.document)
    told = told_id(result.task_id)
    communication = {
        "resourceType": COMMUNICATION,
        "id": told,
        "meta": {"tag": [WRITTEN]},
        "text": narrative_of("Told of a critical result", result.what),
        "basedOn": [{"reference": f"{TASK}/{result.task_id}"}],
        "status": "completed",
        "category": [{"coding": [{"system": _ALERT, "code": "alert", "display": "Alert"}]}],
        "priority": "stat",
        "subject": task["for"],
        "about": [task["focus"]],
        "sent": result.asked,
        "received": moment,
        "sender": task["requester"],
        "recipient": [who.as_reference()],
        "payload": [{"contentString": result.what}],
        **({"encounter": task["encounter"]} if task.get("encounter") else {}),
        **({"note": [{"text": _IN_PLACE}]} if in_place else {}),
    }
    done = {
        **task,
        "status": "completed",
        "lastModified": moment,
        "executionPeriod": {"start": result.asked, "end": moment},
        "output": [
            {"type": {"text": "Acknowledgement"}, "valueReference": {"reference": f"{COMMUNICATION}/{told}"}}
        ],
    }
    return done, communication


def critical_result(task: ResourceVersion, told: ResourceVersion | None) -> CriticalResult:
    """The critical result of a Task, and of the Communication of who acknowledged it; None until then."""
    document: Mapping[str, Any] = orjson.loads(task.body)
    communication: Mapping[str, Any] = orjson.loads(told.body) if told else {}
    owner, requester = document.get("owner") or {}, document.get("requester") or {}
    period = (document.get("restriction") or {}).get("period") or {}
    return CriticalResult(
        task_id=task.resource_id,
        version_id=task.version_id,
        what=str(document.get("description") or ""),
        status=str(document.get("status") or ""),
        report_id=_id_in(document.get("focus")),
        patient_id=_id_in(document.get("for")),
        asked=str(document.get("authoredOn") or ""),
        until=str(period.get("end") or ""),
        owner=str(owner.get("reference") or ""),
        owner_name=str(owner.get("display") or owner.get("reference") or ""),
        requester=str(requester.get("reference") or (requester.get("identifier") or {}).get("value") or ""),
        requester_name=str(requester.get("display") or requester.get("reference") or ""),
        told=next((_called(each) for each in each_in(communication.get("recipient"))), ""),
        told_at=str(communication.get("received") or ""),
        in_place=any(each.get("text") == _IN_PLACE for each in each_in(communication.get("note"))),
        document=document,
    )


def _called(reference: Mapping[str, Any]) -> str:
    account = reference.get("identifier") or {}
    own = account.get("value") if account.get("system") == ACCOUNT else ""
    return str(reference.get("display") or reference.get("reference") or own or "")


def _id_in(reference: Any) -> str:
    return next(iter(references_in(reference)), "").partition("/")[2]


def _without_version(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document without what the commit writes into it."""
    meta = {
        name: value for name, value in document["meta"].items() if name not in ("versionId", "lastUpdated")
    }
    return {**document, "meta": meta}
